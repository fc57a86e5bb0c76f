//! A command that takes a message on its standard input, under a user's ids.
//!
//! The command is started anew for each message; its exit status and the first of its output decide what becomes of
//! the mail. Follows pipe(8) and local(8), "EXTERNAL COMMAND DELIVERY".

use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::time::Duration;

use mail::EnhancedStatus;
use sys::child::{Start, command_as, signal_group};
use sys::descriptor::{pipe, set_nonblocking};
use sys::identity::Ids;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::process::Child;

use crate::letter::Letter;
use crate::rendering::Rendering;
use crate::{ExitStatus, Trouble};

/// Where programs without a path are looked for; a command gets no other `PATH`.
const SEARCH_PATH: &str = "/usr/bin:/bin";
/// Characters a command line may have to be run without a shell.
const PLAIN: &str = "!@%-_=+:,./ \t";
/// How much of a command's output is kept.
const OUTPUT_OCTETS: usize = 4096;
/// How much of the message is written at once.
const PIECE_OCTETS: usize = 64 * 1024;
const KILL: i32 = 9;
const SHELL: &str = "/bin/sh";
/// The shell's name for itself, which stands in its messages.
const SHELL_NAME: &str = "sh";
/// A command that does nothing.
const HARMLESS: &str = "/bin/true";

/// A command to run for one message.
#[derive(Clone, Debug)]
pub struct Command {
    /// What to run.
    pub program: Program,
    /// Under whose ids.
    pub ids: Ids,
    /// Its environment, to which `PATH` is added.
    pub environment: Vec<(OsString, OsString)>,
    /// Its working directory.
    pub directory: Option<PathBuf>,
    /// Its root directory.
    pub root: Option<PathBuf>,
    /// The longest it may keep us waiting (`command_time_limit`).
    pub limit: Duration,
    /// The agent's name, for messages about a command that could not be run.
    pub agent: String,
}

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// A command line: run directly when it has no characters special to a shell, else by `/bin/sh -c`.
    Line(String),
    /// A command line for another shell (`local_command_shell`): the shell's words, then the line as one word.
    Shell(Vec<String>, String),
    /// A program and its arguments; at least one word.
    Words(Vec<String>),
}

impl Program {
    /// The name in messages.
    fn name(&self) -> &str {
        match self {
            Self::Line(line) | Self::Shell(_, line) => line,
            Self::Words(words) => words.first().map_or("", String::as_str),
        }
    }

    /// The ways to start it, in the order they are tried.
    fn ways(&self) -> Vec<Vec<String>> {
        let split = |line: &str| -> Vec<String> { line.split_whitespace().map(str::to_owned).collect() };
        let by_shell = |line: &str| vec![SHELL.to_owned(), "-c".to_owned(), line.to_owned()];
        match self {
            Self::Line(line) if is_plain(line) => {
                let words = split(line);
                // A word that is no program may still be a built-in command of the shell.
                let maybe_builtin = words.first().is_some_and(|word| !word.contains('/'));
                if maybe_builtin {
                    vec![words, by_shell(line)]
                } else {
                    vec![words]
                }
            }
            Self::Line(line) => vec![by_shell(line)],
            Self::Shell(shell, line) => {
                let mut words = shell.clone();
                words.push(line.clone());
                vec![words]
            }
            Self::Words(words) => vec![words.clone()],
        }
    }
}

fn is_plain(line: &str) -> bool {
    !line.trim().is_empty()
        && line
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || PLAIN.contains(letter))
}

/// The variables of this process that `export_environment` names, and those it sets (`name=value`).
pub fn exported<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<(OsString, OsString)> {
    let pairs = names.into_iter().filter_map(|name| match name.split_once('=') {
        Some((name, value)) => Some((name.into(), value.into())),
        None => Some((name.into(), std::env::var_os(name)?)),
    });
    pairs.collect()
}

/// Why writing the message to the command stopped.
enum Stopped {
    /// The command reads no more; not an error in itself.
    Closed,
    Expired,
    Content(Trouble),
    Write(io::Error),
}

impl Command {
    /// Runs the command with the letter on its standard input; gives what it said when all went well.
    ///
    /// # Errors
    /// [`Trouble`] for a command that could not be run, failed, took too long, or was not given all of the letter.
    pub async fn run(&self, letter: Letter<'_>) -> Result<String, Trouble> {
        let (mut child, input, mut output) = self.start()?;
        let mut said = Vec::new();
        let fed = {
            let writing = feed(input, letter, self.limit);
            let reading = drain(&mut output, &mut said);
            tokio::pin!(writing, reading);
            tokio::select! {
                fed = &mut writing => fed,
                // No more output, but perhaps more input.
                () = &mut reading => writing.await,
            }
        };
        let expired = matches!(fed, Err(Stopped::Expired));
        let damaged = matches!(fed, Err(Stopped::Content(_)));
        let ended = if expired || damaged {
            None
        } else {
            self.end(&mut child, &mut output, &mut said).await
        };
        let Some(ended) = ended else {
            kill(&mut child).await;
            return Err(match fed {
                Err(Stopped::Content(trouble)) => trouble,
                _ => self.expired(&output_text(&said)),
            });
        };
        // What is in the pipe already; children left behind by the command are not waited for.
        rest_of(&output, &mut said);
        self.verdict(ended, fed, output_text(&said))
    }

    fn start(&self) -> Result<(Child, Sender, Receiver), Trouble> {
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for way in self.program.ways() {
            match self.start_one_way(&way) {
                Ok(started) => return Ok(started),
                Err(error) => last = error,
            }
            if last.kind() != io::ErrorKind::NotFound {
                break;
            }
        }
        Err(self.not_started(&last))
    }

    /// In the words that Postfix's child writes before it gives up.
    fn not_started(&self, error: &io::Error) -> Trouble {
        let ExitStatus { status, text } = ExitStatus::TEMPORARY;
        let agent = &self.agent;
        if let (Some(path), Some(error)) = (&self.directory, self.directory_error()) {
            let Ids { uid, gid, .. } = self.ids;
            let (path, why) = (path.display(), sys::fault::text(&error));
            let note = format!("cannot change directory to \"{path}\" for uid={uid} gid={gid}: {why}");
            return Trouble::new(status, text).with_diagnostic(text).with_note(note);
        }
        let failed = match &self.program {
            Program::Line(line) => format!("execvp {}", line.split_whitespace().next().unwrap_or_default()),
            Program::Shell(words, _) | Program::Words(words) => {
                format!(
                    "pipe_command: execvp {}",
                    words.first().map_or("", String::as_str)
                )
            }
        };
        let note = format!("{failed}: {}", sys::fault::text(error));
        let said = format!("{agent}: fatal: {note} ");
        Trouble::new(status, format!("{text}. Command output: {said}"))
            .with_diagnostic(said)
            .with_note(note)
    }

    /// Why the working directory cannot be entered under these ids: found out with a command that cannot fail itself.
    fn directory_error(&self) -> Option<io::Error> {
        self.start_one_way(&[HARMLESS.to_owned()]).err()
    }

    fn start_one_way(&self, way: &[String]) -> io::Result<(Child, Sender, Receiver)> {
        let (program, arguments) = way.split_first().ok_or(io::ErrorKind::NotFound)?;
        let (their_input, input) = pipe()?;
        let (output, their_output) = pipe()?;
        set_nonblocking(input.as_fd(), true)?;
        set_nonblocking(output.as_fd(), true)?;
        let their_errors = their_output.try_clone()?;
        let mut start = Start::new(program);
        start.arg0 = (program == SHELL).then(|| SHELL_NAME.into());
        start.args = arguments.iter().map(OsString::from).collect();
        start.env = vec![("PATH".into(), SEARCH_PATH.into())];
        start.env.extend(self.environment.iter().cloned());
        start.dir = self.directory.clone();
        start.root = self.root.clone();
        start.ids = Some(self.ids.clone());
        start.descriptors = vec![(their_input, 0), (their_output, 1), (their_errors, 2)];
        start.new_session = true;
        let child = tokio::process::Command::from(command_as(start)).spawn()?;
        Ok((
            child,
            Sender::from_owned_fd(input)?,
            Receiver::from_owned_fd(output)?,
        ))
    }

    /// Waits for the command to end; `None` when it takes too long.
    async fn end(
        &self,
        child: &mut Child,
        output: &mut Receiver,
        said: &mut Vec<u8>,
    ) -> Option<io::Result<std::process::ExitStatus>> {
        let ended = stream::within(self.limit, async {
            let reading = drain(output, said);
            tokio::pin!(reading);
            tokio::select! {
                ended = child.wait() => return ended,
                () = &mut reading => {}
            }
            child.wait().await
        });
        ended.await.ok()
    }

    fn expired(&self, said: &str) -> Trouble {
        let reason = format!(
            "Command time limit exceeded: \"{}\"{}",
            self.program.name(),
            quoted(said)
        );
        Trouble::new(ExitStatus::SOFTWARE.status, reason).with_diagnostic(or(said, ExitStatus::SOFTWARE.text))
    }

    fn verdict(
        &self,
        ended: io::Result<std::process::ExitStatus>,
        fed: Result<(), Stopped>,
        said: String,
    ) -> Result<String, Trouble> {
        use std::os::unix::process::ExitStatusExt;
        let name = self.program.name();
        let ended = ended.map_err(|error| {
            let ExitStatus { status, text } = ExitStatus::SYSTEM;
            Trouble::new(status, format!("Delivery failed: {}", sys::fault::text(&error)))
                .with_diagnostic(text)
        })?;
        if let Some(signal) = ended.signal() {
            let reason = format!("Command died with signal {signal}: \"{name}\"{}", quoted(&said));
            let status = EnhancedStatus::new(4, 3, 0);
            return Err(Trouble::new(status, reason).with_diagnostic(or(&said, ExitStatus::SOFTWARE.text)));
        }
        let code = ended.code().unwrap_or(-1);
        if code != 0 {
            return Err(refused(name, code, &said));
        }
        match fed {
            Err(Stopped::Write(error)) => {
                let failed = Trouble::writing(&error);
                let reason = format!("Command failed: {}: \"{name}\"", failed.reason);
                Err(Trouble {
                    status: failed.status.with_class(5),
                    reason,
                    ..failed
                })
            }
            _ => Ok(said),
        }
    }
}

/// What a command's exit status and words mean: its own enhanced status first, then sysexits(3).
fn refused(name: &str, code: i32, said: &str) -> Trouble {
    if let Some((status, text)) = EnhancedStatus::from_prefix(said).filter(|(status, _)| status.class != 2) {
        return Trouble::new(status, text).with_diagnostic(text);
    }
    match ExitStatus::of(code) {
        Some(ExitStatus { status, text }) => {
            Trouble::new(status, format!("{text}{}", quoted(said))).with_diagnostic(or(said, text))
        }
        None => {
            let ExitStatus { status, text } = ExitStatus::UNKNOWN;
            let reason = format!("Command died with status {code}: \"{name}\"{}", quoted(said));
            Trouble::new(status, reason).with_diagnostic(or(said, &format!("{text} {code}")))
        }
    }
}

fn quoted(said: &str) -> String {
    if said.is_empty() {
        String::new()
    } else {
        format!(". Command output: {said}")
    }
}

fn or(said: &str, text: &str) -> String {
    if said.is_empty() { text } else { said }.to_owned()
}

/// Output as one line: white space as blanks, other control characters as underscores.
fn output_text(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let letter = |letter: char| match letter {
        '\t' | '\n' => ' ',
        letter if letter.is_control() => '_',
        letter => letter,
    };
    text.chars().map(letter).collect()
}

async fn feed(mut input: Sender, letter: Letter<'_>, limit: Duration) -> Result<(), Stopped> {
    let mut rendering = Rendering::new(letter);
    let mut piece = Vec::new();
    while !rendering.has_ended() {
        piece.clear();
        rendering
            .render(&mut piece, PIECE_OCTETS)
            .map_err(|error| Stopped::Content(error.into()))?;
        match stream::within(limit, input.write_all(&piece)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) if error.kind() == io::ErrorKind::BrokenPipe => return Err(Stopped::Closed),
            Ok(Err(error)) => return Err(Stopped::Write(error)),
            Err(stream::Expired) => return Err(Stopped::Expired),
        }
    }
    Ok(())
}

/// Reads output to its end; keeps the first of it, and takes the rest so that the command does not stall.
async fn drain(output: &mut Receiver, said: &mut Vec<u8>) {
    let mut buffer = [0; 1024];
    while let Ok(count @ 1..) = output.read(&mut buffer).await {
        keep(said, buffer.get(..count).unwrap_or_default());
    }
}

fn rest_of(output: &Receiver, said: &mut Vec<u8>) {
    let mut buffer = [0; 1024];
    while said.len() < OUTPUT_OCTETS {
        match output.try_read(&mut buffer) {
            Ok(count @ 1..) => keep(said, buffer.get(..count).unwrap_or_default()),
            _ => return,
        }
    }
}

fn keep(said: &mut Vec<u8>, more: &[u8]) {
    let room = OUTPUT_OCTETS.saturating_sub(said.len());
    said.extend_from_slice(more.get(..room).unwrap_or(more));
}

async fn kill(child: &mut Child) {
    if let Some(number) = child.id() {
        // A command that ended just now needs no signal.
        let _ = signal_group(number, KILL);
    }
    let _ = child.wait().await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::Style;
    use crate::letter::tests::{letter, queue_file};
    use record::Kind;

    fn ran(program: Program, lines: usize, limit: Duration) -> Result<String, Trouble> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let line = "x".repeat(1000);
        let records: Vec<_> = (0..lines).map(|_| (Kind::LINE, line.as_str())).collect();
        let file = queue_file("command", &records, true);
        let command = Command {
            program,
            ids: Ids::new(sys::identity::effective_uid(), sys::identity::effective_gid()),
            environment: vec![("GREETING".into(), "hello".into())],
            directory: Some("/".into()),
            root: None,
            limit,
            agent: "local".into(),
        };
        let style = Style::plain();
        runtime.block_on(command.run(letter(&file, b"H\n", &style)))
    }

    fn shell(line: &str) -> Result<String, Trouble> {
        ran(Program::Line(line.into()), 1, Duration::from_secs(20))
    }

    #[test]
    fn a_command_gets_the_message_its_environment_and_a_path() {
        assert_eq!(shell("wc -c").unwrap().trim(), "1003");
        assert_eq!(
            shell("echo $GREETING $PATH; pwd").unwrap(),
            "hello /usr/bin:/bin / "
        );
        let long = ran(Program::Line("wc -c".into()), 1000, Duration::from_secs(20));
        assert_eq!(long.unwrap().trim(), "1001002");
    }

    #[test]
    fn a_command_that_reads_nothing_and_succeeds_has_taken_the_message() {
        assert_eq!(
            ran(Program::Words(vec!["true".into()]), 1000, Duration::from_secs(20)),
            Ok(String::new())
        );
    }

    #[test]
    fn exit_statuses_and_words_decide() {
        let cases = [
            ("exit 75", "4.3.0", "temporary failure"),
            ("echo no; exit 67", "5.1.1", "user unknown. Command output: no "),
            ("exit 3", "5.3.0", "Command died with status 3: \"exit 3\""),
            (
                "kill -9 $$",
                "4.3.0",
                "Command died with signal 9: \"kill -9 $$\"",
            ),
            ("echo 4.2.2 full; exit 1", "4.2.2", "full "),
        ];
        for (line, status, reason) in cases {
            let trouble = shell(line).unwrap_err();
            assert_eq!(
                (trouble.status.to_string().as_str(), trouble.reason.as_str()),
                (status, reason)
            );
        }
    }

    #[test]
    fn a_command_that_is_not_there_is_tried_again_later() {
        let trouble = ran(
            Program::Words(vec!["/no/such/program".into()]),
            1,
            Duration::from_secs(20),
        );
        let reason = "temporary failure. Command output: local: fatal: pipe_command: execvp /no/such/program: \
                      No such file or directory ";
        assert_eq!(trouble.unwrap_err().reason, reason);
    }

    #[test]
    fn a_command_that_takes_too_long_is_killed_with_its_children() {
        let line = "echo start; sleep 1000 & sleep 1000";
        let trouble = ran(Program::Line(line.into()), 1, Duration::from_millis(200)).unwrap_err();
        let reason = format!("Command time limit exceeded: \"{line}\". Command output: start ");
        assert_eq!(
            (trouble.status, trouble.reason),
            (EnhancedStatus::new(5, 3, 0), reason)
        );
    }

    #[test]
    fn children_left_behind_are_not_waited_for() {
        assert_eq!(
            shell("echo started; sleep 3 > /dev/null 2>&1 &").unwrap(),
            "started "
        );
        assert_eq!(shell("sleep 3 & echo x").unwrap(), "x ");
    }

    #[test]
    fn a_shell_is_used_only_where_one_is_needed() {
        let ways = |line: &str| Program::Line(line.into()).ways();
        assert_eq!(ways("/bin/cat -n"), [vec!["/bin/cat", "-n"]]);
        assert_eq!(ways("cat").len(), 2);
        assert_eq!(
            ways("cat > /dev/null"),
            [vec!["/bin/sh", "-c", "cat > /dev/null"]]
        );
    }
}

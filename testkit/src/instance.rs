//! A running instance for one test.

use crate::{Client, PATIENCE, Process, free_port, programs, wait_for};
use postrider::instance::Instance as Private;
use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// What an instance is to be like.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    main_cf: Vec<String>,
    unset: Vec<String>,
    master_cf: Vec<String>,
    files: Vec<(String, String)>,
    peer: bool,
}

const SIGTERM: i32 = 15;
/// How long a client who has hung up at once may take to be noticed.
const PROBE_ENDS: std::time::Duration = std::time::Duration::from_secs(1);
/// postlogd writes a line some milliseconds after it was sent.
const LOG_GATHERS: std::time::Duration = std::time::Duration::from_millis(60);

/// Where Debian's package puts the original's commands and daemons.
const PEER_COMMANDS: &str = "/usr/sbin";
const PEER_DAEMONS: &str = "/usr/lib/postfix/sbin";

impl Builder {
    /// Runs the original instead of ours, to find out what it does.
    #[must_use]
    pub fn peer(mut self) -> Self {
        self.peer = true;
        self
    }

    /// Adds lines to `main.cf`. `@DIR@` stands for the instance's folder.
    #[must_use]
    pub fn main_cf(mut self, lines: &str) -> Self {
        self.main_cf.push(lines.to_owned());
        self
    }

    /// Leaves a parameter that a private instance sets to its default.
    #[must_use]
    pub fn unset(mut self, name: &str) -> Self {
        self.unset.push(name.to_owned());
        self
    }

    /// Adds lines to `master.cf`.
    #[must_use]
    pub fn master_cf(mut self, lines: &str) -> Self {
        self.master_cf.push(lines.to_owned());
        self
    }

    /// Writes a file below the instance's folder, before it starts.
    #[must_use]
    pub fn file(mut self, name: &str, text: &str) -> Self {
        self.files.push((name.to_owned(), text.to_owned()));
        self
    }

    /// Makes it, and starts it.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn start(self) -> Instance {
        let mut instance = self.make();
        instance.start();
        instance
    }

    /// Makes it, and leaves it stopped.
    ///
    /// # Panics
    /// When its files cannot be written.
    pub fn make(self) -> Instance {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("postrider-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let port = free_port();
        let private = Private::new(&folder, &programs(), &format!("127.0.0.1:{port}")).expect("an instance");
        private.make().expect("make the instance");
        let place = |text: &str| text.replace("@DIR@", &folder.to_string_lossy());
        for (name, text) in &self.files {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("make a folder");
            fs::write(path, place(text)).expect("write a file");
        }
        fs::create_dir_all(folder.join("log")).expect("make the log folder");
        let own = "maillog_file = @DIR@/log/maillog\nmaillog_file_prefixes = @DIR@\ninet_protocols = ipv4\n";
        let mut main = private.main_cf().replace("maillog_file = /dev/stdout\n", "");
        main.push_str(&place(own));
        if self.peer {
            main.push_str(&format!(
                "command_directory = {PEER_COMMANDS}\ndaemon_directory = {PEER_DAEMONS}\ncompatibility_level = 3.6\n"
            ));
        }
        main.push_str(&place(&self.main_cf.join("\n")));
        main.push('\n');
        fs::write(folder.join("etc/main.cf"), last_of_each(&main, &self.unset)).expect("write main.cf");
        let master = format!("{}{}\n", private.master_cf(), place(&self.master_cf.join("\n")));
        fs::write(folder.join("etc/master.cf"), master).expect("write master.cf");
        let programs = if self.peer {
            PathBuf::from(PEER_COMMANDS)
        } else {
            private.programs.clone()
        };
        Instance {
            private,
            programs,
            smtp: SocketAddr::from(([127, 0, 0, 1], port)),
            master: None,
        }
    }
}

/// An instance; it is stopped, and its folder removed unless the test failed, when this value goes.
pub struct Instance {
    private: Private,
    programs: PathBuf,
    /// Where SMTP listens.
    pub smtp: SocketAddr,
    master: Option<Child>,
}

impl Instance {
    /// What it is to be like.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Starts the mail system, and waits until SMTP is answered.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn start(&mut self) {
        self.start_under("");
    }

    /// As [`Instance::start`], after shell commands such as `ulimit -n 64`.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn start_under(&mut self, limits: &str) {
        if let Err(why) = self.try_start(limits) {
            panic!("{why}:\n{}", self.log());
        }
    }

    /// As [`Instance::start_under`], for one that may not come up: then what happened is told.
    ///
    /// # Errors
    /// How it ended.
    ///
    /// # Panics
    /// When the starter cannot be run, or neither ends nor brings up SMTP.
    pub fn try_start(&mut self, limits: &str) -> Result<(), String> {
        let starter = self.command("postfix");
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", &format!("{limits}\nexec \"$@\""), "sh"])
            .arg(starter.get_program())
            .args(starter.get_args())
            .arg("start-fg")
            .envs(
                starter
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .stdin(Stdio::null());
        let mut child = shell.spawn().expect("start the mail system");
        let smtp = self.smtp;
        // The first service listens a moment before the last one does; then master says that it has started.
        let starts = |log: &str| log.matches("daemon started --").count();
        let ends = |log: &str| log.matches(": disconnect from ").count();
        let (before, ended) = (starts(&self.log()), ends(&self.log()));
        let up = wait_for("the SMTP server", || {
            if let Ok(Some(status)) = child.try_wait() {
                return Some(Err(format!("the mail system ended ({status})")));
            }
            TcpStream::connect(smtp).ok().map(|_| Ok(()))
        });
        if up.is_ok() {
            wait_for("the last service", || {
                (starts(&self.log()) > before).then_some(())
            });
            // What is logged of this first client comes before all else, where he is served at all.
            let begun = std::time::Instant::now();
            while ends(&self.log()) == ended && begun.elapsed() < PROBE_ENDS {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            self.master = Some(child);
        }
        up
    }

    /// Stops the mail system, and waits for its end.
    ///
    /// # Panics
    /// When it cannot be waited for, or does not end.
    pub fn stop(&mut self) {
        let Some(mut starter) = self.master.take() else {
            return;
        };
        let all = Process::below(starter.id());
        // The starter is not master: it waits for master, and ends with it.
        for master in all.iter().filter(|process| process.name == "master") {
            let _ = sys::child::signal(master.pid, SIGTERM);
        }
        let ended = wait_quietly(|| starter.try_wait().expect("wait for the mail system"));
        if ended.is_none() {
            all.iter().for_each(|process| {
                let _ = process.kill();
            });
            let _ = starter.kill();
            let _ = starter.wait();
            assert!(std::thread::panicking(), "the mail system does not stop");
        }
        if self.is_peer() {
            // Its daemons see later that master has gone.
            all.iter().for_each(|process| {
                let _ = process.kill();
            });
        }
    }

    /// Ends master by SIGKILL, and leaves the daemons to find that out.
    ///
    /// # Panics
    /// When the starter cannot be waited for.
    pub fn kill_master(&mut self) {
        let Some(mut starter) = self.master.take() else {
            return;
        };
        let ended = wait_quietly(|| {
            // The starter may not have come to start it yet.
            let all = Process::below(starter.id());
            let masters = all.iter().filter(|process| process.name == "master");
            masters.for_each(|master| {
                let _ = master.kill();
            });
            starter.try_wait().expect("wait for the mail system")
        });
        assert!(ended.is_some(), "master cannot be killed");
    }

    /// Whether the mail system was started and has not ended since.
    ///
    /// # Panics
    /// When the starter cannot be asked for.
    pub fn is_running(&mut self) -> bool {
        let ended = self
            .master
            .as_mut()
            .is_none_or(|starter| starter.try_wait().expect("ask for the mail system").is_some());
        !ended
    }

    /// Ends every process of the mail system by SIGKILL.
    ///
    /// # Panics
    /// When the starter cannot be waited for.
    pub fn kill_all(&mut self) {
        let all = self.processes();
        self.kill_master();
        all.iter().for_each(|process| {
            let _ = process.kill();
        });
    }

    /// The processes of the mail system: master and its daemons, and what these have started.
    pub fn processes(&self) -> Vec<Process> {
        self.pid().map_or(Vec::new(), Process::below)
    }

    /// The processes of a program.
    pub fn running(&self, program: &str) -> Vec<Process> {
        let mut all = self.processes();
        all.retain(|process| process.name == program);
        all
    }

    fn is_peer(&self) -> bool {
        self.programs == Path::new(PEER_COMMANDS)
    }

    /// The process id of the foreground starter.
    pub fn pid(&self) -> Option<u32> {
        self.master.as_ref().map(Child::id)
    }

    /// The instance's folder.
    pub fn folder(&self) -> &Path {
        &self.private.folder
    }

    /// The user who has a mailbox.
    pub fn user(&self) -> &str {
        &self.private.user
    }

    /// The address of that user.
    pub fn address(&self) -> String {
        format!("{}@localhost", self.private.user)
    }

    /// A file below the instance's folder, as text; empty when it is not there.
    pub fn read(&self, name: &str) -> String {
        fs::read(self.folder().join(name))
            .map_or(String::new(), |text| String::from_utf8_lossy(&text).into_owned())
    }

    /// The mailbox of the user.
    pub fn mailbox(&self) -> String {
        fs::read(self.private.mailbox())
            .map_or(String::new(), |text| String::from_utf8_lossy(&text).into_owned())
    }

    /// The log so far, with what is on its way to the file.
    pub fn log(&self) -> String {
        std::thread::sleep(LOG_GATHERS);
        self.read("log/maillog")
    }

    /// Waits for a log line that contains all of `parts`.
    pub fn wait_for_log(&self, parts: &[&str]) -> String {
        let found = wait_quietly(|| {
            self.read("log/maillog")
                .lines()
                .find(|line| parts.iter().all(|part| line.contains(part)))
                .map(str::to_owned)
        });
        found.unwrap_or_else(|| panic!("no log line with {parts:?} in\n{}", self.log()))
    }

    /// A command of the mail system, for this instance.
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.env("MAIL_CONFIG", self.private.configuration());
        // These take the place from the environment; by an option only root may name it (sendmail(1)).
        if !["sendmail", "mailq", "newaliases"].contains(&name) {
            command.arg("-c").arg(self.private.configuration());
        }
        command
    }

    /// Runs a command to its end.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn run(&self, name: &str, arguments: &[&str]) -> Output {
        self.command(name)
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .expect("run a command")
    }

    /// A greeted SMTP session.
    ///
    /// # Panics
    /// When the server does not greet.
    pub fn session(&self) -> Client {
        let mut client = Client::connect(self.smtp);
        let greeting = client.reply();
        assert!(greeting.starts_with("220 "), "{greeting:?}\n{}", self.log());
        let reply = client.ask("EHLO client.example");
        assert!(reply.starts_with("250"), "{reply}");
        client
    }

    /// The names of the files in a queue.
    pub fn queue(&self, name: &str) -> Vec<String> {
        let mut names = Vec::new();
        collect(&self.private.queue().join(name), &mut names);
        names.sort();
        names
    }

    /// The configuration directory.
    pub fn configuration(&self) -> PathBuf {
        self.private.configuration()
    }
}

/// The settings of `main.cf` without those that a later line overrides: each would cost a warning of every program, and
/// warnings before the logger runs can bring the original to a stand.
fn last_of_each(main: &str, unset: &[String]) -> String {
    let mut entries: Vec<(&str, String)> = Vec::new();
    for line in main.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with([' ', '\t']) {
            if let Some((_, text)) = entries.last_mut() {
                text.push('\n');
                text.push_str(line);
            }
            continue;
        }
        let name = line.split('=').next().unwrap_or_default().trim();
        entries.retain(|(earlier, _)| *earlier != name);
        entries.push((name, line.to_owned()));
    }
    entries.retain(|(name, _)| !unset.iter().any(|unset| unset == name));
    entries.iter().map(|(_, text)| format!("{text}\n")).collect()
}

fn collect(folder: &Path, names: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            collect(&entry.path(), names);
        } else {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
}

fn wait_quietly<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let started = std::time::Instant::now();
    while started.elapsed() < PATIENCE {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    None
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.stop();
        if std::thread::panicking() {
            eprintln!(
                "the instance is kept in {}; its log:\n{}",
                self.folder().display(),
                self.log()
            );
        } else {
            let _ = fs::remove_dir_all(self.folder());
        }
    }
}

//! sendmail: the classic submission command; as `mailq` it lists the queue, as `newaliases` it builds the alias
//! database.
//!
//! It reads a message from standard input, up to its end or a line with a lone dot, and hands it to the mail system.
//! Options of other mail systems that mean nothing here are taken and passed over.
//!
//! # Usage
//! ```text
//! sendmail [OPTION ...] [RECIPIENT ...]
//! mailq
//! newaliases
//! ```
//! # Options
//! - `-B 7BIT`, `-B 8BITMIME`: what the body is
//! - `-bd`, `-bl`: start the mail system, by postfix(1)
//! - `-bi`, `-I`: build the alias database, as newaliases
//! - `-bm`: submit a message; the default
//! - `-bp`: list the queue, as mailq
//! - `-bs`: speak SMTP on standard input and output
//! - `-bv`: do not deliver, but report what would become of each recipient
//! - `-C FILE`: the configuration is in this folder, or in that of this file
//! - `-F NAME`: the sender's full name
//! - `-f ADDRESS`, `-r ADDRESS`: the sender
//! - `-G`: the message comes through a gateway: headers are not completed with our domain
//! - `-i`, `-oi`: a line with a lone dot does not end the message
//! - `-N WORDS`: when to be told: `never`, or any of `failure`, `delay`, `success`
//! - `-O NAME=VALUE`: `requiretls=yes` asks for protected delivery, `smtputf8=yes` for that of international
//!   addresses
//! - `-oA TYPE:FILE`: the alias database for `-bi`
//! - `-q`: try all deferred mail now
//! - `-qI ID`, `-qR SITE`: try this message, all mail for this domain now
//! - `-R full`, `-R hdrs`: what notices return
//! - `-t`: recipients are in the headers; `Bcc:` is removed
//! - `-V ID`: an envelope id, given back in notices
//! - `-XV`, `-XVxy`: each recipient gets a sender of its own (VERP), with these delimiters
//! - `-v`: report the first attempt by mail; `-v -v` logs more
//! - `-A`, `-c`, `-e`, `-h`, `-L`, `-m`, `-n`, `-o`, `-p`, `-U`, `-X`, `-x`: taken, mostly without meaning
//! # Listens
//! Nowhere.
//! # Asks
//! Starts `postdrop`, `postqueue`, `postalias`, `postfix` or `smtpd`.
//! # Writes
//! Nothing itself.
//! # Runs as
//! Whoever calls it.
//! # Standards
//! RFC 3461 (the options -N, -R, -V); sendmail(1).
//! # Difference from Postfix
//! `authorized_submit_users` may not name tables other than `static:`.

mod arguments;
mod input;
mod log;
mod relay;
mod settings;
mod submission;

use crate::arguments::{Arguments, Mode};
use crate::settings::Settings;
use crate::submission::{Submitter, Wishes};
use command::{Caller, Failure, Setup, Start, Status, UserList, Verdict};
use record::SendOptions;
use record::attribute::trace;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use sys::account::Account;

/// Runs the command.
pub fn run() -> ExitCode {
    // Whatever goes wrong, callers have always seen "try again later": none of them takes a message for refused that
    // an administrator can still mend. The finer statuses are in the failures for those who read the code.
    command::main("sendmail", |start| {
        serve(start).map_err(|failure| failure.with_status(Status::TEMPORARY))
    })
}

fn serve(mut start: Start) -> Result<Status, Failure> {
    drop_set_uid()?;
    let mut arguments = Arguments::parse(&start.name, &start.words)?;
    let mut verbose = arguments.verbose;
    if std::env::var_os("MAIL_VERBOSE").is_some_and(|value| !value.is_empty()) {
        verbose = verbose.max(2);
    }
    // One -v asks for a report by mail, more for a talkative log.
    let reports = arguments.verbose == 1 && arguments.mode == Mode::Submit;
    let setup = Setup {
        directory: arguments.configuration.as_ref().map(PathBuf::from),
        verbose: if reports { 0 } else { verbose },
        ..Setup::default()
    };
    // A directory that a user names on the command line must be known to the administrator.
    start.is_set_id |= arguments.configuration.is_some() && !sys::identity::is_root();
    let temporary = |failure: Failure| failure.with_status(Status::TEMPORARY);
    let directory = start.directory(&setup).map_err(temporary)?;
    let configuration = start.configure(&setup).map_err(temporary)?;
    let settings = Settings::read(&configuration).map_err(|error| temporary(error.into()))?;
    check_verp(&arguments, &settings)?;
    let queue = &settings.queue_directory;
    std::env::set_current_dir(queue).map_err(|error| {
        Failure::new(
            Status::UNAVAILABLE,
            format!("chdir {queue}: {}", sys::fault::text(&error)),
        )
    })?;
    if arguments.interval && arguments.mode != Mode::Daemon {
        return Ok(Status::OK);
    }
    arguments.verbose = if reports { 1 } else { verbose };
    let runner = Runner {
        settings: &settings,
        configuration: &directory,
        verbose: setup.verbose,
    };
    match arguments.mode {
        Mode::Submit => match (&arguments.site, &arguments.queue_id) {
            (Some(site), _) => Err(runner.become_command("postqueue", &["-s", site])),
            (None, Some(queue_id)) => Err(runner.become_command("postqueue", &["-i", queue_id])),
            (None, None) => submit(&settings, &directory, &arguments, reports),
        },
        Mode::List => Err(runner.become_command("postqueue", &["-p"])),
        Mode::Flush => Err(runner.become_command("postqueue", &["-f"])),
        Mode::Daemon => runner.start_system(),
        Mode::Aliases => runner.build_aliases(arguments.alias_database.as_deref()),
        Mode::Smtp => {
            authorise(&settings, &caller()?)?;
            runner.serve_smtp()
        }
        Mode::Nothing => Ok(Status::OK),
    }
}

/// A sendmail that is set-uid root by mistake goes on as its user.
fn drop_set_uid() -> Result<(), Failure> {
    if sys::identity::effective_uid() != 0 || sys::identity::real_uid() == 0 {
        return Ok(());
    }
    log::set_uid_root();
    let ids = sys::identity::Ids::new(sys::identity::real_uid(), sys::identity::real_gid());
    sys::identity::drop_to(&ids).map_err(|error| Failure::new(Status::SYSTEM, sys::fault::text(&error)))
}

fn check_verp(arguments: &Arguments, settings: &Settings) -> Result<(), Failure> {
    let Some(delimiters) = arguments.verp.as_deref().filter(|text| !text.is_empty()) else {
        return Ok(());
    };
    let filter = &settings.verp_delimiter_filter;
    if delimiters.chars().count() == 2 && delimiters.chars().all(|c| filter.contains(c)) {
        Ok(())
    } else {
        Err(Failure::new(
            Status::USAGE,
            format!("-V requires two characters from {filter}"),
        ))
    }
}

fn caller() -> Result<Caller, Failure> {
    Caller::of_process().map_err(|error| {
        Failure::new(
            Status::TEMPORARY,
            format!("look up user: {}", sys::fault::text(&error)),
        )
    })
}

/// postdrop decides; asking here too gives a better answer.
fn authorise(settings: &Settings, caller: &Caller) -> Result<(), Failure> {
    match UserList::new(settings.authorized_submit_users.clone()).judge(&caller.name) {
        Ok(Verdict::Allowed) => Ok(()),
        Ok(Verdict::Denied) => {
            let Caller { name, uid } = caller;
            let text = format!("User {name}({uid}) is not allowed to submit mail");
            Err(Failure::new(Status::NO_PERMISSION, text))
        }
        Err(error) => Err(Failure::new(Status::TEMPORARY, error.to_string())),
    }
}

fn submit(
    settings: &Settings,
    configuration: &Path,
    arguments: &Arguments,
    reports: bool,
) -> Result<Status, Failure> {
    let caller = caller()?;
    authorise(settings, &caller)?;
    let account = sys::account::account_by_uid(caller.uid).map_err(|error| {
        Failure::new(
            Status::TEMPORARY,
            format!("look up user: {}", sys::fault::text(&error)),
        )
    })?;
    let login = account.as_ref().map(|account| account.name.as_str());
    let submitter = Submitter {
        sender: submission::sender(arguments.sender.as_deref(), login, caller.uid)?,
        uid: caller.uid,
        full_name: full_name(arguments, std::env::var("NAME").ok(), account.as_ref()),
    };
    let mut wishes = Wishes {
        send: send_options(&arguments.delivery_options, settings),
        trace: 0,
    };
    if arguments.verify {
        wishes.trace |= trace::VERIFY_ONLY;
    }
    if reports {
        wishes.trace |= trace::RECORD;
    }
    submission::submit(
        settings,
        configuration,
        arguments,
        &submitter,
        wishes,
        std::io::stdin().lock(),
    )?;
    if wishes.trace != 0 {
        let mut out = std::io::stdout().lock();
        // The message is on its way whether or not anybody reads this.
        let _ = writeln!(
            out,
            "Mail Delivery Status Report will be mailed to <{}>.",
            submitter.sender
        );
    }
    Ok(Status::OK)
}

/// `-F`, else the environment's NAME, else what the account says of its user.
fn full_name(arguments: &Arguments, name: Option<String>, account: Option<&Account>) -> Option<String> {
    if arguments.full_name.is_some() {
        return arguments.full_name.clone();
    }
    if let Some(name) = name {
        return Some(name);
    }
    let account = account?;
    let field = account.gecos.split([',', ';', '%']).next().unwrap_or_default();
    let mut capital = account.name.clone();
    if let Some(first) = capital.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    // An old habit of accounts: & stands for the login name.
    Some(field.replace('&', &capital))
}

/// `-O requiretls=yes` and its like; names that mean nothing here are passed over.
fn send_options(values: &[String], settings: &Settings) -> SendOptions {
    let mut bits = 0;
    for text in values {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        let (bit, enabled, disabled): (_, _, fn(&str)) = if name.eq_ignore_ascii_case("requiretls") {
            (
                SendOptions::REQUIRETLS,
                settings.requiretls_enable,
                log::requiretls_disabled,
            )
        } else if name.eq_ignore_ascii_case("smtputf8") {
            (
                SendOptions::SMTPUTF8_REQUESTED,
                settings.smtputf8_enable,
                log::smtputf8_disabled,
            )
        } else {
            continue;
        };
        match value.to_ascii_lowercase().as_str() {
            _ if !enabled => disabled(text),
            "yes" => bits |= bit,
            "no" => bits &= !bit,
            _ => log::bad_delivery_option(text),
        }
    }
    SendOptions(bits)
}

/// Starts the other programs of the mail system.
struct Runner<'a> {
    settings: &'a Settings,
    configuration: &'a Path,
    verbose: u8,
}

impl Runner<'_> {
    fn command(&self, directory: &str, name: &str) -> Command {
        let mut command = Command::new(Path::new(directory).join(name));
        command.arg0(name).env("MAIL_CONFIG", self.configuration);
        command
    }

    fn verbosity(&self) -> impl Iterator<Item = &'static str> {
        std::iter::repeat_n("-v", usize::from(self.verbose))
    }

    /// Goes on as another command; comes back only with the reason why not.
    fn become_command(&self, name: &str, words: &[&str]) -> Failure {
        let mut command = self.command(&self.settings.command_directory, name);
        let error = command.args(words).args(self.verbosity()).exec();
        self.cannot_execute(&self.settings.command_directory, name, &error)
    }

    fn cannot_execute(&self, directory: &str, name: &str, error: &std::io::Error) -> Failure {
        let program = Path::new(directory).join(name);
        Failure::new(
            Status::TEMPORARY,
            format!("execute {}: {}", program.display(), sys::fault::text(error)),
        )
    }

    fn start_system(&self) -> Result<Status, Failure> {
        let directory = &self.settings.command_directory;
        let started = self
            .command(directory, "postfix")
            .args(self.verbosity())
            .arg("start")
            .spawn();
        match started {
            // It goes on in the background; what it finds is in the log.
            Ok(_) => Ok(Status::OK),
            Err(error) => Err(self
                .cannot_execute(directory, "postfix", &error)
                .with_status(Status::GENERAL)),
        }
    }

    fn build_aliases(&self, given: Option<&str>) -> Result<Status, Failure> {
        let tables: Vec<&str> = match given {
            Some(table) => vec![table],
            None => self.settings.alias_database.iter().map(String::as_str).collect(),
        };
        if tables.is_empty() {
            return Ok(Status::OK);
        }
        let directory = &self.settings.command_directory;
        let error = self
            .command(directory, "postalias")
            .args(self.verbosity())
            .arg("--")
            .args(tables)
            .exec();
        Err(self.cannot_execute(directory, "postalias", &error))
    }

    fn serve_smtp(&self) -> Result<Status, Failure> {
        let directory = &self.settings.daemon_directory;
        let mut command = self.command(directory, "smtpd");
        let ended = relay::run(command.arg("-S").args(self.verbosity()))
            .map_err(|error| self.cannot_execute(directory, "smtpd", &error))?;
        let code = ended.code().and_then(|code| u8::try_from(code).ok());
        Ok(code.map_or(Status::TEMPORARY, Status::other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Settings {
        Settings::read(&config::Configuration::parse(text).unwrap()).unwrap()
    }

    #[test]
    fn a_full_name_comes_from_the_first_who_knows_one() {
        let account = Account {
            name: "joe".into(),
            uid: 7,
            gid: 7,
            home: "/".into(),
            shell: "/".into(),
            gecos: "& Smith,Room 1".into(),
        };
        let given = Arguments {
            full_name: Some(String::new()),
            ..Arguments::default()
        };
        let none = Arguments::default();

        assert_eq!(
            full_name(&given, Some("x".into()), Some(&account)).as_deref(),
            Some("")
        );
        assert_eq!(
            full_name(&none, Some("x".into()), Some(&account)).as_deref(),
            Some("x")
        );
        assert_eq!(
            full_name(&none, None, Some(&account)).as_deref(),
            Some("Joe Smith")
        );
        assert_eq!(full_name(&none, None, None), None);
    }

    #[test]
    fn delivery_options_are_switched_on_and_off() {
        let options = |values: &[&str], text: &str| {
            let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
            send_options(&values, &settings(text)).0
        };
        assert_eq!(
            options(
                &["RequireTLS=yes", "smtputf8=YES", "AliasFile=x"],
                "smtputf8_enable = yes"
            ),
            33
        );
        assert_eq!(options(&["requiretls=yes", "requiretls=no"], ""), 0);
        assert_eq!(options(&["requiretls=yes"], "requiretls_enable = no"), 0);
        assert_eq!(options(&["smtputf8=maybe"], ""), 0);
    }

    #[test]
    fn verp_delimiters_come_from_the_filter() {
        let with = |verp: &str| Arguments {
            verp: Some(verp.to_owned()),
            ..Arguments::default()
        };

        assert!(check_verp(&with("+="), &settings("")).is_ok());
        assert!(check_verp(&with(""), &settings("")).is_ok());
        assert!(check_verp(&with("+"), &settings("")).is_err());
        assert!(check_verp(&with("ab"), &settings("")).is_err());
    }
}

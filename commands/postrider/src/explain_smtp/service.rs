//! The service of `master.cf`, started to answer one question instead of clients.

use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use config::Configuration;
use config::catalogue::{COMPATIBILITY_LEVEL, DAEMON_DIRECTORY, IMPORT_ENVIRONMENT};
use config::level::Level;
use config::master_cf::{MasterCf, Service};
use configuration::Facts;
use contract::attribute::encode_request;
use contract::explain_smtp::{ANSWER_LIMIT, Event, Question, Trace};
use contract::{Attributes, Message, master};

use super::request::Request;
use super::{ExplainError, Explanation};

/// Starts the service's program and asks it.
pub(crate) fn ask(request: &Request) -> Result<Explanation, ExplainError> {
    let environment = std::env::var_os(master::CONFIG_DIRECTORY);
    let directory = configuration::chosen_directory(request.directory.as_deref(), environment, false)?;
    let configuration = configuration::read(&directory, &Facts::default())?;
    let lines = configuration::read_master(&directory)?;
    let service = choose(&lines, request.service.as_deref()).ok_or_else(|| {
        let named = request
            .service
            .as_ref()
            .map_or(String::new(), |name| format!(" named {name}"));
        ExplainError::NoService(directory.join("master.cf"), named)
    })?;
    let program = program(&configuration, service)?;
    let mut command = Command::new(&program);
    command
        .args(arguments(&configuration, service)?)
        .env_clear()
        .envs(environment_of_daemons(&configuration)?)
        .env(master::CONFIG_DIRECTORY, &directory)
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let failed = |error| ExplainError::Program(program.clone(), error);
    let (octets, said) = converse(command, &request.question).map_err(failed)?;
    let name = format!("{}/{}", service.name, service.kind);
    let trace = Attributes::parse(&octets).and_then(|attributes| Trace::take(&attributes));
    let Ok(mut trace) = trace else {
        return Err(ExplainError::NoAnswer(name, said));
    };
    if let Some(user) = lesser_rights() {
        trace.events.insert(0, Event::Rights { user });
    }
    Ok(Explanation {
        service: format!("{name}, {} line {}", lines.file, service.line),
        remarks: said.lines().map(str::to_owned).collect(),
        trace,
    })
}

/// The user, when it is not root: services are started with root's rights, and open their tables before they give
/// these up.
fn lesser_rights() -> Option<String> {
    if sys::identity::is_root() {
        return None;
    }
    let uid = sys::identity::effective_uid();
    let name = sys::account::account_by_uid(uid).ok().flatten();
    Some(name.map_or_else(|| uid.to_string(), |account| account.name))
}

/// The smtpd service of that name, or the first one.
fn choose<'m>(lines: &'m MasterCf, name: Option<&str>) -> Option<&'m Service> {
    let mut servers = lines.services.iter().filter(|service| {
        let program = Path::new(&service.command).file_name();
        program.is_some_and(|program| program == "smtpd")
    });
    match name {
        None => servers.next(),
        Some(name) => servers.find(|service| {
            let whole = format!("{}/{}", service.name, service.kind);
            service.name == name || whole == name || service.host_and_port().1 == name
        }),
    }
}

fn program(configuration: &Configuration, service: &Service) -> Result<PathBuf, ExplainError> {
    let folder: String = configuration.get(DAEMON_DIRECTORY)?;
    // An absolute command takes the folder's place.
    Ok(Path::new(&folder).join(&service.command))
}

/// What master would start the service with, and the option for a question.
fn arguments(configuration: &Configuration, service: &Service) -> Result<Vec<String>, ExplainError> {
    let is_root = sys::identity::is_root();
    let level: String = configuration.get(COMPATIBILITY_LEVEL)?;
    let old = Level::compare(&level, "1").is_some_and(std::cmp::Ordering::is_lt);
    let mut words: Vec<String> = ["-n", &service.name, "-t", service.kind.word(), "-X"]
        .map(str::to_owned)
        .into();
    for (letter, given) in [
        ("-u", service.unprivileged && is_root),
        ("-c", service.chroot.unwrap_or(old) && is_root),
    ] {
        if given {
            words.push(letter.to_owned());
        }
    }
    words.extend(service.arguments.iter().cloned());
    Ok(words)
}

fn environment_of_daemons(
    configuration: &Configuration,
) -> Result<Vec<(std::ffi::OsString, std::ffi::OsString)>, ExplainError> {
    let imported: Vec<String> = configuration.get(IMPORT_ENVIRONMENT)?;
    let mut environment = configuration::environment(&imported, |name| std::env::var_os(name));
    if let Some(path) = std::env::var_os("PATH") {
        environment.push(("PATH".into(), path));
    }
    Ok(environment)
}

/// Asks the question on the program's standard input: the answer, and what it said on standard error.
fn converse(mut command: Command, question: &Question) -> io::Result<(Vec<u8>, String)> {
    let (mut ours, theirs) = UnixStream::pair()?;
    command.stdin(Stdio::from(OwnedFd::from(theirs)));
    let mut child = command.spawn()?;
    // It holds the other end, whose closing is awaited below.
    drop(command);
    let errors = read_errors(&mut child);
    let mut octets = Vec::new();
    encode_request(question, &mut octets);
    // A program that did not come up reads nothing; why not is on its standard error.
    let _ = ours.write_all(&octets);
    let mut answer = Vec::new();
    let limit = u64::try_from(ANSWER_LIMIT).unwrap_or(u64::MAX);
    let read = ours.take(limit).read_to_end(&mut answer);
    let _ = child.wait()?;
    let said = errors.and_then(|thread| thread.join().ok()).unwrap_or_default();
    // A connection that was reset is no answer either.
    if read.is_err() {
        answer.clear();
    }
    Ok((answer, said))
}

/// Octets of standard error that are kept.
const ERRORS_LIMIT: u64 = 1 << 20;

fn read_errors(child: &mut Child) -> Option<thread::JoinHandle<String>> {
    let mut errors = child.stderr.take()?;
    Some(thread::spawn(move || {
        let mut octets = Vec::new();
        let _ = errors.by_ref().take(ERRORS_LIMIT).read_to_end(&mut octets);
        // The rest is read all the same, so that the program is not held up.
        let _ = io::copy(&mut errors, &mut io::sink());
        String::from_utf8_lossy(&octets).into_owned()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MASTER: &str = "smtp inet n - n - 1 postscreen\nsmtpd pass - - n - - smtpd\n\
                          127.0.0.1:587 inet n - n - - /opt/smtpd -o a=b -o { c = d e }\n";

    #[test]
    fn a_service_is_found_by_name_or_port_and_the_first_server_is_the_default() {
        let lines = MasterCf::parse("master.cf", MASTER).unwrap();
        let name = |wanted| choose(&lines, wanted).map(|service| service.name.as_str());

        assert_eq!(name(None), Some("smtpd"));
        assert_eq!(name(Some("587")), Some("127.0.0.1:587"));
        assert_eq!(name(Some("smtpd/pass")), Some("smtpd"));
        assert_eq!(name(Some("smtp")), None);
    }

    #[test]
    fn the_program_gets_the_options_of_its_line() {
        let lines = MasterCf::parse("master.cf", MASTER).unwrap();
        let configuration =
            Configuration::parse("daemon_directory = /d\ncompatibility_level = 3.6\n").unwrap();
        let service = choose(&lines, Some("587")).unwrap();

        let words = arguments(&configuration, service).unwrap();

        assert_eq!(words[..5], ["-n", "127.0.0.1:587", "-t", "inet", "-X"]);
        assert_eq!(words[words.len() - 4..], ["-o", "a=b", "-o", "c = d e"]);
        assert_eq!(program(&configuration, service).unwrap(), Path::new("/opt/smtpd"));
        let first = choose(&lines, None).unwrap();
        assert_eq!(program(&configuration, first).unwrap(), Path::new("/d/smtpd"));
    }
}

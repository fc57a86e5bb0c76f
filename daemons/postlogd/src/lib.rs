//! postlogd: writes the log file for the others.
//!
//! It is needed only where `maillog_file` is set: for hosts without syslog, and in containers. `postfix logrotate`
//! makes it begin a new file.
//!
//! # Listens
//! `public/postlog`: one datagram for each complete line, or with a stream of lines (`maillog::channel`).
//! # Asks
//! Nobody.
//! # Writes
//! `maillog_file`, a file or standard output.
//! # Runs as
//! The user master runs as until the file is open, then `mail_owner`.
//! # Standards
//! None; postlogd(8).
//! # Difference from Postfix
//! Lines of our daemons come by a stream for each, and are written some milliseconds later, in the order of their times.

mod gathering;
mod settings;

use daemon::{Counts, Life, Plate, Rights, Service, Speaks, Start, StartError};
use gathering::Gathering;
use settings::Settings;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;

/// Runs the daemon.
pub fn run() -> ExitCode {
    daemon::main::<Postlogd>()
}

/// The server; its file is the process's own log sink.
struct Postlogd {
    gathering: Gathering,
}

impl Service for Postlogd {
    const PLATE: Plate = Plate {
        name: "postlogd",
        counts: Counts::Processes,
        speaks: Speaks::Datagrams,
        rights: Rights::StartsPrograms,
        lasting: true,
    };

    fn open(start: &Start<'_>) -> Result<Self, StartError> {
        let settings = Settings::read(start.configuration)?;
        let file = settings.maillog_file.as_str();
        let destination = match file {
            "" => {
                return Err(StartError::Refused(
                    "parameter maillog_file is empty: nothing to write; name a file, or remove the postlog service"
                        .to_owned(),
                ));
            }
            "/dev/stdout" => maillog::Destination::Stdout,
            path => {
                let file = maillog::LogFile::new(path, &settings.permissions).ok_or_else(|| {
                    StartError::Refused(format!(
                        "parameter maillog_file_permissions: invalid value {:?}; use 0600, 0640 or 0644",
                        settings.permissions
                    ))
                })?;
                maillog::Destination::File(file)
            }
        };
        if !is_allowed(Path::new(file), &settings.prefixes) {
            return Err(StartError::Refused(format!(
                "parameter maillog_file: {file} does not begin with one of maillog_file_prefixes ({})",
                settings.prefixes.join(", ")
            )));
        }
        maillog::open(maillog::Settings {
            syslog_name: settings.syslog_name,
            process: Self::PLATE.name.to_owned(),
            hostname: settings.myhostname,
            facility: maillog::Facility::MAIL,
            destination,
            also_stderr: false,
            utf8: settings.smtputf8_enable,
        })?;
        Ok(Self {
            gathering: Gathering::default(),
        })
    }

    fn datagram(&self, octets: &[u8]) {
        self.gathering.add(octets);
    }

    fn stream(&self, stream: OwnedFd) {
        self.gathering.open(stream);
    }

    async fn run(self: Rc<Self>, _: Life) {
        loop {
            self.gathering.stirred().await;
            write(&self.gathering.rest().await);
        }
    }

    async fn finish(self: Rc<Self>) {
        write(&self.gathering.end());
    }
}

fn write(lines: &[u8]) {
    if !lines.is_empty() {
        // They have no other place to go to; their writers have long gone on.
        let _ = maillog::write_complete(lines);
    }
}

fn is_allowed(file: &Path, prefixes: &[String]) -> bool {
    prefixes.iter().any(|prefix| file.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_a_folder_not_a_piece_of_a_name() {
        let prefixes = ["/var".to_owned(), "/dev/stdout".to_owned()];
        assert!(is_allowed(Path::new("/var/log/maillog"), &prefixes));
        assert!(is_allowed(Path::new("/dev/stdout"), &prefixes));
        assert!(!is_allowed(Path::new("/variety/maillog"), &prefixes));
    }
}

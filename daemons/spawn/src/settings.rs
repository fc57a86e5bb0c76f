//! What spawn reads: `main.cf`, and the words of its `master.cf` line.

use config::family::TIME_LIMIT;
use daemon::{Start, StartError};
use std::time::Duration;
use sys::identity::Ids;

config::settings! {
    /// The settings.
    struct MainCf {
        export_environment: Vec<String> = EXPORT_ENVIRONMENT,
        mail_owner: String = MAIL_OWNER,
        setgid_group: String = SETGID_GROUP,
    }
}

/// What is run, and how.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Whose rights the program gets; `None` in an ordinary user's own system, where there is nothing to change.
    pub(crate) ids: Option<Ids>,
    /// The program and its arguments; at least one word.
    pub(crate) command: Vec<String>,
    /// The variables it gets.
    pub(crate) export_environment: Vec<String>,
    /// The longest it may run.
    pub(crate) limit: Duration,
}

impl Settings {
    pub(crate) fn read(start: &Start<'_>) -> Result<Self, StartError> {
        let main = MainCf::read(start.configuration)?;
        let words = Words::read(start.arguments).map_err(StartError::Refused)?;
        let ids = mailbox::named_ids(words.user, &main.mail_owner, &main.setgid_group);
        let ids = if start.root.is_privileged() {
            Some(ids.map_err(|error| StartError::Refused(error.to_string()))?)
        } else {
            None
        };
        Ok(Self {
            ids,
            command: words.command,
            export_environment: main.export_environment,
            limit: start.configuration.get_for(TIME_LIMIT, start.service)?,
        })
    }
}

/// The words of the `master.cf` line.
#[derive(Debug, PartialEq, Eq)]
struct Words<'a> {
    user: &'a str,
    command: Vec<String>,
}

impl<'a> Words<'a> {
    fn read(arguments: &'a [String]) -> Result<Self, String> {
        let mut user = None;
        for (index, argument) in arguments.iter().enumerate() {
            let (name, value) = argument.split_once('=').unwrap_or((argument, ""));
            match name.to_ascii_lowercase().as_str() {
                "user" => user = Some(value),
                "argv" => {
                    let mut command = vec![value.to_owned()];
                    command.extend(arguments.iter().skip(index + 1).cloned());
                    let user = user.ok_or("missing user= attribute")?;
                    return Ok(Self { user, command });
                }
                _ => return Err(format!("unknown attribute name: {argument}")),
            }
        }
        Err("missing argv= attribute".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<(String, Vec<String>), String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Words::read(&words).map(|words| (words.user.to_owned(), words.command))
    }

    #[test]
    fn everything_after_argv_is_the_command() {
        let read = read(&["user=nobody:games", "argv=/usr/bin/perl", "user=x", "-w"]).unwrap();
        assert_eq!(read.0, "nobody:games");
        assert_eq!(read.1, ["/usr/bin/perl", "user=x", "-w"]);
    }

    #[test]
    fn a_line_that_says_too_little_or_too_much_is_refused() {
        assert_eq!(read(&["argv=x"]).unwrap_err(), "missing user= attribute");
        assert_eq!(read(&["user=x"]).unwrap_err(), "missing argv= attribute");
        assert_eq!(
            read(&["flags=x", "argv=y"]).unwrap_err(),
            "unknown attribute name: flags=x"
        );
    }
}

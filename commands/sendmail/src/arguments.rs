//! The command line, which forty years of programs have settled: letters that mean nothing here are taken
//! and passed over, `-q` and `-XV` may stand alone, and letters may share a word.

use crate::log;
use command::{Failure, Status};
use mail::{Notify, Ret};

/// What sendmail is called for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Submit a message.
    #[default]
    Submit,
    /// List the queue.
    List,
    /// Build the alias database.
    Aliases,
    /// Start the mail system.
    Daemon,
    /// Deliver what is deferred.
    Flush,
    /// Speak SMTP on standard input.
    Smtp,
    /// Nothing to do.
    Nothing,
}

/// The command line as it was meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub mode: Mode,
    /// `-C`, the directory part.
    pub configuration: Option<String>,
    /// `-B`: value of the attribute `encoding`.
    pub encoding: Option<&'static str>,
    /// `-F`.
    pub full_name: Option<String>,
    /// `-f`, `-r`.
    pub sender: Option<String>,
    /// `-G`: not from a user of this system.
    pub gateway: bool,
    /// `-N`.
    pub notify: Notify,
    /// `-R`.
    pub ret: Ret,
    /// `-V`.
    pub envelope_id: Option<String>,
    /// `-XV`: the delimiters; empty for the default ones.
    pub verp: Option<String>,
    /// `-O` values, in order.
    pub delivery_options: Vec<String>,
    /// `-t`: recipients are in the header.
    pub extract: bool,
    /// `-i`: a lone dot does not end the input.
    pub ignore_dot: bool,
    /// `-bv`: report, do not deliver.
    pub verify: bool,
    /// `-qR`.
    pub site: Option<String>,
    /// `-qI`.
    pub queue_id: Option<String>,
    /// `-q` with a time: for a daemon that wakes up by itself.
    pub interval: bool,
    /// `-oA`.
    pub alias_database: Option<String>,
    /// How many `-v`.
    pub verbose: u8,
    /// Recipients.
    pub operands: Vec<String>,
}

/// Letters; those with a value are followed by a colon.
const LETTERS: &str = "A:B:C:F:GIL:N:O:R:UV:X:b:ce:f:h:imno:p:r:q:tvx";
/// Octets of `-V`.
const ENVELOPE_ID_MAX: usize = 100;

fn usage(text: impl Into<String>) -> Failure {
    Failure::new(Status::USAGE, text)
}

impl Arguments {
    /// Reads the words after the program's name, which may decide the mode itself.
    ///
    /// # Errors
    /// Status 64 for what cannot be meant.
    pub(crate) fn parse(name: &str, words: &[String]) -> Result<Self, Failure> {
        let mode = match name {
            "mailq" => Mode::List,
            "newaliases" => Mode::Aliases,
            "smtpd" => Mode::Daemon,
            _ => Mode::Submit,
        };
        let mut arguments = Self {
            mode,
            ..Self::default()
        };
        let mut rest = words;
        while let Some((word, after)) = rest.split_first() {
            rest = after;
            if word == "-q" {
                arguments.flush();
                continue;
            }
            // What a pair of delimiters means moved from -V to -XV long ago, and old programs did not.
            if word == "-V" && after.first().is_some_and(|value| value.len() == 2) {
                log::old_verp_option("-V", "-XV");
                arguments.verp = Some(String::new());
                continue;
            }
            if word == "-XV" {
                arguments.verp = Some(String::new());
                continue;
            }
            if let Some(delimiters) = word.strip_prefix("-V").filter(|value| value.len() == 2) {
                log::old_verp_option(word, &format!("-XV{delimiters}"));
                arguments.verp = Some(delimiters.to_owned());
                continue;
            }
            let Some(cluster) = word.strip_prefix('-').filter(|cluster| !cluster.is_empty()) else {
                arguments.operands.push(word.clone());
                break;
            };
            if cluster == "-" {
                break;
            }
            rest = arguments.cluster(name, cluster, rest)?;
        }
        arguments.operands.extend_from_slice(rest);
        arguments.check()?;
        Ok(arguments)
    }

    fn flush(&mut self) {
        if self.mode == Mode::Daemon {
            log::queue_option_in_daemon_mode();
        } else {
            self.mode = Mode::Flush;
        }
    }

    /// Letters of one word; the words that are left when its last letter has taken its value.
    fn cluster<'w>(
        &mut self,
        name: &str,
        cluster: &str,
        rest: &'w [String],
    ) -> Result<&'w [String], Failure> {
        let mut letters = cluster.chars();
        while let Some(letter) = letters.next() {
            let mut known = LETTERS
                .chars()
                .skip_while(|known| *known != letter || letter == ':');
            if known.next().is_none() {
                log::unknown_option(letter);
                return Err(usage(format!("usage: {name} [options]")));
            }
            if known.next() != Some(':') {
                self.take(letter, "")?;
                continue;
            }
            let value = letters.as_str();
            if !value.is_empty() {
                self.take(letter, value)?;
                return Ok(rest);
            }
            let Some((value, rest)) = rest.split_first() else {
                log::option_without_value(letter);
                return Err(usage(format!("usage: {name} [options]")));
            };
            self.take(letter, value)?;
            return Ok(rest);
        }
        Ok(rest)
    }

    fn take(&mut self, letter: char, value: &str) -> Result<(), Failure> {
        match letter {
            'n' => return Err(usage("-n option not supported")),
            'B' => {
                self.encoding = Some(match value {
                    "8BITMIME" => "8bit",
                    "7BIT" => "7bit",
                    _ => return Err(usage("-B option needs 8BITMIME or 7BIT")),
                });
            }
            'C' => self.configuration = Some(configuration_directory(value)),
            'F' => self.full_name = Some(value.to_owned()),
            'G' => self.gateway = true,
            'I' => self.mode = Mode::Aliases,
            'N' => match Notify::parse(value) {
                Ok(notify) => self.notify = notify,
                Err(_) => {
                    let bad = value.split(',').find(|word| Notify::parse(word).is_err());
                    log::bad_notify(bad, value);
                }
            },
            'O' => self.delivery_options.push(value.to_owned()),
            'R' => match Ret::parse(value) {
                Ok(ret) => self.ret = ret,
                Err(_) => log::bad_ret(),
            },
            'V' if value.len() > ENVELOPE_ID_MAX => log::long_envelope_id(),
            'V' if value
                .bytes()
                .all(|byte| (b' '..=b'~').contains(&byte) || byte == b'\t') =>
            {
                self.envelope_id = Some(value.to_owned());
            }
            'V' => log::bad_envelope_id(),
            'X' => match value.strip_prefix('V') {
                Some(delimiters) => self.verp = Some(delimiters.to_owned()),
                None => return Err(unsupported(letter, value)),
            },
            'b' => self.take_mode(value)?,
            'f' | 'r' => self.sender = Some(value.to_owned()),
            'i' => self.ignore_dot = true,
            'o' => self.take_old_option(value)?,
            'q' => self.take_queue_option(value)?,
            't' => self.extract = true,
            'v' => self.verbose = self.verbose.saturating_add(1),
            _ => {}
        }
        Ok(())
    }

    fn take_mode(&mut self, value: &str) -> Result<(), Failure> {
        self.mode = match value.chars().next() {
            Some('d' | 'l') => {
                if self.mode == Mode::Flush {
                    log::queue_option_in_daemon_mode();
                }
                Mode::Daemon
            }
            Some('h' | 'H') => Mode::Nothing,
            Some('i') => Mode::Aliases,
            Some('m') => Mode::Submit,
            Some('p') => Mode::List,
            Some('s') => Mode::Smtp,
            Some('v') => {
                self.verify = true;
                return Ok(());
            }
            _ => return Err(unsupported('b', value)),
        };
        Ok(())
    }

    fn take_old_option(&mut self, value: &str) -> Result<(), Failure> {
        match value.chars().next() {
            Some('A') => match value.get(1..).filter(|path| !path.is_empty()) {
                Some(path) => self.alias_database = Some(path.to_owned()),
                None => return Err(usage("-oA requires pathname")),
            },
            Some('i') => self.ignore_dot = true,
            _ => {}
        }
        Ok(())
    }

    fn take_queue_option(&mut self, value: &str) -> Result<(), Failure> {
        match value.chars().next() {
            Some(digit) if digit.is_ascii_digit() => self.interval = true,
            Some('R') => match value.get(1..).filter(|site| !site.is_empty()) {
                Some(site) => self.site = Some(site.to_owned()),
                None => return Err(usage("specify: -qRsitename")),
            },
            Some('I') => match value.get(1..).filter(|id| !id.is_empty()) {
                Some(id) => self.queue_id = Some(id.to_owned()),
                None => return Err(usage("specify: -qIqueueid")),
            },
            other => return Err(usage(format!("-q{} is not implemented", other.unwrap_or(' ')))),
        }
        Ok(())
    }

    /// What cannot stand together.
    fn check(&self) -> Result<(), Failure> {
        let submits = self.mode == Mode::Submit;
        let operand = !self.operands.is_empty();
        for (is_wrong, text) in [
            (self.extract && !submits, "-t can be used only in delivery mode"),
            (
                self.site.is_some() && !submits,
                "-qR can be used only in delivery mode",
            ),
            (
                self.queue_id.is_some() && !submits,
                "-qI can be used only in delivery mode",
            ),
            (self.verify && self.extract, "-t option cannot be used with -bv"),
            (
                self.verify && !self.notify.is_empty(),
                "-N option cannot be used with -bv",
            ),
            (
                self.verify && self.ret != Ret::Unset,
                "-R option cannot be used with -bv",
            ),
            (
                self.verify && self.verbose == 1,
                "-v option cannot be used with -bv",
            ),
            (
                submits && self.site.is_some() && operand,
                "flush site requires no recipient",
            ),
            (
                submits && self.queue_id.is_some() && operand,
                "flush queue_id requires no recipient",
            ),
            (
                self.mode == Mode::List && operand,
                "display queue mode requires no recipient",
            ),
            (
                self.mode == Mode::Flush && operand,
                "flush queue mode requires no recipient",
            ),
            (
                self.mode == Mode::Daemon && operand,
                "daemon mode requires no recipient",
            ),
            (
                self.mode == Mode::Aliases && operand,
                "alias initialization mode requires no recipient",
            ),
            (
                self.mode == Mode::Smtp && operand,
                "stand-alone mode requires no recipient",
            ),
        ] {
            if is_wrong {
                return Err(usage(text));
            }
        }
        Ok(())
    }
}

fn unsupported(letter: char, value: &str) -> Failure {
    let first: String = value.chars().take(1).collect();
    usage(format!("unsupported: -{letter}{first}"))
}

/// `-C` names the directory, or the file in it.
fn configuration_directory(value: &str) -> String {
    match value.strip_suffix("main.cf") {
        Some("") => ".".to_owned(),
        Some("/") => "/".to_owned(),
        Some(directory) if directory.ends_with('/') => directory.trim_end_matches('/').to_owned(),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(name: &str, text: &str) -> Result<Arguments, Failure> {
        let words: Vec<String> = text.split_ascii_whitespace().map(str::to_owned).collect();
        Arguments::parse(name, &words)
    }

    #[test]
    fn usual_command_lines_are_understood() {
        let arguments = parse("sendmail", "-oi -t -fme@here -F Me -odb -N success,delay a@b -c").unwrap();

        assert!(arguments.ignore_dot && arguments.extract);
        assert_eq!(arguments.sender.as_deref(), Some("me@here"));
        assert_eq!(arguments.notify.bits(), 10);
        assert_eq!(arguments.operands, ["a@b", "-c"]);
        assert_eq!(parse("sendmail", "-tivf x").unwrap().sender.as_deref(), Some("x"));
        assert_eq!(parse("sendmail", "-- -t").unwrap().operands, ["-t"]);
    }

    #[test]
    fn the_name_and_the_options_decide_the_mode() {
        for (name, text, mode) in [
            ("mailq", "", Mode::List),
            ("newaliases", "", Mode::Aliases),
            ("newaliases", "-bp", Mode::List),
            ("sendmail", "-bd -q30m", Mode::Daemon),
            ("sendmail", "-q", Mode::Flush),
            ("sendmail", "-q -bd", Mode::Daemon),
            ("sendmail", "-bs", Mode::Smtp),
            ("sendmail", "-I", Mode::Aliases),
            ("sendmail", "-bH", Mode::Nothing),
        ] {
            assert_eq!(parse(name, text).unwrap().mode, mode, "{name} {text}");
        }
    }

    #[test]
    fn verp_delimiters_stand_where_old_programs_put_them() {
        for (text, verp, operands) in [
            ("-XV a", Some(""), 1),
            ("-XV+= a", Some("+="), 1),
            ("-V+= a", Some("+="), 1),
            ("-V += a", Some(""), 2),
            ("-V envelope a", None, 1),
        ] {
            let arguments = parse("sendmail", text).unwrap();
            assert_eq!(
                (arguments.verp.as_deref(), arguments.operands.len()),
                (verp, operands),
                "{text}"
            );
        }
    }

    #[test]
    fn what_cannot_be_meant_is_a_usage_failure() {
        for text in [
            "-y",
            "-d0",
            "-f",
            "-n",
            "-B9BIT",
            "-bx",
            "-X/log",
            "-qSsite",
            "-qR",
            "-oA",
            "-bp a",
            "-t -bp",
            "-bv -t",
            "-bv -v",
            "-qRsite a",
        ] {
            assert_eq!(
                parse("sendmail", text).unwrap_err().status(),
                Status::USAGE,
                "{text}"
            );
        }
    }

    #[test]
    fn the_configuration_is_named_by_directory_or_file() {
        for (given, directory) in [
            ("/etc/postfix/main.cf", "/etc/postfix"),
            ("/x", "/x"),
            ("main.cf", "."),
            ("/main.cf", "/"),
        ] {
            assert_eq!(configuration_directory(given), directory);
        }
    }
}

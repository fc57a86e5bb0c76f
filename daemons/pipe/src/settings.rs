//! What pipe reads: `main.cf`, and the words of its `master.cf` line.

use config::family::TIME_LIMIT;
use daemon::{Start, StartError};
use mailbox::Style;
use std::path::PathBuf;
use std::time::Duration;
use sys::identity::{Ids, effective_gid, effective_uid};

config::settings! {
    /// What stands in `main.cf`.
    #[derive(Debug)]
    pub(crate) struct MainCf {
        config_directory: String = CONFIG_DIRECTORY,
        export_environment: Vec<String> = EXPORT_ENVIRONMENT,
        mail_owner: String = MAIL_OWNER,
        setgid_group: String = SETGID_GROUP,
        recipient_delimiter: String = RECIPIENT_DELIMITER,
        owner_request_special: bool = OWNER_REQUEST_SPECIAL,
        double_bounce_sender: String = DOUBLE_BOUNCE_SENDER,
        original_recipient: bool = ENABLE_ORIGINAL_RECIPIENT,
    }
}

/// What is run, and how.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) main: MainCf,
    /// The words of the `master.cf` line.
    pub(crate) line: Line,
    /// Whose rights the command gets.
    pub(crate) ids: Ids,
    /// The longest it may keep us waiting.
    pub(crate) limit: Duration,
}

/// The words of the `master.cf` line (pipe(8), "COMMAND ATTRIBUTE SYNTAX").
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) flags: Flags,
    pub(crate) user: String,
    pub(crate) directory: Option<PathBuf>,
    pub(crate) chroot: Option<PathBuf>,
    pub(crate) end_of_line: Vec<u8>,
    pub(crate) null_sender: String,
    /// The largest message taken; 0 for any.
    pub(crate) size_octets: i64,
    pub(crate) command: Vec<String>,
}

/// The letters of `flags=`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    /// `B`: an empty line at the end.
    pub(crate) blank_line: bool,
    /// `D`: `Delivered-To:`, and a check for loops by it.
    pub(crate) delivered_to: bool,
    /// `F`: a `From ` line.
    pub(crate) from_line: bool,
    /// `O`: `X-Original-To:`.
    pub(crate) original_to: bool,
    /// `R`: `Return-Path:`.
    pub(crate) return_path: bool,
    /// `X`: the command is the last station.
    pub(crate) is_final: bool,
    /// `.`: double a dot at the start of a line.
    pub(crate) quote_dot: bool,
    /// `>`: put `>` in front of `From ` at the start of a line.
    pub(crate) quote_from: bool,
    /// `h`: domains in lower case.
    pub(crate) fold_domain: bool,
    /// `q`: quote local parts.
    pub(crate) quote_local: bool,
    /// `u`: local parts in lower case.
    pub(crate) fold_user: bool,
}

impl Settings {
    pub(crate) fn read(start: &Start<'_>) -> Result<Self, StartError> {
        let main = MainCf::read(start.configuration)?;
        let line = Line::read(start.arguments).map_err(StartError::Refused)?;
        let ids = if start.root.is_privileged() {
            mailbox::named_ids(&line.user, &main.mail_owner, &main.setgid_group)
                .map_err(|error| StartError::Refused(error.to_string()))?
        } else {
            // An ordinary user's own system has no other rights to give.
            Ids::new(effective_uid(), effective_gid())
        };
        let limit = start.configuration.get_for(TIME_LIMIT, start.service)?;
        Ok(Self {
            main,
            line,
            ids,
            limit,
        })
    }
}

impl Line {
    fn read(arguments: &[String]) -> Result<Self, String> {
        let mut line = Self {
            flags: Flags::default(),
            user: String::new(),
            directory: None,
            chroot: None,
            end_of_line: b"\n".to_vec(),
            null_sender: "MAILER-DAEMON".to_owned(),
            size_octets: 0,
            command: Vec::new(),
        };
        for (index, argument) in arguments.iter().enumerate() {
            let (name, value) = argument.split_once('=').unwrap_or((argument, ""));
            match name.to_ascii_lowercase().as_str() {
                "flags" => line.flags = Flags::read(value)?,
                "user" => line.user = value.to_owned(),
                "directory" => line.directory = Some(value.into()),
                "chroot" => line.chroot = Some(value.into()),
                "eol" => line.end_of_line = unescaped(value),
                "null_sender" => line.null_sender = value.to_owned(),
                "size" => {
                    line.size_octets = octets(value).ok_or_else(|| format!("bad size= value: {value}"))?;
                }
                "argv" => {
                    line.command.push(value.to_owned());
                    line.command.extend(arguments.iter().skip(index + 1).cloned());
                    break;
                }
                _ => return Err(format!("unknown attribute name: {argument}")),
            }
        }
        if line.user.is_empty() {
            return Err("missing user= command-line attribute".into());
        }
        if line.command.is_empty() {
            return Err("missing argv= command-line attribute".into());
        }
        Ok(line)
    }

    /// How the content is written to the command.
    pub(crate) fn style(&self) -> Style {
        Style {
            end_of_line: self.end_of_line.clone(),
            quote_from: self.flags.quote_from,
            quote_dot: self.flags.quote_dot,
            blank_line: self.flags.blank_line,
        }
    }
}

impl Flags {
    fn read(letters: &str) -> Result<Self, String> {
        let mut flags = Self::default();
        for letter in letters.chars() {
            let flag = match letter {
                'B' => &mut flags.blank_line,
                'D' => &mut flags.delivered_to,
                'F' => &mut flags.from_line,
                'O' => &mut flags.original_to,
                'R' => &mut flags.return_path,
                'X' => &mut flags.is_final,
                '.' => &mut flags.quote_dot,
                '>' => &mut flags.quote_from,
                'h' => &mut flags.fold_domain,
                'q' => &mut flags.quote_local,
                'u' => &mut flags.fold_user,
                _ => return Err(format!("unknown flag: {letter}")),
            };
            *flag = true;
        }
        Ok(flags)
    }
}

/// A number of octets.
fn octets(text: &str) -> Option<i64> {
    text.bytes()
        .all(|octet| octet.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

/// Backslash sequences of C: `\n`, `\r`, `\0` to `\377` and the like.
fn unescaped(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text.bytes().peekable();
    while let Some(octet) = rest.next() {
        if octet != b'\\' {
            out.push(octet);
            continue;
        }
        match rest.next() {
            Some(b'a') => out.push(7),
            Some(b'b') => out.push(8),
            Some(b'f') => out.push(12),
            Some(b'n') => out.push(b'\n'),
            Some(b'r') => out.push(b'\r'),
            Some(b't') => out.push(b'\t'),
            Some(b'v') => out.push(11),
            Some(digit @ b'0'..=b'7') => {
                let mut number = u32::from(digit - b'0');
                for _ in 0..2 {
                    let Some(digit) = rest.next_if(|octet| (b'0'..=b'7').contains(octet)) else {
                        break;
                    };
                    number = number * 8 + u32::from(digit - b'0');
                }
                out.push(number as u8);
            }
            Some(other) => out.push(other),
            None => out.push(b'\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Line, String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Line::read(&words)
    }

    #[test]
    fn every_attribute_is_read() {
        let line = read(&[
            "flags=BDFORX.>hqu",
            "user=vmail:mail",
            "directory=/var",
            "chroot=/jail",
            "eol=\\r\\n",
            "null_sender=",
            "size=1000",
            "argv=/bin/deliver",
            "-r",
            "${recipient}",
        ])
        .unwrap();
        assert_eq!(line.user, "vmail:mail");
        assert_eq!(
            (line.directory, line.chroot),
            (Some("/var".into()), Some("/jail".into()))
        );
        assert_eq!(
            (line.end_of_line.as_slice(), line.null_sender.as_str()),
            (&b"\r\n"[..], "")
        );
        assert_eq!(line.size_octets, 1000);
        assert_eq!(line.command, ["/bin/deliver", "-r", "${recipient}"]);
        let Flags {
            blank_line,
            delivered_to,
            is_final,
            quote_from,
            fold_user,
            quote_local,
            ..
        } = line.flags;
        assert!(blank_line && delivered_to && is_final && quote_from && fold_user && quote_local);
    }

    #[test]
    fn mistakes_are_told() {
        for (words, error) in [
            (&["argv=x"][..], "missing user= command-line attribute"),
            (&["user=x"], "missing argv= command-line attribute"),
            (&["flags=Z", "user=x", "argv=y"], "unknown flag: Z"),
            (&["size=1k", "user=x", "argv=y"], "bad size= value: 1k"),
            (
                &["colour=red", "user=x", "argv=y"],
                "unknown attribute name: colour=red",
            ),
        ] {
            assert_eq!(read(words).unwrap_err(), error);
        }
    }

    #[test]
    fn line_ends_may_be_written_with_backslashes() {
        assert_eq!(unescaped("\\r\\012\\\\x\\"), b"\r\n\\x\\");
    }
}

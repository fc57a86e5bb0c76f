//! The grammar of `master.cf`: eight columns for each service, options, `{ }` around what has white space in it.
//!
//! What a `-` stands for is decided here where it is fixed, and by `master` where a parameter decides.
//! Follows master(5).

use std::fmt;

use crate::error::GrammarError;
use crate::lines;
use crate::split;

/// All services of a `master.cf`, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MasterCf {
    /// The file's name, for messages.
    pub file: String,
    /// The services; of two with the same name and type, the later one.
    pub services: Vec<Service>,
    /// What the administrator should be told, in the wording of the log.
    pub warnings: Vec<String>,
}

/// One line of `master.cf`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The first column.
    pub name: String,
    /// What kind of socket it listens on.
    pub kind: ServiceKind,
    /// Whether its socket is in `private/`.
    pub private: bool,
    /// Whether it runs as `mail_owner`.
    pub unprivileged: bool,
    /// Whether it runs chrooted; `None` is the default, which `compatibility_level` decides.
    pub chroot: Option<bool>,
    /// When it is woken up.
    pub wakeup: Wakeup,
    /// How many clients or processes at once; `None` is `default_process_limit`, `Some(0)` is no limit.
    pub process_limit: Option<u32>,
    /// The program's name, relative to `daemon_directory`.
    pub command: String,
    /// The program's arguments, with `{ }` taken off.
    pub arguments: Vec<String>,
    /// The first seven columns as written, and the command line, for those who print or edit the file.
    pub columns: [String; 8],
    /// The first physical line of the logical line.
    pub line: usize,
    /// The last physical line of the logical line.
    pub last_line: usize,
}

/// What kind of socket a service listens on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServiceKind {
    /// A TCP port.
    Inet,
    /// A Unix stream socket.
    Unix,
    /// A Unix datagram socket.
    UnixDatagram,
    /// A named pipe.
    Fifo,
    /// A Unix stream socket over which connections are passed.
    Pass,
}

/// When a service is woken up though nobody asked it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wakeup {
    /// The time between two wake-ups; 0 is never.
    pub seconds: u32,
    /// Written with `?`: not before the service has been used once.
    pub only_when_used: bool,
}

impl MasterCf {
    /// Reads the text of a `master.cf`; `file` is named in messages.
    ///
    /// # Errors
    /// A line that lacks a column, or a column with a wrong value.
    pub fn parse(file: &str, text: &str) -> Result<Self, GrammarError> {
        let mut master = Self::parse_every(file, text)?;
        for service in std::mem::take(&mut master.services) {
            let twin = |s: &Service| s.kind == service.kind && s.name == service.name;
            match master.services.iter_mut().find(|s| twin(s)) {
                Some(old) => {
                    master.warnings.push(format!(
                        "{file}, line {}: duplicate entry for service {}/{}: using the last entry",
                        service.last_line, service.name, service.kind
                    ));
                    *old = service;
                }
                None => master.services.push(service),
            }
        }
        Ok(master)
    }

    /// The same with every service that the text has, also those that a later one replaces: for who shows the file.
    ///
    /// # Errors
    /// As for [`parse`](Self::parse).
    pub fn parse_every(file: &str, text: &str) -> Result<Self, GrammarError> {
        let mut master = Self {
            file: file.to_owned(),
            ..Self::default()
        };
        for line in lines::lines(text) {
            if line.text.starts_with([' ', '\t']) {
                let text = &line.text;
                master.warnings.push(format!(
                    "{file}: logical line must not start with whitespace: \"{text:.30}\""
                ));
                continue;
            }
            let mut service =
                Service::parse(&line.text, line.first).map_err(|what| GrammarError::Service {
                    file: file.to_owned(),
                    line: line.last,
                    what,
                })?;
            service.last_line = line.last;
            master.services.push(service);
        }
        Ok(master)
    }
}

impl Service {
    /// Reads one logical line, which begins at `line`.
    ///
    /// # Errors
    /// What is wrong with it, and what would be right.
    pub fn parse(text: &str, line: usize) -> Result<Self, String> {
        let mut words = split::words(text);
        let mut columns: [String; 8] = std::array::from_fn(|_| String::new());
        for (column, name) in columns.iter_mut().zip(COLUMNS) {
            *column = words
                .next()
                .ok_or_else(|| format!("missing \"{name}\" field"))?
                .to_owned();
        }
        let arguments = words.clone().map(argument).collect::<Result<_, _>>()?;
        let [name, kind, private, unprivileged, chroot, wakeup, limit, command] = &columns;
        let kind = ServiceKind::parse(kind).ok_or_else(|| bad(1, kind))?;
        if kind != ServiceKind::Inet && (name.split('/').any(|part| part == "..") || name.starts_with('/')) {
            return Err(bad(0, name));
        }
        let private = yes_or_no(2, private)?;
        if kind == ServiceKind::Inet && private == Some(true) {
            return Err("inet service cannot be private; specify n in the \"private\" field".to_owned());
        }
        let service = Self {
            kind,
            private: private.unwrap_or(kind != ServiceKind::Inet),
            unprivileged: yes_or_no(3, unprivileged)?.unwrap_or(true),
            chroot: yes_or_no(4, chroot)?,
            wakeup: Wakeup::parse(wakeup).ok_or_else(|| bad(5, wakeup))?,
            process_limit: match limit.as_str() {
                "-" => None,
                text => Some(number(text).ok_or_else(|| bad(6, limit))?),
            },
            command: command.clone(),
            name: name.clone(),
            arguments,
            line,
            last_line: line,
            columns: std::array::from_fn(|_| String::new()),
        };
        if let Some(last) = columns.last_mut() {
            let rest = words.rest().trim_end();
            if !rest.is_empty() {
                last.push(' ');
                last.push_str(rest);
            }
        }
        Ok(Self { columns, ..service })
    }

    /// The socket's path below the queue directory; `None` for a TCP port.
    pub fn socket_path(&self) -> Option<String> {
        let directory = if self.private { "private" } else { "public" };
        (self.kind != ServiceKind::Inet).then(|| format!("{directory}/{}", self.name))
    }

    /// Host and port of a TCP service: the port is what follows the last colon outside brackets.
    pub fn host_and_port(&self) -> (Option<&str>, &str) {
        let (host, port) = match self.name.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port),
            _ => return (None, &self.name),
        };
        let host = host
            .strip_prefix('[')
            .and_then(|h| h.strip_suffix(']'))
            .unwrap_or(host);
        ((!host.is_empty()).then_some(host), port)
    }

    /// The program's name without folders.
    pub fn program(&self) -> &str {
        self.command.rsplit('/').next().unwrap_or(&self.command)
    }

    /// The `-o name=value` options among the arguments, in their order. The first argument that is no option ends
    /// them: what follows may be the command line of another program.
    pub fn overrides(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut arguments = self.arguments.iter();
        while let Some(argument) = arguments.next() {
            let Some(options) = argument.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
                break;
            };
            // `-vo name=value` is `-v -o name=value`; no other letter of a daemon is followed by text of its own.
            let Some(rest) = options.trim_start_matches('v').strip_prefix('o') else {
                continue;
            };
            let text = if rest.is_empty() {
                arguments.next().map_or("", String::as_str)
            } else {
                rest
            };
            if let Ok((name, value)) = split::pair(text) {
                found.push((name.to_owned(), value.to_owned()));
            }
        }
        found
    }
}

impl ServiceKind {
    /// Reads the word of the second column.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "inet" => Self::Inet,
            "unix" => Self::Unix,
            "unix-dgram" => Self::UnixDatagram,
            "fifo" => Self::Fifo,
            "pass" => Self::Pass,
            _ => return None,
        })
    }

    /// The word of the second column.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Inet => "inet",
            Self::Unix => "unix",
            Self::UnixDatagram => "unix-dgram",
            Self::Fifo => "fifo",
            Self::Pass => "pass",
        }
    }
}

impl fmt::Display for ServiceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Wakeup {
    fn parse(text: &str) -> Option<Self> {
        let (digits, only_when_used) = text
            .strip_suffix('?')
            .map_or((text, false), |digits| (digits, true));
        let seconds = if digits == "-" { 0 } else { number(digits)? };
        Some(Self {
            seconds,
            only_when_used,
        })
    }
}

/// Takes the `{ }` off an argument that begins with a brace.
fn argument(word: &str) -> Result<String, String> {
    if !word.starts_with('{') {
        return Ok(word.to_owned());
    }
    split::braced(word)
        .map(str::to_owned)
        .ok_or_else(|| format!("unbalanced or misplaced braces in \"{word}\"; specify {{ text }}"))
}

fn yes_or_no(column: usize, text: &str) -> Result<Option<bool>, String> {
    match text {
        "-" => Ok(None),
        "y" => Ok(Some(true)),
        "n" => Ok(Some(false)),
        _ => Err(bad(column, text)),
    }
}

fn number(text: &str) -> Option<u32> {
    text.parse()
        .ok()
        .filter(|number| *number <= i32::MAX.unsigned_abs())
}

fn bad(column: usize, value: &str) -> String {
    let (name, right) = (
        COLUMNS.get(column).copied().unwrap_or_default(),
        RIGHT.get(column).copied().unwrap_or_default(),
    );
    format!("field \"{name}\": bad value: \"{value}\"; specify {right}")
}

const COLUMNS: [&str; 8] = [
    "service name",
    "service type",
    "private",
    "unprivileged",
    "chroot",
    "wakeup",
    "process_limit",
    "command",
];

const RIGHT: [&str; 8] = [
    "a path below the queue directory",
    "inet, unix, unix-dgram, fifo or pass",
    "y, n or -",
    "y, n or -",
    "y, n or -",
    "a number of seconds, optionally followed by ?",
    "a number or -",
    "a program in daemon_directory",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Service {
        MasterCf::parse("master.cf", text).unwrap().services.remove(0)
    }

    #[test]
    fn a_line_has_eight_columns_and_arguments() {
        let service = one("smtp inet n - y 300? 7 smtpd -v\n  -o { a = b c }\n  -od=e {} { x y }\n");

        assert_eq!((service.name.as_str(), service.kind), ("smtp", ServiceKind::Inet));
        assert!(!service.private && service.unprivileged && service.chroot == Some(true));
        assert_eq!(
            service.wakeup,
            Wakeup {
                seconds: 300,
                only_when_used: true
            }
        );
        assert_eq!(service.process_limit, Some(7));
        assert_eq!(service.arguments, ["-v", "-o", "a = b c", "-od=e", "", "x y"]);
        assert_eq!(service.columns[7], "smtpd -v  -o { a = b c }  -od=e {} { x y }");
        assert_eq!(service.socket_path(), None);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(service.overrides(), [pair("a", "b c"), pair("d", "e")]);
    }

    #[test]
    fn a_dash_is_the_default() {
        let service = one("rewrite unix - - - - - trivial-rewrite");

        assert!(service.private && service.unprivileged);
        assert_eq!((service.chroot, service.process_limit), (None, None));
        assert_eq!(service.wakeup, Wakeup::default());
        assert_eq!(service.socket_path().as_deref(), Some("private/rewrite"));
        assert_eq!(
            one("pickup unix n - n 60 1 pickup").socket_path().as_deref(),
            Some("public/pickup")
        );
    }

    #[test]
    fn the_port_follows_the_last_colon() {
        let table = [
            ("smtp", (None, "smtp")),
            ("127.0.0.1:25", (Some("127.0.0.1"), "25")),
            ("[::1]:smtp", (Some("::1"), "smtp")),
            ("::1:smtp", (Some("::1"), "smtp")),
            ("host.example:10025", (Some("host.example"), "10025")),
        ];
        for (name, wanted) in table {
            assert_eq!(
                one(&format!("{name} inet n - n - - smtpd")).host_and_port(),
                wanted,
                "{name}"
            );
        }
    }

    #[test]
    fn a_wrong_line_is_an_error_with_place_and_remedy() {
        let table = [
            ("a unix - - - -", "missing \"process_limit\" field"),
            (
                "a tcp - - - - - x",
                "field \"service type\": bad value: \"tcp\"; specify inet, unix, unix-dgram, fifo or pass",
            ),
            (
                "a inet y - - - - x",
                "inet service cannot be private; specify n in the \"private\" field",
            ),
            (
                "a unix - - - 5x - x",
                "field \"wakeup\": bad value: \"5x\"; specify a number of seconds, optionally followed by ?",
            ),
            (
                "a unix - - - - - x {a",
                "unbalanced or misplaced braces in \"{a\"; specify { text }",
            ),
            (
                "../a unix - - - - - x",
                "field \"service name\": bad value: \"../a\"; specify a path below the queue directory",
            ),
        ];
        for (text, wanted) in table {
            let error = MasterCf::parse("master.cf", &format!("# c\n{text}\n")).unwrap_err();
            assert_eq!(error.to_string(), format!("master.cf: line 2: {wanted}"));
        }
    }

    #[test]
    fn of_two_services_with_one_name_and_type_the_last_counts() {
        let master = MasterCf::parse(
            "master.cf",
            "a unix - - - - - x\na inet n - - - - z\na unix - - - - - y\n",
        )
        .unwrap();

        let commands: Vec<_> = master.services.iter().map(|s| s.command.as_str()).collect();
        assert_eq!(commands, ["y", "z"]);
        assert_eq!(master.warnings.len(), 1);
    }
}

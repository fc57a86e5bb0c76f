//! The open sink of this process, and a capture for tests.

use std::cell::RefCell;
use std::fmt;
use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::channel::Channel;
use crate::line::{Clock, DayStyle, neutralise};
use crate::{Destination, Level, LogFile, MaillogError, Settings};

/// What `open` made; `None` until then.
static SINK: Mutex<Option<Sink>> = Mutex::new(None);

struct Sink {
    settings: Settings,
    /// What stands before the text: `host syslog_name/process[pid]: ` in the form of the destination.
    tag: Vec<u8>,
    clock: Clock,
    out: Out,
    /// Lines that wait for [`flush`], separated by line feeds; only with `gathers`.
    gathered: Vec<u8>,
    gathers: bool,
    channel: Channel,
}

enum Out {
    /// A datagram socket, connected when it could be.
    Datagram(UnixDatagram),
    File(File),
    Stdout,
    Stderr,
}

/// Lines gathered before they are sent in any case. Well below what a local datagram may hold.
const GATHERED_OCTETS: usize = 16 << 10;

/// Longest text kept: well below what a local datagram may hold.
const LONGEST_TEXT_OCTETS: usize = 30_000;

const SYSLOG_PLACES: [&str; 3] = ["/dev/log", "/var/run/syslog", "/var/run/log"];

pub(crate) fn open(settings: Settings) -> Result<(), MaillogError> {
    let sink = Sink::open(settings)?;
    *SINK.lock().unwrap_or_else(PoisonError::into_inner) = Some(sink);
    Ok(())
}

pub(crate) fn reopen() -> Result<(), MaillogError> {
    let settings = SINK
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .as_ref()
        .map(|sink| sink.settings.clone());
    settings.map_or(Ok(()), open)
}

pub(crate) fn time_text(at: SystemTime) -> String {
    let second = at
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs().cast_signed());
    let mut sink = SINK.lock().unwrap_or_else(PoisonError::into_inner);
    let stamp = match sink.as_mut() {
        Some(sink) => *sink.clock.stamp_at(second, DayStyle::Space),
        None => *Clock::system().stamp_at(second, DayStyle::Space),
    };
    String::from_utf8_lossy(&stamp).into_owned()
}

pub(crate) fn write(level: Level, text: fmt::Arguments<'_>, line: &mut Vec<u8>) {
    if captured(level, text) {
        return;
    }
    let mut sink = SINK.lock().unwrap_or_else(PoisonError::into_inner);
    match sink.as_mut() {
        Some(sink) => sink.write(level, text, line),
        None => {
            line.clear();
            line.extend_from_slice(level.word().as_bytes());
            append_text(line, text, true);
            to_standard_error(line);
        }
    }
}

/// From now on lines for postlogd wait for [`flush`]. Syslog takes one line at a time, and gets each at once.
pub(crate) fn gather() {
    if let Some(sink) = SINK.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        let to_postlogd = matches!(sink.settings.destination, Destination::Postlogd { .. });
        sink.gathers = to_postlogd && !sink.settings.also_stderr;
    }
}

pub(crate) fn flush() {
    if let Some(sink) = SINK.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        sink.flush();
    }
}

pub(crate) fn write_complete(lines: &[u8]) -> io::Result<()> {
    let sink = SINK.lock().unwrap_or_else(PoisonError::into_inner);
    let mut whole = Vec::with_capacity(lines.len() + 1);
    for line in lines.split(|&octet| octet == b'\n') {
        let start = whole.len();
        whole.extend_from_slice(line);
        neutralise(whole.get_mut(start..).unwrap_or_default(), true);
        whole.push(b'\n');
    }
    match sink.as_ref().map(|sink| &sink.out) {
        Some(Out::File(file)) => (&mut &*file).write_all(&whole),
        Some(Out::Stdout) => io::stdout()
            .lock()
            .write_all(&whole)
            .and_then(|()| io::stdout().flush()),
        _ => Err(io::ErrorKind::Unsupported.into()),
    }
}

impl Sink {
    fn open(settings: Settings) -> Result<Self, MaillogError> {
        let out = match &settings.destination {
            Destination::Syslog | Destination::SyslogAt(_) | Destination::Postlogd { .. } => {
                match UnixDatagram::unbound() {
                    Ok(socket) => {
                        let _ = connect(&socket, &settings.destination);
                        Out::Datagram(socket)
                    }
                    Err(_) => Out::Stderr,
                }
            }
            Destination::File(file) => Out::File(open_file(file)?),
            Destination::Stdout => Out::Stdout,
            Destination::Stderr => Out::Stderr,
        };
        let mut tag = Vec::new();
        if settings.destination.is_stamped_for_file() {
            tag.push(b' ');
            tag.extend(settings.hostname.split('.').next().unwrap_or_default().bytes());
        }
        let Settings {
            syslog_name, process, ..
        } = &settings;
        let slash = if syslog_name.is_empty() { "" } else { "/" };
        tag.extend(format!(" {syslog_name}{slash}{process}[{}]: ", std::process::id()).bytes());
        Ok(Self {
            tag,
            clock: Clock::system(),
            out,
            gathered: Vec::new(),
            gathers: false,
            channel: Channel::default(),
            settings,
        })
    }

    fn write(&mut self, level: Level, text: fmt::Arguments<'_>, line: &mut Vec<u8>) {
        line.clear();
        let to_file = self.settings.destination.is_stamped_for_file();
        if !matches!(self.out, Out::Stderr) {
            if to_file {
                line.extend_from_slice(self.clock.stamp(DayStyle::Zero));
            } else {
                let _ = write!(line, "<{}>", self.settings.facility.0 * 8 + level.severity());
                line.extend_from_slice(self.clock.stamp(DayStyle::Space));
            }
            line.extend_from_slice(&self.tag);
        }
        let start = line.len();
        line.extend_from_slice(level.word().as_bytes());
        append_text(line, text, self.settings.utf8);
        if self.gathers && matches!(self.out, Out::Datagram(_)) {
            if !self.gathered.is_empty() {
                self.gathered.push(b'\n');
            }
            self.gathered.extend_from_slice(line);
            self.channel.note();
            if level > Level::Warning || self.gathered.len() > GATHERED_OCTETS {
                self.flush();
            }
            return;
        }
        let sent = match &self.out {
            Out::Datagram(socket) => send(socket, &self.settings.destination, line),
            Out::File(_) | Out::Stdout => {
                line.push(b'\n');
                let answer = match &self.out {
                    Out::File(file) => (&mut &*file).write_all(line),
                    _ => io::stdout()
                        .lock()
                        .write_all(line)
                        .and_then(|()| io::stdout().flush()),
                };
                line.pop();
                answer
            }
            Out::Stderr => Err(io::ErrorKind::Unsupported.into()),
        };
        // Nobody to hear it is no reason to swallow it: standard error is the last place, as with syslog(3)'s LOG_CONS.
        if sent.is_err() || self.settings.also_stderr {
            let named = format!("{}: ", self.settings.process);
            line.splice(..start, named.bytes());
            to_standard_error(line);
        }
    }
}

impl Sink {
    fn flush(&mut self) {
        if let (Out::Datagram(socket), false) = (&self.out, self.gathered.is_empty()) {
            // A stream that has ended leaves the datagram; a datagram that nobody hears leaves standard error.
            let sent = self
                .channel
                .send(socket, &self.gathered)
                .or_else(|_| send(socket, &self.settings.destination, &self.gathered));
            if sent.is_err() {
                to_standard_error(&mut self.gathered);
            }
            self.gathered.clear();
        }
    }
}

impl Destination {
    /// True where lines get the form of Postfix's own log file instead of syslog's.
    fn is_stamped_for_file(&self) -> bool {
        matches!(self, Self::Postlogd { .. } | Self::File(_) | Self::Stdout)
    }
}

fn append_text(line: &mut Vec<u8>, text: fmt::Arguments<'_>, utf8: bool) {
    let start = line.len();
    let _ = line.write_fmt(text);
    if line.len() - start > LONGEST_TEXT_OCTETS {
        // Not in the middle of a character.
        let mut end = start + LONGEST_TEXT_OCTETS;
        while end > start && line.get(end).is_some_and(|octet| octet & 0xc0 == 0x80) {
            end -= 1;
        }
        line.truncate(end);
    }
    neutralise(line.get_mut(start..).unwrap_or_default(), utf8);
}

fn connect(socket: &UnixDatagram, destination: &Destination) -> io::Result<()> {
    match destination {
        Destination::Postlogd { socket: path, .. } | Destination::SyslogAt(path) => socket.connect(path),
        _ => {
            let mut last = Err(io::ErrorKind::NotFound.into());
            for place in SYSLOG_PLACES {
                last = socket.connect(place);
                if last.is_ok() {
                    break;
                }
            }
            last
        }
    }
}

/// Sends one datagram; a listener that was replaced since is looked up once more.
fn send(socket: &UnixDatagram, destination: &Destination, line: &[u8]) -> io::Result<()> {
    let Err(first) = socket.send(line) else {
        return Ok(());
    };
    let again = match first.raw_os_error() {
        // Interrupted: the same again. Anything else may be a listener that went away.
        _ if first.kind() == io::ErrorKind::Interrupted => socket.send(line),
        _ => connect(socket, destination).and_then(|()| socket.send(line)),
    };
    match (again, destination) {
        (Ok(_), _) => Ok(()),
        (
            Err(_),
            Destination::Postlogd {
                fallback: Some(file), ..
            },
        ) => append_once(file, line),
        (Err(error), _) => Err(error),
    }
}

fn append_once(file: &LogFile, line: &[u8]) -> io::Result<()> {
    if file.path == Path::new("/dev/stdout") {
        let mut out = io::stdout().lock();
        return out
            .write_all(line)
            .and_then(|()| out.write_all(b"\n"))
            .and_then(|()| out.flush());
    }
    let mut whole = line.to_vec();
    whole.push(b'\n');
    open_to_append(file)?.write_all(&whole)
}

fn open_file(file: &LogFile) -> Result<File, MaillogError> {
    open_to_append(file).map_err(|source| MaillogError::File {
        path: file.path.clone(),
        source,
    })
}

fn open_to_append(file: &LogFile) -> io::Result<File> {
    let mut options = OpenOptions::new();
    match options.append(true).open(&file.path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        other => return other,
    }
    // Closed to others until its mode is set. Another process may make it first.
    let made = options.create(true).mode(0o600).open(&file.path)?;
    made.set_permissions(Permissions::from_mode(file.mode))?;
    Ok(made)
}

fn to_standard_error(line: &mut Vec<u8>) {
    line.push(b'\n');
    // One write for the whole line, so that lines of several processes do not mix.
    let _ = io::stderr().lock().write_all(line);
}

thread_local!(static CAPTURE: RefCell<Option<Rc<RefCell<Vec<String>>>>> = const { RefCell::new(None) });

/// Keeps the lines of this thread, for tests; they go nowhere else while it lives.
#[derive(Debug)]
pub struct Capture(Rc<RefCell<Vec<String>>>);

/// Starts to keep the lines of this thread.
#[must_use]
pub fn capture() -> Capture {
    let lines = Rc::new(RefCell::new(Vec::new()));
    CAPTURE.with(|slot| *slot.borrow_mut() = Some(Rc::clone(&lines)));
    Capture(lines)
}

impl Capture {
    /// The lines so far, level word and text, without time and tag.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.0.borrow().clone()
    }

    /// Takes the lines so far out of the capture.
    #[must_use]
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.borrow_mut())
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        CAPTURE.with(|slot| *slot.borrow_mut() = None);
    }
}

fn captured(level: Level, text: fmt::Arguments<'_>) -> bool {
    let Some(lines) = CAPTURE.with(|slot| slot.borrow().clone()) else {
        return false;
    };
    let mut line = level.word().as_bytes().to_vec();
    append_text(&mut line, text, true);
    lines
        .borrow_mut()
        .push(String::from_utf8_lossy(&line).into_owned());
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Facility;

    fn settings(destination: Destination) -> Settings {
        Settings {
            syslog_name: "postfix".into(),
            process: "smtpd".into(),
            hostname: "mail.example.com".into(),
            facility: Facility::MAIL,
            destination,
            also_stderr: false,
            utf8: true,
        }
    }

    fn place(name: &str) -> std::path::PathBuf {
        std::env::temp_dir().join(format!("maillog-{name}-{}", std::process::id()))
    }

    fn written(sink: &mut Sink, level: Level, text: &str) {
        sink.write(level, format_args!("{text}"), &mut Vec::new());
    }

    #[test]
    fn a_syslog_line_has_priority_time_and_tag() {
        let path = place("syslog");
        let _ = std::fs::remove_file(&path);
        let server = UnixDatagram::bind(&path).unwrap();
        let mut sink = Sink::open(settings(Destination::SyslogAt(path.clone()))).unwrap();

        written(&mut sink, Level::Warning, "one\ntwo");

        let mut buffer = [0; 256];
        let count = server.recv(&mut buffer).unwrap();
        let line = std::str::from_utf8(&buffer[..count]).unwrap();
        let pid = std::process::id();
        assert!(line.starts_with("<20>"), "{line}");
        assert_eq!(&line[19..], format!(" postfix/smtpd[{pid}]: warning: one?two"));
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_line_for_postlogd_carries_the_host_and_survives_a_new_listener() {
        let path = place("postlog");
        let _ = std::fs::remove_file(&path);
        drop(UnixDatagram::bind(&path).unwrap());
        let destination = Destination::Postlogd {
            socket: path.clone(),
            fallback: None,
        };
        let mut sink = Sink::open(settings(destination)).unwrap();
        std::fs::remove_file(&path).unwrap();
        let server = UnixDatagram::bind(&path).unwrap();

        written(&mut sink, Level::Info, "hello");

        let mut buffer = [0; 256];
        let count = server.recv(&mut buffer).unwrap();
        let line = std::str::from_utf8(&buffer[..count]).unwrap();
        assert_eq!(
            &line[15..],
            format!(" mail postfix/smtpd[{}]: hello", std::process::id())
        );
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn without_postlogd_the_fallback_file_gets_the_line() {
        let (socket, file) = (place("no-postlog"), place("fallback"));
        let _ = std::fs::remove_file(&file);
        let mut sink = Sink::open(settings(Destination::Postlogd {
            socket,
            fallback: LogFile::new(&file, "0640"),
        }))
        .unwrap();
        written(&mut sink, Level::Fatal, "gone");
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.ends_with("]: fatal: gone\n"), "{text}");
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        assert_eq!(LogFile::new(&file, "0666"), None);
        std::fs::remove_file(file).unwrap();
    }

    #[test]
    fn a_very_long_text_is_cut_between_characters() {
        let mut line = Vec::new();
        append_text(
            &mut line,
            format_args!("x{}", "ü".repeat(LONGEST_TEXT_OCTETS)),
            true,
        );
        assert!(line.len() <= LONGEST_TEXT_OCTETS);
        assert!(std::str::from_utf8(&line).is_ok());
    }

    #[test]
    fn lines_are_appended_to_a_file() {
        let path = place("file");
        let _ = std::fs::remove_file(&path);
        let mut sink = Sink::open(settings(Destination::File(LogFile::new(&path, "600").unwrap()))).unwrap();
        written(&mut sink, Level::Info, "a");
        written(&mut sink, Level::Error, "b");
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 2);
        assert!(text.ends_with("]: error: b\n"));
        std::fs::remove_file(path).unwrap();
    }
}

//! The message as records for postdrop, and what postdrop makes of it.

use crate::arguments::Arguments;
use crate::input::{Input, LineEnds};
use crate::log;
use crate::settings::Settings;
use command::{Failure, Status};
use contract::Attributes;
use contract::attribute::{Boundary, Message};
use contract::postdrop::{Filed, Opened, PROTOCOL, status};
use mail::parse;
use message::Piece;
use message::scan::{Event, Options, Scanner};
use message::{Header, Place};
use record::{Kind, NUMBER_LEN, SendOptions, attribute, encode, number};
use std::io::{self, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Whose submission this is, as lines about it begin.
#[derive(Clone, Debug)]
pub(crate) struct Submitter {
    /// Envelope sender, internal form.
    pub sender: String,
    /// Who calls.
    pub uid: u32,
    /// Display name; `None` when nobody knows one.
    pub full_name: Option<String>,
}

impl Submitter {
    /// A failure that names sender and user.
    pub(crate) fn failure(&self, status: Status, text: impl std::fmt::Display) -> Failure {
        Failure::new(status, format!("{}({}): {text}", self.sender, self.uid))
    }
}

/// What the options ask for beyond the envelope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    pub send: SendOptions,
    /// Value of the attribute `trace_flags`; 0 for none.
    pub trace: u32,
}

/// Octets gathered before they are handed on.
const OUTPUT_OCTETS: usize = 64 * 1024;
/// Octets of an answer of postdrop.
const ANSWER_OCTETS: usize = 64 * 1024;

/// The sender that was given, or the user's login name.
pub(crate) fn sender(given: Option<&str>, login: Option<&str>, uid: u32) -> Result<String, Failure> {
    if let Some(given) = given {
        let mut addresses = parse::addresses(given);
        if addresses.len() > 1 {
            log::malformed_sender(given);
        }
        return Ok(if addresses.is_empty() {
            String::new()
        } else {
            addresses.swap_remove(0)
        });
    }
    let missing = || Failure::new(Status::SYSTEM, format!("no login name found for user ID {uid}"));
    login.map(str::to_owned).ok_or_else(missing)
}

/// Submits what stands on `source`, through the postdrop command.
pub(crate) fn submit(
    settings: &Settings,
    configuration: &Path,
    arguments: &Arguments,
    submitter: &Submitter,
    wishes: Wishes,
    source: impl Read,
) -> Result<(), Failure> {
    let mut postdrop = Postdrop::start(settings, configuration, arguments, submitter)?;
    // A sink that was closed by postdrop tells why on its other end, if it can.
    let written = write(
        settings,
        arguments,
        submitter,
        wishes,
        source,
        &mut postdrop.input,
    );
    match written {
        Ok(()) => postdrop.finish(submitter),
        Err(failure) => {
            // Dropping the input before its end record takes the message back.
            drop(postdrop.input.take());
            let _ = postdrop.child.wait();
            Err(failure)
        }
    }
}

/// Writes all records.
fn write(
    settings: &Settings,
    arguments: &Arguments,
    submitter: &Submitter,
    wishes: Wishes,
    source: impl Read,
    sink: &mut Option<ChildStdin>,
) -> Result<(), Failure> {
    let line_limit = usize::try_from(settings.line_length_limit).unwrap_or(usize::MAX);
    let mut records = Records {
        octets: Vec::with_capacity(OUTPUT_OCTETS),
        recipients: 0,
        sink,
        submitter,
        line_limit,
    };
    records.envelope(settings, arguments, wishes)?;
    let found = if arguments.verify {
        records.probe(arguments);
        Vec::new()
    } else {
        records.content(settings, arguments, source)?
    };
    encode(Kind::EXTRACTED, b"", &mut records.octets);
    for recipient in found {
        records.recipient(arguments, &recipient);
    }
    if records.recipients == 0 {
        return Err(submitter.failure(
            Status::USAGE,
            if arguments.extract {
                "No recipient addresses found in message header"
            } else {
                "Recipient addresses must be specified on the command line or via the -t option"
            },
        ));
    }
    encode(Kind::END, b"", &mut records.octets);
    records.hand_on()
}

/// Records on their way to postdrop.
struct Records<'a> {
    octets: Vec<u8>,
    recipients: u64,
    sink: &'a mut Option<ChildStdin>,
    submitter: &'a Submitter,
    line_limit: usize,
}

impl Records<'_> {
    fn envelope(
        &mut self,
        settings: &Settings,
        arguments: &Arguments,
        wishes: Wishes,
    ) -> Result<(), Failure> {
        let out = &mut self.octets;
        if wishes.send != SendOptions::default() {
            encode(Kind::SIZE, &submitted_size(wishes.send), out);
        }
        if let Some(envelope_id) = &arguments.envelope_id {
            attribute::encode(attribute::ENVELOPE_ID, envelope_id.as_bytes(), out);
        }
        let ret = arguments.ret as u8;
        if ret != 0 {
            attribute::encode(attribute::RET_FLAGS, ret.to_string().as_bytes(), out);
        }
        let context: &[u8] = if arguments.gateway { b"remote" } else { b"local" };
        attribute::encode(attribute::REWRITE_CONTEXT, context, out);
        if let Some(full_name) = &self.submitter.full_name {
            encode(Kind::FULL_NAME, full_name.as_bytes(), out);
        }
        encode(Kind::SENDER, self.submitter.sender.as_bytes(), out);
        if let Some(encoding) = arguments.encoding {
            attribute::encode(attribute::ENCODING, encoding.as_bytes(), out);
        }
        if wishes.trace != 0 {
            attribute::encode(attribute::TRACE_FLAGS, wishes.trace.to_string().as_bytes(), out);
        }
        if let Some(delimiters) = &arguments.verp {
            if self.submitter.sender.is_empty() {
                let text = "-V option requires non-null sender address";
                return Err(self.submitter.failure(Status::USAGE, text));
            }
            let delimiters = if delimiters.is_empty() {
                &settings.default_verp_delimiters
            } else {
                delimiters
            };
            encode(Kind::VERP, delimiters.as_bytes(), out);
        }
        for operand in &arguments.operands {
            // Some programs give a whole list in one word, or a name with the address.
            let addresses = parse::addresses(operand);
            if addresses.is_empty() {
                encode(Kind::RECIPIENT, b"", &mut self.octets);
                self.recipients += 1;
            }
            for address in addresses {
                self.recipient(arguments, &address);
            }
        }
        encode(Kind::MESSAGE, b"", &mut self.octets);
        Ok(())
    }

    fn recipient(&mut self, arguments: &Arguments, address: &str) {
        let notify = arguments.notify.bits();
        if notify != 0 {
            attribute::encode(
                attribute::NOTIFY_FLAGS,
                notify.to_string().as_bytes(),
                &mut self.octets,
            );
        }
        encode(Kind::RECIPIENT, address.as_bytes(), &mut self.octets);
        self.recipients += 1;
    }

    /// The message of `-bv`, which is never delivered.
    fn probe(&mut self, arguments: &Arguments) {
        let sender = &self.submitter.sender;
        if !sender.is_empty() {
            encode(Kind::LINE, format!("From: {sender}").as_bytes(), &mut self.octets);
        }
        encode(Kind::LINE, b"Subject: probe", &mut self.octets);
        encode(Kind::CHUNK, b"To:", &mut self.octets);
        for (index, operand) in arguments.operands.iter().enumerate() {
            let comma = if index + 1 < arguments.operands.len() {
                ","
            } else {
                ""
            };
            encode(
                Kind::LINE,
                format!("\t{operand}{comma}").as_bytes(),
                &mut self.octets,
            );
        }
    }

    /// The message itself; the recipients that its header names, if they were asked for.
    fn content(
        &mut self,
        settings: &Settings,
        arguments: &Arguments,
        source: impl Read,
    ) -> Result<Vec<String>, Failure> {
        let line_ends = LineEnds::parse(&settings.sendmail_fix_line_endings).ok_or_else(|| {
            let value = &settings.sendmail_fix_line_endings;
            Failure::new(
                Status::USAGE,
                format!("invalid sendmail_fix_line_endings value: {value}"),
            )
        })?;
        let source = BufReader::with_capacity(OUTPUT_OCTETS, source);
        let mut input = Input::new(source, self.line_limit, line_ends, !arguments.ignore_dot);
        let mut extraction = arguments.extract.then(|| Extraction::new(settings));
        loop {
            let next = input.next().map_err(|error| {
                let text = format!("error reading input: {}", sys::fault::text(&error));
                self.submitter.failure(Status::DATA, text)
            })?;
            let Some((piece, text)) = next else { break };
            match &mut extraction {
                Some(extraction) => {
                    let taken = extraction.take(piece, text, self.line_limit, &mut self.octets);
                    taken.map_err(|trouble| self.cannot_extract(&trouble))?;
                }
                None => encode(kind(piece), text, &mut self.octets),
            }
            if self.octets.len() >= OUTPUT_OCTETS {
                self.hand_on()?;
            }
        }
        match extraction {
            Some(extraction) => {
                let ended = extraction.finish(self.line_limit, &mut self.octets);
                ended.map_err(|trouble| self.cannot_extract(&trouble))
            }
            None => Ok(Vec::new()),
        }
    }

    fn cannot_extract(&self, trouble: &message::Trouble) -> Failure {
        self.submitter
            .failure(Status::DATA, format!("unable to extract recipients: {trouble}"))
    }

    fn hand_on(&mut self) -> Result<(), Failure> {
        let written = match self.sink.as_mut() {
            Some(sink) => sink.write_all(&self.octets),
            None => Ok(()),
        };
        self.octets.clear();
        written.map_err(|error| {
            let text = format!("error writing queue file: {}", sys::fault::text(&error));
            self.submitter.failure(Status::TEMPORARY, text)
        })
    }
}

/// A size record that knows nothing but the options.
fn submitted_size(options: SendOptions) -> Vec<u8> {
    let mut payload = Vec::with_capacity(6 * (NUMBER_LEN + 1));
    for _ in 0..5 {
        payload.extend_from_slice(&number(-1));
        payload.push(b' ');
    }
    payload.extend_from_slice(&number(i64::from(options.0)));
    payload
}

/// Recipients out of header lines (`-t`).
struct Extraction {
    scanner: Scanner,
    token_limit: usize,
    plain: Vec<String>,
    resent: Vec<String>,
    /// The message is sent again: what its first header says is history.
    is_resent: bool,
}

impl Extraction {
    fn new(settings: &Settings) -> Self {
        let options = Options {
            ignore_mime: true,
            report_long_header: true,
            header_size_limit: usize::try_from(settings.header_size_limit).unwrap_or(usize::MAX),
            ..Options::default()
        };
        Self {
            scanner: Scanner::new(options),
            token_limit: usize::try_from(settings.header_address_token_limit).unwrap_or(usize::MAX),
            plain: Vec::new(),
            resent: Vec::new(),
            is_resent: false,
        }
    }

    /// Takes one piece of input, and appends what it has completed.
    fn take(
        &mut self,
        piece: Piece,
        text: &[u8],
        line_limit: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), message::Trouble> {
        if self.scanner.pass(piece, text) {
            encode(kind(piece), text, out);
            return Ok(());
        }
        let Self {
            scanner,
            token_limit,
            plain,
            resent,
            is_resent,
        } = self;
        let mut lists = Lists {
            token_limit: *token_limit,
            plain,
            resent,
            is_resent,
        };
        let mut events = scanner.feed(piece, text);
        while let Some(event) = events.next() {
            put(&event, &mut lists, line_limit, out)?;
        }
        Ok(())
    }

    /// Appends what a message without a body has left, and gives the recipients.
    fn finish(mut self, line_limit: usize, out: &mut Vec<u8>) -> Result<Vec<String>, message::Trouble> {
        let Self {
            scanner,
            token_limit,
            plain,
            resent,
            is_resent,
        } = &mut self;
        let mut lists = Lists {
            token_limit: *token_limit,
            plain,
            resent,
            is_resent,
        };
        let mut events = scanner.finish();
        while let Some(event) = events.next() {
            put(&event, &mut lists, line_limit, out)?;
        }
        Ok(if self.is_resent { self.resent } else { self.plain })
    }
}

/// Where recipients are gathered.
struct Lists<'a> {
    token_limit: usize,
    plain: &'a mut Vec<String>,
    resent: &'a mut Vec<String>,
    is_resent: &'a mut bool,
}

impl Lists<'_> {
    fn gather(&mut self, header: &Header<'_>) {
        let Some(known) = header.known.filter(|known| known.gives_recipients()) else {
            return;
        };
        if header.place != Place::Primary || (*self.is_resent && !known.is_resent()) {
            return;
        }
        let list = if known.is_resent() {
            *self.is_resent = true;
            &mut *self.resent
        } else {
            &mut *self.plain
        };
        let text = String::from_utf8_lossy(header.raw_value());
        list.extend(parse::addresses_within(&text, self.token_limit));
    }
}

fn put(
    event: &Event<'_>,
    lists: &mut Lists<'_>,
    line_limit: usize,
    out: &mut Vec<u8>,
) -> Result<(), message::Trouble> {
    match event {
        Event::Header(header) => {
            lists.gather(header);
            for line in header.text.split(|byte| *byte == b'\n') {
                record::encode_line(line, line_limit, out);
            }
        }
        Event::HeadersEnd => {}
        Event::Body { piece, text, .. } => encode(kind(*piece), text, out),
        Event::Trouble { trouble, .. } => return Err(*trouble),
    }
    Ok(())
}

fn kind(piece: Piece) -> Kind {
    match piece {
        Piece::Chunk => Kind::CHUNK,
        Piece::Line => Kind::LINE,
    }
}

/// The command that writes the file.
struct Postdrop {
    child: Child,
    input: Option<ChildStdin>,
    output: ChildStdout,
    octets: Vec<u8>,
}

impl Postdrop {
    fn start(
        settings: &Settings,
        configuration: &Path,
        arguments: &Arguments,
        submitter: &Submitter,
    ) -> Result<Self, Failure> {
        let program = Path::new(&settings.command_directory).join("postdrop");
        let cannot = |error: io::Error| {
            let text = format!(
                "unable to execute {} -r: {}",
                program.display(),
                sys::fault::text(&error)
            );
            submitter.failure(Status::UNAVAILABLE, text)
        };
        let mut child = Command::new(&program)
            .arg("-r")
            .args(std::iter::repeat_n(
                "-v",
                usize::from(arguments.verbose.saturating_sub(1)),
            ))
            .env("MAIL_CONFIG", configuration)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(cannot)?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(cannot(io::ErrorKind::BrokenPipe.into()));
        };
        let mut postdrop = Self {
            child,
            input: Some(input),
            output,
            octets: Vec::new(),
        };
        match postdrop.answer::<Opened>() {
            Some(opened) if opened.protocol == PROTOCOL => Ok(postdrop),
            _ => {
                drop(postdrop.input.take());
                let status = postdrop.child.wait().ok().and_then(|status| status.code());
                // Its own words went to standard error and to the log.
                let temporary = status == Some(i32::from(Status::TEMPORARY.code()));
                let (status, cause) = if temporary {
                    (Status::TEMPORARY, "postdrop cannot take a message now")
                } else {
                    (Status::UNAVAILABLE, "unable to execute postdrop")
                };
                Err(submitter.failure(status, cause))
            }
        }
    }

    fn finish(mut self, submitter: &Submitter) -> Result<(), Failure> {
        drop(self.input.take());
        let filed = self.answer::<Filed>();
        let ended = self.child.wait();
        let Some(filed) = filed else {
            return Err(submitter.failure(Status::TEMPORARY, status::text(status::WRITE)));
        };
        let bits = filed.status;
        if bits == 0 {
            return ended.map(drop).or(Ok(()));
        }
        let status = if bits & status::BAD != 0 {
            Status::SOFTWARE
        } else if bits & status::WRITE != 0 {
            Status::TEMPORARY
        } else if bits & status::NO_PERMISSION != 0 {
            Status::NO_PERMISSION
        } else {
            Status::UNAVAILABLE
        };
        let reason = if filed.reason.is_empty() {
            status::text(bits)
        } else {
            &filed.reason
        };
        Err(submitter.failure(status, reason))
    }

    /// The next message of postdrop; `None` when it ends without one.
    fn answer<M: Message>(&mut self) -> Option<M> {
        let mut boundary = Boundary::default();
        loop {
            if let Some(end) = boundary.find(&self.octets).ok()? {
                let rest = self.octets.split_off(end);
                let octets = std::mem::replace(&mut self.octets, rest);
                return M::take(&Attributes::parse(&octets).ok()?).ok();
            }
            let mut piece = [0; 1024];
            let count = self.output.read(&mut piece).ok()?;
            if count == 0 || self.octets.len() > ANSWER_OCTETS {
                return None;
            }
            self.octets.extend_from_slice(piece.get(..count)?);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::Reader;

    fn settings() -> Settings {
        Settings::read(&config::Configuration::parse("").unwrap()).unwrap()
    }

    /// The records for a command line and an input, as letter and payload.
    fn records(words: &str, text: &str) -> Result<Vec<(char, String)>, Failure> {
        let words: Vec<String> = words.split_ascii_whitespace().map(str::to_owned).collect();
        let arguments = Arguments::parse("sendmail", &words)?;
        let submitter = Submitter {
            sender: sender(arguments.sender.as_deref(), Some("me"), 7)?,
            uid: 7,
            full_name: Some("Me Myself".into()),
        };
        let mut out = Vec::new();
        // With no sink, everything stays in memory until it is handed on; so gather it by hand.
        let mut none = None;
        let mut records = Records {
            octets: Vec::new(),
            recipients: 0,
            sink: &mut none,
            submitter: &submitter,
            line_limit: 2048,
        };
        let settings = settings();
        records.envelope(
            &settings,
            &arguments,
            Wishes {
                send: SendOptions(1),
                trace: 0,
            },
        )?;
        let found = if arguments.verify {
            records.probe(&arguments);
            Vec::new()
        } else {
            records.content(&settings, &arguments, text.as_bytes())?
        };
        encode(Kind::EXTRACTED, b"", &mut records.octets);
        for recipient in found {
            records.recipient(&arguments, &recipient);
        }
        out.append(&mut records.octets);
        Ok(Reader::new(&out)
            .map(|record| {
                let record = record.unwrap();
                (
                    char::from(record.kind.byte()),
                    String::from_utf8_lossy(record.payload).into_owned(),
                )
            })
            .collect())
    }

    fn of(letter: char, records: &[(char, String)]) -> Vec<&str> {
        records
            .iter()
            .filter(|(found, _)| *found == letter)
            .map(|(_, text)| text.as_str())
            .collect()
    }

    #[test]
    fn recipients_on_the_command_line_stand_in_the_envelope() {
        let found = records("-N success -R hdrs -V ident a@b,c@d (nobody)", "hello\n").unwrap();

        let letters: String = found.iter().map(|(letter, _)| *letter).collect();
        assert_eq!(letters, "CAAAFSARARRMNX");
        assert_eq!(
            of('A', &found)[..3],
            ["envelope_id=ident", "ret_flags=2", "rewrite_context=local"]
        );
        assert_eq!(of('R', &found), ["a@b", "c@d", ""]);
        assert_eq!(of('S', &found), ["me"]);
    }

    #[test]
    fn recipients_in_the_header_stand_behind_the_content() {
        let text = "To: A <a@x>, b@x\nSubject: long\n folded\nBcc: (c) c@x\n\nbody\nTo: d@x\n";

        let found = records("-t", text).unwrap();

        assert_eq!(of('R', &found), ["a@x", "b@x", "c@x"]);
        let lines = [
            "To: A <a@x>, b@x",
            "Subject: long",
            " folded",
            "Bcc: (c) c@x",
            "",
            "body",
            "To: d@x",
        ];
        assert_eq!(of('N', &found), lines);
    }

    #[test]
    fn resent_headers_replace_the_first_recipients() {
        let found = records("-t", "To: a@x\nResent-To: b@x\nCc: c@x\nResent-Cc: d@x\n\n").unwrap();

        assert_eq!(of('R', &found), ["b@x", "d@x"]);
    }

    #[test]
    fn a_header_without_end_is_no_place_for_recipients() {
        let text = format!("To: a@x\nX: {}\n\n", "x".repeat(200_000));

        let failure = records("-t", &text).unwrap_err();

        assert_eq!(failure.status(), Status::DATA);
        assert!(
            failure
                .to_string()
                .starts_with("me(7): unable to extract recipients: "),
            "{failure}"
        );
    }

    #[test]
    fn a_probe_has_a_message_of_its_own() {
        let found = records("-bv -f me@here a@b c@d", "not read\n").unwrap();

        assert_eq!(
            of('N', &found),
            ["From: me@here", "Subject: probe", "\ta@b,", "\tc@d"]
        );
        assert_eq!(of('L', &found), ["To:"]);
    }

    #[test]
    fn verp_needs_a_sender() {
        assert_eq!(of('V', &records("-XV -f me@here a@b", "").unwrap()), ["+="]);
        assert_eq!(records("-XV -f <> a@b", "").unwrap_err().status(), Status::USAGE);
    }

    #[test]
    fn a_sender_is_the_first_address_of_what_was_given() {
        assert_eq!(sender(Some("Me <\"a b\"@c>"), None, 7).unwrap(), "a b@c");
        assert_eq!(sender(Some("<>"), None, 7).unwrap(), "");
        assert_eq!(sender(None, None, 7).unwrap_err().status(), Status::SYSTEM);
    }
}

//! The message from the queue file to the wire: line ends, dots, and where asked for, another encoding, header checks
//! and other addresses.
//!
//! Memory does not depend on the size of the message: lines are encoded into the output of the stream, which goes out
//! in big writes.

use std::fs::File;

use esmtp::encode::DotEncoder;
use message::header::physical_lines;
use message::{Event, Header, Options, Piece, Place, Role, Scanner, Trouble};
use queue::{Content, QueueError};
use record::Size;
use stream::StreamError;

use crate::checks::Verdict;
use crate::courier::Courier;
use crate::log;
use crate::session::Session;

/// Why the content did not get across.
#[derive(Debug)]
pub(crate) enum ContentError {
    /// The server is gone, or slow.
    Stream(StreamError),
    /// The queue file.
    Queue(QueueError),
    /// The structure forbids the conversion that this server needs.
    Mime(Trouble),
    /// A table of ours could not tell.
    Table,
}

impl From<StreamError> for ContentError {
    fn from(error: StreamError) -> Self {
        Self::Stream(error)
    }
}

impl From<QueueError> for ContentError {
    fn from(error: QueueError) -> Self {
        Self::Queue(error)
    }
}

/// Where the content is, and what goes in front of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    pub(crate) queue_id: &'a str,
    pub(crate) file: &'a File,
    pub(crate) size: &'a Size,
    /// Headers that the `flags=` of the `master.cf` line ask for, without line ends.
    pub(crate) added: &'a [String],
    /// Convert to 7bit.
    pub(crate) to_7bit: bool,
}

/// Encoded octets that are gathered before they are sent.
const GATHERED_OCTETS: usize = 64 << 10;

/// Sends the content and its final dot; the last octets stay in the output, for the command that may follow.
pub(crate) async fn send(
    courier: &Courier,
    session: &mut Session,
    source: &Source<'_>,
) -> Result<(), ContentError> {
    let mut encoder = DotEncoder::new(courier.settings.smtp_line_length_limit);
    let mut content = Content::new(source.file, source.size)?;
    let mut pace = Pace::new(courier, session);
    let plain = !source.to_7bit && courier.generic.is_empty() && !courier.has_checks();
    if plain {
        for header in source.added {
            encoder.put(header.as_bytes(), true, session.stream.output());
        }
        while let Some(line) = content.next_line()? {
            let output = session.stream.output();
            encoder.put(line.bytes, line.ends, output);
            if output.len() >= GATHERED_OCTETS {
                pace.flush(courier, session).await?;
            }
        }
    } else {
        let mut filter = Filter::new(courier, source);
        for header in source.added {
            filter
                .line(
                    Piece::Line,
                    header.as_bytes(),
                    &mut encoder,
                    session.stream.output(),
                )
                .await?;
        }
        while let Some(line) = content.next_line()? {
            let piece = if line.ends { Piece::Line } else { Piece::Chunk };
            filter
                .line(piece, line.bytes, &mut encoder, session.stream.output())
                .await?;
            if session.stream.output().len() >= GATHERED_OCTETS {
                pace.flush(courier, session).await?;
            }
        }
        filter.finish(&mut encoder, session.stream.output()).await?;
    }
    encoder.finish(session.stream.output());
    if encoder.line_broken() {
        log::line_broken(source.queue_id, courier.settings.smtp_line_length_limit);
    }
    Ok(())
}

/// The time limit of a transfer: for each write, or with `smtp_per_request_deadline` for all of it, longer by what
/// `smtp_min_data_rate` grants the octets that were sent.
struct Pace {
    sent_octets: u64,
    start: std::time::Instant,
}

impl Pace {
    fn new(courier: &Courier, session: &mut Session) -> Self {
        session.allow(courier, courier.settings.data_xfer_timeout);
        Self {
            sent_octets: 0,
            start: stream::now(),
        }
    }

    async fn flush(&mut self, courier: &Courier, session: &mut Session) -> Result<(), StreamError> {
        let wait = courier.settings.data_xfer_timeout;
        let octets = session.stream.output().len() as u64;
        session.stream.flush(wait).await?;
        self.sent_octets += octets;
        if courier.settings.per_request_deadline {
            let granted = self.sent_octets / courier.settings.min_data_rate.max(1);
            let deadline = self.start + wait + std::time::Duration::from_secs(granted);
            session.stream.set_deadline(Some(deadline));
        }
        Ok(())
    }
}

/// The slow way: the message is taken apart.
struct Filter<'a> {
    courier: &'a Courier,
    queue_id: &'a str,
    scanner: Scanner,
}

impl<'a> Filter<'a> {
    fn new(courier: &'a Courier, source: &Source<'a>) -> Self {
        let settings = &courier.settings;
        let options = Options {
            ignore_mime: !source.to_7bit && !courier.has_checks(),
            report_nesting: source.to_7bit,
            to_7bit: source.to_7bit,
            header_size_limit: settings.header_size_limit,
            nesting_limit: settings.mime_nesting_limit,
            boundary_limit: settings.mime_boundary_length_limit,
            ..Options::default()
        };
        Self {
            courier,
            queue_id: source.queue_id,
            scanner: Scanner::new(options),
        }
    }

    async fn line(
        &mut self,
        piece: Piece,
        text: &[u8],
        encoder: &mut DotEncoder,
        out: &mut Vec<u8>,
    ) -> Result<(), ContentError> {
        if !self.courier.checks.has_body_checks() && self.scanner.pass(piece, text) {
            encoder.put(text, piece == Piece::Line, out);
            return Ok(());
        }
        let mut events = self.scanner.feed(piece, text);
        while let Some(event) = events.next() {
            take(self.courier, self.queue_id, event, encoder, out).await?;
        }
        Ok(())
    }

    async fn finish(&mut self, encoder: &mut DotEncoder, out: &mut Vec<u8>) -> Result<(), ContentError> {
        let mut events = self.scanner.finish();
        while let Some(event) = events.next() {
            take(self.courier, self.queue_id, event, encoder, out).await?;
        }
        Ok(())
    }
}

async fn take(
    courier: &Courier,
    queue_id: &str,
    event: Event<'_>,
    encoder: &mut DotEncoder,
    out: &mut Vec<u8>,
) -> Result<(), ContentError> {
    match event {
        Event::Header(header) => take_header(courier, queue_id, header, encoder, out).await,
        Event::HeadersEnd => Ok(()),
        Event::Trouble { trouble, .. } => Err(ContentError::Mime(trouble)),
        Event::Body { piece, text, .. } => {
            let ends = piece == Piece::Line;
            let verdict = courier.checks.body(queue_id, text).await;
            match verdict.map_err(|_| table_trouble(queue_id, "body"))? {
                Verdict::Keep => encoder.put(text, ends, out),
                Verdict::Drop => {}
                Verdict::Replace(other) => encoder.put(other.as_bytes(), ends, out),
                Verdict::Prepend(first) => {
                    encoder.put(first.as_bytes(), true, out);
                    encoder.put(text, ends, out);
                }
            }
            Ok(())
        }
    }
}

async fn take_header(
    courier: &Courier,
    queue_id: &str,
    header: Header<'_>,
    encoder: &mut DotEncoder,
    out: &mut Vec<u8>,
) -> Result<(), ContentError> {
    let verdict = courier
        .checks
        .header(queue_id, header.place, header.known, header.text)
        .await;
    let replaced = match verdict.map_err(|_| table_trouble(queue_id, "header"))? {
        Verdict::Drop => return Ok(()),
        Verdict::Keep => None,
        Verdict::Replace(other) => Some(other),
        Verdict::Prepend(first) => {
            put_lines(first.as_bytes(), encoder, out);
            None
        }
    };
    let text = replaced.as_ref().map_or(header.text, String::as_bytes);
    let holds_addresses = header.known.is_some_and(|known| known.role() != Role::Other);
    if header.place == Place::Primary && holds_addresses && !courier.generic.is_empty() {
        let name_end = text.iter().position(|octet| *octet == b':');
        let (name, value) = name_end
            .and_then(|end| text.split_at_checked(end))
            .unwrap_or((text, b""));
        let value = value.get(1..).unwrap_or_default();
        let rewritten = courier.generic.header(name, value).await;
        if let Some(lines) = rewritten.map_err(|_| table_trouble(queue_id, "generic"))? {
            // What came in has been held to the limit.
            for line in physical_lines(&lines, usize::MAX) {
                encoder.put(&line, true, out);
            }
            return Ok(());
        }
    }
    put_lines(text, encoder, out);
    Ok(())
}

fn put_lines(text: &[u8], encoder: &mut DotEncoder, out: &mut Vec<u8>) {
    for line in text.split(|octet| *octet == b'\n') {
        encoder.put(line, true, out);
    }
}

fn table_trouble(queue_id: &str, place: &str) -> ContentError {
    log::checks_trouble(queue_id, place);
    ContentError::Table
}

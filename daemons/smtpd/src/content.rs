//! DATA and BDAT: the content of a message, from the client's octets to records for cleanup.
//!
//! When the message has come to nothing half-way, the rest is read all the same: the client hears the reason at the
//! end, where it listens.

use contract::cleanup::status;
use esmtp::command::Fault;
use esmtp::content::{BareNewline, ChunkDecoder, DotDecoder, Piece};
use esmtp::parameter::Chunk;
use esmtp::server::Pending;
use record::Kind;

use crate::log;
use crate::outlet;
use crate::reply;
use crate::restriction::Judge;
use crate::session::{End, Session, Worked};
use crate::state::{Place, Trouble};

/// Takes pieces of content: counts them, and appends records as long as the message is good.
struct Sink<'a> {
    out: Option<&'a mut Vec<u8>>,
    size: &'a mut u64,
    limit: u64,
    failure: &'a mut u32,
    queue_id: &'a str,
    /// What the first lines may still need.
    beginning: &'a mut Beginning,
}

/// How far the beginning of the content has come: the first line may look like more of our Received header, and it and
/// those after it like what begins a message in a mailbox file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// At a line that no other than mailbox lines came before.
    #[default]
    Line,
    /// Within a mailbox line.
    WithinMailboxLine,
    /// It is over; content in chunks has none, and comes as it is.
    Over,
}

impl Sink<'_> {
    fn take(&mut self, piece: Piece<'_>) {
        if *self.beginning != Beginning::Over {
            self.take_beginning(piece);
        }
        if *self.failure != 0 {
            return;
        }
        // Each line counts with its line end (RFC 1870 §5).
        let octets = piece.octets.len() as u64 + 2;
        if self.limit > 0 && self.limit.saturating_sub(*self.size) < octets {
            *self.failure |= status::SIZE;
            log::size_exceeded(self.queue_id);
            return;
        }
        *self.size += octets;
        if let Some(out) = &mut self.out {
            record::encode(
                if piece.ends_line { Kind::LINE } else { Kind::CHUNK },
                piece.octets,
                out,
            );
        }
    }

    fn take_beginning(&mut self, piece: Piece<'_>) {
        let is_mailbox_line = match *self.beginning {
            Beginning::Line => self.mend(piece),
            Beginning::WithinMailboxLine => true,
            Beginning::Over => false,
        };
        *self.beginning = match (is_mailbox_line, piece.ends_line) {
            (false, _) => Beginning::Over,
            (true, false) => Beginning::WithinMailboxLine,
            (true, true) => Beginning::Line,
        };
    }

    /// A `From ` line of a mailbox would end the headers; a leading blank would continue the header before. True for the
    /// first of them.
    fn mend(&mut self, piece: Piece<'_>) -> bool {
        let quotes = piece.octets.iter().take_while(|octet| **octet == b'>').count();
        let unquoted = piece.octets.get(quotes..).unwrap_or_default();
        let is_mailbox_line = unquoted.starts_with(b"From ");
        let Some(out) = &mut self.out else {
            return is_mailbox_line;
        };
        if is_mailbox_line {
            record::encode(Kind::CHUNK, MAILBOX_LINE, out);
            *self.size += MAILBOX_LINE.len() as u64;
        } else if matches!(piece.octets.first(), Some(b' ' | b'\t')) {
            record::encode(Kind::LINE, b"", out);
        }
        is_mailbox_line
    }
}

const MAILBOX_LINE: &[u8] = b"X-Mailbox-Line: ";

impl Session<'_> {
    pub(crate) async fn data(&mut self, pending: Pending) -> Worked {
        if let Err(refusal) = Judge::new(self.server, &mut self.state).data().await {
            self.dialogue.refuse(pending);
            let text = self.refusal(refusal)?;
            self.reply(&text).await?;
            return Ok(false);
        }
        if let Some(text) = self.announce_content().await {
            self.dialogue.refuse(pending);
            self.reply(&text).await?;
            return Ok(false);
        }
        self.dialogue.accept(pending);
        self.begin_content();
        self.reply(reply::START_CONTENT).await?;
        self.state.place = Place::Content;
        self.receive_dotted().await?;
        self.state.place = Place::EndOfMessage;
        let filed = self.end_message(false).await?;
        self.dialogue.end_content();
        Ok(filed)
    }

    async fn receive_dotted(&mut self) -> Result<(), End> {
        let mut decoder = DotDecoder::new(self.bare_newline, self.server.settings.line_length_limit);
        let mut beginning = Beginning::default();
        loop {
            let limit = self.server.settings.message_size_limit;
            let mut sink = Sink {
                out: outlet::content(&mut self.submission, &mut self.filtered),
                size: &mut self.state.actual_size,
                limit,
                failure: &mut self.failure,
                queue_id: self.state.queue_id.as_deref().unwrap_or("NOQUEUE"),
                beginning: &mut beginning,
            };
            let progress = decoder.feed(self.stream.buffered(), |piece| sink.take(piece));
            self.stream.consume(progress.used);
            self.note_bare_newline(decoder.bare_newline_seen());
            if progress.finished {
                return Ok(());
            }
            self.pass_on().await;
            self.fill_content().await?;
        }
    }

    /// Sends on what has gathered for cleanup.
    async fn pass_on(&mut self) {
        if self.failure != 0 {
            // Nothing more is wanted of the message. Dropping it lets cleanup go.
            self.submission = None;
            self.filtered = None;
            return;
        }
        if let Some(submission) = &mut self.submission
            && let Err(error) = submission.flow().await
        {
            log::cleanup_unreachable(&error);
            self.submission = None;
            self.failure |= status::WRITE;
        }
        if let Some(filtered) = &mut self.filtered
            && filtered.flow().await.is_err()
        {
            self.filtered = None;
            self.failure |= status::PROXY;
        }
    }

    /// Waits for content; a deadline moves on with what comes.
    async fn fill_content(&mut self) -> Result<(), End> {
        let octets = self.fill().await?;
        let settings = &self.server.settings;
        if settings.per_request_deadline {
            let earned = std::time::Duration::from_secs(octets as u64 / settings.min_data_rate.max(1));
            self.extend_deadline(earned);
        }
        Ok(())
    }

    fn note_bare_newline(&mut self, seen: bool) {
        match self.bare_newline {
            BareNewline::Reject if seen => self.bare_newline_rejected = true,
            BareNewline::Note if seen => self.counts.note_bare_newline(),
            _ => {}
        }
    }

    pub(crate) async fn chunk(
        &mut self,
        chunk: Chunk,
        first: bool,
        problem: Option<Fault>,
        pending: Pending,
    ) -> Worked {
        let settings = &self.server.settings;
        if let Some(fault) = problem {
            if fault == Fault::NullChunk {
                log::null_chunk(self.state.queue_id(), &self.state.client.shown);
            }
            let (text, trouble) = reply::fault(&fault, esmtp::command::Verb::Bdat, settings);
            self.state.trouble |= trouble;
            return self.skip_chunk(chunk, &text, pending).await;
        }
        if first && let Err(refusal) = Judge::new(self.server, &mut self.state).data().await {
            let text = self.refusal(refusal)?;
            return self.skip_chunk(chunk, &text, pending).await;
        }
        if first && let Some(text) = self.announce_content().await {
            return self.skip_chunk(chunk, &text, pending).await;
        }
        let limit = settings.message_size_limit;
        if limit > 0 && self.state.actual_size.saturating_add(chunk.octets) > limit {
            self.state.trouble |= Trouble::POLICY;
            log::chunk_too_large(self.state.queue_id(), &self.state.client.shown);
            return self.skip_chunk(chunk, reply::CHUNK_TOO_LARGE, pending).await;
        }
        if first {
            self.begin_content();
            self.chunks = Some(Box::new(ChunkDecoder::new(
                self.bare_newline,
                settings.line_length_limit,
            )));
        }
        self.state.place = Place::ChunkContent;
        self.receive_chunk(chunk).await?;
        if chunk.last {
            self.state.place = Place::EndOfMessage;
            let filed = self.end_message(true).await?;
            self.dialogue.accept(pending);
            return Ok(filed);
        }
        if self.failure != 0 || self.bare_newline_rejected {
            // The rest is dropped chunk by chunk, until the client has heard of it.
            self.end_message(true).await?;
            self.dialogue.fail_chunks(pending);
            return Ok(false);
        }
        self.dialogue.accept(pending);
        self.reply(&format!("250 2.0.0 Ok: {} bytes", chunk.octets))
            .await?;
        Ok(true)
    }

    async fn receive_chunk(&mut self, chunk: Chunk) -> Result<(), End> {
        let Some(mut decoder) = self.chunks.take() else {
            return Ok(());
        };
        let mut left = chunk.octets;
        loop {
            let available = self.stream.buffered().len();
            let octets = usize::try_from(left).unwrap_or(usize::MAX).min(available);
            let limit = self.server.settings.message_size_limit;
            let mut sink = Sink {
                out: outlet::content(&mut self.submission, &mut self.filtered),
                size: &mut self.state.actual_size,
                limit,
                failure: &mut self.failure,
                queue_id: self.state.queue_id.as_deref().unwrap_or("NOQUEUE"),
                beginning: &mut Beginning::Over,
            };
            decoder.feed(
                self.stream.buffered().get(..octets).unwrap_or_default(),
                |piece| sink.take(piece),
            );
            left -= octets as u64;
            if left == 0 && chunk.last {
                decoder.finish(|piece| sink.take(piece));
            }
            self.stream.consume(octets);
            self.note_bare_newline(decoder.bare_newline_seen());
            self.pass_on().await;
            if left == 0 {
                self.chunks = Some(decoder);
                return Ok(());
            }
            self.fill_content().await?;
        }
    }

    /// Reads a chunk that is not wanted, so that the dialogue stays in step, and says why.
    async fn skip_chunk(&mut self, chunk: Chunk, text: &str, pending: Pending) -> Worked {
        let limit = self.server.settings.message_size_limit;
        let whole = self.state.actual_size.saturating_add(chunk.octets);
        // Half as much again as a message may have is borne; beyond that the client is cut off.
        let too_much = limit > 0 && u128::from(whole) * 2 > u128::from(limit) * 3;
        if !too_much {
            self.state.actual_size = whole;
            let mut left = chunk.octets;
            while left > 0 {
                let available = self.stream.buffered().len() as u64;
                let octets = left.min(available);
                self.stream.consume(usize::try_from(octets).unwrap_or(usize::MAX));
                left -= octets;
                if left > 0 {
                    self.fill_content().await?;
                }
            }
        }
        self.reply(text).await?;
        let last = chunk.last;
        self.dialogue.refuse(pending);
        let (id, client) = (self.state.queue_id().to_owned(), self.state.client.shown.clone());
        if last {
            self.reset_history(self.server.settings.history_flush_threshold)
                .await;
            self.reset_transaction();
        }
        if too_much {
            log::too_much_chunk_content(&id, &client);
            self.flush().await?;
            return Err(End::Lost);
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(lines: &[&str], limit: u64) -> (Vec<(u8, String)>, u64, u32) {
        let (mut out, mut size, mut failure) = (Vec::new(), 0, 0);
        let mut beginning = Beginning::default();
        let mut sink = Sink {
            out: Some(&mut out),
            size: &mut size,
            limit,
            failure: &mut failure,
            queue_id: "4x",
            beginning: &mut beginning,
        };
        for line in lines {
            sink.take(Piece {
                octets: line.as_bytes(),
                ends_line: true,
            });
        }
        let mut decoded = Vec::new();
        let mut rest = out.as_slice();
        while let Some((&kind, after)) = rest.split_first() {
            let length = usize::from(after[0]);
            decoded.push((kind, String::from_utf8(after[1..=length].to_vec()).unwrap()));
            rest = &after[1 + length..];
        }
        (decoded, size, failure)
    }

    #[test]
    fn lines_become_records_and_are_counted_with_their_ends() {
        let (decoded, size, failure) = records(&["a: b", "", "c"], 100);
        assert_eq!(
            decoded,
            [(b'N', "a: b".into()), (b'N', String::new()), (b'N', "c".into())]
        );
        assert_eq!((size, failure), (11, 0));
    }

    #[test]
    fn a_first_line_that_is_no_header_is_mended() {
        assert_eq!(
            records(&[" x"], 0).0,
            [(b'N', String::new()), (b'N', " x".into())]
        );
        let (decoded, size, _) = records(&[">From a@b", " x"], 0);
        assert_eq!(decoded[0], (b'L', "X-Mailbox-Line: ".into()));
        assert_eq!(decoded[1], (b'N', ">From a@b".into()));
        assert_eq!(decoded[2..], [(b'N', String::new()), (b'N', " x".into())]);
        assert_eq!(size, 16 + 11 + 4);
        let (decoded, ..) = records(&["From a", "From b", "To: c", "From d"], 0);
        let mended = decoded.iter().filter(|(kind, _)| *kind == b'L').count();
        assert_eq!(mended, 2);
    }

    #[test]
    fn too_much_content_is_an_error_and_is_not_passed_on() {
        let capture = maillog::capture();
        let (decoded, size, failure) = records(&["12345678", "1", "2"], 12);
        assert_eq!(decoded.len(), 1);
        assert_eq!((size, failure), (10, status::SIZE));
        assert_eq!(capture.lines(), ["warning: 4x: queue file size limit exceeded"]);
    }
}

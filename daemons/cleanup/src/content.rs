//! The records of the content: lines to the scanner, and what comes of them to the file.

use std::borrow::Cow;

use ::message::{Event, Piece, Scanner, Trouble};
use contract::cleanup::{flag, status};
use record::{Kind, Record};

use crate::envelope::offset;
use crate::message::{Message, Stage};
use crate::settings::NonEmptyEnd;

impl Message<'_> {
    pub(crate) fn start_scanner(&mut self) {
        self.content.scanner = Some(Box::new(Scanner::new(self.scan_options())));
        let tables = &self.service.tables;
        self.content.is_plain = !self.has_flag(flag::FILTER)
            || (tables.body_checks.is_empty()
                && tables.rejected_characters.is_empty()
                && tables.stripped_characters.is_empty());
    }

    /// Copies records of body lines that pass unchanged, from the start of what the client sent. Tells how many octets
    /// were taken; the record after them needs a closer look.
    ///
    /// This is the way of nearly all content: no copy but the one to the file, no question, no wait.
    pub(crate) fn take_plain(&mut self, octets: &[u8]) -> usize {
        if self.stage != Stage::Content || !self.content.is_plain || !self.is_going_on() {
            return 0;
        }
        let Some(scanner) = self.content.scanner.as_deref_mut() else {
            return 0;
        };
        let settings = &self.service.settings;
        let mut taken = 0;
        let mut stray = Stray::new(octets, settings.replace_stray_cr_lf);
        while let Some(rest) = octets.get(taken..)
            && let Ok(Some((kind, head, length))) = record::next_frame(rest)
            && (kind == Kind::LINE || kind == Kind::CHUNK)
            && length <= settings.line_length_limit
            && let Some(line) = rest.get(head..head + length)
            && !stray.is_in(taken + head, line)
            && scanner.pass(piece(kind), line)
        {
            taken += head + length;
        }
        if taken > 0 {
            self.put_encoded(octets.get(..taken).unwrap_or_default());
        }
        taken
    }

    pub(crate) async fn take_content(&mut self, record: Record<'_>) {
        match record.kind {
            Kind::LINE | Kind::CHUNK => self.take_line(piece(record.kind), record.payload).await,
            Kind::EXTRACTED => self.end_content().await,
            // Filler of a requeued file.
            Kind::PADDING => {}
            other => {
                self.reject(format_args!(
                    "unexpected record type {} in message content",
                    other.byte()
                ));
            }
        }
    }

    async fn take_line(&mut self, piece: Piece, line: &[u8]) {
        let mut line = Cow::Borrowed(line);
        if self.service.settings.replace_stray_cr_lf && has_line_ends(&line) {
            // Whoever reads the message next must not see lines where there are none.
            for byte in line.to_mut() {
                if matches!(byte, b'\r' | b'\n') {
                    *byte = b' ';
                }
            }
        }
        if self.has_flag(flag::FILTER) {
            let tables = &self.service.tables;
            if !tables.rejected_characters.is_empty()
                && line.iter().any(|byte| tables.rejected_characters.contains(*byte))
            {
                self.reject_characters(&line);
                return;
            }
            if !tables.stripped_characters.is_empty() {
                line.to_mut()
                    .retain(|byte| !tables.stripped_characters.contains(*byte));
            }
        }
        let Some(mut scanner) = self.content.scanner.take() else {
            return;
        };
        let mut events = scanner.feed(piece, &line);
        while let Some(event) = events.next() {
            self.take_event(event).await;
        }
        self.content.scanner = Some(scanner);
    }

    async fn take_event(&mut self, event: Event<'_>) {
        match event {
            Event::Header(header) => self.take_header(header).await,
            Event::HeadersEnd => self.end_headers(),
            Event::Body { piece, text, offset } => self.take_body(piece, text, offset).await,
            Event::Trouble { trouble, text } => self.take_trouble(trouble, text),
        }
    }

    fn take_trouble(&mut self, trouble: Trouble, text: &[u8]) {
        if trouble == Trouble::NonEmptyEnd {
            self.content.ends_headers_badly = true;
            if self.service.settings.non_empty_end_of_header_action != NonEmptyEnd::Reject {
                return;
            }
        }
        self.about().mime_error(trouble, text);
    }

    async fn end_content(&mut self) {
        if let Some(mut scanner) = self.content.scanner.take() {
            let mut events = scanner.finish();
            while let Some(event) = events.next() {
                self.take_event(event).await;
            }
            let mut troubles = scanner.troubles().without(Trouble::LongHeader);
            if self.service.settings.non_empty_end_of_header_action != NonEmptyEnd::Reject {
                troubles = troubles.without(Trouble::NonEmptyEnd);
            }
            if let Some(worst) = troubles.worst()
                && self.reason.is_empty()
            {
                self.fault(status::CONTENT);
                self.reason = format!("{} {worst}", worst.status());
            }
        }
        self.size.data_size = offset(self.draft.position()) - self.size.data_offset;
        self.size.content_length = self.size.data_size;
        self.put(Kind::EXTRACTED, b"");
        self.stage = Stage::Extracted;
    }
}

fn piece(kind: Kind) -> Piece {
    if kind == Kind::CHUNK {
        Piece::Chunk
    } else {
        Piece::Line
    }
}

/// Where carriage returns and line feeds stand in a run of records. All lines are searched in one go; the lengths between
/// them may look like one, and then the line is looked at by itself.
struct Stray<'a> {
    octets: &'a [u8],
    /// The next one, or the end.
    next: usize,
}

impl<'a> Stray<'a> {
    fn new(octets: &'a [u8], matters: bool) -> Self {
        let octets = if matters { octets } else { &[] };
        let mut stray = Self { octets, next: 0 };
        stray.search(0);
        stray
    }

    fn search(&mut self, from: usize) {
        let rest = self.octets.get(from..).unwrap_or_default();
        self.next = memchr::memchr2(b'\r', b'\n', rest).map_or(usize::MAX, |at| from + at);
    }

    /// Whether there is one in the line at `start`.
    fn is_in(&mut self, start: usize, line: &[u8]) -> bool {
        if self.next < start {
            self.search(start);
        }
        self.next < start + line.len()
    }
}

fn has_line_ends(line: &[u8]) -> bool {
    memchr::memchr2(b'\r', b'\n', line).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_end_in_a_line_is_found_and_a_length_is_not_taken_for_one() {
        let lines: [&[u8]; 6] = [b"0123456789", b"a\rb", b"0123456789abc", b"", b"plain", b"x\n"];
        let mut records = Vec::new();
        let mut places = Vec::new();
        for line in lines {
            record::encode(Kind::LINE, line, &mut records);
            places.push(records.len() - line.len());
        }

        let found = |matters| {
            let mut stray = Stray::new(&records, matters);
            let found: Vec<bool> = places
                .iter()
                .zip(lines)
                .map(|(&start, line)| stray.is_in(start, line))
                .collect();
            found
        };

        assert_eq!(found(true), [false, true, false, false, false, true]);
        assert!(!found(false).contains(&true));
    }
}

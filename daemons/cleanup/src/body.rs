//! Body lines and `body_checks`.

use ::message::Piece;
use contract::cleanup::{flag, status};
use record::Kind;

use crate::check::{Decision, Subject};
use crate::log;
use crate::message::Message;

impl Message<'_> {
    /// Checks a body line, and writes what is left of it. `offset` counts from the start of its body part.
    pub(crate) async fn take_body(&mut self, piece: Piece, line: &[u8], offset: u64) {
        if !self.is_going_on() {
            return;
        }
        let limit = self.service.settings.body_checks_size_limit;
        let checks = &self.service.tables.body_checks;
        if !self.has_flag(flag::FILTER) || checks.is_empty() || (limit > 0 && offset >= limit) {
            return self.put_body(piece, line);
        }
        let subject = Subject {
            kind: "body",
            text: line,
            table: checks.title(),
        };
        match checks.get(&String::from_utf8_lossy(line)).await {
            Ok(None) => self.put_body(piece, line),
            Ok(Some(action)) => match self.act(&subject, &action) {
                Decision::Keep => self.put_body(piece, line),
                Decision::Drop => {}
                Decision::Replace(text) => self.put_body(piece, text.as_bytes()),
            },
            Err(_) => {
                log::table_trouble(self.id(), checks.title());
                self.fault(status::WRITE);
                self.put_body(piece, line);
            }
        }
    }

    fn put_body(&mut self, piece: Piece, line: &[u8]) {
        if piece == Piece::Line || line.len() > self.service.settings.line_length_limit {
            // A chunk longer than the limit can only come of a replacement; it ends its line.
            self.put_line(line);
        } else {
            self.put(Kind::CHUNK, line);
        }
    }
}

//! `-h` and `-b`: standard input is a message, and its headers or body lines are the keys (header_checks(5)).

use std::io::{self, BufRead};
use std::rc::Rc;

use index::{IndexError, Session};
use lookup::Table;
use message::{Event, Events, Options, Piece, Scanner};

use crate::Postmap;

/// Which parts of the message are keys.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) headers: bool,
    pub(crate) body: bool,
    /// Follow MIME into parts and attached messages.
    pub(crate) mime: bool,
}

impl Wanted {
    pub(crate) fn is_any(self) -> bool {
        self.headers || self.body || self.mime
    }
}

/// The longest line that is one key, in octets; what follows is a line of its own.
const LONGEST_LINE: u64 = 1024 * 1024;

pub(crate) fn query(session: &Session<'_, Postmap>, wanted: Wanted) -> Result<bool, IndexError> {
    let tables = session.open()?;
    let mut asking = Asking {
        session,
        tables: &tables,
        wanted,
        found: false,
    };
    let mut scanner = Scanner::new(Options {
        ignore_mime: !wanted.mime,
        ..Options::default()
    });
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = io::Read::take(&mut input, LONGEST_LINE).read_until(b'\n', &mut line);
        if read.map_err(IndexError::Stream)? == 0 {
            break;
        }
        let (piece, text) = match line.strip_suffix(b"\n") {
            Some(text) => (Piece::Line, text.strip_suffix(b"\r").unwrap_or(text)),
            None => (Piece::Chunk, line.as_slice()),
        };
        asking.ask(scanner.feed(piece, text))?;
    }
    asking.ask(scanner.finish())?;
    session.flush()?;
    Ok(asking.found)
}

struct Asking<'a> {
    session: &'a Session<'a, Postmap>,
    tables: &'a [Rc<dyn Table>],
    wanted: Wanted,
    found: bool,
}

impl Asking<'_> {
    fn ask(&mut self, mut events: Events<'_, '_>) -> Result<(), IndexError> {
        while let Some(event) = events.next() {
            let text = match event {
                Event::Header(header) if self.wanted.headers => header.text,
                Event::Body { text, .. } if self.wanted.body => text,
                _ => continue,
            };
            // As in the mail system, octets that are no text still can match what is around them.
            self.found |= self
                .session
                .query_opened(self.tables, &String::from_utf8_lossy(text))?;
        }
        Ok(())
    }
}

//! One queue file as the listing shows it.

use crate::log;
use contract::showq::{Entry, Recipient};
use mail::quote_local822;
use queue::{Cursor, FileState, Queue, QueueError, QueueFile, Spool};
use record::note::Note;
use record::{ArrivalTime, Kind, Size};
use std::collections::HashSet;
use std::time::UNIX_EPOCH;

/// What decides how a message is shown.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// What stands for the null address (`empty_address_recipient`).
    pub null_address: String,
    /// Recipients with a reason that are remembered, so as not to be listed again; 0 for any number.
    pub filter_limit: usize,
    /// Whether the client takes the original address and the kind of reason.
    pub detailed: bool,
}

/// Octets of notes that are read for one message.
const NOTES_OCTETS: u64 = 16 << 20;
/// What one read of a queue file asks for: mail of the common sizes as a whole, since its last records are wanted too.
const READ_OCTETS: usize = 8192;

/// Reads what is to be shown of a file. `None` when it has no sender, which was logged.
///
/// A damaged file is shown as far as it could be read.
pub(crate) fn read(
    spool: &Spool,
    queue: Queue,
    file: &QueueFile,
    state: &FileState,
    view: &View,
) -> Option<(Entry, Vec<Recipient>)> {
    let mut reading = Reading {
        spool,
        queue,
        id: file.id().as_str(),
        view,
        entry: Entry {
            queue_name: queue.name().to_owned(),
            queue_id: file.id().to_string(),
            size: state.octets,
            forced_expire: state.is_expired_by_force(),
            ..Entry::default()
        },
        size: None,
        sender_seen: false,
        original: None,
        listed: HashSet::new(),
        recipients: Vec::new(),
    };
    if let Err(error) = reading.walk(file) {
        log::unreadable(queue.name(), reading.id, &error);
    }
    if reading.entry.time == 0 {
        let since = state.modified.duration_since(UNIX_EPOCH).unwrap_or_default();
        reading.entry.time = since.as_secs();
    }
    reading.sender_seen.then_some((reading.entry, reading.recipients))
}

struct Reading<'a> {
    spool: &'a Spool,
    queue: Queue,
    id: &'a str,
    view: &'a View,
    entry: Entry,
    size: Option<Size>,
    sender_seen: bool,
    original: Option<String>,
    /// Recipients that the notes have listed.
    listed: HashSet<String>,
    recipients: Vec<Recipient>,
}

impl Reading<'_> {
    fn walk(&mut self, file: &QueueFile) -> Result<(), QueueError> {
        let mut cursor = Cursor::new(file.file(), 0, READ_OCTETS);
        while let Some(found) = cursor.next_record()? {
            let text = found.record.text();
            match found.record.kind {
                Kind::TIME if self.entry.time == 0 => {
                    self.entry.time = u64::try_from(ArrivalTime::parse(text).seconds).unwrap_or(0);
                }
                Kind::SIZE => self.take_size(text),
                Kind::SENDER => {
                    let sender = self.shown(text);
                    if self.sender_seen {
                        log::duplicate_sender(self.id, &sender);
                        return Ok(());
                    }
                    self.entry.sender = sender;
                    self.sender_seen = true;
                    for log in [Queue::Defer, Queue::Bounce] {
                        self.take_notes(file, log);
                    }
                }
                Kind::ORIGINAL_RECIPIENT | Kind::RECIPIENT if !self.sender_seen => {
                    log::missing_sender(self.id, &self.shown(text));
                    return Ok(());
                }
                Kind::ORIGINAL_RECIPIENT => {
                    self.original = Some(printable(&quote_local822(&String::from_utf8_lossy(text))));
                }
                Kind::DONE | Kind::CANCELLED => self.original = None,
                Kind::RECIPIENT => self.take_recipient(text),
                Kind::MESSAGE => {
                    if let Some(extracted) = self.size.and_then(|size| size.extracted_offset()) {
                        cursor.seek(extracted);
                    }
                }
                Kind::END => return Ok(()),
                _ => {}
            }
        }
        Ok(())
    }

    /// A submission may carry a size record that says nothing about its file.
    fn take_size(&mut self, text: &[u8]) {
        if self.size.is_some() || self.queue == Queue::Maildrop {
            return;
        }
        match Size::parse(text) {
            Ok(size) if size.is_plausible() => {
                self.entry.size = size.data_size.unsigned_abs();
                self.size = Some(size);
            }
            _ => log::malformed_size(self.id),
        }
    }

    fn take_recipient(&mut self, text: &[u8]) {
        let address = self.shown(text);
        let original = self.original.take();
        if self.listed.contains(&address) {
            return;
        }
        let original = self
            .view
            .detailed
            .then(|| original.unwrap_or_else(|| address.clone()));
        let log_class = self.view.detailed.then(String::new);
        self.recipients.push(Recipient {
            address,
            reason: String::new(),
            original,
            log_class,
        });
    }

    fn take_notes(&mut self, file: &QueueFile, log: Queue) {
        if self.queue == Queue::Maildrop {
            return;
        }
        let notes = match self.spool.read_notes(log, file.id(), NOTES_OCTETS) {
            Ok(Some(found)) => found.notes,
            Ok(None) => return,
            Err(error) => {
                log::unreadable_notes(log.name(), self.id, &error);
                return;
            }
        };
        for note in notes {
            let Note {
                recipient,
                original_recipient,
                reason,
                ..
            } = note;
            let address = if recipient.is_empty() {
                self.view.null_address.clone()
            } else {
                recipient
            };
            if self.view.filter_limit == 0 || self.listed.len() < self.view.filter_limit {
                self.listed.insert(address.clone());
            }
            let original = self.view.detailed.then_some(original_recipient);
            let log_class = self.view.detailed.then(|| log.name().to_owned());
            self.recipients.push(Recipient {
                address,
                reason,
                original,
                log_class,
            });
        }
    }

    /// An address of the file in external form; the null address as a name.
    fn shown(&self, raw: &[u8]) -> String {
        if raw.is_empty() {
            return self.view.null_address.clone();
        }
        printable(&quote_local822(&String::from_utf8_lossy(raw)))
    }
}

/// The same rule as for notes, so that an address found in both is known again.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

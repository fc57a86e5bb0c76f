//! Where the entries are kept: the address verification map, or memory.

use crate::entry::{Entry, Rules};
use daemon::{Start, StartError};
use lookup::{Database, LookupError, Use};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The entries.
pub(crate) enum Cache {
    Map(Rc<dyn Database>),
    Memory(RefCell<HashMap<String, Entry>>),
}

/// The key under which Postfix too keeps the time of the last cleaning.
const LAST_CLEANED: &str = "_LAST_CACHE_CLEANUP_COMPLETED_";

/// Entries kept in memory; the map has no such limit.
const MEMORY_LIMIT: usize = 1_000_000;

impl Cache {
    /// Opens `map`; an empty name is memory.
    pub(crate) fn open(map: &str, start: &Start<'_>) -> Result<Self, StartError> {
        if map.is_empty() {
            return Ok(Self::Memory(RefCell::default()));
        }
        Ok(Self::Map(start.tables()?.open_database(map, Use::EXACT)?))
    }

    /// Whether it outlives the process.
    pub(crate) fn is_lasting(&self) -> bool {
        matches!(self, Self::Map(_))
    }

    pub(crate) async fn get(&self, address: &str) -> Result<Option<Entry>, LookupError> {
        match self {
            Self::Map(map) => Ok(map
                .lookup(address)
                .get()
                .await?
                .and_then(|text| Entry::parse(&text))),
            Self::Memory(entries) => Ok(entries.borrow().get(address).cloned()),
        }
    }

    pub(crate) async fn put(&self, address: &str, entry: &Entry) -> Result<(), LookupError> {
        match self {
            Self::Map(map) => map.update(address, &entry.text()).get().await,
            Self::Memory(entries) => {
                let mut entries = entries.borrow_mut();
                if entries.len() >= MEMORY_LIMIT {
                    entries.clear();
                }
                entries.insert(address.to_owned(), entry.clone());
                Ok(())
            }
        }
    }

    /// When the map was cleaned, in seconds since the epoch; 0 when nobody knows.
    pub(crate) async fn last_cleaned(&self) -> u64 {
        let Self::Map(map) = self else { return 0 };
        let known = map.lookup(LAST_CLEANED).get().await.ok().flatten();
        known.and_then(|text| text.trim().parse().ok()).unwrap_or(0)
    }

    pub(crate) async fn note_cleaned(&self, now: u64) -> Result<(), LookupError> {
        match self {
            Self::Map(map) => map.update(LAST_CLEANED, &now.to_string()).get().await,
            Self::Memory(_) => Ok(()),
        }
    }

    /// Drops what is of no more use; says how many stayed and went.
    pub(crate) async fn clean(&self, rules: &Rules, now: u64) -> (u64, u64) {
        let Self::Map(map) = self else { return (0, 0) };
        let (mut retained, mut dropped) = (0, 0);
        let mut last: Option<String> = None;
        while let Ok(Some((address, text))) = map.after(last.as_deref()).get().await {
            if address == LAST_CLEANED {
                // No address, and not counted.
            } else if Entry::parse(&text).is_none_or(|entry| rules.is_useless(&entry, now)) {
                // One that could not be removed now is met again at the next cleaning.
                let _ = map.delete(&address).get().await;
                dropped += 1;
            } else {
                retained += 1;
            }
            last = Some(address);
        }
        (retained, dropped)
    }
}

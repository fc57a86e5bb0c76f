//! The lines verify writes.

use crate::probe::ProbeError;
use lookup::LookupError;

pub(crate) fn unknown(request: &str) {
    maillog::warning!("unrecognized request: {request:?}, ignored");
}

pub(crate) fn cache_trouble(error: &LookupError) {
    maillog::warning!("address verification cache: {error}");
}

pub(crate) fn no_probe(address: &str, error: &ProbeError) {
    maillog::warning!("cannot probe <{address}>: {error}");
}

pub(crate) fn cleaned(map: &str, retained: u64, dropped: u64) {
    maillog::info!("cache {map} full cleanup: retained={retained} dropped={dropped} entries");
}

//! The lines every daemon may write.

use crate::start::StartError;
use std::io;
use std::panic::PanicHookInfo;

pub(crate) fn accept_failed(error: &io::Error) {
    maillog::warning!("accept connection: {error}");
}

pub(crate) fn cannot_start(error: &StartError) {
    maillog::fatal!("{error}");
}

pub(crate) fn by_hand() {
    maillog::fatal!("do not run this command by hand; it is started by the master daemon");
}

/// Our own mistake, with its place; the session that made it ends.
pub(crate) fn panicked(info: &PanicHookInfo<'_>) {
    let text = info
        .payload()
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| info.payload().downcast_ref::<String>().cloned())
        .unwrap_or_default();
    match info.location() {
        Some(place) => maillog::panic!("{}:{}: {text}", place.file(), place.line()),
        None => maillog::panic!("{text}"),
    }
}

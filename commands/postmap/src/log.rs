//! The lines postmap writes itself.

use command::Failure;

/// A letter on the command line that is not understood; the usage follows.
pub(crate) fn bad_option(error: &Failure) {
    maillog::error!("{error}");
}

/// MIME is to be followed, but nothing of the message is asked for.
pub(crate) fn nothing_to_follow() {
    maillog::warning!("ignoring -m option without -b or -h");
}

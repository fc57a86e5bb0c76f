//! The lines postalias writes itself.

use command::Failure;

/// A letter on the command line that is not understood; the usage follows.
pub(crate) fn bad_option(error: &Failure) {
    maillog::error!("{error}");
}

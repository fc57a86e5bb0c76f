//! The kernel's reasons in its own words, as log lines have had them for decades.

use std::io;

/// What strerror(3) says: the standard library's text without the number it adds.
#[must_use]
pub fn text(error: &io::Error) -> String {
    let mut text = error.to_string();
    if error.raw_os_error().is_some()
        && let Some(end) = text.rfind(" (os error ")
    {
        text.truncate(end);
    }
    text
}

/// The error for a file that is not there.
#[must_use]
pub fn no_such_file() -> io::Error {
    io::Error::from_raw_os_error(libc::ENOENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_left_out() {
        assert_eq!(
            text(&io::Error::from_raw_os_error(libc::ENOENT)),
            "No such file or directory"
        );
        assert_eq!(text(&io::Error::other("a (os error 2)")), "a (os error 2)");
    }
}

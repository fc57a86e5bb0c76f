//! Perl compatible regular expressions, by the PCRE2 library.

use std::cell::Cell;
use std::marker::PhantomData;
use std::ptr;

use pcre2_sys as ffi;

use crate::groups::Groups;

/// How an expression is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Letters match in any case.
    pub caseless: bool,
    /// `^` and `$` match at line ends inside the text.
    pub multi_line: bool,
    /// `.` matches a line end too.
    pub dot_all: bool,
    /// White space in the expression does not count.
    pub extended: bool,
    /// Only at the begin of the text.
    pub anchored: bool,
    /// `$` does not match before a line end at the end of the text.
    pub dollar_end_only: bool,
    /// Repeats take as little as they can.
    pub ungreedy: bool,
}

/// A compiled expression.
pub struct Pcre {
    code: *mut ffi::pcre2_code_8,
    groups: usize,
    /// Where the library puts what it found; one for each expression, used for one search at a time.
    found: *mut ffi::pcre2_match_data_8,
    searching: Cell<bool>,
    _local: PhantomData<*mut ()>,
}

fn message(code: libc::c_int) -> String {
    let mut buffer = [0_u8; 256];
    // SAFETY: the buffer is as long as stated; the library ends the text with NUL.
    unsafe { ffi::pcre2_get_error_message_8(code, buffer.as_mut_ptr(), buffer.len()) };
    let end = buffer.iter().position(|byte| *byte == 0).unwrap_or(buffer.len());
    String::from_utf8_lossy(buffer.get(..end).unwrap_or_default()).into_owned()
}

impl Flags {
    fn bits(self) -> u32 {
        let table = [
            (self.caseless, ffi::PCRE2_CASELESS),
            (self.multi_line, ffi::PCRE2_MULTILINE),
            (self.dot_all, ffi::PCRE2_DOTALL),
            (self.extended, ffi::PCRE2_EXTENDED),
            (self.anchored, ffi::PCRE2_ANCHORED),
            (self.dollar_end_only, ffi::PCRE2_DOLLAR_ENDONLY),
            (self.ungreedy, ffi::PCRE2_UNGREEDY),
        ];
        table
            .iter()
            .filter(|(on, _)| *on)
            .fold(0, |bits, (_, bit)| bits | bit)
    }
}

impl Pcre {
    /// Compiles `expression`.
    ///
    /// # Errors
    /// What the library says of it, with the place.
    pub fn compile(expression: &str, flags: Flags) -> Result<Self, String> {
        let (mut error, mut offset) = (0, 0_usize);
        // SAFETY: pattern and length belong together; the two pointers are places for the error.
        let code = unsafe {
            ffi::pcre2_compile_8(
                expression.as_ptr(),
                expression.len(),
                flags.bits(),
                &raw mut error,
                &raw mut offset,
                ptr::null_mut(),
            )
        };
        if code.is_null() {
            return Err(format!("error in regex at offset {offset}: {}", message(error)));
        }
        let mut groups = 0_u32;
        // SAFETY: the code is live; this question is answered with a 32-bit number.
        unsafe { ffi::pcre2_pattern_info_8(code, ffi::PCRE2_INFO_CAPTURECOUNT, (&raw mut groups).cast()) };
        // SAFETY: the code is live.
        let found = unsafe { ffi::pcre2_match_data_create_from_pattern_8(code, ptr::null_mut()) };
        if found.is_null() {
            // SAFETY: the code is live and not used again.
            unsafe { ffi::pcre2_code_free_8(code) };
            return Err("out of memory".to_owned());
        }
        let groups = usize::try_from(groups).unwrap_or(0);
        Ok(Self {
            code,
            groups,
            found,
            searching: Cell::new(false),
            _local: PhantomData,
        })
    }

    /// How many groups the expression has.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Searches `text`; `None` when it does not match.
    ///
    /// # Errors
    /// The library gave up: too much backtracking, too deep, or out of memory.
    pub fn search(&self, text: &[u8]) -> Result<Option<Groups>, String> {
        assert!(!self.searching.replace(true), "one search at a time");
        // SAFETY: code and match data are live and belong together; text and length belong together.
        let status = unsafe {
            ffi::pcre2_match_8(
                self.code,
                text.as_ptr(),
                text.len(),
                0,
                0,
                self.found,
                ptr::null_mut(),
            )
        };
        let result = match status {
            1.. => Ok(Some(self.places(status))),
            ffi::PCRE2_ERROR_NOMATCH => Ok(None),
            error => Err(message(error)),
        };
        self.searching.set(false);
        result
    }

    fn places(&self, pairs: libc::c_int) -> Groups {
        let pairs = usize::try_from(pairs).unwrap_or(0);
        // SAFETY: the match data is live; after a match its vector has that many pairs set.
        let vector =
            unsafe { std::slice::from_raw_parts(ffi::pcre2_get_ovector_pointer_8(self.found), pairs * 2) };
        let places = vector.chunks_exact(2).map(|pair| match pair {
            [begin, end] if *begin != usize::MAX && begin <= end => Some(*begin..*end),
            _ => None,
        });
        Groups::new(places.collect())
    }
}

impl Drop for Pcre {
    fn drop(&mut self) {
        // SAFETY: both are live and not used again.
        unsafe {
            ffi::pcre2_match_data_free_8(self.found);
            ffi::pcre2_code_free_8(self.code);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_where_they_matched() {
        let pcre = Pcre::compile("a(b)?(c)", Flags::default()).unwrap();

        let groups = pcre.search(b"xac").unwrap().unwrap();
        assert_eq!(
            (groups.get(0), groups.get(1), groups.get(2)),
            (Some(1..3), None, Some(2..3))
        );
        assert_eq!(pcre.search(b"xab"), Ok(None));
        assert_eq!(pcre.groups(), 2);
    }

    #[test]
    fn a_broken_expression_is_refused() {
        assert!(Pcre::compile("a(", Flags::default()).is_err());
    }

    #[test]
    fn too_much_backtracking_is_an_error_and_not_a_miss() {
        let pcre = Pcre::compile("^(a|aa)+$", Flags::default()).unwrap();

        let mut text = vec![b'a'; 200];
        text.push(b'b');
        assert!(pcre.search(&text).is_err());
    }
}

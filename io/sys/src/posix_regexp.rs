//! POSIX regular expressions, by the C library's regcomp(3) and regexec(3).

use std::ffi::{CStr, CString};
use std::marker::PhantomData;
use std::mem::MaybeUninit;

use crate::groups::Groups;

/// How an expression is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Letters match in any case.
    pub ignore_case: bool,
    /// `^` and `$` match at line ends inside the text, and `.` does not match one.
    pub newline: bool,
    /// The extended syntax.
    pub extended: bool,
}

/// A compiled expression.
pub struct Regexp {
    /// Boxed, since the library may keep pointers into it.
    compiled: Box<libc::regex_t>,
    groups: usize,
    _local: PhantomData<*mut ()>,
}

/// The most groups that a search reports.
const MOST_GROUPS: usize = 100;

impl Regexp {
    /// Compiles `expression`.
    ///
    /// # Errors
    /// What the library says of it.
    pub fn compile(expression: &str, flags: Flags) -> Result<Self, String> {
        let text = CString::new(expression).map_err(|_| "NUL in expression".to_owned())?;
        let mut bits = 0;
        bits |= if flags.ignore_case { libc::REG_ICASE } else { 0 };
        bits |= if flags.newline { libc::REG_NEWLINE } else { 0 };
        bits |= if flags.extended { libc::REG_EXTENDED } else { 0 };
        let mut place: Box<MaybeUninit<libc::regex_t>> = Box::new(MaybeUninit::zeroed());
        // SAFETY: the place is as large as a regex_t; the text ends with NUL.
        let status = unsafe { libc::regcomp(place.as_mut_ptr(), text.as_ptr(), bits) };
        if status != 0 {
            return Err(message(status, place.as_ptr()));
        }
        // SAFETY: regcomp succeeded, so the structure is filled; the box keeps its place.
        let compiled = unsafe { Box::from_raw(Box::into_raw(place).cast::<libc::regex_t>()) };
        Ok(Self {
            compiled,
            groups: count_groups(expression, flags.extended),
            _local: PhantomData,
        })
    }

    /// How many groups the expression has.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Searches `text`; `None` when it does not match. Without `with_groups` the places in what is found are left open, which
    /// is quicker.
    ///
    /// The library has no limit on the work for back-references: an expression with one can keep it busy for ever.
    ///
    /// # Errors
    /// The library gave up, for lack of memory.
    pub fn search(&self, text: &CStr, with_groups: bool) -> Result<Option<Groups>, String> {
        let wanted = match with_groups {
            true => (self.groups + 1).min(MOST_GROUPS),
            false => 0,
        };
        let mut places = [libc::regmatch_t { rm_so: -1, rm_eo: -1 }; MOST_GROUPS];
        // SAFETY: the expression is compiled, the text ends with NUL, and there are as many places as stated.
        let status = unsafe {
            libc::regexec(
                &raw const *self.compiled,
                text.as_ptr(),
                wanted,
                places.as_mut_ptr(),
                0,
            )
        };
        match status {
            0 => {
                let places = places.iter().take(wanted).map(|place| {
                    let begin = usize::try_from(place.rm_so).ok()?;
                    let end = usize::try_from(place.rm_eo).ok()?;
                    (begin <= end).then_some(begin..end)
                });
                Ok(Some(Groups::new(places.collect())))
            }
            libc::REG_NOMATCH => Ok(None),
            error => Err(message(error, &raw const *self.compiled)),
        }
    }
}

impl Drop for Regexp {
    fn drop(&mut self) {
        // SAFETY: the structure was filled by regcomp and is not used again.
        unsafe { libc::regfree(&raw mut *self.compiled) };
    }
}

fn message(status: libc::c_int, expression: *const libc::regex_t) -> String {
    let mut buffer = [0_u8; 256];
    // SAFETY: the buffer is as long as stated; the library ends the text with NUL.
    unsafe { libc::regerror(status, expression, buffer.as_mut_ptr().cast(), buffer.len()) };
    let end = buffer.iter().position(|byte| *byte == 0).unwrap_or(buffer.len());
    String::from_utf8_lossy(buffer.get(..end).unwrap_or_default()).into_owned()
}

/// Counts the opening parentheses that make groups: the library knows, but its bindings hide it.
fn count_groups(expression: &str, extended: bool) -> usize {
    let mut count = 0;
    let mut bytes = expression.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                let begins = bytes.next() == Some(b'(') && !extended;
                count += usize::from(begins);
            }
            b'(' if extended => count += 1,
            b'[' => skip_class(&mut bytes),
            _ => {}
        }
    }
    count
}

/// Passes the rest of a bracket expression; its first letter may be `]`, and classes in it have brackets of their own.
fn skip_class(bytes: &mut std::iter::Peekable<std::str::Bytes<'_>>) {
    bytes.next_if_eq(&b'^');
    bytes.next_if_eq(&b']');
    while let Some(byte) = bytes.next() {
        match byte {
            b']' => return,
            b'[' => {
                let Some(kind) = bytes.next_if(|next| b".:=".contains(next)) else {
                    continue;
                };
                let mut previous = 0;
                for next in bytes.by_ref() {
                    if previous == kind && next == b']' {
                        break;
                    }
                    previous = next;
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_match_wins_as_posix_demands() {
        let flags = Flags {
            ignore_case: true,
            newline: false,
            extended: true,
        };
        let regexp = Regexp::compile("(.*)(foo|food)", flags).unwrap();

        let groups = regexp.search(c"xFOOD", true).unwrap().unwrap();
        assert_eq!(
            (groups.get(0), groups.get(1), groups.get(2)),
            (Some(0..5), Some(0..1), Some(1..5))
        );
        assert_eq!(regexp.search(c"bar", true), Ok(None));
    }

    #[test]
    fn groups_are_counted_as_the_library_counts_them() {
        for (expression, extended, groups) in [
            ("a(b)(c(d))", true, 3),
            ("a\\(b\\)(c)", false, 1),
            ("[(](x)[^](][[:alpha:](]", true, 1),
            ("\\((x)", true, 1),
        ] {
            let regexp = Regexp::compile(
                expression,
                Flags {
                    extended,
                    ..Flags::default()
                },
            )
            .unwrap();
            assert_eq!(regexp.groups(), groups, "{expression}");
        }
    }

    #[test]
    fn a_broken_expression_is_refused() {
        assert!(
            Regexp::compile(
                "a(",
                Flags {
                    extended: true,
                    ..Flags::default()
                }
            )
            .is_err()
        );
    }
}

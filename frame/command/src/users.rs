//! Who may do what with a command: `authorized_flush_users` and its like (postconf(5)).
//!
//! A set-group-id command opens no tables, which may be programs of any size; a list that names one is
//! "could not tell" for everybody whom no earlier entry decides.

use std::io;
use std::path::{Path, PathBuf};

/// Who called this command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Their id.
    pub uid: u32,
    /// Their login name, or `unknown`.
    pub name: String,
}

/// What a list says about a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They may.
    Allowed,
    /// They may not.
    Denied,
}

/// Why a list does not say.
#[derive(Debug, thiserror::Error)]
pub enum UserListError {
    /// An entry is a table of a type that this command does not open.
    #[error("table {0} is not available to this command")]
    Table(String),
    /// A file of the list cannot be read.
    #[error("open {}: {}", path.display(), sys::fault::text(source))]
    File {
        /// The file.
        path: PathBuf,
        /// The kernel's reason.
        #[source]
        source: io::Error,
    },
}

/// A list of users; the first entry that fits decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserList {
    entries: Vec<String>,
}

/// Octets of a file of a list.
const FILE_OCTETS: u64 = 1 << 20;

impl Caller {
    /// Whoever started this process.
    ///
    /// # Errors
    /// When the name service could not tell.
    pub fn of_process() -> io::Result<Self> {
        let uid = sys::identity::real_uid();
        let account = sys::account::account_by_uid(uid)?;
        Ok(Self {
            uid,
            name: account.map_or_else(|| "unknown".to_owned(), |account| account.name),
        })
    }

    /// Whether this is root, or the user that the mail system belongs to: both may do everything.
    ///
    /// # Errors
    /// When the name service could not tell.
    pub fn is_above(&self, mail_owner: &str) -> io::Result<bool> {
        if self.uid == 0 {
            return Ok(true);
        }
        let owner = sys::account::account_by_name(mail_owner)?;
        Ok(owner.is_some_and(|owner| owner.uid == self.uid))
    }
}

impl UserList {
    /// A list with these entries: names, `!name`, `/file`, `static:anything`.
    pub fn new(entries: Vec<String>) -> Self {
        Self { entries }
    }

    /// What the list says about a user; nobody whom it does not name is allowed.
    ///
    /// # Errors
    /// When it could not be told.
    pub fn judge(&self, user: &str) -> Result<Verdict, UserListError> {
        for entry in &self.entries {
            let (allows, pattern) = polarity(entry);
            let fits = if pattern.starts_with('/') {
                file_has(Path::new(pattern), user)?
            } else {
                fits(pattern, user)?
            };
            if let Some(positive) = fits {
                return Ok(if allows == positive {
                    Verdict::Allowed
                } else {
                    Verdict::Denied
                });
            }
        }
        Ok(Verdict::Denied)
    }
}

fn polarity(entry: &str) -> (bool, &str) {
    let pattern = entry.trim_start_matches('!');
    ((entry.len() - pattern.len()).is_multiple_of(2), pattern)
}

/// Whether a pattern decides: `Some(true)` when it names the user.
fn fits(pattern: &str, user: &str) -> Result<Option<bool>, UserListError> {
    match pattern.split_once(':') {
        Some(("static", _)) => Ok(Some(true)),
        Some(_) => Err(UserListError::Table(pattern.to_owned())),
        None => Ok(pattern.eq_ignore_ascii_case(user).then_some(true)),
    }
}

fn file_has(path: &Path, user: &str) -> Result<Option<bool>, UserListError> {
    let wrong = |source| UserListError::File {
        path: path.to_owned(),
        source,
    };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(wrong)?;
    io::Read::read_to_string(&mut io::Read::take(file, FILE_OCTETS), &mut text).map_err(wrong)?;
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
        for entry in line.split([',', ' ', '\t']).filter(|entry| !entry.is_empty()) {
            let (allows, pattern) = polarity(entry);
            if fits(pattern, user)?.is_some() {
                return Ok(Some(allows));
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(entries: &[&str], user: &str) -> Option<Verdict> {
        let entries = entries.iter().map(|entry| (*entry).to_owned()).collect();
        UserList::new(entries).judge(user).ok()
    }

    #[test]
    fn the_first_entry_that_fits_decides() {
        assert_eq!(judge(&["static:anyone"], "x"), Some(Verdict::Allowed));
        assert_eq!(judge(&["!joe", "static:anyone"], "joe"), Some(Verdict::Denied));
        assert_eq!(judge(&["!joe", "static:anyone"], "ann"), Some(Verdict::Allowed));
        assert_eq!(judge(&["ann"], "joe"), Some(Verdict::Denied));
        assert_eq!(judge(&[], "joe"), Some(Verdict::Denied));
    }

    #[test]
    fn a_table_or_a_missing_file_is_no_answer() {
        assert_eq!(judge(&["ann", "hash:/x"], "joe"), None);
        assert_eq!(judge(&["ann", "hash:/x"], "ann"), Some(Verdict::Allowed));
        assert_eq!(judge(&["/no/such/file"], "ann"), None);
    }

    #[test]
    fn a_file_holds_more_entries() {
        let path = std::env::temp_dir().join(format!("command-users-{}", std::process::id()));
        std::fs::write(&path, "# comment\njoe, !ann\n").unwrap();
        let name = path.to_str().unwrap();
        let not = format!("!{name}");

        assert_eq!(judge(&[name], "joe"), Some(Verdict::Allowed));
        assert_eq!(judge(&[name, "static:x"], "ann"), Some(Verdict::Denied));
        assert_eq!(judge(&[&not, "static:x"], "joe"), Some(Verdict::Denied));
        assert_eq!(judge(&[name], "eve"), Some(Verdict::Denied));

        std::fs::remove_file(path).unwrap();
    }
}

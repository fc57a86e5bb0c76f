//! Text files that are read whole, and read again when they have changed.
//!
//! When the new content can not be used, or not all of it, the old one stays, with a warning that names the place: half a
//! table is worse than yesterday's. Only a process that has no old content takes what can be read, as Postfix does.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use crate::error::OpenError;
use crate::freshness::{Freshness, Identity, Sight};
use crate::log;
use crate::registry::Opening;
use crate::token;

/// How long a table may be, in octets.
const LONGEST: u64 = 1024 * 1024 * 1024;

/// Reads a file of at most `limit` octets; with it comes its state from before the reading, and the open file.
///
/// # Errors
/// What the system says; a file that is too long.
pub(crate) fn read(path: &Path, limit: u64) -> io::Result<(Vec<u8>, Identity, File)> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    let mut content = Vec::with_capacity(usize::try_from(metadata.len().min(limit)).unwrap_or(0) + 1);
    file.by_ref().take(limit + 1).read_to_end(&mut content)?;
    if content.len() as u64 > limit {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "file too large"));
    }
    Ok((content, Identity::of(&metadata), file))
}

/// What a text was made into.
pub(crate) struct Reading<T> {
    pub(crate) parsed: T,
    /// The first line that could not be used, with its place. A table that is opened goes without it; one that is in use
    /// stays as it was.
    pub(crate) fault: Option<String>,
}

/// Makes something of a content and of the name it goes by in warnings.
type Parse<T> = dyn Fn(&[u8], &str) -> Result<Reading<T>, String>;

/// What a text was made into, kept in step with its file.
pub(crate) struct Parsed<T> {
    table: String,
    parsed: RefCell<Rc<T>>,
    /// Absent for rules written in the parameter itself.
    source: Option<Freshness>,
    parse: Box<Parse<T>>,
    /// What was wrong when it was opened.
    fault: Option<String>,
}

impl<T> Parsed<T> {
    /// Reads the file that `opening` names and parses it with `parse`, which gets the content and the name for warnings.
    ///
    /// # Errors
    /// The file can not be read, or `parse` refuses it.
    pub(crate) fn open(
        opening: &Opening<'_>,
        parse: impl Fn(&[u8], &str) -> Result<Reading<T>, String> + 'static,
    ) -> Result<Self, OpenError> {
        let path = Path::new(opening.name);
        // Patterns are text only; the others are known as databases.
        let what = match opening.kind {
            "cidr" | "pcre" | "regexp" => opening.name.to_owned(),
            _ => format!("database {}", opening.name),
        };
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::IsADirectory => OpenError::Read {
                what: match opening.kind {
                    "cidr" => format!("cidr map {}: read error", opening.name),
                    _ => format!("read {}", opening.name),
                },
                source,
            },
            _ => OpenError::Io {
                what: what.clone(),
                source,
            },
        };
        let (content, identity, file) = read(path, LONGEST).map_err(failed)?;
        let freshness = Freshness::new(opening, path, file, Sight::Snapshot).map_err(failed)?;
        freshness.know(identity, None);
        let Reading { parsed, fault } =
            parse(&content, opening.name).map_err(|reason| opening.syntax(reason))?;
        Ok(Self {
            table: opening.full_name(),
            parsed: RefCell::new(Rc::new(parsed)),
            source: Some(freshness),
            fault,
            parse: Box::new(parse),
        })
    }

    /// As [`Parsed::open`], but a name in braces is the text itself: `{{line}, {line} …}`.
    ///
    /// # Errors
    /// As [`Parsed::open`], and unbalanced braces.
    pub(crate) fn open_or_inline(
        opening: &Opening<'_>,
        parse: impl Fn(&[u8], &str) -> Result<Reading<T>, String> + 'static,
    ) -> Result<Self, OpenError> {
        if !opening.name.starts_with('{') {
            return Self::open(opening, parse);
        }
        let mut text = String::new();
        let bad = |reason: String| opening.syntax(format!("{} map: {reason}", opening.kind));
        for rule in config::split::list(token::unbrace(opening.name).map_err(bad)?) {
            text.push_str(token::unbrace(rule).map_err(bad)?);
            text.push('\n');
        }
        let Reading { parsed, .. } =
            parse(text.as_bytes(), opening.name).map_err(|reason| opening.syntax(reason))?;
        Ok(Self {
            table: opening.full_name(),
            parsed: RefCell::new(Rc::new(parsed)),
            source: None,
            fault: None,
            parse: Box::new(parse),
        })
    }

    /// What could not be used of the text when it was opened.
    pub(crate) fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// `type:name`.
    pub(crate) fn name(&self) -> &str {
        &self.table
    }

    /// What is in the file now, or was in it when it could last be used.
    pub(crate) fn current(&self) -> Rc<T> {
        if let Some(freshness) = &self.source
            && let Some(identity) = freshness.changed()
        {
            self.read_again(freshness, identity);
        }
        Rc::clone(&self.parsed.borrow())
    }

    fn read_again(&self, freshness: &Freshness, identity: Identity) {
        // A state is tried once: a broken file is not read again each second, only when it changes again.
        freshness.know(identity, None);
        let (content, identity, file) = match read(freshness.path(), LONGEST) {
            Ok(read) => read,
            Err(error) => {
                log::can_not_reread(&self.table, &sys::fault::text(&error));
                freshness.lost();
                return;
            }
        };
        freshness.know(identity, Some(file));
        match (self.parse)(&content, &freshness.path().to_string_lossy()) {
            Ok(Reading { parsed, fault: None }) => *self.parsed.borrow_mut() = Rc::new(parsed),
            Ok(Reading {
                fault: Some(reason), ..
            })
            | Err(reason) => log::can_not_reread(&self.table, &reason),
        }
    }

    /// Makes the next question look at the file.
    #[cfg(test)]
    pub(crate) fn look_again(&self) {
        if let Some(freshness) = &self.source {
            freshness.look_again();
        }
    }
}

//! `smtp_header_checks` and its kin: actions on headers and body lines while mail is delivered.
//!
//! Only what is safe in a delivery agent: INFO, WARN, REPLACE, PREPEND, IGNORE, STRIP, DUNNO and OK (header_checks(5)).

use lookup::{LookupError, Maps};
use message::header::is_header;
use message::{Known, Place};

use crate::log;

/// The tables.
pub(crate) struct Checks {
    pub(crate) primary: Maps,
    pub(crate) mime: Maps,
    pub(crate) nested: Maps,
    pub(crate) body: Maps,
}

/// What a check says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// As it is.
    Keep,
    /// Not at all.
    Drop,
    /// This instead.
    Replace(String),
    /// This first, then as it is.
    Prepend(String),
}

impl Checks {
    pub(crate) fn has_header_checks(&self) -> bool {
        !(self.primary.is_empty() && self.mime.is_empty() && self.nested.is_empty())
    }

    pub(crate) fn has_body_checks(&self) -> bool {
        !self.body.is_empty()
    }

    /// Judges a whole header. Those of MIME are a class of their own, wherever they stand.
    pub(crate) async fn header(
        &self,
        queue_id: &str,
        place: Place,
        known: Option<Known>,
        text: &[u8],
    ) -> Result<Verdict, LookupError> {
        let is_mime = known.is_some_and(Known::is_mime);
        let maps = match if is_mime { Place::Multipart } else { place } {
            Place::Primary => &self.primary,
            Place::Multipart => &self.mime,
            Place::Nested => &self.nested,
        };
        judge(queue_id, maps, "header", text).await
    }

    /// Judges a body line, wherever it stands: the limit of `body_checks` is not for these.
    pub(crate) async fn body(&self, queue_id: &str, text: &[u8]) -> Result<Verdict, LookupError> {
        judge(queue_id, &self.body, "body", text).await
    }
}

async fn judge(queue_id: &str, maps: &Maps, place: &str, text: &[u8]) -> Result<Verdict, LookupError> {
    if maps.is_empty() || text.is_empty() {
        return Ok(Verdict::Keep);
    }
    let text = String::from_utf8_lossy(text);
    let Some(value) = maps.get(&text).await? else {
        return Ok(Verdict::Keep);
    };
    let (action, argument) = value.split_once([' ', '\t']).unwrap_or((&value, ""));
    let argument = argument.trim();
    let action = action.to_ascii_uppercase();
    let note = |word| log::check(queue_id, word, place, &text, argument);
    Ok(match action.as_str() {
        "DUNNO" | "OK" => Verdict::Keep,
        "IGNORE" => Verdict::Drop,
        "STRIP" => {
            note("strip");
            Verdict::Drop
        }
        "INFO" => {
            note("info");
            Verdict::Keep
        }
        "WARN" => {
            note("warning");
            Verdict::Keep
        }
        "REPLACE" | "PREPEND" if argument.is_empty() => {
            log::check_without_text(maps.title(), &action);
            Verdict::Keep
        }
        "REPLACE" | "PREPEND" if place == "header" && !is_header(argument.as_bytes()) => {
            log::check_with_no_header(maps.title(), &action, argument);
            Verdict::Keep
        }
        "REPLACE" => {
            note("replace");
            Verdict::Replace(argument.to_owned())
        }
        "PREPEND" => {
            note("prepend");
            Verdict::Prepend(argument.to_owned())
        }
        _ => {
            log::unknown_check(maps.title(), &value);
            Verdict::Keep
        }
    })
}

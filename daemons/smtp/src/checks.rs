//! `smtp_header_checks` and its kin: actions on headers and body lines while mail is delivered.
//!
//! Only what is safe in a delivery agent: INFO, WARN, REPLACE, PREPEND, IGNORE, STRIP, DUNNO and OK (header_checks(5)).

use lookup::{LookupError, Maps};
use message::Place;

use crate::log;

/// The tables.
pub(crate) struct Checks {
    pub(crate) primary: Maps,
    pub(crate) mime: Maps,
    pub(crate) nested: Maps,
    pub(crate) body: Maps,
    /// Octets of each body part that are looked at (`body_checks_size_limit`).
    pub(crate) body_octets: u64,
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

    /// Judges a whole header.
    pub(crate) async fn header(
        &self,
        queue_id: &str,
        place: Place,
        text: &[u8],
    ) -> Result<Verdict, LookupError> {
        let maps = match place {
            Place::Primary => &self.primary,
            Place::Multipart => &self.mime,
            Place::Nested => &self.nested,
        };
        judge(queue_id, maps, "header", text).await
    }

    /// Judges a body line that stands `offset` octets into its part.
    pub(crate) async fn body(
        &self,
        queue_id: &str,
        offset: u64,
        text: &[u8],
    ) -> Result<Verdict, LookupError> {
        if offset > self.body_octets {
            return Ok(Verdict::Keep);
        }
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
        "REPLACE" if !argument.is_empty() => {
            note("replace");
            Verdict::Replace(argument.to_owned())
        }
        "PREPEND" if !argument.is_empty() => {
            note("prepend");
            Verdict::Prepend(argument.to_owned())
        }
        _ => {
            log::unknown_check(maps.title(), &value);
            Verdict::Keep
        }
    })
}

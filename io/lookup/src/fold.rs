//! Folding of keys to lower case, without a copy where there is nothing to fold. Letters beyond ASCII are folded as Unicode
//! says (full case folding: `ß` becomes `ss`), as Postfix does by its library.

use std::borrow::Cow;

use unicase::UniCase;

/// `text` in lower case. ASCII text that is lower case already is returned as it is.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        }
    } else {
        Cow::Owned(UniCase::unicode(text).to_folded_case())
    }
}

/// What is done to keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folding {
    /// Nothing.
    None,
    /// Letters of ASCII become lower case (`smtputf8_enable = no`).
    Ascii,
    /// All letters do, see [`fold`].
    Unicode,
}

/// `text` folded as `folding` says.
pub fn fold_if(folding: Folding, text: &str) -> Cow<'_, str> {
    match folding {
        Folding::None => Cow::Borrowed(text),
        Folding::Ascii if text.bytes().any(|octet| octet.is_ascii_uppercase()) => {
            Cow::Owned(text.to_ascii_lowercase())
        }
        Folding::Ascii => Cow::Borrowed(text),
        Folding::Unicode => fold(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lower_case_text_is_not_copied() {
        assert!(matches!(fold("user@example.com"), Cow::Borrowed(_)));
        assert_eq!(fold("User@EXAMPLE.com"), "user@example.com");
        assert_eq!(fold("GRÜN"), "grün");
        assert_eq!(fold("Straße"), "strasse");
        assert_eq!(fold("ΑΣ"), fold("ας"));
    }
}

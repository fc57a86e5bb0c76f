//! An entry as the server sent it, read without trust: its attributes in the server's order, which is the order of the
//! results.

use ldap3::ResultEntry;
use ldap3::asn1::{PL, StructureTag};

/// An entry of a directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Name and values of each attribute; values that are no text are left out.
    pub(crate) attributes: Vec<(String, Vec<String>)>,
}

/// The tag of an entry in an answer (RFC 4511 §4.5.2).
const ENTRY: u64 = 4;

impl Entry {
    /// Reads it; `None` when it is no entry.
    pub(crate) fn read(raw: ResultEntry) -> Option<Self> {
        let tag = raw.0;
        if tag.id != ENTRY {
            return None;
        }
        let mut parts = inside(tag)?.into_iter();
        let _name = parts.next()?;
        let mut entry = Self::default();
        for attribute in inside(parts.next()?)? {
            let mut halves = inside(attribute)?.into_iter();
            let name = String::from_utf8(octets(halves.next()?)?).ok()?;
            let values = inside(halves.next()?)?;
            let values: Option<Vec<_>> = values.into_iter().map(octets).collect();
            let texts = values?
                .into_iter()
                .filter_map(|value| String::from_utf8(value).ok());
            entry.attributes.push((name, texts.collect()));
        }
        Some(entry)
    }

    /// True when one of the names has a value here.
    pub(crate) fn has_any(&self, names: &[String]) -> bool {
        self.attributes
            .iter()
            .any(|(name, values)| !values.is_empty() && is_one_of(name, names))
    }
}

/// Names of attributes are compared without case.
pub(crate) fn is_one_of(name: &str, names: &[String]) -> bool {
    names.iter().any(|other| other.eq_ignore_ascii_case(name))
}

fn inside(tag: StructureTag) -> Option<Vec<StructureTag>> {
    match tag.payload {
        PL::C(parts) => Some(parts),
        PL::P(_) => None,
    }
}

fn octets(tag: StructureTag) -> Option<Vec<u8>> {
    match tag.payload {
        PL::P(octets) => Some(octets),
        PL::C(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ldap3::asn1::TagClass;

    fn tag(id: u64, payload: PL) -> StructureTag {
        StructureTag {
            class: TagClass::Universal,
            id,
            payload,
        }
    }

    fn text(text: &[u8]) -> StructureTag {
        tag(4, PL::P(text.to_vec()))
    }

    #[test]
    fn an_entry_keeps_the_servers_order_and_rubbish_is_none() {
        let attribute = |name: &str, values: Vec<StructureTag>| {
            tag(16, PL::C(vec![text(name.as_bytes()), tag(17, PL::C(values))]))
        };
        let attributes = vec![
            attribute("b", vec![text(b"1"), text(b"\xff"), text(b"2")]),
            attribute("a", vec![text(b"3")]),
        ];
        let entry = tag(ENTRY, PL::C(vec![text(b"cn=x"), tag(16, PL::C(attributes))]));

        let entry = Entry::read(ResultEntry::new(entry)).unwrap();
        assert_eq!(
            entry.attributes,
            [
                ("b".to_owned(), vec!["1".to_owned(), "2".to_owned()]),
                ("a".to_owned(), vec!["3".to_owned()])
            ]
        );
        assert!(entry.has_any(&["A".to_owned()]));

        for rubbish in [
            tag(5, PL::C(vec![])),
            tag(ENTRY, PL::P(vec![])),
            tag(ENTRY, PL::C(vec![text(b"x"), text(b"y")])),
            tag(ENTRY, PL::C(vec![text(b"x"), tag(16, PL::C(vec![text(b"y")]))])),
        ] {
            assert_eq!(Entry::read(ResultEntry::new(rubbish)), None);
        }
    }
}

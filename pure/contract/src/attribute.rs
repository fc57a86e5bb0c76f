//! The attribute codec: a message is a list of `name NUL value NUL` pairs, closed by one empty name (a lone NUL).
//!
//! It is the form outside programs already read on `public/showq`. Names make a message readable with `socat` and
//! tolerant: an unknown attribute is ignored, a missing one has its type's default, so daemons of two minor
//! releases understand each other during an upgrade.

use std::borrow::Cow;

/// Octets one message may have; a peer that sends more is cut off.
pub const MESSAGE_LIMIT_OCTETS: usize = 64 << 20;
/// Attributes one message may have.
pub const ATTRIBUTE_LIMIT: usize = 1_000_000;

/// Why octets are not a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// No closing empty name within the octets given.
    #[error("message ends early")]
    Truncated,
    /// More than [`MESSAGE_LIMIT_OCTETS`] octets or [`ATTRIBUTE_LIMIT`] attributes.
    #[error("message too large")]
    TooLarge,
    /// A value that its type does not take.
    #[error("attribute {name}: bad value {value:?}")]
    BadValue {
        /// The attribute.
        name: String,
        /// What stood there.
        value: String,
    },
    /// The `request` attribute names nothing this service answers.
    #[error("unknown request {0:?}")]
    UnknownRequest(String),
}

/// Appends one pair to `out`. A NUL inside a value would end it, so a value is cut there.
pub fn put(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.push(0);
    let end = value.iter().position(|&octet| octet == 0).unwrap_or(value.len());
    out.extend_from_slice(value.get(..end).unwrap_or(value));
    out.push(0);
}

/// Closes the message begun in `out`.
pub fn close(out: &mut Vec<u8>) {
    out.push(0);
}

/// Finds the end of a message in octets that arrive piecemeal; remembers how far it looked.
#[derive(Clone, Debug, Default)]
pub struct Boundary {
    seen: usize,
    name_start: bool,
    in_value: bool,
    started: bool,
}

impl Boundary {
    /// The length of the first message in `octets` (its closing NUL included), or `None` when more must come.
    /// `octets` must begin as at the previous call.
    ///
    /// # Errors
    /// [`DecodeError::TooLarge`] past the limit.
    pub fn find(&mut self, octets: &[u8]) -> Result<Option<usize>, DecodeError> {
        if !self.started {
            self.started = true;
            self.name_start = true;
        }
        for (offset, &octet) in octets.iter().enumerate().skip(self.seen) {
            if octet != 0 {
                self.name_start = false;
                continue;
            }
            if self.in_value {
                self.in_value = false;
                self.name_start = true;
            } else if self.name_start {
                *self = Self::default();
                return Ok(Some(offset + 1));
            } else {
                self.in_value = true;
            }
        }
        self.seen = octets.len();
        if self.seen > MESSAGE_LIMIT_OCTETS {
            Err(DecodeError::TooLarge)
        } else {
            Ok(None)
        }
    }
}

/// The pairs of one message, in the order sent.
#[derive(Clone, Debug, Default)]
pub struct Attributes<'a> {
    pairs: Vec<(&'a [u8], &'a [u8])>,
}

impl<'a> Attributes<'a> {
    /// Splits one whole message (as [`Boundary::find`] measured it).
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] without the closing NUL, [`DecodeError::TooLarge`] past [`ATTRIBUTE_LIMIT`].
    pub fn parse(octets: &'a [u8]) -> Result<Self, DecodeError> {
        let mut pairs = Vec::with_capacity(24);
        let mut fields = octets.split(|&octet| octet == 0);
        loop {
            let name = fields.next().ok_or(DecodeError::Truncated)?;
            if name.is_empty() {
                // The field after the last NUL is empty too: without one there was no closing name.
                return if fields.next().is_some() {
                    Ok(Self { pairs })
                } else {
                    Err(DecodeError::Truncated)
                };
            }
            let value = fields.next().ok_or(DecodeError::Truncated)?;
            if pairs.len() >= ATTRIBUTE_LIMIT {
                return Err(DecodeError::TooLarge);
            }
            pairs.push((name, value));
        }
    }

    /// The first value under `name`.
    pub fn get(&self, name: &str) -> Option<&'a [u8]> {
        self.pairs
            .iter()
            .find(|(key, _)| *key == name.as_bytes())
            .map(|(_, value)| *value)
    }

    /// The first value under `name` as text; octets that are not UTF-8 are replaced.
    pub fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name).map(String::from_utf8_lossy)
    }

    /// All pairs in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + '_ {
        self.pairs.iter().copied()
    }

    /// The groups that each begin with the attribute `first`; what stands before the first group is not in any.
    pub fn groups(&self, first: &str) -> Vec<Attributes<'a>> {
        let mut groups: Vec<Attributes<'a>> = Vec::new();
        for &(name, value) in &self.pairs {
            if name == first.as_bytes() {
                groups.push(Attributes {
                    pairs: Vec::with_capacity(8),
                });
            }
            if let Some(group) = groups.last_mut() {
                group.pairs.push((name, value));
            }
        }
        groups
    }
}

/// What may stand as a value.
pub trait Value: Sized + Default {
    /// Appends the pair `name`, `self`.
    fn put(&self, name: &str, out: &mut Vec<u8>);
    /// Reads it back; a missing attribute is the default.
    ///
    /// # Errors
    /// [`DecodeError::BadValue`].
    fn take(attributes: &Attributes<'_>, name: &str) -> Result<Self, DecodeError>;
}

impl Value for String {
    fn put(&self, name: &str, out: &mut Vec<u8>) {
        put(out, name, self.as_bytes());
    }

    fn take(attributes: &Attributes<'_>, name: &str) -> Result<Self, DecodeError> {
        Ok(attributes.text(name).unwrap_or_default().into_owned())
    }
}

impl Value for Option<String> {
    fn put(&self, name: &str, out: &mut Vec<u8>) {
        if let Some(text) = self {
            put(out, name, text.as_bytes());
        }
    }

    fn take(attributes: &Attributes<'_>, name: &str) -> Result<Self, DecodeError> {
        Ok(attributes.text(name).map(Cow::into_owned))
    }
}

macro_rules! number {
    ($($kind:ty),*) => {$(
        impl Value for $kind {
            fn put(&self, name: &str, out: &mut Vec<u8>) {
                use std::io::Write;
                out.extend_from_slice(name.as_bytes());
                out.push(0);
                // Writing to memory does not fail.
                let _ = write!(out, "{self}");
                out.push(0);
            }

            fn take(attributes: &Attributes<'_>, name: &str) -> Result<Self, DecodeError> {
                let Some(text) = attributes.text(name) else { return Ok(Self::default()) };
                text.parse().map_err(|_| DecodeError::BadValue { name: name.to_owned(), value: text.into_owned() })
            }
        }
    )*};
}
number!(u16, u32, u64, i32, i64);

impl Value for bool {
    fn put(&self, name: &str, out: &mut Vec<u8>) {
        put(out, name, if *self { b"1" } else { b"0" });
    }

    fn take(attributes: &Attributes<'_>, name: &str) -> Result<Self, DecodeError> {
        match attributes.get(name) {
            None | Some(b"0") => Ok(false),
            Some(b"1") => Ok(true),
            Some(other) => Err(DecodeError::BadValue {
                name: name.to_owned(),
                value: String::from_utf8_lossy(other).into_owned(),
            }),
        }
    }
}

/// One side's turn of a conversation.
pub trait Message: Sized {
    /// Appends the attributes, without the closing NUL.
    fn put(&self, out: &mut Vec<u8>);
    /// Reads them back.
    ///
    /// # Errors
    /// [`DecodeError::BadValue`] for a value of the wrong form.
    fn take(attributes: &Attributes<'_>) -> Result<Self, DecodeError>;
}

/// A question: who answers it, under which name, with what.
pub trait Request: Message {
    /// The value of the `request` attribute.
    const NAME: &'static str;
    /// The answer.
    type Reply: Message;
}

/// The attribute that names a request.
pub const REQUEST: &str = "request";
/// An attribute sent unasked by a server that retires: finish, and open a new connection for the next question.
pub const CLOSING: &str = "closing";

/// Appends the whole message for a question.
pub fn encode_request<R: Request>(request: &R, out: &mut Vec<u8>) {
    put(out, REQUEST, R::NAME.as_bytes());
    request.put(out);
    close(out);
}

/// Appends the whole message for an answer.
pub fn encode<M: Message>(message: &M, out: &mut Vec<u8>) {
    message.put(out);
    close(out);
}

/// Declares a turn: a struct whose fields are attributes. `field: Type = "attribute name",` for each; with
/// `answers Reply as "name"` after the struct's name it is a [`Request`].
macro_rules! turn {
    ($(#[$doc:meta])* pub struct $name:ident $(answers $reply:ty as $request:literal)? {
        $($(#[$field_doc:meta])* $field:ident: $kind:ty = $attribute:expr,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* }

        impl $crate::attribute::Message for $name {
            fn put(&self, _out: &mut Vec<u8>) {
                $($crate::attribute::Value::put(&self.$field, $attribute, _out);)*
            }

            fn take(
                _attributes: &$crate::attribute::Attributes<'_>,
            ) -> Result<Self, $crate::attribute::DecodeError> {
                Ok(Self { $($field: $crate::attribute::Value::take(_attributes, $attribute)?,)* })
            }
        }

        $(impl $crate::attribute::Request for $name {
            const NAME: &'static str = $request;
            type Reply = $reply;
        })?
    };
}
pub(crate) use turn;

turn! {
    /// The answer to a question that only needs a yes: done, or not.
    pub struct Done {
        /// 0 when done; otherwise the cause in the asked service's terms.
        status: i32 = "status",
        /// Why not, for the log.
        reason: String = "reason",
    }
}

impl Done {
    /// The answer of success.
    pub fn yes() -> Self {
        Self::default()
    }

    /// The answer of failure, with its cause for the log.
    pub fn no(reason: impl Into<String>) -> Self {
        Self {
            status: -1,
            reason: reason.into(),
        }
    }

    /// Whether it was done.
    pub fn is_yes(&self) -> bool {
        self.status == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    turn! {
        /// A sample.
        pub struct Sample answers Done as "sample" {
            /// Text.
            text: String = "text",
            /// A number.
            count: u32 = "count",
            /// Perhaps.
            perhaps: Option<String> = "perhaps",
        }
    }

    #[test]
    fn a_message_read_back_is_the_message_sent() {
        let sample = Sample {
            text: String::new(),
            count: 7,
            perhaps: Some("x".into()),
        };
        let mut octets = Vec::new();
        encode_request(&sample, &mut octets);

        assert_eq!(Boundary::default().find(&octets), Ok(Some(octets.len())));
        let attributes = Attributes::parse(&octets).unwrap();
        assert_eq!(attributes.text(REQUEST).as_deref(), Some("sample"));
        assert_eq!(Sample::take(&attributes), Ok(sample));
    }

    #[test]
    fn the_boundary_is_found_however_the_octets_are_cut() {
        let mut octets = Vec::new();
        encode_request(
            &Sample {
                text: "a".into(),
                count: 1,
                perhaps: None,
            },
            &mut octets,
        );
        let whole = octets.len();
        octets.extend_from_slice(b"next");

        let mut boundary = Boundary::default();
        for end in 0..whole {
            assert_eq!(boundary.find(&octets[..end]), Ok(None), "{end}");
        }
        assert_eq!(boundary.find(&octets), Ok(Some(whole)));
    }

    #[test]
    fn a_message_without_its_close_is_truncated() {
        assert_eq!(Attributes::parse(b"a\0b\0").unwrap_err(), DecodeError::Truncated);
        assert_eq!(Attributes::parse(b"a\0b").unwrap_err(), DecodeError::Truncated);
        assert_eq!(Attributes::parse(b"").unwrap_err(), DecodeError::Truncated);
        assert!(Attributes::parse(b"\0").unwrap().get("a").is_none());
    }

    #[test]
    fn a_bad_number_names_its_attribute() {
        let attributes = Attributes::parse(b"count\0many\0\0").unwrap();
        assert_eq!(
            Sample::take(&attributes),
            Err(DecodeError::BadValue {
                name: "count".into(),
                value: "many".into()
            })
        );
    }

    #[test]
    fn groups_begin_at_their_first_attribute() {
        let attributes = Attributes::parse(b"x\x001\0r\0a\0n\x001\0r\0b\0\0").unwrap();
        let groups = attributes.groups("r");
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].get("n"), Some(&b"1"[..]));
        assert_eq!(groups[1].get("n"), None);
    }
}

//! MIME structure: content types, encodings and the boundaries that are open (RFC 2045, RFC 2046).

use crate::Header;
use crate::field::{Field, Part};

/// What a body part contains, as far as it decides where headers may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContentType {
    Text,
    /// message/rfc822, or message/global where `global` is set.
    Message {
        global: bool,
    },
    /// message/partial and message/external-body, which must be 7bit.
    Fragment,
    OtherMessage,
    Multipart,
    Other,
}

/// A content transfer encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    SevenBit,
    EightBit,
    Binary,
    Base64,
    QuotedPrintable,
}

impl Encoding {
    pub(crate) fn find(word: &[u8]) -> Option<Self> {
        let all = [
            Self::SevenBit,
            Self::EightBit,
            Self::Binary,
            Self::Base64,
            Self::QuotedPrintable,
        ];
        all.into_iter()
            .find(|encoding| encoding.name().as_bytes().eq_ignore_ascii_case(word))
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::SevenBit => "7bit",
            Self::EightBit => "8bit",
            Self::Binary => "binary",
            Self::Base64 => "base64",
            Self::QuotedPrintable => "quoted-printable",
        }
    }

    /// The identity encoding that admits the encoded text.
    pub(crate) const fn domain(self) -> Self {
        match self {
            Self::Base64 | Self::QuotedPrintable => Self::SevenBit,
            identity => identity,
        }
    }
}

/// A boundary that is open.
#[derive(Clone, Debug)]
struct Boundary {
    text: Box<[u8]>,
    /// Whether parts are messages unless they say otherwise.
    digest: bool,
}

/// Content type, encoding and open boundaries at one place of the stream.
#[derive(Clone, Debug)]
pub(crate) struct Structure {
    pub(crate) content_type: ContentType,
    pub(crate) encoding: Encoding,
    boundaries: Vec<Boundary>,
}

/// What a body line turned out to be.
pub(crate) enum Line {
    Ordinary,
    /// Headers of a part follow.
    PartStart,
    PartsEnd,
}

impl Structure {
    pub(crate) const fn new() -> Self {
        Self {
            content_type: ContentType::Text,
            encoding: Encoding::SevenBit,
            boundaries: Vec::new(),
        }
    }

    pub(crate) fn has_boundaries(&self) -> bool {
        !self.boundaries.is_empty()
    }

    /// Begins content of which nothing is known yet.
    pub(crate) fn reset(&mut self, content_type: ContentType) {
        self.content_type = content_type;
        self.encoding = Encoding::SevenBit;
    }

    /// Takes a Content-Type header. False when the structure is nested deeper than the limit.
    pub(crate) fn take_type(
        &mut self,
        header: &Header<'_>,
        depth_limit: usize,
        boundary_limit: usize,
    ) -> bool {
        let mut field = Field::new(header.raw_value());
        let Some([Some(kind), slash, subtype]) = field.parameter() else {
            self.content_type = ContentType::Other;
            return true;
        };
        let is_subtype = |word: &str| {
            slash == Some(Part::Special(b'/')) && subtype.as_ref().is_some_and(|part| part.is_word(word))
        };
        if kind.is_word("text") {
            self.content_type = ContentType::Text;
        } else if kind.is_word("message") {
            self.content_type = match () {
                () if is_subtype("rfc822") => ContentType::Message { global: false },
                () if is_subtype("global") => ContentType::Message { global: true },
                () if is_subtype("partial") || is_subtype("external-body") => ContentType::Fragment,
                () => ContentType::OtherMessage,
            };
        } else if kind.is_word("multipart") {
            self.content_type = ContentType::Multipart;
            return self.open_boundaries(field, is_subtype("digest"), depth_limit, boundary_limit);
        }
        true
    }

    /// Several boundaries are illegal; each is taken, so that none can hide a header.
    fn open_boundaries(&mut self, mut field: Field<'_>, digest: bool, depth: usize, longest: usize) -> bool {
        let mut within_limit = true;
        while let Some(parameter) = field.parameter() {
            let [Some(name), Some(Part::Special(b'=')), Some(value)] = parameter else {
                continue;
            };
            let Some(text) = value.text().filter(|_| name.is_word("boundary")) else {
                continue;
            };
            if self.boundaries.len() > depth.saturating_add(1) {
                within_limit = false;
            } else {
                let text = text.get(..text.len().min(longest)).unwrap_or(text).into();
                self.boundaries.push(Boundary { text, digest });
            }
        }
        within_limit
    }

    /// Takes a Content-Transfer-Encoding header.
    pub(crate) fn take_encoding(&mut self, header: &Header<'_>) {
        let part = Field::new(header.raw_value()).part();
        if let Some(Part::Word(word)) = part
            && let Some(encoding) = Encoding::find(word)
        {
            self.encoding = encoding;
        }
    }

    /// Looks for an open boundary in a line that begins with `--`. Text behind the boundary does not matter.
    pub(crate) fn take_line(&mut self, line: &[u8]) -> Line {
        let Some(text) = line.strip_prefix(b"--") else {
            return Line::Ordinary;
        };
        let is_open = |boundary: &Boundary| text.starts_with(&boundary.text);
        let Some(level) = self.boundaries.iter().rposition(is_open) else {
            return Line::Ordinary;
        };
        self.boundaries.truncate(level + 1);
        let Some(boundary) = self.boundaries.last() else {
            return Line::Ordinary;
        };
        let closes = text
            .get(boundary.text.len()..)
            .is_some_and(|rest| rest.starts_with(b"--"));
        if closes {
            self.boundaries.pop();
            self.reset(ContentType::Other);
            return Line::PartsEnd;
        }
        let default = if boundary.digest {
            ContentType::Message { global: false }
        } else {
            ContentType::Text
        };
        self.reset(default);
        Line::PartStart
    }

    /// Whether a composite type has an encoding that RFC 2045 §6.4 forbids for it.
    pub(crate) fn has_wrong_domain(&self) -> bool {
        match self.content_type {
            ContentType::Fragment => self.encoding.domain() != Encoding::SevenBit,
            ContentType::Message { global: false } | ContentType::Multipart => {
                self.encoding != self.encoding.domain()
            }
            _ => false,
        }
    }

    /// Whether the content is of a type that contains parts or messages and so can not be encoded as a whole.
    pub(crate) const fn is_composite(&self) -> bool {
        matches!(
            self.content_type,
            ContentType::Multipart
                | ContentType::Message { global: false }
                | ContentType::Fragment
                | ContentType::OtherMessage
        )
    }
}

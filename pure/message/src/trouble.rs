//! What can be wrong with a message's form, and how serious it is.

use mail::EnhancedStatus;

/// A fault in a message's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[repr(u8)]
pub enum Trouble {
    /// More levels of multipart than `mime_nesting_limit`.
    #[error("MIME nesting exceeds safety limit")]
    Nesting,
    /// A header above `header_size_limit`.
    #[error("message header length exceeds safety limit")]
    LongHeader,
    /// A header that is not ASCII.
    #[error("improper use of 8-bit data in message header")]
    EightBitHeader,
    /// Content that claims to be 7bit and is not.
    #[error("improper use of 8-bit data in message body")]
    EightBitBody,
    /// A composite type with a transforming encoding (RFC 2045 §6.4).
    #[error("invalid message/* or multipart/* encoding domain")]
    EncodingDomain,
    /// The first headers ended without an empty line.
    #[error("primary header was terminated with non-empty line")]
    NonEmptyEnd,
}

impl Trouble {
    const BY_WEIGHT: [Self; 6] = [
        Self::Nesting,
        Self::LongHeader,
        Self::EightBitHeader,
        Self::EightBitBody,
        Self::EncodingDomain,
        Self::NonEmptyEnd,
    ];

    /// The status for a refusal.
    #[must_use]
    pub const fn status(self) -> EnhancedStatus {
        EnhancedStatus::new(5, 6, 0)
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Troubles(u8);

impl Troubles {
    /// Adds a fault; true when it is new.
    pub(crate) fn add(&mut self, trouble: Trouble) -> bool {
        let is_new = !self.contains(trouble);
        self.0 |= trouble.bit();
        is_new
    }

    /// Whether the set has this fault.
    #[must_use]
    pub const fn contains(self, trouble: Trouble) -> bool {
        self.0 & trouble.bit() != 0
    }

    /// The set without this fault.
    #[must_use]
    pub const fn without(self, trouble: Trouble) -> Self {
        Self(self.0 & !trouble.bit())
    }

    /// The most serious fault.
    #[must_use]
    pub fn worst(self) -> Option<Trouble> {
        Trouble::BY_WEIGHT
            .into_iter()
            .find(|trouble| self.contains(*trouble))
    }
}

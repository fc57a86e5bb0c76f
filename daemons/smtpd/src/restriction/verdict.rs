//! What a restriction says, and what a list of them comes to.

use std::fmt;

/// What one restriction, or a list, comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing: the next one decides.
    Dunno,
    /// The list ends here, in favour.
    Permit,
    /// The request is refused with this reply.
    Refuse(String),
    /// The connection ends without a word.
    HangUp,
}

/// Proof that the restrictions let a recipient pass. Nothing outside of this room's loop can make one.
#[derive(Debug)]
pub(crate) struct Permit(());

impl Permit {
    /// Only for the judge of recipients.
    pub(super) const fn grant() -> Self {
        Self(())
    }
}

/// Why a request goes no further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// With this reply.
    Reply(String),
    /// Without a word.
    HangUp,
}

/// What is being judged, in the words of replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Client,
    ReverseClient,
    Login,
    Helo,
    Sender,
    Recipient,
    Etrn,
    Data,
    EndOfData,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client => "Client host",
            Self::ReverseClient => "Unverified Client host",
            Self::Login => "SASL login name",
            Self::Helo => "Helo command",
            Self::Sender => "Sender address",
            Self::Recipient => "Recipient address",
            Self::Etrn => "Etrn command",
            Self::Data => "Data command",
            Self::EndOfData => "End-of-data",
        })
    }
}

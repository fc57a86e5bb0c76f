//! Record types: the letters, and the sets of letters that each section admits.
//!
//! The only place in the house where a record letter is written down. `L` has two meanings: a
//! content filter in the envelope, a piece of a long line in the content; each has its own name here.

use std::fmt;

/// A record type: one letter of a queue file.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kind(u8);

impl Kind {
    /// First record of a queue file: six numbers about the whole.
    pub const SIZE: Kind = Kind(b'C');
    /// Arrival time: seconds and microseconds.
    pub const TIME: Kind = Kind(b'T');
    /// Pseudo type: when this file was made (the attribute `create_time`).
    pub const CREATE_TIME: Kind = Kind(b'c');
    /// Display name of the sender.
    pub const FULL_NAME: Kind = Kind(b'F');
    /// Inspector transport; historical.
    pub const INSPECTOR: Kind = Kind(b'I');
    /// Content filter, `transport:nexthop`; envelope and extracted part only.
    pub const FILTER: Kind = Kind(b'L');
    /// Piece of a content line, without an end of line; content only.
    pub const CHUNK: Kind = Kind(b'L');
    /// Envelope sender.
    pub const SENDER: Kind = Kind(b'S');
    /// Recipient that is finished.
    pub const DONE: Kind = Kind(b'D');
    /// Recipient still to do.
    pub const RECIPIENT: Kind = Kind(b'R');
    /// The recipient as it was before expansion; stands before its recipient.
    pub const ORIGINAL_RECIPIENT: Kind = Kind(b'O');
    /// Recipient taken away by a milter.
    pub const CANCELLED: Kind = Kind(b'/');
    /// When a delay notice is due.
    pub const WARN_TIME: Kind = Kind(b'W');
    /// Named attribute, `name=value`.
    pub const ATTRIBUTE: Kind = Kind(b'A');
    /// A record voided in place.
    pub const KILLED: Kind = Kind(b'K');
    /// One address in place of all recipients.
    pub const REDIRECT: Kind = Kind(b'>');
    /// Flags for cleanup; on the wire only.
    pub const FLAGS: Kind = Kind(b'f');
    /// Seconds to wait before the first attempt; no longer used.
    pub const DELAY: Kind = Kind(b'd');
    /// End of the envelope, start of the content.
    pub const MESSAGE: Kind = Kind(b'M');
    /// Content line, an end of line is implied.
    pub const LINE: Kind = Kind(b'N');
    /// Filler in the content.
    pub const PADDING: Kind = Kind(b'w');
    /// End of the content, start of the extracted part.
    pub const EXTRACTED: Kind = Kind(b'X');
    /// Return-Receipt-To; obsolete.
    pub const RECEIPT_TO: Kind = Kind(b'r');
    /// Errors-To; obsolete.
    pub const ERRORS_TO: Kind = Kind(b'e');
    /// Priority; obsolete.
    pub const PRIORITY: Kind = Kind(b'P');
    /// Pointer: go on at another offset.
    pub const POINTER: Kind = Kind(b'p');
    /// VERP delimiters, two bytes.
    pub const VERP: Kind = Kind(b'V');
    /// Pseudo type: DSN RET (the attribute `ret_flags`).
    pub const DSN_RET: Kind = Kind(b'<');
    /// Pseudo type: DSN ENVID (the attribute `envelope_id`).
    pub const DSN_ENVID: Kind = Kind(b'i');
    /// Pseudo type: DSN ORCPT (the attribute `dsn_orig_rcpt`).
    pub const DSN_ORCPT: Kind = Kind(b'o');
    /// Pseudo type: DSN NOTIFY (the attribute `notify_flags`).
    pub const DSN_NOTIFY: Kind = Kind(b'n');
    /// Count of milters whose state follows; on the wire only.
    pub const MILTER_COUNT: Kind = Kind(b'm');
    /// Last record.
    pub const END: Kind = Kind(b'E');

    /// The type for a byte of a file or stream, known or not. `None` for zero, which no type uses.
    pub const fn from_byte(byte: u8) -> Option<Kind> {
        if byte == 0 { None } else { Some(Kind(byte)) }
    }

    /// The byte that stands for this type in a file.
    pub const fn byte(self) -> u8 {
        self.0
    }

    /// The word that `postcat` prints for this type; `None` for a letter it has no word for.
    ///
    /// `L` answers with its envelope meaning, as in the original.
    pub fn word(self) -> Option<&'static str> {
        let row = WORDS.iter().find(|row| row.as_bytes().first() == Some(&self.0))?;
        row.get(1..)
    }

    /// Whether this is one of the recipient types, whatever became of the recipient.
    pub fn is_recipient(self) -> bool {
        matches!(self, Kind::RECIPIENT | Kind::DONE | Kind::CANCELLED)
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.word() {
            Some(word) => write!(formatter, "Kind({} {word})", self.0.escape_ascii()),
            None => write!(formatter, "Kind({})", self.0.escape_ascii()),
        }
    }
}

/// A part of a queue file or of a submission, by the record types it admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// From the first record to `M`.
    Envelope,
    /// From after `M` to `X`.
    Content,
    /// From after `X` to `E`.
    Extracted,
    /// The tail of an envelope whose recipients are not mixed with other records.
    EnvelopeRecipients,
    /// The recipients at the end of an extracted part, likewise.
    ExtractedRecipients,
    /// What postdrop takes from sendmail before `M`.
    PostdropEnvelope,
    /// What postdrop takes from sendmail between `M` and `X`.
    PostdropContent,
    /// What postdrop takes from sendmail after `X`.
    PostdropExtracted,
}

impl Section {
    /// Whether a record of this type may stand here. Pointers may stand in every section of a queue
    /// file, and are resolved before this question is asked.
    pub const fn admits(self, kind: Kind) -> bool {
        let set = match self {
            Section::Envelope => ENVELOPE,
            Section::Content => CONTENT,
            Section::Extracted => EXTRACTED,
            Section::EnvelopeRecipients => ENVELOPE_RECIPIENTS,
            Section::ExtractedRecipients => EXTRACTED_RECIPIENTS,
            Section::PostdropEnvelope => POSTDROP_ENVELOPE,
            Section::PostdropContent => POSTDROP_CONTENT,
            Section::PostdropExtracted => POSTDROP_EXTRACTED,
        };
        kind.0 < 128 && set & (1 << kind.0) != 0
    }
}

/// The letter of each type, and its word behind it.
const WORDS: [&str; 30] = [
    "Cmessage_size",
    "Tmessage_arrival_time",
    "cqueue_file_create_time",
    "Fsender_fullname",
    "Icontent_inspector",
    "Lcontent_filter",
    "Ssender",
    "Ddone_recipient",
    "Rrecipient",
    "Ooriginal_recipient",
    "/canceled_recipient",
    "Wwarning_message_time",
    "Anamed_attribute",
    "Kkilled_record",
    ">redirect_to",
    "fflags",
    "Mmessage_content",
    "Nregular_text",
    "wpadding",
    "Xextracted_info",
    "rreturn_receipt",
    "eerrors_to",
    "Ppriority",
    "ppointer_record",
    "Vverp_delimiters",
    "<dsn_return_flags",
    "idsn_envelope_id",
    "odsn_original_recipient",
    "ndsn_notify_flags",
    "Emessage_end",
];

/// One bit for each ASCII letter.
const fn set(letters: &[u8]) -> u128 {
    let mut bits = 0;
    let mut index = 0;
    while index < letters.len() {
        bits |= 1 << letters[index];
        index += 1;
    }
    bits
}

const ENVELOPE: u128 = set(b"MCTcFILSDRO/WVA>K<ion");
const CONTENT: u128 = set(b"XLNw");
const EXTRACTED: u128 = set(b"EDRO/PreAFIL>Kon");
const ENVELOPE_RECIPIENTS: u128 = set(b"MDRO/Kon");
const EXTRACTED_RECIPIENTS: u128 = set(b"EDRO/Kon");
const POSTDROP_ENVELOPE: u128 = set(b"MCFSRVAin");
const POSTDROP_CONTENT: u128 = set(b"XLN");
const POSTDROP_EXTRACTED: u128 = set(b"EAR");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_section_admits_its_own_letters_only() {
        assert!(Section::Envelope.admits(Kind::SENDER));
        assert!(!Section::Envelope.admits(Kind::LINE));
        assert!(Section::Content.admits(Kind::CHUNK));
        assert!(!Section::Content.admits(Kind::END));
        assert!(Section::Extracted.admits(Kind::END));
        assert!(!Section::Extracted.admits(Kind::MESSAGE));
        assert!(!Section::PostdropEnvelope.admits(Kind::TIME));
    }

    #[test]
    fn a_byte_above_ascii_is_admitted_nowhere() {
        let odd = Kind::from_byte(0xc3).unwrap();

        assert!(!Section::Envelope.admits(odd));
        assert_eq!(odd.word(), None);
        assert_eq!(Kind::from_byte(0), None);
    }
}

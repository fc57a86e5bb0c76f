//! The headers that the mail system knows by name, and what each of them means to it.

use std::collections::HashSet;

/// A header that means something to the mail system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs, reason = "each variant is the header of that name")]
pub enum Known {
    ApparentlyTo,
    Bcc,
    Cc,
    ContentDescription,
    ContentDisposition,
    ContentId,
    ContentLength,
    ContentTransferEncoding,
    ContentType,
    Date,
    DeliveredTo,
    DispositionNotificationTo,
    ErrorsTo,
    From,
    MailFollowupTo,
    MessageId,
    MimeVersion,
    Received,
    ReplyTo,
    RequireTlsEsmtp,
    ResentBcc,
    ResentCc,
    ResentDate,
    ResentFrom,
    ResentMessageId,
    ResentReplyTo,
    ResentSender,
    ResentTo,
    ReturnPath,
    ReturnReceiptTo,
    Sender,
    TlsRequired,
    To,
}

/// Whose addresses a header holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Of the sender's side.
    Sender,
    /// Of recipients.
    Recipient,
    /// None that are rewritten.
    Other,
}

/// The longest known name.
const LONGEST: usize = 27;

impl Known {
    /// Finds a header by its name, in any letter case.
    #[must_use]
    pub fn find(name: &[u8]) -> Option<Self> {
        let mut buffer = [0u8; LONGEST];
        let lower = buffer.get_mut(..name.len())?;
        lower.copy_from_slice(name);
        lower.make_ascii_lowercase();
        Some(match &*lower {
            b"apparently-to" => Self::ApparentlyTo,
            b"bcc" => Self::Bcc,
            b"cc" => Self::Cc,
            b"content-description" => Self::ContentDescription,
            b"content-disposition" => Self::ContentDisposition,
            b"content-id" => Self::ContentId,
            b"content-length" => Self::ContentLength,
            b"content-transfer-encoding" => Self::ContentTransferEncoding,
            b"content-type" => Self::ContentType,
            b"date" => Self::Date,
            b"delivered-to" => Self::DeliveredTo,
            b"disposition-notification-to" => Self::DispositionNotificationTo,
            b"errors-to" => Self::ErrorsTo,
            b"from" => Self::From,
            b"mail-followup-to" => Self::MailFollowupTo,
            b"message-id" => Self::MessageId,
            b"mime-version" => Self::MimeVersion,
            b"received" => Self::Received,
            b"reply-to" => Self::ReplyTo,
            b"require-tls-esmtp" => Self::RequireTlsEsmtp,
            b"resent-bcc" => Self::ResentBcc,
            b"resent-cc" => Self::ResentCc,
            b"resent-date" => Self::ResentDate,
            b"resent-from" => Self::ResentFrom,
            b"resent-message-id" => Self::ResentMessageId,
            b"resent-reply-to" => Self::ResentReplyTo,
            b"resent-sender" => Self::ResentSender,
            b"resent-to" => Self::ResentTo,
            b"return-path" => Self::ReturnPath,
            b"return-receipt-to" => Self::ReturnReceiptTo,
            b"sender" => Self::Sender,
            b"tls-required" => Self::TlsRequired,
            b"to" => Self::To,
            _ => return None,
        })
    }

    /// The name as the mail system writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ApparentlyTo => "Apparently-To",
            Self::Bcc => "Bcc",
            Self::Cc => "Cc",
            Self::ContentDescription => "Content-Description",
            Self::ContentDisposition => "Content-Disposition",
            Self::ContentId => "Content-ID",
            Self::ContentLength => "Content-Length",
            Self::ContentTransferEncoding => "Content-Transfer-Encoding",
            Self::ContentType => "Content-Type",
            Self::Date => "Date",
            Self::DeliveredTo => "Delivered-To",
            Self::DispositionNotificationTo => "Disposition-Notification-To",
            Self::ErrorsTo => "Errors-To",
            Self::From => "From",
            Self::MailFollowupTo => "Mail-Followup-To",
            Self::MessageId => "Message-Id",
            Self::MimeVersion => "MIME-Version",
            Self::Received => "Received",
            Self::ReplyTo => "Reply-To",
            Self::RequireTlsEsmtp => "Require-TLS-ESMTP",
            Self::ResentBcc => "Resent-Bcc",
            Self::ResentCc => "Resent-Cc",
            Self::ResentDate => "Resent-Date",
            Self::ResentFrom => "Resent-From",
            Self::ResentMessageId => "Resent-Message-Id",
            Self::ResentReplyTo => "Resent-Reply-To",
            Self::ResentSender => "Resent-Sender",
            Self::ResentTo => "Resent-To",
            Self::ReturnPath => "Return-Path",
            Self::ReturnReceiptTo => "Return-Receipt-To",
            Self::Sender => "Sender",
            Self::TlsRequired => "TLS-Required",
            Self::To => "To",
        }
    }

    /// Whose addresses it holds.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::DispositionNotificationTo
            | Self::ErrorsTo
            | Self::From
            | Self::MailFollowupTo
            | Self::ReplyTo
            | Self::ResentFrom
            | Self::ResentSender
            | Self::ReturnPath
            | Self::ReturnReceiptTo
            | Self::Sender => Role::Sender,
            Self::ApparentlyTo
            | Self::Bcc
            | Self::Cc
            | Self::ResentBcc
            | Self::ResentCc
            | Self::ResentReplyTo
            | Self::ResentTo
            | Self::To => Role::Recipient,
            _ => Role::Other,
        }
    }

    /// Whether `sendmail -t` takes recipients from it.
    #[must_use]
    pub const fn gives_recipients(self) -> bool {
        matches!(self, Self::To | Self::Cc | Self::Bcc) || self.is_resent_recipient()
    }

    const fn is_resent_recipient(self) -> bool {
        matches!(self, Self::ResentTo | Self::ResentCc | Self::ResentBcc)
    }

    /// Whether it marks the message as sent again (RFC 5322 §3.6.6).
    #[must_use]
    pub const fn is_resent(self) -> bool {
        matches!(
            self,
            Self::ResentDate
                | Self::ResentFrom
                | Self::ResentMessageId
                | Self::ResentReplyTo
                | Self::ResentSender
        ) || self.is_resent_recipient()
    }

    /// Whether `mime_header_checks` apply to it wherever it stands.
    #[must_use]
    pub const fn is_mime(self) -> bool {
        matches!(
            self,
            Self::ContentDescription
                | Self::ContentDisposition
                | Self::ContentId
                | Self::ContentTransferEncoding
                | Self::ContentType
                | Self::MimeVersion
        )
    }

    /// One bit for each header, to remember which ones came.
    #[must_use]
    pub const fn bit(self) -> u64 {
        1 << self as u8
    }
}

/// A set of header names from the configuration, such as `message_drop_headers`.
#[derive(Clone, Debug, Default)]
pub struct HeaderSet {
    known: u64,
    other: HashSet<Vec<u8>>,
}

impl HeaderSet {
    /// Reads names with commas or white space between them.
    #[must_use]
    pub fn parse(names: &str) -> Self {
        let mut set = Self::default();
        let names = names.split(|c: char| c == ',' || c.is_ascii_whitespace());
        for name in names.filter(|name| !name.is_empty()) {
            match Known::find(name.as_bytes()) {
                Some(known) => set.known |= known.bit(),
                None => {
                    set.other.insert(name.to_ascii_lowercase().into_bytes());
                }
            }
        }
        set
    }

    /// Whether the set has this header; `known` is what [`Known::find`] says about the name.
    #[must_use]
    pub fn contains(&self, known: Option<Known>, name: &[u8]) -> bool {
        match known {
            Some(known) => self.known & known.bit() != 0,
            None => !self.other.is_empty() && self.other.contains(&name.to_ascii_lowercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_header_is_found_in_any_case() {
        assert_eq!(Known::find(b"rEsEnT-tO"), Some(Known::ResentTo));
        assert_eq!(
            Known::find(b"Disposition-Notification-To"),
            Some(Known::DispositionNotificationTo)
        );
        assert_eq!(
            (Known::find(b"X-To"), Known::find(b""), Known::find(&[b'a'; 99])),
            (None, None, None)
        );
        assert_eq!(
            Known::find(Known::ContentId.name().as_bytes()),
            Some(Known::ContentId)
        );
    }

    #[test]
    fn a_set_has_known_and_other_names() {
        let set = HeaderSet::parse("bcc, X-Secret resent-bcc");
        for (name, expected) in [
            ("Bcc", true),
            ("x-secret", true),
            ("Cc", false),
            ("X-Open", false),
        ] {
            assert_eq!(
                set.contains(Known::find(name.as_bytes()), name.as_bytes()),
                expected,
                "{name}"
            );
        }
    }
}

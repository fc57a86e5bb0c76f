//! One message from its first record to its last: what is known of it so far, and the queue file it goes to.

use std::time::UNIX_EPOCH;

use ::message::{Options, Scanner};
use contract::cleanup::{flag, status};
use mail::Notify;
use queue::{Draft, QueueError};
use record::{ArrivalTime, Kind, Record, SendOptions, Size, hints};

use crate::duplicates::Duplicates;
use crate::settings::NonEmptyEnd;
use crate::{Cleanup, log};

/// A message being filed.
pub(crate) struct Message<'a> {
    pub(crate) service: &'a Cleanup,
    pub(crate) draft: Draft,
    id: String,
    /// Bits of `contract::cleanup::flag`.
    pub(crate) flags: u32,
    /// Bits of `contract::cleanup::status`: what is wrong so far.
    pub(crate) faults: u32,
    /// The faults after which the rest is not looked at.
    fatal: u32,
    /// Overrides the standard reply; empty without one.
    pub(crate) reason: String,
    pub(crate) stage: Stage,
    pub(crate) envelope: Envelope,
    pub(crate) content: Content,
    pub(crate) actions: Actions,
    pub(crate) size: Size,
    pub(crate) duplicates: Duplicates,
    /// The end record came.
    pub(crate) is_ended: bool,
    /// Notes were left with the trace service.
    pub(crate) is_traced: bool,
}

/// Which section of the file is being taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Envelope,
    Content,
    Extracted,
    Ended,
}

/// What the envelope says.
#[derive(Debug, Default)]
pub(crate) struct Envelope {
    pub(crate) arrival: Option<ArrivalTime>,
    pub(crate) full_name: Option<Vec<u8>>,
    pub(crate) sender: Option<String>,
    /// The last recipient, as rewritten.
    pub(crate) recipient: Option<String>,
    /// Facts of the recipient that comes next.
    pub(crate) next: NextRecipient,
    pub(crate) envelope_id: String,
    pub(crate) ret: u32,
    pub(crate) verp: Option<String>,
    pub(crate) trace_flags: u32,
    /// The recipients have begun.
    pub(crate) in_recipients: bool,
    pub(crate) has_warn_time: bool,
    pub(crate) attributes: u32,
    pub(crate) context: Context,
    pub(crate) origin: Option<String>,
    pub(crate) protocol: Option<String>,
    pub(crate) helo: Option<String>,
    pub(crate) encoding: Option<String>,
}

/// What stands before a recipient record.
#[derive(Debug, Default)]
pub(crate) struct NextRecipient {
    pub(crate) original: Option<String>,
    pub(crate) orcpt: Option<String>,
    pub(crate) notify: Notify,
}

/// Which domain completes addresses in headers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Context {
    /// Headers are left alone.
    None,
    /// Also for those who say nothing of it: notices of our own daemons.
    #[default]
    Local,
    Remote,
}

impl Context {
    /// The name for trivial-rewrite.
    pub(crate) const fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Local => Some(contract::rewrite::context::LOCAL),
            Self::Remote => Some(contract::rewrite::context::REMOTE),
        }
    }
}

/// What the content says.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) scanner: Option<Box<Scanner>>,
    pub(crate) hops: u32,
    /// Bits of `Known::bit`.
    pub(crate) headers_seen: u64,
    pub(crate) is_resent: bool,
    pub(crate) message_id: Option<String>,
    pub(crate) requires_tls_header: bool,
    pub(crate) ends_headers_badly: bool,
    /// Body lines may be copied without a look.
    pub(crate) is_plain: bool,
}

/// What checks decided.
#[derive(Debug, Default)]
pub(crate) struct Actions {
    pub(crate) filter: Option<String>,
    pub(crate) redirect: Option<String>,
    pub(crate) bcc: Vec<String>,
}

/// Faults after which the rest of the records makes no sense even to return the message.
const INCOMPLETE: u32 =
    status::BAD | status::WRITE | status::SIZE | status::DEFER | status::MAP | status::FULL;

impl<'a> Message<'a> {
    pub(crate) fn new(service: &'a Cleanup, draft: Draft, flags: u32) -> Self {
        let mut options = 0;
        if flags & flag::SMTPUTF8 != 0 {
            options |= SendOptions::SMTPUTF8_REQUESTED;
        }
        Self {
            id: draft.id().to_string(),
            service,
            draft,
            flags,
            faults: 0,
            fatal: if flags & flag::BOUNCE != 0 {
                INCOMPLETE
            } else {
                u32::MAX
            },
            reason: String::new(),
            stage: Stage::Envelope,
            envelope: Envelope::default(),
            content: Content::default(),
            actions: Actions::default(),
            size: Size {
                options: SendOptions(options),
                ..Size::default()
            },
            duplicates: Duplicates::new(service.settings.duplicate_filter_limit),
            is_ended: false,
            is_traced: false,
        }
    }

    /// The queue id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Whether it is worth going on.
    pub(crate) fn is_going_on(&self) -> bool {
        self.faults & self.fatal == 0
    }

    pub(crate) fn has_flag(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    /// Seconds since the epoch when the queue file got its name.
    pub(crate) fn created_seconds(&self) -> i64 {
        let since = self
            .draft
            .created()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    /// Takes the next record. After a fatal fault it is dropped.
    pub(crate) async fn take(&mut self, record: Record<'_>) {
        if !self.is_going_on() {
            return;
        }
        match self.stage {
            Stage::Envelope => self.take_envelope(record).await,
            Stage::Content => self.take_content(record).await,
            Stage::Extracted => self.take_extracted(record).await,
            Stage::Ended => self.fault(status::BAD),
        }
    }

    pub(crate) fn fault(&mut self, status: u32) {
        self.faults |= status;
    }

    /// The records are not a message.
    pub(crate) fn reject(&mut self, why: impl std::fmt::Display) {
        log::rejected(&self.id, why);
        self.fault(status::BAD);
    }

    /// Appends a record to the file.
    pub(crate) fn put(&mut self, kind: Kind, payload: &[u8]) {
        if self.is_going_on() {
            let written = self.draft.put(kind, payload).map(drop);
            self.written(written);
        }
    }

    /// Appends an attribute record to the file.
    pub(crate) fn put_attribute(&mut self, name: &str, value: &[u8]) {
        if self.is_going_on() {
            let written = self.draft.put_attribute(name, value).map(drop);
            self.written(written);
        }
    }

    /// Appends a content line to the file, in pieces where it is long.
    pub(crate) fn put_line(&mut self, line: &[u8]) {
        if self.is_going_on() {
            let written = self.draft.put_line(line, self.service.settings.line_length_limit);
            self.written(written);
        }
    }

    /// Appends records that are coded already.
    pub(crate) fn put_encoded(&mut self, records: &[u8]) {
        if self.is_going_on() {
            let written = self.draft.put_encoded(records);
            self.written(written);
        }
    }

    pub(crate) fn written(&mut self, result: Result<(), QueueError>) {
        let limit = self.service.settings.message_size_limit;
        match result {
            Ok(()) if limit == 0 || self.draft.position() <= limit => {}
            Ok(()) | Err(QueueError::TooLarge(_)) => {
                log::too_large(&self.id);
                self.fault(status::SIZE);
            }
            Err(error) => {
                log::write_failed(&self.id, &error);
                self.fault(status::WRITE);
            }
        }
    }

    /// Tells the queue manager beforehand which DSN options the recipients have.
    pub(crate) fn hint_notify(&mut self, notify: Notify) {
        self.size.hints |= u32::from(notify.bits()) << hints::NOTIFY_SHIFT;
    }

    /// How the content is scanned.
    pub(crate) fn scan_options(&self) -> Options {
        let settings = &self.service.settings;
        let limits = Options {
            header_size_limit: settings.header_size_limit,
            nesting_limit: settings.mime_nesting_limit,
            boundary_limit: settings.mime_boundary_length_limit,
            ..Options::default()
        };
        if settings.disable_mime_input_processing {
            return Options {
                ignore_mime: true,
                ..limits
            };
        }
        let options = Options {
            to_7bit: settings.force_mime_input_conversion,
            ..limits
        };
        if !self.has_flag(flag::FILTER) {
            return options;
        }
        let report_8bit_header = settings.strict_8bitmime || settings.strict_7bit_headers;
        let report_8bit_body = settings.strict_8bitmime || settings.strict_8bitmime_body;
        let tables = &self.service.tables;
        let has_checks = !tables.header_checks.is_empty()
            || !tables.mime_header_checks.is_empty()
            || !tables.nested_header_checks.is_empty();
        Options {
            report_8bit_header,
            report_8bit_body,
            report_encoding_domain: settings.strict_mime_encoding_domain,
            report_non_empty_end: settings.non_empty_end_of_header_action != NonEmptyEnd::FixQuietly,
            report_nesting: report_8bit_header
                || report_8bit_body
                || settings.strict_mime_encoding_domain
                || has_checks,
            ..options
        }
    }
}

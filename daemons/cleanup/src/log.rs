//! The lines cleanup logs.

use std::fmt::{self, Display, Write as _};

use ::message::Trouble;
use mail::AddressForm;

/// Octets of a header or body line that an action's log line shows.
const SHOWN_OCTETS: usize = 200;
/// The same for a fault of form.
const SHOWN_FAULT_OCTETS: usize = 100;

pub(crate) fn message_id(queue_id: &str, value: &[u8]) {
    maillog::info!("{queue_id}: message-id={}", String::from_utf8_lossy(value));
}

pub(crate) fn resent_message_id(queue_id: &str, value: &[u8]) {
    maillog::info!("{queue_id}: resent-message-id={}", String::from_utf8_lossy(value));
}

pub(crate) fn removed(queue_id: &str, how: &str) {
    maillog::info!("{queue_id}: removed ({how})");
}

/// What an action's line says of the message besides the action.
pub(crate) struct About<'a> {
    pub(crate) queue_id: &'a str,
    pub(crate) origin: &'a str,
    pub(crate) sender: Option<&'a str>,
    pub(crate) recipient: Option<&'a str>,
    pub(crate) protocol: Option<&'a str>,
    pub(crate) helo: Option<&'a str>,
    pub(crate) form: AddressForm,
}

impl About<'_> {
    /// `ID: ACTION: KIND CONTENT from ORIGIN; from=<…> to=<…> proto=… helo=<…>: TEXT`
    pub(crate) fn action(&self, action: &str, kind: &str, content: &[u8], text: &str) {
        let mut tail = String::new();
        if let Some(sender) = self.sender {
            let _ = write!(tail, " from=<{}>", self.form.show(sender));
        }
        if let Some(recipient) = self.recipient {
            let _ = write!(tail, " to=<{}>", self.form.show(recipient));
        }
        if let Some(protocol) = self.protocol {
            let _ = write!(tail, " proto={protocol}");
        }
        if let Some(helo) = self.helo {
            let _ = write!(tail, " helo=<{helo}>");
        }
        if !text.is_empty() {
            let _ = write!(tail, ": {text}");
        }
        let content = Start(content, SHOWN_OCTETS);
        maillog::info!(
            "{}: {action}: {kind} {content} from {};{tail}",
            self.queue_id,
            self.origin
        );
    }

    pub(crate) fn mime_error(&self, trouble: Trouble, text: &[u8]) {
        let text = Start(text, SHOWN_FAULT_OCTETS);
        let (sender, recipient) = (
            self.sender.unwrap_or_default(),
            self.recipient.unwrap_or("unknown"),
        );
        maillog::info!(
            "{}: reject: mime-error {trouble}: {text} from {}; from=<{}> to=<{}>",
            self.queue_id,
            self.origin,
            self.form.show(sender),
            self.form.show(recipient)
        );
    }
}

/// The beginning of a text of any kind.
struct Start<'a>(&'a [u8], usize);

impl Display for Start<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.get(..self.1).unwrap_or(self.0);
        for chunk in shown.utf8_chunks() {
            f.write_str(chunk.valid())?;
            // Also where the limit divides a character.
            for _ in chunk.invalid() {
                f.write_str("?")?;
            }
        }
        Ok(())
    }
}

pub(crate) fn rejected(queue_id: &str, why: impl Display) {
    maillog::warning!("{queue_id}: message rejected: {why}");
}

pub(crate) fn ignored(queue_id: &str, what: impl Display) {
    maillog::warning!("{queue_id}: ignoring {what}");
}

pub(crate) fn null_attribute(queue_id: &str, name: &[u8]) {
    let name = String::from_utf8_lossy(name);
    maillog::warning!("{queue_id}: spurious null attribute value for \"{name}\" -- ignored");
}

pub(crate) fn no_queue_file(error: &queue::QueueError) {
    maillog::warning!("create queue file in incoming: {error}");
}

pub(crate) fn write_failed(queue_id: &str, error: &queue::QueueError) {
    maillog::warning!("{queue_id}: write queue file: {error}");
}

pub(crate) fn too_large(queue_id: &str) {
    maillog::warning!("{queue_id}: queue file size limit exceeded");
}

pub(crate) fn table_trouble(queue_id: &str, title: &str) {
    maillog::warning!("{queue_id}: {title} map lookup problem -- message not accepted, try again later");
}

pub(crate) fn table_trouble_for(queue_id: &str, title: &str, address: &str) {
    maillog::warning!(
        "{queue_id}: {title} map lookup problem for {address} -- message not accepted, try again later"
    );
}

pub(crate) fn many_values(queue_id: &str, title: &str, address: &str) {
    maillog::warning!("{queue_id}: multi-valued {title} entry for {address}");
}

pub(crate) fn deep_nesting(queue_id: &str, title: &str, address: &str) {
    maillog::warning!(
        "{queue_id}: unreasonable {title} map nesting for {address} -- message not accepted, try again later"
    );
}

pub(crate) fn large_expansion(queue_id: &str, title: &str, address: &str) {
    maillog::warning!(
        "{queue_id}: unreasonable {title} map expansion size for {address} -- message not accepted, try again later"
    );
}

pub(crate) fn long_result(queue_id: &str, title: &str, result: &str) {
    let shown: String = result.chars().take(300).collect();
    maillog::warning!(
        "{queue_id}: unreasonable {title} result {shown}... -- message not accepted, try again later"
    );
}

pub(crate) fn no_rewriting(queue_id: &str, error: &ipc::AskError) {
    maillog::warning!(
        "{queue_id}: problem talking to server {error} -- message not accepted, try again later"
    );
}

pub(crate) fn stripped_comments(start: &[u8]) {
    let start = String::from_utf8_lossy(start);
    maillog::warning!("stripping too many comments from address: {start}...");
}

pub(crate) fn bad_action(text: impl Display) {
    maillog::warning!("{text}");
}

pub(crate) fn malformed_header(text: &[u8]) {
    maillog::warning!("ignoring malformed header: '{}'", Start(text, 100));
}

pub(crate) fn bad_undisclosed_header(text: &str) {
    maillog::warning!(
        "bad undisclosed_recipients_header header text \"{text}\" -- need \"headername: headervalue\""
    );
}

pub(crate) fn bad_charset(charset: &str) {
    maillog::warning!("bad full_name_encoding_charset value: {charset}");
}

pub(crate) fn note_failed(queue_id: &str, what: &str) {
    maillog::warning!("{queue_id}: {what}");
}

pub(crate) fn service_trouble(error: &ipc::AskError) {
    maillog::warning!("problem talking to server {error}");
}

pub(crate) fn client_trouble(queue_id: &str, error: impl Display) {
    maillog::warning!("{queue_id}: reading from client: {error}");
}

pub(crate) fn malformed_question(error: &contract::DecodeError) {
    maillog::warning!("malformed request from client: {error}");
}

pub(crate) fn no_wake_up(error: &ipc::AskError) {
    maillog::warning!("cannot wake up the queue manager: {error}");
}

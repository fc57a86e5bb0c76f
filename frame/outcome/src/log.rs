//! The line that says what became of a recipient, and its companions.

use mail::delays::Spent;
use mail::{AddressForm, Dsn, Recipient};

/// The facts of a fate's line.
pub(crate) struct Fate<'a> {
    pub(crate) queue_id: &'a str,
    pub(crate) recipient: &'a Recipient,
    pub(crate) relay: &'a str,
    pub(crate) dsn: &'a Dsn,
    pub(crate) status: &'a str,
    pub(crate) earlier_uses: u32,
}

impl Fate<'_> {
    /// `ID: to=<…>, [orig_to=<…>, ]relay=…, [conn_use=…, ]delay=…, delays=…, dsn=…, status=… (…)`
    pub(crate) fn write(&self, spent: &Spent, form: AddressForm) {
        let Self {
            queue_id,
            recipient,
            relay,
            dsn,
            status,
            earlier_uses,
        } = self;
        // The counter follows the relay, from the second use of a connection on.
        let relay = match earlier_uses {
            0 => std::borrow::Cow::Borrowed(*relay),
            uses => std::borrow::Cow::Owned(format!("{relay}, conn_use={}", uses + 1)),
        };
        let to = form.show(&recipient.address);
        let (code, reason) = (dsn.status, &dsn.reason);
        match recipient.original_if_other() {
            Some(original) => maillog::info!(
                "{queue_id}: to=<{to}>, orig_to=<{}>, relay={relay}, {spent}, dsn={code}, status={status} ({reason})",
                form.show(original)
            ),
            None => {
                maillog::info!(
                    "{queue_id}: to=<{to}>, relay={relay}, {spent}, dsn={code}, status={status} ({reason})"
                );
            }
        }
    }
}

pub(crate) fn service_trouble(error: &ipc::AskError) {
    maillog::warning!("problem talking to server {error}");
}

pub(crate) fn bad_filter_result(filter: &str, wrong: &str, text: &str) {
    maillog::warning!("{filter}: {wrong}: {text}");
}

pub(crate) fn no_defer_note(queue_id: &str) {
    maillog::warning!("{queue_id}: defer service failure");
}

pub(crate) fn no_trace_note(queue_id: &str) {
    maillog::warning!("{queue_id}: trace service failure");
}

/// Mail waits for a site that has a log because of a default of an earlier release.
pub(crate) fn former_flush_domain(site: &str) {
    maillog::info!(
        "using backwards-compatible default setting relay_domains=$mydestination to update fast-flush logfile for domain \"{site}\""
    );
}

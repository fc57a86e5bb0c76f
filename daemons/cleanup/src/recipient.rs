//! Sender and recipients of the envelope: completion, mapping, aliases, duplicates, automatic copies.

use std::collections::HashSet;

use contract::cleanup::{flag, status};
use contract::{bounce, verify};
use lookup::{Maps, Strategy};
use mail::{Action, Dsn, EnhancedStatus, Notify, Recipient, unquote};
use record::attribute::{DSN_ORIG_RCPT, NOTIFY_FLAGS, trace};
use record::{Kind, SendOptions};

use crate::log;
use crate::message::Message;
use crate::settings::Class;
use crate::{Cleanup, canonical, message::NextRecipient};

/// The sender of notices, as it is known outside.
const MAILER_DAEMON: &str = "MAILER-DAEMON";
/// Why a recipient's aliases could not be found out.
const ALIAS_TROUBLE: &str = "4.6.0 Alias expansion error";

impl Message<'_> {
    pub(crate) async fn take_sender(&mut self, address: &str) {
        let mut sender = self.complete(address).await;
        if is_daemon(&sender) {
            // Notices sent with the daemon's name are notices all the same.
            let daemon = self.complete(MAILER_DAEMON).await;
            if sender.eq_ignore_ascii_case(&daemon) {
                sender.clear();
            }
        }
        if self.has_flag(flag::MAP) {
            sender = self.map_internal(sender, Class::EnvelopeSender).await;
        }
        if self.service.settings.smtputf8_enable && !sender.is_ascii() {
            self.note_utf8(SendOptions::SENDER_UTF8);
        }
        self.put(Kind::SENDER, sender.as_bytes());
        self.envelope.sender = Some(sender.clone());
        if !sender.is_empty() {
            self.copy_by_table(&self.service.tables.sender_bcc, &sender).await;
        }
    }

    pub(crate) async fn take_recipient(&mut self, address: &str) {
        let next = std::mem::take(&mut self.envelope.next);
        let NextRecipient {
            original,
            orcpt,
            notify,
        } = next;
        let original = original.unwrap_or_else(|| address.to_owned());
        let given = if address.is_empty() {
            &self.service.settings.empty_address_recipient
        } else {
            address
        };
        let recipient = self.rewrite_envelope(given, Class::EnvelopeRecipient).await;
        if self.service.settings.smtputf8_enable && !recipient.is_ascii() {
            self.note_utf8(0);
        }
        let orcpt = orcpt.unwrap_or_else(|| self.own_orcpt(&recipient));
        self.add_recipient(&orcpt, notify, &original, &recipient).await;
        if !recipient.is_empty() {
            self.copy_by_table(&self.service.tables.recipient_bcc, &recipient)
                .await;
        }
        self.envelope.recipient = Some(recipient);
    }

    /// What is recorded for a recipient whose sender gave no ORCPT.
    fn own_orcpt(&self, recipient: &str) -> String {
        let is_utf8 = !recipient.is_ascii() && self.size.options.has(SendOptions::SMTPUTF8_REQUESTED);
        match recipient {
            "" => String::new(),
            _ if is_utf8 => format!("utf-8;{recipient}"),
            _ => format!("rfc822;{recipient}"),
        }
    }

    /// Adds a recipient that the configuration wants: its failures are nobody's business.
    pub(crate) async fn add_copy(&mut self, address: &str) {
        let recipient = self.rewrite_envelope(address, Class::EnvelopeRecipient).await;
        if self.service.settings.smtputf8_enable && !recipient.is_ascii() {
            self.note_utf8(0);
        }
        self.add_recipient("", Notify::NEVER, &recipient, &recipient)
            .await;
    }

    async fn copy_by_table(&mut self, maps: &Maps, address: &str) {
        if !self.has_flag(flag::BCC) || maps.is_empty() {
            return;
        }
        match self
            .service
            .tables
            .rules
            .find(maps, address, Strategy::DEFAULT)
            .await
        {
            Ok(None) => {}
            Ok(Some(found)) => self.add_copy(&unquote(&found.value)).await,
            Err(_) => {
                log::table_trouble(self.id(), maps.title());
                self.fault(status::WRITE);
            }
        }
    }

    /// Expands aliases, and writes each recipient that is new.
    async fn add_recipient(&mut self, orcpt: &str, mut notify: Notify, original: &str, address: &str) {
        let aliases = &self.service.tables.virtual_aliases;
        if !self.has_flag(flag::MAP) || aliases.is_empty() {
            return self.put_recipient(orcpt, notify, original, address);
        }
        let recipients = self.expand(aliases, address).await;
        let about = || Recipient {
            address: address.to_owned(),
            original: original.to_owned(),
            orcpt: orcpt.to_owned(),
            notify,
            offset: 0,
        };
        if recipients.len() > 1 && self.envelope.trace_flags & trace::PROBE != 0 {
            return self.report_probe(about()).await;
        }
        let is_expanded = recipients.len() > 1 || recipients.first().is_none_or(|first| first != address);
        if notify.contains(Notify::SUCCESS) && is_expanded {
            // RFC 3461 §5.2.7.3: the expansion is a success of its own; its members report failures only.
            let about = about();
            self.report_expansion(about).await;
            notify = notify.without(Notify::SUCCESS);
            if notify.is_empty() {
                notify = Notify::NEVER;
            }
        }
        for recipient in &recipients {
            self.put_recipient(orcpt, notify, original, recipient);
        }
    }

    fn put_recipient(&mut self, orcpt: &str, notify: Notify, original: &str, address: &str) {
        let is_repeated = if self.service.settings.enable_original_recipient {
            let key = format!("{orcpt}\n{}\n{original}\n{address}", notify.bits());
            self.duplicates.is_repeated(&key)
        } else {
            self.duplicates.is_repeated(address)
        };
        if is_repeated {
            return;
        }
        if !notify.is_empty() {
            self.put_attribute(NOTIFY_FLAGS, notify.bits().to_string().as_bytes());
        }
        if !orcpt.is_empty() {
            self.put_attribute(DSN_ORIG_RCPT, orcpt.as_bytes());
        }
        self.put(Kind::ORIGINAL_RECIPIENT, original.as_bytes());
        self.put(Kind::RECIPIENT, address.as_bytes());
        self.size.recipient_count += 1;
    }

    /// The addresses that an address stands for in `virtual_alias_maps`, by repeated lookup. After a fault, itself.
    async fn expand(&mut self, maps: &Maps, address: &str) -> Vec<String> {
        let (id, title) = (self.id(), maps.title());
        let fault = match expansion(self.service, maps, address).await {
            Ok(found) => return found,
            Err(ExpansionTrouble::TooMany) => {
                log::large_expansion(id, title, address);
                status::DEFER
            }
            Err(ExpansionTrouble::Endless) => {
                log::deep_nesting(id, title, address);
                status::DEFER
            }
            Err(ExpansionTrouble::TooLong(result)) => {
                log::long_result(id, title, &result);
                status::DEFER
            }
            Err(ExpansionTrouble::Unknown) => {
                log::table_trouble_for(id, title, address);
                status::WRITE
            }
        };
        self.give_up_expansion(fault, address)
    }

    fn give_up_expansion(&mut self, status: u32, address: &str) -> Vec<String> {
        self.fault(status);
        ALIAS_TROUBLE.clone_into(&mut self.reason);
        vec![address.to_owned()]
    }

    /// An alias for several recipients is deliverable; probes do not go on from there.
    async fn report_probe(&mut self, recipient: Recipient) {
        let address = recipient
            .original_if_other()
            .unwrap_or(&recipient.address)
            .to_owned();
        let reason = "2.0.0 aliased to multiple recipients".to_owned();
        let update = verify::Update {
            address,
            state: verify::state::OK,
            reason,
        };
        if !is_done(self.service.reporter.verify.ask(&update).await) {
            log::note_failed(self.id(), "verify service update error");
            self.fault(status::WRITE);
        }
    }

    async fn report_expansion(&mut self, recipient: Recipient) {
        let dsn = Dsn::new(EnhancedStatus::new(2, 0, 0), Action::Expanded, "alias expanded");
        let note = bounce::Append {
            queue_id: self.id().to_owned(),
            recipient,
            relay: "none".to_owned(),
            time: i64::try_from(stream::time_of_day().as_secs()).unwrap_or(i64::MAX),
            dsn,
        };
        self.is_traced = true;
        if !is_done(self.service.reporter.trace.ask(&note).await) {
            log::note_failed(self.id(), "trace logfile update error");
            self.fault(status::WRITE);
        }
    }
}

/// Why aliases could not be found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ExpansionTrouble {
    /// More addresses than `virtual_alias_expansion_limit`.
    TooMany,
    /// More rounds than `virtual_alias_recursion_limit`.
    Endless,
    /// A result longer than `virtual_alias_address_length_limit`.
    TooLong(String),
    /// A table could not tell.
    Unknown,
}

/// The addresses that an address stands for in a table of aliases, by repeated lookup; all in internal form.
pub(crate) async fn expansion(
    service: &Cleanup,
    maps: &Maps,
    address: &str,
) -> Result<Vec<String>, ExpansionTrouble> {
    let settings = &service.settings;
    let mut found = vec![address.to_owned()];
    let mut stays = HashSet::new();
    let mut index = 0;
    while index < found.len() {
        if found.len() > settings.virtual_alias_expansion_limit {
            return Err(ExpansionTrouble::TooMany);
        }
        let mut rounds = 0;
        while let Some(current) = found
            .get(index)
            .map(|current| current.to_lowercase())
            .filter(|current| !stays.contains(current))
        {
            if rounds >= settings.virtual_alias_recursion_limit {
                return Err(ExpansionTrouble::Endless);
            }
            rounds += 1;
            let Some(results) = look_up_alias(service, maps, &found, index).await? else {
                break;
            };
            let limit = settings.virtual_alias_address_length_limit;
            if let Some(long) = results.iter().find(|result| result.len() > limit) {
                return Err(ExpansionTrouble::TooLong(long.clone()));
            }
            if results.iter().any(|result| result.to_lowercase() == current) {
                stays.insert(current);
            }
            let mut results = results.into_iter();
            if let (Some(slot), Some(first)) = (found.get_mut(index), results.next()) {
                *slot = first;
            }
            found.extend(results);
        }
        index += 1;
    }
    Ok(found)
}

/// The results for one address, in internal form.
async fn look_up_alias(
    service: &Cleanup,
    maps: &Maps,
    found: &[String],
    index: usize,
) -> Result<Option<Vec<String>>, ExpansionTrouble> {
    let Some(address) = found.get(index) else {
        return Ok(None);
    };
    let propagate = service.tables.propagates_virtual;
    // One more than may be, which is refused.
    let most = service.settings.virtual_alias_expansion_limit.saturating_add(1);
    let results = canonical::map(service, maps, address, propagate, most)
        .await
        .map_err(|_| ExpansionTrouble::Unknown)?;
    let internal = |result: &String| unquote(result).into_owned();
    Ok(results.map(|results| results.iter().map(internal).collect()))
}

fn is_daemon(address: &str) -> bool {
    let local = address.split_once('@').map(|(local, _)| local);
    local.is_some_and(|local| local.eq_ignore_ascii_case(MAILER_DAEMON))
}

/// Whether a service did what it was asked; trouble with it is logged.
pub(crate) fn is_done(answer: Result<contract::attribute::Done, ipc::AskError>) -> bool {
    match answer {
        Ok(done) => done.is_yes(),
        Err(error) => {
            log::service_trouble(&error);
            false
        }
    }
}

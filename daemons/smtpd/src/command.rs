//! The commands of a session, but for content and proxies: HELO, MAIL, RCPT, and the small ones.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use contract::flush;
use esmtp::command::{Mail, Rcpt};
use esmtp::extension::{Announcement, Keywords};
use esmtp::server::{Pending, PendingRecipient};
use record::ArrivalTime;

use crate::filing::{Accepted, Envelope};
use crate::log;
use crate::rehearsal;
use crate::reply;
use crate::restriction::{Judge, Permit, Refusal};
use crate::server::RewriteClient;
use crate::session::{End, Right, Session, Worked};
use crate::state::Trouble;

/// Recipients that are looked ahead for.
const RECIPIENTS_AHEAD: usize = 100;

impl Session<'_> {
    /// Accepts a command that needs no judgement.
    pub(crate) async fn say(&mut self, text: &str, pending: Pending) -> Worked {
        self.dialogue.accept(pending);
        self.reply(text).await?;
        Ok(true)
    }

    /// HELO or EHLO.
    pub(crate) async fn hello(&mut self, name: &str, extended: bool, pending: Pending) -> Worked {
        if !self.server.settings.delay_reject {
            let before = self.state.helo.replace(name.to_owned());
            let judged = Judge::new(self.server, &mut self.state).helo().await;
            self.state.helo = before;
            if let Err(refusal) = judged {
                self.dialogue.refuse(pending);
                return self.refuse(refusal).await;
            }
        }
        if extended && self.discard_unknown {
            log::keywords_unknown(&self.state.client.shown);
            self.dialogue.refuse(pending);
            return Err(End::LocalData);
        }
        self.dialogue.accept(pending);
        self.reset_history(self.server.settings.history_flush_threshold)
            .await;
        self.reset_transaction();
        self.state.helo = Some(esmtp::proxied::harmless(name));
        self.state.extended |= extended;
        if !extended {
            let text = format!("250 {}", self.server.settings.myhostname);
            self.reply(&text).await?;
            return Ok(true);
        }
        let text = self.announcement()?;
        self.reply(&text).await?;
        Ok(true)
    }

    fn announcement(&self) -> Result<String, End> {
        let settings = &self.server.settings;
        if !self.discard.is_empty() && !self.discard.has(Keywords::SILENT) {
            log::discarding_keywords(self.discard);
        }
        for (right, keyword, bit) in [
            (self.may_verp, "XVERP", Keywords::XVERP),
            (self.may_xclient, "XCLIENT", Keywords::XCLIENT),
            (self.may_xforward, "XFORWARD", Keywords::XFORWARD),
        ] {
            if right == Right::Unknown && !self.discard.has(bit) {
                log::right_unknown(keyword, &self.state.client.shown);
                return Err(End::LocalData);
            }
        }
        let lines = Announcement {
            hostname: &settings.myhostname,
            size: (settings.message_size_limit > 0).then_some(settings.message_size_limit),
            vrfy: !settings.disable_vrfy,
            xverp: self.may_verp == Right::Given,
            xclient: self.may_xclient == Right::Given,
            xforward: self.may_xforward == Right::Given,
            smtputf8: settings.smtputf8,
            discard: self.discard,
            ..Announcement::default()
        }
        .lines();
        let lines: Vec<String> = lines.into_iter().map(|line| format!("250 {line}")).collect();
        Ok(lines.join("\r\n"))
    }

    /// Tells the client of a refusal.
    pub(crate) async fn refuse(&mut self, refusal: Refusal) -> Worked {
        let text = self.refusal(refusal)?;
        self.reply(&text).await?;
        Ok(false)
    }

    /// Refuses with a text of our own, which restrictions have not logged.
    async fn decline(&mut self, text: &str, trouble: Trouble) -> Worked {
        self.state.trouble |= trouble;
        self.reply(text).await?;
        Ok(false)
    }

    pub(crate) async fn mail(&mut self, mail: Mail<'_>, pending: Pending) -> Worked {
        match self.judge_mail(mail).await? {
            Ok(()) => {
                self.dialogue.accept(pending);
                self.mail_command.clone_from(&self.command);
                if !self.server.settings.delay_open && !self.open_message().await? {
                    self.dialogue
                        .restart(self.state.helo.is_some(), self.state.extended);
                    self.reset_transaction();
                    return Ok(false);
                }
                self.reply(reply::SENDER_OK).await?;
                Ok(true)
            }
            Err((text, trouble)) => {
                self.dialogue.refuse(pending);
                let declared = self.state.declared_size;
                self.reset_transaction();
                self.state.declared_size = declared;
                self.decline(&text, trouble).await
            }
        }
    }

    /// Judges MAIL FROM and fills the state. The inner error is a refusal's text and kind.
    async fn judge_mail(&mut self, mail: Mail<'_>) -> Result<Result<(), (String, Trouble)>, End> {
        let server = self.server;
        let settings = &server.settings;
        let refused = |text: String, trouble| Ok(Err((text, trouble)));
        if let Some(text) = self.count_message().await {
            return refused(text, Trouble::POLICY);
        }
        let mut sender = mail.sender.address.into_owned();
        if !server.is_deliverable_form("", &sender, mail.smtputf8).await {
            log::illegal_address(&self.state.client.shown, "MAIL", mail.sender.word);
            return refused(reply::BAD_SENDER.into(), Trouble::PROTOCOL);
        }
        // `<>` says that the sender is not known to have authenticated (RFC 4954 §5).
        self.state.auth_sender = mail.auth.filter(|sender| *sender != "<>").map(str::to_owned);
        self.state.smtputf8 = mail.smtputf8;
        // A size that was too large stays so until RSET: a MAIL without SIZE after it is refused too.
        if let Some(size) = mail.size {
            self.state.declared_size = size;
        }
        self.state.sender = Some(sender.clone());
        let size = self.state.declared_size;
        if let Err(refusal) = Judge::new(server, &mut self.state).size(size) {
            return refused(self.refusal(refusal)?, Trouble::NONE);
        }
        if let Some(ours) = server.own_probe_sender(&sender) {
            sender = ours;
            self.state.sender = Some(sender.clone());
        }
        if !settings.delay_reject
            && let Err(refusal) = Judge::new(server, &mut self.state).sender().await
        {
            return refused(self.refusal(refusal)?, Trouble::NONE);
        }
        if let Err((text, trouble)) = self.choose_rewriting().await {
            return refused(text.into(), trouble);
        }
        if settings.strict_smtputf8 && !mail.smtputf8 && !sender.is_ascii() {
            return refused(reply::DECLARE_SMTPUTF8.into(), Trouble::NONE);
        }
        self.tell_former_smtputf8("sender", &sender);
        if let Some(refusal) = self.check_space() {
            return refused(self.refusal(refusal)?, Trouble::NONE);
        }
        let arrival = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let sequence = server.memory.sequence.get();
        server.memory.sequence.set(sequence.wrapping_add(1));
        let (seconds, microseconds) = (arrival.as_secs(), arrival.subsec_micros());
        self.state.instance = format!("{:x}.{seconds:x}.{microseconds:x}.{sequence:x}", server.process);
        self.envelope = Envelope {
            body: mail.body,
            ret: mail.ret,
            envid: mail.envid,
            verp: mail.verp.map(str::to_owned),
            arrival: ArrivalTime {
                seconds: i64::try_from(seconds).unwrap_or(0),
                microseconds,
            },
        };
        Ok(Ok(()))
    }

    /// Counts a message of this client; the refusal when there were too many.
    async fn count_message(&self) -> Option<String> {
        let limit = self.server.settings.message_rate_limit;
        if limit == 0 {
            return None;
        }
        let (counter, ident) = self.counted()?;
        let rate = counter.message(&ident).await.filter(|rate| *rate > limit)?;
        let client = &self.state.client;
        log::limit_exceeded(
            "Message delivery request rate",
            rate,
            &client.shown,
            &self.server.service,
        );
        Some(reply::too_much_mail(&client.address))
    }

    /// Counts a recipient of this client; the refusal when there were too many.
    async fn count_recipient(&self) -> Option<String> {
        let limit = self.server.settings.recipient_rate_limit;
        if limit == 0 {
            return None;
        }
        let (counter, ident) = self.counted()?;
        let rate = counter.recipient(&ident).await.filter(|rate| *rate > limit)?;
        let client = &self.state.client;
        log::limit_exceeded(
            "Recipient address rate",
            rate,
            &client.shown,
            &self.server.service,
        );
        Some(reply::too_many_recipients_from(&client.address))
    }

    /// Whether headers of this client's messages are completed with our own domain (`local_header_rewrite_clients`).
    async fn choose_rewriting(&mut self) -> Result<(), (&'static str, Trouble)> {
        let server = self.server;
        self.state.local_rewrite = false;
        for item in &server.rewrite_clients {
            let matches = match item {
                RewriteClient::InetInterfaces => Ok(server.is_own_client(&self.state)),
                RewriteClient::Mynetworks => server.in_mynetworks(&self.state.client).await,
                RewriteClient::SaslAuthenticated => Ok(self.state.login.is_some()),
                RewriteClient::TlsClientcerts => Ok(false),
                RewriteClient::Table(maps) => maps
                    .get(&self.state.client.address)
                    .await
                    .map(|found| found.is_some()),
                RewriteClient::Invalid(name) => {
                    log::bad_local_rewrite(name);
                    Ok(false)
                }
            };
            match matches {
                Ok(true) => {
                    self.state.local_rewrite = true;
                    return Ok(());
                }
                Ok(false) => {}
                Err(error) => {
                    let (text, trouble) = if error.is_configuration() {
                        (reply::CONFIGURATION_ERROR, Trouble::SOFTWARE)
                    } else {
                        (reply::TEMPORARY_LOOKUP_ERROR, Trouble::RESOURCE)
                    };
                    log::request(&self.state, "reject", text, server.address_form);
                    return Err((text, trouble));
                }
            }
        }
        Ok(())
    }

    /// Refuses mail while the queue's file system is nearly full. What cannot be told is not held against the client.
    fn check_space(&mut self) -> Option<Refusal> {
        if self.server.stands_alone() {
            // postdrop will see.
            return None;
        }
        let settings = &self.server.settings;
        let free = self.server.free_space()?;
        let needed = u128::from(settings.message_size_limit) * 3;
        if free > settings.queue_minfree && u128::from(free) * 2 > needed {
            return None;
        }
        let refusal = Judge::new(self.server, &mut self.state).no_space();
        log::little_space(free);
        Some(refusal)
    }

    pub(crate) async fn rcpt(&mut self, rcpt: Rcpt<'_>, pending: PendingRecipient) -> Worked {
        let (address, permit) = match self.judge_rcpt(&rcpt).await {
            Ok(Ok(permitted)) => permitted,
            Ok(Err(worked)) => {
                self.dialogue.refuse_recipient(pending);
                return Ok(worked);
            }
            Err(end) => {
                self.dialogue.refuse_recipient(pending);
                return Err(end);
            }
        };
        if !self.open_message().await? || !self.pass_recipient().await? {
            self.dialogue.refuse_recipient(pending);
            return Ok(false);
        }
        self.dialogue.accept_recipient(pending, permit);
        self.state.recipients += 1;
        let made_up;
        let orcpt = match &rcpt.orcpt {
            Some(orcpt) => orcpt,
            None => {
                made_up = format!("rfc822;{}", rcpt.recipient.external.trim_end());
                &made_up
            }
        };
        self.file_recipient(&Accepted {
            address: &address,
            orcpt,
            notify: rcpt.notify,
        });
        if let Some(trace) = &self.server.trace {
            rehearsal::follow(self.server, trace, &self.state, &address).await;
        }
        self.state.recipient.get_or_insert(address);
        self.reply(reply::RECIPIENT_OK).await?;
        Ok(true)
    }

    /// Takes note of the recipients that the client has sent behind `recipient` already, so that their routes are asked for
    /// together. Only plain addresses count: the others are rare, and need reading.
    fn look_ahead(&mut self, recipient: &str) {
        let ahead = &mut self.state.ahead;
        if ahead.front().is_some_and(|next| next == recipient) {
            ahead.pop_front();
        } else {
            ahead.clear();
        }
        if ahead.is_empty() {
            let complete = self.stream.buffered().split_inclusive(|&octet| octet == b'\n');
            ahead.extend(
                complete
                    .map_while(plain_recipient)
                    .take(RECIPIENTS_AHEAD)
                    .map(str::to_owned),
            );
        }
    }

    /// Judges RCPT TO. The inner error says that the client was refused, and whether that counts as its mistake.
    async fn judge_rcpt(&mut self, rcpt: &Rcpt<'_>) -> Result<Result<(String, Permit), bool>, End> {
        let server = self.server;
        let settings = &server.settings;
        self.look_ahead(rcpt.recipient.address.as_ref());
        if let Some(text) = self.count_recipient().await {
            return Ok(Err(self.decline(&text, Trouble::POLICY).await?));
        }
        let recipient = rcpt.recipient.address.as_ref();
        let sender = self.state.sender.clone().unwrap_or_default();
        if !server
            .is_deliverable_form(&sender, recipient, self.state.smtputf8)
            .await
        {
            log::illegal_address(&self.state.client.shown, "RCPT", rcpt.recipient.word);
            return Ok(Err(self.decline(reply::BAD_RECIPIENT, Trouble::PROTOCOL).await?));
        }
        if self.state.recipients >= settings.recipient_limit {
            self.reply(reply::TOO_MANY_RECIPIENTS).await?;
            // Many clients know no better than to go on; that alone is no mistake.
            let borne = self.overshoot < settings.recipient_overshoot_limit;
            self.overshoot = self.overshoot.saturating_add(1);
            if !borne {
                self.state.trouble |= Trouble::POLICY;
            }
            return Ok(Err(borne));
        }
        if settings.strict_smtputf8 && !self.state.smtputf8 && !recipient.is_ascii() {
            return Ok(Err(self.decline(reply::DECLARE_SMTPUTF8, Trouble::NONE).await?));
        }
        self.tell_former_smtputf8("recipient", recipient);
        let mut judge = Judge::new(server, &mut self.state);
        if let Some(permitted) = judge.probe_sender(recipient) {
            return Ok(Ok(permitted));
        }
        match judge.recipient(recipient).await {
            Ok(permit) => Ok(Ok((recipient.to_owned(), permit))),
            Err(refusal) => Ok(Err(self.refuse(refusal).await?)),
        }
    }

    /// Says that an address beyond ASCII is taken as an earlier release took it.
    fn tell_former_smtputf8(&self, party: &str, address: &str) {
        if self.server.former.smtputf8 && !self.state.smtputf8 && !address.is_ascii() {
            log::former_smtputf8(party, address, &self.state.client.shown);
        }
    }

    pub(crate) async fn rset(&mut self, pending: Pending) -> Worked {
        self.dialogue.accept(pending);
        self.reset_history(self.server.settings.history_flush_threshold)
            .await;
        self.reset_transaction();
        self.reply(reply::OK).await?;
        Ok(true)
    }

    pub(crate) async fn vrfy(
        &mut self,
        text: &str,
        address: &str,
        smtputf8: bool,
        pending: Pending,
    ) -> Worked {
        let judged = self.judge_vrfy(text, address, smtputf8).await;
        self.dialogue.accept(pending);
        match judged? {
            None => {
                self.reply(&format!("252 2.0.0 {text}")).await?;
                Ok(true)
            }
            Some((text, trouble)) => self.decline(&text, trouble).await,
        }
    }

    async fn judge_vrfy(
        &mut self,
        text: &str,
        address: &str,
        smtputf8: bool,
    ) -> Result<Option<(String, Trouble)>, End> {
        let server = self.server;
        if let Some(text) = self.count_recipient().await {
            return Ok(Some((text, Trouble::POLICY)));
        }
        if !server.is_deliverable_form("", address, smtputf8).await {
            log::illegal_address(&self.state.client.shown, "VRFY", text);
            return Ok(Some((reply::BAD_RECIPIENT.into(), Trouble::PROTOCOL)));
        }
        if server.settings.strict_smtputf8 && !smtputf8 && !address.is_ascii() {
            return Ok(Some((reply::DECLARE_SMTPUTF8.into(), Trouble::NONE)));
        }
        let before = self.state.smtputf8;
        self.state.smtputf8 |= smtputf8;
        let judged = Judge::new(server, &mut self.state).recipient(address).await;
        self.state.smtputf8 = before;
        match judged {
            Ok(_) => Ok(None),
            Err(refusal) => Ok(Some((self.refusal(refusal)?, Trouble::NONE))),
        }
    }

    pub(crate) async fn etrn(&mut self, domain: &str, pending: Pending) -> Worked {
        self.dialogue.accept(pending);
        if self.server.stands_alone() {
            log::etrn_alone();
            self.reply(reply::CANNOT_QUEUE).await?;
            return Ok(false);
        }
        if let Err(refusal) = Judge::new(self.server, &mut self.state).etrn(domain).await {
            return self.refuse(refusal).await;
        }
        let asked = self
            .server
            .flush
            .ask(&flush::Send {
                site: domain.to_owned(),
            })
            .await;
        let status = asked.map_or(flush::status::FAIL, |done| done.status);
        match status {
            flush::status::OK => {
                if self.server.former.flush_domains {
                    log::former_flush_domain(domain);
                }
                self.reply(reply::QUEUING_STARTED).await?;
                return Ok(true);
            }
            flush::status::UNKNOWN | flush::status::DENIED => {
                log::etrn_denied(domain, &self.state.client.shown);
                self.reply(&reply::etrn_denied(domain)).await?;
                return Ok(false);
            }
            flush::status::BAD => log::etrn_bad(domain, &self.state.client.shown),
            _ => log::flush_unreachable(),
        }
        self.reply(reply::CANNOT_QUEUE).await?;
        Ok(false)
    }

    /// Moves a deadline on by what was earned, but never beyond the time for a whole request.
    pub(crate) fn extend_deadline(&mut self, earned: Duration) {
        let latest = stream::now() + self.server.settings.timeout;
        let next = self
            .deadline
            .map_or(latest, |deadline| (deadline + earned).min(latest));
        self.set_deadline(Some(next));
    }
}

/// The address of a RCPT TO line that is complete and plain: without quotes, route or the like.
fn plain_recipient(line: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(line).ok()?;
    let (verb, rest) = line.split_at_checked("RCPT TO:<".len())?;
    let (address, _) = rest.split_once('>')?;
    let is_plain = !address.is_empty() && line.ends_with('\n') && mail::address::is_standard_form(address);
    (is_plain && verb.eq_ignore_ascii_case("RCPT TO:<")).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::plain_recipient;

    #[test]
    fn only_complete_plain_recipients_are_looked_ahead_for() {
        assert_eq!(plain_recipient(b"RCPT TO:<a@b.example>\r\n"), Some("a@b.example"));
        assert_eq!(
            plain_recipient(b"rcpt to:<a@b.example> NOTIFY=NEVER\r\n"),
            Some("a@b.example")
        );
        for other in [
            &b"RCPT TO:<a@b.example>"[..],
            b"RCPT TO: <a@b.example>\r\n",
            b"RCPT TO:<\"a\"@b.example>\r\n",
            b"RCPT TO:<@c:a@b.example>\r\n",
            b"RCPT TO:<>\r\n",
            b"RCPT TO:<a@b.example\r\n",
            b"DATA\r\n",
            b"RCPT TO:<\xff@b.example>\r\n",
        ] {
            assert_eq!(plain_recipient(other), None, "{other:?}");
        }
    }
}

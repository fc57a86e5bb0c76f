//! The evaluation loop, and what every restriction does when it refuses.

use std::fmt;

use lookup::LookupError;
use mail::EnhancedStatus;

use super::grammar::{Evidence, Item, List, Party, Rule};
use super::verdict::{Class, Verdict};
use crate::log;
use crate::server::Server;
use crate::state::{Deferral, State, Trouble};

/// Judges one request: the server's rules, and all that is known of the client.
pub(crate) struct Judge<'a> {
    pub(super) server: &'a Server,
    pub(super) state: &'a mut State,
    pub(super) defer_if_reject: Option<Deferral>,
    /// The depth of the list in which `warn_if_reject` stood, or 0.
    pub(super) warn_depth: u32,
    depth: u32,
    /// The default action of a policy server is being carried out.
    pub(super) in_policy_default: bool,
}

/// What is being judged: the name and class in replies, and what a bare table stands for.
#[derive(Clone, Copy)]
pub(super) struct Subject<'n> {
    pub(super) name: &'n str,
    pub(super) class: Class,
    pub(super) bare: Option<Evidence>,
}

/// Lists within lists within lists. Each goes on the stack; a list that names itself must not come to its end.
///
/// Difference: Postfix allows a hundred.
const DEPTH_LIMIT: u32 = 25;

impl<'a> Judge<'a> {
    pub(crate) fn new(server: &'a Server, state: &'a mut State) -> Self {
        Self {
            server,
            state,
            defer_if_reject: None,
            warn_depth: 0,
            depth: 0,
            in_policy_default: false,
        }
    }

    /// Begins a new list at the top.
    pub(super) fn reset(&mut self) {
        self.depth = 0;
        self.warn_depth = 0;
        self.defer_if_reject = None;
    }

    /// Goes through a list.
    pub(super) async fn run(&mut self, list: &List, subject: Subject<'_>) -> Verdict {
        self.depth += 1;
        self.tell_list(list, subject);
        let verdict = self.run_items(&list.0, subject).await;
        self.tell_list_end();
        self.depth -= 1;
        if self.warn_depth >= self.depth {
            self.warn_depth = 0;
        }
        verdict
    }

    async fn run_items(&mut self, items: &[Item], subject: Subject<'_>) -> Verdict {
        for (position, item) in items.iter().enumerate() {
            if self.state.actions.discard {
                break;
            }
            if let Rule::WarnIfReject = item.rule {
                if self.warn_depth == 0 {
                    self.warn_depth = self.depth;
                }
                continue;
            }
            if let Rule::RejectDnsList(..) | Rule::PermitDnsList(..) = item.rule {
                self.ask_lists_ahead(items.get(position..).unwrap_or_default())
                    .await;
            }
            self.tell_restriction(item);
            let verdict = self.one(item, items.get(position + 1), subject).await;
            self.tell_verdict(&verdict);
            if self.warn_depth >= self.depth {
                self.warn_depth = 0;
            }
            if verdict != Verdict::Dunno {
                return verdict;
            }
            if self.state.held.now.is_some() && self.defer_if_reject.is_some() {
                break;
            }
        }
        Verdict::Dunno
    }

    async fn one(&mut self, item: &Item, next: Option<&Item>, subject: Subject<'_>) -> Verdict {
        match &item.rule {
            Rule::Permit | Rule::Reject | Rule::Defer => self.absolute(item, next, subject),
            Rule::DeferIfPermit | Rule::DeferIfReject | Rule::WarnIfReject => self.conditional(item, subject),
            Rule::Sleep(_) if self.is_dry_run() => Verdict::Dunno,
            Rule::Sleep(time) => {
                stream::pause(*time).await;
                Verdict::Dunno
            }
            Rule::RejectUnauthPipelining => self.reject_unauth_pipelining(subject),
            Rule::RejectPlaintextSession => self.reject_plaintext_session(),
            Rule::RejectMultiRecipientBounce => self.reject_multi_recipient_bounce(subject),
            Rule::RejectUnknownClient => self.reject_unknown_client(),
            Rule::RejectUnknownReverseClient => self.reject_unknown_reverse_client(),
            Rule::PermitInetInterfaces => self.permit_inet_interfaces(&item.name),
            Rule::PermitMynetworks => self.permit_mynetworks(&item.name, subject).await,
            Rule::PermitSaslAuthenticated => self.permit_sasl_authenticated(&item.name).await,
            Rule::PermitTlsClientcerts | Rule::CertificateAccess => Verdict::Dunno,
            Rule::Access(evidence, table) => self.access(*evidence, table, subject).await,
            Rule::BareTable(table) => match subject.bare {
                Some(evidence) => self.access(evidence, table, subject).await,
                None => self.bare_table(&item.name, subject.class),
            },
            Rule::ServerAccess(evidence, servers, table) => {
                self.server_access(*evidence, *servers, table, &item.name, subject)
                    .await
            }
            Rule::RejectInvalidHelo => self.reject_invalid_helo(),
            Rule::RejectNonFqdnHelo => self.reject_non_fqdn_helo(),
            Rule::RejectUnknownHelo => self.reject_unknown_helo().await,
            Rule::RejectNonFqdn(party) => self.reject_non_fqdn(*party),
            Rule::RejectUnknownDomain(party) => self.reject_unknown_domain(*party).await,
            Rule::RejectUnlisted(Party::Sender) => self.reject_unlisted_sender().await,
            Rule::RejectUnlisted(Party::Recipient) => self.reject_unlisted_recipient().await,
            Rule::RejectUnverified(party) => self.reject_unverified(*party).await,
            Rule::SenderLogin {
                logged_in,
                not_logged_in,
                unknown_passes,
            } => {
                self.sender_login(&item.name, *logged_in, *not_logged_in, *unknown_passes)
                    .await
            }
            Rule::PermitAuthDestination => self.permit_auth_destination(&item.name).await,
            Rule::RejectUnauthDestination => {
                self.reject_unauth_destination(self.server.settings.relay_domains_code, "5.7.1")
                    .await
            }
            Rule::DeferUnauthDestination => {
                let code = self.server.settings.relay_domains_code.saturating_sub(100);
                self.reject_unauth_destination(code, "4.7.1").await
            }
            Rule::PermitMxBackup => self.permit_mx_backup(&item.name).await,
            Rule::RejectDnsList(listed, list) => self.reject_dns_list(*listed, list).await,
            Rule::PermitDnsList(listed, list) => self.permit_dns_list(*listed, list, &item.name).await,
            Rule::Policy(policy) => self.ask_policy(policy, subject).await,
            Rule::Class => self.restriction_class(&item.name, subject).await,
            Rule::Ignored(text) => {
                log::restriction_trouble(text);
                Verdict::Dunno
            }
            Rule::Broken(texts) => {
                texts.iter().for_each(|text| log::restriction_trouble(text));
                self.configuration_error()
            }
        }
    }

    fn absolute(&mut self, item: &Item, next: Option<&Item>, subject: Subject<'_>) -> Verdict {
        let (name, class) = (subject.name, subject.class);
        let settings = &self.server.settings;
        let (code, defer_code) = (settings.reject_code, settings.defer_code);
        if let Some(next) = next
            && (matches!(item.rule, Rule::Permit) || self.warn_depth == 0)
        {
            log::ignored_restriction(&next.name, &item.name);
        }
        match item.rule {
            Rule::Permit => self.permit(&item.name, class, name),
            Rule::Defer => {
                let text = format_args!("<{name}>: {class} rejected: Try again later");
                self.refuse(Trouble::POLICY, defer_code, "4.3.2", text)
            }
            _ => {
                let text = format_args!("<{name}>: {class} rejected: Access denied");
                self.refuse(Trouble::POLICY, code, "5.7.1", text)
            }
        }
    }

    fn conditional(&mut self, item: &Item, subject: Subject<'_>) -> Verdict {
        let (name, class) = (subject.name, subject.class);
        match item.rule {
            Rule::DeferIfPermit => {
                let text = format_args!("<{name}>: {class} rejected: defer_if_permit requested");
                self.defer_if_permit(true, Trouble::POLICY, 450, "4.7.0", text)
            }
            Rule::DeferIfReject => {
                let text = format_args!("<{name}>: {class} rejected: defer_if_reject requested");
                self.defer_if_reject(Trouble::POLICY, 450, "4.7.0", text)
            }
            _ => Verdict::Dunno,
        }
    }

    async fn restriction_class(&mut self, name: &str, subject: Subject<'_>) -> Verdict {
        let server = self.server;
        match server.lists.classes.get(name) {
            Some(list) if self.depth < DEPTH_LIMIT => Box::pin(self.run(list, subject)).await,
            Some(_) => {
                log::restriction_trouble(&format!("restriction class {name} causes unreasonable recursion"));
                self.configuration_error()
            }
            None => {
                log::restriction_trouble(&format!("unknown smtpd restriction: \"{name}\""));
                self.configuration_error()
            }
        }
    }

    fn bare_table(&mut self, name: &str, class: Class) -> Verdict {
        log::restriction_trouble(&format!(
            "specify one of (check_client_access, check_reverse_client_hostname_access, check_helo_access, \
             check_sender_access, check_recipient_access, check_etrn_access) before {class} restriction \"{name}\""
        ));
        self.configuration_error()
    }

    /// Whether lists are too deep inside each other for another one.
    pub(super) const fn is_too_deep(&self) -> bool {
        self.depth > DEPTH_LIMIT
    }

    /// Permits, and logs that when `smtpd_log_access_permit_actions` names the action.
    pub(super) fn permit(&mut self, action: &str, class: Class, name: &str) -> Verdict {
        self.permit_by(action, class, name, "")
    }

    pub(super) fn permit_by(&mut self, action: &str, class: Class, name: &str, source: &str) -> Verdict {
        if self.state.held.now.is_none() && self.server.logs_permit(action) {
            // Without a source its blank stays, as in Postfix.
            let source = if source.is_empty() { " " } else { source };
            let text = format!("action={action} for {class}={name}{source}");
            self.note("permit", &text);
        }
        Verdict::Permit
    }

    /// Logs something about the request.
    pub(super) fn note(&self, verb: &str, text: &str) {
        log::request(self.state, verb, text, self.server.address_form);
    }

    /// Refuses, unless a warning is all that is wanted.
    pub(super) fn refuse(
        &mut self,
        trouble: Trouble,
        code: u16,
        status: &str,
        text: fmt::Arguments<'_>,
    ) -> Verdict {
        // Our own trouble cannot be made a warning: it says nothing about the request.
        let ours = trouble.touches(Trouble::SOFTWARE | Trouble::RESOURCE | Trouble::DATA);
        let warn = self.warn_depth > 0 && !ours;
        self.state.trouble |= trouble;
        let mut reply = compose(code, status, text);
        if !self.server.settings.smtputf8 {
            reply = in_ascii(&reply);
        }
        if !warn
            && reply.starts_with('5')
            && let Some(held) = self.defer_if_reject.take()
        {
            self.warn_depth = 0;
            return self.refuse(
                held.trouble,
                held.code,
                &held.status,
                format_args!("{}", held.text),
            );
        }
        if self.server.settings.soft_bounce && reply.starts_with('5') {
            reply.replace_range(..1, "4");
        }
        // The status must not contradict the code.
        let class = reply.get(..1).unwrap_or("4").to_owned();
        reply.replace_range(4..5, &class);
        self.note(if warn { "reject_warning" } else { "reject" }, &reply);
        if warn {
            Verdict::Dunno
        } else {
            Verdict::Refuse(reply)
        }
    }

    /// Refuses at once under `warn_if_reject` or when `held` is false; otherwise makes a later permit a deferral.
    pub(super) fn defer_if_permit(
        &mut self,
        held: bool,
        trouble: Trouble,
        code: u16,
        status: &str,
        text: fmt::Arguments<'_>,
    ) -> Verdict {
        if self.warn_depth > 0 || !held {
            return self.refuse(trouble, code, status, text);
        }
        self.tell_held("defer_if_permit", text);
        self.state.held.hold(Deferral {
            trouble,
            code,
            status: status.into(),
            text: text.to_string(),
        });
        Verdict::Dunno
    }

    /// Makes a later rejection a deferral.
    pub(super) fn defer_if_reject(
        &mut self,
        trouble: Trouble,
        code: u16,
        status: &str,
        text: fmt::Arguments<'_>,
    ) -> Verdict {
        self.tell_held("defer_if_reject", text);
        self.defer_if_reject.get_or_insert_with(|| Deferral {
            trouble,
            code,
            status: status.into(),
            text: text.to_string(),
        });
        Verdict::Dunno
    }

    pub(super) fn configuration_error(&mut self) -> Verdict {
        self.refuse(
            Trouble::SOFTWARE,
            451,
            "4.3.5",
            format_args!("Server configuration error"),
        )
    }

    pub(super) fn lookup_failure(&mut self, name: &str) -> Verdict {
        self.refuse(
            Trouble::DATA,
            451,
            "4.3.0",
            format_args!("<{name}>: Temporary lookup failure"),
        )
    }

    /// A table could not tell: whether to come back later, or whether somebody must mend it.
    pub(super) fn table_failure(&mut self, error: &LookupError, name: &str) -> Verdict {
        if error.is_configuration() {
            self.configuration_error()
        } else {
            self.lookup_failure(name)
        }
    }
}

/// Octets a reply may have without its line end (RFC 5321 §4.5.3.1.5).
const REPLY_LIMIT: usize = 510;

/// The text with a space for each octet beyond ASCII: nobody is told more who has not agreed to SMTPUTF8.
fn in_ascii(text: &str) -> String {
    let octet = |octet: u8| if octet.is_ascii() { char::from(octet) } else { ' ' };
    text.bytes().map(octet).collect()
}

/// Composes a reply; a code or status that is none gives a plain refusal instead.
fn compose(code: u16, status: &str, text: fmt::Arguments<'_>) -> String {
    let mut reply = format!("{code} {status} {text}");
    if !(400..=599).contains(&code) {
        log::bad_reply_code(&reply);
        reply = "450 4.7.1 Service unavailable".into();
    }
    if EnhancedStatus::from_prefix(reply.get(4..).unwrap_or_default()).is_none() {
        log::bad_reply_status(&reply);
        reply = "450 4.7.1 Service unavailable".into();
    }
    if reply.len() > REPLY_LIMIT {
        let end = (0..=REPLY_LIMIT)
            .rev()
            .find(|&end| reply.is_char_boundary(end))
            .unwrap_or(0);
        reply.truncate(end);
    }
    if reply.chars().any(char::is_control) {
        reply = reply
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
    }
    reply
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_bounded_and_printable() {
        assert_eq!(compose(550, "5.7.1", format_args!("a\nb")), "550 5.7.1 a b");
        assert_eq!(
            compose(250, "5.7.1", format_args!("x")),
            "450 4.7.1 Service unavailable"
        );
        assert_eq!(
            compose(550, "x", format_args!("x")),
            "450 4.7.1 Service unavailable"
        );
        assert_eq!(
            compose(550, "5.7.1", format_args!("{}", "ü".repeat(600))).len(),
            510
        );
    }
}

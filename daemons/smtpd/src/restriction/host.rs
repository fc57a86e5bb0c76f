//! Restrictions on names: the client's, the one in HELO, and the domains of the envelope addresses.

use dns::{Absence, Answer, Mx, NameStatus, RecordType};
use mail::domain;

use super::grammar::Party;
use super::judge::{Judge, Subject};
use super::verdict::{Class, Verdict};
use crate::log;
use crate::state::Trouble;

/// What a DNS search for a mail host came to.
enum Host {
    Known,
    NullMx,
    Absent,
    Malformed,
    CouldNotTell,
}

impl Judge<'_> {
    pub(super) fn reject_unknown_client(&mut self) -> Verdict {
        let client = &self.state.client;
        let code = match client.name_status {
            NameStatus::Found => return Verdict::Dunno,
            NameStatus::CouldNotTell => 450,
            NameStatus::Absent | NameStatus::Forged => self.server.settings.unknown_client_code,
        };
        let text = format!(
            "Client host rejected: cannot find your hostname, [{}]",
            client.address
        );
        self.refuse(Trouble::POLICY, code, "4.7.25", format_args!("{text}"))
    }

    pub(super) fn reject_unknown_reverse_client(&mut self) -> Verdict {
        let client = &self.state.client;
        let code = match client.reverse_status {
            NameStatus::Found => return Verdict::Dunno,
            NameStatus::Absent => self.server.settings.unknown_client_code,
            NameStatus::CouldNotTell | NameStatus::Forged => 450,
        };
        let text = format!(
            "Client host rejected: cannot find your reverse hostname, [{}]",
            client.address
        );
        self.refuse(Trouble::POLICY, code, "4.7.1", format_args!("{text}"))
    }

    pub(super) fn reject_unauth_pipelining(&mut self, subject: Subject<'_>) -> Verdict {
        if !self.state.improper_pipelining {
            return Verdict::Dunno;
        }
        let (name, class) = (subject.name, subject.class);
        let text = format_args!("<{name}>: {class} rejected: Improper use of SMTP command pipelining");
        self.refuse(Trouble::PROTOCOL, 503, "5.5.0", text)
    }

    pub(super) fn reject_plaintext_session(&mut self) -> Verdict {
        let code = self.server.settings.plaintext_code;
        self.refuse(
            Trouble::POLICY,
            code,
            "4.7.1",
            format_args!("Session encryption is required"),
        )
    }

    pub(super) fn reject_multi_recipient_bounce(&mut self, subject: Subject<'_>) -> Verdict {
        let at_recipient = self.state.place.is(esmtp::command::Verb::Rcpt);
        let allowed = u32::from(!at_recipient);
        if self.state.sender.as_deref() != Some("") || self.state.recipients <= allowed {
            return Verdict::Dunno;
        }
        let (name, class) = (subject.name, subject.class);
        let code = self.server.settings.multi_recipient_bounce_code;
        self.refuse(
            Trouble::POLICY,
            code,
            "5.5.3",
            format_args!("<{name}>: {class} rejected: Multi-recipient bounce"),
        )
    }

    pub(super) fn permit_inet_interfaces(&mut self, action: &str) -> Verdict {
        if !self.server.is_own_client(self.state) {
            return Verdict::Dunno;
        }
        let client = self.state.client.shown.clone();
        self.permit(action, Class::Client, &client)
    }

    pub(super) async fn permit_mynetworks(&mut self, action: &str, subject: Subject<'_>) -> Verdict {
        match self.server.in_mynetworks(&self.state.client).await {
            Ok(false) => Verdict::Dunno,
            Ok(true) => {
                let client = self.state.client.shown.clone();
                // This host is in each style's networks.
                if let Some(style) = &self.server.former.networks_style
                    && !self.server.is_own_client(self.state)
                {
                    log::former_networks(style, &client);
                }
                self.permit(action, Class::Client, &client)
            }
            Err(error) => self.table_failure(&error, subject.name),
        }
    }

    pub(super) async fn permit_sasl_authenticated(&mut self, action: &str) -> Verdict {
        if self.state.login.is_none() {
            return Verdict::Dunno;
        }
        let client = self.state.client.shown.clone();
        self.permit(action, Class::Client, &client)
    }

    /// The HELO name, unless it has the form of an address literal; that is judged at once.
    fn helo_name(&mut self) -> Result<String, Verdict> {
        let Some(helo) = self.state.helo.clone() else {
            return Err(Verdict::Dunno);
        };
        if !helo.starts_with('[') {
            return Ok(helo);
        }
        let inside = helo
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .unwrap_or(&helo);
        if domain::parse_mail_address(inside).is_some() {
            return Err(Verdict::Dunno);
        }
        let code = self.server.settings.invalid_hostname_code;
        let text = format_args!("<{helo}>: Helo command rejected: invalid ip address");
        Err(self.refuse(Trouble::POLICY, code, "5.5.2", text))
    }

    pub(super) fn reject_invalid_helo(&mut self) -> Verdict {
        let helo = match self.helo_name() {
            Ok(helo) => helo,
            Err(verdict) => return verdict,
        };
        let name = without_dot(&helo);
        // A bare address is borne for old clients.
        if name.is_ascii() && (domain::is_valid(name) || domain::parse_address(name).is_some()) {
            return Verdict::Dunno;
        }
        let code = self.server.settings.invalid_hostname_code;
        self.refuse(
            Trouble::POLICY,
            code,
            "5.5.2",
            format_args!("<{helo}>: Helo command rejected: Invalid name"),
        )
    }

    pub(super) fn reject_non_fqdn_helo(&mut self) -> Verdict {
        let helo = match self.helo_name() {
            Ok(helo) => helo,
            Err(verdict) => return verdict,
        };
        if self.is_full_name(without_dot(&helo)) {
            return Verdict::Dunno;
        }
        let code = self.server.settings.non_fqdn_code;
        let text = format_args!("<{helo}>: Helo command rejected: need fully-qualified hostname");
        self.refuse(Trouble::POLICY, code, "5.5.2", text)
    }

    pub(super) async fn reject_unknown_helo(&mut self) -> Verdict {
        let helo = match self.helo_name() {
            Ok(helo) => helo,
            Err(verdict) => return verdict,
        };
        let server = self.server;
        let code = server.settings.unknown_hostname_code;
        match server.find_host(&helo).await {
            // Who sends mail need not receive any.
            Host::Known | Host::NullMx => Verdict::Dunno,
            Host::Absent => {
                let text = format_args!("<{helo}>: Helo command rejected: Host not found");
                self.refuse(Trouble::POLICY, code, "4.7.1", text)
            }
            Host::Malformed => {
                let text = format_args!("<{helo}>: Helo command rejected: Malformed DNS server reply");
                self.refuse(Trouble::POLICY, code, "4.7.1", text)
            }
            Host::CouldNotTell => {
                let text = format_args!("<{helo}>: Helo command rejected: Host not found");
                self.defer_if_permit(server.tempfail.helo, Trouble::POLICY, 450, "4.7.1", text)
            }
        }
    }

    /// The address of a party and its class; `None` for the null sender and for whom nothing is known.
    pub(super) fn party(&self, party: Party) -> Option<(String, Class)> {
        let (address, class) = match party {
            Party::Sender => (&self.state.sender, Class::Sender),
            Party::Recipient => (&self.state.recipient, Class::Recipient),
        };
        address
            .clone()
            .filter(|address| !address.is_empty())
            .map(|address| (address, class))
    }

    pub(super) fn reject_non_fqdn(&mut self, party: Party) -> Verdict {
        let Some((address, class)) = self.party(party) else {
            return Verdict::Dunno;
        };
        let name = mail::address::domain(&address).unwrap_or_default();
        if is_literal(name) || self.is_full_name(without_dot(name)) {
            return Verdict::Dunno;
        }
        let code = self.server.settings.non_fqdn_code;
        let text = format_args!("<{address}>: {class} rejected: need fully-qualified address");
        self.refuse(Trouble::POLICY, code, "4.5.2", text)
    }

    fn is_full_name(&self, name: &str) -> bool {
        (self.state.smtputf8 || name.is_ascii()) && name.contains('.') && domain::is_valid(name)
    }

    pub(super) async fn reject_unknown_domain(&mut self, party: Party) -> Verdict {
        let Some((address, class)) = self.party(party) else {
            return Verdict::Dunno;
        };
        let Ok(resolved) = self.resolve(class, &address).await else {
            return self.lookup_failure(&address);
        };
        let Some(name) = mail::address::domain(&resolved.recipient) else {
            return Verdict::Dunno;
        };
        if resolved.flags & crate::server::FINAL != 0 || is_literal(name) {
            return Verdict::Dunno;
        }
        let server = self.server;
        let of_sender = class == Class::Sender;
        let status = if of_sender { "4.1.8" } else { "4.1.2" };
        let code = server.settings.unknown_address_code;
        let (code, status, why) = match server.find_mail_host(name).await {
            Host::Known => return Verdict::Dunno,
            Host::NullMx => {
                let why = format!("Domain {name} does not accept mail (nullMX)");
                if of_sender {
                    (550, "4.7.27", why)
                } else {
                    (556, "4.1.10", why)
                }
            }
            Host::Absent => (code, status, "Domain not found".to_owned()),
            Host::Malformed => (code, status, "Malformed DNS server reply".to_owned()),
            Host::CouldNotTell => {
                let text = format_args!("<{address}>: {class} rejected: Domain not found");
                return self.defer_if_permit(server.tempfail.address, Trouble::POLICY, 450, status, text);
            }
        };
        self.refuse(
            Trouble::POLICY,
            code,
            status,
            format_args!("<{address}>: {class} rejected: {why}"),
        )
    }
}

impl crate::server::Server {
    /// A host by address or mail exchanger, in this order.
    async fn find_host(&self, name: &str) -> Host {
        if !domain::is_valid(name) {
            return Host::Absent;
        }
        let mut worst = Host::Absent;
        for step in 0..3 {
            let found = match step {
                0 => judge_answer(name, &self.resolver.ipv4(name).await),
                1 => judge_answer(name, &self.resolver.ipv6(name).await),
                _ => judge_exchangers(name, &self.resolver.mx(name).await),
            };
            match found {
                Host::Known | Host::NullMx => return found,
                Host::Absent => {}
                worse => worst = worse,
            }
        }
        invalid_is_absent(name, worst)
    }

    /// A host by mail exchanger or address, in this order.
    async fn find_mail_host(&self, name: &str) -> Host {
        let name = domain::to_ascii(name).unwrap_or(std::borrow::Cow::Borrowed(name));
        let mut worst = Host::Absent;
        for step in 0..3 {
            let found = match step {
                0 => judge_exchangers(&name, &self.resolver.mx(&name).await),
                1 => judge_answer(&name, &self.resolver.ipv4(&name).await),
                _ => judge_answer(&name, &self.resolver.ipv6(&name).await),
            };
            match found {
                Host::Known | Host::NullMx => return found,
                Host::Malformed => return invalid_is_absent(&name, Host::Malformed),
                Host::Absent => {}
                Host::CouldNotTell => worst = Host::CouldNotTell,
            }
        }
        worst
    }
}

/// A name that cannot be asked for has no host; only an answer can be malformed.
fn invalid_is_absent(name: &str, host: Host) -> Host {
    if matches!(host, Host::Malformed) && !domain::is_valid(name) {
        Host::Absent
    } else {
        host
    }
}

fn judge_exchangers(name: &str, answer: &Answer<Mx>) -> Host {
    if let Answer::Found(found) = answer {
        for exchanger in &found.records {
            if domain::parse_address(&exchanger.host).is_some() {
                log::numeric_exchanger(name, &exchanger.host);
            }
        }
    }
    judge_answer(name, answer)
}

fn judge_answer<T>(name: &str, answer: &Answer<T>) -> Host {
    match answer {
        Answer::Found(_) => Host::Known,
        Answer::CouldNotTell(trouble @ dns::Trouble::AliasLoop) => {
            log::dns_trouble(&trouble.reason(name, RecordType::A));
            Host::CouldNotTell
        }
        Answer::CouldNotTell(_) => Host::CouldNotTell,
        Answer::Absent(absent) => match absent.why {
            Absence::NullMx => Host::NullMx,
            Absence::InvalidName => Host::Malformed,
            Absence::NoName | Absence::NoData => Host::Absent,
        },
    }
}

/// The name without one dot at its end.
pub(super) fn without_dot(name: &str) -> &str {
    name.strip_suffix('.')
        .filter(|rest| !rest.is_empty() && !rest.ends_with('.'))
        .unwrap_or(name)
}

/// Whether a domain has the form of an address literal.
pub(super) fn is_literal(domain: &str) -> bool {
    domain.starts_with('[') && domain.ends_with(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_dot_at_the_end_does_not_count() {
        assert_eq!(without_dot("a.b."), "a.b");
        assert_eq!(without_dot("a.b.."), "a.b..");
        assert_eq!(without_dot("."), ".");
    }
}

//! Whether we take mail for a recipient's domain: the restrictions that decide who may relay through us.

use std::collections::VecDeque;
use std::rc::Rc;

use contract::rewrite::{Resolved, flag};
use dns::Answer;

use super::host::is_literal;
use super::judge::Judge;
use super::verdict::{Class, Verdict};
use crate::log;
use crate::server::FINAL;
use crate::state::Trouble;

/// It is not known where mail for an address goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unresolved;

impl Judge<'_> {
    /// Where mail for an address goes. A sender is resolved as an answer to it would be.
    pub(super) async fn resolve(&self, class: Class, address: &str) -> Result<Rc<Resolved>, Unresolved> {
        let none_ahead = VecDeque::new();
        let (from, ahead) = if class == Class::Sender {
            (&self.state.recipient, &none_ahead)
        } else {
            (&self.state.sender, &self.state.ahead)
        };
        self.server
            .resolve(from.as_deref().unwrap_or_default(), address, ahead)
            .await
            .ok_or(Unresolved)
    }

    /// Whether the recipient is at one of our own domains, or one we relay for.
    pub(super) async fn is_authorized(&self, recipient: &str) -> Result<bool, Unresolved> {
        let resolved = self.resolve(Class::Recipient, recipient).await?;
        let Some(domain) = mail::address::domain(&resolved.recipient) else {
            return Ok(true);
        };
        // With a route in the local part it is not known where the mail would end up.
        if !self.server.settings.allow_untrusted_routing && resolved.flags & flag::ROUTED != 0 {
            return Ok(false);
        }
        self.tell_former_relay_domain(&resolved, domain);
        Ok(resolved.flags & (FINAL | flag::RELAY) != 0)
    }

    /// Says that a domain is one of those we relay for because an earlier release took it so.
    fn tell_former_relay_domain(&self, resolved: &Resolved, domain: &str) {
        if resolved.flags & flag::RELAY != 0 && self.server.former.relay_domains {
            log::former_relay_domain(domain);
        }
    }

    /// Says that a recipient was accepted whom today's `smtpd_relay_restrictions` would have refused.
    pub(super) async fn tell_former_relay_restrictions(&self, recipient: &str) {
        if !self.server.former.relay_restrictions {
            return;
        }
        let trusted = self.server.in_mynetworks(&self.state.client).await;
        if trusted.unwrap_or(true) || self.state.login.is_some() {
            return;
        }
        if let Ok(false) = self.is_authorized(recipient).await {
            log::former_relay_restrictions(recipient, &self.state.client.shown);
        }
    }

    pub(super) async fn permit_auth_destination(&mut self, action: &str) -> Verdict {
        let Some(recipient) = self.state.recipient.clone() else {
            return Verdict::Dunno;
        };
        match self.is_authorized(&recipient).await {
            Ok(true) => self.permit(action, Class::Recipient, &recipient),
            Ok(false) => Verdict::Dunno,
            Err(Unresolved) => self.lookup_failure(&recipient),
        }
    }

    pub(super) async fn reject_unauth_destination(&mut self, code: u16, status: &str) -> Verdict {
        let Some(recipient) = self.state.recipient.clone() else {
            return Verdict::Dunno;
        };
        match self.is_authorized(&recipient).await {
            Ok(true) => Verdict::Dunno,
            Ok(false) => self.refuse(
                Trouble::POLICY,
                code,
                status,
                format_args!("<{recipient}>: Relay access denied"),
            ),
            Err(Unresolved) => self.lookup_failure(&recipient),
        }
    }

    pub(super) async fn permit_mx_backup(&mut self, action: &str) -> Verdict {
        let Some(recipient) = self.state.recipient.clone() else {
            return Verdict::Dunno;
        };
        if !self.server.memory.warned_mx_backup.replace(true) {
            log::restriction_trouble(
                "support for restriction \"permit_mx_backup\" will be removed from Postfix; instead, specify \"relay_domains\"",
            );
        }
        let Ok(resolved) = self.resolve(Class::Recipient, &recipient).await else {
            return self.lookup_failure(&recipient);
        };
        let Some(domain) = mail::address::domain(&resolved.recipient) else {
            return self.permit(action, Class::Recipient, &recipient);
        };
        if !self.server.settings.allow_untrusted_routing && resolved.flags & flag::ROUTED != 0 {
            return Verdict::Dunno;
        }
        if resolved.flags & (FINAL | flag::RELAY) != 0 {
            self.tell_former_relay_domain(&resolved, domain);
            return self.permit(action, Class::Recipient, &recipient);
        }
        if is_literal(domain) || !self.is_backup_for(domain, &recipient).await {
            return Verdict::Dunno;
        }
        self.permit(action, Class::Recipient, &recipient)
    }

    /// Whether we are a mail exchanger of the domain, but not among its best, and the best are where they may be.
    async fn is_backup_for(&mut self, domain: &str, recipient: &str) -> bool {
        let name = mail::domain::to_ascii(domain).unwrap_or(std::borrow::Cow::Borrowed(domain));
        let mut exchangers = match self.server.resolver.mx(&name).await {
            Answer::Found(found) => found.records,
            Answer::Absent(_) => return false,
            Answer::CouldNotTell(trouble) => {
                let why = trouble.error();
                let text = format!(
                    "<{recipient}>: Recipient address rejected: Unable to look up mail exchanger information: {why}"
                );
                self.defer_if_reject(Trouble::POLICY, 450, "4.4.4", format_args!("{text}"));
                return false;
            }
        };
        exchangers.sort_by_key(|exchanger| exchanger.preference);
        let Some(best) = exchangers.first().map(|exchanger| exchanger.preference) else {
            return false;
        };
        let (primary, backup): (Vec<_>, Vec<_>) = exchangers
            .into_iter()
            .partition(|exchanger| exchanger.preference == best);
        let hosts = |list: Vec<dns::Mx>| {
            list.into_iter()
                .map(|exchanger| exchanger.host)
                .collect::<Vec<_>>()
        };
        let (primary, backup) = (hosts(primary), hosts(backup));
        if self.is_among(&primary, recipient).await || !self.is_among(&backup, recipient).await {
            return false;
        }
        self.server.lists_mx_backup_is_empty() || self.are_in_backup_networks(&primary, recipient).await
    }

    async fn is_among(&mut self, hosts: &[String], recipient: &str) -> bool {
        for host in hosts {
            // An error here only means that the addresses must tell.
            if self.server.rules.local.contains(host).await.unwrap_or(false) {
                return true;
            }
        }
        for host in hosts {
            match self.server.addresses(host).await {
                Answer::Found(found) => {
                    if found
                        .records
                        .iter()
                        .any(|address| self.server.own_addresses.contains(address))
                    {
                        return true;
                    }
                }
                other => {
                    let why = other.native_reason();
                    let text = format!(
                        "<{recipient}>: Recipient address rejected: Unable to look up mail exchanger host {host}: {why}"
                    );
                    self.defer_if_reject(Trouble::POLICY, 450, "4.4.4", format_args!("{text}"));
                }
            }
        }
        false
    }

    async fn are_in_backup_networks(&mut self, hosts: &[String], recipient: &str) -> bool {
        for host in hosts {
            let addresses = match self.server.addresses(host).await {
                Answer::Found(found) => found.records,
                other => {
                    let why = other.native_reason();
                    let text = format!(
                        "<{recipient}>: Recipient address rejected: Unable to look up host {host} as mail exchanger: {why}"
                    );
                    self.defer_if_reject(Trouble::POLICY, 450, "4.4.4", format_args!("{text}"));
                    return false;
                }
            };
            for address in addresses {
                match self
                    .server
                    .in_mx_backup_networks(host, &address.to_string())
                    .await
                {
                    Ok(true) => {}
                    Ok(false) => return false,
                    Err(_) => {
                        let text = format!(
                            "<{recipient}>: Recipient address rejected: Unable to verify host {host} as mail exchanger"
                        );
                        self.defer_if_reject(Trouble::POLICY, 450, "4.4.4", format_args!("{text}"));
                        return false;
                    }
                }
            }
        }
        true
    }
}

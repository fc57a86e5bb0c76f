//! The same route with the rows that made it, for whoever asks why mail goes where it goes.

use super::{Resolver, Routes};
use config::catalogue::{
    DEFAULT_TRANSPORT, LOCAL_TRANSPORT, MYDESTINATION, RELAY_DOMAINS, RELAY_TRANSPORT, RELAYHOST,
    VIRTUAL_ALIAS_DOMAINS, VIRTUAL_MAILBOX_DOMAINS, VIRTUAL_TRANSPORT,
};
use contract::explain::Step;
use contract::rewrite::{Resolve, Resolved, flag};
use lookup::{LookupError, Rows};

impl Resolver {
    /// The route of a recipient, and why.
    ///
    /// # Errors
    /// A table could not tell.
    pub(crate) async fn explain(&self, question: &Resolve) -> Result<(Resolved, Vec<Step>), LookupError> {
        let rows = Rows::begin();
        let mail = &self.mail;
        let watched = Routes {
            local: mail.local.clone(),
            mailbox: mail.mailbox.clone(),
            relay: mail.relay.clone(),
            default: mail.default.clone(),
            relayhost: mail.relayhost.clone(),
            sender_relayhosts: rows.watch(&mail.sender_relayhosts),
            sender_transports: rows.watch(&mail.sender_transports),
            transports: rows.watch(&mail.transports),
        };
        let relocated = rows.watch(&self.relocated);
        let route = self.resolve_by(&watched, &relocated, question).await?;
        let mut steps = self.defaults(&route, &question.address);
        steps.extend(rows.take().into_iter().map(|row| Step {
            rule: row.parameter,
            before: route.recipient.clone(),
            table: row.table,
            key: row.key,
            value: row.value,
            after: format!("{}:{}", route.transport, route.nexthop),
        }));
        Ok((route, steps))
    }

    /// The class of the address, and what it means as long as no table says otherwise.
    fn defaults(&self, route: &Resolved, address: &str) -> Vec<Step> {
        let routes = &self.mail;
        let (list, class, parameter, value) = match route.flags & flag::CLASSES {
            flag::LOCAL => (
                MYDESTINATION.name(),
                "local",
                LOCAL_TRANSPORT.name(),
                &routes.local,
            ),
            flag::ALIAS => (VIRTUAL_ALIAS_DOMAINS.name(), "virtual alias", "", &routes.default),
            flag::MAILBOX => (
                VIRTUAL_MAILBOX_DOMAINS.name(),
                "virtual mailbox",
                VIRTUAL_TRANSPORT.name(),
                &routes.mailbox,
            ),
            flag::RELAY => (
                RELAY_DOMAINS.name(),
                "relay",
                RELAY_TRANSPORT.name(),
                &routes.relay,
            ),
            _ => ("", "default", DEFAULT_TRANSPORT.name(), &routes.default),
        };
        let step = |rule: &str, value: &str, after: &str| Step {
            rule: rule.to_owned(),
            before: address.to_owned(),
            value: value.to_owned(),
            after: after.to_owned(),
            ..Step::default()
        };
        let mut steps = vec![step(list, "", &format!("{class} class"))];
        if !parameter.is_empty() && route.flags & flag::ERROR == 0 {
            steps.push(step(parameter, value, value));
        }
        if route.flags & (flag::RELAY | flag::DEFAULT) != 0 && route.nexthop == routes.relayhost {
            steps.push(step(RELAYHOST.name(), &routes.relayhost, &routes.relayhost));
        }
        steps
    }
}

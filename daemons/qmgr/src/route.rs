//! Where a recipient goes: redirection, content filter, trivial-rewrite's answer, and the exceptions.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use contract::rewrite::{Resolve, Resolved, Rewrite, context, flag};
use ipc::Port;
use mail::{Recipient, SplitRules, quote_local822, unquote};
use routes::{Routes, Span};

use crate::active::Active;
use crate::log;
use crate::settings::Settings;

/// What is to be done for a recipient.
pub(crate) enum Route {
    /// Send it on.
    Send(Leg),
    /// A notice that could not be delivered, to the address that means "no more notices": say so and drop it.
    Discard(Recipient),
}

/// A recipient with its transport and next hop.
pub(crate) struct Leg {
    pub(crate) transport: Rc<str>,
    pub(crate) nexthop: Rc<str>,
    pub(crate) recipient: Recipient,
}

impl Leg {
    /// The order in which the recipients of one message are delivered: by domain, whatever its case, then by address.
    pub(crate) fn in_order(left: &Self, right: &Self) -> Ordering {
        let (left, right) = (&left.recipient.address, &right.recipient.address);
        // What has no domain comes last.
        let without = |address: &str| !address.contains('@');
        without(left)
            .cmp(&without(right))
            .then_with(|| folded(domain(left)).cmp(folded(domain(right))))
            .then_with(|| left.cmp(right))
    }
}

fn folded(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().map(|byte| byte.to_ascii_lowercase())
}

/// Finds routes, and remembers them for a moment.
pub(crate) struct Router {
    routes: Routes,
    error_transport: Rc<str>,
    retry_transport: Rc<str>,
    double_bounce: String,
    default_filter_nexthop: String,
    defer_transports: Vec<String>,
    split: SplitRules,
    /// Transports' names, so that routes share them.
    names: RefCell<HashMap<Box<str>, Rc<str>>>,
}

/// The transport that defers everything. Its name has no parameter.
const RETRY: &str = "retry";

/// How long a route is remembered. An administrator who changes a table expects to see it soon.
const REMEMBERED: Duration = Duration::from_secs(5);
/// How many routes are remembered.
const ROUTES_MAX: usize = 20_000;
/// The pause before trivial-rewrite is asked again after it failed. Nothing can be delivered without it.
const RESOLVER_PAUSE: Duration = Duration::from_secs(10);

impl Router {
    pub(crate) fn new(settings: &Settings, rewrite: Port) -> Self {
        Self {
            routes: Routes::new(
                rewrite,
                Span {
                    count: ROUTES_MAX,
                    time: REMEMBERED,
                },
            ),
            error_transport: settings.error_service.as_str().into(),
            retry_transport: RETRY.into(),
            double_bounce: settings.double_bounce_sender.clone(),
            default_filter_nexthop: settings.default_filter_nexthop.clone(),
            defer_transports: settings.defer_transports.clone(),
            split: SplitRules {
                delimiters: settings.recipient_delimiter.clone(),
                owner_request_special: settings.owner_request_special,
                double_bounce_sender: settings.double_bounce_sender.clone(),
            },
            names: RefCell::new(HashMap::new()),
        }
    }

    /// Forgets all routes.
    pub(crate) fn forget(&self) {
        self.routes.forget();
    }

    /// The route of one recipient of `active`.
    pub(crate) async fn route(&self, active: &Active, recipient: Recipient) -> Route {
        if active.is_expired_by_force {
            let reason = "4.7.0 message is administratively expired";
            return Route::Send(self.defer(recipient, reason));
        }
        if let Some(leg) = self.filter(active, &recipient) {
            return Route::Send(leg);
        }
        let known = self.resolve(active, &recipient.address).await;
        self.judge(active, recipient, &known)
    }

    /// The one recipient of a message that is redirected, in place of all it had. But for the address it is the first of
    /// them: what reports are made of.
    pub(crate) async fn redirected(&self, redirect: &str, first: &Recipient) -> Recipient {
        let question = Rewrite {
            context: context::LOCAL.to_owned(),
            address: quote_local822(redirect).into_owned(),
        };
        loop {
            match self.routes.service().ask(&question).await {
                Ok(answer) => {
                    return Recipient {
                        address: unquote(&answer.address).into_owned(),
                        ..first.clone()
                    };
                }
                Err(error) => {
                    log::resolver_trouble(&error);
                    stream::pause(RESOLVER_PAUSE).await;
                }
            }
        }
    }

    /// What deliveries to `address` are counted by when each has one recipient: the user, not the domain, without
    /// the address extension, because it is the same mailbox.
    pub(crate) fn recipient_key(&self, address: &str, nexthop: &str) -> String {
        let (local, _) = mail::address::split_at_domain(address);
        let user = self.split.split_local(local).map_or(local, |(user, _, _)| user);
        let mut key = String::with_capacity(user.len() + nexthop.len() + 1);
        key.push_str(user);
        key.push('@');
        key.push_str(nexthop);
        key.make_ascii_lowercase();
        key
    }

    /// A content filter takes everything but trials, unseen.
    fn filter(&self, active: &Active, recipient: &Recipient) -> Option<Leg> {
        let filter = active.envelope.filter.as_str();
        if filter.is_empty() || active.is_trial() {
            return None;
        }
        let (transport, nexthop) = filter.split_once(':').unwrap_or((filter, ""));
        let nexthop = [nexthop, &self.default_filter_nexthop, domain(&recipient.address)]
            .into_iter()
            .find(|nexthop| !nexthop.is_empty())
            .unwrap_or_default();
        Some(Leg {
            transport: self.name(transport),
            nexthop: nexthop.into(),
            recipient: recipient.clone(),
        })
    }

    fn judge(&self, active: &Active, mut recipient: Recipient, known: &Resolved) -> Route {
        if known.flags & flag::FAIL != 0 {
            return Route::Send(self.defer(recipient, "4.3.0 address resolver failure"));
        }
        // Whatever becomes of it, the address is told as it was understood.
        recipient.address.clone_from(&known.recipient);
        if known.flags & flag::ERROR != 0 {
            return Route::Send(Leg {
                transport: Rc::clone(&self.error_transport),
                nexthop: "5.1.3 bad address syntax".into(),
                recipient,
            });
        }
        let local = mail::address::local_part(&known.recipient);
        if known.flags & flag::LOCAL != 0 && local.eq_ignore_ascii_case(&self.double_bounce) {
            return Route::Discard(recipient);
        }
        if !active.is_flushed && self.defer_transports.contains(&known.transport) {
            return Route::Send(self.defer(recipient, "4.3.2 deferred transport"));
        }
        Route::Send(Leg {
            transport: self.name(&known.transport),
            nexthop: known.nexthop.as_str().into(),
            recipient,
        })
    }

    pub(crate) fn defer(&self, recipient: Recipient, reason: &str) -> Leg {
        Leg {
            transport: Rc::clone(&self.retry_transport),
            nexthop: reason.into(),
            recipient,
        }
    }

    /// Asks together where all these go, so that each is found known.
    pub(crate) async fn foresee(&self, active: &Active, recipients: &[Recipient]) {
        if recipients.len() < 2 || active.is_expired_by_force || !active.envelope.filter.is_empty() {
            return;
        }
        let addresses: Vec<&str> = recipients
            .iter()
            .map(|recipient| recipient.address.as_str())
            .collect();
        self.routes.foresee(&question(active, ""), &addresses).await;
    }

    async fn resolve(&self, active: &Active, address: &str) -> Rc<Resolved> {
        let question = question(active, address);
        loop {
            match self.routes.resolve(&question).await {
                Ok(answer) => return answer,
                Err(error) => {
                    log::resolver_trouble(&error);
                    stream::pause(RESOLVER_PAUSE).await;
                }
            }
        }
    }

    fn name(&self, name: &str) -> Rc<str> {
        if let Some(known) = self.names.borrow().get(name) {
            return Rc::clone(known);
        }
        let shared: Rc<str> = name.into();
        let mut names = self.names.borrow_mut();
        // Tables may name any transport, and there may be many tables.
        if names.len() < ROUTES_MAX {
            names.insert(name.into(), Rc::clone(&shared));
        }
        shared
    }
}

fn question(active: &Active, address: &str) -> Resolve {
    Resolve {
        sender: active.envelope.sender.clone(),
        address: address.to_owned(),
        probe: active.is_probe(),
        as_given: false,
    }
}

fn domain(address: &str) -> &str {
    mail::address::domain(address).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipients_go_out_by_domain_whatever_its_case_and_then_by_address() {
        let leg = |address: &str| Leg {
            transport: "smtp".into(),
            nexthop: "hop".into(),
            recipient: Recipient::new(address),
        };
        let given = [
            "c@TWO.example",
            "user",
            "a@one.example",
            "a-b@two.example",
            "q q@one.example",
            "B@one.example",
        ];
        let mut legs: Vec<Leg> = given.into_iter().map(leg).collect();

        legs.sort_by(Leg::in_order);

        let order: Vec<&str> = legs.iter().map(|leg| &*leg.recipient.address).collect();
        assert_eq!(
            order,
            [
                "B@one.example",
                "a@one.example",
                "q q@one.example",
                "a-b@two.example",
                "c@TWO.example",
                "user"
            ]
        );
    }
}

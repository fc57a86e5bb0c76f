//! What the judge tells of its steps, in a dry run.

use std::rc::Rc;

use contract::explain_smtp::Event;

use config::catalogue;

use super::access_table::Entry;
use super::dns_list::Entry as Listing;
use super::grammar::{Item, List, Rule};
use super::judge::{Judge, Subject};
use super::verdict::Verdict;
use crate::server::Server;

impl Judge<'_> {
    pub(super) const fn is_dry_run(&self) -> bool {
        self.server.trace.is_some()
    }

    pub(super) fn tell_list(&self, list: &List, subject: Subject<'_>) {
        self.server.tell(|| Event::List {
            parameter: name(self.server, list),
            subject: subject.name.to_owned(),
        });
    }

    pub(super) fn tell_list_end(&self) {
        self.server.tell(|| Event::ListEnd {});
    }

    pub(super) fn tell_restriction(&self, item: &Item) {
        let before = if self.warn_depth > 0 {
            "warn_if_reject "
        } else {
            ""
        };
        self.server.tell(|| Event::Restriction {
            text: format!("{before}{}", written(item)),
        });
    }

    /// A check that stands in no list, but in a parameter of its own.
    pub(super) fn tell_switch(&self, parameter: &str) {
        self.server.tell(|| Event::Restriction {
            text: format!("{parameter} = yes"),
        });
    }

    pub(super) fn tell_verdict(&self, verdict: &Verdict) {
        self.server.tell(|| {
            let (decision, reply) = match verdict {
                Verdict::Dunno => ("none", ""),
                Verdict::Permit => ("permit", ""),
                Verdict::Refuse(reply) => ("refuse", reply.as_str()),
                Verdict::HangUp => ("hangup", ""),
            };
            Event::Verdict {
                decision: decision.to_owned(),
                reply: reply.to_owned(),
            }
        });
    }

    pub(super) fn tell_action(&self, value: &str, entry: Entry<'_>) {
        self.server.tell(|| Event::Action {
            source: entry.table.to_owned(),
            key: entry.key.to_owned(),
            text: value.to_owned(),
        });
    }

    pub(super) fn tell_held(&self, until: &str, text: std::fmt::Arguments<'_>) {
        self.server.tell(|| Event::Held {
            until: until.to_owned(),
            text: text.to_string(),
        });
    }

    pub(super) fn tell_listing(&self, name: &str, listing: &Listing) {
        self.server.tell(|| {
            let addresses = match listing {
                Listing::Listed { addresses } => {
                    let texts: Vec<String> = addresses.iter().map(ToString::to_string).collect();
                    texts.join(", ")
                }
                Listing::NotListed | Listing::CouldNotTell => String::new(),
            };
            Event::Listed {
                name: name.to_owned(),
                addresses,
            }
        });
    }

    pub(super) fn tell(&self, text: &str) {
        self.server.tell(|| Event::Note {
            text: text.to_owned(),
        });
    }
}

/// The parameter or the class that a list stands in; empty for one from an access table.
fn name(server: &Server, list: &List) -> String {
    let lists = &server.lists;
    let known = [
        (&lists.client, catalogue::SMTPD_CLIENT_RESTRICTIONS.name()),
        (&lists.helo, catalogue::SMTPD_HELO_RESTRICTIONS.name()),
        (&lists.sender, catalogue::SMTPD_SENDER_RESTRICTIONS.name()),
        (&lists.relay, catalogue::SMTPD_RELAY_RESTRICTIONS.name()),
        (&lists.recipient, catalogue::SMTPD_RECIPIENT_RESTRICTIONS.name()),
        (&lists.data, catalogue::SMTPD_DATA_RESTRICTIONS.name()),
        (
            &lists.end_of_data,
            catalogue::SMTPD_END_OF_DATA_RESTRICTIONS.name(),
        ),
        (&lists.etrn, catalogue::SMTPD_ETRN_RESTRICTIONS.name()),
    ];
    let classes = lists.classes.iter().map(|(name, list)| (list, name.as_str()));
    let found = known
        .into_iter()
        .chain(classes)
        .find(|(other, _)| Rc::ptr_eq(&other.0, &list.0));
    found.map_or(String::new(), |(_, name)| name.to_owned())
}

/// A restriction as it is written, with its argument.
fn written(item: &Item) -> String {
    let argument = match &item.rule {
        Rule::Access(_, table) | Rule::ServerAccess(_, _, table) => table.name.as_str(),
        Rule::RejectDnsList(_, list) | Rule::PermitDnsList(_, list) => list.text(),
        Rule::Policy(policy) => policy.name(),
        Rule::Sleep(time) => return format!("{} {}", item.name, time.as_secs()),
        _ => return item.name.clone(),
    };
    format!("{} {argument}", item.name)
}

//! Lists of hosts and domains in the DNS: `reject_rbl_client` and its family, and those that permit.

use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;
use std::time::{Duration, Instant};

use dns::{Answer, RecordType};
use mail::EnhancedStatus;

use super::access_table::fix_status;
use super::grammar::{Evidence, Listed};
use super::judge::Judge;
use super::verdict::{Class, Verdict};
use crate::log;
use crate::state::Trouble;
use esmtp::command::Verb;

/// A list's domain, with the answers that count.
#[derive(Clone, Debug)]
pub(crate) struct List {
    /// As written, `domain[=pattern]`.
    text: String,
    domain: String,
    /// `None`: any answer.
    pattern: Option<Pattern>,
}

/// A pattern for four octets: `127.0.0.2`, `127.0.[0..1].[2;4..8]`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern([Vec<(u8, u8)>; 4]);

/// What a list said of one name.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    Listed { addresses: Vec<Ipv4Addr>, text: String },
    NotListed,
    CouldNotTell,
}

/// Answers of lists, kept for a while: every recipient of a message asks again.
#[derive(Default)]
pub(crate) struct Cache(std::collections::HashMap<String, (Instant, Rc<Entry>)>);

/// Answers kept, and for how long.
const KEPT: usize = 1000;
const KEPT_FOR: Duration = Duration::from_secs(60);
/// Octets of text taken from a list.
const TEXT_LIMIT: usize = 500;

impl Cache {
    fn get(&self, query: &str) -> Option<Rc<Entry>> {
        let (since, entry) = self.0.get(query)?;
        (stream::now().duration_since(*since) < KEPT_FOR).then(|| Rc::clone(entry))
    }

    fn keep(&mut self, query: String, entry: &Rc<Entry>) {
        if self.0.len() >= KEPT {
            self.0.clear();
        }
        self.0.insert(query, (stream::now(), Rc::clone(entry)));
    }
}

impl List {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (domain, pattern) = match text.split_once('=') {
            Some((domain, pattern)) => (domain, Some(pattern)),
            None => (text, None),
        };
        let pattern = pattern
            .map(|pattern| {
                Pattern::parse(pattern).ok_or_else(|| format!("bad DNS list pattern: \"{pattern}\""))
            })
            .transpose()?;
        Ok(Self {
            text: text.to_owned(),
            domain: domain.to_owned(),
            pattern,
        })
    }

    fn admits(&self, addresses: &[Ipv4Addr]) -> bool {
        self.pattern
            .as_ref()
            .is_none_or(|pattern| addresses.iter().any(|address| pattern.matches(*address)))
    }
}

impl Pattern {
    fn parse(text: &str) -> Option<Self> {
        let mut octets = Vec::with_capacity(4);
        let mut rest = text;
        loop {
            let (part, after) = match rest.strip_prefix('[') {
                Some(inside) => inside.split_once(']')?,
                None => rest.split_at_checked(rest.find('.').unwrap_or(rest.len()))?,
            };
            octets.push(part.split(';').map(range).collect::<Option<Vec<_>>>()?);
            match after.strip_prefix('.') {
                Some(after) => rest = after,
                None if after.is_empty() => break,
                None => return None,
            }
        }
        Some(Self(octets.try_into().ok()?))
    }

    fn matches(&self, address: Ipv4Addr) -> bool {
        self.0
            .iter()
            .zip(address.octets())
            .all(|(ranges, octet)| ranges.iter().any(|(low, high)| (*low..=*high).contains(&octet)))
    }
}

/// `n` or `n..m`.
fn range(text: &str) -> Option<(u8, u8)> {
    match text.split_once("..") {
        Some((low, high)) => {
            let (low, high) = (low.parse().ok()?, high.parse().ok()?);
            (low <= high).then_some((low, high))
        }
        None => text.parse().ok().map(|octet| (octet, octet)),
    }
}

impl Judge<'_> {
    pub(super) async fn reject_dns_list(&mut self, listed: Listed, list: &List) -> Verdict {
        let Some((name, what, class)) = self.query_name(listed) else {
            return Verdict::Dunno;
        };
        match &*self.look_up_list(&name, list).await {
            Entry::Listed { addresses, text } if list.admits(addresses) => {
                self.reject_listed(list, &what, class, text).await
            }
            _ => Verdict::Dunno,
        }
    }

    pub(super) async fn permit_dns_list(&mut self, listed: Listed, list: &List, action: &str) -> Verdict {
        // A list elsewhere must never make us relay.
        if self.state.place.is(Verb::Rcpt)
            && let Some(recipient) = self.state.recipient.clone()
        {
            match self.is_authorized(&recipient).await {
                Ok(true) => {}
                Ok(false) => return Verdict::Dunno,
                Err(_) => return self.lookup_failure(&recipient),
            }
        }
        let Some((name, what, class)) = self.query_name(listed) else {
            return Verdict::Dunno;
        };
        match &*self.look_up_list(&name, list).await {
            Entry::Listed { addresses, .. } if list.admits(addresses) => {
                let client = self.state.client.shown.clone();
                self.permit(action, Class::Client, &client)
            }
            Entry::CouldNotTell => {
                let text = format_args!("<{what}>: {class} rejected: Service unavailable");
                self.defer_if_reject(Trouble::POLICY, 450, "4.7.1", text)
            }
            _ => Verdict::Dunno,
        }
    }

    /// The name to ask below a list's domain, what replies show, and its class.
    fn query_name(&self, listed: Listed) -> Option<(String, String, Class)> {
        match listed {
            Listed::Address => {
                let ip = self.state.client.ip?;
                Some((reversed(ip), self.state.client.address.clone(), Class::Client))
            }
            Listed::Name(evidence) => {
                let (target, _, class) = self.named(evidence)?;
                let domain = match evidence {
                    Evidence::Sender | Evidence::Recipient => mail::address::domain(&target)?.to_owned(),
                    _ => target.clone(),
                };
                let last = domain.rsplit('.').next().unwrap_or_default();
                let numeric = last.bytes().all(|octet| octet.is_ascii_digit());
                let name = mail::domain::to_ascii(&domain).ok()?.into_owned();
                (!numeric && mail::domain::is_valid(&name)).then_some((name, target, class))
            }
        }
    }

    async fn look_up_list(&self, name: &str, list: &List) -> Rc<Entry> {
        let query = format!("{name}.{}", list.domain);
        if let Some(entry) = self.server.memory.dns_lists.borrow().get(&query) {
            return entry;
        }
        let entry = Rc::new(self.ask_list(&query).await);
        self.server.memory.dns_lists.borrow_mut().keep(query, &entry);
        entry
    }

    async fn ask_list(&self, query: &str) -> Entry {
        let resolver = &self.server.resolver;
        let addresses = match resolver.ipv4(query).await {
            Answer::Found(found) => found.records,
            Answer::Absent(_) => return Entry::NotListed,
            Answer::CouldNotTell(trouble) => {
                log::list_lookup_error(query, &trouble.reason(query, RecordType::A));
                return Entry::CouldNotTell;
            }
        };
        let mut text = String::new();
        // The text is only an explanation: without it the entry counts all the same.
        if let Answer::Found(found) = resolver.text(query).await {
            for record in found.records {
                let record = String::from_utf8_lossy(&record);
                let separator = if text.is_empty() { "" } else { " / " };
                let room = TEXT_LIMIT.saturating_sub(text.len() + separator.len());
                if room == 0 {
                    break;
                }
                text.push_str(separator);
                text.extend(record.chars().scan(0, |used, c| {
                    *used += c.len_utf8();
                    (*used <= room).then_some(c)
                }));
            }
        }
        Entry::Listed { addresses, text }
    }

    async fn reject_listed(&mut self, list: &List, what: &str, class: Class, text: &str) -> Verdict {
        let server = self.server;
        let maps = &server.tables.rbl_reply;
        let mut template = None;
        for key in [&list.text, &list.domain] {
            match maps.get(key).await {
                Ok(Some(found)) => {
                    template = Some(found);
                    break;
                }
                Ok(None) => {}
                Err(_) => return self.configuration_error(),
            }
        }
        let code = server.settings.maps_rbl_code;
        let names = |name: &str| match name {
            "rbl_code" => Some(code.to_string()),
            "rbl_domain" => Some(list.domain.clone()),
            "rbl_reason" | "rbl_txt" => Some(text.to_owned()),
            "rbl_what" => Some(what.to_owned()),
            "rbl_class" => Some(class.to_string()),
            other => server.expansion(self.state, other),
        };
        let expand = |template: &str| server.expand(template, &names);
        let reply = template
            .and_then(|template| match expand(&template) {
                Ok(reply) => Some(reply),
                Err(_) => {
                    log::restriction_trouble(&format!(
                        "bad rbl reply template for domain {}: {template}",
                        list.text
                    ));
                    None
                }
            })
            .or_else(|| expand(&server.settings.default_rbl_reply).ok())
            .unwrap_or_default();
        self.reject_with_template(&reply, class)
    }

    fn reject_with_template(&mut self, reply: &str, class: Class) -> Verdict {
        let parts = reply.split_once(' ');
        let code = parts
            .and_then(|(code, _)| code.parse().ok())
            .filter(|code| (400..600).contains(code));
        let (Some(code), Some((_, text))) = (code, parts) else {
            log::restriction_trouble(&format!("rbl response code configuration error: {reply}"));
            return self.refuse(Trouble::POLICY, 450, "4.7.1", format_args!("Service unavailable"));
        };
        let (status, text) = EnhancedStatus::split(EnhancedStatus::new(4, 7, 1), text);
        let status = fix_status(status, class).to_string();
        let text = if text.is_empty() {
            "Service unavailable"
        } else {
            text
        };
        self.refuse(Trouble::POLICY, code, &status, format_args!("{text}"))
    }
}

/// An address as DNS lists name it: its octets or nibbles, last first.
fn reversed(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, d] = ip.octets();
            format!("{d}.{c}.{b}.{a}")
        }
        IpAddr::V6(ip) => {
            let nibbles: Vec<String> = ip
                .octets()
                .iter()
                .rev()
                .map(|octet| format!("{:x}.{:x}", octet & 15, octet >> 4))
                .collect();
            nibbles.join(".")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_octet_by_octet() {
        let list = List::parse("x.example=127.0.[0..1].[2;4..8]").unwrap();
        assert_eq!(list.domain, "x.example");
        let admits = |text: &str| list.admits(&[text.parse().unwrap()]);
        assert!(admits("127.0.0.2") && admits("127.0.1.8"));
        assert!(!admits("127.0.2.2") && !admits("127.0.0.3"));
        assert!(List::parse("x.example").unwrap().admits(&[]));
        for bad in [
            "127.0.0",
            "127.0.0.0.1",
            "127.0.0.[1",
            "127.0.0.[3..1]",
            "127.0.0.256",
            "127.0.0.x",
        ] {
            assert!(Pattern::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn addresses_are_reversed() {
        assert_eq!(reversed("192.0.2.1".parse().unwrap()), "1.2.0.192");
        let name = reversed("2001:db8::1".parse().unwrap());
        assert!(
            name.starts_with("1.0.0.0.") && name.ends_with(".8.b.d.0.1.0.0.2"),
            "{name}"
        );
        assert_eq!(name.split('.').count(), 32);
    }
}

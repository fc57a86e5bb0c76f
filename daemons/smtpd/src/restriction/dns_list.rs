//! Lists of hosts and domains in the DNS: `reject_rbl_client` and its family, and those that permit.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::{Duration, Instant};

use dns::{Answer, RecordType};
use mail::EnhancedStatus;

use super::access_table::fix_status;
use super::grammar::{Evidence, Item, Listed, Rule};
use super::judge::Judge;
use super::relay::Unresolved;
use super::verdict::{Class, Verdict};
use crate::log;
use crate::server::Server;
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
    Listed { addresses: Vec<Ipv4Addr> },
    NotListed,
    CouldNotTell,
}

/// Answers of lists, kept as long as they say themselves: every recipient of a message, and every client of a network
/// that comes again, asks the same.
#[derive(Default)]
pub(crate) struct Cache {
    kept: HashMap<String, (Instant, Rc<Entry>)>,
    /// When each list was last said to refuse us.
    refused: HashMap<String, Instant>,
}

/// Answers kept.
const KEPT: usize = 10_000;
/// How long an answer is kept at least, so that it is still there when it is judged, and at most, whatever it says itself.
const KEPT_AT_LEAST: Duration = Duration::from_secs(5);
const KEPT_AT_MOST: Duration = Duration::from_secs(24 * 3600);
/// How long an absence holds for which the list named no time (RFC 2308 §5 leaves it to us).
const ABSENCE_KEPT: Duration = Duration::from_secs(60);
/// How long a list that could not be asked is left in peace: each further recipient would wait for it anew.
const TROUBLE_KEPT: Duration = Duration::from_secs(30);
/// How long one list is not complained about again.
const COMPLAINT_EVERY: Duration = Duration::from_secs(3600);
/// Octets of text taken from a list.
const TEXT_LIMIT: usize = 500;

impl Cache {
    fn get(&self, query: &str) -> Option<Rc<Entry>> {
        let (until, entry) = self.kept.get(query)?;
        (stream::now() < *until).then(|| Rc::clone(entry))
    }

    fn keep(&mut self, query: String, entry: Rc<Entry>, time: Duration) {
        let now = stream::now();
        if self.kept.len() >= KEPT {
            self.kept.retain(|_, (until, _)| now < *until);
        }
        if self.kept.len() >= KEPT {
            self.kept.clear();
        }
        self.kept
            .insert(query, (now + time.clamp(KEPT_AT_LEAST, KEPT_AT_MOST), entry));
    }

    /// Whether it is time to complain of a list.
    fn may_complain(&mut self, domain: &str) -> bool {
        let now = stream::now();
        let last = self.refused.get(domain);
        if last.is_some_and(|last| now.duration_since(*last) < COMPLAINT_EVERY) {
            return false;
        }
        self.refused.insert(domain.to_owned(), now);
        true
    }
}

/// Whether a list answers in this way that it does not serve who asks: too many questions, or by a public resolver. Such
/// answers come for every name, so that taking them for entries would refuse all mail.
fn is_refusal(address: Ipv4Addr) -> bool {
    matches!(address.octets(), [127, 255, 255, _])
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
            Entry::Listed { addresses } if list.admits(addresses) => {
                let text = self.server.list_text(&format!("{name}.{}", list.domain)).await;
                self.reject_listed(list, &what, class, &text).await
            }
            _ => Verdict::Dunno,
        }
    }

    pub(super) async fn permit_dns_list(&mut self, listed: Listed, list: &List, action: &str) -> Verdict {
        match self.may_permit_by_list().await {
            Ok(true) => {}
            Ok(false) => return Verdict::Dunno,
            Err(Unresolved) => {
                let recipient = self.state.recipient.clone().unwrap_or_default();
                return self.lookup_failure(&recipient);
            }
        }
        let Some((name, what, class)) = self.query_name(listed) else {
            return Verdict::Dunno;
        };
        match &*self.look_up_list(&name, list).await {
            Entry::Listed { addresses } if list.admits(addresses) => {
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
        self.server.ask_list(query, &list.domain).await
    }

    /// Asks all DNS lists at once that stand side by side at the start of `items`. Judged they are one by one, in their
    /// order, by answers that are there already; so the slowest one is waited for once, not each of them.
    pub(super) async fn ask_lists_ahead(&self, items: &[Item]) {
        let mut queries: Vec<(String, &str)> = Vec::new();
        for item in items {
            let (listed, list) = match &item.rule {
                Rule::WarnIfReject => continue,
                Rule::RejectDnsList(listed, list) => (*listed, list),
                Rule::PermitDnsList(listed, list) if self.may_permit_by_list().await == Ok(true) => {
                    (*listed, list)
                }
                Rule::PermitDnsList(..) => continue,
                _ => break,
            };
            let Some((name, ..)) = self.query_name(listed) else {
                continue;
            };
            let query = format!("{name}.{}", list.domain);
            let known = self.server.memory.dns_lists.borrow().get(&query).is_some();
            if !known && !queries.iter().any(|(other, _)| *other == query) && queries.len() < AT_ONCE {
                queries.push((query, &list.domain));
            }
        }
        if queries.len() > 1 {
            let server = self.server;
            together(
                queries
                    .into_iter()
                    .map(|(query, domain)| server.ask_list(query, domain))
                    .collect(),
            )
            .await;
        }
    }

    /// Whether a list may permit here: one elsewhere must never make us relay.
    async fn may_permit_by_list(&self) -> Result<bool, Unresolved> {
        match &self.state.recipient {
            Some(recipient) if self.state.place.is(Verb::Rcpt) => self.is_authorized(recipient).await,
            _ => Ok(true),
        }
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

impl Server {
    /// Asks a list, and keeps what it says.
    async fn ask_list(&self, query: String, domain: &str) -> Rc<Entry> {
        let (entry, time) = match self.resolver.ipv4(&query).await {
            Answer::Found(mut found) => {
                let all = found.records.len();
                let refusal = found
                    .records
                    .iter()
                    .find(|address| is_refusal(**address))
                    .copied();
                found.records.retain(|address| !is_refusal(*address));
                if let Some(address) = refusal
                    && self.memory.dns_lists.borrow_mut().may_complain(domain)
                {
                    log::list_refuses(domain, &query, address);
                }
                let entry = if found.records.is_empty() && all > 0 {
                    Entry::NotListed
                } else {
                    Entry::Listed {
                        addresses: found.records,
                    }
                };
                (entry, Duration::from_secs(found.ttl.into()))
            }
            Answer::Absent(absent) => {
                let time = absent
                    .ttl
                    .map_or(ABSENCE_KEPT, |ttl| Duration::from_secs(ttl.into()));
                (Entry::NotListed, time)
            }
            Answer::CouldNotTell(trouble) => {
                log::list_lookup_error(&query, &trouble.reason(&query, RecordType::A));
                (Entry::CouldNotTell, TROUBLE_KEPT)
            }
        };
        let entry = Rc::new(entry);
        let mut kept = self.memory.dns_lists.borrow_mut();
        kept.keep(query, Rc::clone(&entry), time);
        entry
    }

    /// What a list says of an entry. It is only an explanation: without it the entry counts all the same.
    async fn list_text(&self, query: &str) -> String {
        let mut text = String::new();
        let Answer::Found(found) = self.resolver.text(query).await else {
            return text;
        };
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
        text
    }
}

/// Lists that are asked at once.
const AT_ONCE: usize = 50;

/// Waits until all of some futures have ended, letting them go on side by side.
async fn together<F: Future>(futures: Vec<F>) {
    let mut waiting: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
    std::future::poll_fn(|context| {
        waiting.retain_mut(|future| future.as_mut().poll(context).is_pending());
        if waiting.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
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

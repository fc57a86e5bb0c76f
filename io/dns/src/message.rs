//! Queries written and replies read, by way of the `domain` crate's codec.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use domain::base::iana::{Class, Rcode};
use domain::base::name::{Name, ParsedName, ToName};
use domain::base::record::ParsedRecord;
use domain::base::{Message, MessageBuilder, Rtype};
use domain::rdata;

use crate::answer::{Absence, Mx, RecordType, Service, Tlsa, Trouble};

/// Largest UDP reply asked for: what passes every path in one piece (RFC 9715 §3).
pub(crate) const UDP_OCTETS: usize = 1232;

pub(crate) const NO_ERROR: u8 = 0;
pub(crate) const FORMAT_ERROR: u8 = 1;
pub(crate) const NO_NAME: u8 = 3;

/// Records read of one reply; a larger answer is cut.
const RECORDS: usize = 1000;

/// What a reply is to the query that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The reply, complete.
    Whole,
    /// The reply, cut short: ask by TCP.
    CutShort,
    /// Not a reply to this query.
    Foreign,
}

/// True for a name that may be asked for: non-empty labels of printable ASCII, each at most 63 long, 253 in all.
pub(crate) fn is_queryable(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let label_is_fine = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'*' | b'/'))
    };
    name.len() <= 253 && name.split('.').all(label_is_fine)
}

/// The name in the reverse tree for an address.
pub(crate) fn reverse_name(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(address) => {
            let mut name = String::with_capacity(72);
            for octet in address.octets().iter().rev() {
                for nibble in [octet & 15, octet >> 4] {
                    name.extend(char::from_digit(nibble.into(), 16));
                    name.push('.');
                }
            }
            name.push_str("ip6.arpa");
            name
        }
    }
}

/// A query with RD and AD set, and with `edns` the record that offers [`UDP_OCTETS`]; `None` for an impossible name.
pub(crate) fn query(id: u16, name: &str, kind: RecordType, edns: bool) -> Option<Vec<u8>> {
    let name = Name::<Vec<u8>>::from_str(name).ok()?;
    let mut builder = MessageBuilder::new_vec();
    let header = builder.header_mut();
    header.set_id(id);
    header.set_rd(true);
    header.set_ad(true);
    let mut question = builder.question();
    question.push((&name, rtype(kind))).ok()?;
    let mut additional = question.additional();
    if edns {
        additional
            .opt(|opt| {
                opt.set_udp_payload_size(UDP_OCTETS as u16);
                Ok(())
            })
            .ok()?;
    }
    Some(additional.finish())
}

/// Says whether `octets` answer the query that waits.
pub(crate) fn judge(octets: &[u8], id: u16, name: &str, kind: RecordType) -> Verdict {
    let Ok(message) = Message::from_slice(octets) else {
        return Verdict::Foreign;
    };
    let header = message.header();
    if header.id() != id || !header.qr() {
        return Verdict::Foreign;
    }
    // A server that refuses may leave the question out.
    let question_fits = match message.sole_question() {
        Ok(question) => {
            question.qtype() == rtype(kind)
                && Name::<Vec<u8>>::from_str(name).is_ok_and(|name| question.qname() == &name)
        }
        Err(_) => message.header_counts().qdcount() == 0 && header.rcode() != Rcode::NOERROR,
    };
    match (question_fits, header.tc()) {
        (false, _) => Verdict::Foreign,
        (true, true) => Verdict::CutShort,
        (true, false) => Verdict::Whole,
    }
}

/// The response code of a reply.
pub(crate) fn response_code(octets: &[u8]) -> u8 {
    octets.get(3).map_or(FORMAT_ERROR, |flags| flags & 15)
}

/// What a reply says on the way to the records.
#[derive(Debug)]
pub(crate) enum Step<T> {
    /// The records, and the name that has them.
    Found(Vec<T>, String),
    /// There are none.
    Absent(Absence),
    /// The name is an alias of this one, over so many links, and the reply does not say what stands there.
    Alias(String, usize),
}

/// What else a reply says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(crate) authenticated: bool,
    pub(crate) ttl: u32,
    pub(crate) negative_ttl: Option<u32>,
}

type OneRecord<'a> = ParsedRecord<'a, [u8]>;

/// What one record gives.
pub(crate) enum Reading<T> {
    Good(T),
    /// A name that is no host name.
    Invalid,
    /// The root as a host: "none".
    Null,
}

/// A kind of record that can be asked for and read.
pub(crate) trait Record: Sized {
    const TYPE: RecordType;
    /// Reads one record; `None` when its content is malformed.
    fn read(record: &OneRecord<'_>) -> Option<Reading<Self>>;
}

/// Reads the records of type `T` that `name` has in a reply, following aliases within it.
pub(crate) fn read<T: Record>(
    octets: &[u8],
    name: &str,
    aliases_left: usize,
) -> Result<(Step<T>, Facts), Trouble> {
    let message = Message::from_slice(octets).map_err(|_| Trouble::Malformed)?;
    let header = message.header();
    let mut facts = Facts {
        authenticated: header.ad(),
        ttl: u32::MAX,
        negative_ttl: None,
    };
    let answers = answer_records(message)?;
    let (owner, links) = follow(&answers, name, aliases_left, &mut facts)?;
    let wanted = rtype(T::TYPE);
    let mut found = Vec::new();
    let (mut invalid, mut null) = (false, false);
    for record in answers
        .iter()
        .filter(|record| record.rtype() == wanted && record.owner() == owner)
    {
        facts.ttl = facts.ttl.min(record.ttl().as_secs());
        match T::read(record).ok_or(Trouble::Malformed)? {
            Reading::Good(record) => found.push(record),
            Reading::Invalid => invalid = true,
            Reading::Null => null = true,
        }
    }
    let step = if !found.is_empty() {
        Step::Found(found, text_of(&owner))
    } else if null {
        Step::Absent(Absence::NullMx)
    } else if invalid {
        Step::Absent(Absence::InvalidName)
    } else {
        facts.negative_ttl = negative_ttl(message);
        match header.rcode() {
            Rcode::NXDOMAIN => Step::Absent(Absence::NoName),
            // An authority section speaks for the end of the chain; without one, the chain was not followed.
            _ if links > 0 && facts.negative_ttl.is_none() => Step::Alias(text_of(&owner), links),
            _ => Step::Absent(Absence::NoData),
        }
    };
    Ok((step, facts))
}

fn answer_records(message: &Message<[u8]>) -> Result<Vec<OneRecord<'_>>, Trouble> {
    let section = message.answer().map_err(|_| Trouble::Malformed)?;
    let mut records = Vec::new();
    for record in section.take(RECORDS) {
        let record = record.map_err(|_| Trouble::Malformed)?;
        if record.class() == Class::IN {
            records.push(record);
        }
    }
    Ok(records)
}

/// Follows the aliases of `name` within an answer; gives the last name and the number of links.
fn follow(
    answers: &[OneRecord<'_>],
    name: &str,
    aliases_left: usize,
    facts: &mut Facts,
) -> Result<(Name<Vec<u8>>, usize), Trouble> {
    let mut owner = Name::<Vec<u8>>::from_str(name).map_err(|_| Trouble::Malformed)?;
    let mut links = 0;
    while let Some(alias) = answers
        .iter()
        .find(|record| record.rtype() == Rtype::CNAME && record.owner() == owner)
    {
        let target = alias
            .to_record::<rdata::Cname<ParsedName<&[u8]>>>()
            .map_err(|_| Trouble::Malformed)?;
        let target = target.ok_or(Trouble::Malformed)?;
        facts.ttl = facts.ttl.min(alias.ttl().as_secs());
        owner = target.data().cname().to_vec();
        links += 1;
        if links > aliases_left {
            return Err(Trouble::AliasLoop);
        }
    }
    Ok((owner, links))
}

/// RFC 2308 §5: the lesser of the SOA record's own time to live and its last field.
fn negative_ttl(message: &Message<[u8]>) -> Option<u32> {
    let section = message.authority().ok()?;
    let mut records = section.limit_to::<rdata::Soa<ParsedName<&[u8]>>>();
    let record = records.next()?.ok()?;
    Some(record.ttl().as_secs().min(record.data().minimum().as_secs()))
}

fn text_of(name: &impl ToName) -> String {
    name.fmt_with_dot().to_string().trim_end_matches('.').to_owned()
}

fn rtype(kind: RecordType) -> Rtype {
    match kind {
        RecordType::A => Rtype::A,
        RecordType::Aaaa => Rtype::AAAA,
        RecordType::Mx => Rtype::MX,
        RecordType::Ptr => Rtype::PTR,
        RecordType::Txt => Rtype::TXT,
        RecordType::Tlsa => Rtype::TLSA,
        RecordType::Ns => Rtype::NS,
        RecordType::Srv => Rtype::SRV,
    }
}

fn host<T>(name: &impl ToName, make: impl FnOnce(String) -> T) -> Reading<T> {
    let text = text_of(name);
    if text.is_empty() {
        Reading::Null
    } else if mail::domain::is_valid(&text) || mail::domain::parse_address(&text).is_some() {
        // An address where a name should be is wrong, and so common that all the world takes it for the host.
        Reading::Good(make(text))
    } else {
        Reading::Invalid
    }
}

impl Record for Ipv4Addr {
    const TYPE: RecordType = RecordType::A;
    fn read(record: &OneRecord<'_>) -> Option<Reading<Self>> {
        let record = record.to_record::<rdata::A>().ok()??;
        Some(Reading::Good(record.data().addr()))
    }
}

impl Record for Ipv6Addr {
    const TYPE: RecordType = RecordType::Aaaa;
    fn read(record: &OneRecord<'_>) -> Option<Reading<Self>> {
        let record = record.to_record::<rdata::Aaaa>().ok()??;
        Some(Reading::Good(record.data().addr()))
    }
}

impl Record for Mx {
    const TYPE: RecordType = RecordType::Mx;
    fn read(record: &OneRecord<'_>) -> Option<Reading<Self>> {
        let record = record.to_record::<rdata::Mx<ParsedName<&[u8]>>>().ok()??;
        let preference = record.data().preference();
        // RFC 7505 writes the null exchanger with preference 0; other preferences are a mistake of the same meaning.
        Some(host(record.data().exchange(), |host| Self { preference, host }))
    }
}

impl Record for Service {
    const TYPE: RecordType = RecordType::Srv;
    fn read(record: &OneRecord<'_>) -> Option<Reading<Self>> {
        let record = record.to_record::<rdata::Srv<ParsedName<&[u8]>>>().ok()??;
        let (priority, weight, port) = (
            record.data().priority(),
            record.data().weight(),
            record.data().port(),
        );
        Some(host(record.data().target(), |host| Self {
            priority,
            weight,
            port,
            host,
        }))
    }
}

impl Record for Tlsa {
    const TYPE: RecordType = RecordType::Tlsa;
    fn read(record: &OneRecord<'_>) -> Option<Reading<Self>> {
        let record = record
            .to_record::<domain::base::rdata::UnknownRecordData<&[u8]>>()
            .ok()??;
        let [usage, selector, matching, association @ ..] = *record.data().data() else {
            return None;
        };
        Some(Reading::Good(Self {
            usage: *usage,
            selector: *selector,
            matching: *matching,
            association: association.to_vec(),
        }))
    }
}

/// A name of an address.
pub(crate) struct Pointer(pub(crate) String);

impl Record for Pointer {
    const TYPE: RecordType = RecordType::Ptr;
    fn read(record: &OneRecord<'_>) -> Option<Reading<Self>> {
        let record = record.to_record::<rdata::Ptr<ParsedName<&[u8]>>>().ok()??;
        Some(match host(record.data().ptrdname(), Self) {
            Reading::Null => Reading::Invalid,
            other => other,
        })
    }
}

/// A name server.
pub(crate) struct NameServer(pub(crate) String);

impl Record for NameServer {
    const TYPE: RecordType = RecordType::Ns;
    fn read(record: &OneRecord<'_>) -> Option<Reading<Self>> {
        let record = record.to_record::<rdata::Ns<ParsedName<&[u8]>>>().ok()??;
        Some(match host(record.data().nsdname(), Self) {
            Reading::Null => Reading::Invalid,
            other => other,
        })
    }
}

/// A text, its strings joined.
pub(crate) struct Text(pub(crate) Vec<u8>);

impl Record for Text {
    const TYPE: RecordType = RecordType::Txt;
    fn read(record: &OneRecord<'_>) -> Option<Reading<Self>> {
        let record = record.to_record::<rdata::Txt<&[u8]>>().ok()??;
        let mut joined = Vec::new();
        for string in record.data().iter_charstrs() {
            joined.extend_from_slice(string.as_slice());
        }
        Some(Reading::Good(Self(joined)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_addresses_stand_in_the_reverse_tree() {
        assert_eq!(
            reverse_name("192.0.2.1".parse().unwrap()),
            "1.2.0.192.in-addr.arpa"
        );
        let six = reverse_name("2001:db8::1".parse().unwrap());
        assert_eq!(
            six,
            "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"
        );
    }

    #[test]
    fn impossible_names_are_not_asked_for() {
        for name in ["", ".", "a..b", "a b", "a\\b", &"x".repeat(64), &"x.".repeat(130)] {
            assert!(!is_queryable(name), "{name}");
        }
        for name in ["a.b", "_25._tcp.mail.example", "*.example", "example."] {
            assert!(is_queryable(name), "{name}");
        }
    }

    #[test]
    fn random_octets_are_never_a_reply() {
        for length in 0..64 {
            let octets = vec![0xa5; length];
            assert_ne!(judge(&octets, 1, "a.example", RecordType::A), Verdict::Whole);
            let _ = read::<Mx>(&octets, "a.example", 10);
        }
    }
}

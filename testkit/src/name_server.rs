//! A name server for tests: it answers from a few lines of text, and misbehaves where these say so.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A running name server; it ends, and frees its port, when this value goes.
///
/// Each line of its zone is `NAME [TTL] TYPE DATA`; TYPE is `A`, `AAAA`, `MX` (preference and host), `NS`, `PTR`, `CNAME`
/// or `TXT`, or one of what goes wrong for every question about the name: `FAIL` (a server failure), `SILENT` (no answer),
/// `CUT` (cut short by UDP, refused by TCP), `LATE` with milliseconds, `EMPTY` (the name is there, without data), `JUNK`
/// (an answer that is none). A name that is there only as the end of others is there too; any other is not.
pub struct NameServer {
    /// Where it listens, by UDP and TCP.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    listening: Vec<thread::JoinHandle<()>>,
}

struct Shared {
    zone: Mutex<Zone>,
    asked: Mutex<Vec<String>>,
    ended: AtomicBool,
}

#[derive(Default)]
struct Zone {
    records: HashMap<String, Vec<Entry>>,
}

#[derive(Clone)]
struct Entry {
    ttl: u32,
    kind: String,
    data: String,
}

/// Code numbers of RFC 1035 §3.2.2 and RFC 3596 §2.1.
const KINDS: &[(&str, u16)] = &[
    ("A", 1),
    ("NS", 2),
    ("CNAME", 5),
    ("PTR", 12),
    ("MX", 15),
    ("TXT", 16),
    ("AAAA", 28),
];
const SOA: u16 = 6;
const FAILURE: u8 = 2;
const NO_NAME: u8 = 3;
/// Seconds for which what is not there is not there.
const NEGATIVE: u32 = 60;

impl NameServer {
    /// A name server with this zone, on a port of its own.
    ///
    /// # Panics
    /// When it cannot listen.
    pub fn start(zone: &str) -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), zone)
    }

    /// A name server with this zone, at this address.
    ///
    /// # Panics
    /// When it cannot listen.
    pub fn start_at(address: SocketAddr, zone: &str) -> Self {
        let (socket, listener) = listen(address);
        let address = socket.local_addr().expect("own address");
        let shared = Arc::new(Shared {
            zone: Mutex::new(Zone::parse(zone)),
            asked: Mutex::default(),
            ended: AtomicBool::new(false),
        });
        let (by_udp, by_tcp) = (shared.clone(), shared.clone());
        let listening = vec![
            thread::spawn(move || serve_udp(&by_udp, &socket)),
            thread::spawn(move || listen_tcp(&by_tcp, &listener)),
        ];
        Self {
            address,
            shared,
            listening,
        }
    }

    /// Gives it another zone.
    ///
    /// # Panics
    /// When a line of it is none.
    pub fn set(&self, zone: &str) {
        *self.shared.zone.lock().unwrap() = Zone::parse(zone);
    }

    /// `NAME TYPE` of each question so far, also of those that got no answer.
    ///
    /// # Panics
    /// When a thread of it has panicked.
    pub fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap().clone()
    }
}

/// The same port for both ways.
fn listen(address: SocketAddr) -> (UdpSocket, TcpListener) {
    for _ in 0..100 {
        let socket = UdpSocket::bind(address).expect("listen");
        let own = socket.local_addr().expect("own address");
        if let Ok(listener) = TcpListener::bind(own) {
            return (socket, listener);
        }
    }
    panic!("no port for a name server at {address}");
}

/// How long an end may wait to be noticed.
const NOTICE: Duration = Duration::from_millis(20);

fn serve_udp(shared: &Arc<Shared>, socket: &UdpSocket) {
    socket.set_read_timeout(Some(NOTICE)).expect("a time limit");
    let mut query = [0; 2048];
    while !shared.ended.load(Ordering::Relaxed) {
        let Ok((count, peer)) = socket.recv_from(&mut query) else {
            continue;
        };
        let query = query.get(..count).unwrap_or_default().to_vec();
        let (shared, socket) = (shared.clone(), socket.try_clone().expect("a socket"));
        thread::spawn(move || {
            if let Some(reply) = shared.answer(&query, false) {
                let _ = socket.send_to(&reply, peer);
            }
        });
    }
}

fn listen_tcp(shared: &Arc<Shared>, listener: &TcpListener) {
    listener.set_nonblocking(true).expect("no waiting");
    while !shared.ended.load(Ordering::Relaxed) {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false).expect("waiting");
                let shared = shared.clone();
                thread::spawn(move || serve_tcp(&shared, stream));
            }
            Err(_) => thread::sleep(NOTICE),
        }
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        for thread in self.listening.drain(..) {
            let _ = thread.join();
        }
    }
}

fn serve_tcp(shared: &Shared, mut stream: TcpStream) {
    let mut length = [0; 2];
    while stream.read_exact(&mut length).is_ok() {
        let mut query = vec![0; u16::from_be_bytes(length).into()];
        if stream.read_exact(&mut query).is_err() {
            return;
        }
        let Some(reply) = shared.answer(&query, true) else {
            return;
        };
        let length = u16::try_from(reply.len()).expect("a reply that fits");
        if stream
            .write_all(&[&length.to_be_bytes(), reply.as_slice()].concat())
            .is_err()
        {
            return;
        }
    }
}

impl Zone {
    fn parse(text: &str) -> Self {
        let mut zone = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (name, rest) = line.split_once(' ').expect("a name and a type");
            let (ttl, rest) = match rest.split_once(' ') {
                Some((first, after)) if first.parse::<u32>().is_ok() => (first.parse().unwrap(), after),
                _ => (3600, rest),
            };
            let (kind, data) = rest.split_once(' ').unwrap_or((rest, ""));
            zone.records
                .entry(name.to_ascii_lowercase())
                .or_default()
                .push(Entry {
                    ttl,
                    kind: kind.to_owned(),
                    data: data.to_owned(),
                });
        }
        zone
    }

    fn has(&self, name: &str) -> bool {
        let below = format!(".{name}");
        self.records
            .keys()
            .any(|known| known == name || known.ends_with(&below))
    }
}

struct Question {
    name: String,
    kind: u16,
    /// With name, type and class, as it stands in the query.
    octets: Vec<u8>,
}

impl Question {
    fn read(query: &[u8]) -> Option<Self> {
        let mut labels = Vec::new();
        let mut at = 12;
        loop {
            let length = usize::from(*query.get(at)?);
            at += 1;
            if length == 0 {
                break;
            }
            labels.push(String::from_utf8_lossy(query.get(at..at + length)?).to_ascii_lowercase());
            at += length;
        }
        let kind = u16::from_be_bytes(query.get(at..at + 2)?.try_into().ok()?);
        Some(Self {
            name: labels.join("."),
            kind,
            octets: query.get(12..at + 4)?.to_vec(),
        })
    }
}

impl Shared {
    fn answer(&self, query: &[u8], tcp: bool) -> Option<Vec<u8>> {
        let question = Question::read(query)?;
        let kind = KINDS.iter().find(|(_, number)| *number == question.kind);
        let kind = kind.map_or("OTHER", |(kind, _)| kind);
        self.asked
            .lock()
            .unwrap()
            .push(format!("{} {kind}", question.name));
        let entries = |name: &str| {
            let zone = self.zone.lock().unwrap();
            zone.records.get(name).cloned().unwrap_or_default()
        };
        let mut records: Vec<(String, Entry)> = Vec::new();
        let mut name = question.name.clone();
        loop {
            let known = entries(&name);
            let wrong = |what: &str| known.iter().find(|entry| entry.kind == what);
            if wrong("SILENT").is_some() {
                return None;
            }
            if wrong("FAIL").is_some() {
                return Some(reply(query, &question, FAILURE, false, &[]));
            }
            if wrong("JUNK").is_some() {
                return Some(junk(query, &question));
            }
            if wrong("CUT").is_some() {
                return (!tcp).then(|| reply(query, &question, 0, true, &[]));
            }
            if let Some(late) = wrong("LATE") {
                thread::sleep(Duration::from_millis(late.data.parse().expect("milliseconds")));
            }
            let found: Vec<Entry> = known.iter().filter(|entry| entry.kind == kind).cloned().collect();
            records.extend(found.iter().map(|entry| (name.clone(), entry.clone())));
            let alias = known
                .iter()
                .find(|entry| entry.kind == "CNAME" && kind != "CNAME");
            match alias {
                // A circle is told as far as it goes once.
                Some(alias) if found.is_empty() && records.len() < 16 => {
                    records.push((name.clone(), alias.clone()));
                    name.clone_from(&alias.data);
                }
                _ => break,
            }
        }
        let there = self.zone.lock().unwrap().has(&name);
        let code = if there { 0 } else { NO_NAME };
        let whole = reply(query, &question, code, false, &records);
        // RFC 1035 §4.2.1: what is longer goes by TCP.
        if !tcp && whole.len() > 512 && !offers_more(query) {
            return Some(reply(query, &question, 0, true, &[]));
        }
        Some(whole)
    }
}

/// Whether a query has an additional record, which can only be that of RFC 6891.
fn offers_more(query: &[u8]) -> bool {
    query.get(11).is_some_and(|count| *count > 0)
}

fn reply(query: &[u8], question: &Question, code: u8, cut: bool, records: &[(String, Entry)]) -> Vec<u8> {
    let mut out = query.get(..2).unwrap_or(&[0, 0]).to_vec();
    out.extend([0x81 | if cut { 2 } else { 0 }, 0x80 | code]);
    let answers = u16::try_from(records.len()).expect("few records");
    let authority =
        u16::from(records.iter().all(|(_, entry)| entry.kind == "CNAME") && code != FAILURE && !cut);
    for count in [1, answers, authority, 0] {
        out.extend(count.to_be_bytes());
    }
    out.extend(&question.octets);
    for (name, entry) in records {
        let number = KINDS.iter().find(|(kind, _)| *kind == entry.kind);
        let number = number.expect("a type that can be answered").1;
        record(&mut out, name, number, entry.ttl, &data(entry));
    }
    if authority > 0 {
        let mut soa = [wire("ns.invalid"), wire("root.invalid")].concat();
        for number in [1, 3600, 600, 86400, NEGATIVE] {
            soa.extend(u32::to_be_bytes(number));
        }
        record(&mut out, "", SOA, NEGATIVE, &soa);
    }
    out
}

/// The question answered with half a record.
fn junk(query: &[u8], question: &Question) -> Vec<u8> {
    let mut out = query.get(..2).unwrap_or(&[0, 0]).to_vec();
    out.extend([0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
    out.extend(&question.octets);
    out.extend([0xc0, 0x0c, 0, 1, 0]);
    out
}

fn record(out: &mut Vec<u8>, name: &str, kind: u16, ttl: u32, data: &[u8]) {
    out.extend(wire(name));
    out.extend(kind.to_be_bytes());
    out.extend([0, 1]);
    out.extend(ttl.to_be_bytes());
    out.extend(u16::try_from(data.len()).expect("data that fit").to_be_bytes());
    out.extend(data);
}

fn data(entry: &Entry) -> Vec<u8> {
    let text = entry.data.as_str();
    match entry.kind.as_str() {
        "A" => text.parse::<Ipv4Addr>().expect("an address").octets().to_vec(),
        "AAAA" => text.parse::<Ipv6Addr>().expect("an address").octets().to_vec(),
        "MX" => {
            let (preference, host) = text.split_once(' ').expect("a preference and a host");
            let preference: u16 = preference.parse().expect("a preference");
            [preference.to_be_bytes().as_slice(), &wire(host)].concat()
        }
        "TXT" => {
            let pieces = text.as_bytes().chunks(255);
            pieces
                .flat_map(|piece| [&[u8::try_from(piece.len()).unwrap_or(u8::MAX)], piece].concat())
                .collect()
        }
        _ => wire(text),
    }
}

/// A name as it goes over the wire, uncompressed.
fn wire(name: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for label in name.split('.').filter(|label| !label.is_empty()) {
        out.push(u8::try_from(label.len()).expect("a label that fits"));
        out.extend(label.as_bytes());
    }
    out.push(0);
    out
}

//! The counts of each client, and the highest of them.
//!
//! A rate is counted over a fixed span that begins with the client's first event; the first event after its end begins
//! a new span. No clock here: the moment comes with each event.

use contract::anvil::Counts;
use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime};

/// What a client did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Connect,
    Disconnect,
    Message,
    Recipient,
    Auth,
    NewTls,
    Lookup,
}

#[derive(Clone, Debug)]
struct Client {
    counts: Counts,
    /// Connections open. Below nothing while of one connection the end is known and the beginning was taken back.
    open: i64,
    since: Instant,
}

/// Connections of clients that one server has reported on one of its own connections, ends taken from beginnings: a
/// server with several may tell of an end on another one.
#[derive(Debug, Default)]
pub(crate) struct Account(HashMap<String, i64>);

impl Account {
    pub(crate) fn note(&mut self, event: Event, ident: &str) {
        let change = match event {
            Event::Connect => 1,
            Event::Disconnect => -1,
            _ => return,
        };
        let open = self.0.entry(ident.to_owned()).or_default();
        *open += change;
        if *open == 0 {
            self.0.remove(ident);
        }
    }
}

/// A highest count, to be logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Peak {
    pub(crate) what: &'static str,
    pub(crate) is_rate: bool,
    pub(crate) count: u32,
    pub(crate) ident: String,
    pub(crate) at: SystemTime,
}

/// All clients.
#[derive(Debug)]
pub(crate) struct Clients {
    unit: Duration,
    clients: HashMap<String, Client>,
    peaks: Vec<Peak>,
    largest: Option<(usize, SystemTime)>,
}

/// Clients kept when none has a connection open: a flood of addresses must not fill the memory.
const CLIENT_LIMIT: usize = 1_000_000;

impl Clients {
    pub(crate) fn new(unit: Duration) -> Self {
        Self {
            unit,
            clients: HashMap::new(),
            peaks: Vec::new(),
            largest: None,
        }
    }

    /// Whether an event changes anything: a stranger who is asked for, or whose end is told, stays one.
    pub(crate) fn counts(&self, event: Event, ident: &str) -> bool {
        !matches!(event, Event::Lookup | Event::Disconnect) || self.clients.contains_key(ident)
    }

    /// Counts an event, and gives the counts after it.
    pub(crate) fn note(&mut self, event: Event, ident: &str, now: Instant) -> Counts {
        if !self.counts(event, ident) {
            return Counts::default();
        }
        if self.clients.len() >= CLIENT_LIMIT {
            self.forget_idle(now);
        }
        let unit = self.unit;
        let client = self.clients.entry(ident.to_owned()).or_insert_with(|| Client {
            counts: Counts::default(),
            open: 0,
            since: now,
        });
        if now.duration_since(client.since) >= unit {
            client.counts = Counts::default();
            client.since = now;
        }
        let counts = &mut client.counts;
        match event {
            Event::Connect => {
                client.open += 1;
                counts.rate += 1;
            }
            Event::Disconnect => client.open -= 1,
            Event::Message => counts.mail += 1,
            Event::Recipient => counts.rcpt += 1,
            Event::Auth => counts.auth += 1,
            Event::NewTls => counts.ntls += 1,
            Event::Lookup => {}
        }
        counts.count = u32::try_from(client.open).unwrap_or(0);
        let counts = counts.clone();
        self.note_peaks(event, ident, &counts);
        counts
    }

    /// Takes back what is left of an account: the server that reported it is gone.
    pub(crate) fn settle(&mut self, account: Account) {
        for (ident, open) in account.0 {
            if let Some(client) = self.clients.get_mut(&ident) {
                client.open -= open;
            }
        }
    }

    fn note_peaks(&mut self, event: Event, ident: &str, counts: &Counts) {
        match event {
            Event::Connect => {
                self.note_peak("connection", true, counts.rate, ident);
                self.note_peak("connection", false, counts.count, ident);
                let size = self.clients.len();
                if self.largest.is_none_or(|(largest, _)| size > largest) {
                    self.largest = Some((size, SystemTime::now()));
                }
            }
            Event::Message => self.note_peak("message", true, counts.mail, ident),
            Event::Recipient => self.note_peak("recipient", true, counts.rcpt, ident),
            Event::Auth => self.note_peak("auth", true, counts.auth, ident),
            Event::NewTls => self.note_peak("newtls", true, counts.ntls, ident),
            Event::Disconnect | Event::Lookup => {}
        }
    }

    fn note_peak(&mut self, what: &'static str, is_rate: bool, count: u32, ident: &str) {
        let at = SystemTime::now();
        match self
            .peaks
            .iter_mut()
            .find(|peak| peak.what == what && peak.is_rate == is_rate)
        {
            Some(peak) if peak.count >= count => {}
            Some(peak) => {
                *peak = Peak {
                    what,
                    is_rate,
                    count,
                    ident: ident.to_owned(),
                    at,
                }
            }
            None => self.peaks.push(Peak {
                what,
                is_rate,
                count,
                ident: ident.to_owned(),
                at,
            }),
        }
    }

    /// The highest counts since the last call.
    pub(crate) fn take_peaks(&mut self) -> Vec<Peak> {
        std::mem::take(&mut self.peaks)
    }

    /// The most clients known at once since the last call.
    pub(crate) fn take_largest_cache(&mut self) -> Option<(usize, SystemTime)> {
        self.largest.take()
    }

    /// Forgets clients without a connection whose span is over.
    pub(crate) fn forget_idle(&mut self, now: Instant) {
        let unit = self.unit;
        self.clients
            .retain(|_, client| client.open != 0 || now.duration_since(client.since) < unit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: Duration = Duration::from_secs(60);

    #[test]
    fn connections_are_counted_until_they_close_and_rates_until_their_span_ends() {
        let mut clients = Clients::new(UNIT);
        let start = Instant::now();

        clients.note(Event::Connect, "smtp:192.0.2.1", start);
        let two = clients.note(Event::Connect, "smtp:192.0.2.1", start);
        assert_eq!((two.count, two.rate), (2, 2));

        clients.note(Event::Disconnect, "smtp:192.0.2.1", start);
        let later = clients.note(Event::Connect, "smtp:192.0.2.1", start + UNIT);
        assert_eq!((later.count, later.rate), (2, 1));
    }

    #[test]
    fn a_server_may_tell_of_an_end_on_another_connection_than_of_the_beginning() {
        for first_to_go in ["one", "other"] {
            let (mut one, mut other) = (Account::default(), Account::default());
            let mut clients = Clients::new(UNIT);
            let now = Instant::now();
            let mut tell = |account: &mut Account, event| {
                account.note(event, "a");
                clients.note(event, "a", now).count
            };

            assert_eq!(tell(&mut one, Event::Connect), 1);
            assert_eq!(tell(&mut other, Event::Disconnect), 0);
            // Another server's client of the same address stays.
            assert_eq!(tell(&mut Account::default(), Event::Connect), 1);
            if first_to_go == "other" {
                std::mem::swap(&mut one, &mut other);
            }
            clients.settle(one);
            clients.settle(other);
            assert_eq!(clients.note(Event::Lookup, "a", now).count, 1);
        }
    }

    #[test]
    fn asking_about_a_stranger_does_not_make_him_known() {
        let mut clients = Clients::new(UNIT);
        assert_eq!(
            clients.note(Event::Lookup, "smtp:192.0.2.1", Instant::now()),
            Counts::default()
        );
        assert!(clients.clients.is_empty());
    }

    #[test]
    fn the_idle_are_forgotten_and_the_connected_are_not() {
        let mut clients = Clients::new(UNIT);
        let start = Instant::now();
        clients.note(Event::Connect, "a", start);
        clients.note(Event::Message, "b", start);

        clients.forget_idle(start + UNIT);
        assert_eq!(clients.clients.keys().collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn the_highest_count_is_kept_until_it_is_told() {
        let mut clients = Clients::new(UNIT);
        let now = Instant::now();
        clients.note(Event::Message, "a", now);
        clients.note(Event::Message, "a", now);
        clients.note(Event::Message, "b", now);

        let peaks = clients.take_peaks();
        assert_eq!(
            peaks
                .iter()
                .map(|peak| (peak.count, peak.ident.as_str()))
                .collect::<Vec<_>>(),
            [(2, "a")]
        );
        assert!(clients.take_peaks().is_empty());
    }
}

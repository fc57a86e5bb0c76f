//! What is known of the client and of its envelope: the evidence that restrictions judge and log lines show.
//!
//! Nothing here asks anybody. The session fills it in, the restrictions read it and leave in it what an access table
//! wants done with the message.

use std::collections::VecDeque;
use std::fmt;
use std::net::IpAddr;

use dns::NameStatus;
use esmtp::command::Verb;

/// The client, as it is or as a proxy says it is.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// The verified host name, or `unknown`.
    pub name: String,
    pub name_status: NameStatus,
    /// The name the address has, verified or not.
    pub reverse_name: String,
    pub reverse_status: NameStatus,
    /// The address in its plain form, or `unknown`.
    pub address: String,
    pub ip: Option<IpAddr>,
    /// The port, or `unknown`.
    pub port: String,
    pub server_address: String,
    pub server_port: String,
    /// `name[address]`, with the port when it is to be logged.
    pub shown: String,
}

/// What stands for whatever is not known.
pub(crate) const UNKNOWN: &str = "unknown";

impl Client {
    /// A client of which nothing is known.
    pub(crate) fn unknown() -> Self {
        let mut client = Self {
            name: UNKNOWN.into(),
            name_status: NameStatus::Absent,
            reverse_name: UNKNOWN.into(),
            reverse_status: NameStatus::Absent,
            address: UNKNOWN.into(),
            ip: None,
            port: UNKNOWN.into(),
            server_address: UNKNOWN.into(),
            server_port: UNKNOWN.into(),
            shown: String::new(),
        };
        client.show(false);
        client
    }

    /// A client that did not come over the network.
    pub(crate) fn local() -> Self {
        let mut client = Self::unknown();
        client.name = "localhost".into();
        client.reverse_name = "localhost".into();
        client.name_status = NameStatus::Found;
        client.reverse_status = NameStatus::Found;
        client.set_address(Some(IpAddr::from([127, 0, 0, 1])));
        client.port = "0".into();
        client.server_address = client.address.clone();
        client.server_port = "0".into();
        client.show(false);
        client
    }

    pub(crate) fn set_address(&mut self, ip: Option<IpAddr>) {
        self.ip = ip;
        self.address = ip.map_or_else(|| UNKNOWN.to_owned(), |ip| ip.to_string());
    }

    /// The address as it stands in headers (RFC 5321 §4.1.3), without brackets.
    pub(crate) fn literal(&self) -> String {
        self.ip
            .map_or_else(|| UNKNOWN.to_owned(), mail::domain::literal_text)
    }

    /// Composes what log lines show.
    pub(crate) fn show(&mut self, with_port: bool) {
        self.shown = if with_port {
            format!("{}[{}]:{}", self.name, self.address, self.port)
        } else {
            format!("{}[{}]", self.name, self.address)
        };
    }

    pub(crate) fn has_name(&self) -> bool {
        !self.name.eq_ignore_ascii_case(UNKNOWN)
    }

    pub(crate) fn has_reverse_name(&self) -> bool {
        !self.reverse_name.eq_ignore_ascii_case(UNKNOWN)
    }
}

/// What XFORWARD told of the client of the proxy before us; `unknown` where it did not.
#[derive(Clone, Debug)]
pub(crate) struct Forwarded {
    pub name: String,
    pub ip: Option<IpAddr>,
    pub port: String,
    pub protocol: Option<String>,
    pub helo: Option<String>,
    pub ident: Option<String>,
    pub local: bool,
    pub told_client: bool,
}

impl Default for Forwarded {
    fn default() -> Self {
        Self {
            name: UNKNOWN.into(),
            ip: None,
            port: UNKNOWN.into(),
            protocol: None,
            helo: None,
            ident: None,
            local: false,
            told_client: false,
        }
    }
}

impl Forwarded {
    /// `name[address]`, or the name when there is no address.
    pub(crate) fn shown(&self, with_port: bool) -> String {
        match self.ip {
            Some(ip) if with_port => format!("{}[{ip}]:{}", self.name, self.port),
            Some(ip) => format!("{}[{ip}]", self.name),
            None => self.name.clone(),
        }
    }
}

/// Who has logged in.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub method: String,
    pub user: String,
}

/// Where the session stands, in the words of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Connect,
    Command(Verb),
    Unknown,
    /// Within the content of DATA.
    Content,
    /// Within the octets of a chunk.
    ChunkContent,
    EndOfMessage,
}

impl Place {
    pub(crate) const fn is(self, verb: Verb) -> bool {
        matches!(self, Self::Command(own) if own as u8 == verb as u8)
    }

    /// The `protocol_state` of the policy protocol.
    pub(crate) const fn policy_name(self) -> &'static str {
        match self {
            Self::Command(Verb::Bdat) => "DATA",
            other => other.name(),
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Connect => "CONNECT",
            Self::Command(verb) => verb.name(),
            Self::Unknown => "UNKNOWN",
            Self::Content => "DATA content",
            Self::ChunkContent => "BDAT content",
            Self::EndOfMessage => "END-OF-MESSAGE",
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Kinds of trouble that may interest the postmaster (postconf(5) notify_classes).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trouble(u8);

impl Trouble {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const BOUNCE: Self = Self(1);
    pub(crate) const DATA: Self = Self(1 << 2);
    pub(crate) const POLICY: Self = Self(1 << 4);
    pub(crate) const PROTOCOL: Self = Self(1 << 5);
    pub(crate) const RESOURCE: Self = Self(1 << 6);
    pub(crate) const SOFTWARE: Self = Self(1 << 7);

    /// Reads `notify_classes`; words that concern other programs only are known too.
    pub(crate) fn parse(words: &[String]) -> Result<Self, String> {
        words.iter().try_fold(Self::NONE, |mask, word| {
            let bit = match word.to_ascii_lowercase().as_str() {
                "bounce" => Self::BOUNCE,
                "2bounce" => Self(1 << 1),
                "data" => Self::DATA,
                "delay" => Self(1 << 3),
                "policy" => Self::POLICY,
                "protocol" => Self::PROTOCOL,
                "resource" => Self::RESOURCE,
                "software" => Self::SOFTWARE,
                _ => return Err(word.clone()),
            };
            Ok(mask | bit)
        })
    }

    pub(crate) const fn touches(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) const fn is_none(self) -> bool {
        self.0 == 0
    }
}

impl std::ops::BitOr for Trouble {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl std::ops::BitOrAssign for Trouble {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// What access tables want done with the message, if it comes to one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Actions {
    pub filter: Option<String>,
    pub redirect: Option<String>,
    pub bcc: Vec<String>,
    pub prepend: Vec<String>,
    pub hold: bool,
    pub discard: bool,
}

/// A refusal held back until the final decision would be the other one.
#[derive(Clone, Debug)]
pub(crate) struct Deferral {
    pub trouble: Trouble,
    pub code: u16,
    pub status: String,
    pub text: String,
}

/// What restrictions of an earlier stage leave for a later one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    pub now: Option<Deferral>,
    /// Whether there was one at the end of a stage.
    pub after_client: bool,
    pub after_helo: bool,
    pub after_sender: bool,
    /// The latest. A stage that begins with one held back has it, whichever stage it is of: so has Postfix.
    pub latest: Option<Deferral>,
    /// The sender, or the recipient, was looked for in its tables already.
    pub sender_listed: bool,
    pub recipient_listed: bool,
}

impl Held {
    /// Begins a stage, with a refusal held back or without.
    pub(crate) fn begin(&mut self, is_held: bool) {
        self.now = if is_held { self.latest.clone() } else { None };
    }

    /// Holds a refusal back; the first reason counts.
    pub(crate) fn hold(&mut self, deferral: Deferral) {
        if self.now.is_none() {
            self.latest = Some(deferral.clone());
            self.now = Some(deferral);
        }
    }
}

/// All that is known in one session.
#[derive(Debug)]
pub(crate) struct State {
    pub client: Client,
    pub helo: Option<String>,
    pub extended: bool,
    pub place: Place,
    pub login: Option<Login>,
    pub improper_pipelining: bool,
    pub trouble: Trouble,
    pub held: Held,
    pub etrn: Option<String>,
    // The transaction.
    pub sender: Option<String>,
    /// The recipient being judged, or else the first one accepted.
    pub recipient: Option<String>,
    pub recipients: u32,
    /// Recipients that the client has named behind the one being judged.
    pub ahead: VecDeque<String>,
    pub queue_id: Option<String>,
    pub smtputf8: bool,
    pub declared_size: u64,
    pub actual_size: u64,
    pub instance: String,
    pub actions: Actions,
    pub forwarded: Option<Forwarded>,
    pub local_rewrite: bool,
    /// AUTH of MAIL FROM, still encoded.
    pub auth_sender: Option<String>,
}

impl State {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            client,
            helo: None,
            extended: false,
            place: Place::Connect,
            login: None,
            improper_pipelining: false,
            trouble: Trouble::NONE,
            held: Held::default(),
            etrn: None,
            sender: None,
            recipient: None,
            ahead: VecDeque::new(),
            recipients: 0,
            queue_id: None,
            smtputf8: false,
            declared_size: 0,
            actual_size: 0,
            instance: String::new(),
            actions: Actions::default(),
            forwarded: None,
            local_rewrite: false,
            auth_sender: None,
        }
    }

    /// Forgets the transaction.
    pub(crate) fn reset_transaction(&mut self) {
        self.sender = None;
        self.recipient = None;
        self.recipients = 0;
        self.queue_id = None;
        self.smtputf8 = false;
        self.declared_size = 0;
        self.actual_size = 0;
        self.instance.clear();
        self.actions = Actions::default();
        self.forwarded = None;
        self.auth_sender = None;
    }

    pub(crate) const fn protocol(&self) -> &'static str {
        if self.extended { "ESMTP" } else { "SMTP" }
    }

    /// The queue id in front of log lines.
    pub(crate) fn queue_id(&self) -> &str {
        self.queue_id.as_deref().unwrap_or("NOQUEUE")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_shown_with_name_and_address() {
        let mut client = Client::unknown();
        client.set_address("2001:db8::1".parse().ok());
        client.port = "25".into();
        client.show(false);
        assert_eq!(client.shown, "unknown[2001:db8::1]");
        client.show(true);
        assert_eq!(client.shown, "unknown[2001:db8::1]:25");
        assert_eq!(client.literal(), "IPv6:2001:db8::1");
    }

    #[test]
    fn notify_classes_are_read() {
        let classes = Trouble::parse(&["resource".into(), "Software".into()]).unwrap();
        assert!(classes.touches(Trouble::SOFTWARE) && !classes.touches(Trouble::POLICY));
        assert_eq!(Trouble::parse(&["nothing".into()]), Err("nothing".into()));
    }
}

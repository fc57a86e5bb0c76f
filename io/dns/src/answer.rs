//! What a lookup gives: found, absent, or could not tell. Never two of them in one form.

use std::fmt;

/// The answer to a lookup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// There are such records.
    Found(Found<T>),
    /// There are none, on good authority.
    Absent(Absent),
    /// Nobody could say.
    CouldNotTell(Trouble),
}

/// Records of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<T> {
    /// At least one.
    pub records: Vec<T>,
    /// Their owner: the name asked for, or where its aliases led.
    pub name: String,
    /// Least time to live on the way, in seconds.
    pub ttl: u32,
    /// The name server says that DNSSEC vouches for every link (bit AD).
    pub authenticated: bool,
}

/// That there are no records, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// Why.
    pub why: Absence,
    /// How long that holds, in seconds (RFC 2308), when the server said so.
    pub ttl: Option<u32>,
    /// DNSSEC vouches for the absence.
    pub authenticated: bool,
}

/// The forms of absence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// No such name (NXDOMAIN).
    NoName,
    /// The name has no record of this type.
    NoData,
    /// The domain takes no mail (RFC 7505).
    NullMx,
    /// The name asked for, or every name in the answer, is no valid host name.
    InvalidName,
}

/// Why nobody could say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No server answered in time, or none could be reached.
    NoServer,
    /// All servers refused or failed; the last one's response code.
    ServerFailure(u8),
    /// A server could not understand the question.
    FormatError,
    /// An answer that makes no sense.
    Malformed,
    /// Aliases lead in a circle, or too far.
    AliasLoop,
}

impl Trouble {
    /// True when asking again later is not likely to help.
    #[must_use]
    pub fn is_permanent(self) -> bool {
        matches!(self, Self::FormatError)
    }
}

impl<T> Answer<T> {
    /// The same answer with each record changed.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Answer<U> {
        match self {
            Self::Found(Found {
                records,
                name,
                ttl,
                authenticated,
            }) => {
                let records = records.into_iter().map(change).collect();
                Answer::Found(Found {
                    records,
                    name,
                    ttl,
                    authenticated,
                })
            }
            Self::Absent(absent) => Answer::Absent(absent),
            Self::CouldNotTell(trouble) => Answer::CouldNotTell(trouble),
        }
    }

    /// In the resolver's traditional words, why there is no record of `name`; empty when there is.
    #[must_use]
    pub fn reason(&self, name: &str, kind: RecordType) -> String {
        match self {
            Self::Found(_) => String::new(),
            Self::Absent(absent) => absent.why.reason(name, kind),
            Self::CouldNotTell(trouble) => trouble.reason(name, kind),
        }
    }

    /// In the words of getaddrinfo(3), why a host has no address; empty when it has.
    #[must_use]
    pub const fn native_reason(&self) -> &'static str {
        match self {
            Self::Found(_) => "",
            Self::Absent(Absent {
                why: Absence::NoData, ..
            }) => "No address associated with hostname",
            Self::Absent(_) => "Name or service not known",
            Self::CouldNotTell(_) => "Temporary failure in name resolution",
        }
    }
}

impl Absence {
    /// The absence itself in the resolver's traditional words, without the name asked for.
    #[must_use]
    pub const fn error(self) -> &'static str {
        match self {
            Self::NoName | Self::NullMx | Self::InvalidName => "Host not found",
            Self::NoData => "Host found but no data record of requested type",
        }
    }

    /// The absence in the resolver's traditional words.
    #[must_use]
    pub fn reason(self, name: &str, kind: RecordType) -> String {
        match self {
            Self::NoName | Self::NoData => {}
            Self::NullMx => return format!("Domain {name} does not accept mail (nullMX)"),
            Self::InvalidName => {
                return format!("Name service error for {name}: invalid host or domain name");
            }
        }
        let error = self.error();
        format!("Host or domain name not found. Name service error for name={name} type={kind}: {error}")
    }
}

impl Trouble {
    /// The trouble itself in the resolver's traditional words, without the name asked for.
    #[must_use]
    pub const fn error(self) -> &'static str {
        match self {
            Self::NoServer | Self::ServerFailure(_) => "Host not found, try again",
            Self::FormatError => "Non-recoverable error",
            Self::Malformed => "Malformed or unexpected name server reply",
            Self::AliasLoop => "Name server loop",
        }
    }

    /// The trouble in the resolver's traditional words.
    #[must_use]
    pub fn reason(self, name: &str, kind: RecordType) -> String {
        let error = self.error();
        match self {
            Self::Malformed => return format!("Name service error for name={name} type={kind}: {error}"),
            Self::AliasLoop => return format!("{error} for {name}"),
            _ => {}
        }
        format!("Host or domain name not found. Name service error for name={name} type={kind}: {error}")
    }
}

/// The record types that this room asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordType {
    /// IPv4 address.
    A,
    /// IPv6 address.
    Aaaa,
    /// Mail exchanger.
    Mx,
    /// Name of an address.
    Ptr,
    /// Text.
    Txt,
    /// Certificate association.
    Tlsa,
    /// Name server.
    Ns,
    /// Service.
    Srv,
}

impl fmt::Display for RecordType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Mx => "MX",
            Self::Ptr => "PTR",
            Self::Txt => "TXT",
            Self::Tlsa => "TLSA",
            Self::Ns => "NS",
            Self::Srv => "SRV",
        })
    }
}

/// A mail exchanger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mx {
    /// The lower, the better.
    pub preference: u16,
    /// Its host name.
    pub host: String,
}

/// A service's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The lower, the better.
    pub priority: u16,
    /// Share among those of equal priority.
    pub weight: u16,
    /// TCP port.
    pub port: u16,
    /// Host name.
    pub host: String,
}

/// A certificate association (RFC 6698 §2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tlsa {
    /// Certificate usage.
    pub usage: u8,
    /// Selector.
    pub selector: u8,
    /// Matching type.
    pub matching: u8,
    /// Certificate, key or digest.
    pub association: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_worded_as_resolvers_always_did() {
        assert_eq!(
            Absence::NoName.reason("a.example", RecordType::Mx),
            "Host or domain name not found. Name service error for name=a.example type=MX: Host not found"
        );
        assert_eq!(
            Trouble::NoServer.reason("a.example", RecordType::Aaaa),
            "Host or domain name not found. Name service error for name=a.example type=AAAA: Host not found, try again"
        );
        assert_eq!(
            Absence::NullMx.reason("a.example", RecordType::Mx),
            "Domain a.example does not accept mail (nullMX)"
        );
    }
}

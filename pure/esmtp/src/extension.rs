//! EHLO keywords: what a server announces, and what a client finds announced.
//!
//! The order of the server's lines is Postfix's, because scanners and log readers know it. Whether an extension is
//! offered at all (rights, TLS state) is decided by whoever fills the [`Announcement`].

use std::fmt;

/// A set of EHLO keywords, as named by `smtpd_discard_ehlo_keywords` and its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keywords(u32);

/// Names in the order in which a set is written, with the bit of each.
const NAMES: [(&str, Keywords); 16] = [
    ("8BITMIME", Keywords::EIGHT_BIT),
    ("AUTH", Keywords::AUTH),
    ("ETRN", Keywords::ETRN),
    ("PIPELINING", Keywords::PIPELINING),
    ("SIZE", Keywords::SIZE),
    ("XVERP", Keywords::XVERP),
    ("VRFY", Keywords::VRFY),
    ("XCLIENT", Keywords::XCLIENT),
    ("XFORWARD", Keywords::XFORWARD),
    ("STARTTLS", Keywords::STARTTLS),
    ("ENHANCEDSTATUSCODES", Keywords::ENHANCED_STATUS),
    ("DSN", Keywords::DSN),
    ("SMTPUTF8", Keywords::SMTPUTF8),
    ("CHUNKING", Keywords::CHUNKING),
    ("REQUIRETLS", Keywords::REQUIRETLS),
    ("SILENT-DISCARD", Keywords::SILENT),
];

impl Keywords {
    /// None.
    pub const NONE: Self = Self(0);
    /// RFC 6152.
    pub const EIGHT_BIT: Self = Self(1);
    /// RFC 4954.
    pub const AUTH: Self = Self(1 << 1);
    /// RFC 1985.
    pub const ETRN: Self = Self(1 << 2);
    /// RFC 2920.
    pub const PIPELINING: Self = Self(1 << 3);
    /// RFC 1870.
    pub const SIZE: Self = Self(1 << 4);
    /// VERP_README.
    pub const XVERP: Self = Self(1 << 5);
    /// RFC 5321 §3.5.
    pub const VRFY: Self = Self(1 << 6);
    /// XCLIENT_README.
    pub const XCLIENT: Self = Self(1 << 7);
    /// XFORWARD_README.
    pub const XFORWARD: Self = Self(1 << 8);
    /// RFC 3207.
    pub const STARTTLS: Self = Self(1 << 9);
    /// RFC 2034.
    pub const ENHANCED_STATUS: Self = Self(1 << 10);
    /// RFC 3461.
    pub const DSN: Self = Self(1 << 11);
    /// RFC 6531.
    pub const SMTPUTF8: Self = Self(1 << 12);
    /// RFC 3030.
    pub const CHUNKING: Self = Self(1 << 13);
    /// RFC 8689.
    pub const REQUIRETLS: Self = Self(1 << 14);
    /// Not a keyword: do not log what is discarded.
    pub const SILENT: Self = Self(1 << 15);

    /// Reads a list of keywords in any case, separated by white space or commas. Unknown names are passed over, so
    /// that one configuration serves several releases.
    #[must_use]
    pub fn parse(list: &str) -> Self {
        list.split(|c: char| c == ',' || c.is_ascii_whitespace())
            .fold(Self::NONE, |set, word| {
                let known = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
                known.map_or(set, |(_, bit)| set | *bit)
            })
    }

    /// Whether all of `other` are in this set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl std::ops::BitOr for Keywords {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl std::ops::BitOrAssign for Keywords {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// The names, upper case, separated by blanks.
impl fmt::Display for Keywords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (name, bit) in NAMES {
            if self.has(bit) {
                write!(f, "{separator}{name}")?;
                separator = " ";
            }
        }
        Ok(())
    }
}

/// What a server could announce to one client, before `discard` takes away.
#[derive(Clone, Debug, Default)]
pub struct Announcement<'a> {
    /// `myhostname`.
    pub hostname: &'a str,
    /// `message_size_limit` in octets; `None` when there is none.
    pub size: Option<u64>,
    /// VRFY works.
    pub vrfy: bool,
    /// STARTTLS is possible and not yet done.
    pub starttls: bool,
    /// SASL mechanisms, separated by blanks; `None` when AUTH is not possible.
    pub auth: Option<&'a str>,
    /// Also say `AUTH=...`, for clients of an old draft.
    pub auth_equals: bool,
    /// The client may use XVERP.
    pub xverp: bool,
    /// The client may use XCLIENT.
    pub xclient: bool,
    /// The client may use XFORWARD.
    pub xforward: bool,
    /// `smtputf8_enable`.
    pub smtputf8: bool,
    /// REQUIRETLS is possible: the session is encrypted.
    pub requiretls: bool,
    /// What shall not be announced.
    pub discard: Keywords,
}

impl Announcement<'_> {
    /// The lines of the reply to EHLO, without reply code.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.hostname.to_owned()];
        let mut say = |keyword: Keywords, possible: bool, line: String| {
            if possible && !self.discard.has(keyword) {
                lines.push(line);
            }
        };
        say(Keywords::PIPELINING, true, "PIPELINING".into());
        say(
            Keywords::SIZE,
            true,
            self.size
                .map_or_else(|| "SIZE".into(), |size| format!("SIZE {size}")),
        );
        say(Keywords::VRFY, self.vrfy, "VRFY".into());
        say(Keywords::ETRN, true, "ETRN".into());
        say(Keywords::STARTTLS, self.starttls, "STARTTLS".into());
        if let Some(mechanisms) = self.auth {
            say(Keywords::AUTH, true, format!("AUTH {mechanisms}"));
            say(Keywords::AUTH, self.auth_equals, format!("AUTH={mechanisms}"));
        }
        say(Keywords::XVERP, self.xverp, "XVERP".into());
        let line = "XCLIENT NAME ADDR PROTO HELO REVERSE_NAME PORT LOGIN DESTADDR DESTPORT";
        say(Keywords::XCLIENT, self.xclient, line.into());
        say(
            Keywords::XFORWARD,
            self.xforward,
            "XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT".into(),
        );
        say(Keywords::ENHANCED_STATUS, true, "ENHANCEDSTATUSCODES".into());
        say(Keywords::EIGHT_BIT, true, "8BITMIME".into());
        say(Keywords::DSN, true, "DSN".into());
        say(Keywords::SMTPUTF8, self.smtputf8, "SMTPUTF8".into());
        say(Keywords::CHUNKING, true, "CHUNKING".into());
        say(Keywords::REQUIRETLS, self.requiretls, "REQUIRETLS".into());
        lines
    }
}

/// What a server announced to us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// Keywords found, after discards.
    pub keywords: Keywords,
    /// The limit from SIZE, in octets; `None` for none or zero.
    pub size: Option<u64>,
    /// Mechanisms from AUTH, in the server's order.
    pub auth: Vec<String>,
    /// Attributes from XFORWARD, upper case.
    pub xforward: Vec<String>,
    /// The name the server gave itself in the first line.
    pub name: String,
}

impl Features {
    /// Reads the text of a positive EHLO or LHLO reply: one line after the other, with reply codes, separated by LF.
    /// Keywords in `discard` are not seen.
    #[must_use]
    pub fn parse(reply_text: &str, discard: Keywords) -> Self {
        let mut features = Self::default();
        for (number, line) in reply_text.split('\n').enumerate() {
            let line = line.get(4..).unwrap_or_default();
            let mut words = line.split([' ', '\t', '=']).filter(|word| !word.is_empty());
            let Some(first) = words.next() else { continue };
            if number == 0 {
                first.clone_into(&mut features.name);
                continue;
            }
            let Some((_, bit)) = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(first)) else {
                continue;
            };
            if discard.has(*bit) || *bit == Keywords::SILENT {
                continue;
            }
            features.keywords |= *bit;
            match *bit {
                Keywords::SIZE => {
                    features.size = words
                        .next()
                        .and_then(|word| word.parse().ok())
                        .filter(|size| *size > 0);
                }
                Keywords::AUTH => features.auth.extend(words.map(str::to_owned)),
                Keywords::XFORWARD => features.xforward.extend(words.map(str::to_ascii_uppercase)),
                _ => {}
            }
        }
        features.auth.dedup();
        features
    }

    /// Whether the server announced `keyword`.
    #[must_use]
    pub const fn has(&self, keyword: Keywords) -> bool {
        self.keywords.has(keyword)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_read_and_written() {
        let set = Keywords::parse("chunking, Silent-Discard nonsense\tETRN");

        assert!(set.has(Keywords::CHUNKING) && set.has(Keywords::SILENT) && !set.has(Keywords::SIZE));
        assert_eq!(set.to_string(), "ETRN CHUNKING SILENT-DISCARD");
        assert!(Keywords::parse(" , ").is_empty());
    }

    #[test]
    fn the_server_announces_in_order() {
        let announcement = Announcement {
            hostname: "mx.example",
            size: Some(10_240_000),
            vrfy: true,
            starttls: true,
            auth: Some("PLAIN LOGIN"),
            auth_equals: true,
            xverp: true,
            xclient: true,
            xforward: true,
            smtputf8: true,
            discard: Keywords::parse("etrn"),
            ..Announcement::default()
        };

        assert_eq!(
            announcement.lines(),
            [
                "mx.example",
                "PIPELINING",
                "SIZE 10240000",
                "VRFY",
                "STARTTLS",
                "AUTH PLAIN LOGIN",
                "AUTH=PLAIN LOGIN",
                "XVERP",
                "XCLIENT NAME ADDR PROTO HELO REVERSE_NAME PORT LOGIN DESTADDR DESTPORT",
                "XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT",
                "ENHANCEDSTATUSCODES",
                "8BITMIME",
                "DSN",
                "SMTPUTF8",
                "CHUNKING",
            ]
        );
    }

    #[test]
    fn the_client_reads_what_is_announced() {
        let text = "250-mx.example greets you\n250-PIPELINING\n250-size 1000\n250-AUTH=PLAIN LOGIN\n\
                    250-XFORWARD name ADDR\n250-X-OTHER\n250 CHUNKING";
        let features = Features::parse(text, Keywords::CHUNKING);

        assert_eq!(features.name, "mx.example");
        assert!(features.has(Keywords::PIPELINING) && !features.has(Keywords::CHUNKING));
        assert_eq!(features.size, Some(1000));
        assert_eq!(features.auth, ["PLAIN", "LOGIN"]);
        assert_eq!(features.xforward, ["NAME", "ADDR"]);
    }
}

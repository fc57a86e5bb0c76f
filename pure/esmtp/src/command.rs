//! Commands a client may send, and how one line becomes one of them.
//!
//! Reading a command needs to know what was announced ([`Rules`]), not where the session stands: whether a command may
//! come now is the dialogue's question ([`crate::server`]). A [`Fault`] says what is wrong; its wording is the
//! server's.

use std::borrow::Cow;

use mail::{Notify, Ret};

use crate::parameter::{self, Chunk};
use crate::path::{self, Path};
use crate::token::{self, Token, Tokens};

/// The verbs known here, in the order in which a session's command counts are logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Verb {
    Helo,
    Ehlo,
    Lhlo,
    Xclient,
    Xforward,
    Starttls,
    Auth,
    Mail,
    Rcpt,
    Data,
    Bdat,
    Rset,
    Noop,
    Vrfy,
    Etrn,
    Quit,
    Help,
}

impl Verb {
    /// All verbs, in order.
    pub const ALL: [Self; 17] = [
        Self::Helo,
        Self::Ehlo,
        Self::Lhlo,
        Self::Xclient,
        Self::Xforward,
        Self::Starttls,
        Self::Auth,
        Self::Mail,
        Self::Rcpt,
        Self::Data,
        Self::Bdat,
        Self::Rset,
        Self::Noop,
        Self::Vrfy,
        Self::Etrn,
        Self::Quit,
        Self::Help,
    ];

    /// The verb in upper case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Helo => "HELO",
            Self::Ehlo => "EHLO",
            Self::Lhlo => "LHLO",
            Self::Xclient => "XCLIENT",
            Self::Xforward => "XFORWARD",
            Self::Starttls => "STARTTLS",
            Self::Auth => "AUTH",
            Self::Mail => "MAIL",
            Self::Rcpt => "RCPT",
            Self::Data => "DATA",
            Self::Bdat => "BDAT",
            Self::Rset => "RSET",
            Self::Noop => "NOOP",
            Self::Vrfy => "VRFY",
            Self::Etrn => "ETRN",
            Self::Quit => "QUIT",
            Self::Help => "HELP",
        }
    }

    /// The verb a word names, in any case.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|verb| verb.name().eq_ignore_ascii_case(word))
    }

    /// Whether nothing may be pipelined behind it (RFC 2920 §3.1). DATA is not alone: RFC 3030 lets chunks follow.
    #[must_use]
    pub const fn ends_group(self) -> bool {
        matches!(
            self,
            Self::Helo | Self::Ehlo | Self::Lhlo | Self::Data | Self::Noop | Self::Vrfy
        )
    }

    /// Whether a client can repeat it forever without getting anywhere; such commands count as junk.
    #[must_use]
    pub const fn is_junk(self) -> bool {
        matches!(
            self,
            Self::Helo | Self::Ehlo | Self::Lhlo | Self::Rset | Self::Noop | Self::Vrfy | Self::Etrn
        )
    }

    /// Whether it may come before STARTTLS when encryption is demanded.
    #[must_use]
    pub const fn may_precede_tls(self) -> bool {
        matches!(
            self,
            Self::Helo
                | Self::Ehlo
                | Self::Lhlo
                | Self::Xclient
                | Self::Starttls
                | Self::Noop
                | Self::Quit
                | Self::Help
        )
    }
}

/// What this client may use at this moment.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// `strict_rfc821_envelopes`.
    pub strict_envelopes: bool,
    /// `smtputf8_enable`, and SMTPUTF8 not discarded.
    pub smtputf8: bool,
    /// DSN not discarded.
    pub dsn: bool,
    /// CHUNKING not discarded.
    pub chunking: bool,
    /// REQUIRETLS was announced.
    pub requiretls: bool,
    /// The client may use XVERP: the default delimiters, and the characters a client may choose from.
    pub xverp: Option<(&'a str, &'a str)>,
}

/// MAIL FROM with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail<'a> {
    /// The sender; empty for the null sender.
    pub sender: Path<'a>,
    /// BODY (RFC 6152).
    pub body: Option<Body>,
    /// SIZE (RFC 1870).
    pub size: Option<u64>,
    /// SMTPUTF8 (RFC 6531).
    pub smtputf8: bool,
    /// REQUIRETLS (RFC 8689).
    pub requiretls: bool,
    /// AUTH, still encoded (RFC 4954 §5).
    pub auth: Option<&'a str>,
    /// The two XVERP delimiters.
    pub verp: Option<&'a str>,
    /// RET (RFC 3461 §4.3).
    pub ret: Ret,
    /// ENVID, decoded (RFC 3461 §4.4).
    pub envid: Option<String>,
}

/// What BODY declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// 7BIT.
    SevenBit,
    /// 8BITMIME.
    EightBit,
}

/// RCPT TO with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rcpt<'a> {
    /// The recipient.
    pub recipient: Path<'a>,
    /// NOTIFY (RFC 3461 §4.1).
    pub notify: Notify,
    /// ORCPT as `type;address`, decoded (RFC 3461 §4.2).
    pub orcpt: Option<String>,
}

/// A command in good syntax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command<'a> {
    /// HELO, EHLO or LHLO with the name given.
    Hello(Cow<'a, str>),
    /// MAIL FROM.
    Mail(Mail<'a>),
    /// RCPT TO.
    Rcpt(Rcpt<'a>),
    /// DATA.
    Data,
    /// BDAT.
    Bdat(Chunk),
    /// RSET.
    Rset,
    /// NOOP.
    Noop,
    /// VRFY: the address as sent and as read, and whether SMTPUTF8 was given.
    Vrfy {
        /// As sent.
        text: Cow<'a, str>,
        /// Internal form.
        address: String,
        /// SMTPUTF8 was given (RFC 6531 §3.7.4.2).
        smtputf8: bool,
    },
    /// ETRN with the domain.
    Etrn(&'a str),
    /// QUIT.
    Quit,
    /// XCLIENT or XFORWARD with `attribute=value` words.
    Attributes(Vec<&'a str>),
    /// STARTTLS.
    Starttls,
    /// AUTH: mechanism and initial response.
    Auth(&'a str, Option<&'a str>),
    /// HELP.
    Help,
}

/// What is wrong with a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Arguments are missing, or too many.
    Syntax(Verb),
    /// MAIL or ETRN or AUTH before HELO, with `smtpd_helo_required`.
    NeedHello,
    /// MAIL within a transaction.
    NestedMail,
    /// This command in the midst of chunks.
    AfterBdat(Verb),
    /// RCPT outside of a transaction.
    NeedMail,
    /// DATA or BDAT outside of a transaction.
    NeedRecipient,
    /// DATA or BDAT when every recipient was refused.
    NoValidRecipients,
    /// A command that may not come within a transaction.
    InTransaction(Verb),
    /// MAIL FROM with a malformed address.
    BadSender,
    /// RCPT TO or VRFY with a malformed address.
    BadRecipient,
    /// SIZE is not a number.
    BadSize,
    /// SIZE is a number beyond all measure.
    SizeOverflow,
    /// RET twice, or with an unknown word.
    BadRet,
    /// ENVID twice, or wrongly encoded.
    BadEnvid,
    /// NOTIFY twice, or with unknown or contradictory words.
    BadNotify,
    /// ORCPT twice, or wrongly encoded.
    BadOrcpt,
    /// AUTH twice.
    RepeatedAuth,
    /// XVERP with other than two characters of the filter.
    BadVerp,
    /// XVERP for the null sender.
    VerpNullSender,
    /// A DSN parameter although DSN was not announced.
    DsnDisabled,
    /// A parameter not known here.
    Unsupported(String),
    /// BDAT although CHUNKING was not announced. The octets that follow cannot be told from commands.
    ChunkingDisabled,
    /// BDAT without a number. The octets that follow cannot be told from commands.
    BadChunk,
    /// BDAT 0 that is not the last: it could be repeated forever.
    NullChunk,
    /// A chunk after one that failed.
    ChunkAfterError(Chunk),
    /// ETRN with something that is no domain.
    BadEtrn,
}

/// A command line cut into words, with its verb looked up.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    tokens: Tokens<'a>,
    /// The verb, if it is one of ours.
    pub verb: Option<Verb>,
}

impl<'a> Line<'a> {
    /// Cuts `text`; `None` when it has no words at all.
    #[must_use]
    pub fn cut(text: &'a str) -> Option<Self> {
        let tokens = token::cut(text);
        let verb = Verb::parse(tokens.first()?.text);
        Some(Self { tokens, verb })
    }

    /// The first word as sent.
    #[must_use]
    pub fn word(&self) -> &'a str {
        self.tokens.first().map_or("", |token| token.text)
    }

    /// The address word of MAIL, RCPT or VRFY as it was sent, when its quotes are closed; for a log line.
    #[must_use]
    pub fn address_word(&self) -> Option<&'a str> {
        let position = if self.verb == Some(Verb::Vrfy) { 1 } else { 2 };
        self.tokens
            .get(position)
            .filter(|token| token.closed)
            .map(|token| token.text)
    }

    /// Reads the arguments of `verb`.
    ///
    /// # Errors
    /// A [`Fault`] of syntax.
    pub fn command(&self, verb: Verb, rules: &Rules<'a>) -> Result<Command<'a>, Fault> {
        let arguments = self.tokens.get(1..).unwrap_or_default();
        let alone = |command| {
            if arguments.is_empty() {
                Ok(command)
            } else {
                Err(Fault::Syntax(verb))
            }
        };
        match verb {
            Verb::Helo | Verb::Ehlo | Verb::Lhlo => match arguments {
                [] => Err(Fault::Syntax(verb)),
                words => Ok(Command::Hello(join(words))),
            },
            Verb::Mail => mail(arguments, rules).map(Command::Mail),
            Verb::Rcpt => rcpt(arguments, rules).map(Command::Rcpt),
            Verb::Data => alone(Command::Data),
            Verb::Bdat => chunk(arguments, rules).map(Command::Bdat),
            Verb::Rset => alone(Command::Rset),
            Verb::Starttls => alone(Command::Starttls),
            Verb::Noop => Ok(Command::Noop),
            Verb::Quit => Ok(Command::Quit),
            Verb::Help => Ok(Command::Help),
            Verb::Vrfy => vrfy(arguments, rules),
            Verb::Etrn => etrn(arguments),
            Verb::Xclient | Verb::Xforward if arguments.is_empty() => Err(Fault::Syntax(verb)),
            Verb::Xclient | Verb::Xforward => Ok(Command::Attributes(
                arguments.iter().map(|word| word.text).collect(),
            )),
            Verb::Auth => match arguments {
                [mechanism] => Ok(Command::Auth(mechanism.text, None)),
                [mechanism, initial] => Ok(Command::Auth(mechanism.text, Some(initial.text))),
                _ => Err(Fault::Syntax(verb)),
            },
        }
    }
}

/// Words as one text with single blanks.
fn join<'a>(words: &[Token<'a>]) -> Cow<'a, str> {
    match words {
        [word] => Cow::Borrowed(word.text),
        words => Cow::Owned(words.iter().map(|word| word.text).collect::<Vec<_>>().join(" ")),
    }
}

fn mail<'a>(arguments: &[Token<'a>], rules: &Rules<'a>) -> Result<Mail<'a>, Fault> {
    let (path, words) = address_argument(arguments, "from:", Verb::Mail, Fault::BadSender)?;
    let smtputf8 = rules.smtputf8
        && words
            .iter()
            .any(|word| word.text.eq_ignore_ascii_case("SMTPUTF8"));
    let sender = path::parse(path, rules.strict_envelopes).map_err(|_| Fault::BadSender)?;
    let mut mail = Mail {
        sender,
        body: None,
        size: None,
        smtputf8,
        requiretls: false,
        auth: None,
        verp: None,
        ret: Ret::Unset,
        envid: None,
    };
    for word in words {
        parameter::mail(word.text, rules, &mut mail)?;
    }
    if mail.verp.is_some() && mail.sender.address.is_empty() {
        return Err(Fault::VerpNullSender);
    }
    Ok(mail)
}

fn rcpt<'a>(arguments: &[Token<'a>], rules: &Rules<'a>) -> Result<Rcpt<'a>, Fault> {
    let (path, words) = address_argument(arguments, "to:", Verb::Rcpt, Fault::BadRecipient)?;
    let recipient = path::parse(path, rules.strict_envelopes).map_err(|_| Fault::BadRecipient)?;
    if recipient.address.is_empty() {
        return Err(Fault::BadRecipient);
    }
    let mut rcpt = Rcpt {
        recipient,
        notify: Notify::NONE,
        orcpt: None,
    };
    for word in words {
        parameter::rcpt(word.text, rules, &mut rcpt)?;
    }
    Ok(rcpt)
}

/// The address word behind `keyword`, and the parameter words behind it.
fn address_argument<'t, 'a>(
    arguments: &'t [Token<'a>],
    keyword: &str,
    verb: Verb,
    malformed: Fault,
) -> Result<(&'a str, &'t [Token<'a>]), Fault> {
    match arguments {
        [first, path, words @ ..] if first.text.eq_ignore_ascii_case(keyword) => {
            if path.closed {
                Ok((path.text, words))
            } else {
                Err(malformed)
            }
        }
        _ => Err(Fault::Syntax(verb)),
    }
}

fn chunk(arguments: &[Token<'_>], rules: &Rules<'_>) -> Result<Chunk, Fault> {
    if !rules.chunking {
        return Err(Fault::ChunkingDisabled);
    }
    let (count, last) = match arguments {
        [count] => (count, false),
        [count, last] if last.text.eq_ignore_ascii_case("LAST") => (count, true),
        _ => return Err(Fault::BadChunk),
    };
    if !count.text.bytes().all(|octet| octet.is_ascii_digit()) {
        return Err(Fault::BadChunk);
    }
    let octets = count
        .text
        .parse()
        .ok()
        .filter(|octets| *octets <= i64::MAX as u64)
        .ok_or(Fault::BadChunk)?;
    Ok(Chunk { octets, last })
}

fn vrfy<'a>(arguments: &[Token<'a>], rules: &Rules<'a>) -> Result<Command<'a>, Fault> {
    let (words, smtputf8) = match arguments {
        [words @ .., last] if rules.smtputf8 && last.text.eq_ignore_ascii_case("SMTPUTF8") => (words, true),
        words => (words, false),
    };
    if words.is_empty() {
        return Err(Fault::Syntax(Verb::Vrfy));
    }
    let text = join(words);
    let address = path::parse(&text, false)
        .map_err(|_| Fault::BadRecipient)?
        .address
        .into_owned();
    if address.is_empty() {
        return Err(Fault::BadRecipient);
    }
    Ok(Command::Vrfy {
        text,
        address,
        smtputf8,
    })
}

fn etrn<'a>(arguments: &[Token<'a>]) -> Result<Command<'a>, Fault> {
    let [word] = arguments else {
        return Err(Fault::Syntax(Verb::Etrn));
    };
    let domain = word.text.strip_prefix(['@', '#']).unwrap_or(word.text);
    let valid = mail::domain::is_valid(domain) || mail::domain::parse_literal(domain).is_some();
    if valid {
        Ok(Command::Etrn(domain))
    } else {
        Err(Fault::BadEtrn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules<'_> = Rules {
        strict_envelopes: false,
        smtputf8: true,
        dsn: true,
        chunking: true,
        requiretls: false,
        xverp: Some(("+=", "-=+")),
    };

    fn read(text: &str) -> Result<Command<'_>, Fault> {
        let line = Line::cut(text).unwrap();
        line.command(line.verb.unwrap(), &RULES)
    }

    fn read_mail(text: &str) -> Mail<'_> {
        match read(text) {
            Ok(Command::Mail(mail)) => mail,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn verbs_are_found_in_any_case() {
        assert_eq!(Line::cut("ehlo x").unwrap().verb, Some(Verb::Ehlo));
        assert_eq!(Line::cut("GET /").unwrap().verb, None);
        assert_eq!(Line::cut("GET /").unwrap().word(), "GET");
        assert!(Line::cut("  \t").is_none());
    }

    #[test]
    fn mail_takes_all_parameters() {
        let mail = read_mail(
            "MAIL FROM:<a@b> SIZE=1000 body=8bitmime SMTPUTF8 RET=hdrs ENVID=x+2By AUTH=<> XVERP=-+",
        );

        assert_eq!(mail.sender.address, "a@b");
        assert_eq!(mail.size, Some(1000));
        assert_eq!(mail.body, Some(Body::EightBit));
        assert!(mail.smtputf8);
        assert_eq!(mail.ret, Ret::Headers);
        assert_eq!(mail.envid.as_deref(), Some("x+y"));
        assert_eq!(mail.auth, Some("<>"));
        assert_eq!(mail.verp, Some("-+"));
        assert_eq!(read_mail("MAIL FROM:<a@b> XVERP").verp, Some("+="));
    }

    #[test]
    fn bad_parameters_of_mail_are_faults() {
        for (text, fault) in [
            ("MAIL", Fault::Syntax(Verb::Mail)),
            ("MAIL FROM:", Fault::Syntax(Verb::Mail)),
            ("MAIL TO:<a@b>", Fault::Syntax(Verb::Mail)),
            ("MAIL FROM:<a@b", Fault::BadSender),
            ("MAIL FROM:<a@b> SIZE=x", Fault::BadSize),
            ("MAIL FROM:<a@b> SIZE=", Fault::BadSize),
            ("MAIL FROM:<a@b> SIZE=99999999999999999999", Fault::SizeOverflow),
            ("MAIL FROM:<a@b> RET=SOME", Fault::BadRet),
            ("MAIL FROM:<a@b> RET=FULL RET=FULL", Fault::BadRet),
            ("MAIL FROM:<a@b> ENVID=a+zz", Fault::BadEnvid),
            ("MAIL FROM:<a@b> ENVID=a ENVID=b", Fault::BadEnvid),
            ("MAIL FROM:<a@b> XVERP=xx", Fault::BadVerp),
            ("MAIL FROM:<> XVERP", Fault::VerpNullSender),
            (
                "MAIL FROM:<a@b> BODY=BINARYMIME",
                Fault::Unsupported("BODY=BINARYMIME".into()),
            ),
            (
                "MAIL FROM:<a@b> REQUIRETLS",
                Fault::Unsupported("REQUIRETLS".into()),
            ),
        ] {
            assert_eq!(read(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn rcpt_takes_notify_and_orcpt() {
        let Ok(Command::Rcpt(rcpt)) = read("RCPT TO:<c@d> NOTIFY=success,delay ORCPT=rfc822;c+2Bx@d") else {
            panic!("not read")
        };
        assert_eq!(rcpt.recipient.address, "c@d");
        assert_eq!(rcpt.notify, Notify::SUCCESS | Notify::DELAY);
        assert_eq!(rcpt.orcpt.as_deref(), Some("rfc822;c+x@d"));

        for (text, fault) in [
            ("RCPT TO:<>", Fault::BadRecipient),
            ("RCPT TO:<a@b> NOTIFY=NEVER,DELAY", Fault::BadNotify),
            ("RCPT TO:<a@b> NOTIFY=NEVER NOTIFY=NEVER", Fault::BadNotify),
            ("RCPT TO:<a@b> ORCPT=x", Fault::BadOrcpt),
            ("RCPT TO:<a@b> SIZE=3", Fault::Unsupported("SIZE=3".into())),
        ] {
            assert_eq!(read(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn chunks_need_a_number() {
        assert_eq!(
            read("BDAT 12 last"),
            Ok(Command::Bdat(Chunk {
                octets: 12,
                last: true
            }))
        );
        for text in [
            "BDAT",
            "BDAT x",
            "BDAT 1 2",
            "BDAT 1 LAST 2",
            "BDAT 9999999999999999999",
            "BDAT -1",
        ] {
            assert_eq!(read(text), Err(Fault::BadChunk), "{text}");
        }
        let line = Line::cut("BDAT 1").unwrap();
        let rules = Rules {
            chunking: false,
            ..RULES
        };
        assert_eq!(line.command(Verb::Bdat, &rules), Err(Fault::ChunkingDisabled));
    }

    #[test]
    fn other_commands_are_read() {
        assert_eq!(read("HELO a  b"), Ok(Command::Hello(Cow::Owned("a b".into()))));
        assert_eq!(read("EHLO"), Err(Fault::Syntax(Verb::Ehlo)));
        assert_eq!(read("RSET x"), Err(Fault::Syntax(Verb::Rset)));
        assert_eq!(read("NOOP x y"), Ok(Command::Noop));
        assert_eq!(read("ETRN @example.com"), Ok(Command::Etrn("example.com")));
        assert_eq!(read("ETRN a..b"), Err(Fault::BadEtrn));
        assert_eq!(
            read("VRFY <a@b> smtputf8"),
            Ok(Command::Vrfy {
                text: "<a@b>".into(),
                address: "a@b".into(),
                smtputf8: true
            })
        );
        assert_eq!(read("VRFY SMTPUTF8"), Err(Fault::Syntax(Verb::Vrfy)));
        assert_eq!(read("AUTH PLAIN x"), Ok(Command::Auth("PLAIN", Some("x"))));
        assert_eq!(
            read("XCLIENT a=b c=d"),
            Ok(Command::Attributes(vec!["a=b", "c=d"]))
        );
    }
}

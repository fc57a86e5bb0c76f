//! Parameters of MAIL FROM and RCPT TO: one word at a time, into the command that carries it.

use mail::{Notify, Ret, xtext};

use crate::command::{Body, Fault, Mail, Rcpt, Rules};

/// Octets a decoded ENVID or ORCPT may have; the command line limits them further.
const VALUE_LIMIT_OCTETS: usize = 2048;

/// The argument of BDAT (RFC 3030 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Octets that follow the command line.
    pub octets: u64,
    /// Whether the message ends with them.
    pub last: bool,
}

/// Takes one parameter of MAIL FROM.
pub(crate) fn mail<'a>(word: &'a str, rules: &Rules<'a>, mail: &mut Mail<'a>) -> Result<(), Fault> {
    let (name, value) = split(word);
    let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
    match value {
        Some(value) if is("BODY") && value.eq_ignore_ascii_case("8BITMIME") => {
            mail.body = Some(Body::EightBit)
        }
        Some(value) if is("BODY") && value.eq_ignore_ascii_case("7BIT") => mail.body = Some(Body::SevenBit),
        Some(value) if is("SIZE") => mail.size = Some(size(value)?),
        None if is("SMTPUTF8") && rules.smtputf8 => {}
        None if is("REQUIRETLS") && rules.requiretls => mail.requiretls = true,
        Some(value) if is("AUTH") => {
            if mail.auth.replace(value).is_some() {
                return Err(Fault::RepeatedAuth);
            }
        }
        None if is("XVERP") && rules.xverp.is_some() => {
            mail.verp = rules.xverp.map(|(delimiters, _)| delimiters)
        }
        Some(value) if is("XVERP") && rules.xverp.is_some() => mail.verp = Some(verp(value, rules)?),
        Some(value) if is("RET") => {
            require_dsn(rules)?;
            let ret = Ret::parse(value).map_err(|_| Fault::BadRet)?;
            if std::mem::replace(&mut mail.ret, ret) != Ret::Unset {
                return Err(Fault::BadRet);
            }
        }
        Some(value) if is("ENVID") => {
            require_dsn(rules)?;
            if mail.envid.replace(envid(value)?).is_some() {
                return Err(Fault::BadEnvid);
            }
        }
        _ => return Err(Fault::Unsupported(word.to_owned())),
    }
    Ok(())
}

/// Takes one parameter of RCPT TO.
pub(crate) fn rcpt(word: &str, rules: &Rules<'_>, rcpt: &mut Rcpt<'_>) -> Result<(), Fault> {
    match split(word) {
        (name, Some(value)) if name.eq_ignore_ascii_case("NOTIFY") => {
            require_dsn(rules)?;
            let notify = Notify::parse(value).map_err(|_| Fault::BadNotify)?;
            if !std::mem::replace(&mut rcpt.notify, notify).is_empty() {
                return Err(Fault::BadNotify);
            }
        }
        (name, Some(value)) if name.eq_ignore_ascii_case("ORCPT") => {
            require_dsn(rules)?;
            let orcpt = mail::orcpt::decode(value, VALUE_LIMIT_OCTETS).map_err(|_| Fault::BadOrcpt)?;
            if rcpt.orcpt.replace(orcpt).is_some() {
                return Err(Fault::BadOrcpt);
            }
        }
        _ => return Err(Fault::Unsupported(word.to_owned())),
    }
    Ok(())
}

fn split(word: &str) -> (&str, Option<&str>) {
    word.split_once('=')
        .map_or((word, None), |(name, value)| (name, Some(value)))
}

fn require_dsn(rules: &Rules<'_>) -> Result<(), Fault> {
    if rules.dsn {
        Ok(())
    } else {
        Err(Fault::DsnDisabled)
    }
}

fn size(value: &str) -> Result<u64, Fault> {
    if value.is_empty() || !value.bytes().all(|octet| octet.is_ascii_digit()) {
        return Err(Fault::BadSize);
    }
    value
        .parse()
        .ok()
        .filter(|size| *size <= i64::MAX as u64)
        .ok_or(Fault::SizeOverflow)
}

fn verp<'a>(value: &'a str, rules: &Rules<'_>) -> Result<&'a str, Fault> {
    let allowed = rules.xverp.map_or("", |(_, filter)| filter);
    let fits = value.chars().count() == 2 && value.chars().all(|delimiter| allowed.contains(delimiter));
    if fits { Ok(value) } else { Err(Fault::BadVerp) }
}

fn envid(value: &str) -> Result<String, Fault> {
    let octets = xtext::decode(value, VALUE_LIMIT_OCTETS).map_err(|_| Fault::BadEnvid)?;
    let text = String::from_utf8(octets).map_err(|_| Fault::BadEnvid)?;
    let printable = text.chars().all(|c| c == '\t' || !c.is_control());
    if printable && !text.is_empty() {
        Ok(text)
    } else {
        Err(Fault::BadEnvid)
    }
}

//! The wording of every reply that is not a restriction's.

use esmtp::command::{Fault, Verb};
use esmtp::proxied::AttributeFault;

use crate::settings::Settings;
use crate::state::Trouble;

pub(crate) const OK: &str = "250 2.0.0 Ok";
pub(crate) const SENDER_OK: &str = "250 2.1.0 Ok";
pub(crate) const RECIPIENT_OK: &str = "250 2.1.5 Ok";
pub(crate) const START_CONTENT: &str = "354 End data with <CR><LF>.<CR><LF>";
pub(crate) const BYE: &str = "221 2.0.0 Bye";
pub(crate) const NOT_SMTP: &str = "221 2.7.0 Error: I can break rules, too. Goodbye.";
pub(crate) const BAD_UTF8: &str = "500 5.5.2 Error: bad UTF-8 syntax";
pub(crate) const BAD_SYNTAX: &str = "500 5.5.2 Error: bad syntax";
pub(crate) const UNKNOWN_COMMAND: &str = "500 5.5.2 Error: command not recognized";
pub(crate) const NOT_IMPLEMENTED: &str = "502 5.5.1 Error: command not implemented";
pub(crate) const VRFY_DISABLED: &str = "502 5.5.1 VRFY command is disabled";
pub(crate) const OUT_OF_STEP: &str = "554 5.5.0 Error: SMTP protocol synchronization";
pub(crate) const TOO_MANY_RECIPIENTS: &str = "452 4.5.3 Error: too many recipients";
pub(crate) const DECLARE_SMTPUTF8: &str = "553 5.6.7 Must declare SMTPUTF8 to send unicode address";
pub(crate) const BAD_SENDER: &str = "501 5.1.7 Bad sender address syntax";
pub(crate) const BAD_RECIPIENT: &str = "501 5.1.3 Bad recipient address syntax";
pub(crate) const UNAUTHORIZED: &str = "550 5.7.0 Error: insufficient authorization";
pub(crate) const AUTH_NOT_ENABLED: &str = "503 5.5.1 Error: authentication not enabled";
pub(crate) const CHUNK_TOO_LARGE: &str = "552 5.3.4 Chunk exceeds message size limit";
pub(crate) const WRITE_ERROR: &str = "451 4.3.0 Error: queue file write error";
pub(crate) const QUEUING_STARTED: &str = "250 Queuing started";
pub(crate) const CANNOT_QUEUE: &str = "458 Unable to queue messages";
pub(crate) const TEMPORARY_LOOKUP_ERROR: &str = "451 4.3.0 Temporary lookup error";
pub(crate) const CONFIGURATION_ERROR: &str = "451 4.3.5 Server configuration error";
/// Sorted; what can be switched off for a client is named all the same.
pub(crate) const HELP: &str = "214 2.0.0 Commands: AUTH BDAT DATA EHLO ETRN HELO HELP MAIL NOOP QUIT RCPT RSET \
                               STARTTLS VRFY XCLIENT XFORWARD";

pub(crate) fn too_long(hostname: &str) -> String {
    format!("500 5.5.2 {hostname} Error: command too long")
}

pub(crate) fn too_many_errors(hostname: &str) -> String {
    format!("421 4.7.0 {hostname} Error: too many errors")
}

pub(crate) fn too_many_connections(hostname: &str, address: &str) -> String {
    format!("421 4.7.0 {hostname} Error: too many connections from {address}")
}

pub(crate) fn timeout(hostname: &str) -> String {
    format!("421 4.4.2 {hostname} Error: timeout exceeded")
}

pub(crate) fn local_data_error(hostname: &str) -> String {
    format!("421 4.3.0 {hostname} Server local data error")
}

pub(crate) fn local_error(hostname: &str) -> String {
    format!("421 4.3.0 {hostname} Server local error")
}

pub(crate) fn bare_newline(code: u16, hostname: &str) -> String {
    format!("{code} 5.5.2 {hostname} Error: bare <LF> received")
}

pub(crate) fn access_denied(client: &str) -> String {
    format!("503 5.7.0 Error: access denied for {client}")
}

pub(crate) fn too_much_mail(address: &str) -> String {
    format!("450 4.7.1 Error: too much mail from {address}")
}

pub(crate) fn too_many_recipients_from(address: &str) -> String {
    format!("450 4.7.1 Error: too many recipients from {address}")
}

pub(crate) fn etrn_denied(domain: &str) -> String {
    format!("459 <{domain}>: service unavailable")
}

/// The reply to a command that cannot be taken, and what kind of trouble it is.
pub(crate) fn fault(fault: &Fault, verb: Verb, settings: &Settings) -> (String, Trouble) {
    let text = match fault {
        Fault::Syntax(verb) => return (syntax(*verb, settings), Trouble::PROTOCOL),
        Fault::NeedHello => {
            let status = if verb == Verb::Etrn { "" } else { "5.5.1 " };
            return (
                format!("503 {status}Error: send HELO/EHLO first"),
                Trouble::POLICY,
            );
        }
        Fault::SizeOverflow => {
            return (
                "552 5.3.4 Message size exceeds file system imposed limit".into(),
                Trouble::POLICY,
            );
        }
        Fault::NestedMail => "503 5.5.1 Error: nested MAIL command",
        Fault::AfterBdat(verb) => {
            return (
                format!("503 5.5.1 Error: {} after BDAT", verb.name()),
                Trouble::PROTOCOL,
            );
        }
        Fault::NeedMail => "503 5.5.1 Error: need MAIL command",
        Fault::NeedRecipient => "503 5.5.1 Error: need RCPT command",
        Fault::NoValidRecipients => return ("554 5.5.1 Error: no valid recipients".into(), Trouble::NONE),
        Fault::InTransaction(Verb::Etrn) => "503 Error: MAIL transaction in progress",
        Fault::InTransaction(_) => "503 5.5.1 Error: MAIL transaction in progress",
        Fault::BadSender => BAD_SENDER,
        Fault::BadRecipient => BAD_RECIPIENT,
        Fault::BadSize => "501 5.5.4 Bad message size syntax",
        Fault::BadRet => "501 5.5.4 Bad RET parameter syntax",
        Fault::BadEnvid => "501 5.5.4 Bad ENVID parameter syntax",
        Fault::BadNotify => "501 5.5.4 Error: Bad NOTIFY parameter syntax",
        Fault::BadOrcpt => "501 5.5.4 Error: Bad ORCPT parameter syntax",
        Fault::BadVerp => {
            let filter = &settings.verp_filter;
            return (
                format!("501 5.5.4 Error: XVERP needs two characters from {filter}"),
                Trouble::PROTOCOL,
            );
        }
        Fault::VerpNullSender => {
            return (
                "503 5.5.4 Error: XVERP requires non-null sender".into(),
                Trouble::NONE,
            );
        }
        Fault::RepeatedAuth => "503 5.5.4 Error: multiple AUTH= options",
        Fault::DsnDisabled => "501 5.7.1 DSN support is disabled",
        Fault::Unsupported(option) => {
            return (
                format!("555 5.5.4 Unsupported option: {option}"),
                Trouble::PROTOCOL,
            );
        }
        Fault::ChunkingDisabled => "521 5.5.1 Error: command not implemented",
        Fault::BadChunk => "521 5.5.4 Syntax: BDAT count [LAST]",
        Fault::NullChunk => return ("551 5.7.1 Null BDAT request".into(), Trouble::NONE),
        Fault::ChunkAfterError(chunk) => {
            return (
                format!("551 5.0.0 Discarded {} bytes after earlier error", chunk.octets),
                Trouble::NONE,
            );
        }
        Fault::BadEtrn => "501 Error: invalid parameter syntax",
    };
    (text.to_owned(), Trouble::PROTOCOL)
}

fn syntax(verb: Verb, settings: &Settings) -> String {
    match verb {
        Verb::Helo | Verb::Ehlo | Verb::Lhlo => format!("501 Syntax: {} hostname", verb.name()),
        Verb::Mail => "501 5.5.4 Syntax: MAIL FROM:<address>".into(),
        Verb::Rcpt => "501 5.5.4 Syntax: RCPT TO:<address>".into(),
        Verb::Vrfy if settings.smtputf8 => "501 5.5.4 Syntax: VRFY address [SMTPUTF8]".into(),
        Verb::Vrfy => "501 5.5.4 Syntax: VRFY address".into(),
        Verb::Etrn => "500 Syntax: ETRN domain".into(),
        Verb::Xclient | Verb::Xforward => format!("501 5.5.4 Syntax: {} attribute=value...", verb.name()),
        Verb::Auth => "501 5.5.4 Syntax: AUTH mechanism".into(),
        other => format!("501 5.5.4 Syntax: {}", other.name()),
    }
}

/// The reply to a bad attribute of XCLIENT or XFORWARD.
pub(crate) fn attribute_fault(fault: &AttributeFault, verb: Verb) -> String {
    match fault {
        AttributeFault::NotAPair => "501 5.5.4 Error: attribute=value expected".into(),
        AttributeFault::TooLong => "501 5.5.4 Error: attribute value too long".into(),
        AttributeFault::BadValue(name, value) => format!("501 5.5.4 Bad {name} syntax: {value}"),
        AttributeFault::UnknownName(name) => format!("501 5.5.4 Bad {} attribute name: {name}", verb.name()),
    }
}

/// Adds lines of `footer` (with `\n` between them) to a refusal; `\c` at its start joins the first to the last line.
/// `expand` replaces names in one line.
pub(crate) fn with_footer(
    reply: &str,
    footer: &str,
    expand: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let last = reply.rsplit("\r\n").find(|line| !line.is_empty())?;
    let (code, rest) = (last.get(..3)?, last.get(4..)?);
    let status = mail::EnhancedStatus::from_prefix(rest)
        .map(|(status, _)| format!("{status} "))
        .unwrap_or_default();
    let mut whole = reply.trim_end_matches("\r\n").to_owned();
    let (joined, footer) = footer
        .strip_prefix("\\c")
        .map_or((false, footer), |rest| (true, rest));
    for (number, line) in footer.split("\\n").enumerate() {
        if number > 0 || !joined {
            whole.push_str("\r\n");
            whole.push_str(code);
            whole.push(' ');
            whole.push_str(&status);
        }
        whole.push_str(&expand(line)?);
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn footed(reply: &str, footer: &str) -> Option<String> {
        with_footer(reply, footer, |line| Some(line.replace("$x", "X")))
    }

    #[test]
    fn a_footer_repeats_code_and_status() {
        assert_eq!(
            footed("550 5.7.1 no", "call $x").as_deref(),
            Some("550 5.7.1 no\r\n550 5.7.1 call X")
        );
        assert_eq!(
            footed("550 no", "a\\nb").as_deref(),
            Some("550 no\r\n550 a\r\n550 b")
        );
        assert_eq!(
            footed("550 5.7.1 no", "\\c; call $x\\nb").as_deref(),
            Some("550 5.7.1 no; call X\r\n550 5.7.1 b")
        );
    }
}

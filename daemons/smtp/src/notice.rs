//! A transcript for the postmaster, when `notify_classes` asks for it.

use std::rc::Rc;

use ::delivery::Job;
use contract::cleanup::flag;
use esmtp::client::Protocol;
use jiff::tz::TimeZone;
use message::date::Clockface;
use record::Kind;
use submit::{Submission, SubmitError};

use crate::courier::Courier;
use crate::log;
use crate::session::Session;

/// Widest line of the transcript, and the indent of its continuation, in columns.
const COLUMNS: usize = 78;
const INDENT: usize = 4;

/// Mails the transcript of a session that went strange.
pub(crate) async fn send_if_wanted(courier: &Courier, job: &Rc<Job>, session: &mut Session) {
    let wanted =
        (session.faults.protocol && courier.notify.protocol) || (session.faults.data && courier.notify.data);
    let Some(transcript) = session.transcript.as_mut().map(std::mem::take) else {
        return;
    };
    let sender = &job.envelope.sender;
    // No notices about notices.
    let is_notice = sender.is_empty() || *sender == courier.double_bounce();
    if wanted && !is_notice && !transcript.is_empty() {
        let text = lines(courier, &session.peer.full, &transcript);
        if let Err(error) = submit_notice(courier, &text).await {
            log::no_notice(&error);
        }
    }
    session.faults = crate::session::Faults::default();
}

fn lines(courier: &Courier, peer: &str, transcript: &[String]) -> Vec<String> {
    let settings = &courier.settings;
    let postmaster = &settings.error_notice_recipient;
    let daemon = format!("MAILER-DAEMON@{}", settings.myorigin);
    let (from, to) = if settings.header_from_format == "obsolete" {
        (
            format!("From: {daemon} (Mail Delivery System)"),
            format!("To: {postmaster} (Postmaster)"),
        )
    } else {
        (
            format!("From: Mail Delivery System <{daemon}>"),
            format!("To: Postmaster <{postmaster}>"),
        )
    };
    let name = if courier.protocol == Protocol::Smtp {
        "SMTP"
    } else {
        "LMTP"
    };
    let mut text = vec![
        from,
        to,
        format!(
            "Subject: {} {name} client: errors from {peer}",
            settings.mail_name
        ),
        String::new(),
        format!("Unexpected response from {peer}."),
        String::new(),
        "Transcript of session follows.".to_owned(),
        String::new(),
    ];
    for line in transcript {
        wrap(&maillog::neutral(line), &mut text);
    }
    text.push(String::new());
    text.push("For other details, see the local mail logfile".to_owned());
    text
}

/// Breaks a long line at blanks where it has some.
fn wrap(line: &str, text: &mut Vec<String>) {
    let mut rest = line;
    let mut indent = 0;
    loop {
        let room = COLUMNS - indent;
        let limit = rest.char_indices().nth(room).map_or(rest.len(), |(at, _)| at);
        let cut = match rest.get(..limit).and_then(|head| head.rfind(' ')) {
            Some(blank) if limit < rest.len() && blank > 0 => blank,
            _ => limit,
        };
        let (head, tail) = rest.split_at_checked(cut).unwrap_or((rest, ""));
        text.push(format!(" {:indent$}{head}", ""));
        rest = tail.trim_start_matches(' ');
        indent = INDENT;
        if rest.is_empty() {
            return;
        }
    }
}

async fn submit_notice(courier: &Courier, text: &[String]) -> Result<(), SubmitError> {
    let mut submission =
        Submission::open(&courier.cleanup, flag::NOTICE, courier.settings.line_length_limit).await?;
    let now = stream::time_of_day();
    let time = format!("{} {}", now.as_secs(), now.subsec_micros());
    submission.record(Kind::TIME, time.as_bytes());
    submission.attribute(record::attribute::LOG_MESSAGE_ORIGIN, "local");
    submission.attribute(
        record::attribute::REWRITE_CONTEXT,
        contract::rewrite::context::LOCAL,
    );
    submission.record(Kind::SENDER, courier.double_bounce().as_bytes());
    submission.record(
        Kind::RECIPIENT,
        courier.settings.error_notice_recipient.as_bytes(),
    );
    submission.record(Kind::MESSAGE, b"");
    let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let date = Clockface::new(TimeZone::system()).format(seconds).to_owned();
    let settings = &courier.settings;
    let begins = [
        format!("Received: by {} ({})", settings.myhostname, settings.mail_name),
        format!("\tid {}; {date}", submission.queue_id()),
        format!("Date: {date}"),
    ];
    for line in begins.iter().chain(text) {
        submission.line(line.as_bytes());
    }
    submission.record(Kind::EXTRACTED, b"");
    let filed = submission.finish(&courier.cleanup).await?;
    if filed.status != 0 {
        log::no_notice(&filed.reason);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_wrapped_with_an_indent() {
        let mut text = Vec::new();
        wrap(&format!("In:  {} {}", "a".repeat(60), "b".repeat(30)), &mut text);
        assert_eq!(
            text,
            [
                format!(" In:  {}", "a".repeat(60)),
                format!("     {}", "b".repeat(30))
            ]
        );
        text.clear();
        wrap("short", &mut text);
        assert_eq!(text, [" short"]);
    }
}

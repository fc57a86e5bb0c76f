//! Notices to the postmaster: the lines of a session in which something went wrong (postconf(5) notify_classes).

use std::time::{SystemTime, UNIX_EPOCH};

use contract::cleanup::flag;
use record::{ArrivalTime, Kind, attribute};
use submit::{Submission, SubmitError};

use crate::chat::History;
use crate::log;
use crate::server::Server;
use crate::state::{State, Trouble};

/// Columns of a line of the transcript, and of what continues one.
const COLUMNS: usize = 78;
const INDENT: usize = 4;

/// Sends a notice; when that does not work there is only the log.
pub(crate) async fn send(server: &Server, state: &State, history: &History, reason: Option<&str>) {
    match submit(server, state, history, reason).await {
        Ok(filed) if filed.status == 0 => {}
        Ok(filed) => log::notice_failed(&filed.reason),
        Err(error) => log::notice_failed(&error),
    }
}

async fn submit(
    server: &Server,
    state: &State,
    history: &History,
    reason: Option<&str>,
) -> Result<contract::cleanup::Filed, SubmitError> {
    let settings = &server.settings;
    let mut notice = Submission::open(&server.cleanup, flag::NOTICE, settings.line_length_limit).await?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(now.as_secs()).unwrap_or(0);
    let arrival = ArrivalTime {
        seconds,
        microseconds: now.subsec_micros(),
    };
    let recipient = if state.trouble.touches(Trouble::BOUNCE) {
        &settings.bounce_notice_recipient
    } else {
        &settings.error_notice_recipient
    };
    let origin = &settings.myorigin;
    notice.record(Kind::TIME, arrival.payload().as_bytes());
    notice.attribute(attribute::LOG_MESSAGE_ORIGIN, "local");
    // Gets the Message-ID that mail of our own has.
    notice.attribute(attribute::REWRITE_CONTEXT, contract::rewrite::context::LOCAL);
    // Mail that cannot be delivered must not make more of its kind.
    notice.record(
        Kind::SENDER,
        format!("{}@{origin}", settings.double_bounce_sender).as_bytes(),
    );
    notice.record(Kind::RECIPIENT, complete(recipient, origin).as_bytes());
    notice.record(Kind::MESSAGE, b"");
    let id = notice.queue_id().to_owned();
    let date = server.date(seconds);
    let begins = [
        format!("Received: by {} ({})", settings.myhostname, settings.mail_name),
        format!("\tid {id}; {date}"),
        format!("Date: {date}"),
    ];
    for line in begins.into_iter().chain(text(server, state, history, reason)) {
        notice.line(line.as_bytes());
        notice.flow().await?;
    }
    notice.record(Kind::EXTRACTED, b"");
    notice.finish(&server.cleanup).await
}

/// An address with our own domain where it has none.
fn complete(address: &str, origin: &str) -> String {
    if address.contains('@') {
        address.to_owned()
    } else {
        format!("{address}@{origin}")
    }
}

fn text(server: &Server, state: &State, history: &History, reason: Option<&str>) -> Vec<String> {
    let settings = &server.settings;
    let from = format!("MAILER-DAEMON@{}", settings.myorigin);
    let to = &settings.error_notice_recipient;
    let mut lines = if settings.header_from_format == "obsolete" {
        vec![
            format!("From: {from} (Mail Delivery System)"),
            format!("To: {to} (Postmaster)"),
        ]
    } else {
        vec![
            format!("From: Mail Delivery System <{from}>"),
            format!("To: Postmaster <{to}>"),
        ]
    };
    lines.push(format!(
        "Subject: {} SMTP server: errors from {}",
        settings.mail_name, state.client.shown
    ));
    lines.extend(["", "Transcript of session follows.", ""].map(str::to_owned));
    history.lines.lines().for_each(|line| wrap(line, &mut lines));
    lines.push(String::new());
    if let Some(reason) = reason {
        lines.push(format!("Session aborted, reason: {reason}"));
    }
    lines.push(String::new());
    lines.push("For other details, see the local mail logfile".into());
    lines
}

/// Breaks a line at blanks. Each piece begins with a blank, so that nothing in it can pass for a header.
fn wrap(line: &str, lines: &mut Vec<String>) {
    let line: String = line
        .chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect();
    let mut rest = line.as_str();
    let mut indent = 0;
    loop {
        let room = COLUMNS - indent;
        let Some((end, _)) = rest.char_indices().nth(room) else {
            lines.push(format!(" {}{rest}", " ".repeat(indent)));
            return;
        };
        let head = rest.get(..end).unwrap_or(rest);
        let cut = head.rfind(' ').filter(|cut| *cut > 0).unwrap_or(end);
        let (piece, after) = rest.split_at_checked(cut).unwrap_or((rest, ""));
        lines.push(format!(" {}{piece}", " ".repeat(indent)));
        rest = after.trim_start_matches(' ');
        indent = INDENT;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_at_blanks() {
        let mut lines = Vec::new();
        wrap(&format!("In:  {} {}", "a".repeat(60), "b".repeat(30)), &mut lines);
        assert_eq!(
            lines,
            [
                format!(" In:  {}", "a".repeat(60)),
                format!("     {}", "b".repeat(30))
            ]
        );
        lines.clear();
        wrap(&"x".repeat(100), &mut lines);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| line.starts_with(' ')));
    }
}

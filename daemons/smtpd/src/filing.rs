//! A message on its way to cleanup: the records of its envelope, our Received header, and the answer at its end.

use contract::cleanup::{flag, status};
use esmtp::command::Body;
use mail::{Notify, Ret};
use record::{ArrivalTime, Kind, attribute};
use submit::{Submission, SubmitError};

use crate::log;
use crate::reply;
use crate::server::Server;
use crate::session::{End, Session};
use crate::state::{State, Trouble, UNKNOWN};

/// What MAIL FROM said beside the sender.
#[derive(Clone, Debug, Default)]
pub(crate) struct Envelope {
    pub(crate) body: Option<Body>,
    pub(crate) ret: Ret,
    pub(crate) envid: Option<String>,
    pub(crate) verp: Option<String>,
    pub(crate) arrival: ArrivalTime,
}

/// One accepted recipient.
pub(crate) struct Accepted<'a> {
    /// Internal form.
    pub(crate) address: &'a str,
    /// `type;address`.
    pub(crate) orcpt: &'a str,
    pub(crate) notify: Notify,
}

impl Session<'_> {
    /// Opens a message with cleanup. False when that did not work; the client was told.
    pub(crate) async fn open_submission(&mut self) -> Result<bool, End> {
        let server = self.server;
        let line_limit = server.settings.line_length_limit;
        let opened = match &server.postdrop {
            Some(program) => {
                Submission::through_postdrop(program, self.server.settings.timeout, line_limit).await
            }
            None => {
                let flags = cleanup_flags(server, self.state.smtputf8);
                Submission::open(&server.cleanup, flags, line_limit).await
            }
        };
        match opened {
            Ok(mut submission) => {
                self.state.queue_id = Some(submission.queue_id().to_owned());
                write_envelope(&mut submission, server, &self.state, &self.envelope);
                self.submission = Some(submission);
                log::message_client(&self.state, server.settings.client_port_logging);
                Ok(true)
            }
            Err(error) => {
                log::cleanup_unreachable(&error);
                self.state.trouble |= Trouble::SOFTWARE;
                let text = match error {
                    SubmitError::NoFile(opened) => failure_reply(opened.status, &opened.reason),
                    SubmitError::Ask(_) | SubmitError::NoCommand(..) => reply::WRITE_ERROR.to_owned(),
                };
                self.reply(&text).await?;
                Ok(false)
            }
        }
    }

    /// Hands over a recipient.
    pub(crate) fn file_recipient(&mut self, accepted: &Accepted<'_>) {
        let Some(submission) = &mut self.submission else {
            return;
        };
        if !accepted.notify.is_empty() {
            submission.attribute(attribute::NOTIFY_FLAGS, &accepted.notify.bits().to_string());
        }
        submission.attribute(attribute::DSN_ORIG_RCPT, accepted.orcpt);
        submission.record(Kind::RECIPIENT, accepted.address.as_bytes());
    }

    /// Ends the envelope and begins the content with the headers that are ours.
    pub(crate) fn begin_content(&mut self) {
        let received = self.received_header();
        if let Some(filtered) = &mut self.filtered {
            let limit = self.server.settings.line_length_limit;
            let prepended = self.state.actions.prepend.iter().map(String::as_str);
            for line in prepended.chain(received.lines()) {
                record::encode_line(line.as_bytes(), limit, filtered.output());
            }
            return;
        }
        let Some(submission) = &mut self.submission else {
            return;
        };
        write_flags(submission, &self.state);
        submission.record(Kind::MESSAGE, b"");
        for header in &self.state.actions.prepend {
            submission.line(header.as_bytes());
        }
        for line in received.lines() {
            submission.line(line.as_bytes());
        }
    }

    /// Our Received header (RFC 5321 §4.4), one line of it on each line.
    fn received_header(&self) -> String {
        let (settings, state) = (&self.server.settings, &self.state);
        let mut header = String::with_capacity(300);
        let with = if settings.hide_client_session {
            header.push_str("Received: ");
            String::new()
        } else {
            let client = &state.client;
            let helo = state.helo.as_deref().unwrap_or(&client.name);
            header.push_str(&format!(
                "Received: from {helo} ({} [{}])\n\t",
                client.name,
                client.literal()
            ));
            let protocol = if state.smtputf8 {
                "UTF8SMTP"
            } else {
                state.protocol()
            };
            let authenticated = if state.login.is_some() && state.extended {
                "A"
            } else {
                ""
            };
            format!(" with {protocol}{authenticated}")
        };
        header.push_str(&format!(
            "by {} ({}){with}",
            settings.myhostname, settings.mail_name
        ));
        // What a filter before the queue gets has no id yet.
        if let Some(id) = &state.queue_id {
            header.push_str(&format!(" id {id}"));
        }
        let date = self.server.date(self.envelope.arrival.seconds);
        match &state.recipient {
            Some(recipient) if state.recipients == 1 => {
                let recipient = mail::quote_local822(recipient);
                header.push_str(&format!("\n\tfor <{recipient}>; {date}"));
            }
            _ => header.push_str(&format!(";\n\t{date}")),
        }
        header
    }

    /// The last line has come: files the message, or drops it. Says to the client what became of it. True when it was
    /// filed. `chunked` tells how many octets to confirm.
    pub(crate) async fn end_message(&mut self, chunked: bool) -> Worked {
        if self.failure == 0
            && !self.bare_newline_rejected
            && let Err(refusal) = crate::restriction::Judge::new(self.server, &mut self.state)
                .end_of_data()
                .await
        {
            let text = self.refusal(refusal)?;
            self.reply(&text).await?;
            self.after_message().await;
            return Ok(false);
        }
        if self.server.trace.is_some() {
            let text = self.message_reply(true, chunked, "");
            self.reply(&text).await?;
            self.after_message().await;
            return Ok(true);
        }
        if self.failure == 0 && !self.bare_newline_rejected && self.server.before_queue.is_some() {
            return self.end_filtered().await;
        }
        let mut reason = String::new();
        if self.failure == 0 && !self.bare_newline_rejected {
            match self.submit().await {
                Ok(filed) => {
                    self.failure = filed.status;
                    reason = filed.reason;
                }
                Err(error) => {
                    log::cleanup_unreachable(&error);
                    self.failure = status::WRITE;
                }
            }
        }
        let filed = self.failure == 0 && !self.bare_newline_rejected;
        let text = self.message_reply(filed, chunked, &reason);
        if self.server.before_queue.is_some() {
            log::filtered(&self.state, filed, &text, self.server.address_form);
        }
        self.reply(&text).await?;
        self.after_message().await;
        Ok(filed)
    }

    /// Ends the records of the message and waits for what becomes of it.
    async fn submit(&mut self) -> Result<contract::cleanup::Filed, SubmitError> {
        let Some(mut submission) = self.submission.take() else {
            return Ok(contract::cleanup::Filed {
                status: status::WRITE,
                reason: String::new(),
            });
        };
        let actions = &self.state.actions;
        submission.record(Kind::EXTRACTED, b"");
        if let Some(filter) = &actions.filter {
            submission.record(Kind::FILTER, filter.as_bytes());
        }
        if let Some(redirect) = &actions.redirect {
            submission.record(Kind::REDIRECT, redirect.as_bytes());
        }
        for bcc in &actions.bcc {
            submission.attribute(attribute::NOTIFY_FLAGS, &Notify::NEVER.bits().to_string());
            submission.record(Kind::RECIPIENT, bcc.as_bytes());
        }
        write_flags(&mut submission, &self.state);
        submission.finish(&self.server.cleanup).await
    }

    fn message_reply(&mut self, filed: bool, chunked: bool, reason: &str) -> String {
        let settings = &self.server.settings;
        if filed {
            self.forgive();
            let id = self.state.queue_id();
            return if chunked {
                format!("250 2.0.0 Ok: {} bytes queued as {id}", self.state.actual_size)
            } else {
                format!("250 2.0.0 Ok: queued as {id}")
            };
        }
        if self.bare_newline_rejected {
            self.state.trouble |= Trouble::PROTOCOL;
            log::request(
                &self.state,
                "reject",
                "bare <LF> received",
                self.server.address_form,
            );
            return reply::bare_newline(settings.forbid_bare_newline_code, &settings.myhostname);
        }
        self.state.trouble |= match self.failure {
            bits if bits & (status::DEFER | status::CONTENT) != 0 => Trouble::POLICY,
            bits if bits & (status::SIZE | status::HOPS) != 0 => Trouble::BOUNCE,
            bits if bits & (status::WRITE | status::FULL | status::MAP) != 0 => Trouble::RESOURCE,
            _ => Trouble::SOFTWARE,
        };
        failure_reply(self.failure, reason)
    }

    /// Who brings good mail is forgiven its mistakes.
    pub(crate) const fn forgive(&mut self) {
        self.errors = 0;
        self.forgive_junk();
        self.state.trouble = Trouble::NONE;
    }

    /// Back to where MAIL FROM may come.
    pub(crate) async fn after_message(&mut self) {
        self.reset_history(self.server.settings.history_flush_threshold)
            .await;
        self.reset_transaction();
    }
}

use crate::session::Worked;

fn cleanup_flags(server: &Server, smtputf8: bool) -> u32 {
    let mut flags = flag::EXTERNAL;
    if server.overrides.no_address_mappings {
        flags &= !(flag::MAP | flag::BCC);
    }
    if server.overrides.no_header_body_checks {
        flags &= !flag::FILTER;
    }
    if server.overrides.no_milters {
        flags &= !flag::MILTER;
    }
    let classes = &server.settings.smtputf8_autodetect_classes;
    if smtputf8 {
        flags |= flag::SMTPUTF8;
    } else if classes.iter().any(|class| class == "all" || class == "smtpd") {
        flags |= flag::AUTO_UTF8;
    }
    flags
}

fn write_flags(submission: &mut Submission, state: &State) {
    let mut flags = 0;
    if state.actions.hold {
        flags |= flag::HOLD;
    }
    if state.actions.discard {
        flags |= flag::DISCARD;
    }
    if flags != 0 {
        submission.record(Kind::FLAGS, flags.to_string().as_bytes());
    }
}

fn write_envelope(submission: &mut Submission, server: &Server, state: &State, envelope: &Envelope) {
    if server.stands_alone() {
        write_user_envelope(submission, state, envelope);
        return;
    }
    submission.record(Kind::TIME, envelope.arrival.payload().as_bytes());
    if !server.settings.content_filter.is_empty() {
        submission.record(Kind::FILTER, server.settings.content_filter.as_bytes());
    }
    let forwarded = state.forwarded.as_ref();
    let ident = forwarded
        .and_then(|forwarded| forwarded.ident.as_deref())
        .or(state.queue_id.as_deref());
    if let Some(ident) = ident {
        submission.attribute(attribute::LOG_IDENT, ident);
    }
    let local = forwarded.map_or(state.local_rewrite, |forwarded| forwarded.local);
    let context = if local {
        contract::rewrite::context::LOCAL
    } else {
        contract::rewrite::context::REMOTE
    };
    submission.attribute(attribute::REWRITE_CONTEXT, context);
    if let Some(login) = &state.login {
        submission.attribute(attribute::SASL_METHOD, &login.method);
        submission.attribute(attribute::SASL_USERNAME, &login.user);
    }
    if let Some(sender) = &state.auth_sender {
        submission.attribute(attribute::SASL_SENDER, sender);
    }
    write_sender(submission, state, envelope);
    write_logged_client(submission, state);
    write_client(submission, state);
    if let Some(verp) = &envelope.verp {
        submission.record(Kind::VERP, verp.as_bytes());
    }
}

/// What a local user may say of a message (postdrop(1)); the rest is for those who file it to say.
fn write_user_envelope(submission: &mut Submission, state: &State, envelope: &Envelope) {
    submission.attribute(attribute::REWRITE_CONTEXT, contract::rewrite::context::LOCAL);
    write_sender(submission, state, envelope);
}

/// The sender and what MAIL FROM said beside it.
fn write_sender(submission: &mut Submission, state: &State, envelope: &Envelope) {
    if let Some(envid) = &envelope.envid {
        submission.attribute(attribute::ENVELOPE_ID, envid);
    }
    if envelope.ret != Ret::Unset {
        submission.attribute(attribute::RET_FLAGS, &envelope.ret.bits().to_string());
    }
    submission.record(
        Kind::SENDER,
        state.sender.as_deref().unwrap_or_default().as_bytes(),
    );
    match envelope.body {
        Some(Body::EightBit) => submission.attribute(attribute::ENCODING, "8bit"),
        Some(Body::SevenBit) => submission.attribute(attribute::ENCODING, "7bit"),
        None => {}
    }
}

/// What later log lines show of the client: what the proxy before us told, or what we see.
fn write_logged_client(submission: &mut Submission, state: &State) {
    let client = &state.client;
    match &state.forwarded {
        Some(forwarded) => {
            let literal = forwarded
                .ip
                .map_or_else(|| UNKNOWN.to_owned(), mail::domain::literal_text);
            submission.attribute(attribute::LOG_CLIENT_NAME, &forwarded.name);
            submission.attribute(attribute::LOG_CLIENT_ADDRESS, &literal);
            submission.attribute(attribute::LOG_CLIENT_PORT, &forwarded.port);
            submission.attribute(attribute::LOG_MESSAGE_ORIGIN, &forwarded.shown(false));
            if let Some(helo) = &forwarded.helo {
                submission.attribute(attribute::LOG_HELO_NAME, helo);
            }
            let protocol = forwarded.protocol.as_deref().unwrap_or(UNKNOWN);
            submission.attribute(attribute::LOG_PROTOCOL_NAME, protocol);
        }
        None => {
            submission.attribute(attribute::LOG_CLIENT_NAME, &client.name);
            submission.attribute(attribute::LOG_CLIENT_ADDRESS, &client.literal());
            submission.attribute(attribute::LOG_CLIENT_PORT, &client.port);
            submission.attribute(attribute::LOG_MESSAGE_ORIGIN, &client.shown);
            if let Some(helo) = &state.helo {
                submission.attribute(attribute::LOG_HELO_NAME, helo);
            }
            submission.attribute(attribute::LOG_PROTOCOL_NAME, state.protocol());
        }
    }
}

/// The client as it is, for filters behind the queue.
fn write_client(submission: &mut Submission, state: &State) {
    let client = &state.client;
    submission.attribute(attribute::CLIENT_NAME, &client.name);
    submission.attribute(attribute::REVERSE_CLIENT_NAME, &client.reverse_name);
    submission.attribute(attribute::CLIENT_ADDRESS, &client.address);
    submission.attribute(attribute::CLIENT_PORT, &client.port);
    submission.attribute(attribute::SERVER_ADDRESS, &client.server_address);
    submission.attribute(attribute::SERVER_PORT, &client.server_port);
    if let Some(helo) = &state.helo {
        submission.attribute(attribute::HELO_NAME, helo);
    }
    submission.attribute(attribute::PROTOCOL_NAME, state.protocol());
    let family = match client.ip {
        Some(std::net::IpAddr::V4(_)) => "2",
        Some(std::net::IpAddr::V6(_)) => "10",
        None => "0",
    };
    submission.attribute(attribute::CLIENT_ADDRESS_TYPE, family);
}

/// The reply for a message that was not filed: the gravest cause counts.
fn failure_reply(bits: u32, reason: &str) -> String {
    if is_reply(reason) {
        return reason.to_owned();
    }
    let causes = [
        (status::DEFER, "451", "4.7.1 Error: service unavailable", true),
        (status::BAD, "451", "", false),
        (status::SIZE, "552", "5.3.4 Error: message file too big", false),
        (status::HOPS, "554", "5.4.0 Error: too many hops", false),
        (
            status::CONTENT,
            "550",
            "5.7.1 Error: message content rejected",
            true,
        ),
        (
            status::NO_RECIPIENTS,
            "550",
            "5.1.0 Error: no recipients specified",
            false,
        ),
        (
            status::WRITE | status::FULL | status::MAP,
            "451",
            "4.3.0 Error: queue file write error",
            false,
        ),
        (status::PROXY, "451", "4.3.0 Error: queue file write error", false),
    ];
    let cause = causes.iter().find(|(bit, ..)| bits & bit != 0);
    match cause {
        Some((_, code, _, true)) if !reason.is_empty() => format!("{code} {reason}"),
        Some((_, code, text, _)) if !text.is_empty() => format!("{code} {text}"),
        _ => format!("451 4.3.0 Error: internal error {bits}"),
    }
}

/// Whether a text begins with a reply code of a refusal.
fn is_reply(text: &str) -> bool {
    text.starts_with(['4', '5'])
        && text
            .as_bytes()
            .get(1..3)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
        && matches!(text.as_bytes().get(3), None | Some(b' ' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_cause_is_told() {
        assert_eq!(
            failure_reply(status::SIZE | status::WRITE, ""),
            "552 5.3.4 Error: message file too big"
        );
        assert_eq!(
            failure_reply(status::CONTENT, "5.7.1 no spam"),
            "550 5.7.1 no spam"
        );
        assert_eq!(
            failure_reply(status::CONTENT, ""),
            "550 5.7.1 Error: message content rejected"
        );
        assert_eq!(
            failure_reply(status::WRITE, "x"),
            "451 4.3.0 Error: queue file write error"
        );
        assert_eq!(
            failure_reply(status::CONTENT, "421 4.7.1 go away"),
            "421 4.7.1 go away"
        );
        assert_eq!(
            failure_reply(status::BAD, ""),
            "451 4.3.0 Error: internal error 1"
        );
    }
}

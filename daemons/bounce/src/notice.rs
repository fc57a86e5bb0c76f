//! The text of a notice (RFC 3464), line by line: pure, given the notes and the facts of the message.

use config::bounce_cf::{Kind, Template};
use mail::Ret;
use record::note::{NULL_RECIPIENT, Note};

/// Who gets a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// The sender of the message.
    Sender,
    /// The postmaster, who likes to know.
    Postmaster,
    /// The postmaster, because the message has no sender.
    LastResort,
}

/// Facts of the notice and of the message it is about.
#[derive(Clone, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) kind: Kind,
    pub(crate) audience: Audience,
    pub(crate) template: &'a Template,
    pub(crate) myhostname: &'a str,
    pub(crate) mail_name: &'a str,
    /// The notice's own queue id.
    pub(crate) own_id: &'a str,
    /// The time the notice is written, as a header date.
    pub(crate) date: &'a str,
    /// The message it is about.
    pub(crate) queue_id: &'a str,
    /// Whose message it is about, quoted form, never empty.
    pub(crate) sender: &'a str,
    /// Who gets it, quoted form.
    pub(crate) to: &'a str,
    pub(crate) envelope_id: &'a str,
    /// When the message came, as a header date; empty when unknown.
    pub(crate) arrival_date: &'a str,
    /// Until when a delayed message is tried, as a header date.
    pub(crate) retry_until: &'a str,
    /// The message's own Message-Id, to refer to; empty for none.
    pub(crate) references: &'a str,
    pub(crate) boundary: &'a str,
    /// `7bit`, `8bit` or empty; with `smtputf8_enable` always `8bit`.
    pub(crate) encoding: &'a str,
    pub(crate) is_utf8: bool,
    /// Whether the message said that TLS is not to be insisted on.
    pub(crate) is_tls_optional: bool,
    /// How much of the message is attached.
    pub(crate) attached: Ret,
}

/// Takes one line of the notice.
pub(crate) type Out<'a> = dyn FnMut(&str) + 'a;

impl Facts<'_> {
    /// Everything before the attached message.
    pub(crate) fn write(&self, notes: &[Note], out: &mut Out<'_>) {
        self.headers(out);
        self.text(notes, out);
        self.report(notes, out);
        self.attachment(out);
    }

    /// What follows the attached message.
    pub(crate) fn write_end(&self, out: &mut Out<'_>) {
        out("");
        out(&format!("--{}--", self.boundary));
    }

    fn is_8bit(&self) -> bool {
        self.is_utf8 || self.encoding == "8bit"
    }

    /// Of a part; that of seven bits goes without saying.
    fn transfer_encoding(&self, out: &mut Out<'_>) {
        if self.is_8bit() {
            out("Content-Transfer-Encoding: 8bit");
        }
    }

    fn headers(&self, out: &mut Out<'_>) {
        let template = self.template;
        out(&format!("Received: by {} ({})", self.myhostname, self.mail_name));
        out(&format!("\tid {}; {}", self.own_id, self.date));
        out(&format!("Date: {}", self.date));
        out(&format!("From: {}", template.from));
        let is_to_sender = self.audience == Audience::Sender;
        let subject = if is_to_sender {
            &template.subject
        } else {
            template.postmaster_subject()
        };
        out(&format!("Subject: {subject}"));
        out(&format!("To: {}", self.to));
        if !self.references.is_empty() {
            out(&format!("References: {}", self.references));
            out(&format!("In-Reply-To: {}", self.references));
        }
        if self.is_tls_optional {
            out("TLS-Required: no");
        }
        let origin = if is_to_sender {
            "auto-replied"
        } else {
            "auto-generated"
        };
        out(&format!("Auto-Submitted: {origin}"));
        out("MIME-Version: 1.0");
        out("Content-Type: multipart/report; report-type=delivery-status;");
        out(&format!("\tboundary=\"{}\"", self.boundary));
        if self.encoding == "7bit" && !self.is_utf8 {
            out("Content-Transfer-Encoding: 7bit");
        }
        self.transfer_encoding(out);
        out("");
        out("This is a MIME-encapsulated message.");
        out("");
    }

    fn text(&self, notes: &[Note], out: &mut Out<'_>) {
        out(&format!("--{}", self.boundary));
        out("Content-Description: Notification");
        let charset = &self.template.charset;
        // Addresses and reasons of the original may be in it.
        let charset = if self.is_8bit() && charset.eq_ignore_ascii_case("us-ascii") {
            "utf-8"
        } else {
            charset
        };
        out(&format!("Content-Type: text/plain; charset={charset}"));
        self.transfer_encoding(out);
        out("");
        if self.audience == Audience::Sender {
            for line in &self.template.text {
                out(line);
            }
        }
        for note in notes {
            out("");
            let recipient = if note.recipient.is_empty() {
                NULL_RECIPIENT
            } else {
                &note.recipient
            };
            let original = &note.original_recipient;
            let head = if original.is_empty() || *original == note.recipient {
                format!("<{recipient}>:")
            } else {
                format!("<{recipient}> (expanded from <{original}>):")
            };
            wrap(&format!("{head} {}", note.reason), out);
        }
        out("");
    }

    fn report(&self, notes: &[Note], out: &mut Out<'_>) {
        let name = self.mail_name.replace(' ', "-");
        out(&format!("--{}", self.boundary));
        out("Content-Description: Delivery report");
        if self.is_utf8 {
            out("Content-Type: message/global-delivery-status");
            out("Content-Transfer-Encoding: 8bit");
        } else {
            out("Content-Type: message/delivery-status");
        }
        out("");
        out(&format!("Reporting-MTA: dns; {}", self.myhostname));
        if !self.envelope_id.is_empty() {
            wrap(&format!("Original-Envelope-Id: {}", self.envelope_id), out);
        }
        out(&format!("X-{name}-Queue-ID: {}", self.queue_id));
        out(&format!(
            "X-{name}-Sender: {}; {}",
            address_kind(self.sender),
            self.sender
        ));
        if !self.arrival_date.is_empty() {
            out(&format!("Arrival-Date: {}", self.arrival_date));
        }
        for note in notes {
            out("");
            self.recipient(note, &name, out);
        }
        out("");
    }

    fn recipient(&self, note: &Note, name: &str, out: &mut Out<'_>) {
        let recipient = if note.recipient.is_empty() {
            NULL_RECIPIENT
        } else {
            &note.recipient
        };
        out(&format!(
            "Final-Recipient: {}; {recipient}",
            address_kind(recipient)
        ));
        let original = &note.original_recipient;
        if !note.dsn_orig_rcpt.is_empty() {
            out(&format!("Original-Recipient: {}", note.dsn_orig_rcpt));
        } else if !original.is_empty() {
            out(&format!(
                "Original-Recipient: {}; {original}",
                address_kind(original)
            ));
        }
        // What a failure notice is made of may be notes on delays, when a message had its time.
        let action = match self.kind {
            Kind::Delay => "delayed",
            Kind::Failure => "failed",
            Kind::Success | Kind::Verify => &note.action,
        };
        out(&format!("Action: {action}"));
        out(&format!("Status: {}", note.status));
        if !note.mta_mname.is_empty() {
            wrap(&format!("Remote-MTA: {}; {}", note.mta_type, note.mta_mname), out);
        }
        if note.diag_text.is_empty() {
            wrap(&format!("Diagnostic-Code: X-{name}; {}", note.reason), out);
        } else {
            wrap(
                &format!("Diagnostic-Code: {}; {}", note.diag_type, note.diag_text),
                out,
            );
        }
        if self.kind == Kind::Delay && !self.retry_until.is_empty() {
            out(&format!("Will-Retry-Until: {}", self.retry_until));
        }
    }

    fn attachment(&self, out: &mut Out<'_>) {
        if self.attached == Ret::Unset {
            return;
        }
        let what = match self.kind {
            Kind::Failure | Kind::Delay => "Undelivered ",
            Kind::Success | Kind::Verify => "",
        };
        let headers_only = self.attached == Ret::Headers;
        out(&format!("--{}", self.boundary));
        out(&format!(
            "Content-Description: {what}Message{}",
            if headers_only { " Headers" } else { "" }
        ));
        out(match (headers_only, self.is_utf8) {
            (false, false) => "Content-Type: message/rfc822",
            (false, true) => "Content-Type: message/global",
            (true, false) => "Content-Type: text/rfc822-headers",
            (true, true) => "Content-Type: message/global-headers",
        });
        self.transfer_encoding(out);
        out("");
        out(&format!("Return-Path: <{}>", self.sender));
    }
}

/// What kind of address a field names (RFC 6533 §3).
fn address_kind(address: &str) -> &'static str {
    if address.is_ascii() { "rfc822" } else { "utf-8" }
}

/// Octets of a line that is broken, and what the lines after the first begin with.
const WIDTH: usize = 79;
const INDENT: &str = "    ";

/// Breaks a text at blanks so that no line is longer than [`WIDTH`] octets where that can be.
fn wrap(text: &str, out: &mut Out<'_>) {
    let mut line = String::with_capacity(WIDTH);
    let mut is_empty = true;
    for word in text.split_ascii_whitespace() {
        if !is_empty && line.len() + 1 + word.len() > WIDTH {
            out(&line);
            line.clear();
            line.push_str(INDENT);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    out(&line);
}

#[cfg(test)]
mod tests {
    use super::*;
    use config::Configuration;
    use config::bounce_cf::Templates;

    fn lines(facts: &Facts<'_>, notes: &[Note]) -> Vec<String> {
        let mut lines = Vec::new();
        let mut out = |line: &str| lines.push(line.to_owned());
        facts.write(notes, &mut out);
        facts.write_end(&mut out);
        lines
    }

    fn templates() -> Templates {
        let configuration = Configuration::parse("myhostname = mx.test.example\n").unwrap();
        Templates::read(None, false)
            .and_then(|templates| templates.expanded(&configuration))
            .unwrap()
    }

    const DATE: &str = "Sun, 22 Nov 2026 22:40:28 +0000 (UTC)";

    fn facts(templates: &Templates, kind: Kind) -> Facts<'_> {
        Facts {
            kind,
            audience: Audience::Sender,
            template: templates.get(kind),
            myhostname: "mx.test.example",
            mail_name: "Postfix",
            own_id: "B2C3",
            date: DATE,
            queue_id: "A1B2",
            sender: "s@sender.example",
            to: "s@sender.example",
            envelope_id: "abc+def",
            arrival_date: DATE,
            retry_until: "",
            references: "",
            boundary: "A1B2.1795372462/mx.test.example",
            encoding: "8bit",
            is_utf8: false,
            is_tls_optional: false,
            attached: Ret::Full,
        }
    }

    fn remote_note() -> Note {
        Note {
            recipient: "a@rcpt.example".into(),
            dsn_orig_rcpt: "rfc822;a@rcpt.example".into(),
            status: "5.1.1".into(),
            action: "failed".into(),
            diag_type: "smtp".into(),
            diag_text: "550 5.1.1 no such user".into(),
            mta_type: "dns".into(),
            mta_mname: "mx.rcpt.example".into(),
            reason:
                "host mx.rcpt.example[192.0.2.1] said: 550 5.1.1 no such user (in reply to RCPT TO command)"
                    .into(),
            ..Note::default()
        }
    }

    fn local_note() -> Note {
        Note {
            recipient: "\"two words\"@bad.example".into(),
            original_recipient: "alias@sender.example".into(),
            status: "5.4.4".into(),
            action: "failed".into(),
            reason: "Host or domain name not found. Name service error for name=bad2.example type=A: Host not found"
                .into(),
            ..Note::default()
        }
    }

    #[test]
    fn a_failure_notice_has_the_lines_of_the_original() {
        let templates = templates();
        let lines = lines(&facts(&templates, Kind::Failure), &[remote_note(), local_note()]);
        let text = lines.iter().position(|line| line.starts_with("<a@")).unwrap();
        let start = lines
            .iter()
            .position(|line| line.contains("mail system at host"))
            .unwrap();

        let border = "--A1B2.1795372462/mx.test.example";
        let date = format!("Date: {DATE}");
        let received = format!("\tid B2C3; {DATE}");
        let expected = [
            "Received: by mx.test.example (Postfix)",
            &received,
            &date,
            "From: Mail Delivery System <MAILER-DAEMON>",
            "Subject: Undelivered Mail Returned to Sender",
            "To: s@sender.example",
            "Auto-Submitted: auto-replied",
            "MIME-Version: 1.0",
            "Content-Type: multipart/report; report-type=delivery-status;",
            "\tboundary=\"A1B2.1795372462/mx.test.example\"",
            "Content-Transfer-Encoding: 8bit",
            "",
            "This is a MIME-encapsulated message.",
            "",
            border,
            "Content-Description: Notification",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
            "",
        ];
        assert_eq!(lines[..start], expected);
        let arrival = format!("Arrival-Date: {DATE}");
        let expected = [
            "<a@rcpt.example>: host mx.rcpt.example[192.0.2.1] said: 550 5.1.1 no such user",
            "    (in reply to RCPT TO command)",
            "",
            "<\"two words\"@bad.example> (expanded from <alias@sender.example>): Host or",
            "    domain name not found. Name service error for name=bad2.example type=A:",
            "    Host not found",
            "",
            border,
            "Content-Description: Delivery report",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.test.example",
            "Original-Envelope-Id: abc+def",
            "X-Postfix-Queue-ID: A1B2",
            "X-Postfix-Sender: rfc822; s@sender.example",
            &arrival,
            "",
            "Final-Recipient: rfc822; a@rcpt.example",
            "Original-Recipient: rfc822;a@rcpt.example",
            "Action: failed",
            "Status: 5.1.1",
            "Remote-MTA: dns; mx.rcpt.example",
            "Diagnostic-Code: smtp; 550 5.1.1 no such user",
            "",
            "Final-Recipient: rfc822; \"two words\"@bad.example",
            "Original-Recipient: rfc822; alias@sender.example",
            "Action: failed",
            "Status: 5.4.4",
            "Diagnostic-Code: X-Postfix; Host or domain name not found. Name service error",
            "    for name=bad2.example type=A: Host not found",
            "",
            border,
            "Content-Description: Undelivered Message",
            "Content-Type: message/rfc822",
            "Content-Transfer-Encoding: 8bit",
            "",
            "Return-Path: <s@sender.example>",
            "",
            "--A1B2.1795372462/mx.test.example--",
        ];
        assert_eq!(lines[text..], expected);
    }

    #[test]
    fn the_postmasters_copy_has_no_comforting_words() {
        let templates = templates();
        let facts = Facts {
            audience: Audience::Postmaster,
            attached: Ret::Headers,
            encoding: "",
            ..facts(&templates, Kind::Delay)
        };
        let lines = lines(&facts, &[local_note()]);

        assert!(lines.contains(&"Subject: Postmaster Warning: Delayed Mail".to_owned()));
        assert!(lines.contains(&"Auto-Submitted: auto-generated".to_owned()));
        let text = lines.iter().position(|line| line.starts_with("<\"two")).unwrap();
        assert_eq!(
            lines[text - 3..text],
            ["Content-Type: text/plain; charset=us-ascii", "", ""]
        );
        assert!(lines.contains(&"Content-Description: Undelivered Message Headers".to_owned()));
        assert!(lines.contains(&"Action: delayed".to_owned()));
    }

    #[test]
    fn an_internationalised_notice_is_global() {
        let templates = templates();
        let facts = Facts {
            is_utf8: true,
            ..facts(&templates, Kind::Failure)
        };
        let note = Note {
            recipient: "x\u{e9}@bad.example".into(),
            ..local_note()
        };
        let lines = lines(&facts, &[note]);

        for expected in [
            "Content-Type: message/global-delivery-status",
            "Final-Recipient: utf-8; x\u{e9}@bad.example",
            "Content-Type: message/global",
            "Content-Type: text/plain; charset=utf-8",
        ] {
            assert!(lines.iter().any(|line| line == expected), "{expected}");
        }
    }

    #[test]
    fn a_word_longer_than_the_line_stands_alone() {
        let mut lines = Vec::new();
        let long = "x".repeat(90);
        wrap(&format!("ab {long} k"), &mut |line| lines.push(line.to_owned()));
        assert_eq!(
            lines,
            ["ab".to_owned(), format!("    {long}"), "    k".to_owned()]
        );
    }
}

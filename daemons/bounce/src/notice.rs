//! The text of a notice (RFC 3464), line by line: pure, given the notes and the facts of the message.

use crate::template::{Kind, Template};
use mail::Ret;
use record::note::{NULL_RECIPIENT, Note};

/// Facts of the notice and of the message it is about.
#[derive(Clone, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) kind: Kind,
    pub(crate) template: &'a Template,
    pub(crate) myhostname: &'a str,
    pub(crate) mail_name: &'a str,
    pub(crate) queue_id: &'a str,
    /// Whose message it is about, quoted form; empty for the null sender.
    pub(crate) sender: &'a str,
    /// Who gets it, quoted form.
    pub(crate) to: &'a str,
    pub(crate) is_postmaster_copy: bool,
    pub(crate) envelope_id: &'a str,
    /// When the message came, as a header date; empty when unknown.
    pub(crate) arrival_date: &'a str,
    /// Until when a delayed message is tried, as a header date.
    pub(crate) retry_until: &'a str,
    /// The message's own Message-Id, to refer to; empty for none.
    pub(crate) references: &'a str,
    pub(crate) boundary: &'a str,
    /// `7bit`, `8bit` or empty.
    pub(crate) encoding: &'a str,
    pub(crate) is_utf8: bool,
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

    fn transfer_encoding(&self, out: &mut Out<'_>) {
        if self.encoding == "8bit" || self.is_utf8 {
            out("Content-Transfer-Encoding: 8bit");
        }
    }

    fn headers(&self, out: &mut Out<'_>) {
        let template = self.template;
        out(&format!("From: {}", template.from));
        let subject = if self.is_postmaster_copy {
            &template.postmaster_subject
        } else {
            &template.subject
        };
        out(&format!("Subject: {subject}"));
        out(&format!("To: {}", self.to));
        if !self.references.is_empty() {
            out(&format!("References: {}", self.references));
            out(&format!("In-Reply-To: {}", self.references));
        }
        out("Auto-Submitted: auto-replied");
        out("MIME-Version: 1.0");
        let kind = if self.is_utf8 {
            "global-delivery-status"
        } else {
            "delivery-status"
        };
        out("Content-Type: multipart/report; report-type=delivery-status;"
            .replace("delivery-status", kind)
            .as_str());
        out(&format!("\tboundary=\"{}\"", self.boundary));
        self.transfer_encoding(out);
        out("");
        out("This is a MIME-encapsulated message.");
        out("");
    }

    fn text(&self, notes: &[Note], out: &mut Out<'_>) {
        out(&format!("--{}", self.boundary));
        out("Content-Description: Notification");
        out(&format!(
            "Content-Type: text/plain; charset={}",
            if self.is_utf8 {
                "utf-8"
            } else {
                &self.template.charset
            }
        ));
        self.transfer_encoding(out);
        out("");
        if self.is_postmaster_copy {
            out(&format!(
                "Postmaster copy of a notice of host {}.",
                self.myhostname
            ));
        } else {
            for line in &self.template.text {
                out(line);
            }
        }
        for note in notes {
            out("");
            let recipient = shown(&note.recipient);
            let original = &note.original_recipient;
            let head = if original.is_empty() || *original == note.recipient {
                format!("<{recipient}>:")
            } else {
                format!("<{recipient}> (expanded from <{original}>):")
            };
            wrap(&format!("{head} {}", note.reason), 79, "    ", out);
        }
        out("");
    }

    fn report(&self, notes: &[Note], out: &mut Out<'_>) {
        let name = self.mail_name;
        let kind = if self.is_utf8 { "utf-8" } else { "rfc822" };
        out(&format!("--{}", self.boundary));
        out("Content-Description: Delivery report");
        out(if self.is_utf8 {
            "Content-Type: message/global-delivery-status"
        } else {
            "Content-Type: message/delivery-status"
        });
        self.transfer_encoding(out);
        out("");
        out(&format!("Reporting-MTA: dns; {}", self.myhostname));
        if !self.envelope_id.is_empty() {
            wrap(
                &format!(
                    "Original-Envelope-Id: {}",
                    mail::xtext::encode(self.envelope_id.as_bytes())
                ),
                79,
                "    ",
                out,
            );
        }
        out(&format!("X-{name}-Queue-ID: {}", self.queue_id));
        if !self.sender.is_empty() {
            out(&format!("X-{name}-Sender: {kind}; {}", self.sender));
        }
        if !self.arrival_date.is_empty() {
            out(&format!("Arrival-Date: {}", self.arrival_date));
        }
        for note in notes {
            out("");
            self.recipient(note, kind, out);
        }
        out("");
    }

    fn recipient(&self, note: &Note, kind: &str, out: &mut Out<'_>) {
        out(&format!("Final-Recipient: {kind}; {}", note.recipient));
        match note.dsn_orig_rcpt.split_once(';') {
            Some((kind, address)) => out(&format!("Original-Recipient: {kind};{address}")),
            None if !note.original_recipient.is_empty() => {
                out(&format!(
                    "Original-Recipient: {kind}; {}",
                    note.original_recipient
                ));
            }
            None => {}
        }
        out(&format!(
            "Action: {}",
            if self.kind == Kind::Delay {
                "delayed"
            } else {
                &note.action
            }
        ));
        out(&format!("Status: {}", note.status));
        if !note.mta_mname.is_empty() {
            wrap(
                &format!("Remote-MTA: {}; {}", note.mta_type, note.mta_mname),
                79,
                "    ",
                out,
            );
        }
        if note.diag_text.is_empty() {
            wrap(
                &format!("Diagnostic-Code: X-{}; {}", self.mail_name, note.reason),
                79,
                "    ",
                out,
            );
        } else {
            wrap(
                &format!("Diagnostic-Code: {}; {}", note.diag_type, note.diag_text),
                79,
                "    ",
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
            Kind::Failure => "Undelivered ",
            Kind::Delay => "Delayed ",
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
    }
}

fn shown(recipient: &str) -> &str {
    if recipient.is_empty() {
        NULL_RECIPIENT
    } else {
        recipient
    }
}

/// Breaks a text at blanks so that no line is longer than `width` octets where that can be; the lines after the first
/// begin with `indent`.
pub(crate) fn wrap(text: &str, width: usize, indent: &str, out: &mut Out<'_>) {
    let mut line = String::new();
    let mut is_empty = true;
    for word in text.split_ascii_whitespace() {
        if !is_empty && line.len() + 1 + word.len() > width {
            out(&line);
            line.clear();
            line.push_str(indent);
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
    use crate::template::Templates;
    use config::Configuration;

    fn lines(facts: &Facts<'_>, notes: &[Note]) -> Vec<String> {
        let mut lines = Vec::new();
        let mut out = |line: &str| lines.push(line.to_owned());
        facts.write(notes, &mut out);
        facts.write_end(&mut out);
        lines
    }

    fn note() -> Note {
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

    #[test]
    fn a_failure_notice_has_three_parts_and_the_fields_of_the_standard() {
        let configuration = Configuration::parse("myhostname = mx.test.example\n").unwrap();
        let templates = Templates::new(None, &configuration).unwrap();
        let facts = Facts {
            kind: Kind::Failure,
            template: templates.get(Kind::Failure),
            myhostname: "mx.test.example",
            mail_name: "Postfix",
            queue_id: "A1B2",
            sender: "s@sender.example",
            to: "s@sender.example",
            is_postmaster_copy: false,
            envelope_id: "",
            arrival_date: "Sun, 22 Nov 2026 18:34:22 +0000 (UTC)",
            retry_until: "",
            references: "",
            boundary: "A1B2.1795372462/mx.test.example",
            encoding: "",
            is_utf8: false,
            attached: Ret::Full,
        };
        let lines = lines(&facts, &[note()]);

        let borders = lines.iter().filter(|line| line.starts_with("--A1B2.")).count();
        assert_eq!(borders, 4);
        for expected in [
            "Content-Type: multipart/report; report-type=delivery-status;",
            "<a@rcpt.example>: host mx.rcpt.example[192.0.2.1] said: 550 5.1.1 no such user",
            "    (in reply to RCPT TO command)",
            "Reporting-MTA: dns; mx.test.example",
            "X-Postfix-Queue-ID: A1B2",
            "X-Postfix-Sender: rfc822; s@sender.example",
            "Final-Recipient: rfc822; a@rcpt.example",
            "Original-Recipient: rfc822;a@rcpt.example",
            "Action: failed",
            "Status: 5.1.1",
            "Remote-MTA: dns; mx.rcpt.example",
            "Diagnostic-Code: smtp; 550 5.1.1 no such user",
            "Content-Description: Undelivered Message",
        ] {
            assert!(
                lines.iter().any(|line| line == expected),
                "{expected}\n{}",
                lines.join("\n")
            );
        }
    }

    #[test]
    fn a_word_longer_than_the_line_stands_alone() {
        let mut lines = Vec::new();
        wrap("ab cdefghij k", 5, "  ", &mut |line| lines.push(line.to_owned()));
        assert_eq!(lines, ["ab", "  cdefghij", "  k"]);
    }
}

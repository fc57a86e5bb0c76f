//! The order of the stages: which lists are gone through when, and what one stage leaves to the next.

use config::catalogue;

use super::grammar::Evidence;
use super::judge::{Judge, Subject};
use super::verdict::{Class, Permit, Refusal, Verdict};
use crate::log;
use crate::state::Trouble;

/// The outcome of a stage.
type Stage = Result<(), Refusal>;

impl Judge<'_> {
    /// The client as such, at connect or, delayed, with each recipient.
    pub(crate) async fn client(&mut self) -> Stage {
        self.state.held.now = None;
        self.reset();
        let server = self.server;
        let mut verdict = Verdict::Dunno;
        if !server.lists.client.is_empty() {
            let name = self.state.client.shown.clone();
            let subject = Subject {
                name: &name,
                class: Class::Client,
                bare: Some(Evidence::Client),
            };
            verdict = self.run(&server.lists.client, subject).await;
        }
        self.state.held.after_client = self.state.held.now.is_some();
        settle(verdict)
    }

    /// The HELO name in the state.
    pub(crate) async fn helo(&mut self) -> Stage {
        let Some(name) = self.state.helo.clone() else {
            return Ok(());
        };
        self.state.held.begin(self.state.held.after_client);
        self.reset();
        let server = self.server;
        let mut verdict = Verdict::Dunno;
        if !server.lists.helo.is_empty() {
            let subject = Subject {
                name: &name,
                class: Class::Helo,
                bare: Some(Evidence::Helo),
            };
            verdict = self.run(&server.lists.helo, subject).await;
        }
        self.state.held.after_helo = self.state.held.now.is_some();
        settle(verdict)
    }

    /// The sender in the state.
    pub(crate) async fn sender(&mut self) -> Stage {
        let Some(sender) = self.state.sender.clone() else {
            return Ok(());
        };
        self.state
            .held
            .begin(self.state.held.after_client || self.state.held.after_helo);
        self.state.held.sender_listed = false;
        self.reset();
        let server = self.server;
        let mut verdict = Verdict::Dunno;
        if !server.lists.sender.is_empty() {
            let subject = Subject {
                name: &sender,
                class: Class::Sender,
                bare: Some(Evidence::Sender),
            };
            verdict = self.run(&server.lists.sender, subject).await;
        }
        self.state.held.after_sender = self.state.held.now.is_some();
        let unfinished = !matches!(verdict, Verdict::Refuse(_) | Verdict::HangUp);
        if server.settings.reject_unlisted_sender && unfinished && !self.state.actions.discard {
            self.tell_switch(catalogue::SMTPD_REJECT_UNLISTED_SENDER.name());
            verdict = self.reject_unlisted_sender().await;
            self.tell_verdict(&verdict);
        }
        settle(verdict)
    }

    /// A recipient (internal form). This, and nothing else, makes a [`Permit`].
    pub(crate) async fn recipient(&mut self, recipient: &str) -> Result<Permit, Refusal> {
        // RFC 5321 §4.5.1: postmaster is always accepted, also without a domain.
        // A local user may write to anybody: there is nothing to judge.
        if recipient.eq_ignore_ascii_case("postmaster") || self.server.stands_alone() {
            self.tell("postmaster is always accepted (RFC 5321 section 4.5.1)");
            return Ok(Permit::grant());
        }
        let before = self.state.recipient.replace(recipient.to_owned());
        let judged = self.judge_recipient(recipient).await;
        self.state.recipient = before;
        judged.map(|()| Permit::grant())
    }

    /// A recipient that is our own address probe's sender: judging it could end in probing in turn.
    pub(crate) fn probe_sender(&self, recipient: &str) -> Option<(String, Permit)> {
        let sender = self.server.own_probe_sender(recipient)?;
        self.tell("the sender of our own probes is always accepted");
        Some((sender, Permit::grant()))
    }

    async fn judge_recipient(&mut self, recipient: &str) -> Stage {
        let server = self.server;
        self.state.held.recipient_listed = false;
        if server.settings.delay_reject {
            self.client().await?;
            self.helo().await?;
            self.sender().await?;
        }
        self.state.held.begin(self.state.held.after_sender);
        self.reset();
        let (relay, other) = (&server.lists.relay, &server.lists.recipient);
        let order = if server.settings.relay_before_recipient {
            [relay, other]
        } else {
            [other, relay]
        };
        let mut verdict = Verdict::Dunno;
        for (place, list) in order.into_iter().enumerate() {
            verdict = Verdict::Dunno;
            if !list.is_empty() {
                let subject = Subject {
                    name: recipient,
                    class: Class::Recipient,
                    bare: Some(Evidence::Recipient),
                };
                verdict = self.run(list, subject).await;
            }
            if matches!(verdict, Verdict::Refuse(_) | Verdict::HangUp) {
                if place == 0 && server.former.relay_before_recipient {
                    log::former_relay_order(recipient, &self.state.client.shown);
                }
                break;
            }
        }
        verdict = self.promote(verdict);
        let unfinished = !matches!(verdict, Verdict::Refuse(_) | Verdict::HangUp);
        if unfinished {
            self.tell_former_relay_restrictions(recipient).await;
        }
        if server.settings.reject_unlisted_recipient && unfinished && !self.state.actions.discard {
            self.tell_switch(catalogue::SMTPD_REJECT_UNLISTED_RECIPIENT.name());
            verdict = self.reject_unlisted_recipient().await;
            self.tell_verdict(&verdict);
        }
        settle(verdict)
    }

    /// An ETRN request for a domain.
    pub(crate) async fn etrn(&mut self, domain: &str) -> Stage {
        let before = self.state.etrn.replace(domain.to_owned());
        let judged = self.judge_etrn(domain).await;
        self.state.etrn = before;
        judged
    }

    async fn judge_etrn(&mut self, domain: &str) -> Stage {
        let server = self.server;
        if server.settings.delay_reject {
            self.client().await?;
            self.helo().await?;
        }
        self.state
            .held
            .begin(self.state.held.after_client || self.state.held.after_helo);
        self.reset();
        let mut verdict = Verdict::Dunno;
        if !server.lists.etrn.is_empty() {
            let subject = Subject {
                name: domain,
                class: Class::Etrn,
                bare: Some(Evidence::Etrn),
            };
            verdict = self.run(&server.lists.etrn, subject).await;
        }
        let verdict = self.promote(verdict);
        settle(verdict)
    }

    /// The DATA command, or the first chunk.
    pub(crate) async fn data(&mut self) -> Stage {
        let server = self.server;
        self.whole(
            &server.lists.data,
            Subject {
                name: "DATA",
                class: Class::Data,
                bare: None,
            },
        )
        .await
    }

    /// The message after its last line.
    pub(crate) async fn end_of_data(&mut self) -> Stage {
        let server = self.server;
        let subject = Subject {
            name: "END-OF-MESSAGE",
            class: Class::EndOfData,
            bare: None,
        };
        self.whole(&server.lists.end_of_data, subject).await
    }

    /// Judges the message as a whole: with several recipients, none of them stands for it.
    async fn whole(&mut self, list: &super::grammar::List, subject: Subject<'_>) -> Stage {
        self.state.held.now = None;
        if list.is_empty() {
            return Ok(());
        }
        let hidden = if self.state.recipients > 1 {
            self.state.recipient.take()
        } else {
            None
        };
        self.reset();
        let verdict = self.run(list, subject).await;
        let verdict = self.promote(verdict);
        if hidden.is_some() {
            self.state.recipient = hidden;
        }
        settle(verdict)
    }

    /// Makes a permit a deferral where an earlier restriction could not decide.
    fn promote(&mut self, verdict: Verdict) -> Verdict {
        if matches!(verdict, Verdict::Refuse(_) | Verdict::HangUp) {
            return verdict;
        }
        match self.state.held.now.clone() {
            Some(held) => {
                self.tell("what was held back earlier takes effect");
                let text = format_args!("{}", held.text);
                self.refuse(held.trouble, held.code, &held.status, text)
            }
            None => verdict,
        }
    }

    /// The size a client announces.
    pub(crate) fn size(&mut self, size: u64) -> Stage {
        let limit = self.server.settings.message_size_limit;
        self.reset();
        if limit == 0 || size <= limit {
            return Ok(());
        }
        settle(self.refuse(
            Trouble::POLICY,
            552,
            "5.3.4",
            format_args!("Message size exceeds fixed limit"),
        ))
    }

    /// No room in the queue.
    pub(crate) fn no_space(&mut self) -> Refusal {
        self.reset();
        match self.refuse(
            Trouble::RESOURCE,
            452,
            "4.3.1",
            format_args!("Insufficient system storage"),
        ) {
            Verdict::Refuse(reply) => Refusal::Reply(reply),
            _ => Refusal::Reply("452 4.3.1 Insufficient system storage".into()),
        }
    }
}

fn settle(verdict: Verdict) -> Stage {
    match verdict {
        Verdict::Dunno | Verdict::Permit => Ok(()),
        Verdict::Refuse(reply) => Err(Refusal::Reply(reply)),
        Verdict::HangUp => Err(Refusal::HangUp),
    }
}

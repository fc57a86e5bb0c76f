//! The server's side of a dialogue: which command may come now, and what an accepted one changes.
//!
//! A command comes out of [`Dialogue::take`] together with a pending value, and nothing has changed yet. The session
//! asks whom it must, and then accepts or refuses; only that moves the dialogue on. Accepting a recipient takes a
//! permit of the type `P`, which the server lets nobody make but its restrictions: an open relay by omission does not
//! compile. Wording, counting of errors and the content itself are the session's.

use std::marker::PhantomData;

use crate::command::{Command, Fault, Line, Rcpt, Rules, Verb};
use crate::parameter::Chunk;

/// Where one session stands.
#[derive(Debug)]
pub struct Dialogue<P> {
    /// `smtpd_helo_required`.
    hello_required: bool,
    hello: bool,
    extended: bool,
    transaction: bool,
    recipients: u32,
    chunks: Chunks,
    waiting: bool,
    permit: PhantomData<fn(P)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chunks {
    None,
    /// Content is coming.
    Going,
    /// One was refused: the client may have sent more already, and they are dropped.
    Failed,
}

/// A command that waits for its verdict.
#[must_use = "accept or refuse it"]
#[derive(Debug)]
pub struct Pending {
    verb: Verb,
    last_chunk: bool,
}

/// A recipient that waits for its verdict.
#[must_use = "accept or refuse it"]
#[derive(Debug)]
pub struct PendingRecipient(());

/// A command that may come now.
#[derive(Debug)]
pub enum Taken<'a> {
    /// RCPT TO.
    Recipient(Rcpt<'a>, PendingRecipient),
    /// BDAT. Its octets follow whatever the verdict, and must be read.
    Chunk {
        /// What the command says.
        chunk: Chunk,
        /// Whether it begins the content.
        first: bool,
        /// Why it must be refused, if it must.
        problem: Option<Fault>,
        /// To be settled when the octets have been read.
        pending: Pending,
    },
    /// Any other.
    Other(Command<'a>, Pending),
}

impl<P> Dialogue<P> {
    /// A session before its greeting.
    #[must_use]
    pub fn new(hello_required: bool) -> Self {
        Self {
            hello_required,
            hello: false,
            extended: false,
            transaction: false,
            recipients: 0,
            chunks: Chunks::None,
            waiting: false,
            permit: PhantomData,
        }
    }

    /// Takes a command, if it is well formed and may come now.
    ///
    /// # Errors
    /// The [`Fault`]; the dialogue stands where it stood.
    ///
    /// # Panics
    /// When the command before was neither accepted nor refused.
    pub fn take<'a>(&mut self, line: &Line<'a>, verb: Verb, rules: &Rules<'a>) -> Result<Taken<'a>, Fault> {
        assert!(
            !self.waiting,
            "a command is taken while another one waits for its verdict"
        );
        self.check_order(verb)?;
        let command = line.command(verb, rules)?;
        self.waiting = true;
        Ok(match command {
            Command::Rcpt(rcpt) => Taken::Recipient(rcpt, PendingRecipient(())),
            Command::Bdat(chunk) => Taken::Chunk {
                chunk,
                first: self.chunks == Chunks::None,
                problem: self.chunk_problem(chunk),
                pending: Pending {
                    verb,
                    last_chunk: chunk.last,
                },
            },
            command => Taken::Other(
                command,
                Pending {
                    verb,
                    last_chunk: false,
                },
            ),
        })
    }

    fn check_order(&self, verb: Verb) -> Result<(), Fault> {
        match verb {
            Verb::Mail | Verb::Etrn | Verb::Auth if self.hello_required && !self.hello => {
                Err(Fault::NeedHello)
            }
            Verb::Mail if self.transaction => Err(Fault::NestedMail),
            Verb::Rcpt if !self.transaction => Err(Fault::NeedMail),
            Verb::Mail | Verb::Rcpt | Verb::Data if self.chunks != Chunks::None => {
                Err(Fault::AfterBdat(verb))
            }
            Verb::Data => self.recipient_problem().map_or(Ok(()), Err),
            Verb::Etrn | Verb::Xclient | Verb::Xforward | Verb::Auth if self.transaction => {
                Err(Fault::InTransaction(verb))
            }
            _ => Ok(()),
        }
    }

    fn recipient_problem(&self) -> Option<Fault> {
        match (self.recipients, self.transaction) {
            (0, true) => Some(Fault::NoValidRecipients),
            (0, false) => Some(Fault::NeedRecipient),
            _ => None,
        }
    }

    fn chunk_problem(&self, chunk: Chunk) -> Option<Fault> {
        match self.chunks {
            _ if chunk.octets == 0 && !chunk.last => Some(Fault::NullChunk),
            Chunks::Failed => Some(Fault::ChunkAfterError(chunk)),
            Chunks::None => self.recipient_problem(),
            Chunks::Going => None,
        }
    }

    /// The recipient is accepted.
    pub fn accept_recipient(&mut self, pending: PendingRecipient, permit: P) {
        let PendingRecipient(()) = pending;
        drop(permit);
        self.waiting = false;
        self.recipients += 1;
    }

    /// The recipient is refused.
    pub fn refuse_recipient(&mut self, pending: PendingRecipient) {
        let PendingRecipient(()) = pending;
        self.waiting = false;
    }

    /// The command is accepted. For DATA that means the 354; [`Dialogue::end_content`] follows when the content has
    /// been dealt with. For the last chunk it means that the message has been dealt with.
    pub fn accept(&mut self, pending: Pending) {
        self.waiting = false;
        match pending.verb {
            Verb::Helo => self.hello(false),
            Verb::Ehlo | Verb::Lhlo => self.hello(true),
            Verb::Mail => self.transaction = true,
            Verb::Rset => self.reset(),
            Verb::Starttls => self.restart(false, false),
            Verb::Bdat if pending.last_chunk => self.reset(),
            Verb::Bdat => self.chunks = Chunks::Going,
            _ => {}
        }
    }

    /// The command is refused. After a chunk that was not the last, the rest of the message will be dropped.
    pub fn refuse(&mut self, pending: Pending) {
        self.waiting = false;
        if pending.verb == Verb::Bdat {
            if pending.last_chunk {
                self.reset();
            } else {
                self.chunks = Chunks::Failed;
            }
        }
    }

    /// The content of DATA has been dealt with, well or badly: the transaction is over.
    pub fn end_content(&mut self) {
        self.reset();
    }

    /// Ends the transaction as after the content, but stays where further chunks are dropped.
    pub fn fail_chunks(&mut self, pending: Pending) {
        self.waiting = false;
        self.reset();
        if !pending.last_chunk {
            self.chunks = Chunks::Failed;
        }
    }

    /// Begins anew, as after STARTTLS and XCLIENT. `hello` and `extended` say what XCLIENT told of the client.
    pub fn restart(&mut self, hello: bool, extended: bool) {
        self.reset();
        self.waiting = false;
        self.hello = hello;
        self.extended = extended;
    }

    fn hello(&mut self, extended: bool) {
        self.reset();
        self.hello = true;
        // A later HELO takes back nothing that EHLO has allowed: the client may have pipelined already.
        self.extended |= extended;
    }

    fn reset(&mut self) {
        self.transaction = false;
        self.recipients = 0;
        self.chunks = Chunks::None;
    }

    /// Whether EHLO was accepted, so that extensions and pipelining are allowed.
    #[must_use]
    pub const fn is_extended(&self) -> bool {
        self.extended
    }

    /// Whether MAIL FROM was accepted and the message has not ended.
    #[must_use]
    pub const fn in_transaction(&self) -> bool {
        self.transaction
    }

    /// Recipients accepted in this transaction.
    #[must_use]
    pub const fn recipients(&self) -> u32 {
        self.recipients
    }

    /// Whether the client may send more before it has the reply to `verb` (RFC 2920 §3.1).
    #[must_use]
    pub const fn may_be_followed(&self, verb: Verb) -> bool {
        self.extended && !verb.ends_group()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stands for what only the restrictions can make.
    struct Permit;

    const RULES: Rules<'_> = Rules {
        strict_envelopes: false,
        smtputf8: true,
        dsn: true,
        chunking: true,
        requiretls: false,
        xverp: None,
    };

    /// Plays lines of a client; each is accepted unless the line says `!` in front. Gives `ok` or the fault.
    fn play(hello_required: bool, script: &[&str]) -> Vec<String> {
        let mut dialogue = Dialogue::new(hello_required);
        script.iter().map(|text| say(&mut dialogue, text)).collect()
    }

    fn say(dialogue: &mut Dialogue<Permit>, text: &str) -> String {
        let refuse = text.starts_with('!');
        let line = Line::cut(text.trim_start_matches('!')).unwrap();
        match dialogue.take(&line, line.verb.unwrap(), &RULES) {
            Err(fault) => return format!("{fault:?}"),
            Ok(Taken::Recipient(_, pending)) if refuse => dialogue.refuse_recipient(pending),
            Ok(Taken::Recipient(_, pending)) => dialogue.accept_recipient(pending, Permit),
            Ok(Taken::Chunk {
                problem: Some(problem),
                pending,
                ..
            }) => {
                dialogue.refuse(pending);
                return format!("{problem:?}");
            }
            Ok(Taken::Chunk { pending, .. } | Taken::Other(_, pending)) if refuse => dialogue.refuse(pending),
            Ok(Taken::Chunk { pending, .. }) => dialogue.accept(pending),
            Ok(Taken::Other(command, pending)) => {
                dialogue.accept(pending);
                if command == Command::Data {
                    dialogue.end_content();
                }
            }
        }
        "ok".into()
    }

    #[test]
    fn commands_come_in_order() {
        let script = [
            "RCPT TO:<a@b>",
            "DATA",
            "MAIL FROM:<>",
            "MAIL FROM:<>",
            "DATA",
            "!RCPT TO:<a@b>",
            "DATA",
            "RCPT TO:<c@d>",
            "ETRN x",
            "XCLIENT a=b",
            "DATA",
            "DATA",
            "MAIL FROM:<>",
            "RSET",
            "RCPT TO:<a@b>",
        ];
        assert_eq!(
            play(false, &script),
            [
                "NeedMail",
                "NeedRecipient",
                "ok",
                "NestedMail",
                "NoValidRecipients",
                "ok",
                "NoValidRecipients",
                "ok",
                "InTransaction(Etrn)",
                "InTransaction(Xclient)",
                "ok",
                "NeedRecipient",
                "ok",
                "ok",
                "NeedMail"
            ]
        );
    }

    #[test]
    fn hello_may_be_required_and_resets() {
        assert_eq!(
            play(
                true,
                &[
                    "MAIL FROM:<>",
                    "HELO x",
                    "MAIL FROM:<>",
                    "EHLO x",
                    "RCPT TO:<a@b>"
                ]
            ),
            ["NeedHello", "ok", "ok", "ok", "NeedMail"]
        );
    }

    #[test]
    fn chunks_after_a_failed_one_are_dropped_until_the_last() {
        let script = [
            "MAIL FROM:<>",
            "RCPT TO:<a@b>",
            "BDAT 3",
            "RCPT TO:<c@d>",
            "DATA",
            "!BDAT 4",
            "BDAT 5",
            "BDAT 0 LAST",
            "MAIL FROM:<>",
        ];
        assert_eq!(
            play(false, &script),
            [
                "ok",
                "ok",
                "ok",
                "AfterBdat(Rcpt)",
                "AfterBdat(Data)",
                "ok",
                "ChunkAfterError(Chunk { octets: 5, last: false })",
                "ChunkAfterError(Chunk { octets: 0, last: true })",
                "ok"
            ]
        );
    }

    #[test]
    fn chunks_need_recipients_and_octets() {
        assert_eq!(
            play(
                false,
                &[
                    "BDAT 3",
                    "RSET",
                    "MAIL FROM:<>",
                    "BDAT 3 LAST",
                    "MAIL FROM:<>",
                    "RCPT TO:<a@b>",
                    "BDAT 0"
                ]
            ),
            [
                "NeedRecipient",
                "ok",
                "ok",
                "NoValidRecipients",
                "ok",
                "ok",
                "NullChunk"
            ]
        );
    }

    #[test]
    fn pipelining_needs_ehlo() {
        let mut dialogue = Dialogue::new(false);
        assert!(!dialogue.may_be_followed(Verb::Mail));
        say(&mut dialogue, "EHLO x");
        assert!(dialogue.may_be_followed(Verb::Mail));
        assert!(!dialogue.may_be_followed(Verb::Data));
        say(&mut dialogue, "HELO x");
        assert!(dialogue.may_be_followed(Verb::Mail));
        dialogue.restart(true, false);
        assert!(!dialogue.may_be_followed(Verb::Mail));
    }

    #[test]
    #[should_panic(expected = "waits for its verdict")]
    fn a_command_cannot_overtake_another() {
        let mut dialogue: Dialogue<Permit> = Dialogue::new(false);
        let line = Line::cut("NOOP").unwrap();
        let _first = dialogue.take(&line, Verb::Noop, &RULES);
        let _second = dialogue.take(&line, Verb::Noop, &RULES);
    }
}

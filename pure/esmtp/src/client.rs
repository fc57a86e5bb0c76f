//! The client's side of a dialogue: what to send next, and what the replies mean for each recipient.
//!
//! [`Handshake`] gets from the greeting to the server's features; [`Transaction`] gets one message across. Both are fed
//! replies and yield octets; waiting, time limits and what becomes of a recipient are the caller's. The order of
//! commands, and when to stop, is Postfix's.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::rc::Rc;

use mail::{Notify, Ret};

use crate::command::Body;
use crate::extension::{Features, Keywords};
use crate::reply::Reply;

/// Which protocol is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// One reply to the message.
    #[default]
    Smtp,
    /// A reply for each recipient (RFC 2033 §4.2).
    Lmtp,
}

/// From greeting to features.
#[derive(Clone, Debug)]
pub struct Handshake {
    protocol: Protocol,
    extended: bool,
    /// `smtp_never_send_ehlo` as false, `smtp_always_send_ehlo` as true; otherwise as the greeting says.
    wanted: Option<bool>,
}

/// What comes after a reply within the handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Introduced {
    /// Send this command.
    Say(&'static str),
    /// The server's features; empty after HELO.
    Features(Features),
    /// The server does not want us.
    Refused,
}

impl Handshake {
    /// A handshake before the greeting. `extended` forces or forbids EHLO; `None` leaves it to the greeting.
    #[must_use]
    pub const fn new(protocol: Protocol, extended: Option<bool>) -> Self {
        Self {
            protocol,
            extended: false,
            wanted: extended,
        }
    }

    /// Takes the greeting.
    #[must_use]
    pub fn greeting(&mut self, reply: &Reply) -> Introduced {
        if !reply.is_positive() {
            return Introduced::Refused;
        }
        let says = || {
            reply
                .text
                .split_ascii_whitespace()
                .any(|word| word.eq_ignore_ascii_case("ESMTP"))
        };
        self.extended = self.wanted.unwrap_or_else(says);
        Introduced::Say(self.hello())
    }

    /// The verb to introduce ourselves with; also after STARTTLS.
    #[must_use]
    pub const fn hello(&self) -> &'static str {
        match self.protocol {
            Protocol::Lmtp => "LHLO",
            Protocol::Smtp if self.extended => "EHLO",
            Protocol::Smtp => "HELO",
        }
    }

    /// Takes the reply to [`Handshake::hello`]. A server that does not know EHLO gets HELO.
    #[must_use]
    pub fn reply(&mut self, reply: &Reply, discard: Keywords) -> Introduced {
        let extended = self.extended || self.protocol == Protocol::Lmtp;
        match (reply.is_positive(), extended) {
            (true, true) => Introduced::Features(Features::parse(&reply.text, discard)),
            (true, false) => {
                let name = reply
                    .text
                    .get(4..)
                    .unwrap_or_default()
                    .split(' ')
                    .next()
                    .unwrap_or_default();
                Introduced::Features(Features {
                    name: name.to_owned(),
                    ..Features::default()
                })
            }
            (false, true) if reply.code != 421 && self.protocol == Protocol::Smtp => {
                self.extended = false;
                Introduced::Say(self.hello())
            }
            (false, _) => Introduced::Refused,
        }
    }
}

/// What MAIL FROM may carry.
#[derive(Clone, Debug, Default)]
pub struct Sender<'a> {
    /// Internal form; empty for the null sender.
    pub address: &'a str,
    /// The size of the content in octets.
    pub size: Option<u64>,
    /// What the content is.
    pub body: Option<Body>,
    /// RET.
    pub ret: Ret,
    /// ENVID, decoded; empty for none.
    pub envid: &'a str,
    /// The message asks for SMTPUTF8.
    pub smtputf8: bool,
    /// The message asks for REQUIRETLS.
    pub requiretls: bool,
    /// Say `AUTH=<>`: we authenticated, the sender did not.
    pub auth: bool,
}

impl Sender<'_> {
    /// The MAIL FROM command, without line end; each parameter only when the server announced its extension.
    #[must_use]
    pub fn command(&self, features: &Features) -> String {
        let mut line = format!("MAIL FROM:<{}>", mail::quote_local821(self.address));
        if let Some(size) = self.size.filter(|_| features.has(Keywords::SIZE)) {
            let _ = write!(line, " SIZE={size}");
        }
        match self.body.filter(|_| features.has(Keywords::EIGHT_BIT)) {
            Some(Body::EightBit) => line.push_str(" BODY=8BITMIME"),
            Some(Body::SevenBit) => line.push_str(" BODY=7BIT"),
            None => {}
        }
        if features.has(Keywords::DSN) {
            if !self.envid.is_empty() {
                let _ = write!(line, " ENVID={}", mail::xtext::encode(self.envid.as_bytes()));
            }
            if self.ret != Ret::Unset {
                let _ = write!(line, " RET={}", self.ret.as_str());
            }
        }
        for (wanted, keyword, word) in [
            (self.smtputf8, Keywords::SMTPUTF8, " SMTPUTF8"),
            (self.requiretls, Keywords::REQUIRETLS, " REQUIRETLS"),
            (self.auth, Keywords::AUTH, " AUTH=<>"),
        ] {
            if wanted && features.has(keyword) {
                line.push_str(word);
            }
        }
        line
    }
}

/// The RCPT TO command, without line end. `orcpt` is `type;address`, decoded, or empty.
#[must_use]
pub fn recipient_command(
    address: &str,
    orcpt: &str,
    notify: Notify,
    smtputf8: bool,
    features: &Features,
) -> String {
    let mut line = format!("RCPT TO:<{}>", mail::quote_local821(address));
    if features.has(Keywords::DSN) {
        if let Some(orcpt) = mail::orcpt::encode(orcpt, smtputf8 && features.has(Keywords::SMTPUTF8)) {
            let _ = write!(line, " ORCPT={orcpt}");
        }
        if !notify.is_empty() {
            let _ = write!(line, " NOTIFY={notify}");
        }
    }
    line
}

/// The command whose reply is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// XFORWARD.
    Xforward,
    /// MAIL FROM.
    Mail,
    /// RCPT TO for the recipient of this index.
    Rcpt(usize),
    /// DATA.
    Data,
    /// The final dot; with LMTP, for the recipient of this index.
    EndOfData(usize),
    /// RSET after a transaction that came to nothing.
    Rset,
    /// QUIT.
    Quit,
}

/// What became of a recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing is known.
    Open,
    /// RCPT TO was accepted.
    Accepted,
    /// The server refused it at this stage.
    Refused(Stage, Rc<Reply>),
    /// The server took the message for it (or, for a probe, would).
    Delivered(Rc<Reply>),
}

/// How far a transaction shall go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// Deliver the message.
    #[default]
    Deliver,
    /// Ask for the recipients, and take it back.
    ProbeRecipients,
    /// Go to the reply to DATA, and hang up.
    ProbeData,
}

/// How a transaction is run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// SMTP or LMTP.
    pub protocol: Protocol,
    /// The server announced PIPELINING and it shall be used.
    pub pipelining: bool,
    /// Send QUIT at the end; otherwise the session is kept for another message.
    pub quit: bool,
    /// Do not wait for the reply to QUIT (`smtp_skip_quit_response`).
    pub skip_quit_reply: bool,
    /// How far to go.
    pub purpose: Purpose,
}

/// What the caller does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Send the output gathered, read one reply, and give it to [`Transaction::reply`].
    Receive(Stage),
    /// Send the content, then call [`Transaction::content_sent`].
    Content,
    /// Send the output gathered; nothing else is to be done.
    Finished,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Send {
    Xforward(usize),
    Mail,
    Rcpt(usize),
    Data,
    Content,
    Dot,
    Rset,
    Quit,
    Nothing,
}

/// One message on its way to a server.
#[derive(Debug)]
pub struct Transaction {
    manner: Manner,
    xforward: Vec<String>,
    mail: String,
    rcpts: Vec<String>,
    fates: Vec<Fate>,
    send: Send,
    awaited: VecDeque<Stage>,
    /// Octets sent since the server last spoke for all of them.
    unanswered_octets: usize,
    mail_refused: bool,
    accepted: usize,
    data_refused: bool,
    /// RSET was sent because nothing can be delivered.
    aborted: bool,
}

/// Octets of commands that may be under way unanswered: a server that does not read while it writes must not block us.
const PIPELINE_OCTETS: usize = 4096;

impl Transaction {
    /// A transaction with ready-made commands (without line ends): XFORWARD ones, MAIL FROM, and each RCPT TO.
    #[must_use]
    pub fn new(manner: Manner, xforward: Vec<String>, mail: String, rcpts: Vec<String>) -> Self {
        Self {
            manner,
            xforward,
            mail,
            fates: vec![Fate::Open; rcpts.len()],
            rcpts,
            send: Send::Xforward(0),
            awaited: VecDeque::new(),
            unanswered_octets: 0,
            mail_refused: false,
            accepted: 0,
            data_refused: false,
            aborted: false,
        }
    }

    /// What became of each recipient so far, in the order given.
    #[must_use]
    pub fn fates(&self) -> &[Fate] {
        &self.fates
    }

    /// Appends commands to `out` as long as it makes sense, and says what comes then.
    pub fn next(&mut self, out: &mut Vec<u8>) -> Next {
        loop {
            if let Some(stage) = self.awaited.front().copied()
                && self.must_wait()
            {
                return Next::Receive(stage);
            }
            if self.awaited.is_empty() {
                self.unanswered_octets = 0;
                self.correct_course();
            }
            match self.send {
                Send::Content => return Next::Content,
                Send::Nothing => {
                    return self
                        .awaited
                        .front()
                        .map_or(Next::Finished, |stage| Next::Receive(*stage));
                }
                _ => self.send_one(out),
            }
        }
    }

    fn must_wait(&self) -> bool {
        match self.send {
            // Content and the dot go out only when the server has said yes to DATA.
            Send::Content | Send::Dot | Send::Nothing => true,
            // QUIT behind the final dot is always pipelined: the server has read it when it has read the dot.
            Send::Quit if self.manner.pipelining => false,
            _ if !self.manner.pipelining => true,
            _ => self.unanswered_octets + self.next_length() > PIPELINE_OCTETS,
        }
    }

    fn next_length(&self) -> usize {
        let line = match self.send {
            Send::Xforward(index) => self.xforward.get(index),
            Send::Mail => Some(&self.mail),
            Send::Rcpt(index) => self.rcpts.get(index),
            _ => None,
        };
        line.map_or(6, String::len)
    }

    /// All replies are in: stops what has become pointless.
    fn correct_course(&mut self) {
        let pointless = match self.send {
            Send::Rcpt(_) => self.mail_refused,
            Send::Data => self.accepted == 0,
            Send::Content => self.data_refused,
            _ => false,
        };
        if pointless {
            self.abort();
        } else if self.send == Send::Content && self.accepted == 0 {
            // DATA was accepted although no recipient was: end the empty message (RFC 2920 §3.1).
            self.send = Send::Dot;
        }
    }

    fn abort(&mut self) {
        self.aborted = true;
        self.send = Send::Rset;
    }

    fn send_one(&mut self, out: &mut Vec<u8>) {
        let start = out.len();
        match self.send {
            Send::Xforward(index) => match self.xforward.get(index) {
                Some(line) => {
                    out.extend_from_slice(line.as_bytes());
                    self.sent(Stage::Xforward, Send::Xforward(index + 1));
                }
                None => {
                    self.send = Send::Mail;
                    return;
                }
            },
            Send::Mail => {
                out.extend_from_slice(self.mail.as_bytes());
                self.sent(Stage::Mail, Send::Rcpt(0));
            }
            Send::Rcpt(index) => match self.rcpts.get(index) {
                Some(line) => {
                    out.extend_from_slice(line.as_bytes());
                    self.sent(Stage::Rcpt(index), Send::Rcpt(index + 1));
                }
                None => {
                    let probe = self.manner.purpose == Purpose::ProbeRecipients;
                    self.send = if probe { Send::Rset } else { Send::Data };
                    return;
                }
            },
            Send::Data => {
                out.extend_from_slice(b"DATA");
                self.sent(Stage::Data, Send::Content);
            }
            Send::Dot => {
                out.extend_from_slice(b".");
                self.sent(Stage::EndOfData(usize::MAX), self.after_message());
            }
            Send::Rset => {
                out.extend_from_slice(b"RSET");
                self.sent(Stage::Rset, self.after_message());
            }
            Send::Quit => {
                out.extend_from_slice(b"QUIT");
                self.send = Send::Nothing;
                if !self.manner.skip_quit_reply {
                    self.awaited.push_back(Stage::Quit);
                }
            }
            Send::Content | Send::Nothing => return,
        }
        out.extend_from_slice(b"\r\n");
        self.unanswered_octets += out.len() - start;
    }

    fn sent(&mut self, stage: Stage, then: Send) {
        self.awaited.push_back(stage);
        self.send = then;
    }

    const fn after_message(&self) -> Send {
        if self.manner.quit {
            Send::Quit
        } else {
            Send::Nothing
        }
    }

    /// The content with its final dot is in the output.
    pub fn content_sent(&mut self) {
        self.await_end_of_data();
        self.send = self.after_message();
    }

    /// The connection broke while content was sent. The server may have said why before it went: the replies that can
    /// still be there are awaited, and nothing more is sent.
    pub fn content_broken(&mut self) {
        self.await_end_of_data();
        self.send = Send::Nothing;
    }

    fn await_end_of_data(&mut self) {
        match self.manner.protocol {
            Protocol::Smtp => self.awaited.push_back(Stage::EndOfData(0)),
            Protocol::Lmtp => {
                let accepted = self
                    .fates
                    .iter()
                    .enumerate()
                    .filter(|(_, fate)| **fate == Fate::Accepted);
                self.awaited
                    .extend(accepted.map(|(index, _)| Stage::EndOfData(index)));
            }
        }
    }

    /// Takes the reply to the stage that [`Next::Receive`] named.
    pub fn reply(&mut self, reply: Reply) {
        let Some(stage) = self.awaited.pop_front() else {
            return;
        };
        let reply = Rc::new(reply);
        match stage {
            Stage::Xforward | Stage::Rset | Stage::Quit => {}
            Stage::Mail if !reply.is_positive() => {
                self.mail_refused = true;
                self.settle_all(|_| Some(Fate::Refused(stage, Rc::clone(&reply))));
            }
            Stage::Mail => {}
            Stage::Rcpt(index) => self.recipient_reply(index, reply),
            Stage::Data => self.data_reply(reply),
            Stage::EndOfData(index) => self.end_reply(index, &reply),
        }
    }

    fn recipient_reply(&mut self, index: usize, reply: Rc<Reply>) {
        let probe = self.manner.purpose == Purpose::ProbeRecipients;
        let Some(fate) = self.fates.get_mut(index).filter(|_| !self.mail_refused) else {
            return;
        };
        *fate = match reply.is_positive() {
            true if probe => Fate::Delivered(reply),
            true => {
                self.accepted += 1;
                Fate::Accepted
            }
            false => Fate::Refused(Stage::Rcpt(index), reply),
        };
    }

    fn data_reply(&mut self, reply: Rc<Reply>) {
        if !reply.is_intermediate() {
            self.data_refused = true;
            self.settle_all(|fate| {
                (*fate == Fate::Accepted).then(|| Fate::Refused(Stage::Data, Rc::clone(&reply)))
            });
        } else if self.manner.purpose == Purpose::ProbeData {
            self.settle_all(|fate| (*fate == Fate::Accepted).then(|| Fate::Delivered(Rc::clone(&reply))));
            self.send = Send::Nothing;
        }
    }

    fn end_reply(&mut self, index: usize, reply: &Rc<Reply>) {
        let fate = |at: usize| match reply.is_positive() {
            true => Fate::Delivered(Rc::clone(reply)),
            false => Fate::Refused(Stage::EndOfData(at), Rc::clone(reply)),
        };
        match self.manner.protocol {
            Protocol::Smtp => self.settle_all(|old| (*old == Fate::Accepted).then(|| fate(0))),
            Protocol::Lmtp => {
                if let Some(old) = self.fates.get_mut(index) {
                    *old = fate(index);
                }
            }
        }
    }

    fn settle_all(&mut self, verdict: impl Fn(&Fate) -> Option<Fate>) {
        for fate in &mut self.fates {
            if let Some(new) = verdict(fate) {
                *fate = new;
            }
        }
    }

    /// Whether the transaction was taken back because nothing could be delivered.
    #[must_use]
    pub const fn is_aborted(&self) -> bool {
        self.aborted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::ReplyReader;

    fn reply(line: &str) -> Reply {
        ReplyReader::new(2048).line(line.as_bytes()).unwrap().unwrap()
    }

    /// Runs a transaction against a transcript. `C:` lines must be sent in one go before the next `S:` line is read.
    fn play(manner: Manner, rcpts: &[&str], transcript: &str) -> Vec<String> {
        let rcpts = rcpts.iter().map(|rcpt| format!("RCPT TO:<{rcpt}>")).collect();
        let mut transaction = Transaction::new(manner, Vec::new(), "MAIL FROM:<s@x>".into(), rcpts);
        let mut lines = transcript
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .peekable();
        let mut out = Vec::new();
        loop {
            let next = transaction.next(&mut out);
            if next == Next::Content {
                out.extend_from_slice(b"(content)\r\n.\r\n");
                transaction.content_sent();
                continue;
            }
            for sent in String::from_utf8(std::mem::take(&mut out)).unwrap().lines() {
                assert_eq!(Some(format!("C: {sent}").as_str()), lines.next(), "{transcript}");
            }
            match next {
                Next::Receive(_) => match lines.next().and_then(|line| line.strip_prefix("S: ")) {
                    Some(line) => transaction.reply(reply(line)),
                    None => panic!("waits where the transcript does not:\n{transcript}"),
                },
                _ => break,
            }
        }
        assert_eq!(lines.next(), None);
        transaction.fates().iter().map(describe).collect()
    }

    fn describe(fate: &Fate) -> String {
        match fate {
            Fate::Open => "open".into(),
            Fate::Accepted => "accepted".into(),
            Fate::Refused(stage, reply) => format!("{stage:?} {}", reply.code),
            Fate::Delivered(reply) => format!("delivered {}", reply.code),
        }
    }

    const PLAIN: Manner = Manner {
        protocol: Protocol::Smtp,
        pipelining: false,
        quit: true,
        skip_quit_reply: false,
        purpose: Purpose::Deliver,
    };
    const PIPELINED: Manner = Manner {
        pipelining: true,
        skip_quit_reply: true,
        ..PLAIN
    };

    #[test]
    fn without_pipelining_each_command_waits() {
        let fates = play(
            PLAIN,
            &["a@b", "c@d"],
            "C: MAIL FROM:<s@x>
             S: 250 ok
             C: RCPT TO:<a@b>
             S: 550 no
             C: RCPT TO:<c@d>
             S: 250 ok
             C: DATA
             S: 354 go
             C: (content)
             C: .
             S: 250 done
             C: QUIT
             S: 221 bye",
        );
        assert_eq!(fates, ["Rcpt(0) 550", "delivered 250"]);
    }

    #[test]
    fn with_pipelining_commands_go_together_and_quit_follows_the_dot() {
        let fates = play(
            PIPELINED,
            &["a@b", "c@d"],
            "C: MAIL FROM:<s@x>
             C: RCPT TO:<a@b>
             C: RCPT TO:<c@d>
             C: DATA
             S: 250 ok
             S: 250 ok
             S: 452 later
             S: 354 go
             C: (content)
             C: .
             C: QUIT
             S: 451 disk",
        );
        assert_eq!(fates, ["EndOfData(0) 451", "Rcpt(1) 452"]);
    }

    #[test]
    fn a_refused_sender_ends_it() {
        let fates = play(
            PLAIN,
            &["a@b"],
            "C: MAIL FROM:<s@x>
             S: 553 no
             C: RSET
             S: 250 ok
             C: QUIT
             S: 221 bye",
        );
        assert_eq!(fates, ["Mail 553"]);
        let fates = play(
            PIPELINED,
            &["a@b"],
            "C: MAIL FROM:<s@x>
             C: RCPT TO:<a@b>
             C: DATA
             S: 553 no
             S: 503 what
             S: 503 what
             C: RSET
             C: QUIT
             S: 250 ok",
        );
        assert_eq!(fates, ["Mail 553"]);
    }

    #[test]
    fn data_accepted_for_nobody_gets_a_dot() {
        let fates = play(
            PIPELINED,
            &["a@b"],
            "C: MAIL FROM:<s@x>
             C: RCPT TO:<a@b>
             C: DATA
             S: 250 ok
             S: 550 no
             S: 354 go
             C: .
             C: QUIT
             S: 554 no recipients",
        );
        assert_eq!(fates, ["Rcpt(0) 550"]);
    }

    #[test]
    fn refused_data_refuses_the_accepted() {
        let fates = play(
            Manner {
                quit: false,
                ..PIPELINED
            },
            &["a@b", "c@d"],
            "C: MAIL FROM:<s@x>
             C: RCPT TO:<a@b>
             C: RCPT TO:<c@d>
             C: DATA
             S: 250 ok
             S: 550 no
             S: 250 ok
             S: 451 not now
             C: RSET
             S: 250 ok",
        );
        assert_eq!(fates, ["Rcpt(0) 550", "Data 451"]);
    }

    #[test]
    fn lmtp_answers_for_each_recipient() {
        let fates = play(
            Manner {
                protocol: Protocol::Lmtp,
                quit: false,
                ..PIPELINED
            },
            &["a@b", "c@d", "e@f"],
            "C: MAIL FROM:<s@x>
             C: RCPT TO:<a@b>
             C: RCPT TO:<c@d>
             C: RCPT TO:<e@f>
             C: DATA
             S: 250 ok
             S: 250 ok
             S: 550 no
             S: 250 ok
             S: 354 go
             C: (content)
             C: .
             S: 250 done
             S: 452 full",
        );
        assert_eq!(fates, ["delivered 250", "Rcpt(1) 550", "EndOfData(2) 452"]);
    }

    #[test]
    fn a_probe_takes_it_back() {
        let fates = play(
            Manner {
                purpose: Purpose::ProbeRecipients,
                ..PLAIN
            },
            &["a@b"],
            "C: MAIL FROM:<s@x>
             S: 250 ok
             C: RCPT TO:<a@b>
             S: 250 fine
             C: RSET
             S: 250 ok
             C: QUIT
             S: 221 bye",
        );
        assert_eq!(fates, ["delivered 250"]);
    }

    #[test]
    fn many_recipients_do_not_go_out_unanswered_at_once() {
        let rcpts = (0..1000)
            .map(|n| format!("RCPT TO:<recipient{n}@example.com>"))
            .collect();
        let mut transaction = Transaction::new(PIPELINED, Vec::new(), "MAIL FROM:<>".into(), rcpts);
        let mut out = Vec::new();

        assert_eq!(transaction.next(&mut out), Next::Receive(Stage::Mail));
        assert!(out.len() <= PIPELINE_OCTETS, "{}", out.len());
    }

    #[test]
    fn the_handshake_falls_back_to_helo() {
        let mut handshake = Handshake::new(Protocol::Smtp, None);
        assert_eq!(
            handshake.greeting(&reply("220 x ESMTP y")),
            Introduced::Say("EHLO")
        );
        assert_eq!(
            handshake.reply(&reply("502 what"), Keywords::NONE),
            Introduced::Say("HELO")
        );
        assert!(matches!(
            handshake.reply(&reply("250 x"), Keywords::NONE),
            Introduced::Features(_)
        ));

        let mut handshake = Handshake::new(Protocol::Lmtp, None);
        assert_eq!(handshake.greeting(&reply("220 x")), Introduced::Say("LHLO"));
        assert_eq!(
            handshake.reply(&reply("500 what"), Keywords::NONE),
            Introduced::Refused
        );
    }

    #[test]
    fn parameters_are_said_only_to_who_knows_them() {
        let sender = Sender {
            address: "a b@x",
            size: Some(10),
            body: Some(Body::EightBit),
            ret: Ret::Headers,
            envid: "e+1",
            smtputf8: true,
            ..Sender::default()
        };
        let all = Features::parse(
            "250-x\n250-SIZE\n250-8BITMIME\n250-DSN\n250 SMTPUTF8",
            Keywords::NONE,
        );

        assert_eq!(
            sender.command(&all),
            "MAIL FROM:<\"a b\"@x> SIZE=10 BODY=8BITMIME ENVID=e+2B1 RET=HDRS SMTPUTF8"
        );
        assert_eq!(sender.command(&Features::default()), "MAIL FROM:<\"a b\"@x>");
        assert_eq!(
            recipient_command(
                "c@d",
                "rfc822;c+d@e",
                Notify::SUCCESS | Notify::DELAY,
                false,
                &all
            ),
            "RCPT TO:<c@d> ORCPT=rfc822;c+2Bd@e NOTIFY=SUCCESS,DELAY"
        );
    }
}

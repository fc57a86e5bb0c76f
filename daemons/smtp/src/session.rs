//! One connection to a server, from the greeting to goodbye.
//!
//! Reads replies, introduces ourselves, keeps the transcript. What is sent for a message is in `transaction`; what
//! a failure means for the mail is decided in `delivery`.

use std::rc::Rc;
use std::time::{Duration, Instant};

use esmtp::client::{Handshake, Introduced, Protocol};
use esmtp::extension::{Features, Keywords};
use esmtp::reply::{Reply, ReplyReader};
use stream::{Stream, StreamError};

use crate::courier::Courier;
use crate::failure::{Failure, status};
use crate::{log, requiretls};

/// The other end, in the forms in which it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    /// Its name.
    pub(crate) host: String,
    /// Its address, or the path of its socket.
    pub(crate) address: String,
    /// `host[address]`.
    pub(crate) brief: String,
    /// `host[address]:port`, or without port for a Unix socket.
    pub(crate) full: String,
}

impl Peer {
    pub(crate) fn new(host: &str, address: &str, port: Option<u16>) -> Self {
        let brief = format!("{host}[{address}]");
        let full = port.map_or_else(|| brief.clone(), |port| format!("{brief}:{port}"));
        Self {
            host: host.to_owned(),
            address: address.to_owned(),
            brief,
            full,
        }
    }

    /// What tells this server from all others.
    pub(crate) fn endpoint(&self) -> &str {
        self.full.get(self.host.len()..).unwrap_or(&self.full)
    }
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) stream: Stream,
    pub(crate) peer: Rc<Peer>,
    pub(crate) features: Features,
    /// Transactions so far.
    pub(crate) uses: u32,
    /// When it shall be used no more.
    pub(crate) expires: Instant,
    /// Nothing has happened that forbids another message.
    pub(crate) reusable: bool,
    /// Nothing can be sent any more.
    pub(crate) broken: bool,
    /// The server is one of the best for its destination.
    pub(crate) best: bool,
    /// The destination had no other server when this one was found.
    pub(crate) alone: bool,
    /// Faults of which the postmaster may want to know.
    pub(crate) faults: Faults,
    /// What was said, when the postmaster wants to know.
    pub(crate) transcript: Option<Vec<String>>,
    reader: ReplyReader,
}

/// Which classes of `notify_classes` a session has touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults {
    pub(crate) protocol: bool,
    pub(crate) data: bool,
}

/// Why there is no reply.
#[derive(Debug)]
pub(crate) enum ChatError {
    /// The peer is gone, or slow.
    Stream(StreamError),
    /// A table of ours could not tell.
    Table,
}

impl From<StreamError> for ChatError {
    fn from(error: StreamError) -> Self {
        Self::Stream(error)
    }
}

/// A handshake that failed.
#[derive(Debug)]
pub(crate) struct Unwelcome {
    pub(crate) failure: Failure,
    /// While another server is left, even a final failure is not: that one may have what this one lacks.
    pub(crate) soft_unless_last: bool,
}

impl From<Failure> for Unwelcome {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            soft_unless_last: false,
        }
    }
}

/// What a handshake needs to know of the delivery it is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Occasion<'a> {
    pub(crate) queue_id: &'a str,
    pub(crate) next_hop: &'a str,
    pub(crate) sender: &'a str,
    /// Look whether the server is ourselves.
    pub(crate) loops: bool,
    /// The message cannot go to a server without SMTPUTF8.
    pub(crate) needs_utf8: bool,
    /// The message must not go in plain text.
    pub(crate) requires_tls: bool,
}

/// Longest line that is skipped to its end; a server that sends more is as good as gone.
const LONGEST_LINE: usize = 1 << 20;
/// Lines kept of a transcript.
const TRANSCRIPT_LINES: usize = 1000;

impl Session {
    pub(crate) fn new(courier: &Courier, stream: Stream, peer: Peer) -> Self {
        Self {
            stream,
            peer: Rc::new(peer),
            features: Features::default(),
            uses: 0,
            expires: stream::now() + courier.settings.reuse_time_limit,
            reusable: true,
            broken: false,
            best: false,
            alone: false,
            faults: Faults::default(),
            transcript: courier.wants_transcripts().then(Vec::new),
            reader: ReplyReader::new(courier.settings.line_length_limit),
        }
    }

    /// Whether the server announced `keyword`.
    pub(crate) fn has(&self, keyword: Keywords) -> bool {
        self.features.has(keyword)
    }

    /// Begins a stage with its own time limit.
    pub(crate) fn allow(&mut self, courier: &Courier, wait: Duration) {
        let deadline = courier
            .settings
            .per_request_deadline
            .then(|| stream::now() + wait);
        self.stream.set_deadline(deadline);
    }

    /// Appends a command, unsent.
    pub(crate) fn say(&mut self, command: &str) {
        log::said(&self.peer.full, '>', command);
        self.note("Out: ", command);
        let output = self.stream.output();
        output.extend_from_slice(command.as_bytes());
        output.extend_from_slice(b"\r\n");
    }

    /// Adds what was appended to the output since `start` to the transcript.
    pub(crate) fn note_output(&mut self, start: usize) {
        if self.transcript.is_none() && maillog::verbosity() == 0 {
            return;
        }
        let said = self.stream.output().get(start..).unwrap_or_default().to_vec();
        for line in String::from_utf8_lossy(&said).lines() {
            log::said(&self.peer.full, '>', line);
            self.note("Out: ", line);
        }
    }

    fn note(&mut self, direction: &str, line: &str) {
        if let Some(transcript) = &mut self.transcript
            && transcript.len() < TRANSCRIPT_LINES
        {
            transcript.push(format!("{direction}{line}"));
        }
    }

    /// Sends what is unsent and reads one reply.
    pub(crate) async fn reply(
        &mut self,
        courier: &Courier,
        queue_id: &str,
        wait: Duration,
    ) -> Result<Reply, ChatError> {
        self.stream.flush(wait).await?;
        loop {
            let mut line = self.line(courier.settings.line_length_limit, wait).await?;
            if maillog::verbosity() > 0 || self.transcript.is_some() {
                let text = String::from_utf8_lossy(&line).into_owned();
                log::said(&self.peer.full, '<', &text);
                self.note("In:  ", &text);
            }
            if let Some(other) = self.filtered(courier, queue_id, &line).await? {
                line = other;
            }
            match self.reader.line(&line) {
                Ok(None) => {}
                Ok(Some(reply)) => {
                    if reply.garbled {
                        self.garbled(courier, queue_id, &reply);
                    }
                    return Ok(reply);
                }
                Err(_) => return Err(StreamError::LineTooLong.into()),
            }
        }
    }

    async fn line(&mut self, limit: usize, wait: Duration) -> Result<Vec<u8>, StreamError> {
        match self.stream.line(limit, wait).await {
            Err(StreamError::LineTooLong) => {}
            other => return other,
        }
        let line = self.stream.buffered().get(..limit).unwrap_or_default().to_vec();
        log::long_line(&self.peer.full, limit, &String::from_utf8_lossy(&line));
        let mut skipped = 0;
        loop {
            let buffered = self.stream.buffered();
            let end = buffered.iter().position(|octet| *octet == b'\n');
            let count = end.map_or(buffered.len(), |end| end + 1);
            self.stream.consume(count);
            skipped += count;
            if end.is_some() {
                return Ok(line);
            }
            if skipped > LONGEST_LINE {
                return Err(StreamError::LineTooLong);
            }
            self.stream.fill(wait).await?;
        }
    }

    /// The line that `smtp_reply_filter` puts in the place of the server's.
    async fn filtered(
        &mut self,
        courier: &Courier,
        queue_id: &str,
        line: &[u8],
    ) -> Result<Option<Vec<u8>>, ChatError> {
        if courier.tables.reply_filter.is_empty() {
            return Ok(None);
        }
        let old = String::from_utf8_lossy(line).into_owned();
        match courier.tables.reply_filter.get(&old).await {
            Ok(None) => Ok(None),
            Ok(Some(new)) => {
                log::reply_replaced(&self.peer.full, &old, &new);
                self.note("Replaced-by: ", "");
                self.note("     ", &new);
                Ok(Some(new.into_bytes()))
            }
            Err(_) => {
                log::table_trouble(queue_id, courier.tables.reply_filter.title(), &old);
                Err(ChatError::Table)
            }
        }
    }

    /// With pipelining, replies can no longer be told apart after garbage: the connection is not used again.
    fn garbled(&mut self, courier: &Courier, queue_id: &str, reply: &Reply) {
        self.faults.protocol = true;
        self.reusable = false;
        if self.has(Keywords::PIPELINING) {
            let first = reply.text.lines().next().unwrap_or_default();
            let name = if courier.protocol == Protocol::Lmtp {
                "LMTP"
            } else {
                "ESMTP"
            };
            log::garbled_reply(queue_id, name, &self.peer.full, first);
            if courier.settings.helpful_warnings {
                log::pipelining_advice(&self.peer.address, courier.tables.discard_keywords.title());
            }
        }
    }

    /// The failure that broken communication makes for the message.
    pub(crate) fn failed_while(&mut self, error: &ChatError, stage: &str) -> Failure {
        let brief = &self.peer.brief;
        self.reusable = false;
        match error {
            ChatError::Stream(StreamError::TimedOut) => {
                self.broken = true;
                Failure::ours(
                    status(4, 4, 2),
                    format!("conversation with {brief} timed out while {stage}"),
                )
            }
            ChatError::Stream(_) => {
                self.broken = true;
                Failure::ours(
                    status(4, 4, 2),
                    format!("lost connection with {brief} while {stage}"),
                )
            }
            ChatError::Table => {
                self.faults.data = true;
                Failure::ours(
                    status(4, 3, 0),
                    format!("local data error while talking to {brief}"),
                )
            }
        }
    }

    /// A refusal of this server; codes that speak of syntax are noted as faults of the protocol.
    pub(crate) fn refused(&mut self, reply: &Reply, reason: String) -> Failure {
        let code = reply.code;
        let strange = !(400..600).contains(&code) || code == 555 || (500..510).contains(&code);
        if strange || !matches!(reply.status.class, 4 | 5) {
            self.faults.protocol = true;
            self.reusable = false;
        }
        Failure::said(&self.peer.host, reply, reason)
    }

    /// Reads the greeting and introduces ourselves.
    pub(crate) async fn introduce(
        &mut self,
        courier: &Courier,
        occasion: &Occasion<'_>,
    ) -> Result<(), Unwelcome> {
        let settings = &courier.settings;
        let extended = match courier.protocol {
            Protocol::Lmtp => Some(true),
            Protocol::Smtp if settings.never_send_ehlo => Some(false),
            Protocol::Smtp if settings.always_send_ehlo => Some(true),
            Protocol::Smtp => None,
        };
        let mut handshake = Handshake::new(courier.protocol, extended);
        let wait = settings.helo_timeout;
        self.allow(courier, wait);
        let mut greeting = match self.reply(courier, occasion.queue_id, wait).await {
            Ok(reply) => reply,
            Err(error) => {
                return Err(self
                    .failed_while(&error, "receiving the initial server greeting")
                    .into());
            }
        };
        if greeting.is_permanent() && settings.skip_5xx_greeting {
            greeting.status = greeting.status.with_class(4);
        }
        let own = |name: &str| name.eq_ignore_ascii_case(&settings.myhostname);
        if occasion.loops && greeting_name(&greeting).is_some_and(own) {
            log::own_greeting(&self.peer.full, &settings.myhostname);
        }
        let discard = self.discarded(courier, occasion).await?;
        let mut step = handshake.greeting(&greeting);
        let mut reply = greeting;
        loop {
            match step {
                Introduced::Refused => {
                    let said = format!(
                        "host {} refused to talk to me: {}",
                        self.peer.brief,
                        reply.one_line()
                    );
                    return Err(self.refused(&reply, said).into());
                }
                Introduced::Features(features) => {
                    self.features = features;
                    break;
                }
                Introduced::Say(verb) => {
                    self.say(&format!("{verb} {}", settings.helo_name));
                    let stage = format!("performing the {verb} handshake");
                    reply = match self.reply(courier, occasion.queue_id, wait).await {
                        Ok(reply) => reply,
                        Err(error) => return Err(self.failed_while(&error, &stage).into()),
                    };
                    step = handshake.reply(&reply, discard);
                }
            }
        }
        self.judge_features(courier, occasion).await
    }

    /// Keywords not to be believed (`smtp_discard_ehlo_keywords`, or by address).
    async fn discarded(&mut self, courier: &Courier, occasion: &Occasion<'_>) -> Result<Keywords, Failure> {
        let maps = &courier.tables.discard_keywords;
        let found = match maps.is_empty() {
            true => None,
            false => match maps.get(&self.peer.address).await {
                Ok(found) => found,
                Err(_) => {
                    log::table_trouble(occasion.queue_id, maps.title(), &self.peer.address);
                    return Err(self.failed_while(&ChatError::Table, ""));
                }
            },
        };
        let discard = Keywords::parse(found.as_deref().unwrap_or(&courier.settings.discard_keywords));
        if !discard.is_empty() && !discard.has(Keywords::SILENT) {
            log::discarding(&discard);
        }
        Ok(discard)
    }

    async fn judge_features(&mut self, courier: &Courier, occasion: &Occasion<'_>) -> Result<(), Unwelcome> {
        let settings = &courier.settings;
        if occasion.loops && self.features.name.eq_ignore_ascii_case(&settings.myhostname) {
            log::own_hello(&self.peer.full, &settings.myhostname);
            let code = if self.best {
                status(5, 4, 6)
            } else {
                status(4, 4, 6)
            };
            let reason = format!("mail for {} loops back to myself", occasion.next_hop);
            return Err(Failure::ours(code, reason).into());
        }
        if occasion.needs_utf8 && !self.has(Keywords::SMTPUTF8) {
            let reason = format!(
                "message requires SMTPUTF8, but no server was found that supports SMTPUTF8. \
                 The last attempted server was {}",
                self.peer.brief
            );
            self.reusable = false;
            return Err(Unwelcome {
                failure: Failure::ours(status(5, 6, 7), reason),
                soft_unless_last: true,
            });
        }
        if self.has(Keywords::SMTPUTF8) && !self.has(Keywords::EIGHT_BIT) {
            log::utf8_without_8bit(&self.peer.brief);
            self.features.keywords |= Keywords::EIGHT_BIT;
        }
        if occasion.requires_tls {
            return Err(requiretls::refusal(self));
        }
        if let Some(failure) = courier.missing_protection(self, occasion).await {
            return Err(failure.into());
        }
        Ok(())
    }

    /// Whether it may be kept for another message.
    pub(crate) fn may_be_kept(&self, courier: &Courier) -> bool {
        let limit = courier.settings.reuse_count_limit;
        self.reusable && !self.broken && stream::now() < self.expires && (limit == 0 || self.uses < limit)
    }

    /// Says goodbye and hangs up.
    pub(crate) async fn quit(mut self, courier: &Courier) {
        if self.broken {
            return;
        }
        let wait = courier.settings.quit_timeout;
        self.allow(courier, wait);
        self.say("QUIT");
        if courier.settings.skip_quit_response {
            let _ = self.stream.flush(wait).await;
        } else {
            let _ = self.reply(courier, "", wait).await;
        }
    }
}

/// The name a server gives itself in its greeting.
fn greeting_name(greeting: &Reply) -> Option<&str> {
    let text = greeting.text.get(3..)?;
    text.split([' ', '-', '\t', '\n']).find(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_shown_with_address_and_port() {
        let peer = Peer::new("mx.example", "192.0.2.1", Some(25));
        assert_eq!(
            (peer.brief.as_str(), peer.full.as_str()),
            ("mx.example[192.0.2.1]", "mx.example[192.0.2.1]:25")
        );
        assert_eq!(peer.endpoint(), "[192.0.2.1]:25");
        let local = Peer::new("me.example", "/run/lmtp", None);
        assert_eq!(
            (local.full.as_str(), local.endpoint()),
            ("me.example[/run/lmtp]", "[/run/lmtp]")
        );
    }
}

//! A dry run: a session with a client that is only imagined, by the code that serves real ones.
//!
//! The client speaks over a stream in memory, one command at a time, and hears what a real one would hear. What is
//! left out, since it would leave traces: cleanup and a filter before the queue get no message, anvil counts nothing,
//! verify starts no probe, nobody waits on purpose, notices to the postmaster are not sent, nothing is logged; policy servers
//! are asked only where that is wanted.

use std::net::IpAddr;
use std::time::Duration;

use config::catalogue;
use contract::attribute::{Boundary, encode};
use contract::explain::{ExplainRecipient, ExplainRoute};
use contract::explain_smtp::{Event, Question, RECIPIENT_LIMIT, Trace as Answer};
use contract::{Attributes, Message};
use stream::Stream;

use crate::peer;
use crate::server::Server;
use crate::session::Session;
use crate::state::{Login, State};
use crate::trace::Trace;

/// How long whoever asks may take for the question, and to take the answer.
const ASKER_WAIT: Duration = Duration::from_secs(60);
/// How long the session may take for one reply. It waits for the DNS and for tables, each with limits of its own.
const REPLY_WAIT: Duration = Duration::from_secs(3600);
/// Octets of a question, and of a line of a reply.
const QUESTION_LIMIT: usize = 1 << 20;
const LINE_LIMIT: usize = 64 << 10;

/// Reads the question, plays the session, and answers.
pub(crate) async fn serve(server: &Server, trace: &Trace, mut asker: Stream) {
    let Some(question) = question(&mut asker).await else {
        return;
    };
    trace.ask_policy(question.asks_policy);
    rehearse(server, trace, &question).await;
    let answer = Answer { events: trace.take() };
    encode(&answer, asker.output());
    // Whoever has gone away needs no answer.
    let _ = asker.flush(ASKER_WAIT).await;
}

async fn question(asker: &mut Stream) -> Option<Question> {
    let mut boundary = Boundary::default();
    loop {
        if let Some(length) = boundary.find(asker.buffered()).ok()? {
            let attributes = Attributes::parse(asker.buffered().get(..length)?).ok()?;
            return Question::take(&attributes).ok();
        }
        if asker.buffered().len() > QUESTION_LIMIT {
            return None;
        }
        asker.fill(ASKER_WAIT).await.ok()?;
    }
}

/// Plays the session; what happens is in the trace.
pub(crate) async fn rehearse(server: &Server, trace: &Trace, question: &Question) {
    let Ok(address) = question.client.parse::<IpAddr>() else {
        trace.note(format!("not an address: {}", question.client));
        return;
    };
    trace.record(Event::Stage {
        name: "client".to_owned(),
        said: String::new(),
    });
    let names = (question.name.as_deref(), question.reverse_name.as_deref());
    let client = peer::imagined(server, address, question.port, names).await;
    trace.record(Event::Client {
        name: client.name.clone(),
        address: client.address.clone(),
        reverse_name: client.reverse_name.clone(),
    });
    let login = login(server, trace, question);
    let (stream, theirs) = Stream::pair();
    let mut part = Part { stream, trace };
    tokio::join!(
        Session::imagine(server, theirs, client, login),
        part.play(server, question)
    );
}

/// What becomes of an accepted recipient behind us, as cleanup and trivial-rewrite tell it.
pub(crate) async fn follow(server: &Server, trace: &Trace, state: &State, recipient: &str) {
    let sender = state.sender.as_deref().unwrap_or_default();
    if let Some(other) = &state.actions.redirect {
        trace.note(format!("an access table redirects the message to {other}"));
    }
    if server.overrides.no_address_mappings {
        destination(server, trace, sender, recipient).await;
        return;
    }
    let question = ExplainRecipient {
        address: recipient.to_owned(),
    };
    match server.cleanup.ask(&question).await {
        Ok(explained) => {
            trace.steps(&explained.steps);
            if !explained.trouble.is_empty() {
                trace.note(format!(
                    "cleanup would not take the message now: {}",
                    explained.trouble
                ));
            }
            for recipient in explained.recipients.lines().take(RECIPIENT_LIMIT) {
                destination(server, trace, sender, recipient).await;
            }
        }
        Err(error) => {
            trace.note(format!(
                "cleanup does not tell how {recipient} is mapped: {error}"
            ));
            destination(server, trace, sender, recipient).await;
        }
    }
}

async fn destination(server: &Server, trace: &Trace, sender: &str, recipient: &str) {
    let question = ExplainRoute {
        sender: sender.to_owned(),
        address: recipient.to_owned(),
    };
    match server.routes.service().ask(&question).await {
        Ok(explained) => {
            trace.steps(&explained.steps);
            trace.destination(recipient, Some(&explained));
        }
        Err(error) => {
            trace.note(format!(
                "trivial-rewrite does not tell the route of {recipient}: {error}"
            ));
            trace.destination(recipient, None);
        }
    }
}

/// Who has logged in, where that is possible.
fn login(server: &Server, trace: &Trace, question: &Question) -> Option<Login> {
    let user = question.login.clone()?;
    if !server.settings.sasl_auth_enable {
        let parameter = catalogue::SMTPD_SASL_AUTH_ENABLE.name();
        trace.note(format!(
            "no client can log in to this service ({parameter} = no): taken as not logged in"
        ));
        return None;
    }
    Some(Login {
        method: "PLAIN".to_owned(),
        user,
    })
}

/// The client's part.
struct Part<'t> {
    stream: Stream,
    trace: &'t Trace,
}

/// What the server's reply means for the client.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Heard {
    Good,
    Bad,
    /// The server is gone.
    Nothing,
}

impl Part<'_> {
    async fn play(&mut self, server: &Server, question: &Question) {
        let heard = self.converse(server, question).await;
        if heard != Heard::Nothing {
            self.say("quit", "QUIT").await;
        }
        // The session sees the end of its stream.
        self.stream.close_output(ASKER_WAIT).await;
    }

    async fn converse(&mut self, server: &Server, question: &Question) -> Heard {
        let mut heard = self.hear().await;
        if heard != Heard::Good {
            return heard;
        }
        heard = self.say("helo", &format!("EHLO {}", question.helo)).await;
        if heard != Heard::Good {
            return heard;
        }
        heard = self.say("sender", &mail_command(server, question)).await;
        if heard != Heard::Good {
            return heard;
        }
        let mut accepted = false;
        for recipient in question.recipients.lines().take(RECIPIENT_LIMIT) {
            match self.say("recipient", &format!("RCPT TO:<{recipient}>")).await {
                Heard::Good => accepted = true,
                Heard::Bad => {}
                Heard::Nothing => return Heard::Nothing,
            }
        }
        if !accepted {
            return Heard::Bad;
        }
        heard = self.say("data", "DATA").await;
        if heard != Heard::Good {
            return heard;
        }
        self.say("end-of-data", ".").await
    }

    async fn say(&mut self, stage: &str, line: &str) -> Heard {
        self.trace.record(Event::Stage {
            name: stage.to_owned(),
            said: line.to_owned(),
        });
        self.stream.put(line.as_bytes());
        self.stream.put(b"\r\n");
        if self.stream.flush(REPLY_WAIT).await.is_err() {
            return Heard::Nothing;
        }
        self.hear().await
    }

    async fn hear(&mut self) -> Heard {
        let mut reply = String::new();
        loop {
            let Ok(line) = self.stream.line(LINE_LIMIT, REPLY_WAIT).await else {
                break;
            };
            let line = String::from_utf8_lossy(&line).into_owned();
            let last = line.as_bytes().get(3) != Some(&b'-');
            if !reply.is_empty() {
                reply.push('\n');
            }
            reply.push_str(line.trim_end_matches('\r'));
            if last {
                break;
            }
        }
        let heard = match reply.as_bytes().first() {
            None => Heard::Nothing,
            Some(b'2' | b'3') => Heard::Good,
            // The server says goodbye with it (RFC 5321 §3.8).
            Some(_) if reply.starts_with("421") || reply.starts_with("521") => Heard::Nothing,
            Some(_) => Heard::Bad,
        };
        self.trace.record(Event::Reply { text: reply });
        heard
    }
}

/// MAIL FROM with what the server announces and the envelope needs.
fn mail_command(server: &Server, question: &Question) -> String {
    let mut line = format!("MAIL FROM:<{}>", question.sender);
    if let Some(size) = &question.size {
        line.push_str(" SIZE=");
        line.push_str(size);
    }
    let unicode = !question.sender.is_ascii() || !question.recipients.is_ascii();
    if unicode && server.settings.smtputf8 {
        line.push_str(" SMTPUTF8");
    }
    line
}

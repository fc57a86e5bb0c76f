//! One message over one session: drives the dialogue of `esmtp::client`, and says for each recipient what came of it.
//!
//! It reports nothing to anybody: `delivery` does, with what this returns.

use std::rc::Rc;
use std::time::Duration;

use contract::deliver::{Envelope, flag};
use esmtp::client::{Fate, Manner, Next, Protocol, Purpose, Sender, Stage, Transaction, recipient_command};
use esmtp::command::Body;
use esmtp::extension::Keywords;
use esmtp::reply::Reply;
use mail::{Recipient, Ret};
use record::SendOptions;
use stream::StreamError;

use crate::content::{self, ContentError, Source};
use crate::courier::Courier;
use crate::failure::{Failure, status};
use crate::log;
use crate::session::{ChatError, Session};
use crate::xforward;

/// A message and whom it is for.
#[derive(Clone, Copy)]
pub(crate) struct Order<'a> {
    pub(crate) envelope: &'a Envelope,
    pub(crate) recipients: &'a [&'a Recipient],
    pub(crate) file: &'a std::fs::File,
    pub(crate) size: &'a record::Size,
    /// Keep the session afterwards if nothing speaks against it.
    pub(crate) keep: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    /// For each recipient in order.
    pub(crate) fates: Vec<Fate>,
    /// What befell all recipients that have no fate of their own.
    pub(crate) failure: Option<Failure>,
    /// That failure speaks against the destination as a whole.
    pub(crate) throttle: bool,
    /// The session was a used one, and had been closed in the meantime: nothing has happened yet.
    pub(crate) stale: bool,
    /// QUIT was sent, and its reply is still to be read.
    pub(crate) owes_quit: bool,
    /// QUIT was sent.
    pub(crate) has_quit: bool,
}

impl Order<'_> {
    fn options(&self) -> SendOptions {
        SendOptions(self.envelope.send_options)
    }

    /// The size of the content, as SIZE= tells it.
    fn content_octets(&self) -> u64 {
        u64::try_from(self.envelope.content_size).unwrap_or(0)
    }

    /// Whether no server without SMTPUTF8 can have it.
    pub(crate) fn needs_utf8(envelope: &Envelope, recipients: &[Recipient]) -> bool {
        let options = SendOptions(envelope.send_options);
        let derived = options.0 & SendOptions::DERIVED != 0
            || !envelope.sender.is_ascii()
            || recipients.iter().any(|recipient| !recipient.address.is_ascii());
        options.has(SendOptions::SMTPUTF8_REQUESTED) && derived
    }

    /// A probe: the message itself stays here.
    fn is_probe(&self) -> bool {
        self.envelope.flags & (flag::PROBE | flag::REPORT_ONLY) != 0
    }
}

/// Sends a message. The reply to QUIT is left to [`await_quit`], because recipients should not wait for it.
pub(crate) async fn run(courier: &Courier, session: &mut Session, order: &Order<'_>) -> Exchange {
    let settings = &courier.settings;
    if let Some(limit) = session
        .features
        .size
        .filter(|limit| *limit < order.content_octets())
    {
        let size = order.content_octets();
        let reason = format!(
            "message size {size} exceeds size limit {limit} of server {}",
            session.peer.brief
        );
        return Exchange {
            failure: Some(Failure::ours(status(5, 3, 4), reason)),
            ..Exchange::default()
        };
    }
    let labelled = match settings.send_xforward {
        true => xforward::commands(order.envelope, &session.features),
        false => Vec::new(),
    };
    let commands = match commands(courier, session, order).await {
        Ok(commands) => commands,
        Err(failure) => {
            return Exchange {
                failure: Some(failure),
                throttle: true,
                ..Exchange::default()
            };
        }
    };
    let keep = order.keep && session.may_be_kept(courier);
    let purpose = match (order.is_probe(), settings.address_verify_target.as_str()) {
        (false, _) => Purpose::Deliver,
        (true, "data") => Purpose::ProbeData,
        (true, _) => Purpose::ProbeRecipients,
    };
    let manner = Manner {
        protocol: courier.protocol,
        pipelining: session.has(Keywords::PIPELINING),
        quit: !keep,
        skip_quit_reply: settings.skip_quit_response,
        purpose,
    };
    let (labels, lines): (Vec<_>, Vec<_>) = labelled.into_iter().unzip();
    let transaction = Transaction::new(manner, lines, commands.0, commands.1);
    let run = Run {
        courier,
        session,
        order,
        transaction,
        labels: labels.into_iter(),
        heard: false,
        cut_off: false,
    };
    let mut exchange = run.finish().await;
    exchange.has_quit = !keep;
    if purpose == Purpose::ProbeData {
        // The server waits for content now: there is no polite way out.
        session.broken = true;
    }
    session.uses += 1;
    exchange
}

/// Reads the reply to QUIT.
pub(crate) async fn await_quit(courier: &Courier, session: &mut Session) {
    let wait = courier.settings.quit_timeout;
    session.allow(courier, wait);
    let _ = session.reply(courier, "", wait).await;
}

/// MAIL FROM, and RCPT TO for each recipient.
async fn commands(
    courier: &Courier,
    session: &mut Session,
    order: &Order<'_>,
) -> Result<(String, Vec<String>), Failure> {
    let envelope = order.envelope;
    let to_7bit = converts(courier, session, order);
    let rewritten = courier
        .generic
        .envelope(&envelope.sender)
        .await
        .map_err(|_| local_trouble(session))?;
    let address = rewritten.as_deref().unwrap_or(&envelope.sender);
    let sender = Sender {
        address,
        // The size after a conversion is not known.
        size: (!to_7bit).then_some(order.content_octets()),
        body: match envelope.encoding.as_str() {
            "8bit" => Some(Body::EightBit),
            "7bit" => Some(Body::SevenBit),
            _ => None,
        },
        ret: match envelope.ret {
            1 => Ret::Full,
            2 => Ret::Headers,
            _ => Ret::Unset,
        },
        envid: &envelope.envelope_id,
        smtputf8: order.options().has(SendOptions::SMTPUTF8_REQUESTED),
        requiretls: false,
        auth: false,
    };
    let mail = unquoted_if_asked(courier, sender.command(&session.features), address);
    let mut rcpts = Vec::with_capacity(order.recipients.len());
    for recipient in order.recipients {
        let rewritten = courier
            .generic
            .envelope(&recipient.address)
            .await
            .map_err(|_| local_trouble(session))?;
        let address = rewritten.as_deref().unwrap_or(&recipient.address);
        let utf8 = order.options().0 & (SendOptions::SMTPUTF8_REQUESTED | SendOptions::DERIVED) != 0;
        let orcpt = original(recipient, utf8, session.has(Keywords::DSN));
        let smtputf8 = order.options().has(SendOptions::SMTPUTF8_REQUESTED);
        let line = recipient_command(address, &orcpt, recipient.notify, smtputf8, &session.features);
        rcpts.push(unquoted_if_asked(courier, line, address));
    }
    Ok((mail, rcpts))
}

/// `type;address` of the original recipient, decoded; empty when unknown or of no use.
fn original(recipient: &Recipient, utf8: bool, dsn: bool) -> String {
    if !dsn || !recipient.orcpt.is_empty() || recipient.original.is_empty() {
        return recipient.orcpt.clone();
    }
    let kind = if utf8 && !recipient.original.is_ascii() {
        "utf-8"
    } else {
        "rfc822"
    };
    format!("{kind};{}", mail::quote_local822(&recipient.original))
}

/// With `smtp_quote_rfc821_envelope = no`, addresses stand in commands as they are inside.
fn unquoted_if_asked(courier: &Courier, line: String, address: &str) -> String {
    if courier.settings.quote_envelope {
        return line;
    }
    let quoted = format!("<{}>", mail::quote_local821(address));
    line.replacen(&quoted, &format!("<{address}>"), 1)
}

/// Whether this server needs the message converted to 7bit.
fn converts(courier: &Courier, session: &Session, order: &Order<'_>) -> bool {
    !courier.settings.disable_mime_output_conversion
        && !session.has(Keywords::EIGHT_BIT)
        && order.envelope.encoding != "7bit"
}

fn local_trouble(session: &mut Session) -> Failure {
    session.failed_while(&ChatError::Table, "")
}

/// A transaction under way.
struct Run<'a, 's> {
    courier: &'a Courier,
    session: &'s mut Session,
    order: &'a Order<'a>,
    transaction: Transaction,
    /// Names of the XFORWARD commands whose replies are still to come.
    labels: std::vec::IntoIter<&'static str>,
    /// The server has said something in this transaction.
    heard: bool,
    /// The connection broke while content was sent; a last word may still be there.
    cut_off: bool,
}

impl Run<'_, '_> {
    async fn finish(mut self) -> Exchange {
        loop {
            let output = self.session.stream.output();
            let start = output.len();
            let next = self.transaction.next(output);
            self.session.note_output(start);
            match next {
                Next::Receive(Stage::Quit) => {
                    let wait = self.courier.settings.quit_timeout;
                    let flushed = self.session.stream.flush(wait).await;
                    let mut exchange = self.exchange();
                    exchange.owes_quit = flushed.is_ok();
                    return exchange;
                }
                Next::Receive(stage) => match self.receive(stage).await {
                    Ok(()) => {}
                    Err(exchange) => return *exchange,
                },
                Next::Content => match self.content().await {
                    Ok(()) => {}
                    Err(exchange) => return *exchange,
                },
                Next::Finished => {
                    let _ = self
                        .session
                        .stream
                        .flush(self.courier.settings.quit_timeout)
                        .await;
                    return self.exchange();
                }
            }
        }
    }

    /// What is known now.
    fn exchange(&self) -> Exchange {
        Exchange {
            fates: self.transaction.fates().to_vec(),
            ..Exchange::default()
        }
    }

    fn failed(&self, failure: Failure, throttle: bool) -> Box<Exchange> {
        Box::new(Exchange {
            failure: Some(failure),
            throttle,
            ..self.exchange()
        })
    }

    async fn receive(&mut self, stage: Stage) -> Result<(), Box<Exchange>> {
        let wait = self.wait_for(stage);
        if !self.cut_off {
            self.session.allow(self.courier, wait);
        }
        let queue_id = &self.order.envelope.queue_id;
        let reply = match self.session.reply(self.courier, queue_id, wait).await {
            Ok(reply) => reply,
            Err(error) => return Err(self.no_reply(stage, &error)),
        };
        // A server that has lost patience says so in the place of the first reply, before anything was done.
        if self.is_untouched() && reply.code == 421 {
            return Err(self.stale());
        }
        self.heard = true;
        match stage {
            Stage::Xforward => {
                let label = self.labels.next().unwrap_or("XFORWARD command");
                if !reply.is_positive() {
                    log::xforward_refused(&self.session.peer.full, &reply.one_line(), label);
                }
            }
            // RSET is always answered with yes, unless replies have lost step with commands: the server may be waiting
            // for content, and would take the next message for it.
            Stage::Rset if !reply.is_positive() => {
                self.session.faults.protocol = true;
                self.session.reusable = false;
            }
            // What is strange about a refusal is noted now, so that the session is not kept.
            _ if !is_expected(stage, &reply) => drop(self.session.refused(&reply, String::new())),
            _ => {}
        }
        self.transaction.reply(reply);
        Ok(())
    }

    /// A used session on which nothing has been answered yet.
    fn is_untouched(&self) -> bool {
        self.session.uses > 0 && !self.heard
    }

    fn stale(&mut self) -> Box<Exchange> {
        self.session.broken = true;
        Box::new(Exchange {
            stale: true,
            ..Exchange::default()
        })
    }

    fn no_reply(&mut self, stage: Stage, error: &ChatError) -> Box<Exchange> {
        let is_lost = matches!(error, ChatError::Stream(error) if error.is_lost());
        if self.is_untouched() && is_lost {
            return self.stale();
        }
        if stage == Stage::Rset {
            self.session.broken = true;
            return Box::new(self.exchange());
        }
        let failure = match self.cut_off {
            true => {
                let lost = ChatError::Stream(StreamError::Closed);
                self.session.failed_while(&lost, "sending message body")
            }
            false => self.session.failed_while(error, sending(stage)),
        };
        self.failed(failure, true)
    }

    async fn content(&mut self) -> Result<(), Box<Exchange>> {
        let source = Source {
            queue_id: &self.order.envelope.queue_id,
            file: self.order.file,
            size: self.order.size,
            added: &self.courier.added_headers(self.order),
            to_7bit: converts(self.courier, self.session, self.order),
        };
        let error = match content::send(self.courier, self.session, &source).await {
            Ok(()) => {
                self.transaction.content_sent();
                return Ok(());
            }
            Err(error) => error,
        };
        // From here on the session is of no use: there is no way to take back half a message but to hang up.
        self.session.broken = true;
        self.session.reusable = false;
        let queue_id = &self.order.envelope.queue_id;
        let failure = match error {
            ContentError::Stream(error) if error.is_lost() => {
                self.session.stream.output().clear();
                self.cut_off = true;
                self.transaction.content_broken();
                return Ok(());
            }
            ContentError::Stream(error) => {
                let error = ChatError::Stream(error);
                return Err(self.failed_by(&error));
            }
            ContentError::Table => return Err(self.failed_by(&ChatError::Table)),
            ContentError::Mime(trouble) => Failure::ours(trouble.status(), trouble.to_string()),
            ContentError::Queue(error) => {
                log::unreadable(queue_id, &error);
                match error {
                    queue::QueueError::Damaged(_) => {
                        Failure::ours(status(5, 3, 0), "unreadable mail queue entry")
                    }
                    _ => Failure::ours(status(4, 3, 0), "queue file read error"),
                }
            }
        };
        Err(self.failed(failure, false))
    }

    fn failed_by(&mut self, error: &ChatError) -> Box<Exchange> {
        let failure = self.session.failed_while(error, "sending message body");
        self.failed(failure, true)
    }

    fn wait_for(&self, stage: Stage) -> Duration {
        let settings = &self.courier.settings;
        match stage {
            Stage::Xforward => settings.xforward_timeout,
            Stage::Mail => settings.mail_timeout,
            Stage::Rcpt(_) => settings.rcpt_timeout,
            Stage::Data => settings.data_init_timeout,
            Stage::EndOfData(_) => settings.data_done_timeout,
            Stage::Rset => settings.rset_timeout,
            Stage::Quit => settings.quit_timeout,
        }
    }
}

fn is_expected(stage: Stage, reply: &Reply) -> bool {
    match stage {
        Stage::Data => reply.is_intermediate(),
        Stage::Rset | Stage::Quit => true,
        _ => reply.is_positive(),
    }
}

/// What we were doing, for "lost connection while".
fn sending(stage: Stage) -> &'static str {
    match stage {
        Stage::Xforward => "sending XFORWARD command",
        Stage::Mail => "sending MAIL FROM",
        Stage::Rcpt(_) => "sending RCPT TO",
        Stage::Data => "sending DATA command",
        Stage::EndOfData(_) => "sending end of data -- message may be sent more than once",
        Stage::Rset => "sending final RSET",
        Stage::Quit => "sending QUIT",
    }
}

/// What a refusal was in reply to.
pub(crate) fn in_reply_to(stage: Stage) -> &'static str {
    match stage {
        Stage::Xforward => "XFORWARD command",
        Stage::Mail => "MAIL FROM command",
        Stage::Rcpt(_) => "RCPT TO command",
        Stage::Data => "DATA command",
        Stage::EndOfData(_) => "end of DATA command",
        Stage::Rset => "final RSET command",
        Stage::Quit => "QUIT command",
    }
}

/// The failure that a refusal makes, as it is reported.
pub(crate) fn refusal(session: &mut Session, stage: Stage, reply: &Rc<Reply>) -> Failure {
    let said = reply.one_line();
    let reason = format!(
        "host {} said: {said} (in reply to {})",
        session.peer.brief,
        in_reply_to(stage)
    );
    session.refused(reply, reason)
}

/// Whether a refusal at this stage concerns all recipients that were not refused before.
pub(crate) fn concerns_all(stage: Stage, protocol: Protocol) -> bool {
    match stage {
        Stage::Mail | Stage::Data => true,
        Stage::EndOfData(_) => protocol == Protocol::Smtp,
        _ => false,
    }
}

//! One client: message after message on the same connection.

use std::rc::Rc;
use std::time::Duration;

use contract::cleanup::{Filed, Open, Opened, status};
use contract::explain::ExplainRecipient;
use contract::trigger::{self, qmgr};
use ipc::{Caller, Limits};
use queue::{Draft, Queue, QueueError};
use record::{Decoded, Kind, RecordError};
use stream::{Stream, StreamError};

use crate::message::Message;
use crate::{Cleanup, explain, log};

/// Octets of one record that a client may send; content comes in pieces of `line_length_limit`.
const RECORD_OCTETS: usize = 256 << 10;

/// Serves a client to its end.
pub(crate) async fn serve<F: Future<Output = ()>>(
    service: &Rc<Cleanup>,
    stream: Stream,
    retiring: impl Fn() -> F,
) {
    let mut caller = Caller::new(stream, service.wait);
    loop {
        let question = match caller.question(retiring()).await {
            Ok(Some(question)) if question.is::<Open>() => question,
            Ok(Some(question)) if question.is::<ExplainRecipient>() => {
                let Ok(asked) = question.read::<ExplainRecipient>() else {
                    return;
                };
                caller
                    .answer(&explain::recipient(service, &asked.address).await)
                    .await;
                continue;
            }
            Ok(_) => return,
            Err(error) => return log::malformed_question(&error),
        };
        match question.read::<Open>() {
            Ok(open) => {
                service.underway.set(service.underway.get() + 1);
                let is_of_use = file(service, &mut caller, &open).await;
                service.underway.set(service.underway.get() - 1);
                if !is_of_use {
                    return;
                }
            }
            Err(error) => return log::malformed_question(&error),
        }
    }
}

/// Takes one message. False when the connection is of no more use.
async fn file(service: &Rc<Cleanup>, caller: &mut Caller, open: &Open) -> bool {
    service.flow.leave(service.settings.in_flow_delay).await;
    let draft = match Draft::create(&service.spool, Queue::Incoming) {
        Ok(draft) => draft,
        Err(error) => {
            log::no_queue_file(&error);
            caller.answer(&no_file(&error)).await;
            return true;
        }
    };
    let mut message = Message::new(service, draft, open.flags);
    let opened = Opened {
        queue_id: message.id().to_owned(),
        ..Opened::default()
    };
    caller.answer(&opened).await;
    let received = receive(caller.stream(), &mut message, service.wait).await;
    if let Err(error) = &received
        && !error.is_lost()
    {
        log::client_trouble(message.id(), error);
    }
    let is_whole = received.is_ok();
    let filed: Filed = message.finish(is_whole).await;
    if is_whole {
        caller.answer(&filed).await;
    }
    is_whole
}

fn no_file(error: &QueueError) -> Opened {
    let (status, reason) = match error {
        QueueError::NoSpace(_) => (status::FULL, "4.3.1 Insufficient system storage"),
        _ => (status::WRITE, "4.3.0 queue file write error"),
    };
    Opened {
        queue_id: String::new(),
        status,
        reason: reason.to_owned(),
    }
}

/// Why the records did not come to their end.
#[derive(Debug)]
enum Broken {
    Stream(StreamError),
    Record(RecordError),
}

impl Broken {
    fn is_lost(&self) -> bool {
        matches!(self, Self::Stream(error) if error.is_lost())
    }
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stream(error) => error.fmt(f),
            Self::Record(error) => error.fmt(f),
        }
    }
}

/// Reads records up to and including the end record. After a fault the rest is read and dropped, so that the client
/// comes to the point where it listens.
async fn receive(stream: &mut Stream, message: &mut Message<'_>, wait: Duration) -> Result<(), Broken> {
    loop {
        let passed = message.take_plain(stream.buffered());
        if passed > 0 {
            stream.consume(passed);
        }
        match record::decode(stream.buffered(), RECORD_OCTETS).map_err(Broken::Record)? {
            Decoded::Record(record, octets) => {
                let is_end = record.kind == Kind::END;
                message.take(record).await;
                stream.consume(octets);
                if is_end {
                    return Ok(());
                }
            }
            Decoded::Incomplete(_) => {
                stream.fill(wait).await.map_err(Broken::Stream)?;
            }
        }
    }
}

/// How long the queue manager may take to accept a byte. It looks by itself now and then.
const WAKE_WAIT: Duration = Duration::from_secs(2);

/// Limits for the port of wake-up bytes.
pub(crate) fn wake_limits(limits: Limits) -> Limits {
    Limits {
        wait: WAKE_WAIT,
        idle: trigger::KEPT.min(limits.idle),
        tries: 1,
    }
}

/// Tells the queue manager that there is a new message.
pub(crate) async fn wake(service: &Cleanup, queue_id: &str) {
    let port = &service.queue_manager;
    let woken = async {
        let mut connection = port.connect().await?;
        connection.stream().put(&qmgr::new_file(queue_id));
        connection.flush().await?;
        port.keep(connection);
        Ok(())
    };
    if let Err(error) = woken.await {
        log::no_wake_up(&error);
    }
}

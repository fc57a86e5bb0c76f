//! A probe: a message with no content that is tried up to the point of delivery.

use crate::settings::Settings;
use contract::cleanup::flag;
use ipc::Port;
use jiff::tz::TimeZone;
use message::date::Clockface;
use record::attribute::{self, trace};
use record::{ArrivalTime, Kind};
use submit::{Submission, SubmitError};

/// Sends a probe for `address`.
pub(crate) async fn send(cleanup: &Port, settings: &Settings, address: &str) -> Result<(), ProbeError> {
    let mut message = Submission::open(cleanup, flag::NOTICE, settings.line_length_limit).await?;
    let now = stream::time_of_day();
    let arrival = ArrivalTime {
        seconds: i64::try_from(now.as_secs()).unwrap_or_default(),
        microseconds: now.subsec_micros(),
    };
    message.record(Kind::TIME, arrival.payload().as_bytes());
    message.attribute(attribute::LOG_MESSAGE_ORIGIN, "local");
    message.attribute(attribute::REWRITE_CONTEXT, contract::rewrite::context::LOCAL);
    message.attribute(attribute::TRACE_FLAGS, &trace::PROBE.to_string());
    message.record(Kind::SENDER, settings.probe_sender().as_bytes());
    message.record(Kind::ORIGINAL_RECIPIENT, address.as_bytes());
    message.record(Kind::RECIPIENT, address.as_bytes());
    message.record(Kind::MESSAGE, b"");
    let id = message.queue_id().to_owned();
    let date = Clockface::new(TimeZone::system())
        .format(arrival.seconds)
        .to_owned();
    // cleanup takes no message that nobody has received.
    for line in [
        format!("Received: by {} ({})", settings.myhostname, settings.mail_name),
        format!("\tid {id}; {date}"),
    ] {
        message.line(line.as_bytes());
    }
    message.record(Kind::EXTRACTED, b"");
    let filed = message.finish(cleanup).await?;
    if filed.status == 0 {
        Ok(())
    } else {
        Err(ProbeError::NotFiled(filed.reason))
    }
}

/// Why no probe is under way.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProbeError {
    #[error("{0}")]
    Submit(#[from] SubmitError),
    #[error("probe message not queued: {0}")]
    NotFiled(String),
}

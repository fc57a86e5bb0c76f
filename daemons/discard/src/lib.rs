//! discard: drops all mail, and says so.
//!
//! The next hop is the reason that is logged, with an enhanced status in front if there is one.
//!
//! # Listens
//! `private/discard`: delivery requests.
//! # Asks
//! Nobody but the trace service, through the frame.
//! # Writes
//! Queue files: recipients crossed off.
//! # Runs as
//! `mail_owner`, chroot possible.
//! # Standards
//! RFC 3463 (enhanced status codes); discard(8).
//! # Difference from Postfix
//! None known.

use daemon::{Counts, Plate, Rights, Speaks, Start, StartError};
use delivery::{Agent, Job};
use mail::{Action, Dsn, EnhancedStatus};
use std::process::ExitCode;
use std::rc::Rc;

const SUCCESS: EnhancedStatus = EnhancedStatus::new(2, 0, 0);

/// Runs the agent.
pub fn run() -> ExitCode {
    delivery::main::<DiscardAgent>()
}

struct DiscardAgent;

impl Agent for DiscardAgent {
    const PLATE: Plate = Plate {
        name: "discard",
        counts: Counts::Clients,
        speaks: Speaks::Connections,
        rights: Rights::MailOwner,
        lasting: false,
    };

    fn open(_: &Start<'_>) -> Result<Self, StartError> {
        Ok(Self)
    }

    async fn deliver(self: Rc<Self>, job: Rc<Job>) {
        let (status, reason) = EnhancedStatus::split(SUCCESS, &job.envelope.nexthop);
        let status = if status.class == SUCCESS.class {
            status
        } else {
            SUCCESS
        };
        let dsn = Dsn::new(status, Action::Delivered, reason);
        job.report_all(&job.recipients, "none", &dsn).await;
    }
}

//! error: returns all mail, or defers it when started as `retry`.
//!
//! The next hop is the reason, with an enhanced status in front if there is one.
//!
//! # Listens
//! `private/error` and `private/retry`: delivery requests.
//! # Asks
//! Nobody but the bounce, defer and trace services, through the frame.
//! # Writes
//! Queue files: recipients crossed off.
//! # Runs as
//! `mail_owner`, chroot possible.
//! # Standards
//! RFC 3463 (enhanced status codes); error(8).
//! # Difference from Postfix
//! None known.

use daemon::{Counts, Plate, Rights, Speaks, Start, StartError};
use delivery::{Agent, Job};
use mail::{Dsn, EnhancedStatus};
use std::process::ExitCode;
use std::rc::Rc;

/// The service name under which mail is returned; under any other it is deferred.
const RETURNS: &str = "error";

/// Runs the agent.
pub fn run() -> ExitCode {
    delivery::main::<ErrorAgent>()
}

/// The agent, with the status of reasons that have none.
struct ErrorAgent {
    default: EnhancedStatus,
}

impl Agent for ErrorAgent {
    const PLATE: Plate = Plate {
        name: "error",
        counts: Counts::Clients,
        speaks: Speaks::Connections,
        rights: Rights::MailOwner,
        lasting: false,
    };

    fn open(start: &Start<'_>) -> Result<Self, StartError> {
        let class = if start.service == RETURNS { 5 } else { 4 };
        Ok(Self {
            default: EnhancedStatus::new(class, 0, 0),
        })
    }

    async fn deliver(self: Rc<Self>, job: Rc<Job>) {
        let (status, reason) = EnhancedStatus::split(self.default, &job.envelope.nexthop);
        // A code of the other class says nothing that could be meant.
        let status = if status.class == self.default.class {
            status
        } else {
            self.default
        };
        let dsn = Dsn::trouble(status, reason);
        job.report_all(&job.recipients, "none", &dsn).await;
    }
}

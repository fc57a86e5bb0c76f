//! A recipient handed to another delivery agent (`mailbox_transport`, `fallback_transport`), which then reports on it.

use contract::deliver::{Deliver, Envelope};
use delivery::Fate;
use mail::Recipient;
use std::rc::Rc;

use crate::Local;
use crate::branch::Branch;
use crate::delivery::Delivery;
use crate::log;

impl Delivery<'_> {
    /// Hands the recipient to `transport[:nexthop]`.
    pub(crate) async fn pass(&self, branch: &Branch, service: &str) -> Fate {
        let (transport, nexthop) = service.split_once(':').unwrap_or((service, ""));
        let envelope = &self.job.envelope;
        let nexthop = if nexthop.is_empty() {
            &envelope.nexthop
        } else {
            nexthop
        };
        log::passing(self.job.queue_id(), &branch.recipient.address, transport);
        let deliver = Deliver {
            envelope: Envelope {
                nexthop: nexthop.to_owned(),
                ..envelope.clone()
            },
            // Crossed off here, when nothing is left of the recipient that this one came from.
            recipients: vec![Recipient {
                offset: 0,
                ..branch.recipient.clone()
            }],
        };
        match self.agent.agent_port(transport).ask(&deliver).await {
            Ok(delivered) if delivered.status == 0 => Fate::Finished,
            Ok(_) => Fate::Left,
            Err(error) => {
                log::service_trouble(&error);
                self.fail(branch, (4, 3, 0), "mail transport unavailable").await
            }
        }
    }
}

impl Local {
    /// The port of another delivery agent, kept for the next message.
    fn agent_port(&self, transport: &str) -> Rc<ipc::Port> {
        let mut ports = self.agent_ports.borrow_mut();
        if let Some(port) = ports.get(transport) {
            return port.clone();
        }
        let port = Rc::new(ipc::Port::new(format!("private/{transport}"), self.limits));
        ports.insert(transport.to_owned(), port.clone());
        port
    }
}

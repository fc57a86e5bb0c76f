//! A name that is neither alias nor user.

use config::catalogue::LUSER_RELAY;
use delivery::Fate;

use crate::branch::Branch;
use crate::delivery::{Delivery, is_same};
use crate::log;
use crate::names::named;

/// Names that every mail system must have; without an alias, their mail is dropped rather than returned.
const REQUIRED: [&str; 2] = ["mailer-daemon", "postmaster"];

impl Delivery<'_> {
    /// Gives the mail to whatever takes unknown users' mail, or returns it.
    pub(crate) async fn unknown(&self, branch: &Branch) -> Fate {
        let mut branch = branch.deeper();
        let settings = self.settings();
        let user = branch.name.user.clone();
        if !self.seen.is_new(&format!("unknown {}", branch.name.local)) {
            return Fate::Finished;
        }
        match self.agent.fallback_transport_maps.get(&user).await {
            Ok(Some(transport)) => return self.pass(&branch, &transport).await,
            Ok(None) => {}
            Err(_) => return self.fail(&branch, (4, 3, 0), "table lookup failure").await,
        }
        if !settings.fallback_transport.is_empty() {
            return self.pass(&branch, &settings.fallback_transport).await;
        }
        if !settings.luser_relay.is_empty() {
            branch.unmatched = None;
            return self.relay(&branch).await;
        }
        if REQUIRED.contains(&&*user) {
            log::no_required_alias(&user);
            return self.succeed(&branch, "discarded").await;
        }
        self.unknown_user(&branch).await
    }

    async fn unknown_user(&self, branch: &Branch) -> Fate {
        self.fail(
            branch,
            (5, 1, 1),
            format!("unknown user: \"{}\"", branch.name.user),
        )
        .await
    }

    /// Sends the mail to `luser_relay`, unless that is the unknown user itself.
    async fn relay(&self, branch: &Branch) -> Fate {
        let settings = self.settings();
        let Ok(relay) = named(&settings.luser_relay, branch, &settings.recipient_delimiter, None) else {
            log::bad_expression(LUSER_RELAY.name(), &settings.luser_relay);
            return self
                .fail(branch, (4, 3, 5), "mail system configuration error")
                .await;
        };
        match self.agent.canonical(&mail::unquote(&relay.text)).await {
            Ok(address) if is_same(&address, &branch.recipient.address) => self.unknown_user(branch).await,
            Ok(_) => self.address(branch, &relay.text).await,
            Err(error) => {
                log::service_trouble(&error);
                self.fail(branch, (4, 3, 0), "address resolver failure").await
            }
        }
    }
}

//! Where a recipient's mail goes, and under whose ids: what the three tables say.

use crate::log;
use crate::settings::Settings;
use config::catalogue::{MYDESTINATION, VIRTUAL_GID_MAPS, VIRTUAL_MAILBOX_MAPS, VIRTUAL_UID_MAPS};
use config::host::own_addresses;
use daemon::{Start, StartError};
use lookup::{AddressRules, LocalDomains, Maps, MatchList, Strategy, Use};
use mail::SplitRules;
use sys::identity::Ids;

/// The tables.
pub(crate) struct Places {
    base: String,
    minimum_uid: u32,
    rules: AddressRules,
    mailboxes: Maps,
    uids: Maps,
    gids: Maps,
}

/// A recipient's mailbox.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The mailbox file, or the Maildir if it ends in a slash.
    pub(crate) path: String,
    /// Whose rights it is written with.
    pub(crate) ids: Ids,
}

/// The tables cannot be used for this recipient; the log says why.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Misconfigured;

impl Places {
    pub(crate) fn open(start: &Start<'_>, settings: &Settings) -> Result<Self, StartError> {
        let tables = start.tables()?;
        let maps = |title: &str, text: &str| Maps::open(&tables, title, text, Use::TRUSTED);
        let destinations = MatchList::open(&tables, MYDESTINATION.name(), &settings.mydestination, false)?;
        Ok(Self {
            base: settings.base.clone(),
            minimum_uid: settings.minimum_uid,
            rules: AddressRules {
                split: SplitRules {
                    delimiters: settings.recipient_delimiter.clone(),
                    owner_request_special: settings.owner_request_special,
                    double_bounce_sender: settings.double_bounce_sender.clone(),
                },
                myorigin: settings.myorigin.clone(),
                local: LocalDomains::new(destinations, own_addresses(start.configuration)),
            },
            mailboxes: maps(VIRTUAL_MAILBOX_MAPS.name(), &settings.mailbox_maps)?,
            uids: maps(VIRTUAL_UID_MAPS.name(), &settings.uid_maps)?,
            gids: maps(VIRTUAL_GID_MAPS.name(), &settings.gid_maps)?,
        })
    }

    /// Finds the place for a folded address; `None` when there is no such user.
    pub(crate) async fn find(&self, address: &str) -> Result<Option<Place>, Misconfigured> {
        let Some(mailbox) = self.search(&self.mailboxes, address).await? else {
            return Ok(None);
        };
        let path = format!("{}/{mailbox}", self.base);
        // Difference: a table that answers with parts of an address must not lead out of the base.
        if path
            .get(self.base.len()..)
            .is_some_and(|below| below.contains("/../"))
        {
            log::bad_path(address, &mailbox, self.mailboxes.title());
            return Err(Misconfigured);
        }
        let uid = self.number(&self.uids, address, "uid", self.minimum_uid).await?;
        let gid = self.number(&self.gids, address, "gid", 1).await?;
        Ok(Some(Place {
            path,
            ids: Ids::new(uid, gid),
        }))
    }

    async fn number(&self, maps: &Maps, address: &str, kind: &str, least: u32) -> Result<u32, Misconfigured> {
        let Some(text) = self.search(maps, address).await? else {
            log::not_found(address, maps.title());
            return Err(Misconfigured);
        };
        // The highest number means "no change" to the kernel.
        match text.parse() {
            Ok(number) if number >= least && number != u32::MAX => Ok(number),
            _ => {
                log::bad_id(address, kind, &text, maps.title());
                Err(Misconfigured)
            }
        }
    }

    async fn search(&self, maps: &Maps, address: &str) -> Result<Option<String>, Misconfigured> {
        match self.rules.find(maps, address, Strategy::DEFAULT).await {
            Ok(found) => Ok(found.map(|found| found.value)),
            Err(error) => {
                log::lookup_failed(maps.title(), address, &error);
                Err(Misconfigured)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lookup::Tables;
    use std::task::{Context, Poll, Waker};

    fn found(mailbox: &str, uid: &str, gid: &str) -> Result<Option<Place>, Misconfigured> {
        let _log = maillog::capture();
        let tables = Tables::new(lookup::Settings::default());
        let maps = |text: &str| Maps::open(&tables, "maps", text, Use::TRUSTED).unwrap();
        let places = Places {
            base: "/var/mail".into(),
            minimum_uid: 100,
            rules: AddressRules {
                split: SplitRules {
                    delimiters: "+".into(),
                    ..SplitRules::default()
                },
                myorigin: "example.com".into(),
                local: LocalDomains::new(MatchList::empty("mydestination"), Vec::new()),
            },
            mailboxes: maps(mailbox),
            uids: maps(uid),
            gids: maps(gid),
        };
        let mut search = std::pin::pin!(places.find("fred+x@example.com"));
        match search.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(found) => found,
            Poll::Pending => panic!("a table of this process waits for nobody"),
        }
    }

    #[test]
    fn a_recipient_is_found_without_its_extension() {
        let place = Place {
            path: "/var/mail/fred/".into(),
            ids: Ids::new(1000, 1001),
        };
        let mailboxes = "inline:{ fred@example.com=fred/ }";
        assert_eq!(found(mailboxes, "static:1000", "static:1001"), Ok(Some(place)));
    }

    #[test]
    fn ids_that_nobody_may_have_and_paths_that_lead_out_are_refused() {
        let mailboxes = "inline:{ fred@example.com=fred/ }";
        for (uid, gid) in [
            ("99", "1001"),
            ("x", "1001"),
            ("4294967295", "1001"),
            ("1000", "0"),
        ] {
            let (uid, gid) = (format!("static:{uid}"), format!("static:{gid}"));
            assert_eq!(found(mailboxes, &uid, &gid), Err(Misconfigured));
        }
        let outside = "inline:{ fred@example.com=../../etc/x }";
        assert_eq!(found(outside, "static:1000", "static:1001"), Err(Misconfigured));
        assert_eq!(
            found(mailboxes, "inline:{ x=1 }", "static:1001"),
            Err(Misconfigured)
        );
    }

    #[test]
    fn an_unknown_recipient_needs_no_ids() {
        assert_eq!(
            found("inline:{ x=y }", "inline:{ x=1 }", "inline:{ x=1 }"),
            Ok(None)
        );
    }
}

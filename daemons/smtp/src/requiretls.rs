//! What a message that was received with REQUIRETLS demands of the servers it goes to (RFC 8689, `postconf(5)
//! smtp_requiretls_policy`).
//!
//! This client has no TLS yet. Where the policy insists, such a message is not sent: it is returned when no server
//! offers STARTTLS, and waits where one does.

use std::rc::Rc;

use esmtp::extension::Keywords;
use lookup::{LookupError, Maps, OpenError, Tables, Use};

use crate::failure::{Failure, status};
use crate::log;
use crate::session::{Session, Unwelcome};

/// How much is demanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Demand {
    /// TLS with a server whose certificate is known, and which demands the same of the next.
    Enforce,
    /// TLS.
    StartTls,
    /// Whatever the server can.
    Opportunistic,
    /// The message is as any other.
    Disable,
}

impl Demand {
    fn parse(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "enforce" => Self::Enforce,
            "opportunistic+starttls" => Self::StartTls,
            "opportunistic" => Self::Opportunistic,
            "disable" => Self::Disable,
            _ => return None,
        })
    }

    /// Whether plain text will not do.
    pub(crate) fn is_for_tls(self) -> bool {
        matches!(self, Self::Enforce | Self::StartTls)
    }
}

/// The policy: actions, and tables of actions, in order.
pub(crate) struct Policy {
    title: String,
    items: Vec<Item>,
}

enum Item {
    Action(Demand),
    Table(Maps),
}

impl Policy {
    /// Opens the tables that `text` names; the first word that is no action and no table is an error.
    pub(crate) fn open(tables: &Rc<Tables>, title: &str, text: &str) -> Result<Self, OpenError> {
        let mut items = Vec::new();
        for word in config::split::list(text) {
            items.push(match Demand::parse(word) {
                Some(demand) => Item::Action(demand),
                None => Item::Table(Maps::open(tables, title, word, Use::GENERAL)?),
            });
        }
        Ok(Self {
            title: title.to_owned(),
            items,
        })
    }

    /// What is demanded on the way to `host`, a next hop without brackets and port.
    ///
    /// # Errors
    /// A table could not tell, or said nothing that makes sense; logged here already.
    pub(crate) async fn demand(&self, host: &str) -> Result<Demand, LookupError> {
        for item in &self.items {
            let maps = match item {
                Item::Action(demand) => return Ok(*demand),
                Item::Table(maps) => maps,
            };
            if let Some(word) = find(maps, host).await? {
                return Demand::parse(word.trim()).ok_or_else(|| {
                    log::bad_requiretls_policy(&self.title, &word);
                    LookupError::content(&self.title, "unknown action")
                });
            }
        }
        Ok(Demand::Enforce)
    }
}

/// The host itself, then its parent domains with a dot before them.
async fn find(maps: &Maps, host: &str) -> Result<Option<String>, LookupError> {
    let mut found = maps.get(host).await?;
    let mut rest = host;
    while let (None, Some(dot)) = (&found, rest.find('.')) {
        let parent = rest.get(dot..).unwrap_or_default();
        found = maps.get_part(parent).await?;
        rest = parent.get(1..).unwrap_or_default();
    }
    Ok(found)
}

/// Why a message that demands TLS does not go to this server.
pub(crate) fn refusal(session: &Session) -> Unwelcome {
    let brief = &session.peer.brief;
    let failure = if session.has(Keywords::STARTTLS) {
        // That is our lack, not the server's.
        Failure::ours(
            status(4, 7, 5),
            format!("REQUIRETLS was requested, but our TLS engine is unavailable for host {brief}"),
        )
    } else {
        Failure::ours(
            status(5, 7, 30),
            format!(
                "REQUIRETLS was requested, but no server was found that supports STARTTLS. \
                 The last attempted server was {brief}"
            ),
        )
    };
    Unwelcome {
        failure,
        soft_unless_last: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demand(text: &str, host: &str) -> Option<Demand> {
        let tables = Tables::new(lookup::Settings::default());
        let policy = Policy::open(&tables, "smtp_requiretls_policy", text).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(policy.demand(host)).ok()
    }

    #[test]
    fn the_stock_policy_insists_but_at_home_and_for_addresses() {
        let configuration = config::Configuration::parse("mydomain = home.example").unwrap();
        let text: String = configuration
            .get(config::catalogue::SMTP_REQUIRETLS_POLICY)
            .map(|items: Vec<String>| items.join(" "))
            .unwrap();

        for host in [
            "home.example",
            "mx.home.example",
            "localhost",
            "192.0.2.1",
            "2001:db8::1",
        ] {
            assert_eq!(demand(&text, host), Some(Demand::Opportunistic), "{host}");
        }
        assert_eq!(demand(&text, "elsewhere.example"), Some(Demand::Enforce));
    }

    #[test]
    fn the_first_answer_counts_and_without_one_tls_is_demanded() {
        let text = "inline:{ { a.example = disable } { .a.example = opportunistic+starttls } }";
        assert_eq!(demand(text, "a.example"), Some(Demand::Disable));
        assert_eq!(demand(text, "x.y.a.example"), Some(Demand::StartTls));
        assert_eq!(demand(text, "b.example"), Some(Demand::Enforce));
        assert_eq!(demand("", "b.example"), Some(Demand::Enforce));
        assert_eq!(
            demand("opportunistic inline:{a=disable}", "a"),
            Some(Demand::Opportunistic)
        );
    }

    #[test]
    fn an_answer_without_sense_is_no_answer() {
        assert_eq!(demand("inline:{ { a.example = perhaps } }", "a.example"), None);
    }
}

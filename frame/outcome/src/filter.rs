//! Delivery status filters: the administrator's word on status code and text (`postconf(5)
//! default_delivery_status_filter`).
//!
//! A filter may make a failure of a delay and a delay of a failure, never a failure of a success, nor the reverse.

use std::fmt;

use lookup::Maps;
use mail::{Action, Dsn, EnhancedStatus};

use crate::log;

/// The tables of one delivery agent.
pub struct Filter {
    maps: Maps,
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Filter").field(&self.maps.title()).finish()
    }
}

impl Filter {
    /// A filter by these tables, whose title is the parameter's name.
    pub fn new(maps: Maps) -> Self {
        Self { maps }
    }

    /// No filter.
    pub fn none() -> Self {
        Self::new(Maps::empty(""))
    }

    /// What is to be said in place of `dsn`.
    pub(crate) async fn pass(&self, dsn: Dsn) -> Dsn {
        if self.maps.is_empty() {
            return dsn;
        }
        match self.maps.get(&format!("{} {}", dsn.status, dsn.reason)).await {
            Ok(None) => dsn,
            Ok(Some(text)) => match replacement(&dsn, &text) {
                Ok(dsn) => dsn,
                Err(wrong) => {
                    log::bad_filter_result(self.maps.title(), wrong, &text);
                    dsn
                }
            },
            // The table has said in the log what is the matter. It may have meant to keep the mail, so it is kept.
            Err(_) if dsn.action == Action::Failed => Dsn {
                status: EnhancedStatus::new(4, 3, 0),
                action: Action::Delayed,
                reason: "delivery status filter error".to_owned(),
                ..dsn
            },
            Err(_) => dsn,
        }
    }
}

/// What is wrong with a filter's word.
const BAD_STATUS: &str = "bad status code";
const NO_TEXT: &str = "no explanatory text";

fn replacement(dsn: &Dsn, text: &str) -> Result<Dsn, &'static str> {
    let (status, reason) = EnhancedStatus::from_prefix(text).ok_or(BAD_STATUS)?;
    if (status.class == 2) != (dsn.status.class == 2) {
        return Err(BAD_STATUS);
    }
    if reason.is_empty() {
        return Err(NO_TEXT);
    }
    let action = match status.class {
        4 => Action::Delayed,
        5 => Action::Failed,
        _ => dsn.action,
    };
    Ok(Dsn {
        status,
        action,
        reason: reason.to_owned(),
        ..dsn.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure() -> Dsn {
        Dsn::trouble(EnhancedStatus::new(5, 1, 1), "unknown user").with_diagnostic("smtp", "550 no")
    }

    #[test]
    fn a_failure_becomes_a_delay_and_keeps_what_the_server_said() {
        let dsn = replacement(&failure(), "4.2.1 perhaps tomorrow").unwrap();

        assert_eq!(dsn.action, Action::Delayed);
        assert_eq!(dsn.status, EnhancedStatus::new(4, 2, 1));
        assert_eq!(dsn.reason, "perhaps tomorrow");
        assert_eq!(dsn.diagnostic, failure().diagnostic);
    }

    #[test]
    fn a_success_keeps_its_action() {
        let sent = Dsn::new(EnhancedStatus::new(2, 0, 0), Action::Relayed, "250 ok");

        let dsn = replacement(&sent, "2.1.5 gone").unwrap();

        assert_eq!((dsn.action, &*dsn.reason), (Action::Relayed, "gone"));
    }

    #[test]
    fn success_and_failure_do_not_trade_places_and_a_text_must_be_there() {
        let sent = Dsn::new(EnhancedStatus::new(2, 0, 0), Action::Delivered, "250 ok");
        assert_eq!(replacement(&sent, "5.0.0 no"), Err(BAD_STATUS));
        assert_eq!(replacement(&failure(), "2.0.0 fine"), Err(BAD_STATUS));
        assert_eq!(replacement(&failure(), "what is this"), Err(BAD_STATUS));
        assert_eq!(replacement(&failure(), "5.1.1"), Err(NO_TEXT));
    }
}

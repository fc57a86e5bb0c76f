//! `nis:map` and `nisplus:query`: names in a network information service, which this system does not speak.
//!
//! The default of `alias_maps` names `nis:mail.aliases` on many systems. As in Postfix, a host without a NIS domain has
//! no such names: every key is absent, with one warning. On a host with a domain nothing can be told, and the error says
//! what to use instead. NIS+ is gone from all systems; a table of it can not be opened.

use std::cell::Cell;
use std::rc::Rc;

use crate::error::{LookupError, OpenError};
use crate::log;
use crate::registry::Opening;
use crate::table::{Answer, Keys, Lookup, Table};

struct Nis {
    name: String,
    domain: Option<String>,
    told: Cell<bool>,
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    let domain = sys::network::nis_domain();
    Ok(Rc::new(Nis {
        name: opening.full_name(),
        domain: domain.map_err(|source| OpenError::Io {
            what: opening.full_name(),
            source,
        })?,
        told: Cell::new(false),
    }))
}

/// There is no client for NIS+.
pub(crate) fn open_plus(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    let name = opening.full_name();
    Err(opening.syntax(format!(
        "{name}: NIS+ is not supported; keep the table in a file (lmdb:, cdb:) or in LDAP (ldap:)"
    )))
}

impl Table for Nis {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        Keys::Fixed
    }

    fn lookup<'a>(&'a self, _key: &'a str) -> Lookup<'a> {
        let Some(domain) = &self.domain else {
            if !self.told.replace(true) {
                log::no_nis_domain();
            }
            return Answer::Ready(Ok(None));
        };
        Answer::Ready(Err(LookupError::content(
            &self.name,
            format!(
                "NIS (domain {domain}) is not supported; take the table out of the parameter, or make a file of it: \
                 ypcat -k, then postmap"
            ),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::ready;
    use crate::{Settings, Tables, Use};

    fn nis(domain: Option<&str>) -> Nis {
        Nis {
            name: "nis:mail.aliases".to_owned(),
            domain: domain.map(str::to_owned),
            told: Cell::new(false),
        }
    }

    #[test]
    fn a_host_without_a_domain_has_no_names_and_says_so_once() {
        let lines = maillog::capture();
        let table = nis(None);
        assert_eq!(ready(table.lookup("root").get()), Ok(None));
        assert_eq!(ready(table.lookup("x").get()), Ok(None));
        let said = lines.take();
        assert_eq!(said.len(), 1, "{said:?}");
    }

    #[test]
    fn a_host_with_a_domain_can_not_tell() {
        assert!(ready(nis(Some("example")).lookup("root").get()).is_err());
        let tables = Tables::new(Settings::default());
        let Err(error) = tables.try_open("nisplus:[alias=%s];x.org_dir", Use::GENERAL) else {
            panic!("it was opened");
        };
        assert!(
            error.to_string().contains("use") || error.to_string().contains("lmdb:"),
            "{error}"
        );
    }
}

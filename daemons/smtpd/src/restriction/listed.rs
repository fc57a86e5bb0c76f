//! Whether an address exists, as far as the tables of its address class can tell (ADDRESS_CLASS_README).

use contract::rewrite::flag;
use lookup::{LookupError, Maps, Strategy};
use mail::EnhancedStatus;

use super::access_table::fix_status;
use super::judge::Judge;
use super::verdict::{Class, Verdict};
use crate::log;
use crate::state::Trouble;

/// The tables of one address class, and what is said of who is not in them.
struct Table<'a> {
    maps: &'a Maps,
    code: u16,
    name: &'static str,
}

impl Judge<'_> {
    pub(super) async fn reject_unlisted_recipient(&mut self) -> Verdict {
        let Some(recipient) = self.state.recipient.clone().filter(|address| !address.is_empty()) else {
            return Verdict::Dunno;
        };
        if self.server.overrides.no_unknown_recipient_checks || self.state.held.recipient_listed {
            return Verdict::Dunno;
        }
        // A mere warning does not count as having looked.
        self.state.held.recipient_listed = self.warn_depth == 0;
        self.unlisted(&recipient, Class::Recipient).await
    }

    pub(super) async fn reject_unlisted_sender(&mut self) -> Verdict {
        let Some(sender) = self.state.sender.clone().filter(|address| !address.is_empty()) else {
            return Verdict::Dunno;
        };
        if self.server.overrides.no_unknown_recipient_checks || self.state.held.sender_listed {
            return Verdict::Dunno;
        }
        self.state.held.sender_listed = self.warn_depth == 0;
        self.unlisted(&sender, Class::Sender).await
    }

    async fn unlisted(&mut self, address: &str, class: Class) -> Verdict {
        let Ok(resolved) = self.resolve(class, address).await else {
            return self.lookup_failure(address);
        };
        match self.is_rewritten(&resolved.recipient, class).await {
            Ok(true) => return Verdict::Dunno,
            Ok(false) => {}
            Err(error) => return self.table_failure(&error, address),
        }
        let subject = if class == Class::Sender { 0 } else { 1 };
        match resolved.transport.as_str() {
            "error" => {
                let of_alias = resolved.flags & flag::ALIAS != 0;
                let code = if of_alias {
                    self.server.settings.unknown_virtual_alias_code
                } else {
                    550
                };
                self.undeliverable(
                    address,
                    class,
                    code,
                    EnhancedStatus::new(5, 1, subject),
                    &resolved.nexthop,
                )
            }
            "retry" => self.undeliverable(
                address,
                class,
                450,
                EnhancedStatus::new(4, 1, subject),
                &resolved.nexthop,
            ),
            _ => self.unlisted_in_class(address, &resolved, class).await,
        }
    }

    /// Whether a table maps the address to another one: then it exists, whatever its class says.
    async fn is_rewritten(&self, address: &str, class: Class) -> Result<bool, LookupError> {
        let tables = &self.server.tables;
        let of_sender = class == Class::Sender;
        let maps = [
            Some(&tables.recipient_canonical),
            of_sender.then_some(&tables.sender_canonical),
            Some(&tables.canonical),
            Some(&tables.virtual_alias),
        ];
        for maps in maps.into_iter().flatten() {
            if self
                .server
                .rules
                .find(maps, address, Strategy::DEFAULT)
                .await?
                .is_some()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The transport says in its next hop why mail is not delivered.
    fn undeliverable(
        &mut self,
        address: &str,
        class: Class,
        code: u16,
        default: EnhancedStatus,
        reason: &str,
    ) -> Verdict {
        let (status, text) = EnhancedStatus::split(default, reason);
        let fixed = fix_status(status, class);
        if fixed.subject != status.subject || fixed.detail != status.detail {
            log::status_mapped(&status.to_string(), &class.to_string(), &fixed.to_string());
        }
        let text = format_args!("<{address}>: {class} rejected: {text}");
        self.refuse(Trouble::BOUNCE, code, &fixed.to_string(), text)
    }

    async fn unlisted_in_class(
        &mut self,
        address: &str,
        resolved: &contract::rewrite::Resolved,
        class: Class,
    ) -> Verdict {
        let server = self.server;
        let (tables, settings) = (&server.tables, &server.settings);
        let table = match resolved.flags & flag::CLASSES {
            flag::LOCAL if server.is_special_local(&resolved.recipient) => return Verdict::Dunno,
            flag::LOCAL => Table {
                maps: &tables.local_recipient,
                code: settings.unknown_local_recipient_code,
                name: "local recipient",
            },
            flag::MAILBOX => Table {
                maps: &tables.virtual_mailbox,
                code: settings.unknown_virtual_mailbox_code,
                name: "virtual mailbox",
            },
            flag::RELAY => Table {
                maps: &tables.relay_recipient,
                code: settings.unknown_relay_recipient_code,
                name: "relay recipient",
            },
            _ => return Verdict::Dunno,
        };
        let is_former = server.former.relay_domains && resolved.flags & flag::RELAY != 0;
        if table.maps.is_empty() {
            if is_former {
                log::former_relay_address(address);
            }
            return Verdict::Dunno;
        }
        match server
            .rules
            .find(table.maps, &resolved.recipient, Strategy::DEFAULT)
            .await
        {
            Ok(Some(_)) => {
                if is_former {
                    log::former_relay_address(address);
                }
                Verdict::Dunno
            }
            Ok(None) => {
                let status = if class == Class::Sender { "5.1.0" } else { "5.1.1" };
                let place = if settings.show_table_name {
                    format!(" in {} table", table.name)
                } else {
                    String::new()
                };
                let text = format_args!("<{address}>: {class} rejected: User unknown{place}");
                self.refuse(Trouble::BOUNCE, table.code, status, text)
            }
            Err(error) => self.table_failure(&error, address),
        }
    }

    /// The `reject_..._sender_login_mismatch` family.
    pub(super) async fn sender_login(
        &mut self,
        name: &str,
        logged_in: bool,
        not_logged_in: bool,
        unknown_passes: bool,
    ) -> Verdict {
        if !self.server.settings.sasl_auth_enable {
            log::restriction_trouble(&format!("restriction `{name}' ignored: no SASL support"));
            return Verdict::Dunno;
        }
        let Some(sender) = self.state.sender.clone().filter(|sender| !sender.is_empty()) else {
            return Verdict::Dunno;
        };
        let maps = &self.server.tables.sender_login;
        if maps.is_empty() {
            return Verdict::Dunno;
        }
        let Ok(resolved) = self.resolve(Class::Sender, &sender).await else {
            return self.lookup_failure(&sender);
        };
        let owners = match self
            .server
            .rules
            .find(maps, &resolved.recipient, Strategy::DEFAULT)
            .await
        {
            Ok(found) => found.map(|found| found.value),
            Err(error) => return self.table_failure(&error, &sender),
        };
        let user = self.state.login.as_ref().map(|login| login.user.clone());
        let text = match (user, owners) {
            (Some(user), owners) if logged_in => {
                let unknown = owners.is_none() && unknown_passes;
                let owns = |owners: String| {
                    config::split::list(&owners).any(|owner| owner.eq_ignore_ascii_case(&user))
                };
                if unknown || owners.is_some_and(owns) {
                    return Verdict::Dunno;
                }
                format!("<{sender}>: Sender address rejected: not owned by user {user}")
            }
            (None, Some(_)) if not_logged_in => format!("<{sender}>: Sender address rejected: not logged in"),
            _ => return Verdict::Dunno,
        };
        self.refuse(Trouble::POLICY, 553, "5.7.1", format_args!("{text}"))
    }
}

//! Access tables: in which order their keys are searched, and what their answers do (access(5)).

use lookup::{LookupError, Maps, Strategy};
use mail::EnhancedStatus;

use super::grammar::{AccessTable, Evidence, List, NoOpener};
use super::judge::{Judge, Subject};
use super::verdict::{Class, Verdict};
use crate::log;
use crate::state::{Place, Trouble};
use esmtp::command::Verb;

/// What an entry is about: the table and key for log lines, the name and class for replies.
#[derive(Clone, Copy)]
pub(super) struct Entry<'e> {
    pub(super) table: &'e str,
    pub(super) key: &'e str,
    pub(super) name: &'e str,
    pub(super) class: Class,
    pub(super) bare: Option<Evidence>,
}

/// The outcome of a search: `None` for no entry at all.
type Search = Result<Option<String>, LookupError>;

impl Judge<'_> {
    /// A `check_..._access` by what is known of the client or its envelope.
    pub(super) async fn access(
        &mut self,
        evidence: Evidence,
        table: &AccessTable,
        subject: Subject<'_>,
    ) -> Verdict {
        let client = &self.state.client;
        let bare = subject.bare;
        match evidence {
            Evidence::Client => {
                let (name, address, shown) =
                    (client.name.clone(), client.address.clone(), client.shown.clone());
                let entry = Entry {
                    table: &table.name,
                    key: &name,
                    name: &shown,
                    class: Class::Client,
                    bare,
                };
                self.client_access(table, &name, &address, entry).await
            }
            Evidence::ReverseClient => {
                let (name, address) = (client.reverse_name.clone(), client.address.clone());
                let entry = Entry {
                    table: &table.name,
                    key: &name,
                    name: &name,
                    class: Class::ReverseClient,
                    bare,
                };
                let verdict = self.client_access(table, &name, &address, entry).await;
                self.forbid_permit(verdict, "check_reverse_client_hostname_access", &name)
            }
            Evidence::Helo => match self.state.helo.clone() {
                Some(name) => self.domain_access(table, &name, Class::Helo, bare).await,
                None => Verdict::Dunno,
            },
            Evidence::Etrn => match self.state.etrn.clone() {
                Some(name) => self.domain_access(table, &name, Class::Etrn, bare).await,
                None => Verdict::Dunno,
            },
            Evidence::Sender => match self.state.sender.clone() {
                Some(sender) => self.address_access(table, &sender, Class::Sender, bare).await,
                None => Verdict::Dunno,
            },
            Evidence::Recipient => match self.state.recipient.clone() {
                Some(recipient) => {
                    self.address_access(table, &recipient, Class::Recipient, bare)
                        .await
                }
                None => Verdict::Dunno,
            },
            Evidence::Login => self.login_access(table, bare).await,
        }
    }

    async fn login_access(&mut self, table: &AccessTable, bare: Option<Evidence>) -> Verdict {
        let Some(user) = self.state.login.as_ref().map(|login| login.user.clone()) else {
            return Verdict::Dunno;
        };
        let shown: String = user
            .chars()
            .map(|c| if c.is_control() { '_' } else { c })
            .collect();
        let entry = Entry {
            table: &table.name,
            key: &user,
            name: &shown,
            class: Class::Login,
            bare,
        };
        let found = table.maps.get(&user).await;
        self.settle(found, entry).await.unwrap_or(Verdict::Dunno)
    }

    async fn client_access(
        &mut self,
        table: &AccessTable,
        name: &str,
        address: &str,
        entry: Entry<'_>,
    ) -> Verdict {
        let found = self.find_domain(&table.maps, name).await;
        if let Some(verdict) = self.settle(found, entry).await {
            return verdict;
        }
        let found = find_address(&table.maps, address).await;
        self.settle(
            found,
            Entry {
                key: address,
                ..entry
            },
        )
        .await
        .unwrap_or(Verdict::Dunno)
    }

    async fn domain_access(
        &mut self,
        table: &AccessTable,
        name: &str,
        class: Class,
        bare: Option<Evidence>,
    ) -> Verdict {
        let entry = Entry {
            table: &table.name,
            key: name,
            name,
            class,
            bare,
        };
        let found = self.find_domain(&table.maps, name).await;
        self.settle(found, entry).await.unwrap_or(Verdict::Dunno)
    }

    async fn address_access(
        &mut self,
        table: &AccessTable,
        address: &str,
        class: Class,
        bare: Option<Evidence>,
    ) -> Verdict {
        let server = self.server;
        if class == Class::Sender && address.is_empty() {
            let key = &server.settings.null_access_lookup_key;
            let entry = Entry {
                table: &table.name,
                key,
                name: address,
                class,
                bare,
            };
            let found = table.maps.get(key).await;
            return self.settle(found, entry).await.unwrap_or(Verdict::Dunno);
        }
        let Ok(resolved) = self.resolve(class, address).await else {
            return self.lookup_failure(address);
        };
        if mail::address::domain(&resolved.recipient).is_none() {
            log::restriction_trouble(&format!(
                "check_mail_access: no @domain in address: {}",
                resolved.recipient
            ));
            return Verdict::Dunno;
        }
        let found = server
            .rules
            .find(&table.maps, &resolved.recipient, self.address_strategy())
            .await;
        let found = found.map(|found| found.map(|found| found.value));
        let entry = Entry {
            table: &table.name,
            key: &resolved.recipient,
            name: address,
            class,
            bare,
        };
        let verdict = self.settle(found, entry).await.unwrap_or(Verdict::Dunno);
        // Where a route in the local part leads is not known: no table can vouch for it.
        let routed = resolved.flags & contract::rewrite::flag::ROUTED != 0;
        let suspicious = routed && !server.settings.allow_untrusted_routing && class == Class::Recipient;
        if verdict == Verdict::Permit && suspicious {
            Verdict::Dunno
        } else {
            verdict
        }
    }

    fn address_strategy(&self) -> Strategy {
        let parents = if self.server.access_parents {
            Strategy::PARENT_DOMAINS
        } else {
            Strategy::DOTTED_PARENT_DOMAINS
        };
        Strategy::FULL
            .and(Strategy::WITHOUT_EXTENSION)
            .and(Strategy::DOMAIN)
            .and(Strategy::LOCAL_PART_AT)
            .and(parents)
    }

    /// A name, and then its parent domains.
    pub(super) async fn find_domain(&self, maps: &Maps, name: &str) -> Search {
        let numeric = mail::domain::parse_address(name).is_some();
        let mut part = name;
        let mut whole = true;
        while !part.is_empty() {
            let found = if whole {
                maps.get(part).await?
            } else {
                maps.get_part(part).await?
            };
            if found.is_some() {
                return Ok(found);
            }
            // A number has no parents.
            if numeric {
                break;
            }
            let Some(dot) = part.get(1..).and_then(|rest| rest.find('.')) else {
                break;
            };
            // `.example.com` stands for names below it, unless the parent itself does.
            part = part
                .get(dot + 1 + usize::from(self.server.access_parents)..)
                .unwrap_or_default();
            whole = false;
        }
        Ok(None)
    }

    /// What an answer of a table comes to; `None` when there is no entry.
    pub(super) async fn settle(&mut self, found: Search, entry: Entry<'_>) -> Option<Verdict> {
        match found {
            Ok(None) => None,
            Ok(Some(value)) => Some(Box::pin(self.apply(&value, entry)).await),
            // The lookup room has logged why.
            Err(_) => Some(Box::pin(self.apply("451 4.3.5 Server configuration error", entry)).await),
        }
    }

    /// Carries out the action in a table entry or in a policy server's answer.
    pub(super) async fn apply(&mut self, value: &str, entry: Entry<'_>) -> Verdict {
        let end = value.find([' ', '\t']).unwrap_or(value.len());
        let (verb, text) = value.split_at_checked(end).unwrap_or((value, ""));
        let text = text.trim_start();
        match verb.to_ascii_uppercase().as_str() {
            "DUNNO" => Verdict::Dunno,
            "REJECT" => self.refuse_by(
                self.server.settings.access_map_reject_code,
                "5.7.1",
                text,
                "Access denied",
                entry,
            ),
            "DEFER" => self.refuse_by(
                self.server.settings.access_map_defer_code,
                "4.7.1",
                text,
                "Access denied",
                entry,
            ),
            "DEFER_IF_PERMIT" | "DEFER_IF_REJECT" => self.defer_by(verb, text, entry),
            "HANGUP" => {
                self.note("hangup", text);
                Verdict::HangUp
            }
            "INFO" => {
                self.note("info", text);
                Verdict::Dunno
            }
            "WARN" => {
                self.note("warn", text);
                Verdict::Dunno
            }
            "FILTER" | "HOLD" | "DISCARD" | "REDIRECT" | "BCC" => self.delegate(verb, text, entry),
            "PREPEND" => self.prepend(text, entry),
            "OK" | "RELAY" => {
                self.permit_by(verb, entry.class, entry.name, &format!(" from {}", entry.table))
            }
            _ if !value.is_empty() && value.bytes().all(|octet| octet.is_ascii_digit()) => {
                self.permit_by(verb, entry.class, entry.name, &format!(" from {}", entry.table))
            }
            _ => match reply_code(verb).filter(|_| !text.is_empty()) {
                Some(code) => {
                    let status = if code < 500 { "4.7.1" } else { "5.7.1" };
                    self.refuse_by(code, status, text, "Access denied", entry)
                }
                None => self.restrictions(value, entry).await,
            },
        }
    }

    fn refuse_by(&mut self, code: u16, status: &str, text: &str, default: &str, entry: Entry<'_>) -> Verdict {
        let (status, text) = split_status(status, text, default, entry.class);
        let text = format_args!("<{}>: {} rejected: {text}", entry.name, entry.class);
        self.refuse(Trouble::POLICY, code, &status.to_string(), text)
    }

    fn defer_by(&mut self, verb: &str, text: &str, entry: Entry<'_>) -> Verdict {
        let code = self.server.settings.access_map_defer_code;
        let (status, text) = split_status("4.7.1", text, "Service unavailable", entry.class);
        let status = status.to_string();
        let text = format_args!("<{}>: {} rejected: {text}", entry.name, entry.class);
        if verb.eq_ignore_ascii_case("DEFER_IF_PERMIT") {
            self.defer_if_permit(true, Trouble::POLICY, code, &status, text)
        } else {
            self.defer_if_reject(Trouble::POLICY, code, &status, text)
        }
    }

    /// Actions that cleanup carries out with the message.
    fn delegate(&mut self, verb: &str, text: &str, entry: Entry<'_>) -> Verdict {
        let verb = verb.to_ascii_uppercase();
        if !self.has_message(&verb, entry) {
            return Verdict::Dunno;
        }
        let (name, class) = (entry.name, entry.class);
        let or_default = |default: &str| {
            if text.is_empty() {
                default.to_owned()
            } else {
                text.to_owned()
            }
        };
        match verb.as_str() {
            "HOLD" if self.state.actions.hold => {}
            "HOLD" => {
                self.note(
                    "hold",
                    &format!("<{name}>: {class} {}", or_default("triggers HOLD action")),
                );
                self.state.actions.hold = true;
            }
            "DISCARD" => {
                self.note(
                    "discard",
                    &format!("<{name}>: {class} {}", or_default("triggers DISCARD action")),
                );
                self.state.actions.discard = true;
                return self.permit_by("DISCARD", class, name, &format!(" from {}", entry.table));
            }
            "FILTER" if !text.contains(':') => {
                let what = if text.is_empty() {
                    "has FILTER entry without value"
                } else {
                    "requires transport:destination"
                };
                self.bad_entry(entry, what);
            }
            "FILTER" => {
                self.note("filter", &format!("<{name}>: {class} triggers FILTER {text}"));
                self.state.actions.filter = Some(text.to_owned());
            }
            _ if !text.contains('@') => self.bad_entry(entry, "requires user@domain target"),
            "REDIRECT" => {
                self.note("redirect", &format!("<{name}>: {class} triggers REDIRECT {text}"));
                self.state.actions.redirect = Some(text.to_owned());
            }
            _ => {
                self.note("bcc", &format!("<{name}>: {class} triggers BCC {text}"));
                if self.state.actions.bcc.len() < ACTION_LIMIT {
                    self.state.actions.bcc.push(text.to_owned());
                }
            }
        }
        Verdict::Dunno
    }

    fn prepend(&mut self, text: &str, entry: Entry<'_>) -> Verdict {
        if !self.is_late_enough("PREPEND", entry) {
        } else if self.state.place == Place::EndOfMessage {
            let text = format!(
                "access table {}: action PREPEND must be used before smtpd_end_of_data_restrictions",
                entry.table
            );
            log::restriction_trouble(&text);
        } else if !is_header(text) {
            self.bad_entry(entry, "requires header: text");
        } else if self.state.actions.prepend.len() < ACTION_LIMIT {
            self.state.actions.prepend.push(text.to_owned());
        }
        Verdict::Dunno
    }

    /// Whether there is, or will be, a message that an action can be done to.
    fn has_message(&self, verb: &str, entry: Entry<'_>) -> bool {
        if self.state.place.is(Verb::Etrn) {
            let table = entry.table;
            log::restriction_trouble(&format!(
                "access table {table}: action {verb} is unavailable in smtpd_etrn_restrictions"
            ));
            return false;
        }
        if self.server.before_queue.is_some() {
            let table = entry.table;
            log::restriction_trouble(&format!(
                "access table {table}: with smtpd_proxy_filter specified, action {verb} is unavailable"
            ));
            return false;
        }
        self.is_late_enough(verb, entry)
    }

    /// What is done before MAIL FROM takes effect outside of any message; an action on one would hit a later message.
    fn is_late_enough(&self, verb: &str, entry: Entry<'_>) -> bool {
        if self.state.sender.is_some() {
            return true;
        }
        let table = entry.table;
        log::restriction_trouble(&format!(
            "access table {table}: with smtpd_delay_reject=no, action {verb} is always skipped in Client host or Helo \
             command restrictions"
        ));
        false
    }

    fn bad_entry(&self, entry: Entry<'_>, what: &str) {
        log::restriction_trouble(&format!(
            "access table {} entry \"{}\" {what}",
            entry.table, entry.key
        ));
    }

    /// An entry may name restrictions, which are then judged in its place.
    async fn restrictions(&mut self, value: &str, entry: Entry<'_>) -> Verdict {
        let table = entry.table;
        if value.contains(':') {
            log::restriction_trouble(&format!(
                "access table {table} has entry with lookup table: {value}"
            ));
            log::restriction_trouble("do not specify lookup tables inside SMTPD access maps");
            log::restriction_trouble("define a restriction class and specify its name instead.");
            return self.configuration_error();
        }
        if self.is_too_deep() {
            log::restriction_trouble(&format!(
                "access table {table} entry {value} causes unreasonable recursion"
            ));
            return self.configuration_error();
        }
        let list = List::parse(value, &mut NoOpener);
        if list.is_empty() {
            log::restriction_trouble(&format!("access table {table} entry {value} has empty value"));
            return Verdict::Permit;
        }
        self.run(
            &list,
            Subject {
                name: entry.name,
                class: entry.class,
                bare: entry.bare,
            },
        )
        .await
    }

    /// What only the owner of a name can say must not permit anything.
    pub(super) fn forbid_permit(&mut self, verdict: Verdict, restriction: &str, name: &str) -> Verdict {
        // What is dropped is let in nowhere.
        if verdict != Verdict::Permit || self.state.actions.discard {
            return verdict;
        }
        log::restriction_trouble(&format!("restriction {restriction} returns OK for {name}"));
        log::restriction_trouble("this is not allowed for security reasons");
        log::restriction_trouble("use DUNNO instead of OK if you want to make an exception");
        self.configuration_error()
    }
}

/// Actions of one kind that one message may gather.
const ACTION_LIMIT: usize = 1000;

/// An address, and then the networks around it, at each dot or colon.
pub(super) async fn find_address(maps: &Maps, address: &str) -> Search {
    let separator = if address.contains(':') { ':' } else { '.' };
    let mut part = address;
    let mut whole = true;
    loop {
        let found = if whole {
            maps.get(part).await?
        } else {
            maps.get_part(part).await?
        };
        if found.is_some() {
            return Ok(found);
        }
        whole = false;
        match part.rsplit_once(separator) {
            Some((network, _)) => part = network,
            None => return Ok(None),
        }
    }
}

/// The status at the start of an action's text, made fit for what is judged, and the text.
fn split_status<'t>(
    default: &str,
    text: &'t str,
    default_text: &'t str,
    class: Class,
) -> (EnhancedStatus, &'t str) {
    let default = EnhancedStatus::parse(default).unwrap_or(EnhancedStatus::new(4, 7, 1));
    let (status, text) = EnhancedStatus::split(default, text);
    let fixed = fix_status(status, class);
    if fixed != status {
        log::status_mapped(&status.to_string(), &class.to_string(), &fixed.to_string());
    }
    (fixed, if text.is_empty() { default_text } else { text })
}

/// A status about an address (X.1.Y), made to speak of the sender, of the recipient, or of no address at all.
pub(super) fn fix_status(status: EnhancedStatus, class: Class) -> EnhancedStatus {
    if status.subject != 1 {
        return status;
    }
    let detail = match (class, status.detail) {
        (Class::Sender, 1 | 3 | 4 | 6 | 7) => 7,
        (Class::Sender, 2 | 8) => 8,
        (Class::Sender, _) => 0,
        (Class::Recipient, 7) => 3,
        (Class::Recipient, 8) => 2,
        (Class::Recipient, detail @ 0..=6) => detail,
        (Class::Recipient, _) => 0,
        _ => {
            return EnhancedStatus {
                subject: 0,
                detail: 0,
                ..status
            };
        }
    };
    EnhancedStatus { detail, ..status }
}

/// A verb that is three digits beginning with 4 or 5.
fn reply_code(verb: &str) -> Option<u16> {
    let digits = verb.len() == 3 && verb.bytes().all(|octet| octet.is_ascii_digit());
    verb.parse()
        .ok()
        .filter(|code| digits && (400..600).contains(code))
}

/// Whether a text begins with a header field's name and a colon (RFC 5322 §2.2).
pub(crate) fn is_header(text: &str) -> bool {
    let Some((name, _)) = text.split_once(':') else {
        return false;
    };
    let name = name.trim_end_matches([' ', '\t']);
    !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_made_to_fit_what_is_judged() {
        let fixed = |text: &str, class| fix_status(text.parse().unwrap(), class).to_string();
        assert_eq!(fixed("5.1.1", Class::Sender), "5.1.7");
        assert_eq!(fixed("5.1.2", Class::Sender), "5.1.8");
        assert_eq!(fixed("5.1.7", Class::Recipient), "5.1.3");
        assert_eq!(fixed("4.1.1", Class::Client), "4.0.0");
        assert_eq!(fixed("5.7.1", Class::Client), "5.7.1");
        assert_eq!(fixed("5.1.1", Class::Recipient), "5.1.1");
    }

    #[test]
    fn only_three_digits_are_a_reply_code() {
        assert_eq!(reply_code("554"), Some(554));
        for verb in ["250", "5544", "55", "5x4", "+54"] {
            assert_eq!(reply_code(verb), None, "{verb}");
        }
    }

    #[test]
    fn a_header_has_a_name() {
        assert!(is_header("X-Y: z") && is_header("X : z"));
        assert!(!is_header(": z") && !is_header("x y: z") && !is_header("z"));
    }
}

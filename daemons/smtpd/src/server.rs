//! What all sessions of this process share: settings, tables, restriction lists, and whom to ask.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet, VecDeque};
use std::net::IpAddr;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use config::expand;
use contract::explain_smtp::Event;
use contract::rewrite::{Resolve, Resolved, flag};
use dns::{Answer, Resolver};
use esmtp::content::BareNewline;
use esmtp::extension::Keywords;
use ipc::Port;
use lookup::{AddressRules, LookupError, Maps, MatchList};
use mail::AddressForm;
use message::date::Clockface;
use routes::{Routes, Span};

use crate::anvil::Anvil;
use crate::before_queue::Filter;
use crate::former::FormerDefaults;
use crate::log;
use crate::probe_sender::ProbeSender;
use crate::restriction::Lists;
use crate::restriction::dns_list::Cache;
use crate::restriction::grammar::List;
use crate::settings::Settings;
use crate::state::{Client, State, Trouble};
use crate::trace::Trace;

/// Bits of the address classes for which we are the end of the road.
pub(crate) const FINAL: u32 = flag::LOCAL | flag::ALIAS | flag::MAILBOX;

/// The tables that say which addresses exist, and the like.
pub(crate) struct AddressTables {
    pub(crate) canonical: Maps,
    pub(crate) recipient_canonical: Maps,
    pub(crate) sender_canonical: Maps,
    pub(crate) virtual_alias: Maps,
    pub(crate) virtual_mailbox: Maps,
    pub(crate) relay_recipient: Maps,
    pub(crate) local_recipient: Maps,
    pub(crate) sender_login: Maps,
    pub(crate) rbl_reply: Maps,
    pub(crate) discard_keywords: Maps,
    pub(crate) command_filter: Maps,
    pub(crate) reject_footer: Maps,
    pub(crate) reject_filter: Maps,
}

/// Lists of clients and words.
pub(crate) struct MatchLists {
    pub(crate) mynetworks: MatchList,
    pub(crate) xclient: MatchList,
    pub(crate) xforward: MatchList,
    pub(crate) verp: MatchList,
    pub(crate) exceptions: MatchList,
    pub(crate) bare_newline_exclusions: MatchList,
    pub(crate) noop_commands: MatchList,
    pub(crate) forbidden_commands: MatchList,
    pub(crate) mx_backup: MatchList,
    pub(crate) permit_actions: MatchList,
}

/// Whether a DNS trouble lets the next restriction decide first (`..._tempfail_action`).
pub(crate) struct Tempfail {
    pub(crate) address: bool,
    pub(crate) helo: bool,
    pub(crate) unverified_sender: bool,
    pub(crate) unverified_recipient: bool,
}

/// `receive_override_options`.
#[derive(Clone, Copy, Default)]
pub(crate) struct Overrides {
    pub(crate) no_unknown_recipient_checks: bool,
    pub(crate) no_address_mappings: bool,
    pub(crate) no_header_body_checks: bool,
    pub(crate) no_milters: bool,
}

/// One item of `local_header_rewrite_clients`.
pub(crate) enum RewriteClient {
    InetInterfaces,
    Mynetworks,
    SaslAuthenticated,
    /// Without TLS in the session, nobody.
    TlsClientcerts,
    Table(Maps),
    Invalid(String),
}

/// What all sessions share.
pub(crate) struct Server {
    pub(crate) settings: Settings,
    pub(crate) service: String,
    /// The id of this process.
    pub(crate) process: u32,
    pub(crate) lists: Lists,
    pub(crate) tables: AddressTables,
    pub(crate) matches: MatchLists,
    pub(crate) rules: AddressRules,
    pub(crate) rewrite_clients: Vec<RewriteClient>,
    pub(crate) tempfail: Tempfail,
    pub(crate) overrides: Overrides,
    pub(crate) former: FormerDefaults,
    pub(crate) bare_newline: BareNewline,
    pub(crate) before_queue: Option<Filter>,
    /// Whether a proxy's header comes before each session.
    pub(crate) behind_proxy: bool,
    pub(crate) discard_keywords: Keywords,
    pub(crate) notify: Trouble,
    pub(crate) address_form: AddressForm,
    pub(crate) access_parents: bool,
    pub(crate) own_addresses: Vec<IpAddr>,
    pub(crate) interface_addresses: Vec<IpAddr>,
    pub(crate) protocols: config::host::Protocols,
    pub(crate) resolver: Resolver,
    pub(crate) anvil: Option<Anvil>,
    pub(crate) routes: Routes,
    pub(crate) verify: Port,
    pub(crate) cleanup: Port,
    pub(crate) flush: Port,
    /// The command that takes the messages, when the server runs with a user's rights.
    pub(crate) postdrop: Option<PathBuf>,
    pub(crate) probe_sender: ProbeSender,
    pub(crate) expansion_filter: String,
    pub(crate) clockface: RefCell<Clockface>,
    pub(crate) memory: Rc<Memory>,
    /// Where a dry run is recorded.
    pub(crate) trace: Option<Rc<Trace>>,
}

/// What the process remembers from one session to the next.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) dns_lists: RefCell<Cache>,
    space: Cell<Option<(Instant, Option<u64>)>>,
    pub(crate) warned_mx_backup: Cell<bool>,
    /// Messages begun so far.
    pub(crate) sequence: Cell<u32>,
    /// Restriction lists by their text, with the settings of policy servers.
    pub(crate) lists: RefCell<HashMap<String, List>>,
    /// Warnings about the configuration that were given.
    warned: RefCell<HashSet<String>>,
}

impl Memory {
    /// Warns of something in the configuration: once, however often it is met.
    pub(crate) fn warn_once(&self, text: &str) {
        if self.warned.borrow_mut().insert(text.to_owned()) {
            log::restriction_trouble(text);
        }
    }
}

/// Routes kept, and for how long: every stage of a transaction asks for the same two addresses.
pub(crate) const ROUTES_KEPT: Span = Span {
    count: 5000,
    time: Duration::from_secs(60),
};
/// How long a measurement of the free space is good for.
const SPACE_KEPT_FOR: Duration = Duration::from_secs(1);

impl Server {
    /// Whether nobody else can be asked, and a local user is the client.
    pub(crate) fn stands_alone(&self) -> bool {
        self.postdrop.is_some()
    }

    /// Whether refusals may be dressed by tables or a footer.
    pub(crate) fn has_reply_tables(&self) -> bool {
        !self.settings.reject_footer.is_empty()
            || !self.tables.reject_footer.is_empty()
            || !self.tables.reject_filter.is_empty()
    }

    /// Records what happens, in a dry run. Otherwise the event is not even made.
    pub(crate) fn tell(&self, event: impl FnOnce() -> Event) {
        if let Some(trace) = &self.trace {
            trace.record(event());
        }
    }

    /// Where mail for an address goes; `None` when nobody could tell, which was logged. The addresses `ahead` will be
    /// resolved next, from the same sender.
    pub(crate) async fn resolve(
        &self,
        sender: &str,
        address: &str,
        ahead: &VecDeque<String>,
    ) -> Option<Rc<Resolved>> {
        let resolved = self.find_route(sender, address, ahead).await;
        if let Some(trace) = &self.trace {
            trace.route(sender, address, resolved.as_deref());
        }
        resolved
    }

    async fn find_route(
        &self,
        sender: &str,
        address: &str,
        ahead: &VecDeque<String>,
    ) -> Option<Rc<Resolved>> {
        let question = Resolve {
            sender: sender.to_owned(),
            address: address.to_owned(),
            probe: false,
            as_given: true,
        };
        if !ahead.is_empty() && !self.routes.knows(&question) {
            let all: Vec<&str> = std::iter::once(address)
                .chain(ahead.iter().map(String::as_str))
                .collect();
            self.routes.foresee(&question, &all).await;
        }
        match self.routes.resolve(&question).await {
            Ok(resolved) => (resolved.flags & flag::FAIL == 0).then_some(resolved),
            Err(error) => {
                log::service_unreachable(&error);
                None
            }
        }
    }

    /// Whether the address is of a form that mail can go to. Only odd ones need a question.
    pub(crate) async fn is_deliverable_form(&self, sender: &str, address: &str, smtputf8: bool) -> bool {
        let (local, domain) = mail::address::split_at_domain(address);
        if address.is_empty() || self.stands_alone() {
            return true;
        }
        // `-` in front is for the resolver to judge, by allow_min_user.
        let plain =
            mail::quote::is_dot_string(local) && !local.contains(['!', '%']) && !local.starts_with('-');
        if plain && domain.is_none_or(|domain| domain.is_ascii() && mail::domain::is_valid(domain)) {
            return true;
        }
        match self.resolve(sender, address, &VecDeque::new()).await {
            Some(resolved) if resolved.flags & flag::ERROR != 0 => false,
            Some(resolved) => {
                smtputf8 || mail::address::domain(&resolved.recipient).is_none_or(str::is_ascii)
            }
            // A later question will say so again, where it can be answered.
            None => true,
        }
    }

    /// Local addresses that exist without being in any table.
    pub(crate) fn is_special_local(&self, address: &str) -> bool {
        let local = mail::address::local_part(address);
        let special = [
            self.settings.double_bounce_sender.as_str(),
            "postmaster",
            "MAILER-DAEMON",
        ];
        special.iter().any(|name| name.eq_ignore_ascii_case(local))
    }

    /// Our own probes' sender, when this is it.
    pub(crate) fn own_probe_sender(&self, address: &str) -> Option<String> {
        if self.stands_alone() {
            return None;
        }
        let seconds = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |time| time.as_secs());
        self.probe_sender.matches(address, seconds)
    }

    pub(crate) fn logs_permit(&self, action: &str) -> bool {
        // No table, so nothing to wait for, is the usual case by far.
        !self.matches.permit_actions.is_empty() && at_once(self.matches.permit_actions.contains_text(action))
    }

    pub(crate) async fn in_mynetworks(&self, client: &Client) -> Result<bool, LookupError> {
        self.matches
            .mynetworks
            .contains_client(&client.name, &client.address)
            .await
    }

    pub(crate) async fn in_mx_backup_networks(&self, name: &str, address: &str) -> Result<bool, LookupError> {
        self.matches.mx_backup.contains_client(name, address).await
    }

    pub(crate) fn lists_mx_backup_is_empty(&self) -> bool {
        self.matches.mx_backup.is_empty()
    }

    /// Whether the client connects from an address of this host.
    pub(crate) fn is_own_client(&self, state: &State) -> bool {
        state
            .client
            .ip
            .is_some_and(|ip| self.interface_addresses.contains(&ip))
    }

    /// Addresses of a host, of the families in use.
    pub(crate) async fn addresses(&self, host: &str) -> Answer<IpAddr> {
        self.resolver
            .native_addresses(host, self.protocols.ipv4, self.protocols.ipv6)
            .await
    }

    /// Octets that may still be written in the queue; `None` when the system could not tell.
    pub(crate) fn free_space(&self) -> Option<u64> {
        if let Some((since, space)) = self.memory.space.get()
            && stream::now().duration_since(since) < SPACE_KEPT_FOR
        {
            return space;
        }
        let space = match sys::disk::space(std::path::Path::new(".")) {
            Ok(space) => Some(space.free_octets),
            Err(error) => {
                log::space_unknown(&error);
                None
            }
        };
        self.memory.space.set(Some((stream::now(), space)));
        space
    }

    /// A moment as headers have it.
    pub(crate) fn date(&self, seconds: i64) -> String {
        self.clockface.borrow_mut().format(seconds).to_owned()
    }

    /// The value of a `$name` in a reply template; `None` when there is none.
    pub(crate) fn expansion(&self, state: &State, name: &str) -> Option<String> {
        let client = &state.client;
        let address_part = |address: &Option<String>, suffix: &str| {
            // No address at all is empty; the null sender is not.
            let Some(address) = address.as_deref() else {
                return ["", "_name", "_domain"].contains(&suffix).then(String::new);
            };
            match suffix {
                "" if address.is_empty() => Some("<>".to_owned()),
                "" => Some(address.to_owned()),
                "_name" if address.is_empty() => Some("<>".to_owned()),
                "_name" => Some(mail::address::local_part(address).to_owned()),
                "_domain" => Some(mail::address::domain(address).unwrap_or_default().to_owned()),
                _ => None,
            }
        };
        match name {
            "server_name" => Some(self.settings.myhostname.clone()),
            "client" => Some(client.shown.clone()),
            "client_port" => Some(client.port.clone()),
            "client_address" => Some(client.address.clone()),
            "client_name" => Some(client.name.clone()),
            "reverse_client_name" => Some(client.reverse_name.clone()),
            "helo_name" => Some(state.helo.clone().unwrap_or_default()),
            "localtime" => Some(self.local_time()),
            _ => match (name.strip_prefix("sender"), name.strip_prefix("recipient")) {
                (Some(suffix), _) => address_part(&state.sender, suffix),
                (_, Some(suffix)) => address_part(&state.recipient, suffix),
                _ => None,
            },
        }
    }

    fn local_time(&self) -> String {
        let seconds = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |time| time.as_secs());
        // `Sun, 22 Nov 2026 18:34:22 +0000 (UTC)` has all that is needed, in another order.
        let date = self.date(i64::try_from(seconds).unwrap_or(0));
        let words: Vec<&str> = date.split_ascii_whitespace().collect();
        match words.as_slice() {
            [_, day, month, _, time, ..] => format!("{month} {day:0>2} {time}"),
            _ => String::new(),
        }
    }

    /// Replaces `$names` in a reply template; whatever the filter does not allow becomes `_`.
    pub(crate) fn expand(
        &self,
        template: &str,
        names: &dyn Fn(&str) -> Option<String>,
    ) -> Result<String, expand::ExpandError> {
        let rules = expand::Rules {
            recursive: false,
            allowed: Some(&self.expansion_filter),
        };
        let expanded = expand::expand(template, &names, rules)?;
        Ok(expanded.text.into_owned())
    }
}

/// The answer of a future that waits for nobody; false for one that would.
fn at_once(work: impl Future<Output = Result<bool, LookupError>>) -> bool {
    let mut work = std::pin::pin!(work);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    matches!(work.as_mut().poll(&mut context), std::task::Poll::Ready(Ok(true)))
}

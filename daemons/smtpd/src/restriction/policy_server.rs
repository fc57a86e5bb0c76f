//! Policy servers: what they are asked, and what their answer does (SMTPD_POLICY_README).

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io;
use std::time::{Duration, Instant};

use config::{Configuration, catalogue, split};
use stream::{Stream, StreamError, now};

use super::access_table::Entry;
use super::judge::{Judge, Subject};
use super::verdict::Verdict;
use crate::log;
use crate::outside::Outside;
use crate::settings::Settings;
use crate::state::Place;
use esmtp::command::Verb;

/// One policy server with its limits.
pub(crate) struct PolicyServer {
    /// As written, in place of a table's name.
    name: String,
    /// The same without the transport, for log lines.
    shown: String,
    place: Outside,
    timeout: Duration,
    max_idle: Duration,
    max_ttl: Duration,
    request_limit: u32,
    try_limit: u32,
    retry_delay: Duration,
    default_action: String,
    context: String,
    /// Connections that wait for the next question.
    idle: RefCell<Vec<Kept>>,
}

struct Kept {
    stream: Stream,
    opened: Instant,
    used: Instant,
    requests: u32,
}

/// Octets one answer may have.
const ANSWER_LIMIT: usize = 100_000;
/// What a server that nobody can ask answers, when the default action fails in turn.
const LAST_RESORT: &str = "451 4.3.5 Server configuration problem";

/// How times of a server are written.
const SECONDS: config::Time = config::Time(
    config::Bounds {
        least: 1,
        most: i64::MAX,
    },
    config::Unit::Seconds,
);

/// Why a policy server gave no action.
#[derive(Debug)]
enum PolicyError {
    /// It is not there.
    Unreachable(io::Error),
    /// It went away before it answered. A server that had nothing to do for long may do so, and is asked again.
    Gone,
    /// It went away within its answer.
    CutShort,
    TimedOut,
    /// It answered, without an action. Asking again would not help.
    NoAction,
    /// It never ends to answer.
    TooMuch,
}

impl PolicyError {
    /// Logs it, as the last one or as one after which the server is asked again.
    fn log(&self, server: &str, is_last: bool) {
        let absent;
        let trouble = match self {
            Self::Unreachable(error) => {
                absent = sys::fault::text(error);
                log::policy_unreachable(server, &absent);
                &absent
            }
            Self::TimedOut => {
                log::policy_timeout(server);
                "Connection timed out"
            }
            Self::CutShort => {
                log::policy_cut_short(server);
                NO_ANSWER
            }
            Self::NoAction => {
                log::policy_no_action(server);
                NO_ANSWER
            }
            Self::TooMuch => {
                log::policy_too_much(server, ANSWER_LIMIT);
                NO_ANSWER
            }
            Self::Gone => NO_ANSWER,
        };
        // A server that went away, or is started anew, is no trouble before it stays away.
        let may_come_back =
            matches!(self, Self::Unreachable(error) if error.kind() == io::ErrorKind::NotFound);
        if is_last || (trouble != NO_ANSWER && !may_come_back) {
            log::policy_trouble(server, trouble);
        }
    }
}

/// What is wrong with a server that is there and does not answer.
const NO_ANSWER: &str = "Application error";

impl PolicyServer {
    /// Reads `transport:endpoint`, or `{ transport:endpoint, name=value, ... }`.
    pub(crate) fn parse(
        text: &str,
        settings: &Settings,
        configuration: &Configuration,
    ) -> Result<Self, String> {
        let inside = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let mut words = split::list(inside.unwrap_or(text));
        let name = words.next().unwrap_or_default();
        let place = match name.split_once(':') {
            Some(("inet" | "unix", _)) => Outside::parse(name, configuration)?,
            _ => return Err(format!("bad policy server endpoint: \"{name}\"")),
        };
        let mut server = Self {
            name: name.to_owned(),
            shown: name.split_once(':').map_or(name, |(_, rest)| rest).to_owned(),
            place,
            timeout: settings.policy_timeout,
            max_idle: settings.policy_max_idle,
            max_ttl: settings.policy_max_ttl,
            request_limit: settings.policy_request_limit,
            try_limit: settings.policy_try_limit.max(1),
            retry_delay: settings.policy_retry_delay,
            default_action: settings.policy_default_action.clone(),
            context: settings.policy_context.clone(),
            idle: RefCell::new(Vec::new()),
        };
        // `name = value` may be in braces of its own, with blanks around the equals sign.
        for word in words {
            server.set(word)?;
        }
        Ok(server)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn set(&mut self, word: &str) -> Result<(), String> {
        let inside = word
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
            .unwrap_or(word);
        let bad = || format!("bad policy server attribute: \"{word}\"");
        let (name, value) = inside.split_once('=').ok_or_else(bad)?;
        let (name, value) = (name.trim(), value.trim());
        let time =
            || <Duration as config::Setting<config::Time>>::from_text(&SECONDS, value).map_err(|_| bad());
        let number = || value.parse().map_err(|_| bad());
        match name {
            "timeout" => self.timeout = time()?,
            _ if name == catalogue::MAX_IDLE.name() => self.max_idle = time()?,
            "max_ttl" => self.max_ttl = time()?,
            "retry_delay" => self.retry_delay = time()?,
            "request_limit" => self.request_limit = number()?,
            "try_limit" => self.try_limit = number()?,
            "default_action" => self.default_action = value.to_owned(),
            "policy_context" => self.context = value.to_owned(),
            _ => return Err(bad()),
        }
        Ok(())
    }

    /// Asks, with as many tries as allowed. `None` when there is no answer.
    async fn ask(&self, request: &[u8]) -> Option<String> {
        for attempt in 1..=self.try_limit {
            match self.try_once(request).await {
                Ok(action) => return Some(action),
                Err(error) => {
                    let is_last = attempt == self.try_limit || matches!(error, PolicyError::NoAction);
                    error.log(&self.shown, is_last);
                    self.idle.borrow_mut().clear();
                    if is_last {
                        return None;
                    }
                    stream::pause(self.retry_delay).await;
                }
            }
        }
        None
    }

    async fn try_once(&self, request: &[u8]) -> Result<String, PolicyError> {
        let mut kept = match self.kept().await {
            Some(kept) => kept,
            None => {
                let opened = now();
                Kept {
                    stream: self.connect().await?,
                    opened,
                    used: opened,
                    requests: 0,
                }
            }
        };
        kept.stream.put(request);
        let lost = |error, octets| match error {
            StreamError::TimedOut => PolicyError::TimedOut,
            StreamError::LineTooLong => PolicyError::TooMuch,
            _ if octets == 0 => PolicyError::Gone,
            _ => PolicyError::CutShort,
        };
        let flushed = kept.stream.flush(self.timeout).await;
        flushed.map_err(|error| lost(error, 0))?;
        let mut action = None;
        let mut octets = 0;
        // The time is for the whole answer: a server that drips it must not hold up a session for ever.
        let until = now() + self.timeout;
        loop {
            let left = until.saturating_duration_since(now());
            let line = kept.stream.line(ANSWER_LIMIT, left).await;
            let line = line.map_err(|error| lost(error, octets))?;
            octets += line.len() + 1;
            if octets > ANSWER_LIMIT {
                return Err(PolicyError::TooMuch);
            }
            if line.is_empty() {
                break;
            }
            let line = String::from_utf8_lossy(&line);
            if let Some(value) = line.strip_prefix("action=") {
                action = Some(value.to_owned());
            }
        }
        kept.requests += 1;
        kept.used = now();
        let worn = self.request_limit > 0 && kept.requests >= self.request_limit;
        if !worn && kept.stream.buffered().is_empty() {
            self.idle.borrow_mut().push(kept);
        }
        action
            .filter(|action| !action.is_empty())
            .ok_or(PolicyError::NoAction)
    }

    async fn kept(&self) -> Option<Kept> {
        loop {
            let mut kept = self.idle.borrow_mut().pop()?;
            let now = now();
            let fresh = now.duration_since(kept.used) < self.max_idle
                && now.duration_since(kept.opened) < self.max_ttl;
            if fresh && !kept.stream.has_stirred().await {
                return Some(kept);
            }
        }
    }

    async fn connect(&self) -> Result<Stream, PolicyError> {
        let connected = self.place.connect(self.timeout).await;
        connected.map_err(PolicyError::Unreachable)
    }
}

impl Judge<'_> {
    pub(super) async fn ask_policy(&mut self, policy: &PolicyServer, subject: Subject<'_>) -> Verdict {
        if let Some(trace) = self.server.trace.as_ref().filter(|trace| !trace.asks_policy()) {
            trace.assume(format!(
                "the policy server {} was not asked; taken as DUNNO",
                policy.name
            ));
            return Verdict::Dunno;
        }
        let request = self.policy_request(policy);
        let answer = policy.ask(request.as_bytes()).await;
        let entry = Entry {
            table: &policy.name,
            key: "policy query",
            name: subject.name,
            class: subject.class,
            bare: subject.bare,
        };
        let Some(action) = answer else {
            let nested = std::mem::replace(&mut self.in_policy_default, true);
            let action = if nested {
                LAST_RESORT
            } else {
                &policy.default_action
            };
            let verdict = Box::pin(self.apply(action, entry)).await;
            self.in_policy_default = nested;
            return verdict;
        };
        Box::pin(self.apply(&action, entry)).await
    }

    /// The attributes of a request, always all of them and in this order.
    fn policy_request(&self, policy: &PolicyServer) -> String {
        let state = &*self.state;
        let client = &state.client;
        let settings = &self.server.settings;
        let counted = matches!(
            state.place,
            Place::EndOfMessage | Place::Command(Verb::Data | Verb::Bdat)
        );
        let count = if counted { state.recipients } else { 0 };
        let size = if state.actual_size > 0 {
            state.actual_size
        } else {
            state.declared_size
        };
        let (count, size) = (count.to_string(), size.to_string());
        let login = state.login.as_ref();
        let attributes = [
            ("request", "smtpd_access_policy"),
            ("protocol_state", state.place.policy_name()),
            ("protocol_name", state.protocol()),
            ("client_address", &client.address),
            ("client_name", &client.name),
            ("client_port", &client.port),
            ("reverse_client_name", &client.reverse_name),
            ("server_address", &client.server_address),
            ("server_port", &client.server_port),
            ("helo_name", state.helo.as_deref().unwrap_or_default()),
            ("sender", state.sender.as_deref().unwrap_or_default()),
            ("recipient", state.recipient.as_deref().unwrap_or_default()),
            ("recipient_count", &count),
            ("queue_id", state.queue_id.as_deref().unwrap_or_default()),
            ("instance", &state.instance),
            ("size", &size),
            ("etrn_domain", state.etrn.as_deref().unwrap_or_default()),
            ("stress", &self.server.settings.stress),
            ("sasl_method", login.map_or("", |login| &login.method)),
            ("sasl_username", login.map_or("", |login| &login.user)),
            ("sasl_sender", state.auth_sender.as_deref().unwrap_or_default()),
            ("ccert_subject", ""),
            ("ccert_issuer", ""),
            ("ccert_fingerprint", ""),
            ("ccert_pubkey_fingerprint", ""),
            ("encryption_protocol", ""),
            ("encryption_cipher", ""),
            ("encryption_keysize", "0"),
            ("tls_sni", ""),
            ("policy_context", &policy.context),
            (
                catalogue::COMPATIBILITY_LEVEL.name(),
                &settings.compatibility_level,
            ),
            (catalogue::MAIL_VERSION.name(), &settings.mail_version),
        ];
        let mut request = String::with_capacity(1024);
        for (name, value) in attributes {
            // A line break in a value would make an attribute of what follows it.
            let value: std::borrow::Cow<'_, str> = if value.contains(['\n', '\r']) {
                value.replace(['\n', '\r'], "?").into()
            } else {
                value.into()
            };
            let _ = writeln!(request, "{name}={value}");
        }
        request.push('\n');
        request
    }
}

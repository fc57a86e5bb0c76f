//! A configuration as a program sees it: `main.cf`, what `master.cf` overrides, what is known of the host
//! and of this process, and below all that the catalogue's defaults.
//!
//! It opens no file; `io/configuration` builds it. Follows postconf(5).

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use crate::catalogue;
use crate::error::{GrammarError, ParameterError};
use crate::expand::{self, ExpandError, Names, Rules};
use crate::family::Family;
use crate::host::{self, Host, NoHost};
use crate::level::Level;
use crate::main_cf::MainCf;
use crate::param::{Kind, Param};
use crate::setting::Setting;

/// All parameters of one program.
#[derive(Clone)]
pub struct Configuration {
    values: HashMap<String, Assigned>,
    /// What parameters get from earlier names of theirs, in place of their defaults.
    inherited: HashMap<&'static str, Assigned>,
    file: Rc<str>,
    host: Rc<dyn Host>,
    is_lmtp: bool,
    computed: Computed,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A line of `main.cf`.
    File(Rc<str>, usize),
    /// `-o name=value`, on the command line or in `master.cf`.
    Override,
    /// Set by the program at run time.
    Program,
    /// The default.
    Default,
}

#[derive(Clone, Debug)]
struct Assigned {
    value: String,
    origin: Origin,
}

/// Defaults that depend on the host, worked out when first asked for.
#[derive(Clone, Debug, Default)]
struct Computed {
    myhostname: Late,
    mydomain: Late,
    mynetworks: Late,
}

/// One of them.
#[derive(Clone, Debug, Default)]
struct Late {
    value: OnceCell<String>,
    /// It is being worked out. What asks for it meanwhile (`myhostname = x.$mydomain`) is part of the question.
    busy: Cell<bool>,
}

impl Late {
    fn get(&self, meanwhile: &'static str, work_out: impl FnOnce() -> String) -> &str {
        if let Some(value) = self.value.get() {
            return value;
        }
        if self.busy.replace(true) {
            return meanwhile;
        }
        let value = work_out();
        self.busy.set(false);
        self.value.get_or_init(|| value)
    }
}

impl Configuration {
    /// Builds a configuration from a `main.cf` and what is known of the host.
    pub fn new(main: MainCf, host: Rc<dyn Host>) -> Self {
        let file: Rc<str> = main.file.into();
        let values = main
            .assignments
            .into_iter()
            .map(|a| {
                (
                    a.name,
                    Assigned {
                        value: a.value,
                        origin: Origin::File(Rc::clone(&file), a.line),
                    },
                )
            })
            .collect();
        let mut configuration = Self {
            values,
            inherited: HashMap::new(),
            file,
            host,
            is_lmtp: false,
            computed: Computed::default(),
        };
        configuration.inherit();
        configuration
    }

    /// Reads the text of a `main.cf`, on a host that is called `localhost.localdomain` and has only loopback
    /// addresses: for tests.
    ///
    /// # Errors
    /// A line that breaks the grammar.
    pub fn parse(text: &str) -> Result<Self, GrammarError> {
        Ok(Self::new(MainCf::parse("main.cf", text)?, Rc::new(NoHost)))
    }

    /// Sets a value as `-o name=value` does: it replaces the one of `main.cf`.
    pub fn set_override(&mut self, name: &str, value: &str) {
        self.set(name, value, Origin::Override);
    }

    /// Sets what the program itself knows: `process_name`, `service_name`, `config_directory` and the like.
    pub fn set_fact(&mut self, name: &str, value: &str) {
        if name == PROCESS_NAME {
            self.is_lmtp = value == "lmtp";
        }
        self.set(name, value, Origin::Program);
    }

    fn set(&mut self, name: &str, value: &str, origin: Origin) {
        self.computed = Computed::default();
        self.values.insert(
            name.to_owned(),
            Assigned {
                value: value.to_owned(),
                origin,
            },
        );
        if catalogue::FORMER.iter().any(|former| former.name == name) {
            self.inherit();
        }
    }

    /// Lets earlier names give their values to the parameters of today.
    fn inherit(&mut self) {
        self.inherited.clear();
        for former in catalogue::FORMER {
            let Some(assigned) = self.values.get(former.name) else {
                continue;
            };
            let Some(value) = former.bequest(&assigned.value) else {
                continue;
            };
            for heir in former.heirs() {
                let origin = assigned.origin.clone();
                let value = value.to_owned();
                self.inherited.entry(heir).or_insert(Assigned { value, origin });
            }
        }
    }

    /// What is set, or comes from an earlier name.
    fn given(&self, name: &str) -> Option<&Assigned> {
        self.values.get(name).or_else(|| self.inherited.get(name))
    }

    /// Reads a parameter as a Rust type that suits its kind.
    ///
    /// # Errors
    /// Where the value was set, what is wrong with it and what would be right.
    pub fn get<T, K>(&self, param: Param<K>) -> Result<T, ParameterError>
    where
        K: Kind,
        T: Setting<K>,
    {
        match self.given(param.name()) {
            Some(assigned) => self.read(param.name(), &assigned.value, param.kind()),
            None => match self.default_of(param.name(), param.default()) {
                Cow::Borrowed(value) => self.read(param.name(), value, param.kind()),
                Cow::Owned(value) => self.read(param.name(), &value, param.kind()),
            },
        }
    }

    /// Reads `smtp`, or `lmtp` if that is this process's name.
    ///
    /// # Errors
    /// As for [`get`](Self::get).
    pub fn get_as<T, K>(&self, smtp: Param<K>, lmtp: Param<K>) -> Result<T, ParameterError>
    where
        K: Kind,
        T: Setting<K>,
    {
        self.get(if self.is_lmtp { lmtp } else { smtp })
    }

    /// Reads a parameter whose name begins with the name of a transport or service, and whose default is
    /// another parameter: `smtp_destination_concurrency_limit`.
    ///
    /// # Errors
    /// As for [`get`](Self::get).
    pub fn get_for<T, K>(&self, family: Family<K>, transport: &str) -> Result<T, ParameterError>
    where
        K: Kind + Copy,
        T: Setting<K>,
    {
        let name = family.name_for(transport);
        if let Some(assigned) = self.values.get(&name) {
            return self.read(&name, &assigned.value, family.kind());
        }
        match catalogue::find(&name) {
            Some(entry) => self.read(&name, entry.default, family.kind()),
            None => self.get(family.default()),
        }
    }

    /// The value of any name as written, or its default; `None` if nobody knows the name.
    pub fn raw(&self, name: &str) -> Option<Cow<'_, str>> {
        if let Some(assigned) = self.given(name) {
            return Some(Cow::Borrowed(&assigned.value));
        }
        catalogue::find(name).map(|entry| self.default_of(entry.name, entry.default))
    }

    /// The value of any name after expansion; `None` if nobody knows the name.
    ///
    /// # Errors
    /// An expression in the value that cannot be evaluated.
    pub fn expanded(&self, name: &str) -> Result<Option<String>, ParameterError> {
        let Some(value) = self.raw(name) else {
            return Ok(None);
        };
        if catalogue::find(name).is_some_and(|entry| entry.raw) {
            return Ok(Some(value.into_owned()));
        }
        self.expand(&value)
            .map(|text| Some(text.into_owned()))
            .map_err(|cause| self.bad_expression(name, &value, cause))
    }

    /// Expands the names in a text with this configuration's values.
    ///
    /// # Errors
    /// An expression that cannot be evaluated.
    pub fn expand<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, ExpandError> {
        expand::expand(text, self, Rules::MAIN_CF).map(|expanded| expanded.text)
    }

    /// Says whether a name was set in `main.cf`, by an override or by the program.
    pub fn is_set(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Whether a parameter is not set, and its default is that of an earlier release, because `compatibility_level` is
    /// low. So is a default that stands for another parameter of which this is true.
    pub fn has_former_default<K>(&self, param: Param<K>) -> bool {
        self.is_former(param.name(), param.default())
    }

    fn is_former(&self, name: &str, default: &str) -> bool {
        if self.given(name).is_some() {
            return false;
        }
        if let Some(other) = default.strip_prefix('$').and_then(catalogue::find) {
            return self.is_former(other.name, other.default);
        }
        let since = default
            .split_once("<level {")
            .and_then(|(_, rest)| rest.split_once('}'));
        let Some((since, _)) = since else {
            return false;
        };
        let level = self.expanded(catalogue::COMPATIBILITY_LEVEL.name());
        level.is_ok_and(|level| {
            level.is_some_and(|level| Level::compare(&level, since) == Some(Ordering::Less))
        })
    }

    /// Where the value of a name comes from.
    pub fn origin(&self, name: &str) -> Origin {
        self.given(name)
            .map_or(Origin::Default, |assigned| assigned.origin.clone())
    }

    /// The name of the `main.cf` file, for messages.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// What is known of the host.
    pub fn host(&self) -> &dyn Host {
        &*self.host
    }

    /// All values that are set, in no order.
    pub fn assigned(&self) -> impl Iterator<Item = (&str, &str, &Origin)> {
        self.values
            .iter()
            .map(|(name, assigned)| (name.as_str(), assigned.value.as_str(), &assigned.origin))
    }

    fn read<T, K>(&self, name: &str, value: &str, kind: &K) -> Result<T, ParameterError>
    where
        K: Kind,
        T: Setting<K>,
    {
        let text = if K::RAW {
            Cow::Borrowed(value)
        } else {
            self.expand(value)
                .map_err(|cause| self.bad_expression(name, value, cause))?
        };
        // Space at the ends can come from an expression; Postfix's own numbers do not mind it either.
        T::from_text(kind, text.trim_matches([' ', '\t'])).map_err(|wrong| ParameterError::Value {
            origin: self.origin(name),
            name: name.to_owned(),
            value: text.to_string(),
            wrong,
        })
    }

    fn bad_expression(&self, name: &str, value: &str, cause: ExpandError) -> ParameterError {
        ParameterError::Expansion {
            origin: self.origin(name),
            name: name.to_owned(),
            value: value.to_owned(),
            cause,
        }
    }

    fn default_of<'a>(&'a self, name: &str, default: &'a str) -> Cow<'a, str> {
        let computed = &self.computed;
        let value = match name {
            "myhostname" => computed.myhostname.get("", || host::myhostname(self)),
            "mydomain" => computed.mydomain.get(host::NO_DOMAIN, || host::mydomain(self)),
            "mynetworks" => computed.mynetworks.get("", || host::mynetworks(self)),
            _ => return Cow::Borrowed(default),
        };
        Cow::Borrowed(value)
    }
}

impl Names for Configuration {
    fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        self.raw(name)
    }
}

impl fmt::Debug for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Configuration")
            .field("file", &self.file)
            .field("values", &self.values)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file, line) => write!(f, "{file}, line {line}"),
            Self::Override => f.write_str("option -o"),
            Self::Program => f.write_str("run time"),
            Self::Default => f.write_str("default setting"),
        }
    }
}

const PROCESS_NAME: &str = "process_name";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::*;
    use std::time::Duration;

    #[test]
    fn an_override_beats_main_cf_and_main_cf_beats_the_default() {
        let mut configuration = Configuration::parse("smtpd_timeout = 5m\n").unwrap();
        assert_eq!(configuration.get(SMTPD_TIMEOUT), Ok(Duration::from_secs(300)));
        assert_eq!(configuration.get(SMTPD_HARD_ERROR_LIMIT), Ok(20));

        configuration.set_override("smtpd_timeout", "${stress?{7}:{8}}");
        configuration.set_override("stress", "yes");

        assert_eq!(configuration.get(SMTPD_TIMEOUT), Ok(Duration::from_secs(7)));
        assert_eq!(configuration.get(SMTPD_HARD_ERROR_LIMIT), Ok(1));
    }

    #[test]
    fn an_error_says_where_what_and_what_would_be_right() {
        let configuration = Configuration::parse("\nsmtpd_timeout = soon\nmyhostname = $myorigin\n").unwrap();

        let error = configuration.get::<Duration, _>(SMTPD_TIMEOUT).unwrap_err();
        assert_eq!(
            error.to_string(),
            "main.cf, line 2: parameter smtpd_timeout: bad time value or unit: soon; \
             specify a whole number with an optional unit: s, m, h, d or w"
        );
        let error = configuration.get::<String, _>(MYORIGIN).unwrap_err();
        assert!(
            error.to_string().contains("unreasonable macro call nesting"),
            "{error}"
        );
    }

    #[test]
    fn a_raw_parameter_keeps_its_dollars() {
        let configuration = Configuration::parse("").unwrap();
        let value: String = configuration.get(FORWARD_PATH).unwrap();
        assert_eq!(
            value,
            "$home/.forward${recipient_delimiter}${extension}, $home/.forward"
        );
    }

    #[test]
    fn a_transport_has_its_own_value_or_the_default_of_all() {
        use crate::family::*;
        let configuration = Configuration::parse(
            "slow_destination_concurrency_limit = 1\ndefault_destination_concurrency_limit = 9\n",
        )
        .unwrap();

        assert_eq!(
            configuration.get_for(DESTINATION_CONCURRENCY_LIMIT, "slow"),
            Ok(1)
        );
        assert_eq!(
            configuration.get_for(DESTINATION_CONCURRENCY_LIMIT, "smtp"),
            Ok(9)
        );
        assert_eq!(
            configuration.get_for(DESTINATION_CONCURRENCY_LIMIT, "local"),
            Ok(2)
        );
    }

    #[test]
    fn a_default_of_an_earlier_release_is_known_as_such_until_it_is_set_or_the_level_is_raised() {
        let former = |text: &str| {
            let configuration = Configuration::parse(text).unwrap();
            [
                configuration.has_former_default(APPEND_DOT_MYDOMAIN),
                configuration.has_former_default(RELAY_DOMAINS),
                configuration.has_former_default(FAST_FLUSH_DOMAINS),
                configuration.has_former_default(SMTPD_TIMEOUT),
            ]
        };

        assert_eq!(former(""), [true, true, true, false]);
        assert_eq!(former("compatibility_level = 1\n"), [false, true, true, false]);
        assert_eq!(former("compatibility_level = 2\n"), [false; 4]);
        assert_eq!(
            former("relay_domains = $mydestination\n"),
            [true, false, false, false]
        );
        assert_eq!(
            former("fast_flush_domains = $relay_domains\n"),
            [true, true, false, false]
        );
    }

    #[test]
    fn an_earlier_name_gives_the_value_unless_the_modern_one_is_set() {
        let old = Configuration::parse("recipient_feature_delimiter = -\nsmtp_break_lines = no\n").unwrap();
        let both =
            Configuration::parse("recipient_feature_delimiter = -\nrecipient_delimiter = +\n").unwrap();

        assert_eq!(old.get(RECIPIENT_DELIMITER), Ok("-".to_owned()));
        assert_eq!(old.get(SMTP_LINE_LENGTH_LIMIT), Ok(0));
        assert_eq!(
            old.origin("recipient_delimiter"),
            Origin::File("main.cf".into(), 1)
        );
        assert_eq!(both.get(RECIPIENT_DELIMITER), Ok("+".to_owned()));
    }
}

//! What each driver has to do with servers: how they are named in `hosts`, and the pool of connections it lends its tables.

use std::rc::Rc;
use std::time::Duration;

use lookup::{OpenError, Opening, Table};

use crate::Settings;
use crate::asked::{Asked, Backend, Rules};
use crate::pool::{Host, Pool, Servers};
use crate::source::Source;

/// The part that all drivers have in common: the settings, and the connections to all servers of one kind.
pub(crate) struct Lender<C> {
    settings: Rc<Settings>,
    servers: Rc<Servers<C>>,
}

/// A driver whose idle connections are looked after.
pub(crate) trait Lends {
    /// What closes connections that nobody has used for long.
    fn sweep(&self) -> Box<dyn Fn()>;
}

impl<C: 'static> Lender<C> {
    /// For servers of the table type `kind`.
    pub(crate) fn new(kind: &'static str, settings: &Rc<Settings>) -> Self {
        let servers = Servers::new(kind, settings.connection_limit);
        Self {
            settings: Rc::clone(settings),
            servers: Rc::new(servers),
        }
    }

    /// The settings of a table.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub(crate) fn source(&self, opening: &Opening<'_>) -> Result<Source, OpenError> {
        Source::open(opening, &self.settings.parameters)
    }

    /// How long a step of a question may take.
    pub(crate) fn wait(&self) -> Duration {
        self.settings.time_limit
    }

    /// The servers of a table, with times that the type fixes.
    pub(crate) fn pool(
        &self,
        hosts: Vec<Host<C>>,
        retry: Duration,
        idle: Duration,
        wait: Duration,
    ) -> Pool<C> {
        self.servers.pool(hosts, retry, idle, wait)
    }

    /// The servers of a table, with the times that its settings `retry_interval` and `idle_interval` say.
    ///
    /// # Errors
    /// These are no times.
    #[cfg(any(feature = "mysql", feature = "pgsql", feature = "redis"))]
    pub(crate) fn timed_pool(&self, source: &Source, hosts: Vec<Host<C>>) -> Result<Pool<C>, OpenError> {
        let retry = source.seconds("retry_interval", 60)?;
        let idle = source.seconds("idle_interval", 60)?;
        Ok(self.pool(hosts, retry, idle, self.wait()))
    }

    /// A table of these parts.
    pub(crate) fn table(
        &self,
        source: &Source,
        rules: Rules,
        backend: impl Backend + 'static,
    ) -> Rc<dyn Table> {
        Asked::table(source, rules, Box::new(backend), self.settings.remember)
    }
}

impl<C: 'static> Lends for Lender<C> {
    fn sweep(&self) -> Box<dyn Fn()> {
        let servers = Rc::clone(&self.servers);
        Box::new(move || servers.sweep())
    }
}

/// One server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A socket file, or a folder of them.
    Unix(String),
    /// A host, and a port when one is given.
    Inet(String, Option<u16>),
}

impl Place {
    /// Reads `unix:/path`, `inet:host:port`, `host:port` or `host`; `None` when the port is no number.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some(path) = text.strip_prefix("unix:") {
            return Some(Self::Unix(path.to_owned()));
        }
        let text = text.strip_prefix("inet:").unwrap_or(text);
        if text.starts_with('/') {
            return Some(Self::Unix(text.to_owned()));
        }
        let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, rest)) => (host, rest.strip_prefix(':')),
            // More than one colon: an address of IPv6 without brackets.
            None if text.matches(':').count() > 1 => (text, None),
            None => match text.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            },
        };
        let port = port.map(|port| port.parse().ok());
        match port {
            Some(None) => None,
            Some(port) => Some(Self::Inet(host.to_owned(), port)),
            None => Some(Self::Inet(host.to_owned(), None)),
        }
    }

    /// The address in messages.
    pub(crate) fn address(&self, usual_port: u16) -> String {
        match self {
            Self::Unix(path) => format!("unix:{path}"),
            Self::Inet(host, port) => format!("inet:{host}:{}", port.unwrap_or(usual_port)),
        }
    }
}

/// The name of the user this process runs as, whom a server that asks the kernel takes us for.
#[cfg(any(feature = "mysql", feature = "pgsql"))]
pub(crate) fn own_user() -> Option<String> {
    let account = sys::account::account_by_uid(sys::identity::effective_uid());
    account.ok().flatten().map(|account| account.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_named_in_several_ways() {
        let inet = |host: &str, port| Some(Place::Inet(host.to_owned(), port));
        for (text, expected) in [
            ("unix:/a/b", Some(Place::Unix("/a/b".to_owned()))),
            ("/a", Some(Place::Unix("/a".to_owned()))),
            ("inet:h:3307", inet("h", Some(3307))),
            ("h", inet("h", None)),
            ("inet:h", inet("h", None)),
            ("[::1]:7", inet("::1", Some(7))),
            ("::1", inet("::1", None)),
            ("h:x", None),
        ] {
            assert_eq!(Place::parse(text), expected, "{text}");
        }
        assert_eq!(Place::parse("h").unwrap().address(5), "inet:h:5");
    }
}

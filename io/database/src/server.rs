//! How servers are named in `hosts`: a socket file, or host and port.

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

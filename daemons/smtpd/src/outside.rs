//! Where a program outside of the mail system listens: a policy server, a filter before the queue.

use std::io;
use std::time::Duration;

use config::{Configuration, Endpoint};
use stream::{Stream, within};
use tokio::net::{TcpStream, UnixStream};

/// One such place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outside {
    Inet { host: String, port: u16 },
    Unix(String),
}

impl Outside {
    /// Takes `host:port` and `port` with or without `inet:` in front, where the port may be a service's name, and
    /// `unix:path`. A missing host is this one.
    ///
    /// # Errors
    /// In words, for whoever wrote it.
    pub(crate) fn parse(text: &str, configuration: &Configuration) -> Result<Self, String> {
        let endpoint = match text.trim() {
            port if !port.contains(':') => Endpoint::parse(&format!("inet:{port}")),
            text => Endpoint::parse(text),
        };
        match endpoint.map_err(|error| error.to_string())? {
            Endpoint::Inet { host, port } => {
                let number =
                    configuration::tcp_port(configuration, &port).map_err(|error| error.to_string())?;
                Ok(Self::Inet {
                    host: if host.is_empty() { HERE.to_owned() } else { host },
                    port: number.ok_or_else(|| format!("unknown service: {port}/tcp"))?,
                })
            }
            Endpoint::Unix(path) => Ok(Self::Unix(path)),
            Endpoint::Fifo(_) => Err(format!(
                "\"{text}\" is a pipe; specify inet:host:port or unix:path"
            )),
        }
    }

    /// Connects.
    ///
    /// # Errors
    /// Those of the kernel, and what it says when time is up.
    pub(crate) async fn connect(&self, wait: Duration) -> io::Result<Stream> {
        let connected = match self {
            Self::Inet { host, port } => within(wait, TcpStream::connect((host.as_str(), *port)))
                .await
                .map(|connected| connected.map(Stream::new)),
            Self::Unix(path) => within(wait, UnixStream::connect(path))
                .await
                .map(|connected| connected.map(Stream::new)),
        };
        connected.unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "Connection timed out")))
    }
}

/// The host that is meant where none is named.
const HERE: &str = "localhost";

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Outside, String> {
        Outside::parse(text, &Configuration::parse("").unwrap())
    }

    fn inet(host: &str, port: u16) -> Result<Outside, String> {
        Ok(Outside::Inet {
            host: host.to_owned(),
            port,
        })
    }

    #[test]
    fn every_form_of_the_manual_is_taken() {
        assert_eq!(parsed("127.0.0.1:10025"), inet("127.0.0.1", 10025));
        assert_eq!(parsed("inet:host.example:smtp"), inet("host.example", 25));
        assert_eq!(parsed("host.example:submissions"), inet("host.example", 465));
        assert_eq!(parsed("[::1]:25"), inet("::1", 25));
        assert_eq!(parsed("inet:10025"), inet("localhost", 10025));
        assert_eq!(parsed("10025"), inet("localhost", 10025));
        assert_eq!(parsed(":smtp"), inet("localhost", 25));
        assert_eq!(
            parsed("unix:private/filter"),
            Ok(Outside::Unix("private/filter".into()))
        );
    }

    #[test]
    fn what_names_no_place_is_refused_in_words() {
        assert_eq!(
            parsed("host.example:no-such-service"),
            Err("unknown service: no-such-service/tcp".into())
        );
        assert!(parsed("inet:").is_err());
        assert!(parsed("unix:").is_err());
        assert!(parsed("fifo:public/pickup").is_err());
    }
}

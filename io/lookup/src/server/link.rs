//! The connection to a table server: made when first needed, kept between questions, made anew when it broke.

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use stream::{Stream, StreamError};
use tokio::net::{TcpStream, UnixStream};

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Host and port.
    Tcp(String, u16),
    /// A socket file, below the working directory when relative.
    Unix(PathBuf),
}

/// How patient and how faithful a link is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// For connecting, sending and receiving, each.
    pub(crate) wait: Duration,
    /// How long an unused connection is kept.
    pub(crate) idle: Duration,
    /// How long any connection is kept.
    pub(crate) life: Duration,
    /// How often a question is tried, each time on a new connection.
    pub(crate) tries: u32,
    /// Time between two tries; none before a kept connection is replaced.
    pub(crate) pause: Duration,
}

/// A server with at most one kept connection for questions one after the other.
pub(crate) struct Link {
    /// What kind of server it is, before its place in log lines.
    what: &'static str,
    place: Place,
    patience: Patience,
    kept: RefCell<Option<Kept>>,
}

struct Kept {
    stream: Stream,
    made: Instant,
    used: Instant,
}

/// Why a question was not answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LinkError {
    /// No connection.
    #[error("{}", sys::fault::text(.0))]
    Connect(io::Error),
    /// The connection broke, or the server was too slow.
    #[error("{0}")]
    Stream(#[from] StreamError),
    /// The answer is not one.
    #[error("{0}")]
    Protocol(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(host, port) => write!(f, "{host}:{port}"),
            Self::Unix(path) => write!(f, "{}", path.display()),
        }
    }
}

impl Place {
    /// Reads `host:port`; the host may stand in brackets.
    pub(crate) fn tcp(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let host = host
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .unwrap_or(host);
        let host = if host.is_empty() { "localhost" } else { host };
        Some(Self::Tcp(host.to_owned(), port.parse().ok()?))
    }

    async fn connect(&self, wait: Duration) -> Result<Stream, LinkError> {
        let connected = match self {
            Self::Tcp(host, port) => {
                let connect = TcpStream::connect((host.as_str(), *port));
                stream::within(wait, connect)
                    .await
                    .map(|socket| socket.map(Stream::new))
            }
            Self::Unix(path) => {
                let connect = UnixStream::connect(path);
                stream::within(wait, connect)
                    .await
                    .map(|socket| socket.map(Stream::new))
            }
        };
        let connected = connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        connected.map_err(LinkError::Connect)
    }
}

impl Link {
    pub(crate) fn new(what: &'static str, place: Place, patience: Patience) -> Self {
        Self {
            what,
            place,
            patience,
            kept: RefCell::new(None),
        }
    }

    /// Where the server is.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Runs `turn`, a question with its answer, on a connection; with the connection it returns whether that is still good.
    ///
    /// # Errors
    /// The last try's.
    pub(crate) async fn ask<T, F>(&self, turn: impl Fn(Stream) -> F) -> Result<T, LinkError>
    where
        F: Future<Output = (Stream, Result<T, LinkError>)>,
    {
        let mut tries = 0;
        loop {
            let (stream, made, is_kept) = match self.take() {
                Some(kept) => (Ok(kept.stream), kept.made, true),
                None => (self.place.connect(self.patience.wait).await, stream::now(), false),
            };
            let result = match stream {
                Err(error) => {
                    crate::log::can_not_connect(self.what, &self.place, &error);
                    Err(error)
                }
                Ok(stream) => {
                    let (stream, result) = turn(stream).await;
                    if result.is_ok() {
                        *self.kept.borrow_mut() = Some(Kept {
                            stream,
                            made,
                            used: stream::now(),
                        });
                    }
                    result
                }
            };
            tries += u32::from(!is_kept);
            match result {
                Err(_) if is_kept => {}
                Err(LinkError::Connect(_) | LinkError::Stream(_)) if tries < self.patience.tries => {
                    stream::pause(self.patience.pause).await;
                }
                result => return result,
            }
        }
    }

    /// The kept connection, unless it is too old or the server closed it.
    fn take(&self) -> Option<Kept> {
        let kept = self.kept.borrow_mut().take()?;
        let now = stream::now();
        let fresh = now.duration_since(kept.used) < self.patience.idle;
        let young = now.duration_since(kept.made) < self.patience.life;
        (fresh && young).then_some(kept)
    }
}

/// A server that gives one answer to everything, for tests of what a table makes of it.
#[cfg(test)]
pub(crate) mod scripted {
    use super::*;
    use crate::error::LookupError;
    use crate::table::Table;

    /// How long a test waits.
    pub(crate) const WAIT: Duration = Duration::from_millis(200);

    /// What the table made by `open` finds at a server that answers each question with `answer`, then hangs up or stays
    /// silent.
    pub(crate) async fn asked<T: Table>(
        answer: &[u8],
        hangs_up: bool,
        open: impl FnOnce(Link) -> T,
    ) -> Result<Option<String>, LookupError> {
        let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let patience = Patience {
            wait: WAIT,
            idle: WAIT,
            life: WAIT,
            tries: 2,
            pause: Duration::ZERO,
        };
        let place = Place::tcp(&server.local_addr().unwrap().to_string()).unwrap();
        let table = open(Link::new("", place, patience));
        let serve = async {
            let mut kept = Vec::new();
            loop {
                let (mut peer, _) = server.accept().await.unwrap();
                let mut question = [0; 100];
                let _ = tokio::io::AsyncReadExt::read(&mut peer, &mut question).await;
                let _ = tokio::io::AsyncWriteExt::write_all(&mut peer, answer).await;
                if !hangs_up {
                    kept.push(peer);
                }
            }
        };
        tokio::select! {
            found = table.lookup("key").get() => found,
            () = serve => unreachable!(),
        }
    }

    /// That a table can not tell, and says so in one line that names it.
    pub(crate) fn assert_cannot_tell(name: &str, found: Result<Option<String>, LookupError>) {
        let error = found.unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("{name}: ")) && !error.contains('\n'),
            "{error}"
        );
    }
}

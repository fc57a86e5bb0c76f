//! `memcache:`: a memcached server, with a persistent table behind it or without (memcache_table(5)).
//!
//! The protocol is text, one command a line: a key with white space or control characters, or one that is too long, is
//! never sent. What such a key means is left to the table behind.
//!
//! Difference: `key_digest` knows the SHA-2 family.

use std::rc::Rc;
use std::time::Duration;

use lookup::{
    Answer, Database, Driver, KeyValue, Keys, Lookup, LookupError, MatchList, OpenError, Opening, Table, fold,
};
use sha2::Digest;
use stream::Stream;

use crate::asked;
use crate::error::{Fault, Trouble};
use crate::pool::{Host, Pool};
use crate::server::{Lender, Lends, Place};
use crate::template::{Key, Template};
use crate::{Settings, log};

/// The driver.
pub(crate) struct Memcache(Lender<Stream>);

struct Memcached {
    name: String,
    fold: bool,
    domain: Option<MatchList>,
    key_format: Template,
    digest: Option<fn(&[u8]) -> String>,
    backup: Backup,
    pool: Pool<Stream>,
    limits: Limits,
    flags: u32,
    ttl: u32,
}

#[derive(Clone, Copy)]
struct Limits {
    data: usize,
    line: usize,
    tries: u32,
    pause: Duration,
    wait: Duration,
}

/// The table behind.
enum Backup {
    None,
    Read(Rc<dyn Table>),
    Write(Rc<dyn Database>),
}

const PORT: u16 = 11211;
/// The longest key the server takes, in octets.
const LONGEST_KEY: usize = 250;
const IDLE: Duration = Duration::from_secs(60);

impl Memcache {
    pub(crate) fn new(settings: &Rc<Settings>) -> Self {
        Self(Lender::new("memcache", settings))
    }

    fn read(
        &self,
        opening: &Opening<'_>,
        backup: impl Fn(&str) -> Result<Backup, OpenError>,
    ) -> Result<Memcached, OpenError> {
        if !opening.usage.unauthenticated {
            return Err(opening.forbidden("security sensitive data"));
        }
        let source = self.0.source(opening)?;
        let format = source.text("key_format", "%s")?;
        let digest = match source.text("key_digest", "")?.as_str() {
            "" => None,
            name => Some(digest(name).ok_or_else(|| source.wrong(format!("unknown key_digest: {name}")))?),
        };
        let limits = Limits {
            data: source.number("data_size_limit", 10_240, 1)? as usize,
            line: source.number("line_size_limit", 1024, 1)? as usize,
            tries: source.number("max_try", 2, 1)?,
            pause: source.seconds("retry_pause", 1)?,
            wait: source.seconds("timeout", 2)?,
        };
        let server = source.text("memcache", "inet:localhost:11211")?;
        let place = Place::parse(&server).ok_or_else(|| source.wrong(format!("bad server: {server}")))?;
        let backup = match source.text("backup", "")?.as_str() {
            "" => Backup::None,
            table => backup(table)?,
        };
        let host = Host {
            address: place.address(PORT),
            is_local: false,
            login: String::new(),
            connect: Box::new(move || Box::pin(connect(place.clone()))),
        };
        Ok(Memcached {
            name: source.table().to_owned(),
            fold: opening.usage.fold,
            domain: asked::domain(opening, &source)?,
            key_format: Template::parse(&format)
                .map_err(|_| source.wrong(format!("Invalid key template: {format}")))?,
            digest,
            backup,
            pool: self.0.pool(vec![host], IDLE, IDLE, limits.wait),
            limits,
            flags: source.number("flags", 0, 0)?,
            ttl: source.number("ttl", 3600, 0)?,
        })
    }
}

impl Lends for Memcache {
    fn sweep(&self) -> Box<dyn Fn()> {
        self.0.sweep()
    }
}

impl Driver for Memcache {
    fn kind(&self) -> &'static str {
        "memcache"
    }

    fn open(&self, opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
        let backup = |table: &str| opening.tables.try_open(table, opening.usage).map(Backup::Read);
        Ok(Rc::new(self.read(opening, backup)?))
    }

    fn open_database(&self, opening: &Opening<'_>) -> Result<Rc<dyn Database>, OpenError> {
        let backup = |table: &str| {
            opening
                .tables
                .open_database(table, opening.usage)
                .map(Backup::Write)
        };
        Ok(Rc::new(self.read(opening, backup)?))
    }
}

fn digest(name: &str) -> Option<fn(&[u8]) -> String> {
    fn hex<D: Digest>(octets: &[u8]) -> String {
        data_encoding::HEXLOWER.encode(&D::digest(octets))
    }
    Some(match name.to_ascii_lowercase().replace('-', "").as_str() {
        "sha224" => hex::<sha2::Sha224>,
        "sha256" => hex::<sha2::Sha256>,
        "sha384" => hex::<sha2::Sha384>,
        "sha512" => hex::<sha2::Sha512>,
        _ => return None,
    })
}

async fn connect(place: Place) -> Result<Stream, Fault> {
    let connected = match &place {
        Place::Unix(path) => tokio::net::UnixStream::connect(path).await.map(Stream::new),
        Place::Inet(host, port) => tokio::net::TcpStream::connect((host.as_str(), port.unwrap_or(PORT)))
            .await
            .map(Stream::new),
    };
    connected.map_err(|error| Fault::Broken(format!("connect: {error}")))
}

/// What is asked of the server.
#[derive(Clone)]
enum Command {
    Get,
    Set { value: String, flags: u32, ttl: u32 },
    Delete,
}

/// Sends one command; the answer is a value, or whether the key was there.
async fn turn(
    stream: &mut Stream,
    key: &str,
    command: &Command,
    limits: Limits,
) -> Result<Option<String>, Fault> {
    let broken = |error: stream::StreamError| Fault::Broken(error.to_string());
    let line = match command {
        Command::Get => format!("get {key}\r\n"),
        Command::Delete => format!("delete {key}\r\n"),
        Command::Set { value, flags, ttl } => {
            format!("set {key} {flags} {ttl} {}\r\n{value}\r\n", value.len())
        }
    };
    stream.put(line.as_bytes());
    stream.flush(limits.wait).await.map_err(broken)?;
    let reply = reply_line(stream, limits).await?;
    let words: Vec<&str> = reply.split(' ').collect();
    match (command, words.as_slice()) {
        (Command::Get, ["END"]) | (Command::Delete, ["NOT_FOUND"]) => Ok(None),
        (Command::Delete, ["DELETED"]) | (Command::Set { .. }, ["STORED"]) => Ok(Some(String::new())),
        (Command::Get, ["VALUE", name, _, length, ..]) if *name == key => {
            let length: usize = length.parse().map_err(|_| unexpected(&reply))?;
            if length > limits.data {
                return Err(Fault::Broken(format!("a value of {length} octets is too large")));
            }
            let value = value(stream, length, limits).await?;
            let end = reply_line(stream, limits).await?;
            if end != "END" {
                return Err(unexpected(&end));
            }
            String::from_utf8(value)
                .map(Some)
                .map_err(|_| Fault::Refused("a value is not UTF-8".to_owned()))
        }
        (_, ["SERVER_ERROR" | "CLIENT_ERROR" | "NOT_STORED", ..]) => Err(Fault::Refused(shown(&reply))),
        _ => Err(unexpected(&reply)),
    }
}

/// One question on a connection of its own.
#[cfg(feature = "fuzzing")]
pub(crate) async fn get(
    socket: tokio::net::UnixStream,
    key: &str,
    longest: usize,
) -> Result<Option<String>, Fault> {
    let limits = Limits {
        data: longest,
        line: 1024,
        tries: 1,
        pause: Duration::ZERO,
        wait: Duration::from_secs(2),
    };
    turn(&mut Stream::new(socket), key, &Command::Get, limits).await
}

fn shown(reply: &str) -> String {
    reply.chars().take(100).collect()
}

fn unexpected(reply: &str) -> Fault {
    Fault::Broken(format!("unexpected reply: {}", shown(reply)))
}

async fn reply_line(stream: &mut Stream, limits: Limits) -> Result<String, Fault> {
    loop {
        let buffered = stream.buffered();
        if let Some(end) = buffered.iter().position(|octet| *octet == b'\n') {
            let line = String::from_utf8_lossy(buffered.get(..end).unwrap_or_default()).into_owned();
            stream.consume(end + 1);
            return Ok(line.trim_end_matches('\r').to_owned());
        }
        if buffered.len() > limits.line {
            return Err(Fault::Broken("a reply line is too long".to_owned()));
        }
        stream
            .fill(limits.wait)
            .await
            .map_err(|error| Fault::Broken(error.to_string()))?;
    }
}

async fn value(stream: &mut Stream, length: usize, limits: Limits) -> Result<Vec<u8>, Fault> {
    loop {
        if let Some(octets) = stream.buffered().get(..length + 2) {
            let value = octets.strip_suffix(b"\r\n").map(<[u8]>::to_vec);
            stream.consume(length + 2);
            return value.ok_or_else(|| Fault::Broken("a value of another length than said".to_owned()));
        }
        stream
            .fill(limits.wait)
            .await
            .map_err(|error| Fault::Broken(error.to_string()))?;
    }
}

impl Memcached {
    /// The key as the server knows it; `None` when this key is not for it.
    async fn server_key(&self, key: &str) -> Result<ServerKey, LookupError> {
        let key = Key::new(key);
        if let Some(domain) = &self.domain
            && !asked::is_in(domain, &key).await?
        {
            return Ok(ServerKey::Suppressed);
        }
        let Some(formatted) = self.key_format.query(&key, |text, into| into.push_str(text)) else {
            return Ok(ServerKey::Suppressed);
        };
        let formatted = match self.digest {
            Some(digest) => digest(formatted.as_bytes()),
            None => formatted,
        };
        let is_sendable = formatted.len() <= LONGEST_KEY
            && !formatted
                .chars()
                .any(|letter| letter.is_whitespace() || letter.is_control());
        Ok(if is_sendable {
            ServerKey::Sent(formatted.into())
        } else {
            ServerKey::Unsendable
        })
    }

    async fn ask(&self, key: &Rc<str>, command: Command) -> Result<Option<String>, Trouble> {
        let limits = self.limits;
        let mut tries = 0;
        loop {
            tries += 1;
            let (key, command) = (Rc::clone(key), command.clone());
            let asked = self.pool.run(move |stream| {
                let (key, command) = (Rc::clone(&key), command.clone());
                Box::pin(async move { turn(stream, &key, &command, limits).await })
            });
            match asked.await {
                // A server that takes no connection is not tried again.
                Err(Trouble::Away(reason)) if tries < limits.tries && !reason.contains(": connect: ") => {
                    stream::pause(limits.pause).await;
                }
                result => return result,
            }
        }
    }

    async fn find(&self, key: &str) -> Result<Option<String>, LookupError> {
        let key = if self.fold { fold(key) } else { key.into() };
        let server_key = match self.server_key(&key).await? {
            ServerKey::Suppressed => return Ok(None),
            ServerKey::Unsendable => None,
            ServerKey::Sent(key) => Some(key),
        };
        let found = match &server_key {
            Some(key) => self.ask(key, Command::Get).await,
            None => Ok(None),
        };
        if let Ok(Some(value)) = found {
            return Ok(Some(value));
        }
        let behind = match &self.backup {
            Backup::None => return found.map_err(|trouble| trouble.of_table(&self.name)),
            Backup::Read(table) => table.lookup(&key).get().await?,
            Backup::Write(table) => table.lookup(&key).get().await?,
        };
        if let (Some(key), Some(value), Ok(_)) = (&server_key, &behind, &found) {
            // The value is right whether or not the server takes it.
            let _ = self.ask(key, self.set(value)).await;
        }
        Ok(behind)
    }

    fn set(&self, value: &str) -> Command {
        Command::Set {
            value: value.to_owned(),
            flags: self.flags,
            ttl: self.ttl,
        }
    }

    /// Changes the table behind, and the server; what the table behind says counts where there is one.
    async fn change(&self, key: &str, value: Option<&str>) -> Result<bool, LookupError> {
        let key = if self.fold { fold(key) } else { key.into() };
        let server_key = match self.server_key(&key).await? {
            ServerKey::Sent(key) => Some(key),
            ServerKey::Suppressed | ServerKey::Unsendable => None,
        };
        let on_server = match (&server_key, value) {
            (Some(key), Some(value)) => self.ask(key, self.set(value)).await.map(|_| true),
            (Some(key), None) => self.ask(key, Command::Delete).await.map(|there| there.is_some()),
            (None, _) => {
                log::not_stored(&self.name, &key, "no key for the server");
                Ok(false)
            }
        };
        match (&self.backup, value) {
            (Backup::Write(table), Some(value)) => table.update(&key, value).get().await.map(|()| true),
            (Backup::Write(table), None) => table.delete(&key).get().await,
            _ => on_server.map_err(|trouble| trouble.of_table(&self.name)),
        }
    }

    async fn next(&self, key: Option<&str>) -> Result<Option<KeyValue>, LookupError> {
        match &self.backup {
            Backup::Write(table) => table.after(key).get().await,
            _ => Err(LookupError::failed(
                &self.name,
                "sequence operation needs a backup table that can be changed",
            )),
        }
    }
}

enum ServerKey {
    Suppressed,
    Unsendable,
    Sent(Rc<str>),
}

impl Table for Memcached {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        Keys::Fixed
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        Answer::Later(Box::pin(self.find(key)))
    }
}

impl Database for Memcached {
    fn update<'a>(&'a self, key: &'a str, value: &'a str) -> Answer<'a, ()> {
        Answer::Later(Box::pin(async move {
            self.change(key, Some(value)).await.map(|_| ())
        }))
    }

    fn delete<'a>(&'a self, key: &'a str) -> Answer<'a, bool> {
        Answer::Later(Box::pin(self.change(key, None)))
    }

    fn after<'a>(&'a self, key: Option<&'a str>) -> Answer<'a, Option<KeyValue>> {
        Answer::Later(Box::pin(self.next(key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        data: 10,
        line: 40,
        tries: 1,
        pause: Duration::ZERO,
        wait: Duration::from_secs(5),
    };

    async fn told(reply: &str, command: Command) -> Result<Option<String>, Fault> {
        let (mut ours, mut theirs) = Stream::pair();
        theirs.put(reply.as_bytes());
        theirs.flush(LIMITS.wait).await.unwrap();
        theirs.close_output(LIMITS.wait).await;
        turn(&mut ours, "k", &command, LIMITS).await
    }

    #[tokio::test]
    async fn replies_are_read_and_rubbish_is_not_believed() {
        let found = told("VALUE k 0 3\r\na\nb\r\nEND\r\n", Command::Get).await;
        assert_eq!(found, Ok(Some("a\nb".to_owned())));
        assert_eq!(told("END\r\n", Command::Get).await, Ok(None));
        assert_eq!(told("NOT_FOUND\r\n", Command::Delete).await, Ok(None));
        for bad in [
            "VALUE other 0 1\r\na\r\nEND\r\n",
            "VALUE k 0 11\r\n01234567890\r\nEND\r\n",
            "VALUE k 0 x\r\n",
            "VALUE k 0 1\r\nabc\r\nEND\r\n",
            "VALUE k 0 1\r\na\r\nVALUE k 0 1\r\n",
            "VALUE k 0 9\r\na",
            "rubbish\r\n",
            "",
            "0123456789012345678901234567890123456789012345678901234567890123456789",
        ] {
            let fault = told(bad, Command::Get).await.unwrap_err();
            assert!(matches!(fault, Fault::Broken(_)), "{bad}: {fault}");
        }
        let refused = told("SERVER_ERROR out of memory\r\n", Command::Get).await;
        assert!(matches!(refused, Err(Fault::Refused(_))));
    }

    #[test]
    fn digests_are_hexadecimal() {
        let sha256 = digest("sha256").unwrap();
        assert!(sha256(b"abc").starts_with("ba7816bf8f01cfea"));
        assert!(digest("md5").is_none());
    }
}

//! `socketmap:inet:host:port:name` and `socketmap:unix:path:name`: a server that speaks netstrings (socketmap_table(5)).
//! Keys are sent as they are, as in tables with patterns.

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use stream::{Stream, StreamError};

use crate::error::{LookupError, OpenError};
use crate::registry::Opening;
use crate::server::link::{Link, LinkError, Patience, Place};
use crate::table::{Answer, Keys, Lookup, Table};

struct Socketmap {
    name: String,
    /// The name of the map at the server.
    map: String,
    most_query: usize,
    most_reply: usize,
    link: Link,
    wait: Duration,
}

const PATIENCE: Patience = Patience {
    wait: Duration::from_secs(100),
    idle: Duration::from_secs(10),
    life: Duration::from_secs(100),
    // Only a kept connection that broke is replaced.
    tries: 1,
    pause: Duration::ZERO,
};
/// Digits in the length of a netstring.
const MOST_DIGITS: usize = 10;
const TOO_LONG: &str = "input exceeds size limit";
const MALFORMED: &str = "input format error";

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    if !opening.usage.unauthenticated {
        return Err(opening.forbidden("security-sensitive data"));
    }
    let (place, map) = opening
        .name
        .rsplit_once(':')
        .and_then(|(server, map)| Some((place(server)?, map)))
        .ok_or_else(|| opening.syntax("socketmap requires server:socketmap argument"))?;
    let settings = opening.tables.settings();
    Ok(Rc::new(Socketmap {
        name: opening.full_name(),
        map: map.to_owned(),
        most_query: settings.socketmap_max_query_size,
        most_reply: settings.socketmap_max_reply_size,
        link: Link::new("", place, PATIENCE),
        wait: PATIENCE.wait,
    }))
}

fn place(server: &str) -> Option<Place> {
    match server.split_once(':')? {
        ("inet", rest) => Place::tcp(rest),
        ("unix", "") => None,
        ("unix", path) => Some(Place::Unix(PathBuf::from(path))),
        _ => None,
    }
}

/// The text inside the next netstring.
async fn netstring(stream: &mut Stream, limit: usize, wait: Duration) -> Result<Vec<u8>, LinkError> {
    let bad = |reason: &str| Err(LinkError::Protocol(reason.to_owned()));
    loop {
        let buffered = stream.buffered();
        let digits = buffered.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits > MOST_DIGITS {
            return bad(TOO_LONG);
        }
        match buffered.get(digits) {
            None => {}
            Some(b':') if digits > 0 => {
                let length = buffered.get(..digits).unwrap_or_default().iter();
                let length = length.fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'));
                if length > limit {
                    return bad(TOO_LONG);
                }
                if let Some(text) = buffered.get(digits + 1..=digits + 1 + length) {
                    let Some(text) = text.strip_suffix(b",").map(<[u8]>::to_vec) else {
                        return bad(MALFORMED);
                    };
                    stream.consume(digits + length + 2);
                    return Ok(text);
                }
            }
            Some(_) => return bad(MALFORMED),
        }
        stream.fill(wait).await?;
    }
}

/// What a reply says: found, absent, or could not tell.
fn read_reply(reply: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let text = |rest: &[u8]| {
        String::from_utf8_lossy(rest)
            .chars()
            .take(200)
            .collect::<String>()
    };
    let end = reply.iter().position(|byte| *byte == b' ').unwrap_or(reply.len());
    let (word, rest) = reply.split_at_checked(end).unwrap_or_default();
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    match word {
        b"OK" => Ok(Some(rest.to_vec())),
        b"NOTFOUND" => Ok(None),
        b"TEMP" => Err(format!("server temporary error: {}", text(rest))),
        b"TIMEOUT" => Err(format!("server timeout error: {}", text(rest))),
        b"PERM" => Err(format!("server permanent error: {}", text(rest))),
        _ => Err("server unknown error".to_owned()),
    }
}

/// Why there was no reply, in the words for netstrings.
fn reason(error: &LinkError) -> String {
    match error {
        LinkError::Stream(StreamError::Closed) => "unexpected disconnect".to_owned(),
        LinkError::Stream(StreamError::TimedOut) => "time limit exceeded".to_owned(),
        other => other.to_string(),
    }
}

impl Socketmap {
    async fn find(&self, key: &str) -> Result<Option<String>, LookupError> {
        if key.len() > self.most_query {
            // Postfix answers so, and warns: no table has such a key.
            crate::log::query_too_large(&self.name, key);
            return Ok(None);
        }
        let map = self.map.as_str();
        let turn = async |mut stream: Stream| {
            let length = map.len() + 1 + key.len();
            stream.put(format!("{length}:{map} {key},").as_bytes());
            let result = async {
                stream.flush(self.wait).await?;
                netstring(&mut stream, self.most_reply, self.wait).await
            };
            let result = result.await;
            (stream, result)
        };
        let reply = self.link.ask(turn).await.map_err(|error| {
            let reason = reason(&error);
            crate::log::no_socketmap_answer(&self.name, &reason);
            LookupError::logged(&self.name, reason)
        })?;
        let value = read_reply(&reply).map_err(|text| {
            crate::log::socketmap_server_error(&self.name, &text);
            LookupError::logged(&self.name, text)
        })?;
        value
            .map(|value| crate::maps::text_value(&self.name, key, value))
            .transpose()
    }
}

impl Table for Socketmap {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        Keys::Pattern
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        Answer::Later(Box::pin(self.find(key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::link::scripted::{self, assert_cannot_tell};

    #[test]
    fn servers_are_named_in_two_ways() {
        assert_eq!(
            place("inet:127.0.0.1:99"),
            Some(Place::Tcp("127.0.0.1".to_owned(), 99))
        );
        assert_eq!(place("unix:/x/y"), Some(Place::Unix(PathBuf::from("/x/y"))));
        for bad in ["inet:x", "unix:", "tcp:x:1", "x"] {
            assert_eq!(place(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_reply_has_three_forms() {
        assert_eq!(read_reply(b"OK a b"), Ok(Some(b"a b".to_vec())));
        assert_eq!(read_reply(b"NOTFOUND "), Ok(None));
        assert_eq!(read_reply(b"TEMP x"), Err("server temporary error: x".to_owned()));
        assert_eq!(read_reply(b"OKAY x"), Err("server unknown error".to_owned()));
    }

    async fn asked(answer: &[u8], hangs_up: bool) -> Result<Option<String>, LookupError> {
        let open = |link| Socketmap {
            name: "socketmap:test".to_owned(),
            map: "map".to_owned(),
            most_query: 100,
            most_reply: 1000,
            link,
            wait: scripted::WAIT,
        };
        scripted::asked(answer, hangs_up, open).await
    }

    #[tokio::test]
    async fn a_server_that_misbehaves_can_not_tell_and_is_not_waited_for_for_ever() {
        assert_eq!(asked(b"6:OK a b,", false).await, Ok(Some("a b".to_owned())));
        assert_eq!(asked(b"9:NOTFOUND ,", true).await, Ok(None));
        for (answer, hangs_up) in [
            (&b""[..], false),
            (b"", true),
            (b"6:OK a", true),
            (b"6:OK a", false),
            (b"1000000000000:OK ", false),
            (b"99999999999999999999:OK ", false),
            (b"5000:OK ", false),
            (b"6:OK a bX", false),
            (b"-1:,", false),
            (b"nonsense\n", false),
            (b"4:WHAT,", false),
            (b"6:TEMP x,", false),
            (b"6:PERM x,", true),
        ] {
            assert_cannot_tell("socketmap:test", asked(answer, hangs_up).await);
        }
    }

    #[tokio::test]
    async fn a_netstring_is_bounded() {
        for (octets, expected) in [
            ("3:a,b,", Some("a,b")),
            ("0:,", Some("")),
            ("9:x,", None),
            ("x:y,", None),
            ("2:abc", None),
        ] {
            let (mut ours, mut theirs) = Stream::pair();
            theirs.put(octets.as_bytes());
            theirs.flush(PATIENCE.wait).await.unwrap();
            drop(theirs);

            let text = netstring(&mut ours, 5, PATIENCE.wait).await.ok();
            assert_eq!(text.as_deref(), expected.map(str::as_bytes), "{octets}");
        }
    }

    #[tokio::test]
    async fn what_a_server_did_wrong_is_logged_in_the_originals_words() {
        for (answer, expected) in [
            (
                &b"1000000000000:OK "[..],
                "table socketmap:test lookup error: input exceeds size limit",
            ),
            (
                b"5000:OK ",
                "table socketmap:test lookup error: input exceeds size limit",
            ),
            (
                b"nonsense",
                "table socketmap:test lookup error: input format error",
            ),
            (
                b"6:OK a bX",
                "table socketmap:test lookup error: input format error",
            ),
            (
                b"6:OK a",
                "table socketmap:test lookup error: unexpected disconnect",
            ),
            (b"6:TEMP x,", "socketmap:test socketmap server temporary error: x"),
            (
                b"9:TIMEOUT x,",
                "socketmap:test socketmap server timeout error: x",
            ),
            (b"6:PERM x,", "socketmap:test socketmap server permanent error: x"),
            (b"4:WHAT,", "socketmap:test socketmap server unknown error"),
        ] {
            let capture = maillog::capture();
            let _ = asked(answer, true).await;
            assert_eq!(capture.take(), [format!("warning: {expected}")]);
        }
    }
}

//! `tcp:host:port`: a server with one line for each question and answer (tcp_table(5)).

use std::rc::Rc;
use std::time::Duration;

use stream::Stream;

use crate::error::{LookupError, OpenError};
use crate::registry::Opening;
use crate::server::link::{Link, LinkError, Patience, Place};
use crate::table::{Answer, Keys, Lookup, Table};

struct Tcp {
    name: String,
    link: Link,
    wait: Duration,
}

/// Longest answer, its line end included.
const LONGEST_ANSWER: usize = 4096;
const PATIENCE: Patience = Patience {
    wait: Duration::from_secs(100),
    idle: Duration::from_secs(100),
    life: Duration::from_secs(3600),
    tries: 10,
    pause: Duration::from_secs(1),
};

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    if !opening.usage.unauthenticated {
        return Err(opening.forbidden("security sensitive data"));
    }
    let place = Place::tcp(opening.name).ok_or_else(|| {
        opening.syntax(format!(
            "bad syntax: \"{}\"; need \"tcp:host:port\"",
            opening.full_name()
        ))
    })?;
    Ok(Rc::new(Tcp {
        name: opening.full_name(),
        link: Link::new("TCP map ", place, PATIENCE),
        wait: PATIENCE.wait,
    }))
}

/// `text` with `%`, white space and everything that is not printable ASCII as `%XX`.
fn encode(text: &str, into: &mut Vec<u8>) {
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && byte != b'%' {
            into.push(byte);
        } else {
            into.extend_from_slice(format!("%{byte:02x}").as_bytes());
        }
    }
}

fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'%' {
            decoded.push(*byte);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        let value = |digit: &u8| (*digit as char).to_digit(16);
        let number = digits
            .iter()
            .try_fold(0, |sum, digit| Some(sum * 16 + value(digit)?))?;
        decoded.push(u8::try_from(number).ok()?);
        rest = after;
    }
    Some(decoded)
}

/// One whole line: a line without its end may have lost the end of its value too.
async fn line(stream: &mut Stream, wait: Duration) -> Result<Vec<u8>, LinkError> {
    loop {
        let buffered = stream.buffered();
        if let Some(end) = memchr::memchr(b'\n', buffered) {
            let line = buffered.get(..end).unwrap_or_default().to_vec();
            stream.consume(end + 1);
            return Ok(line);
        }
        if buffered.len() >= LONGEST_ANSWER {
            return Err(LinkError::Protocol(format!("text longer than {LONGEST_ANSWER}")));
        }
        stream.fill(wait).await?;
    }
}

/// What one line says: found, absent, or could not tell.
fn read_answer(line: &[u8]) -> Result<Result<Option<Vec<u8>>, String>, LinkError> {
    let malformed =
        |what: &str| LinkError::Protocol(format!("{what}: {:.100}", String::from_utf8_lossy(line)));
    let (code, text) = line
        .split_at_checked(4)
        .filter(|(code, _)| code.ends_with(b" "))
        .ok_or_else(|| malformed("malformed reply"))?;
    let text = decode(text).ok_or_else(|| malformed("malformed reply"))?;
    match code {
        b"200 " => Ok(Ok(Some(text))),
        b"500 " => Ok(Ok(None)),
        b"400 " => Ok(Err(String::from_utf8_lossy(&text).into_owned())),
        _ => Err(malformed("bad status code")),
    }
}

impl Tcp {
    async fn find(&self, key: &str) -> Result<Option<String>, LookupError> {
        let turn = async |mut stream: Stream| {
            stream.put(b"get ");
            encode(key, stream.output());
            stream.put(b"\n");
            let result = async {
                stream.flush(self.wait).await?;
                read_answer(&line(&mut stream, self.wait).await?)
            };
            let result = result.await;
            (stream, result)
        };
        let answer = self.link.ask(turn).await.map_err(|error| {
            if !matches!(error, LinkError::Connect(_)) {
                crate::log::no_tcp_answer(self.link.place(), &error);
            }
            LookupError::logged(&self.name, error)
        })?;
        // Difference: Postfix does not tell what such a server says.
        let value = answer.map_err(|reason| LookupError::failed(&self.name, reason))?;
        value
            .map(|value| crate::maps::text_value(&self.name, key, value))
            .transpose()
    }
}

impl Table for Tcp {
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
    fn texts_are_encoded_and_decoded() {
        let mut encoded = Vec::new();
        encode("a b%\u{e9}", &mut encoded);
        assert_eq!(encoded, b"a%20b%25%c3%a9");
        assert_eq!(decode(&encoded).as_deref(), Some("a b%\u{e9}".as_bytes()));
        assert_eq!(decode(b"%4"), None);
        assert_eq!(decode(b"%zz"), None);
    }

    async fn asked(answer: &[u8], hangs_up: bool) -> Result<Option<String>, LookupError> {
        let open = |link| Tcp {
            name: "tcp:test".to_owned(),
            link,
            wait: scripted::WAIT,
        };
        scripted::asked(answer, hangs_up, open).await
    }

    #[tokio::test]
    async fn a_server_that_misbehaves_can_not_tell_and_is_not_waited_for_for_ever() {
        assert_eq!(asked(b"200 a%20b\n", false).await, Ok(Some("a b".to_owned())));
        assert_eq!(asked(b"500 no\n", true).await, Ok(None));
        let long = [b'x'; 100_000];
        for (answer, hangs_up) in [
            (&b""[..], false),
            (b"", true),
            (b"200 cut", true),
            (b"200 cut", false),
            (b"200 %zz\n", false),
            (b"999 what\n", false),
            (b"\n", true),
            (b"400 later\n", false),
            (&long, true),
        ] {
            assert_cannot_tell("tcp:test", asked(answer, hangs_up).await);
        }
    }

    #[test]
    fn an_answer_has_three_forms() {
        assert_eq!(read_answer(b"200 a%20b").unwrap(), Ok(Some(b"a b".to_vec())));
        assert_eq!(read_answer(b"500 no").unwrap(), Ok(None));
        assert_eq!(read_answer(b"400 later").unwrap(), Err("later".to_owned()));
        for bad in ["", "200", "300 x", "200 %"] {
            assert!(read_answer(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn what_a_server_did_wrong_is_logged_with_its_place() {
        for (answer, expected) in [
            (&b"999 x\n"[..], ": bad status code: 999 x"),
            (b"200 %zz\n", ": malformed reply: 200 %zz"),
            (b"x\n", ": malformed reply: x"),
        ] {
            let capture = maillog::capture();
            let _ = asked(answer, true).await;
            let lines = capture.take();
            let is_right = |line: &String| {
                line.starts_with("warning: read TCP map reply from 127.0.0.1:") && line.ends_with(expected)
            };
            assert!(lines.len() == 1 && lines.iter().all(is_right), "{lines:?}");
        }
    }
}

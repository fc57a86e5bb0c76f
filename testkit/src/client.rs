//! An SMTP client that says what the test tells it to, and reads whole replies.

use crate::PATIENCE;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

/// A connection to a server under test.
pub struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    /// Connects, and reads nothing yet.
    ///
    /// # Panics
    /// When the server does not take the connection.
    pub fn connect(address: SocketAddr) -> Self {
        Self::try_connect(address).expect("connect to the server under test")
    }

    /// As [`Client::connect`], for a server that may be away.
    ///
    /// # Errors
    /// Those of the kernel.
    pub fn try_connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
        })
    }

    /// Sends a line; CRLF is added.
    ///
    /// # Panics
    /// When the server has hung up.
    pub fn say(&mut self, line: &str) {
        self.send(format!("{line}\r\n").as_bytes());
    }

    /// Sends octets as they are.
    ///
    /// # Panics
    /// When the server has hung up.
    pub fn send(&mut self, octets: &[u8]) {
        self.try_send(octets).expect("send to the server under test");
    }

    /// As [`Client::send`], for a server that may go away.
    ///
    /// # Errors
    /// Those of the kernel.
    pub fn try_send(&mut self, octets: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(octets)
    }

    /// One whole reply, its lines joined by `\n`; empty when the server has hung up.
    pub fn reply(&mut self) -> String {
        let mut reply = String::new();
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).unwrap_or(0) == 0 {
                return reply;
            }
            let line = line.trim_end();
            if !reply.is_empty() {
                reply.push('\n');
            }
            reply.push_str(line);
            if line.as_bytes().get(3) != Some(&b'-') {
                return reply;
            }
        }
    }

    /// Says a line and gives the reply.
    pub fn ask(&mut self, line: &str) -> String {
        self.say(line);
        self.reply()
    }

    /// Follows a transcript: `C: ` lines are sent, each `S: ` line must be one reply line. `S: ...` stands for any one
    /// reply.
    ///
    /// # Panics
    /// When a reply is another one; the whole dialogue so far is shown.
    pub fn follow(&mut self, transcript: &str) {
        let mut seen = String::new();
        let mut expected: Vec<&str> = Vec::new();
        for line in transcript.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(text) = line.strip_prefix("S: ") {
                expected.push(text);
                if text.as_bytes().get(3) == Some(&b'-') && text != "..." {
                    continue;
                }
                let reply = self.reply();
                seen.push_str(&format!("S: {reply}\n"));
                assert!(
                    text == "..." || reply == expected.join("\n"),
                    "expected {expected:?}\nsaw\n{seen}"
                );
                expected.clear();
            } else if let Some(text) = line.strip_prefix("C: ") {
                seen.push_str(&format!("C: {text}\n"));
                self.say(text);
            } else {
                panic!("a transcript line begins with `C: ` or `S: `: {line:?}");
            }
        }
    }

    /// Sends one message in a session that has been greeted; gives the last reply.
    pub fn message(&mut self, sender: &str, recipients: &[&str], content: &str) -> String {
        let reply = self.ask(&format!("MAIL FROM:<{sender}>"));
        if !reply.starts_with("250") {
            return reply;
        }
        for recipient in recipients {
            let reply = self.ask(&format!("RCPT TO:<{recipient}>"));
            if !reply.starts_with("25") {
                return reply;
            }
        }
        let reply = self.ask("DATA");
        if !reply.starts_with("354") {
            return reply;
        }
        for line in content.lines() {
            let stuffing = if line.starts_with('.') { "." } else { "" };
            self.say(&format!("{stuffing}{line}"));
        }
        self.ask(".")
    }

    /// Whether the server closes the connection without another word.
    pub fn is_closed(&mut self) -> bool {
        matches!(self.stream.read(&mut [0]), Ok(0) | Err(_))
    }
}

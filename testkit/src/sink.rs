//! A next hop that records what it is given, and misbehaves when told to.

use crate::{PATIENCE, wait_for};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What the next hop answers.
#[derive(Clone, Debug, Default)]
pub struct Behaviour {
    /// Speaks LMTP: a reply for each recipient after the content.
    pub lmtp: bool,
    /// EHLO keywords offered.
    pub extensions: Vec<String>,
    /// `(command, recipient part, reply)`: this reply when a line begins with the one and contains the other. `content`
    /// is the final dot, `body` the line after which no more of the content is read. The reply `close` hangs up instead,
    /// `stall` says nothing more, `babble` never ends to say something, `drip` is an octet now and then.
    pub replies: Vec<(String, String, String)>,
    /// The greeting, when not `220`.
    pub greeting: Option<String>,
}

impl Behaviour {
    /// Adds a reply.
    #[must_use]
    pub fn on(mut self, command: &str, part: &str, reply: &str) -> Self {
        self.replies
            .push((command.to_owned(), part.to_owned(), reply.to_owned()));
        self
    }

    fn find(&self, command: &str, line: &str) -> Option<&str> {
        let found = self
            .replies
            .iter()
            .find(|(name, part, _)| name == command && line.contains(part.as_str()));
        found.map(|(.., reply)| reply.as_str())
    }
}

/// One message taken.
#[derive(Clone, Debug)]
pub struct Message {
    /// MAIL FROM with its parameters.
    pub sender: String,
    /// Each RCPT TO that was accepted, with its parameters.
    pub recipients: Vec<String>,
    /// The content as received, CRLF, dots unstuffed.
    pub content: Vec<u8>,
    /// Which connection it came over, counted from 0.
    pub connection: usize,
}

impl Message {
    /// The content as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.content).into_owned()
    }
}

#[derive(Default)]
struct Seen {
    messages: Vec<Message>,
    connections: usize,
    commands: Vec<String>,
}

/// A running next hop; it ends with the test program.
#[derive(Clone)]
pub struct Sink {
    /// Where it listens.
    pub address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

impl Sink {
    /// A next hop that takes everything.
    pub fn start() -> Self {
        Self::behaving(Behaviour {
            extensions: [
                "PIPELINING",
                "SIZE",
                "8BITMIME",
                "DSN",
                "ENHANCEDSTATUSCODES",
                "SMTPUTF8",
            ]
            .map(str::to_owned)
            .to_vec(),
            ..Behaviour::default()
        })
    }

    /// A next hop that behaves so.
    ///
    /// # Panics
    /// When it cannot listen.
    pub fn behaving(behaviour: Behaviour) -> Self {
        Self::behaving_at(SocketAddr::from(([127, 0, 0, 1], 0)), behaviour)
    }

    /// A next hop that behaves so, at this address.
    ///
    /// # Panics
    /// When it cannot listen.
    pub fn behaving_at(address: SocketAddr, behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind(address).expect("listen");
        let address = listener.local_addr().expect("own address");
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = seen.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (behaviour, seen) = (behaviour.clone(), shared.clone());
                let connection = {
                    let mut seen = seen.lock().unwrap();
                    seen.connections += 1;
                    seen.connections - 1
                };
                thread::spawn(move || {
                    let _ = Session {
                        behaviour,
                        seen,
                        connection,
                    }
                    .run(stream);
                });
            }
        });
        Self { address, seen }
    }

    /// `[127.0.0.1]:port`, as a next hop is written.
    pub fn nexthop(&self) -> String {
        format!("[127.0.0.1]:{}", self.address.port())
    }

    /// The messages taken so far.
    ///
    /// # Panics
    /// When a session of it has panicked.
    pub fn messages(&self) -> Vec<Message> {
        self.seen.lock().unwrap().messages.clone()
    }

    /// The connections taken so far.
    ///
    /// # Panics
    /// When a session of it has panicked.
    pub fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }

    /// The command lines heard so far.
    ///
    /// # Panics
    /// When a session of it has panicked.
    pub fn commands(&self) -> Vec<String> {
        self.seen.lock().unwrap().commands.clone()
    }

    /// Waits until this many messages came.
    pub fn wait(&self, count: usize) -> Vec<Message> {
        wait_for(&format!("message {count} at the next hop"), || {
            let messages = self.messages();
            (messages.len() >= count).then_some(messages)
        })
    }
}

struct Session {
    behaviour: Behaviour,
    seen: Arc<Mutex<Seen>>,
    connection: usize,
}

impl Session {
    fn run(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut out = stream.try_clone()?;
        let mut lines = BufReader::new(stream);
        let greeting = self.behaviour.greeting.as_deref().unwrap_or("220 sink ESMTP");
        if !answer(&mut out, greeting)? {
            return Ok(());
        }
        let (mut sender, mut recipients) = (String::new(), Vec::new());
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let line = line.trim_end().to_owned();
            self.seen.lock().unwrap().commands.push(line.clone());
            let command = line
                .split([' ', ':'])
                .next()
                .unwrap_or_default()
                .to_ascii_uppercase();
            let special = self.behaviour.find(&command, &line);
            let reply = match (special, command.as_str()) {
                (Some(reply), _) => reply.to_owned(),
                (None, "EHLO" | "LHLO") => self.greeting_reply(),
                (None, "DATA") if recipients.is_empty() => "554 5.5.1 no valid recipients".to_owned(),
                (None, "DATA") => "354 go on".to_owned(),
                (None, "QUIT") => "221 bye".to_owned(),
                (None, _) => "250 2.0.0 ok".to_owned(),
            };
            let good = reply.starts_with('2');
            match command.as_str() {
                "MAIL" if good => {
                    sender = line.get(10..).unwrap_or_default().to_owned();
                    recipients.clear();
                }
                "RCPT" if good => recipients.push(line.get(8..).unwrap_or_default().to_owned()),
                "RSET" => recipients.clear(),
                _ => {}
            }
            if !answer(&mut out, &reply)? || command == "QUIT" {
                return Ok(());
            }
            if command == "DATA" && reply.starts_with('3') {
                let body = self.behaviour.find("body", &line).map(str::to_owned);
                if let Some(reply) = body {
                    lines.read_line(&mut String::new())?;
                    // Never says true: there is nothing to go on with.
                    answer(&mut out, &reply)?;
                    return Ok(());
                }
                let content = read_content(&mut lines)?;
                let text = String::from_utf8_lossy(&content).into_owned();
                let done = if self.behaviour.lmtp { recipients.len() } else { 1 };
                let mut taken = recipients.clone();
                for index in 0..done {
                    let key = if self.behaviour.lmtp {
                        recipients.get(index).cloned().unwrap_or_default()
                    } else {
                        text.clone()
                    };
                    let reply = self
                        .behaviour
                        .find("content", &key)
                        .unwrap_or("250 2.0.0 ok: taken")
                        .to_owned();
                    if !reply.starts_with('2') {
                        taken.retain(|recipient| self.behaviour.lmtp && *recipient != key);
                    } else if index + 1 == done {
                        let message = Message {
                            sender: sender.clone(),
                            recipients: taken.clone(),
                            content: content.clone(),
                            connection: self.connection,
                        };
                        self.seen.lock().unwrap().messages.push(message);
                    }
                    if !answer(&mut out, &reply)? {
                        return Ok(());
                    }
                }
                recipients.clear();
            }
        }
    }

    fn greeting_reply(&self) -> String {
        let mut lines = vec!["sink".to_owned()];
        lines.extend(self.behaviour.extensions.iter().cloned());
        let last = lines.len() - 1;
        let lines: Vec<String> = lines
            .iter()
            .enumerate()
            .map(|(index, line)| format!("250{}{line}", if index == last { ' ' } else { '-' }))
            .collect();
        lines.join("\r\n")
    }
}

/// Says it; false when the connection is to end.
fn answer(out: &mut TcpStream, reply: &str) -> std::io::Result<bool> {
    match reply {
        "close" => Ok(false),
        "stall" => {
            thread::sleep(PATIENCE * 4);
            Ok(false)
        }
        "babble" => loop {
            out.write_all(&[b'x'; 8192])?;
        },
        "babble lines" => loop {
            out.write_all(b"250-and so on\r\n".repeat(500).as_slice())?;
        },
        "drip" => loop {
            out.write_all(b"2")?;
            thread::sleep(DRIP_PAUSE);
        },
        _ => {
            out.write_all(format!("{reply}\r\n").as_bytes())?;
            Ok(true)
        }
    }
}

/// How long a dripping next hop rests after each octet.
const DRIP_PAUSE: Duration = Duration::from_millis(300);

fn read_content(lines: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        match line.strip_prefix(b".") {
            Some(b"\r\n") => return Ok(content),
            Some(rest) => content.extend_from_slice(rest),
            None => content.extend_from_slice(&line),
        }
    }
}

//! A policy server for tests (SMTPD_POLICY_README): it keeps what it is asked, answers by rule, and misbehaves when told
//! to.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::PATIENCE;

/// A running policy server; it ends with the test program.
#[derive(Clone)]
pub struct PolicyServer {
    /// Where it listens, unless by a path.
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    /// `(part of a request, answer)`, the first that fits.
    rules: Vec<(String, String)>,
    asked: Mutex<Vec<(usize, String)>>,
    connections: Mutex<usize>,
}

impl PolicyServer {
    /// A policy server with `(attribute=value, answer)` rules: the first fits whose line stands in the request; without
    /// one the answer is `DUNNO`. The answer `close` hangs up instead, `stall` says nothing, `junk` says nonsense,
    /// `babble` never ends to say something, `half` says an answer without its end and hangs up.
    ///
    /// # Panics
    /// When it cannot listen.
    pub fn start(rules: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("listen");
        let server = Self::new(listener.local_addr().expect("own address"), rules);
        let shared = server.shared.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (shared, reader) = (shared.clone(), stream.try_clone());
                thread::spawn(move || shared.serve(BufReader::new(reader?), stream));
            }
        });
        server
    }

    /// The same on a Unix socket.
    ///
    /// # Panics
    /// When it cannot listen.
    pub fn start_at(path: &Path, rules: &[(&str, &str)]) -> Self {
        let listener = UnixListener::bind(path).expect("listen");
        let server = Self::new(([127, 0, 0, 1], 0).into(), rules);
        let shared = server.shared.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (shared, reader) = (shared.clone(), stream.try_clone());
                thread::spawn(move || shared.serve(BufReader::new(reader?), stream));
            }
        });
        server
    }

    fn new(address: SocketAddr, rules: &[(&str, &str)]) -> Self {
        let rules = rules
            .iter()
            .map(|(part, answer)| ((*part).to_owned(), (*answer).to_owned()));
        Self {
            address,
            shared: Arc::new(Shared {
                rules: rules.collect(),
                asked: Mutex::default(),
                connections: Mutex::default(),
            }),
        }
    }

    /// The requests so far, each with the number of its connection, counted from 0.
    ///
    /// # Panics
    /// When a thread of it has panicked.
    pub fn asked(&self) -> Vec<(usize, String)> {
        self.shared.asked.lock().unwrap().clone()
    }

    /// The connections so far.
    ///
    /// # Panics
    /// When a thread of it has panicked.
    pub fn connections(&self) -> usize {
        *self.shared.connections.lock().unwrap()
    }
}

/// A socket of either kind.
trait Both: Write {}
impl Both for TcpStream {}
impl Both for UnixStream {}

impl Shared {
    fn serve(&self, mut reader: impl BufRead, mut out: impl Both) -> std::io::Result<()> {
        let connection = {
            let mut connections = self.connections.lock().unwrap();
            *connections += 1;
            *connections - 1
        };
        loop {
            let mut request = String::new();
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line)? == 0 {
                    return Ok(());
                }
                if line == "\n" {
                    break;
                }
                request.push_str(&line);
            }
            let rule = self
                .rules
                .iter()
                .find(|(part, _)| request.lines().any(|line| line == part));
            let answer = rule.map_or("DUNNO", |(_, answer)| answer);
            self.asked.lock().unwrap().push((connection, request));
            match answer {
                "close" => return Ok(()),
                "stall" => thread::sleep(PATIENCE * 4),
                "junk" => out.write_all(b"what do I know\n\n")?,
                "half" => return out.write_all(b"action=OK\n"),
                "babble" => loop {
                    out.write_all(&[b'x'; 8192])?;
                },
                "babble lines" => loop {
                    out.write_all(b"x=y\n".repeat(1000).as_slice())?;
                },
                _ => out.write_all(format!("action={answer}\n\n").as_bytes())?,
            }
        }
    }
}

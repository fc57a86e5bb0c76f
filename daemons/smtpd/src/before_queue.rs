//! A filter before the queue: the message goes to an SMTP server instead of to cleanup, and what that says is what the
//! client hears (SMTPD_PROXY_README).
//!
//! The filter is spoken to while the client speaks, or, with `speed_adjust`, when the whole message has come: until then
//! it lies in a file without a name. Content is gathered as records, as it is for cleanup, and becomes lines here.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use esmtp::encode::DotEncoder;
use esmtp::reply::ReplyReader;
use record::{Decoded, Kind};
use stream::{Stream, StreamError};

use crate::log;
use crate::outside::Outside;
use crate::state::{State, UNKNOWN};

/// Where the filter is and how it is spoken to.
pub(crate) struct Filter {
    /// As written, for log lines.
    pub(crate) name: String,
    pub(crate) place: Outside,
    /// The name in EHLO (`smtpd_proxy_ehlo`).
    pub(crate) ehlo: String,
    /// For each reply, and for each piece of content to be taken (`smtpd_proxy_timeout`).
    pub(crate) timeout: Duration,
    /// The message is gathered before the filter is spoken to (`smtpd_proxy_options`).
    pub(crate) gathers: bool,
}

/// Why the filter does not have the message.
pub(crate) enum Failure {
    /// It said so, in this reply.
    Refused(String),
    /// It is not there, or not an SMTP server; that was logged.
    Broken,
}

/// What is expected of a command: the first digit of the reply.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Good,
    GoOn,
}

/// A message on its way to the filter.
pub(crate) struct Filtered {
    manner: Manner,
    /// Content not yet passed on.
    records: Vec<u8>,
}

enum Manner {
    Through(Link),
    Gathered {
        greeting: Greeting,
        commands: Vec<(String, Wanted)>,
        spool: Option<File>,
    },
}

/// What is said before MAIL FROM.
struct Greeting {
    /// Attributes of XFORWARD with their values, encoded.
    attributes: Vec<(&'static str, String)>,
}

/// A connection to the filter.
struct Link {
    stream: Stream,
    name: String,
    wait: Duration,
    encoder: DotEncoder,
}

/// Octets of content that wait before they are passed on.
const FLOW_OCTETS: usize = 32 << 10;
/// Octets that a record may have; ours have at most `line_length_limit`.
const RECORD_LIMIT: usize = 16 << 20;
/// Octets of one reply that are passed on to the client.
const REPLY_LIMIT: usize = 8 << 10;
/// Octets of one line of a reply.
const REPLY_LINE_LIMIT: usize = 4 << 10;
/// Octets an XFORWARD command may have (XFORWARD_README).
const COMMAND_LIMIT: usize = 512;

impl Filtered {
    /// Begins a message with the client's own MAIL FROM.
    pub(crate) async fn open(filter: &Filter, state: &State, mail: &str) -> Result<Self, Failure> {
        let greeting = Greeting::of(state);
        let mut manner = if filter.gathers {
            Manner::Gathered {
                greeting,
                commands: Vec::new(),
                spool: Some(spool().map_err(|error| {
                    log::filter_spool(&error);
                    Failure::Broken
                })?),
            }
        } else {
            let mut link = Link::open(filter).await?;
            link.greet(filter, &greeting).await?;
            Manner::Through(link)
        };
        manner.say(mail, Wanted::Good).await?;
        Ok(Self {
            manner,
            records: Vec::new(),
        })
    }

    /// Passes on a recipient in the client's own words. After a refusal there may be others.
    pub(crate) async fn recipient(&mut self, command: &str) -> Result<(), Failure> {
        self.manner.say(command, Wanted::Good).await
    }

    /// Announces the content.
    pub(crate) async fn data(&mut self) -> Result<(), Failure> {
        self.manner.say("DATA", Wanted::GoOn).await
    }

    /// Where records of content go.
    pub(crate) fn output(&mut self) -> &mut Vec<u8> {
        &mut self.records
    }

    /// Passes on what has gathered, if that is a good deal.
    pub(crate) async fn flow(&mut self) -> Result<(), Failure> {
        if self.records.len() >= FLOW_OCTETS {
            self.pass_on().await
        } else {
            Ok(())
        }
    }

    async fn pass_on(&mut self) -> Result<(), Failure> {
        let records = std::mem::take(&mut self.records);
        match &mut self.manner {
            Manner::Through(link) => link.content(&records).await,
            Manner::Gathered { spool, .. } => {
                let file = spool.take().ok_or(Failure::Broken)?;
                let written = aside(file, move |file| file.write_all(&records)).await?;
                *spool = Some(written.0);
                Ok(())
            }
        }
    }

    /// Takes the message back.
    pub(crate) fn abandon(self) {
        if let Manner::Through(mut link) = self.manner {
            link.stream.put(b"QUIT\r\n");
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            // What does not go out now need not: the end of the connection says the same.
            let _ = std::pin::pin!(link.stream.flush(link.wait)).poll(&mut context);
        }
    }

    /// Ends the message: the filter's reply to it.
    pub(crate) async fn finish(mut self, filter: &Filter) -> Result<String, Failure> {
        self.pass_on().await?;
        let (mut link, ended) = match self.manner {
            Manner::Through(mut link) => {
                let ended = link.finish().await;
                (link, ended)
            }
            Manner::Gathered {
                greeting,
                commands,
                spool,
            } => {
                let mut link = Link::open(filter).await?;
                link.greet(filter, &greeting).await?;
                let ended = link.retell(&commands, spool).await;
                (link, ended)
            }
        };
        if !matches!(ended, Err(Failure::Broken)) {
            link.quit().await;
        }
        ended
    }
}

impl Manner {
    async fn say(&mut self, command: &str, wanted: Wanted) -> Result<(), Failure> {
        match self {
            Self::Through(link) => link.ask(command, wanted).await.map(drop),
            Self::Gathered { commands, .. } => {
                commands.push((command.to_owned(), wanted));
                Ok(())
            }
        }
    }
}

impl Greeting {
    /// What is told of the client: what the proxy before us told of it, or what we see ourselves.
    fn of(state: &State) -> Self {
        let client = &state.client;
        let or_unavailable = |value: &str| {
            if value.is_empty() || value == UNKNOWN {
                UNAVAILABLE.to_owned()
            } else {
                mail::xtext::encode(value.as_bytes())
            }
        };
        let address = |ip: Option<IpAddr>| match ip {
            Some(ip @ IpAddr::V6(_)) => format!("IPV6:{ip}"),
            Some(ip) => ip.to_string(),
            None => UNAVAILABLE.to_owned(),
        };
        let told = state.forwarded.as_ref();
        let (name, ip, port) = match told {
            Some(told) => (&told.name, told.ip, &told.port),
            None => (&client.name, client.ip, &client.port),
        };
        let helo = told.map_or(state.helo.as_deref(), |told| told.helo.as_deref());
        let protocol = told.map_or(Some(state.protocol()), |told| told.protocol.as_deref());
        let ident = told.and_then(|told| told.ident.as_deref());
        let local = told.map_or(state.local_rewrite, |told| told.local);
        Self {
            attributes: vec![
                ("NAME", or_unavailable(name)),
                ("ADDR", address(ip)),
                ("PORT", or_unavailable(port)),
                ("HELO", or_unavailable(helo.unwrap_or_default())),
                ("IDENT", or_unavailable(ident.unwrap_or_default())),
                ("PROTO", or_unavailable(protocol.unwrap_or_default())),
                ("SOURCE", if local { "LOCAL" } else { "REMOTE" }.to_owned()),
            ],
        }
    }

    /// XFORWARD commands with those attributes that the server knows.
    fn commands(&self, known: &[String]) -> Vec<String> {
        let mut commands: Vec<String> = Vec::new();
        for (name, value) in &self.attributes {
            if !known.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                continue;
            }
            let last = commands.last_mut();
            match last.filter(|last| last.len() + name.len() + value.len() + 4 <= COMMAND_LIMIT) {
                Some(last) => {
                    let _ = write!(last, " {name}={value}");
                }
                None => commands.push(format!("XFORWARD {name}={value}")),
            }
        }
        commands
    }
}

const UNAVAILABLE: &str = "[UNAVAILABLE]";

impl Link {
    async fn open(filter: &Filter) -> Result<Self, Failure> {
        let wait = filter.timeout;
        match filter.place.connect(wait).await {
            Ok(stream) => Ok(Self {
                stream,
                name: filter.name.clone(),
                wait,
                encoder: DotEncoder::new(0),
            }),
            Err(error) => {
                log::filter_unreachable(&filter.name, &sys::fault::text(&error));
                Err(Failure::Broken)
            }
        }
    }

    async fn greet(&mut self, filter: &Filter, greeting: &Greeting) -> Result<(), Failure> {
        // A filter that does not greet us is broken; its reply is none to the client's command.
        let broken = |failure| match failure {
            Failure::Refused(_) | Failure::Broken => Failure::Broken,
        };
        self.hear("connection request", Wanted::Good)
            .await
            .map_err(broken)?;
        let offers = self
            .ask(&format!("EHLO {}", filter.ehlo), Wanted::Good)
            .await
            .map_err(broken)?;
        let known = offers.split("\r\n").find_map(|line| {
            let mut words = line.get(4..)?.split_ascii_whitespace();
            let keyword = words.next()?;
            keyword
                .eq_ignore_ascii_case("XFORWARD")
                .then(|| words.map(str::to_owned).collect::<Vec<_>>())
        });
        for command in greeting.commands(&known.unwrap_or_default()) {
            self.ask(&command, Wanted::Good).await.map_err(broken)?;
        }
        Ok(())
    }

    /// Says a command, and gives the reply to it.
    async fn ask(&mut self, command: &str, wanted: Wanted) -> Result<String, Failure> {
        self.stream.put(command.as_bytes());
        self.stream.put(b"\r\n");
        let flushed = self.stream.flush(self.wait).await;
        flushed.map_err(|error| self.lost(&error))?;
        self.hear(command, wanted).await
    }

    /// Waits for a reply; one of another kind than wanted ends the conversation.
    async fn hear(&mut self, command: &str, wanted: Wanted) -> Result<String, Failure> {
        let mut reader = ReplyReader::new(REPLY_LIMIT);
        loop {
            let line = self.stream.line(REPLY_LINE_LIMIT, self.wait).await;
            let line = line.map_err(|error| self.lost(&error))?;
            let reply = match reader.line(&line) {
                Ok(Some(reply)) => reply,
                Ok(None) => continue,
                Err(_) => {
                    log::filter_lost(&self.name);
                    return Err(Failure::Broken);
                }
            };
            let good = match wanted {
                Wanted::Good => reply.is_positive(),
                Wanted::GoOn => reply.is_intermediate(),
            };
            let text = reply.text.replace('\n', "\r\n");
            if good {
                return Ok(text);
            }
            if command != END {
                log::filter_refused(&self.name, command, &text);
            }
            // What is no refusal cannot be passed on as one.
            return Err(if reply.is_transient() || reply.is_permanent() {
                Failure::Refused(text)
            } else {
                Failure::Broken
            });
        }
    }

    fn lost(&self, error: &StreamError) -> Failure {
        match error {
            StreamError::TimedOut => log::filter_timeout(&self.name),
            _ => log::filter_lost(&self.name),
        }
        Failure::Broken
    }

    /// Sends records as lines.
    async fn content(&mut self, records: &[u8]) -> Result<(), Failure> {
        let mut rest = records;
        while let Ok(Decoded::Record(record, length)) = record::decode(rest, RECORD_LIMIT) {
            self.encoder
                .put(record.payload, record.kind == Kind::LINE, self.stream.output());
            rest = rest.get(length..).unwrap_or_default();
            if self.stream.output().len() >= FLOW_OCTETS {
                let flushed = self.stream.flush(self.wait).await;
                flushed.map_err(|error| self.lost(&error))?;
            }
        }
        Ok(())
    }

    /// Sends the records of a file as lines.
    async fn spooled(&mut self, file: File) -> Result<(), Failure> {
        let (mut file, _) = aside(file, |file| file.rewind()).await?;
        let mut records = Vec::new();
        loop {
            let (read, piece) = aside(file, |file| {
                let mut piece = vec![0; FLOW_OCTETS];
                let count = file.read(&mut piece)?;
                piece.truncate(count);
                Ok(piece)
            })
            .await?;
            if piece.is_empty() {
                return Ok(());
            }
            file = read;
            records.extend(piece);
            let whole = whole_records(&records);
            let rest = records.split_off(whole);
            self.content(&records).await?;
            records = rest;
        }
    }

    /// Tells all of a message that was gathered.
    async fn retell(
        &mut self,
        commands: &[(String, Wanted)],
        spool: Option<File>,
    ) -> Result<String, Failure> {
        for (command, wanted) in commands {
            self.ask(command, *wanted).await?;
        }
        self.spooled(spool.ok_or(Failure::Broken)?).await?;
        self.finish().await
    }

    async fn finish(&mut self) -> Result<String, Failure> {
        self.encoder.finish(self.stream.output());
        let flushed = self.stream.flush(self.wait).await;
        flushed.map_err(|error| self.lost(&error))?;
        self.hear(END, Wanted::Good).await
    }

    /// Says goodbye, and does not wait for what is said to that.
    async fn quit(&mut self) {
        self.stream.put(b"QUIT\r\n");
        self.stream.close_output(self.wait).await;
    }
}

/// The final dot, which is not logged as a command: what becomes of the message has a line of its own.
const END: &str = ".";

/// Octets of the records at the start that are complete.
fn whole_records(octets: &[u8]) -> usize {
    let mut whole = 0;
    while let Some(Ok(Decoded::Record(_, length))) =
        octets.get(whole..).map(|rest| record::decode(rest, RECORD_LIMIT))
    {
        whole += length;
    }
    whole
}

/// A file without a name, beside the messages that come in.
fn spool() -> std::io::Result<File> {
    let folder = Path::new("incoming");
    match sys::disk::create_unnamed(folder, 0o600) {
        Ok(file) => Ok(file),
        Err(_) => {
            // Where files cannot be without a name, one is given and taken away at once.
            let mut octets = [0; 8];
            sys::process::random_octets(&mut octets)?;
            let path = folder.join(format!("before-queue.{:x}", u64::from_ne_bytes(octets)));
            let file = File::options()
                .read(true)
                .write(true)
                .create_new(true)
                .open(&path)?;
            std::fs::remove_file(&path)?;
            Ok(file)
        }
    }
}

/// Does file work where waiting for a disk holds up nobody.
async fn aside<T: Send + 'static>(
    mut file: File,
    work: impl FnOnce(&mut File) -> std::io::Result<T> + Send + 'static,
) -> Result<(File, T), Failure> {
    let done = tokio::task::spawn_blocking(move || {
        let done = work(&mut file);
        done.map(|done| (file, done))
    });
    match done.await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => {
            log::filter_spool(&error);
            Err(Failure::Broken)
        }
        Err(_) => Err(Failure::Broken),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Client;

    #[test]
    fn the_client_is_told_of_as_far_as_the_filter_wants_to_know() {
        let mut client = Client::unknown();
        client.set_address("2001:db8::1".parse().ok());
        let mut state = State::new(client);
        state.helo = Some("a b".into());
        let greeting = Greeting::of(&state);
        let known = ["NAME", "ADDR", "HELO", "SOURCE"].map(str::to_owned);

        assert_eq!(
            greeting.commands(&known),
            ["XFORWARD NAME=[UNAVAILABLE] ADDR=IPV6:2001:db8::1 HELO=a+20b SOURCE=REMOTE"]
        );
        assert!(greeting.commands(&[]).is_empty());
    }

    #[test]
    fn a_command_that_would_be_too_long_is_two() {
        let mut state = State::new(Client::unknown());
        state.helo = Some("x".repeat(490));
        let known = ["NAME", "HELO", "PROTO"].map(str::to_owned);
        let commands = Greeting::of(&state).commands(&known);

        assert_eq!(commands.len(), 3);
        assert!(commands.iter().all(|command| command.len() <= COMMAND_LIMIT));
    }

    #[test]
    fn records_are_passed_on_when_they_are_whole() {
        let mut octets = Vec::new();
        record::encode(Kind::LINE, b"one", &mut octets);
        let first = octets.len();
        record::encode(Kind::LINE, &[b'x'; 300], &mut octets);

        assert_eq!(whole_records(&octets), octets.len());
        assert_eq!(whole_records(&octets[..octets.len() - 1]), first);
        assert_eq!(whole_records(&octets[..2]), 0);
    }
}

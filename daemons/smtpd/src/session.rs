//! One client from greeting to goodbye.

use std::net::SocketAddr;
use std::time::Instant;

use daemon::{Client as Visitor, Origin};
use esmtp::command::{Command, Fault, Line, Rules, Verb};
use esmtp::content::{BareNewline, ChunkDecoder};
use esmtp::extension::Keywords;
use esmtp::server::{Dialogue, Taken};
use stream::Stream;
use submit::Submission;

use crate::before_queue::Filtered;
use crate::chat::{History, Input};
use crate::counts::Counts;
use crate::filing::Envelope;
use crate::restriction::{Judge, Permit, Refusal};
use crate::server::Server;
use crate::state::{Client, Login, Place, State, Trouble};
use crate::{anvil, log, peer, reply};

/// How a session ends before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The client is gone.
    Lost,
    /// The client did not act in time.
    TimedOut,
    /// Without a word: it was said already, or must not be said.
    Quiet,
    /// A table that must answer could not.
    LocalData,
}

/// Whether a command worked; what did not counts as an error of the client.
pub(crate) type Worked = Result<bool, End>;

/// One session.
pub(crate) struct Session<'s> {
    pub(crate) server: &'s Server,
    pub(crate) stream: Stream,
    pub(crate) state: State,
    pub(crate) dialogue: Dialogue<Permit>,
    pub(crate) counts: Counts,
    pub(crate) history: History,
    pub(crate) errors: u32,
    junk: u32,
    /// Recipients refused beyond the limit.
    pub(crate) overshoot: u32,
    pub(crate) hang_up: bool,
    pub(crate) reason: Option<&'static str>,
    pub(crate) flushed: Instant,
    /// The refusal at connect that every command gets in place of an answer.
    denied: Option<String>,
    pub(crate) discard: Keywords,
    pub(crate) discard_unknown: bool,
    pub(crate) bare_newline: BareNewline,
    pub(crate) may_xclient: Right,
    pub(crate) may_xforward: Right,
    pub(crate) may_verp: Right,
    /// The name under which anvil counts this client, when it does.
    counted: Option<String>,
    /// The client is not to be counted or limited.
    pub(crate) excepted: bool,
    /// With `smtpd_per_request_deadline`, when the request must be done.
    pub(crate) deadline: Option<Instant>,
    // The message.
    pub(crate) envelope: Envelope,
    pub(crate) submission: Option<Submission>,
    /// The message, when a filter gets it instead of cleanup; with the commands as the client said them.
    pub(crate) filtered: Option<Filtered>,
    /// The conversation with the filter broke off; this message cannot be filtered any more.
    pub(crate) filter_lost: bool,
    pub(crate) mail_command: String,
    pub(crate) command: String,
    /// Bits of `contract::cleanup::status` that the content has earned so far.
    pub(crate) failure: u32,
    pub(crate) bare_newline_rejected: bool,
    pub(crate) chunks: Option<Box<ChunkDecoder>>,
}

/// A right that a list of clients gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    Given,
    NotGiven,
    /// The list could not tell.
    Unknown,
}

impl From<Result<bool, lookup::LookupError>> for Right {
    fn from(answer: Result<bool, lookup::LookupError>) -> Self {
        match answer {
            Ok(true) => Self::Given,
            Ok(false) => Self::NotGiven,
            Err(_) => Self::Unknown,
        }
    }
}

/// What happens to a command that came too early in a session to be judged as one.
enum Next {
    Go,
    Stop,
}

impl<'s> Session<'s> {
    /// Serves a client to its end.
    pub(crate) async fn serve(server: &'s Server, visitor: Visitor) {
        let Visitor { mut stream, origin } = visitor;
        let client = match origin {
            Origin::Network { peer, local } if server.behind_proxy => {
                match peer::behind_proxy(server, &mut stream, peer, local).await {
                    Some(client) => client,
                    None => return Self::turn_away(server, stream, peer).await,
                }
            }
            Origin::Network { peer, local } => peer::client(server, peer, local).await,
            Origin::Local => Client::local(),
            Origin::StandardInput => match stream.socket().peer_address() {
                Some(peer) => {
                    let local = stream.socket().local_address();
                    peer::client(server, peer, local).await
                }
                None => Client::local(),
            },
            Origin::Passed { facts } => match peer::passed(server, &facts).await {
                Some(client) => client,
                None => return Self::say_local_error(server, stream).await,
            },
        };
        Self::new(server, stream, client).live().await;
    }

    /// Serves a client that is only imagined, who may have logged in already.
    pub(crate) async fn imagine(server: &'s Server, stream: Stream, client: Client, login: Option<Login>) {
        let mut session = Self::new(server, stream, client);
        session.state.login = login;
        session.live().await;
    }

    async fn live(mut self) {
        log::connect(&self.state.client.shown);
        let ended = self.run().await;
        self.finish(ended).await;
        log::disconnect(&self.state.client.shown, &self.counts.line());
    }

    /// Says that it is not known who the client is.
    async fn say_local_error(server: &Server, mut stream: Stream) {
        stream.put(reply::local_error(&server.settings.myhostname).as_bytes());
        stream.put(b"\r\n");
        let _ = stream.flush(server.settings.timeout).await;
    }

    /// A proxy did not say for whom it comes.
    async fn turn_away(server: &Server, stream: Stream, proxy: SocketAddr) {
        let mut client = Client::unknown();
        client.set_address(Some(proxy.ip().to_canonical()));
        client.port = proxy.port().to_string();
        client.show(server.settings.client_port_logging);
        log::connect(&client.shown);
        Self::say_local_error(server, stream).await;
        log::disconnect(&client.shown, &Counts::default().line());
    }

    fn new(server: &'s Server, stream: Stream, client: Client) -> Self {
        Self {
            server,
            stream,
            state: State::new(client),
            dialogue: Dialogue::new(server.settings.helo_required),
            counts: Counts::default(),
            history: History::default(),
            errors: 0,
            junk: 0,
            overshoot: 0,
            hang_up: false,
            reason: None,
            flushed: stream::now(),
            denied: None,
            discard: Keywords::NONE,
            discard_unknown: false,
            bare_newline: server.bare_newline,
            may_xclient: Right::NotGiven,
            may_xforward: Right::NotGiven,
            may_verp: Right::NotGiven,
            counted: None,
            excepted: false,
            deadline: None,
            envelope: Envelope::default(),
            submission: None,
            filtered: None,
            filter_lost: false,
            mail_command: String::new(),
            command: String::new(),
            failure: 0,
            bare_newline_rejected: false,
            chunks: None,
        }
    }

    async fn run(&mut self) -> Result<(), End> {
        self.begin_request();
        self.read_rights().await;
        self.read_xforward_right().await;
        if let Next::Stop = self.greet().await? {
            return self.flush().await;
        }
        while !self.hang_up {
            self.reset_history(self.server.settings.history_flush_threshold)
                .await;
            self.begin_request();
            if self.errors >= self.server.settings.hard_error_limit {
                self.reason = Some(log::TOO_MANY_ERRORS);
                self.state.trouble |= Trouble::PROTOCOL;
                self.reply(&reply::too_many_errors(&self.server.settings.myhostname))
                    .await?;
                break;
            }
            if let Next::Stop = self.one().await? {
                break;
            }
        }
        self.flush().await
    }

    /// With `smtpd_per_request_deadline` the time limit is for the whole request, not for each of its parts.
    fn begin_request(&mut self) {
        if self.server.settings.per_request_deadline {
            self.set_deadline(Some(stream::now() + self.server.settings.timeout));
        }
    }

    pub(crate) fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
        self.stream.set_deadline(deadline);
    }

    /// What the lists of clients allow this one; asked again when XCLIENT has changed it.
    pub(crate) async fn read_rights(&mut self) {
        let (name, address) = (&self.state.client.name, &self.state.client.address);
        let lists = &self.server.matches;
        self.may_xclient = Right::from(lists.xclient.contains_client(name, address).await);
        self.may_verp = Right::from(lists.verp.contains_client(name, address).await);
        // Who may pretend to be another client is not counted as itself.
        self.excepted = self.may_xclient == Right::Given
            || lists
                .exceptions
                .contains_client(name, address)
                .await
                .unwrap_or(false);
        self.bare_newline = self.server.bare_newline;
        if self.bare_newline != BareNewline::Accept {
            let excluded = lists.bare_newline_exclusions.contains_client(name, address).await;
            if excluded.unwrap_or(false) {
                self.bare_newline = BareNewline::Accept;
            }
        }
    }

    /// Unlike the others this right stays with whoever has connected, also after XCLIENT.
    async fn read_xforward_right(&mut self) {
        let client = &self.state.client;
        let listed = self
            .server
            .matches
            .xforward
            .contains_client(&client.name, &client.address)
            .await;
        self.may_xforward = Right::from(listed);
    }

    /// From the connection to the banner, or to its refusal.
    async fn greet(&mut self) -> Result<Next, End> {
        let settings = &self.server.settings;
        if self.speaks_out_of_turn().await && settings.forbid_unauth_pipelining {
            self.reply(reply::OUT_OF_STEP).await?;
            return Ok(Next::Stop);
        }
        if let Next::Stop = self.count_connection().await? {
            return Ok(Next::Stop);
        }
        self.read_discards().await;
        if !settings.delay_reject
            && let Err(refusal) = Judge::new(self.server, &mut self.state).client().await
        {
            self.state.trouble |= Trouble::POLICY;
            let text = self.refusal(refusal)?;
            self.reply(&text).await?;
            self.denied = Some(text);
            self.errors += 1;
            return Ok(Next::Go);
        }
        self.reply(&format!("220 {}", settings.banner)).await?;
        Ok(Next::Go)
    }

    /// The keywords that are not announced to this client.
    async fn read_discards(&mut self) {
        self.discard = self.server.discard_keywords;
        let maps = &self.server.tables.discard_keywords;
        if maps.is_empty() {
            return;
        }
        match maps.get(&self.state.client.address).await {
            Ok(Some(words)) => self.discard = Keywords::parse(&words),
            Ok(None) => {}
            Err(_) => self.discard_unknown = true,
        }
    }

    async fn count_connection(&mut self) -> Result<Next, End> {
        let settings = &self.server.settings;
        let (Some(counter), Some(ip), false) = (&self.server.anvil, self.state.client.ip, self.excepted)
        else {
            return Ok(Next::Go);
        };
        let range = anvil::range(ip, settings.ipv4_prefix_length, settings.ipv6_prefix_length);
        let ident = format!("{}:{range}", self.server.service);
        let Some(counts) = counter.connect(&ident).await else {
            return Ok(Next::Go);
        };
        self.counted = Some(ident);
        for (what, limit, count) in [
            (
                "Connection concurrency",
                settings.connection_count_limit,
                counts.count,
            ),
            ("Connection rate", settings.connection_rate_limit, counts.rate),
        ] {
            if limit > 0 && count > limit {
                self.state.trouble |= Trouble::POLICY;
                log::limit_exceeded(what, count, &self.state.client.shown, &self.server.service);
                let text = reply::too_many_connections(&settings.myhostname, &self.state.client.address);
                self.reply(&text).await?;
                return Ok(Next::Stop);
            }
        }
        Ok(Next::Go)
    }

    /// The name under which anvil counts this client, when its requests are limited.
    pub(crate) fn counted(&self) -> Option<(&'s anvil::Anvil, String)> {
        let counter = self.server.anvil.as_ref()?;
        let ident = self.counted.clone().filter(|_| !self.excepted)?;
        Some((counter, ident))
    }

    /// Takes one command.
    async fn one(&mut self) -> Result<Next, End> {
        let (octets, bare_newline) = match self.read_line().await? {
            Input::Line { octets, bare_newline } => (octets, bare_newline),
            Input::TooLong => {
                self.state.trouble |= Trouble::PROTOCOL;
                self.reply(&reply::too_long(&self.server.settings.myhostname))
                    .await?;
                return Ok(Next::Go);
            }
        };
        if bare_newline {
            if self.bare_newline == BareNewline::Reject {
                return self.refuse_bare_newline().await;
            }
            if self.bare_newline == BareNewline::Note {
                self.counts.note_bare_newline();
            }
        }
        let Ok(text) = String::from_utf8(octets) else {
            return self.malformed(reply::BAD_UTF8).await;
        };
        let text = self.filtered(text).await?;
        let Some(line) = Line::cut(&text) else {
            return self.malformed(reply::BAD_SYNTAX).await;
        };
        let lists = &self.server.matches;
        // These lists are a convenience: one that cannot tell is passed over.
        if !lists.noop_commands.is_empty()
            && lists
                .noop_commands
                .contains_text(line.word())
                .await
                .unwrap_or(false)
        {
            self.reply(reply::OK).await?;
            self.count_junk();
            return Ok(Next::Go);
        }
        let verb = line.verb.filter(|verb| *verb != Verb::Lhlo);
        self.counts.came(verb);
        match verb {
            Some(verb) => self.known(&text, &line, verb).await,
            None => self.unknown(&text, &line).await,
        }
    }

    async fn refuse_bare_newline(&mut self) -> Result<Next, End> {
        let settings = &self.server.settings;
        log::request(
            &self.state,
            "reject",
            "bare <LF> received",
            self.server.address_form,
        );
        self.state.trouble |= Trouble::PROTOCOL;
        let text = reply::bare_newline(settings.forbid_bare_newline_code, &settings.myhostname);
        self.reply(&text).await?;
        Ok(Next::Stop)
    }

    async fn malformed(&mut self, text: &str) -> Result<Next, End> {
        self.state.trouble |= Trouble::PROTOCOL;
        self.reply(text).await?;
        self.errors += 1;
        self.state.place = Place::Unknown;
        self.counts.came(None);
        Ok(Next::Go)
    }

    /// The command after `smtpd_command_filter`.
    async fn filtered(&mut self, text: String) -> Result<String, End> {
        let filter = &self.server.tables.command_filter;
        if filter.is_empty() {
            return Ok(text);
        }
        match filter.get(text.trim_start_matches([' ', '\t'])).await {
            Ok(None) => Ok(text),
            Ok(Some(other)) => {
                log::command_replaced(&self.state.client.shown, &text, &other);
                Ok(other)
            }
            Err(error) => {
                log::filter_failed(error.table(), &text);
                Err(End::LocalData)
            }
        }
    }

    async fn unknown(&mut self, text: &str, line: &Line<'_>) -> Result<Next, End> {
        self.state.place = Place::Unknown;
        let lists = &self.server.matches;
        let forbidden = is_header_name(line.word())
            || lists
                .forbidden_commands
                .contains_text(line.word())
                .await
                .unwrap_or(false);
        if forbidden {
            log::not_smtp(&self.state.client.shown, text.as_bytes());
            self.reply(reply::NOT_SMTP).await?;
            return Ok(Next::Stop);
        }
        if self.refuse_denied().await? {
            return Ok(Next::Go);
        }
        self.reply(reply::UNKNOWN_COMMAND).await?;
        self.state.trouble |= Trouble::PROTOCOL;
        self.errors += 1;
        Ok(Next::Go)
    }

    /// Answers for a client that was refused at connect (RFC 5321 §3.1).
    async fn refuse_denied(&mut self) -> Result<bool, End> {
        let Some(denied) = self.denied.clone() else {
            return Ok(false);
        };
        if denied.get(1..3) == Some("21") {
            self.reply(&denied).await?;
        } else {
            self.reply(&reply::access_denied(&self.state.client.shown))
                .await?;
            self.errors += 1;
        }
        Ok(true)
    }

    async fn known<'l>(&mut self, text: &'l str, line: &Line<'l>, verb: Verb) -> Result<Next, End>
    where
        's: 'l,
    {
        if verb != Verb::Quit && self.refuse_denied().await? {
            return Ok(Next::Go);
        }
        self.state.place = Place::Command(verb);
        if !self.dialogue.may_be_followed(verb)
            && self.speaks_out_of_turn().await
            && self.server.settings.forbid_unauth_pipelining
        {
            self.reply(reply::OUT_OF_STEP).await?;
            return Ok(Next::Stop);
        }
        let worked = self.carry_out(text, line, verb).await?;
        if worked {
            self.counts.worked(verb);
        } else {
            self.errors += 1;
        }
        if verb.is_junk() {
            self.count_junk();
        }
        Ok(if verb == Verb::Quit { Next::Stop } else { Next::Go })
    }

    /// Forgets the commands that led nowhere.
    pub(crate) const fn forgive_junk(&mut self) {
        self.junk = 0;
    }

    fn count_junk(&mut self) {
        if self.junk > self.server.settings.junk_command_limit {
            self.errors += 1;
        }
        self.junk = self.junk.saturating_add(1);
    }

    async fn carry_out<'l>(&mut self, text: &'l str, line: &Line<'l>, verb: Verb) -> Worked
    where
        's: 'l,
    {
        let settings = &self.server.settings;
        match verb {
            Verb::Vrfy if settings.disable_vrfy => {
                self.state.trouble |= Trouble::POLICY;
                self.reply(reply::VRFY_DISABLED).await?;
                return Ok(false);
            }
            Verb::Starttls => {
                self.state.trouble |= Trouble::PROTOCOL;
                self.reply(reply::NOT_IMPLEMENTED).await?;
                return Ok(false);
            }
            Verb::Auth => {
                self.state.trouble |= Trouble::PROTOCOL;
                self.reply(reply::AUTH_NOT_ENABLED).await?;
                return Ok(false);
            }
            _ => {}
        }
        if self.server.before_queue.is_some() {
            text.clone_into(&mut self.command);
        }
        let rules = self.rules();
        match self.dialogue.take(line, verb, &rules) {
            Err(fault) => self.refuse_fault(&fault, text, line, verb).await,
            Ok(Taken::Recipient(rcpt, pending)) => self.rcpt(rcpt, pending).await,
            Ok(Taken::Chunk {
                chunk,
                first,
                problem,
                pending,
            }) => self.chunk(chunk, first, problem, pending).await,
            Ok(Taken::Other(command, pending)) => match command {
                Command::Hello(name) => self.hello(&name, verb == Verb::Ehlo, pending).await,
                Command::Mail(mail) => self.mail(mail, pending).await,
                Command::Data => self.data(pending).await,
                Command::Rset => self.rset(pending).await,
                Command::Vrfy {
                    text,
                    address,
                    smtputf8,
                } => self.vrfy(&text, &address, smtputf8, pending).await,
                Command::Etrn(domain) => self.etrn(domain, pending).await,
                Command::Attributes(words) if verb == Verb::Xclient => self.xclient(&words, pending).await,
                Command::Attributes(words) => self.xforward(&words, pending).await,
                Command::Quit => self.say(reply::BYE, pending).await,
                Command::Help => self.say(reply::HELP, pending).await,
                // The rest has been answered above, or comes as a variant of its own.
                _ => self.say(reply::OK, pending).await,
            },
        }
    }

    /// What this client may use now.
    fn rules(&self) -> Rules<'s> {
        let settings = &self.server.settings;
        let verp = (self.may_verp == Right::Given)
            .then_some((settings.verp_delimiters.as_str(), settings.verp_filter.as_str()));
        Rules {
            strict_envelopes: settings.strict_envelopes,
            smtputf8: settings.smtputf8 && !self.discard.has(Keywords::SMTPUTF8),
            dsn: !self.discard.has(Keywords::DSN),
            chunking: !self.discard.has(Keywords::CHUNKING),
            requiretls: false,
            xverp: verp,
        }
    }

    async fn refuse_fault(&mut self, fault: &Fault, text: &str, line: &Line<'_>, verb: Verb) -> Worked {
        match fault {
            Fault::BadSender | Fault::BadRecipient => {
                if let Some(word) = line.address_word() {
                    log::illegal_address(&self.state.client.shown, verb.name(), word);
                }
            }
            Fault::BadChunk => log::malformed_chunk(self.state.queue_id(), &self.state.client.shown, text),
            _ => {}
        }
        let (text, trouble) = reply::fault(fault, verb, &self.server.settings);
        self.state.trouble |= trouble;
        self.reply(&text).await?;
        Ok(false)
    }

    /// The text of a refusal; a client that is to be hung up on gets none.
    pub(crate) fn refusal(&mut self, refusal: Refusal) -> Result<String, End> {
        match refusal {
            Refusal::Reply(text) => Ok(text),
            Refusal::HangUp => Err(End::Quiet),
        }
    }

    /// Last words, and what is left to tell others.
    async fn finish(&mut self, ended: Result<(), End>) {
        let hostname = &self.server.settings.myhostname;
        match ended {
            Ok(()) | Err(End::Quiet) => {}
            Err(End::Lost) => self.reason = Some(log::LOST),
            Err(End::TimedOut) => {
                self.reason = Some(log::TIMEOUT);
                self.last_words(&reply::timeout(hostname)).await;
            }
            Err(End::LocalData) => {
                let text = reply::local_data_error(hostname);
                log::local_data_error(&self.state, &text);
                self.state.trouble |= Trouble::DATA;
                self.last_words(&text).await;
            }
        }
        if let (Some(counter), Some(ident)) = (&self.server.anvil, self.counted.take()) {
            counter.disconnect(&ident).await;
        }
        if let Some(reason) = self.reason {
            let kept = self.chunks.as_ref().map_or(0, |chunks| chunks.kept()) + self.stream.buffered().len();
            log::broke_off(&self.state, reason, self.state.actual_size + kept as u64);
        }
        self.reset_history(0).await;
        self.reset_transaction();
    }

    async fn last_words(&mut self, text: &str) {
        self.set_deadline(None);
        if self.reply(text).await.is_ok() {
            // Nobody may be listening any more.
            let _ = self.flush().await;
        }
    }

    /// Forgets the message; what cleanup has of it is taken back.
    pub(crate) fn reset_transaction(&mut self) {
        self.submission = None;
        self.abandon_filter();
        self.chunks = None;
        self.failure = 0;
        self.bare_newline_rejected = false;
        self.overshoot = 0;
        self.envelope = Envelope::default();
        self.state.reset_transaction();
    }

    /// After XCLIENT: the session begins anew for another client.
    pub(crate) async fn begin_anew(&mut self) -> Result<(), End> {
        if let (Some(counter), Some(ident)) = (&self.server.anvil, self.counted.take()) {
            counter.disconnect(&ident).await;
        }
        self.denied = None;
        self.read_rights().await;
        if let Next::Stop = self.greet().await? {
            self.hang_up = true;
        }
        Ok(())
    }
}

/// Whether a word looks like the start of a message header: whoever sends one has lost its way.
fn is_header_name(word: &str) -> bool {
    match word.split_once(':') {
        Some((name, _)) => !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_graphic()),
        None => false,
    }
}

//! A message on its way to a next hop: which servers are tried, and what becomes of each recipient.
//!
//! The policy is Postfix's. A soft failure is final only at the last server; a hard one returns the mail at once. What
//! looks like a mistake in our own configuration never returns mail.

use std::rc::Rc;

use ::delivery::{Fate as Left, Job};
use contract::deliver::flag;
use esmtp::client::{Fate, Protocol};
use esmtp::extension::Keywords;
use mail::{Action, Dsn, EnhancedStatus, Notify, Recipient};
use record::SendOptions;

use crate::cache;
use crate::connect;
use crate::courier::Courier;
use crate::destination::{Destination, NextHop};
use crate::failure::{Failure, status};
use crate::log;
use crate::notice;
use crate::route::{Route, Server};
use crate::session::{Occasion, Peer, Session, Unwelcome};
use crate::transaction::{self, Exchange, Order};

/// One job, and how far it has come.
pub(crate) struct Delivery {
    courier: Rc<Courier>,
    job: Rc<Job>,
    /// Recipients without a fate: places in the job's list.
    left: Vec<usize>,
    /// The last failure; it befalls those that are left in the end.
    failure: Option<Failure>,
    final_next_hop: bool,
    final_server: bool,
    /// Some session ran to its end: the destination is not dead.
    complete: bool,
    needs_utf8: bool,
    /// The message may not go in plain text to the destination that is being tried.
    requires_tls: bool,
    /// Under which next hop the first good session is kept; `None` when none is, or it was.
    keep_as: Option<String>,
    keeps_sessions: bool,
    loops: bool,
}

impl Delivery {
    pub(crate) fn new(courier: Rc<Courier>, job: Rc<Job>) -> Self {
        let needs_utf8 = Order::needs_utf8(&job.envelope, &job.recipients);
        Self {
            left: (0..job.recipients.len()).collect(),
            courier,
            job,
            failure: None,
            final_next_hop: false,
            final_server: false,
            complete: false,
            needs_utf8,
            requires_tls: false,
            keep_as: None,
            keeps_sessions: false,
            loops: false,
        }
    }

    /// Tries all servers, and reports on every recipient.
    pub(crate) async fn run(mut self) {
        if !self.may_begin().await {
            return;
        }
        let job = self.job.clone();
        let next_hop = &job.envelope.nexthop;
        match NextHop::parse(next_hop, self.courier.protocol) {
            NextHop::Unix(path) => self.try_socket(path).await,
            NextHop::Inet(destinations) if destinations.is_empty() => {
                log::empty_next_hop(self.job.queue_id());
                self.failure = Some(Failure::ours(status(4, 3, 5), "empty next-hop destination"));
            }
            NextHop::Inet(destinations) => self.try_hosts(&destinations).await,
        }
        if !self.left.is_empty() {
            self.final_server = true;
            let failure = self.failure.take().unwrap_or_else(|| {
                Failure::ours(status(4, 3, 0), "server unavailable or unable to receive mail")
            });
            self.fail_all(None, failure, true, false).await;
        }
    }

    /// What `flags=D` demands: one recipient, and no message that has been with it before.
    async fn may_begin(&mut self) -> bool {
        if !self.courier.flags.delivered_to {
            return true;
        }
        self.final_server = true;
        if self.job.recipients.len() > 1 {
            log::single_recipient_needed(&self.courier.service);
            let failure = Failure::ours(status(4, 3, 5), "mail system configuration error");
            self.fail_all(None, failure, false, false).await;
            return false;
        }
        let address = self
            .job
            .recipients
            .first()
            .map(|recipient| recipient.address.clone())
            .unwrap_or_default();
        match self.courier.was_delivered_to(&self.job, &address) {
            Ok(false) => {
                self.final_server = false;
                true
            }
            Ok(true) => {
                let reason = format!("mail forwarding loop for {address}");
                self.fail_all(None, Failure::ours(status(5, 4, 6), reason), false, false)
                    .await;
                false
            }
            Err(error) => {
                log::unreadable(self.job.queue_id(), &error);
                self.fail_all(
                    None,
                    Failure::ours(status(4, 3, 0), "queue file read error"),
                    false,
                    false,
                )
                .await;
                false
            }
        }
    }

    async fn try_socket(&mut self, path: &str) {
        let courier = self.courier.clone();
        if !courier.settings.fallback_relay.is_empty() {
            log::fallback_ignored(
                courier.fallback_name(),
                &courier.settings.fallback_relay.join(", "),
            );
        }
        if let Err(failure) = self.note_demand(&courier.settings.myhostname).await {
            self.failure = Some(failure);
            return;
        }
        self.decide_on_keeping(path, path).await;
        let mut session = self.kept_for(path).await;
        // All failures are final here.
        self.final_server = true;
        if session.is_none() {
            session = match connect::to_socket(&courier, path).await {
                Ok(stream) => Some(Session::new(
                    &courier,
                    stream,
                    Peer::new(&courier.settings.myhostname, path, None),
                )),
                Err(failure) => {
                    log::connect_failed(&failure.reason);
                    self.failure = Some(failure);
                    None
                }
            };
        }
        if let Some(session) = session {
            let again = self.converse(session).await;
            // It had been closed while it waited: once more with a new one.
            if again == Conversed::Stale {
                match connect::to_socket(&courier, path).await {
                    Ok(stream) => {
                        let peer = Peer::new(&courier.settings.myhostname, path, None);
                        self.converse(Session::new(&courier, stream, peer)).await;
                    }
                    Err(failure) => self.failure = Some(failure),
                }
            }
        }
    }

    async fn try_hosts(&mut self, destinations: &[&str]) {
        let courier = self.courier.clone();
        let fallbacks = &courier.settings.fallback_relay;
        let all: Vec<&str> = destinations
            .iter()
            .copied()
            .chain(fallbacks.iter().map(String::as_str))
            .collect();
        let mut last_tried = 0;
        for (number, text) in all.iter().enumerate() {
            if self.left.is_empty() {
                return;
            }
            last_tried = number;
            self.final_next_hop = number + 1 == all.len();
            let destination = match Destination::parse(text, &courier.settings.tcp_port, &courier.services) {
                Ok(destination) => destination,
                Err(failure) => {
                    self.failure = Some(failure);
                    continue;
                }
            };
            if let Err(failure) = self.note_demand(&destination.host).await {
                self.failure = Some(failure);
                continue;
            }
            self.loops = courier.protocol == Protocol::Smtp && destination.port == SMTP_PORT;
            let mut used = None;
            if number == 0 {
                self.decide_on_keeping(&destination.host, text).await;
                // A session that waits saves the look-ups too.
                used = self.try_kept(text).await;
                if self.left.is_empty() {
                    return;
                }
            }
            let exchangers = courier.protocol == Protocol::Smtp;
            let route = courier.router.find(&destination, exchangers, self.loops).await;
            let is_loop = route
                .failure
                .as_ref()
                .is_some_and(|failure| is_loop(failure.status));
            // Other destinations would only send it round again.
            self.final_next_hop |= route.found_self || (route.servers.is_empty() && is_loop);
            if route.failure.is_some() || used.is_none() {
                self.failure.clone_from(&route.failure);
            }
            if !route.servers.is_empty() {
                self.try_servers(route, used).await;
            }
            if self.final_next_hop {
                break;
            }
        }
        if !self.left.is_empty() && self.failure.as_ref().is_some_and(|failure| !failure.is_soft()) {
            self.forgive(last_tried >= destinations.len(), destinations.first().copied())
                .await;
        }
    }

    /// A final failure for those that are left in the end, which may be our own configuration's fault.
    async fn forgive(&mut self, was_fallback: bool, first: Option<&str>) {
        let courier = self.courier.clone();
        let smtp = courier.protocol == Protocol::Smtp;
        let Some(failure) = &mut self.failure else { return };
        if was_fallback {
            log::configuration_problem(courier.fallback_name());
            failure.status = status(4, 3, 5);
        } else if smtp && first == Some(courier.settings.relayhost.as_str()) {
            log::configuration_problem(config::catalogue::RELAYHOST.name());
            failure.status = status(4, 3, 5);
        } else if smtp && is_loop(failure.status) && courier.best_mx_transport.is_some() {
            self.pass_on().await;
        }
    }

    /// Hands the whole request to `best_mx_transport`.
    async fn pass_on(&mut self) {
        let Some((transport, next_hop)) = &self.courier.best_mx_transport else {
            return;
        };
        let recipients: Vec<Recipient> = self
            .left
            .iter()
            .filter_map(|place| self.job.recipients.get(*place))
            .cloned()
            .collect();
        let mut envelope = self.job.envelope.clone();
        if !next_hop.is_empty() {
            envelope.nexthop.clone_from(next_hop);
        }
        let request = contract::deliver::Deliver {
            envelope,
            recipients: recipients.clone(),
        };
        match transport.ask(&request).await {
            // The other agent has crossed them off and reported; doing it again changes nothing.
            Ok(delivered) if delivered.status == 0 => {
                for recipient in &recipients {
                    self.job.cross_off(recipient);
                }
            }
            Ok(_) => {}
            Err(error) => log::transport_failed(&self.courier.settings.best_mx_transport, &error),
        }
        self.left.clear();
    }

    /// Notes whether the message must not go to `host` in plain text.
    async fn note_demand(&mut self, host: &str) -> Result<(), Failure> {
        self.requires_tls = false;
        let options = SendOptions(self.job.envelope.send_options);
        if !self.courier.settings.requiretls_enable || !options.has(SendOptions::REQUIRETLS) {
            return Ok(());
        }
        match self.courier.tables.requiretls.demand(host).await {
            Ok(demand) => self.requires_tls = demand.is_for_tls(),
            Err(_) => return Err(Failure::ours(status(4, 3, 0), "REQUIRETLS policy lookup error")),
        }
        Ok(())
    }

    /// Whether sessions of this job are kept for others, and under which name.
    async fn decide_on_keeping(&mut self, name: &str, next_hop: &str) {
        let always = self.courier.is_cached_destination(name).await;
        let on_demand =
            self.courier.settings.cache_on_demand && self.job.envelope.flags & flag::KEEP_SESSION != 0;
        self.keeps_sessions = always || on_demand;
        self.keep_as = self.keeps_sessions.then(|| next_hop.to_owned());
    }

    /// Sends the message over a session that waits for it; gives the endpoint of the one that was used.
    async fn try_kept(&mut self, next_hop: &str) -> Option<String> {
        while let Some(session) = self.kept_for(next_hop).await {
            let endpoint = session.peer.endpoint().to_owned();
            self.final_server = self.final_next_hop && session.alone;
            // One that was closed meanwhile is as if it had not been there.
            if self.converse(session).await != Conversed::Stale {
                return Some(endpoint);
            }
        }
        None
    }

    /// Tries the servers of one destination in turn, but for the one that was `used` already.
    async fn try_servers(&mut self, route: Route, used: Option<String>) {
        let courier = self.courier.clone();
        let best = route.servers.first().map(|server| server.preference);
        let alone = route.servers.len() == 1;
        let mut servers = route.servers;
        let (mut addresses, mut sessions) = (0, 0);
        let is_over = |addresses, sessions| {
            let reached = |count, limit| limit > 0 && count >= limit;
            reached(addresses, courier.settings.address_limit)
                || reached(sessions, courier.settings.session_limit)
        };
        if let Some(used) = used {
            (addresses, sessions) = (1, 1);
            servers.retain(|server| endpoint_of(server) != used);
        }
        for (number, server) in servers.iter().enumerate() {
            if self.left.is_empty() || is_over(addresses, sessions) {
                return;
            }
            addresses += 1;
            let is_last = |sessions| number + 1 == servers.len() || is_over(addresses, sessions);
            let final_next_hop = self.final_next_hop;
            let is_best = best == Some(server.preference);
            self.final_server = final_next_hop && is_last(sessions);
            let endpoint = endpoint_of(server);
            let mut kept = alive(|| {
                courier
                    .cache
                    .for_endpoint(&endpoint, |session| self.fits(session))
            })
            .await;
            loop {
                let mut session = match kept.take() {
                    Some(session) => session,
                    None => match self.open(server).await {
                        Some(session) => session,
                        None => break,
                    },
                };
                session.best = is_best;
                session.alone = alone;
                self.final_server = final_next_hop && is_last(sessions + usize::from(session.uses > 0));
                match self
                    .converse_counting(
                        session,
                        |sessions_now| final_next_hop && is_last(sessions_now),
                        sessions,
                    )
                    .await
                {
                    Conversed::Stale => {}
                    Conversed::Unwelcome => break,
                    Conversed::Through => {
                        sessions += 1;
                        break;
                    }
                }
            }
        }
    }

    async fn open(&mut self, server: &Server) -> Option<Session> {
        match connect::to_server(&self.courier, server).await {
            Ok(stream) => {
                let peer = Peer::new(&server.host, &server.address.to_string(), Some(server.port));
                Some(Session::new(&self.courier, stream, peer))
            }
            Err(failure) => {
                log::connect_failed(&failure.reason);
                self.failure = Some(failure);
                None
            }
        }
    }

    fn fits(&self, session: &Session) -> bool {
        // Sessions that wait are in plain text.
        !self.requires_tls && (!self.needs_utf8 || session.has(Keywords::SMTPUTF8))
    }

    /// A waiting session for this next hop that is still alive.
    async fn kept_for(&self, next_hop: &str) -> Option<Session> {
        let cache = &self.courier.cache;
        alive(|| cache.for_next_hop(next_hop, |session| self.fits(session))).await
    }

    async fn converse(&mut self, session: Session) -> Conversed {
        let is_final = self.final_server;
        self.converse_counting(session, |_| is_final, 0).await
    }

    /// Introduces ourselves on a new session, sends the message, settles recipients, and keeps or closes the session.
    /// `is_final` says whether a session more makes this the last server.
    async fn converse_counting(
        &mut self,
        mut session: Session,
        is_final: impl Fn(usize) -> bool,
        sessions: usize,
    ) -> Conversed {
        let courier = self.courier.clone();
        let job = self.job.clone();
        if session.uses == 0 {
            let occasion = Occasion {
                queue_id: job.queue_id(),
                next_hop: &job.envelope.nexthop,
                sender: &job.envelope.sender,
                loops: self.loops,
                needs_utf8: self.needs_utf8,
                requires_tls: self.requires_tls,
            };
            if let Err(Unwelcome {
                failure,
                soft_unless_last,
            }) = session.introduce(&courier, &occasion).await
            {
                self.fail_all(Some(&session), failure, !soft_unless_last, soft_unless_last)
                    .await;
                self.close(session, false).await;
                return Conversed::Unwelcome;
            }
        }
        self.final_server = is_final(sessions + 1);
        job.connected_at(Some(stream::time_of_day()));
        job.session_used(session.uses);
        let recipients: Vec<&Recipient> = self
            .left
            .iter()
            .filter_map(|place| job.recipients.get(*place))
            .collect();
        let size = job.size();
        let order = Order {
            envelope: &job.envelope,
            recipients: &recipients,
            file: job.file(),
            size: &size,
            keep: self.keeps_sessions,
        };
        let exchange = transaction::run(&courier, &mut session, &order).await;
        if exchange.stale {
            return Conversed::Stale;
        }
        let (owes_quit, has_quit) = (
            exchange.owes_quit,
            exchange.has_quit && exchange.failure.is_none(),
        );
        self.settle(&mut session, exchange).await;
        if owes_quit {
            transaction::await_quit(&courier, &mut session).await;
        }
        self.close(session, has_quit).await;
        job.connected_at(None);
        job.session_used(0);
        Conversed::Through
    }

    /// Keeps a good session for others, or says goodbye; and tells the postmaster what he wants to know.
    async fn close(&mut self, mut session: Session, has_quit: bool) {
        let courier = self.courier.clone();
        notice::send_if_wanted(&courier, &self.job, &mut session).await;
        if has_quit || session.broken {
            return;
        }
        if self.keeps_sessions && session.uses > 0 && session.may_be_kept(&courier) {
            return cache::keep(&courier, session, self.keep_as.take());
        }
        daemon::beside(async move { session.quit(&courier).await });
    }

    /// Reports on those that have a fate, and fails the others if there is a failure for them.
    async fn settle(&mut self, session: &mut Session, exchange: Exchange) {
        let places = std::mem::take(&mut self.left);
        let mut fates = exchange.fates.into_iter();
        let mut refused_together: Option<Failure> = None;
        let (mut open, mut together) = (Vec::new(), Vec::new());
        self.complete |= exchange.failure.is_none() || !exchange.throttle;
        for place in places {
            match fates.next() {
                Some(Fate::Delivered(reply)) => self.done(session, place, &reply).await,
                Some(Fate::Refused(stage, reply)) => {
                    let failure = transaction::refusal(session, stage, &reply);
                    if transaction::concerns_all(stage, self.courier.protocol) {
                        refused_together.get_or_insert(failure);
                        together.push(place);
                    } else {
                        self.fail_one(session, place, failure).await;
                    }
                }
                Some(Fate::Open | Fate::Accepted) | None => open.push(place),
            }
        }
        // Those that were kept for another server are in `left` already; only the others are failed now.
        let kept = std::mem::take(&mut self.left);
        if let Some(failure) = refused_together {
            self.left = together;
            self.fail_all(Some(session), failure, false, false).await;
        }
        let kept_too = std::mem::replace(&mut self.left, open);
        if let Some(failure) = exchange.failure {
            self.fail_all(Some(session), failure, exchange.throttle, false)
                .await;
        }
        self.left.extend(kept.into_iter().chain(kept_too));
        self.left.sort_unstable();
    }

    async fn done(&mut self, session: &Session, place: usize, reply: &esmtp::reply::Reply) {
        let Some(recipient) = self.job.recipients.get(place) else {
            return;
        };
        let mut recipient = recipient.clone();
        let dsn_beyond = session.has(Keywords::DSN);
        if dsn_beyond {
            // The next server reports success, or relays the wish to.
            recipient.notify = recipient.notify.without(Notify::SUCCESS);
        }
        let is_last =
            !dsn_beyond && self.courier.protocol == Protocol::Lmtp && self.courier.flags.final_delivery;
        let text = reply.one_line();
        let code = if reply.is_positive() {
            reply.status
        } else {
            EnhancedStatus::new(2, 0, 0)
        };
        let dsn = Dsn::new(
            code,
            if is_last {
                Action::Delivered
            } else {
                Action::Relayed
            },
            text.clone(),
        )
        .with_remote_mta("dns", session.peer.host.clone())
        .with_diagnostic("smtp", text);
        self.job.report(&recipient, &session.peer.full, dsn).await;
    }

    /// A failure is to be taken as another server's chance.
    fn is_passing(&self, failure: &Failure, soft: bool) -> bool {
        (soft || self.courier.settings.soft_bounce)
            && !self.final_server
            && matches!(failure.status.class, 4 | 5)
    }

    async fn fail_one(&mut self, session: &Session, place: usize, failure: Failure) {
        if self.is_passing(&failure, failure.is_soft()) {
            log::server_skipped(self.job.queue_id(), &failure.reason);
            self.left.push(place);
        } else if let Some(recipient) = self.job.recipients.get(place) {
            self.job
                .report(recipient, &session.peer.full, failure.dsn())
                .await;
        }
        self.failure = Some(failure);
    }

    /// Fails all that are left, or leaves them to another server. `throttle` means that the destination is at fault,
    /// `soft_unless_last` that even a final failure leaves another server its chance.
    async fn fail_all(
        &mut self,
        session: Option<&Session>,
        failure: Failure,
        throttle: bool,
        soft_unless_last: bool,
    ) {
        let soft = failure.is_soft() || (soft_unless_last && !self.final_server);
        if self.is_passing(&failure, soft) {
            if !self.left.is_empty() {
                log::server_skipped(self.job.queue_id(), &failure.reason);
            }
            self.failure = Some(failure);
            return;
        }
        let relay = session.map_or("none", |session| session.peer.full.as_str());
        let dsn = failure.dsn();
        let mut any_left = false;
        for place in std::mem::take(&mut self.left) {
            if let Some(recipient) = self.job.recipients.get(place) {
                any_left |= self.job.report(recipient, relay, dsn.clone()).await == Left::Left;
            }
        }
        if throttle && any_left && !self.complete {
            self.job
                .destination_failed(failure.status, failure.reason.clone());
        }
        self.failure = Some(failure);
    }
}

/// How a conversation went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Conversed {
    /// The message was dealt with, one way or another.
    Through,
    /// It did not come to the message.
    Unwelcome,
    /// The session had been closed while it waited; nothing was done.
    Stale,
}

/// The port on which a loop means us.
const SMTP_PORT: u16 = 25;

fn is_loop(status: EnhancedStatus) -> bool {
    (status.subject, status.detail) == (4, 6)
}

/// The first session found of which the server has neither spoken nor hung up unasked: one that did has had enough, and
/// its next reply would be taken for the answer to another command.
async fn alive(find: impl Fn() -> Option<Session>) -> Option<Session> {
    loop {
        let mut session = find()?;
        if !session.stream.has_stirred().await {
            return Some(session);
        }
    }
}

fn endpoint_of(server: &Server) -> String {
    format!("[{}]:{}", server.address, server.port)
}

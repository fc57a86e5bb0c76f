//! trivial-rewrite: puts addresses in standard form; says by which transport and next hop they go.
//!
//! Rewriting puts addresses in form: `user` becomes `user@$myorigin`, `user@host` becomes `user@host.$mydomain`, as
//! `append_at_myorigin`, `append_dot_mydomain`, `swap_bangpath` and `allow_percent_hack` say. Resolving finds the
//! transport, next hop and recipient for an address: by transport(5), and else by the class of its domain, local,
//! virtual alias, virtual mailbox, relay or other.
//!
//! # Listens
//! `private/rewrite`: the conversation `contract::rewrite`, and `contract::explain` about routes.
//! # Asks
//! Tables, and through `private/proxymap` those it may not open.
//! # Writes
//! Nothing but the log.
//! # Runs as
//! `mail_owner`, chroot possible when no table is outside.
//! # Standards
//! RFC 822 §6 for the forms it understands; RFC 5321 §4.1.2.
//! # Difference from Postfix
//! A next hop that is a domain is told in lower case; a domain that is none is not warned of; the line about
//! `append_dot_mydomain=yes` by default names what is really put behind the domain.

mod class;
mod log;
mod resolve;
mod settings;
mod standard;

use config::catalogue::APPEND_DOT_MYDOMAIN;
use contract::explain::{ExplainRoute, ExplainedRoute};
use contract::rewrite::{Resolve, Resolved, Rewrite, Rewritten, context, flag};
use daemon::{Client, Counts, Life, Plate, Rights, Service, Speaks, Start, StartError};
use ipc::Caller;
use resolve::Resolver;
use settings::Settings;
use standard::{Origin, Standard};
use std::borrow::Cow;
use std::process::ExitCode;
use std::rc::Rc;

/// Runs the daemon.
pub fn run() -> ExitCode {
    daemon::main::<TrivialRewrite>()
}

/// The server.
struct TrivialRewrite {
    standard: Standard,
    local: Origin,
    remote: Origin,
    resolver: Resolver,
    limits: ipc::Limits,
    life: Life,
}

impl Service for TrivialRewrite {
    const PLATE: Plate = Plate {
        name: "trivial-rewrite",
        counts: Counts::Processes,
        speaks: Speaks::Connections,
        rights: Rights::MailOwner,
        lasting: false,
    };

    fn open(start: &Start<'_>) -> Result<Self, StartError> {
        let settings = Settings::read(start.configuration)?;
        let standard = Standard {
            swap_bangpath: settings.swap_bangpath,
            percent_hack: settings.allow_percent_hack,
            append_at_origin: settings.append_at_myorigin,
            append_dot_domain: settings.append_dot_mydomain,
            former_default: start.configuration.has_former_default(APPEND_DOT_MYDOMAIN),
        };
        let local = Origin {
            domain: settings.myorigin.clone(),
            parent: settings.mydomain.clone(),
        };
        let remote = Origin {
            domain: settings.remote_header_rewrite_domain.clone(),
            parent: settings.remote_header_rewrite_domain.clone(),
        };
        let resolver = Resolver::open(settings, standard.clone(), start)?;
        Ok(Self {
            standard,
            local,
            remote,
            resolver,
            limits: start.limits(),
            life: start.life.clone(),
        })
    }

    async fn serve(self: Rc<Self>, client: Client) {
        let mut caller = Caller::new(client.stream, self.limits.wait);
        while let Ok(Some(question)) = caller.question(self.life.retiring()).await {
            if let (true, Ok(rewrite)) = (question.is::<Rewrite>(), question.read::<Rewrite>()) {
                let origin = if rewrite.context == context::REMOTE {
                    &self.remote
                } else {
                    &self.local
                };
                let address = self.standard.form(&rewrite.address, origin);
                caller.answer(&Rewritten { address }).await;
            } else if let (true, Ok(resolve)) = (question.is::<Resolve>(), question.read::<Resolve>()) {
                caller.answer(&self.resolve(&resolve).await).await;
            } else if let (true, Ok(explain)) =
                (question.is::<ExplainRoute>(), question.read::<ExplainRoute>())
            {
                caller.answer(&self.explain(explain).await).await;
            } else {
                log::unknown(&question.name());
                return;
            }
        }
    }
}

impl TrivialRewrite {
    async fn explain(&self, question: ExplainRoute) -> ExplainedRoute {
        let question = Resolve {
            sender: question.sender,
            address: question.address,
            probe: false,
            as_given: false,
        };
        match self.resolver.explain(&question).await {
            Ok((route, steps)) => ExplainedRoute::new(route, &steps),
            Err(error) => {
                log::lookup_trouble(&error);
                ExplainedRoute {
                    flags: flag::FAIL,
                    nexthop: error.to_string(),
                    ..ExplainedRoute::default()
                }
            }
        }
    }

    async fn resolve(&self, question: &Resolve) -> Resolved {
        let mut question = Cow::Borrowed(question);
        if question.as_given {
            let external = self
                .standard
                .form(&mail::quote_local822(&question.address), &self.local);
            question.to_mut().address = mail::unquote(&external).into_owned();
        }
        match self.resolver.resolve(&question).await {
            Ok(resolved) => resolved,
            Err(error) => {
                log::lookup_trouble(&error);
                Resolved {
                    flags: flag::FAIL,
                    ..Resolved::default()
                }
            }
        }
    }
}

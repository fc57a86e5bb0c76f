//! The life of a delivery agent: take a request, give each recipient an outcome, answer the queue manager.
//!
//! An agent implements [`Agent`] and hands over with [`main`]. The frame opens the queue file, sees to it that every
//! recipient the agent finished is crossed off and every other one counts as left, and that the queue manager hears
//! about a destination that failed as a whole.

mod job;
mod log;

pub use job::Job;
pub use outcome::Fate;

use config::catalogue::FAST_FLUSH_DOMAINS;
use config::{Param, Text};
use contract::deliver::{Deliver, Delivered};
use daemon::{Client, Life, Plate, Service, Start, StartError};
use ipc::Caller;
use lookup::{Maps, Use};
use mail::AddressForm;
use outcome::{Filter, Reporter};
use queue::{Layout, Spool};
use std::future::Future;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

/// What a delivery agent does with one message for one next hop.
#[allow(async_fn_in_trait, reason = "one thread for each process: no Send bounds")]
pub trait Agent: Sized + 'static {
    /// What it is.
    const PLATE: Plate;

    /// As [`daemon::Service::open`].
    ///
    /// # Errors
    /// What keeps the agent from starting.
    fn open(start: &Start<'_>) -> Result<Self, StartError>;

    /// The parameter with this agent's delivery status filter, if it has one.
    fn status_filter(&self) -> Option<Param<Text>> {
        None
    }

    /// Tries to deliver, and reports on each recipient with [`Job::report`]. One without a report counts as left.
    fn deliver(self: Rc<Self>, job: Rc<Job>) -> impl Future<Output = ()>;

    /// As [`daemon::Service::run`].
    fn run(self: Rc<Self>, life: Life) -> impl Future<Output = ()> {
        async move { drop(life) }
    }

    /// As [`daemon::Service::finish`].
    fn finish(self: Rc<Self>) -> impl Future<Output = ()> {
        async {}
    }
}

config::settings! {
    /// What every delivery agent reads.
    struct Settings {
        bounce_service: String = BOUNCE_SERVICE_NAME,
        defer_service: String = DEFER_SERVICE_NAME,
        trace_service: String = TRACE_SERVICE_NAME,
        verify_service: String = ADDRESS_VERIFY_SERVICE_NAME,
        flush_service: String = FLUSH_SERVICE_NAME,
        resolution_digits: u32 = DELAY_LOGGING_RESOLUTION_LIMIT,
        address_format: String = INFO_LOG_ADDRESS_FORMAT,
        soft_bounce: bool = SOFT_BOUNCE,
        ipc_timeout: Duration = IPC_TIMEOUT,
    }
}

/// The agent with what the frame adds.
struct Frame<A> {
    agent: Rc<A>,
    reporter: Rc<Reporter>,
    spool: Spool,
    wait: Duration,
    life: Life,
}

/// The whole life of a delivery agent's process.
pub fn main<A: Agent>() -> ExitCode {
    daemon::main::<Frame<A>>()
}

impl<A: Agent> Service for Frame<A> {
    const PLATE: Plate = A::PLATE;

    fn open(start: &Start<'_>) -> Result<Self, StartError> {
        let settings = Settings::read(start.configuration)?;
        let form = AddressForm::parse(&settings.address_format).map_err(|_| {
            StartError::Refused(format!(
                "parameter info_log_address_format: invalid value {:?}; use external or internal",
                settings.address_format
            ))
        })?;
        let agent = A::open(start)?;
        let reporter = Reporter {
            bounce: start.private(&settings.bounce_service),
            defer: start.private(&settings.defer_service),
            trace: start.private(&settings.trace_service),
            verify: start.private(&settings.verify_service),
            flush: outcome::Sites::new(start.public(&settings.flush_service))
                .by_former_default(start.configuration.has_former_default(FAST_FLUSH_DOMAINS)),
            resolution_digits: u8::try_from(settings.resolution_digits).unwrap_or(u8::MAX),
            address_form: form,
            soft_bounce: settings.soft_bounce,
            filter: open_filter(start, agent.status_filter())?,
        };
        let layout = Layout::read(start.configuration)?;
        Ok(Self {
            agent: Rc::new(agent),
            reporter: Rc::new(reporter),
            spool: Spool::new(".", layout),
            wait: settings.ipc_timeout,
            life: start.life.clone(),
        })
    }

    async fn serve(self: Rc<Self>, client: Client) {
        let mut caller = Caller::new(client.stream, self.wait);
        loop {
            let question = match caller.question(self.life.retiring()).await {
                Ok(Some(question)) => question,
                Ok(None) => return,
                Err(error) => return log::malformed(&error),
            };
            // A queue manager that was killed has left its question behind; the next one asks for the same delivery.
            if caller.is_gone().await {
                return;
            }
            let reply = match question.read::<Deliver>() {
                Ok(deliver) => self.deliver(deliver).await,
                Err(error) => return log::malformed(&error),
            };
            caller.answer(&reply).await;
        }
    }

    async fn run(self: Rc<Self>, life: Life) {
        self.agent.clone().run(life).await;
    }

    async fn finish(self: Rc<Self>) {
        self.agent.clone().finish().await;
    }
}

fn open_filter(start: &Start<'_>, parameter: Option<Param<Text>>) -> Result<Filter, StartError> {
    let Some(parameter) = parameter else {
        return Ok(Filter::none());
    };
    let tables: String = start.configuration.get(parameter)?;
    let maps = Maps::open(&start.tables()?, parameter.name(), &tables, Use::EXACT)?;
    Ok(Filter::new(maps))
}

impl<A: Agent> Frame<A> {
    async fn deliver(&self, deliver: Deliver) -> Delivered {
        let queue_id = deliver.envelope.queue_id.clone();
        match Job::open(deliver, &self.spool, self.reporter.clone()) {
            Ok(job) => {
                let job = Rc::new(job);
                self.agent.clone().deliver(job.clone()).await;
                job.answer()
            }
            Err(error) => {
                log::no_file(&queue_id, &error);
                Delivered {
                    status: -1,
                    ..Delivered::default()
                }
            }
        }
    }
}

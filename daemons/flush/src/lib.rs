//! flush: knows which deferred mail waits for which domain.
//!
//! For each domain in `fast_flush_domains` it keeps a list of queue files with mail for it. ETRN, `sendmail -qR` and
//! `postqueue -s` then try that mail alone, without a look at the rest of the queue.
//!
//! # Listens
//! `public/flush`: the conversation `contract::flush`, and wake-up bytes.
//! # Asks
//! `public/qmgr`, by wake-up bytes: there is mail to be tried now.
//! # Writes
//! `flush/`, and moves files from `deferred/` to `incoming/`.
//! # Runs as
//! `mail_owner`, chroot possible.
//! # Standards
//! None; flush(8), ETRN_README.
//! # Difference from Postfix
//! None known.

mod log;
mod settings;
mod site;

use config::catalogue::FAST_FLUSH_DOMAINS;
use contract::attribute::Done;
use contract::flush::{Add, Purge, Refresh, Send, SendFile, status};
use contract::trigger;
use daemon::{Client, Counts, Life, Plate, Rights, Service, Speaks, Start, StartError};
use ipc::{Caller, Port, Question};
use lookup::MatchList;
use mail::QueueId;
use queue::{Layout, Queue, QueueError, Spool};
use settings::Settings;
use std::process::ExitCode;
use std::rc::Rc;

/// Runs the daemon.
pub fn run() -> ExitCode {
    daemon::main::<Flush>()
}

/// The server.
struct Flush {
    settings: Settings,
    domains: MatchList,
    spool: Spool,
    queue_manager: Port,
    limits: ipc::Limits,
    life: Life,
}

impl Service for Flush {
    const PLATE: Plate = Plate {
        name: "flush",
        counts: Counts::Processes,
        speaks: Speaks::Connections,
        rights: Rights::MailOwner,
        lasting: false,
    };

    fn open(start: &Start<'_>) -> Result<Self, StartError> {
        let settings = Settings::read(start.configuration)?;
        let layout = Layout::read(start.configuration)?;
        let parents = settings
            .parents
            .iter()
            .any(|name| name == FAST_FLUSH_DOMAINS.name());
        let domains = MatchList::open(
            &start.tables()?,
            FAST_FLUSH_DOMAINS.name(),
            &settings.domains,
            parents,
        )?;
        let queue_manager = start.public(&settings.queue_service);
        let (limits, life) = (start.limits(), start.life.clone());
        Ok(Self {
            settings,
            domains,
            spool: Spool::new(".", layout),
            queue_manager,
            limits,
            life,
        })
    }

    async fn serve(self: Rc<Self>, mut client: Client) {
        if client.stream.fill(self.limits.wait).await.is_err() {
            return;
        }
        // A wake-up is bytes alone; a question has names that end with NUL and are in lower case.
        let first = client.stream.buffered().first().copied();
        if let Some(trigger::WAKE_UP | trigger::flush::REFRESH) = first {
            let refresh = client.stream.buffered().contains(&trigger::flush::REFRESH);
            self.report(if refresh {
                self.refresh().await
            } else {
                self.purge()
            });
            return;
        }
        let mut caller = Caller::new(client.stream, self.limits.wait);
        while let Ok(Some(question)) = caller.question(self.life.retiring()).await {
            let status = match self.answer(&question).await {
                Some(Ok(status)) => status,
                Some(Err(error)) => {
                    log::site_trouble(&question.name(), &error);
                    status::FAIL
                }
                None => {
                    log::unknown(&question.name());
                    status::BAD
                }
            };
            caller
                .answer(&Done {
                    status,
                    reason: String::new(),
                })
                .await;
        }
    }
}

impl Flush {
    /// `None` for what is no request of this conversation.
    async fn answer(&self, question: &Question) -> Option<Result<i32, QueueError>> {
        if question.is::<Add>() {
            let add = question.read::<Add>().ok()?;
            let Some(id) = QueueId::parse(&add.queue_id) else {
                return Some(Ok(status::BAD));
            };
            return Some(match self.is_known(&add.site).await {
                Ok(()) => site::add(&self.spool, &add.site, &id).map(|()| status::OK),
                Err(status) => Ok(status),
            });
        }
        if question.is::<Send>() {
            let send = question.read::<Send>().ok()?;
            return Some(match self.is_known(&send.site).await {
                Ok(()) => self.send_site(&send.site).await,
                Err(status) => Ok(status),
            });
        }
        if question.is::<SendFile>() {
            let send = question.read::<SendFile>().ok()?;
            let Some(id) = QueueId::parse(&send.queue_id) else {
                return Some(Ok(status::BAD));
            };
            return Some(match site::release(&self.spool, &id) {
                Ok(()) => {
                    self.wake_up().await;
                    Ok(status::OK)
                }
                // It is on its way already, or gone.
                Err(QueueError::Absent) => Ok(status::OK),
                Err(error) => Err(error),
            });
        }
        if question.is::<Refresh>() {
            return Some(self.refresh().await.map(|()| status::OK));
        }
        question.is::<Purge>().then(|| self.purge().map(|()| status::OK))
    }

    async fn is_known(&self, site: &str) -> Result<(), i32> {
        match self.domains.contains_domain(&site.to_ascii_lowercase()).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(status::UNKNOWN),
            Err(error) => {
                log::site_trouble(site, &error);
                Err(status::FAIL)
            }
        }
    }

    async fn send_site(&self, site: &str) -> Result<i32, QueueError> {
        self.send(&self.spool.path_of_name(Queue::Flush, &site::file_name(site)))
            .await?;
        Ok(status::OK)
    }

    async fn send(&self, path: &std::path::Path) -> Result<(), QueueError> {
        let (count, failed) = site::send(&self.spool, path)?;
        for (id, error) in &failed {
            log::not_moved(id.as_str(), error);
        }
        if count > 0 {
            self.wake_up().await;
        }
        Ok(())
    }

    /// Visits the logs that nobody asked for in a long time: their sites have mail that waits.
    async fn refresh(&self) -> Result<(), QueueError> {
        for found in site::all(&self.spool)? {
            if !found.is_empty && found.age > self.settings.refresh_time {
                self.send(&found.path).await?;
            }
        }
        Ok(())
    }

    fn purge(&self) -> Result<(), QueueError> {
        for found in site::all(&self.spool)? {
            if found.is_empty && found.age > self.settings.purge_time {
                std::fs::remove_file(&found.path)?;
            }
        }
        Ok(())
    }

    fn report(&self, done: Result<(), QueueError>) {
        if let Err(error) = done {
            log::site_trouble("refresh", &error);
        }
    }

    async fn wake_up(&self) {
        let bytes = [trigger::qmgr::FLUSH_DEAD, trigger::qmgr::SCAN_INCOMING];
        let woken = async {
            let mut connection = self.queue_manager.connect().await?;
            connection.stream().put(&bytes);
            connection.flush().await
        };
        if let Err(error) = woken.await {
            log::no_wake_up(&error);
        }
    }
}

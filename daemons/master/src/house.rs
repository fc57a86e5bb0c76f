//! All services together: signals, reload, and the end.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use config::catalogue;
use sys::identity::Ids;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::{JoinHandle, spawn_local};

use crate::launch::{Flow, Ground, Keep};
use crate::options::Options;
use crate::plan::Plan;
use crate::service::Service;
use crate::settings::Settings;
use crate::{MasterError, environment, listen, log, plan};

/// Which service each running daemon belongs to.
#[derive(Default)]
pub(crate) struct Roll {
    services: RefCell<HashMap<u32, Rc<Service>>>,
}

impl Roll {
    pub(crate) fn enter(&self, pid: u32, service: Rc<Service>) {
        self.services.borrow_mut().insert(pid, service);
    }

    /// Collects all daemons that have ended.
    fn collect(&self) {
        loop {
            match sys::child::collect_child() {
                Ok(Some((pid, ended))) => {
                    let service = self.services.borrow_mut().remove(&pid);
                    if let Some(service) = service {
                        service.ended(pid, ended);
                    }
                }
                Ok(None) => return,
                Err(error) => {
                    log::trouble(&format_args!("collect ended daemons: {error}"));
                    return;
                }
            }
        }
    }

    /// The services with running daemons, those on datagrams or the others.
    fn services(&self, on_datagrams: bool) -> Vec<Rc<Service>> {
        let mut found: Vec<Rc<Service>> = Vec::new();
        for service in self.services.borrow().values() {
            let wanted = service.is_on_datagrams() == on_datagrams;
            // A service stands here once for each of its daemons.
            if wanted && !found.iter().any(|known| Rc::ptr_eq(known, service)) {
                found.push(Rc::clone(service));
            }
        }
        found
    }
}

/// The running system.
pub(crate) struct House {
    ground: Rc<Ground>,
    running: Vec<Running>,
    roll: Rc<Roll>,
    fixed: Fixed,
}

/// What stays as it was at the start, whatever a reload finds.
#[derive(Clone)]
struct Fixed {
    owner: Option<Ids>,
    verbose: u8,
    keep: Keep,
    flow: Rc<Flow>,
}

struct Running {
    service: Rc<Service>,
    supply: JoinHandle<()>,
    wakeup: JoinHandle<()>,
}

impl House {
    /// Opens all sockets and begins to watch them.
    ///
    /// # Errors
    /// A configuration that cannot be used, or a socket that cannot be had.
    pub(crate) fn open(
        directory: &Path,
        options: &Options,
        owner: Option<Ids>,
        keep: Keep,
    ) -> Result<Self, MasterError> {
        let fixed = Fixed {
            owner,
            verbose: options.verbose,
            keep,
            flow: Flow::new().map_err(|error| MasterError::system("pipe", error))?,
        };
        let (ground, plans) = load(directory, &fixed, None)?;
        let mut house = Self {
            ground,
            running: Vec::new(),
            roll: Rc::default(),
            fixed,
        };
        for plan in plans {
            house.add(plan)?;
        }
        Ok(house)
    }

    pub(crate) fn ground(&self) -> &Ground {
        &self.ground
    }

    /// Lives until a signal or the exit time ends it.
    pub(crate) async fn live(&mut self, mut signals: Signals, exit_after: Option<Duration>) {
        let exit = async {
            match exit_after {
                Some(time) => stream::pause(time).await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(exit);
        loop {
            tokio::select! {
                signal = signals.next() => match signal {
                    Sign::Child => self.roll.collect(),
                    Sign::Reload => self.reload(),
                    Sign::End(number) => {
                        log::terminating(number);
                        return self.end(&mut signals).await;
                    }
                },
                () = &mut exit => return log::exit_time(),
            }
        }
    }

    fn add(&mut self, plan: Plan) -> Result<(), MasterError> {
        let sockets = listen::open(&plan, self.fixed.owner.as_ref())?;
        let service = Service::new(plan, Rc::clone(&self.ground), sockets, Rc::clone(&self.roll));
        self.running.push(Running::new(service));
        Ok(())
    }

    /// Reads the configuration again. What is wrong with it leaves all as it was.
    fn reload(&mut self) {
        let directory = self.ground.directory.clone();
        match load(&directory, &self.fixed, Some(&self.ground.settings)) {
            Ok((ground, plans)) => {
                self.ground = ground;
                self.rearrange(plans);
                log::reloaded(&self.ground.settings.mail_version, &directory);
            }
            Err(error) => log::reload_refused(&error),
        }
    }

    fn rearrange(&mut self, plans: Vec<Plan>) {
        let mut old = std::mem::take(&mut self.running);
        for mut plan in plans {
            let place = old
                .iter()
                .position(|running| running.service.plan().is_same_service(&plan));
            if let Some(place) = place {
                let mut running = old.swap_remove(place);
                let before = running.service.plan();
                if before.place != plan.place {
                    log::service_change_ignored(&plan.name, "socket");
                    plan.place = before.place.clone();
                }
                running.service.replan(plan, Rc::clone(&self.ground));
                running.wakeup.abort();
                running.wakeup = spawn_local(Rc::clone(&running.service).wake_regularly());
                self.running.push(running);
            } else if let Err(error) = self.add(plan) {
                log::trouble(&error);
            }
        }
        for running in old {
            running.supply.abort();
            running.wakeup.abort();
            running.service.signal(SIGTERM);
            if let Err(error) = listen::remove(&running.service.plan()) {
                log::trouble(&format_args!(
                    "remove {}: {error}",
                    running.service.plan().endpoint()
                ));
            }
        }
    }

    /// Ends all daemons, and waits for them a while: whoever sees master gone sees them gone too.
    async fn end(&mut self, signals: &mut Signals) {
        self.end_all(false, signals).await;
        // Those on datagrams write the others' log lines: they go last, when they have read all.
        let drain = async {
            while !self.running.iter().all(Running::is_drained) {
                stream::pause(DRAIN_PAUSE).await;
            }
        };
        let _ = stream::within(END_WAIT, drain).await;
        self.end_all(true, signals).await;
    }

    async fn end_all(&self, on_datagrams: bool, signals: &mut Signals) {
        for running in &self.running {
            if running.service.is_on_datagrams() == on_datagrams {
                running.supply.abort();
                running.wakeup.abort();
            }
        }
        for service in self.roll.services(on_datagrams) {
            service.signal(SIGTERM);
        }
        let all_gone = async {
            self.roll.collect();
            while !self.roll.services(on_datagrams).is_empty() && signals.child.recv().await.is_some() {
                self.roll.collect();
            }
        };
        // A daemon that does not hear is left to find its master gone.
        let _ = stream::within(END_WAIT, all_gone).await;
    }
}

impl Running {
    /// Whether its log lines, if it has any, have been read.
    fn is_drained(&self) -> bool {
        !self.service.is_on_datagrams() || self.service.is_drained()
    }

    fn new(service: Rc<Service>) -> Self {
        let supply = spawn_local(Rc::clone(&service).supply());
        let wakeup = spawn_local(Rc::clone(&service).wake_regularly());
        Self {
            service,
            supply,
            wakeup,
        }
    }
}

/// The signals that master hears.
pub(crate) struct Signals {
    child: Signal,
    hangup: Signal,
    terminate: Signal,
    interrupt: Signal,
    quit: Signal,
}

impl Signals {
    /// # Errors
    /// The kernel refuses to tell of signals.
    pub(crate) fn open() -> Result<Self, MasterError> {
        let open = |kind| signal(kind).map_err(|error| MasterError::system("watch signals", error));
        Ok(Self {
            child: open(SignalKind::child())?,
            hangup: open(SignalKind::hangup())?,
            terminate: open(SignalKind::terminate())?,
            interrupt: open(SignalKind::interrupt())?,
            quit: open(SignalKind::quit())?,
        })
    }

    async fn next(&mut self) -> Sign {
        tokio::select! {
            _ = self.child.recv() => Sign::Child,
            _ = self.hangup.recv() => Sign::Reload,
            _ = self.terminate.recv() => Sign::End(SIGTERM),
            _ = self.interrupt.recv() => Sign::End(SIGINT),
            _ = self.quit.recv() => Sign::End(SIGQUIT),
        }
    }
}

/// What a signal asks for.
enum Sign {
    /// A daemon has ended.
    Child,
    /// Read the configuration again.
    Reload,
    /// End, on this signal.
    End(i32),
}

/// Reads both files, with the values that cannot change while master runs kept from `before`.
fn load(
    directory: &Path,
    fixed: &Fixed,
    before: Option<&Settings>,
) -> Result<(Rc<Ground>, Vec<Plan>), MasterError> {
    let facts = configuration::Facts {
        process_name: "master",
        ..configuration::Facts::default()
    };
    let mut warnings = Vec::new();
    let mut configuration = configuration::read_with_warnings(directory, &facts, &mut warnings)?;
    configuration::check(&configuration)?;
    let mut settings = Settings::read(&configuration)?;
    if let Some(before) = before {
        let pairs = [
            (
                catalogue::INET_INTERFACES.name(),
                &before.inet_interfaces,
                &settings.inet_interfaces,
            ),
            (
                catalogue::INET_PROTOCOLS.name(),
                &before.inet_protocols,
                &settings.inet_protocols,
            ),
            (
                catalogue::QUEUE_DIRECTORY.name(),
                &before.queue_directory,
                &settings.queue_directory,
            ),
            (
                catalogue::MAIL_OWNER.name(),
                &before.mail_owner,
                &settings.mail_owner,
            ),
        ];
        for (name, old, new) in pairs.into_iter().filter(|(_, old, new)| old != new) {
            log::change_ignored(name, old, new);
            configuration.set_fact(name, old);
        }
        settings = Settings::read(&configuration)?;
    }
    let mut master = configuration::read_master(directory)?;
    warnings.append(&mut master.warnings);
    warnings
        .iter()
        .for_each(|warning| log::configuration_warning(warning));
    let plans = plan::plans(&master, &configuration, &settings)?;
    let environment = environment::common(&settings.import_environment, directory);
    let ground = Ground {
        settings,
        environment,
        directory: directory.to_owned(),
        owner: fixed.owner.clone(),
        verbose: fixed.verbose,
        keep: fixed.keep,
        flow: Rc::clone(&fixed.flow),
        processors: u32::try_from(sys::process::processor_count()).unwrap_or(1),
    };
    Ok((Rc::new(ground), plans))
}

/// How often the log socket is looked at when the end has come.
const DRAIN_PAUSE: Duration = Duration::from_millis(5);
/// How long the daemons have to end after SIGTERM.
const END_WAIT: Duration = Duration::from_secs(2);
const SIGINT: i32 = 2;
const SIGQUIT: i32 = 3;
const SIGTERM: i32 = 15;

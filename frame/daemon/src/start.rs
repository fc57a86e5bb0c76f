//! From the first instruction of a daemon to its first client, and from its last client to its end.

use crate::accept::{self, Listener};
use crate::confine::{ConfineError, Confinement, Root};
use crate::flow::Flow;
use crate::life::Life;
use crate::options::{OptionError, Options};
use crate::plate::{Counts, Rights, Speaks};
use crate::{Service, debugger, log};
use config::{Configuration, ParameterError};
use contract::master;
use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::{LocalSet, spawn_local};

config::settings! {
    /// What every daemon reads.
    struct Settings {
        queue_directory: String = QUEUE_DIRECTORY,
        data_directory: String = DATA_DIRECTORY,
        mail_owner: String = MAIL_OWNER,
        max_idle: Duration = MAX_IDLE,
        max_use: u64 = MAX_USE,
        ipc_timeout: Duration = IPC_TIMEOUT,
        ipc_idle: Duration = IPC_IDLE,
        syslog_name: String = SYSLOG_NAME,
        syslog_facility: String = SYSLOG_FACILITY,
        maillog_file: String = MAILLOG_FILE,
        myhostname: String = MYHOSTNAME,
        smtputf8_enable: bool = SMTPUTF8_ENABLE,
    }
}

/// What a service is given to open itself.
pub struct Start<'a> {
    /// All parameters.
    pub configuration: &'a Configuration,
    /// The rights of the start, until they are given up.
    pub root: &'a Root,
    /// The service's name in `master.cf`.
    pub service: &'a str,
    /// The program's own arguments, after the options.
    pub arguments: &'a [String],
    /// How full the process is, and when it retires.
    pub life: Life,
    /// By which the queue manager holds back those who file mail.
    pub flow: Flow,
    queue_directory: PathBuf,
    limits: ipc::Limits,
    chroot: bool,
    stand_alone: bool,
    explains: bool,
}

impl Start<'_> {
    /// The port of a service on `private/<name>`.
    pub fn private(&self, name: &str) -> ipc::Port {
        ipc::Port::new(format!("private/{name}"), self.limits)
    }

    /// The port of a service on `public/<name>`.
    pub fn public(&self, name: &str) -> ipc::Port {
        ipc::Port::new(format!("public/{name}"), self.limits)
    }

    /// How long to wait for our own services, and to keep connections to them.
    pub fn limits(&self) -> ipc::Limits {
        self.limits
    }

    /// The queue directory as seen before any change of root directory. It is also the working directory of every
    /// daemon, before and after: paths below it are best written without it.
    pub fn queue_directory(&self) -> &std::path::Path {
        &self.queue_directory
    }

    /// Whether a user who is not `mail_owner` is the client on standard input (`sendmail -bs`): the process keeps that
    /// user's rights, so it reaches neither the queue nor the other services.
    pub fn is_stand_alone(&self) -> bool {
        self.stand_alone
    }

    /// Whether the client on standard input only asks what would be done (`-X`). Nothing may be sent, counted, written
    /// or logged then.
    pub fn is_dry_run(&self) -> bool {
        self.explains
    }

    /// Whether the root directory will be the queue directory.
    pub fn is_chroot(&self) -> bool {
        self.chroot
    }
}

/// What keeps a daemon from starting.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A parameter's value.
    #[error("{0}")]
    Parameter(#[source] Box<ParameterError>),
    /// The configuration files.
    #[error("{0}")]
    Configuration(#[source] Box<configuration::ConfigurationError>),
    /// The command line.
    #[error("{0}")]
    Option(#[from] OptionError),
    /// The rights.
    #[error("{0}")]
    Confine(#[from] ConfineError),
    /// The log.
    #[error("{0}")]
    Maillog(#[from] maillog::MaillogError),
    /// The system.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: String,
        /// How it ended.
        #[source]
        source: io::Error,
    },
    /// A table.
    #[error("{0}")]
    Table(#[from] lookup::OpenError),
    /// The service's own reason, as one line.
    #[error("{0}")]
    Refused(String),
}

impl StartError {
    /// A failed system call, with what it was for.
    pub fn system(what: impl Into<String>, source: io::Error) -> Self {
        Self::System {
            what: what.into(),
            source,
        }
    }
}

// The two large causes are boxed: every function of a start returns this type.
impl From<ParameterError> for StartError {
    fn from(error: ParameterError) -> Self {
        Self::Parameter(Box::new(error))
    }
}

impl From<configuration::ConfigurationError> for StartError {
    fn from(error: configuration::ConfigurationError) -> Self {
        Self::Configuration(Box::new(error))
    }
}

/// The whole life of a daemon process.
pub fn main<S: Service>() -> ExitCode {
    let _ = maillog::open(maillog::Settings::before_configuration(S::PLATE.name, true));
    std::panic::set_hook(Box::new(log::panicked));
    let status = live::<S>().unwrap_or_else(|error| {
        log::cannot_start(&error);
        ExitCode::FAILURE
    });
    maillog::flush();
    status
}

/// A process of a service that counts its clients, when master sets no limit.
const DEFAULT_CAPACITY: u32 = 10_000;
/// Threads that wait for the disk, at most. Parallel syncs share one commit of the file system's journal.
const BLOCKING_THREADS: usize = 128;
/// Descriptors a process asks for; the hard limit may be lower.
const OPEN_FILES: u64 = 65_536;

fn live<S: Service>() -> Result<ExitCode, StartError> {
    let options = Options::parse(std::env::args().skip(1))?;
    prepare_dry_run::<S>(&options)?;
    let sockets = inherited(&options)?;
    let (status, flow) = shared_with_master(&options)?;
    maillog::set_verbosity(u8::try_from(options.verbose).unwrap_or(u8::MAX));
    let configuration = read_configuration::<S>(&options)?;
    let mut settings = Settings::read(&configuration)?;
    if let Some(text) = &options.max_idle {
        settings.max_idle = Duration::from_secs(text.parse().unwrap_or(settings.max_idle.as_secs()));
    }
    if let Some(text) = &options.max_use {
        settings.max_use = text.parse().unwrap_or(settings.max_use);
    }
    open_log::<S>(&options, &settings)?;
    settle(&settings)?;
    if options.debug || std::env::var_os(master::DEBUG).is_some() {
        debugger::run(&configuration)?;
    }

    let root = Root::at_start();
    let life = life_of::<S>(&settings, status.as_ref())?;
    let start = Start {
        configuration: &configuration,
        root: &root,
        service: options.service.as_deref().unwrap_or(S::PLATE.name),
        arguments: &options.arguments,
        life: life.clone(),
        flow,
        queue_directory: PathBuf::from(&settings.queue_directory),
        limits: ipc::Limits {
            wait: settings.ipc_timeout,
            idle: settings.ipc_idle,
            ..ipc::Limits::default()
        },
        chroot: options.chroot && root.is_privileged(),
        stand_alone: is_stand_alone(&options, &settings)?,
        explains: options.explains,
    };
    let service = Rc::new(S::open(&start)?);
    // What a user does alone has that user's rights, and goes on through a set-group-id command, which a confined
    // process could not start.
    if !start.stand_alone {
        confine(root, S::PLATE.rights, &options, &settings)?;
    }

    maillog::gather();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        // Lines of one turn travel together: before the process sleeps, not each at once.
        .on_thread_park(maillog::flush)
        .build()
        .map_err(|error| StartError::system("start the event loop", error))?;
    let work = serve(
        service,
        sockets,
        status,
        life.clone(),
        &settings,
        options.standard_input,
    );
    LocalSet::new().block_on(&runtime, work)?;
    Ok(if life.has_failed() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Before anything may be logged: what goes wrong in a dry run concerns who asked, not the log of the mail system.
fn prepare_dry_run<S: Service>(options: &Options) -> Result<(), StartError> {
    if !options.explains {
        return Ok(());
    }
    if !S::EXPLAINS {
        return Err(OptionError::Unknown('X').into());
    }
    maillog::open(maillog::Settings {
        destination: maillog::Destination::Stderr,
        ..maillog::Settings::before_configuration(S::PLATE.name, false)
    })?;
    Ok(())
}

/// The process's own surroundings: where it is, which signals do not end it, how much it may open.
fn settle(settings: &Settings) -> Result<(), StartError> {
    std::env::set_current_dir(&settings.queue_directory)
        .map_err(|error| StartError::system(format!("chdir {}", settings.queue_directory), error))?;
    // A client that hangs up is an error of that write, not the end of the process.
    sys::process::ignore_signal(SIGPIPE).map_err(|error| StartError::system("ignore SIGPIPE", error))?;
    // A file that may not grow further is an error of that write, too.
    sys::process::ignore_signal(SIGXFSZ).map_err(|error| StartError::system("ignore SIGXFSZ", error))?;
    let _ = sys::process::raise_open_files(OPEN_FILES);
    Ok(())
}

fn is_stand_alone(options: &Options, settings: &Settings) -> Result<bool, StartError> {
    if !options.standard_input || options.explains {
        return Ok(false);
    }
    let name = &settings.mail_owner;
    let owner = sys::account::account_by_name(name)
        .map_err(|error| StartError::system(format!("look up user {name}"), error))?;
    Ok(owner.is_none_or(|owner| owner.uid != sys::identity::real_uid()))
}

/// The number of SIGPIPE on every system we run on.
const SIGPIPE: i32 = 13;
/// The number of SIGXFSZ on every system we run on.
const SIGXFSZ: i32 = 25;

fn inherited(options: &Options) -> Result<Vec<std::os::fd::OwnedFd>, StartError> {
    if options.service.is_none() && !options.standard_input {
        log::by_hand();
        return Err(StartError::Refused(
            "no service name: missing option -n".to_owned(),
        ));
    }
    let count = i32::try_from(options.sockets).unwrap_or(i32::MAX - master::FIRST_SOCKET);
    (master::FIRST_SOCKET..master::FIRST_SOCKET + count)
        .map(|number| {
            sys::descriptor::take_inherited(number)
                .map_err(|error| StartError::system(format!("listen socket {number}"), error))
        })
        .collect()
}

fn shared_with_master(options: &Options) -> Result<(Option<UnixDatagram>, Flow), StartError> {
    if options.detached || options.standard_input {
        return Ok((None, Flow::default()));
    }
    let flow = Flow::inherited().map_err(|error| StartError::system("pipe of new mail", error))?;
    Ok((Some(master_socket()?), flow))
}

fn master_socket() -> Result<UnixDatagram, StartError> {
    let descriptor = sys::descriptor::take_inherited(master::STATUS)
        .map_err(|error| StartError::system("connection to master", error))?;
    let socket = UnixDatagram::from(descriptor);
    socket
        .set_nonblocking(true)
        .map_err(|error| StartError::system("connection to master", error))?;
    Ok(socket)
}

fn read_configuration<S: Service>(options: &Options) -> Result<Configuration, StartError> {
    let directory = configuration::chosen_directory(None, std::env::var_os(master::CONFIG_DIRECTORY), false)?;
    let process_name = program_name(S::PLATE.name);
    let facts = configuration::Facts {
        process_name: &process_name,
        service_name: options.service.as_deref().unwrap_or_default(),
        overrides: &options.overrides,
    };
    let configuration = configuration::read(&directory, &facts)?;
    configuration::check(&configuration)?;
    Ok(configuration)
}

/// The last part of the path this process was started as: one program may serve under two names (`smtp`, `lmtp`).
fn program_name(default: &str) -> String {
    let path = std::env::args_os().next().map(PathBuf::from);
    let name = path
        .as_deref()
        .and_then(std::path::Path::file_name)
        .and_then(std::ffi::OsStr::to_str);
    name.unwrap_or(default).to_owned()
}

fn open_log<S: Service>(options: &Options, settings: &Settings) -> Result<(), StartError> {
    let destination = match settings.maillog_file.as_str() {
        _ if options.explains => maillog::Destination::Stderr,
        "" => maillog::Destination::Syslog,
        _ => maillog::Destination::Postlogd {
            socket: PathBuf::from(&settings.queue_directory).join("public/postlog"),
            fallback: None,
        },
    };
    maillog::open(maillog::Settings {
        syslog_name: settings.syslog_name.clone(),
        process: program_name(S::PLATE.name),
        hostname: settings.myhostname.clone(),
        facility: maillog::Facility::parse(&settings.syslog_facility).unwrap_or(maillog::Facility::MAIL),
        destination,
        also_stderr: options.standard_input,
        utf8: settings.smtputf8_enable,
    })?;
    Ok(())
}

fn life_of<S: Service>(settings: &Settings, status: Option<&UnixDatagram>) -> Result<Life, StartError> {
    let counts_clients = S::PLATE.counts == Counts::Clients;
    let capacity = if counts_clients {
        std::env::var(master::CLIENT_LIMIT)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(DEFAULT_CAPACITY)
    } else {
        u32::MAX
    };
    let uses = if S::PLATE.lasting || !counts_clients {
        u64::MAX
    } else {
        settings.max_use.max(1).saturating_mul(u64::from(capacity.max(1)))
    };
    let master = status
        .map(UnixDatagram::try_clone)
        .transpose()
        .map_err(|error| StartError::system("connection to master", error))?;
    Ok(Life::new(capacity.max(1), counts_clients, uses, master))
}

fn confine(root: Root, rights: Rights, options: &Options, settings: &Settings) -> Result<(), StartError> {
    let mut writable = vec![PathBuf::from("/dev/null")];
    if !options.explains {
        writable.push(PathBuf::from(&settings.queue_directory));
        writable.push(PathBuf::from(&settings.data_directory));
    }
    if let Some(folder) = PathBuf::from(&settings.maillog_file)
        .parent()
        .filter(|path| path.is_absolute() && !options.explains)
    {
        writable.push(folder.to_owned());
    }
    Ok(root.confine(&Confinement {
        rights,
        unprivileged: options.unprivileged,
        chroot: options.chroot,
        mail_owner: &settings.mail_owner,
        queue_directory: std::path::Path::new(&settings.queue_directory),
        writable,
    })?)
}

async fn serve<S: Service>(
    service: Rc<S>,
    sockets: Vec<std::os::fd::OwnedFd>,
    status: Option<UnixDatagram>,
    life: Life,
    settings: &Settings,
    standard_input: bool,
) -> Result<(), StartError> {
    if let Some(status) = status {
        spawn_local(watch_master(status, life.clone()));
    }
    if standard_input {
        let client = accept::standard_input()
            .map_err(|error| StartError::system("client on standard input", error))?;
        accept::start(service.clone(), client, life.take_place());
        life.retire();
    }
    for socket in sockets {
        let listener = Listener::new(socket, S::PLATE.speaks)
            .map_err(|error| StartError::system("take a listen socket", error))?;
        spawn_local(accept::listen(service.clone(), listener, life.clone()));
    }
    if S::PLATE.speaks == Speaks::Datagrams {
        let ended =
            signal(SignalKind::terminate()).map_err(|error| StartError::system("watch signals", error))?;
        spawn_local(end_of_datagrams(ended, life.clone()));
    }
    spawn_local(service.clone().run(life.clone()));
    life.report();
    let idle = if S::PLATE.lasting {
        None
    } else {
        Some(settings.max_idle)
    };
    age(&life, idle).await;
    service.finish().await;
    Ok(())
}

/// Hears master. It closes its end to say that this process shall retire, and when it is gone itself.
async fn watch_master(status: UnixDatagram, life: Life) {
    let Ok(status) = tokio::net::UnixDatagram::from_std(status) else {
        life.retire();
        return;
    };
    let mut word = [0; 64];
    while let Ok(length @ 1..) = status.recv(&mut word).await {
        if word.get(..length) == Some(master::FULL) {
            life.note_full();
        }
    }
    life.retire();
}

/// Whoever sends a datagram does not learn whether it was read: what has come is dealt with before the process ends.
async fn end_of_datagrams(mut ended: Signal, life: Life) {
    if ended.recv().await.is_some() {
        life.retire();
    }
}

/// Waits until the process has been idle for long, or has retired and its last client is gone.
async fn age(life: &Life, max_idle: Option<Duration>) {
    loop {
        if life.is_retiring() {
            if life.clients() == 0 {
                return;
            }
            life.changed().await;
            continue;
        }
        match (life.idle_since(), max_idle) {
            (Some(since), Some(max_idle)) => {
                let left = max_idle.saturating_sub(stream::now().duration_since(since));
                if left.is_zero() {
                    life.retire();
                } else {
                    let _ = stream::within(left, life.changed()).await;
                }
            }
            _ => life.changed().await,
        }
    }
}

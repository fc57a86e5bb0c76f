//! spawn: runs a foreign program behind a `master.cf` line, once for each client, as inetd does.
//!
//! The client's connection is the program's standard input, output and error output. spawn reads and writes nothing
//! of the conversation itself.
//!
//! The arguments in `master.cf`: `user=NAME` or `user=NAME:GROUP`, whose ids the program has, and last `argv=COMMAND
//! ...`, started without a shell. The program may run for `_time_limit`. The usual case is a policy server:
//!
//! ```text
//! policy unix - n n - 0 spawn user=nobody argv=/usr/local/bin/policy
//! ```
//!
//! # Listens
//! On the socket of its `master.cf` line, Unix or TCP.
//! # Asks
//! Nobody.
//! # Writes
//! Nothing but the log.
//! # Runs as
//! `mail_owner`, with root kept as a saved id to start the program under the ids of `user=`.
//! # Standards
//! None; spawn(8).
//! # Difference from Postfix
//! None known.

mod log;
mod settings;

use crate::settings::Settings;
use daemon::{Client, Counts, Plate, Rights, Service, Speaks, Start, StartError};
use std::io;
use std::os::fd::OwnedFd;
use std::process::ExitCode;
use std::rc::Rc;
use stream::Socket;
use sys::child::{command_as, signal_group};
use sys::descriptor::set_nonblocking;
use tokio::process::{Child, Command};

const KILL: i32 = 9;
const SEARCH_PATH: &str = "/usr/bin:/bin";

/// Runs the daemon.
pub fn run() -> ExitCode {
    daemon::main::<Spawn>()
}

/// The server.
struct Spawn {
    settings: Settings,
}

impl Service for Spawn {
    const PLATE: Plate = Plate {
        name: "spawn",
        counts: Counts::Clients,
        speaks: Speaks::Connections,
        rights: Rights::BecomesRecipient,
        lasting: false,
    };

    fn open(start: &Start<'_>) -> Result<Self, StartError> {
        Ok(Self {
            settings: Settings::read(start)?,
        })
    }

    async fn serve(self: Rc<Self>, client: Client) {
        let Some(command) = self.settings.command.first() else {
            return;
        };
        let mut child = match self.start(client) {
            Ok(child) => child,
            Err(error) => return log::cannot_run(command, &error),
        };
        match stream::within(self.settings.limit, child.wait()).await {
            Ok(Ok(status)) => log::ended(command, status),
            Ok(Err(error)) => log::cannot_run(command, &error),
            Err(stream::Expired) => {
                log::expired(command);
                if let Some(number) = child.id() {
                    // It may have ended by itself just now.
                    let _ = signal_group(number, KILL);
                }
                let _ = child.wait().await;
            }
        }
    }
}

impl Spawn {
    fn start(&self, client: Client) -> io::Result<Child> {
        let settings = &self.settings;
        let socket = descriptor(client.stream.into_socket())?;
        // A foreign program expects reads and writes that wait.
        set_nonblocking(std::os::fd::AsFd::as_fd(&socket), false)?;
        let (program, arguments) = settings
            .command
            .split_first()
            .ok_or(io::ErrorKind::InvalidInput)?;
        let mut start = sys::child::Start::new(program);
        start.args = arguments.iter().map(Into::into).collect();
        start.env = vec![("PATH".into(), SEARCH_PATH.into())];
        start.env.extend(mailbox::exported(
            settings.export_environment.iter().map(String::as_str),
        ));
        start.ids = settings.ids.clone();
        start.descriptors = vec![(socket.try_clone()?, 0), (socket.try_clone()?, 1), (socket, 2)];
        start.new_session = true;
        Command::from(command_as(start)).spawn()
    }
}

fn descriptor(socket: Socket) -> io::Result<OwnedFd> {
    match socket {
        Socket::Tcp(stream) => Ok(stream.into_std()?.into()),
        Socket::Unix(stream) => Ok(stream.into_std().into()),
        Socket::Memory(_) | Socket::Failed(_) => Err(io::ErrorKind::Unsupported.into()),
    }
}

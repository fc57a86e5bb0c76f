//! Runs a private instance in the foreground, and proves it with a first message.

use crate::instance::{Instance, InstanceError};
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Why the instance is not up.
#[derive(Debug, thiserror::Error)]
pub enum UpError {
    /// It could not be made.
    #[error("{0}")]
    Instance(#[from] InstanceError),
    /// A program of ours is not beside this one.
    #[error("{0} is missing; build the whole workspace first")]
    NoProgram(PathBuf),
    /// The system.
    #[error("{0}: {1}")]
    System(&'static str, #[source] io::Error),
    /// master ended while it was expected to run.
    #[error("the mail system ended ({0}); its log above says why")]
    Ended(std::process::ExitStatus),
    /// The server said something else than expected.
    #[error("unexpected answer to {0}: {1}")]
    Reply(&'static str, String),
    /// The message was accepted and has not arrived.
    #[error("the first message was accepted but is not in {0} after {1:?}; see the log above")]
    NotDelivered(PathBuf, Duration),
}

const LISTEN: &str = "127.0.0.1:2525";
/// How long to wait for the first answer, and for the first message.
const PATIENCE: Duration = Duration::from_secs(20);

/// Makes the instance in `folder` if need be, runs it until a signal comes, and stops it.
///
/// # Errors
/// [`UpError`]; the mail system is stopped again.
pub fn up(folder: &Path) -> Result<(), UpError> {
    let program = std::env::current_exe().map_err(|error| UpError::System("find this program", error))?;
    let programs = program.parent().unwrap_or(Path::new("/")).to_owned();
    for name in ["master", "postfix", "smtpd", "cleanup", "qmgr", "local"] {
        let path = programs.join(name);
        if !path.exists() {
            return Err(UpError::NoProgram(path));
        }
    }
    let instance = Instance::new(folder, &programs, LISTEN)?;
    instance.make()?;
    sys::signals::hold_termination().map_err(|error| UpError::System("hold signals", error))?;
    let mut master = Master::start(&instance)?;
    first_message(&instance, &mut master)?;
    master.wait()
}

/// The running mail system; it is stopped when this value goes.
struct Master {
    child: Child,
}

impl Master {
    fn start(instance: &Instance) -> Result<Self, UpError> {
        let child = Command::new(instance.programs.join("postfix"))
            .arg("-c")
            .arg(instance.configuration())
            .arg("start-fg")
            .spawn()
            .map_err(|error| UpError::System("start the mail system", error))?;
        Ok(Self { child })
    }

    /// Fails when the mail system has ended.
    fn check(&mut self) -> Result<(), UpError> {
        match self
            .child
            .try_wait()
            .map_err(|error| UpError::System("wait for the mail system", error))?
        {
            Some(status) => Err(UpError::Ended(status)),
            None => Ok(()),
        }
    }

    /// Waits for Ctrl-C or a request to stop, or for the mail system's own end.
    fn wait(mut self) -> Result<(), UpError> {
        while !sys::signals::termination_came(Duration::from_millis(500)) {
            self.check()?;
        }
        println!("postrider: stopping");
        Ok(())
    }
}

impl Drop for Master {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = sys::child::signal(self.child.id(), SIGTERM);
            let _ = self.child.wait();
        }
    }
}

/// The number of SIGTERM on every system we run on.
const SIGTERM: i32 = 15;

fn first_message(instance: &Instance, master: &mut Master) -> Result<(), UpError> {
    let mut connection = connect(master)?;
    let before = mailbox_octets(&instance.mailbox());
    let started = Instant::now();
    let address = format!("{}@localhost", instance.user);
    send(&mut connection, &address)?;
    let accepted = started.elapsed();
    while mailbox_octets(&instance.mailbox()) <= before {
        if started.elapsed() > PATIENCE {
            return Err(UpError::NotDelivered(instance.mailbox(), PATIENCE));
        }
        master.check()?;
        sleep(Duration::from_millis(1));
    }
    let delivered = started.elapsed();
    println!(
        "postrider: a first message to {address} was accepted after {:.1} ms and delivered after {:.1} ms\n\
         postrider: it lies in {}\n\
         postrider: send the next one with\n\
         postrider:     swaks --server {LISTEN} --to {address}\n\
         postrider: or  echo hello | {}/sendmail -C {} {}\n\
         postrider: Ctrl-C stops",
        accepted.as_secs_f64() * 1000.0,
        delivered.as_secs_f64() * 1000.0,
        instance.mailbox().display(),
        instance.programs.display(),
        instance.configuration().display(),
        instance.user,
    );
    Ok(())
}

fn mailbox_octets(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |facts| facts.len())
}

fn connect(master: &mut Master) -> Result<BufReader<TcpStream>, UpError> {
    let started = Instant::now();
    loop {
        master.check()?;
        match TcpStream::connect(LISTEN) {
            Ok(stream) => {
                stream
                    .set_read_timeout(Some(PATIENCE))
                    .map_err(|error| UpError::System("connect", error))?;
                return Ok(BufReader::new(stream));
            }
            Err(error) if started.elapsed() > PATIENCE => return Err(UpError::System("connect", error)),
            Err(_) => sleep(Duration::from_millis(20)),
        }
    }
}

/// One dialogue, command by command, as a person would type it.
fn send(connection: &mut BufReader<TcpStream>, address: &str) -> Result<(), UpError> {
    let content = format!(
        "From: Postrider <{address}>\r\nTo: {address}\r\nSubject: Your mail system is up\r\n\r\n\
         This message came in by SMTP, went through the queue, and was put into your mailbox.\r\n.\r\n"
    );
    let turns = [
        ("greeting", String::new(), "220"),
        ("EHLO", "EHLO localhost\r\n".to_owned(), "250"),
        ("MAIL", format!("MAIL FROM:<{address}>\r\n"), "250"),
        ("RCPT", format!("RCPT TO:<{address}>\r\n"), "250"),
        ("DATA", "DATA\r\n".to_owned(), "354"),
        ("content", content, "250"),
        ("QUIT", "QUIT\r\n".to_owned(), "221"),
    ];
    for (name, text, expected) in turns {
        connection
            .get_mut()
            .write_all(text.as_bytes())
            .map_err(|error| UpError::System("send to the server", error))?;
        let reply = read_reply(connection)?;
        if !reply.starts_with(expected) {
            return Err(UpError::Reply(name, reply));
        }
    }
    Ok(())
}

fn read_reply(connection: &mut BufReader<TcpStream>) -> Result<String, UpError> {
    loop {
        let mut line = String::new();
        connection
            .read_line(&mut line)
            .map_err(|error| UpError::System("read the server's answer", error))?;
        if line.as_bytes().get(3) != Some(&b'-') {
            return Ok(line.trim_end().to_owned());
        }
    }
}

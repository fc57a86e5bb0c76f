//! Whether the mail system runs, and the verbs that change it.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use command::{Failure, Status};
use sys::lock::{Mode, Style, try_lock};

use crate::{System, log, programs};

/// How often the foreground starter looks after master.
const LOOK: Duration = Duration::from_millis(50);

impl System {
    pub(crate) fn start(&self) -> Result<Status, Failure> {
        self.prepare()?;
        let ended = programs::run(self.programs.master(&["-w"]))?;
        match ended.success() {
            true => Ok(Status::OK),
            false => Err(Failure::general("mail system startup failed")),
        }
    }

    pub(crate) fn start_in_foreground(&self) -> Result<Status, Failure> {
        if !self.settings.multi_instance_directories.is_empty() {
            return Err(Failure::general(
                "start-fg does not support multi_instance_directories",
            ));
        }
        self.prepare()?;
        if std::process::id() == 1 {
            let error = self.programs.master(&["-i"]).exec();
            return Err(Failure::general(format!(
                "cannot start-fg the master daemon: {error}"
            )));
        }
        let failed = |error| Failure::general(format!("start-fg: {error}"));
        // master leads a session of its own, which a Ctrl-C at the terminal does not reach: it is passed on.
        sys::signals::hold_termination().map_err(failed)?;
        let mut master = self.programs.master(&["-s"]).spawn().map_err(failed)?;
        let mut told = false;
        loop {
            if let Some(ended) = master.try_wait().map_err(failed)? {
                let code = ended.code().and_then(|code| u8::try_from(code).ok());
                return Ok(Status::other(code.unwrap_or(1)));
            }
            if told {
                std::thread::sleep(LOOK);
            } else if sys::signals::termination_came(LOOK) {
                told = true;
                signal(master.id(), SIGTERM)?;
            }
        }
    }

    fn prepare(&self) -> Result<(), Failure> {
        if self.is_running()? {
            return Err(Failure::general("the Postfix mail system is already running"));
        }
        self.check().map_err(|failure| {
            log::complaint(&failure);
            Failure::general("Postfix integrity check failed!")
        })?;
        log::starting();
        Ok(())
    }

    pub(crate) fn stop(&self) -> Result<Status, Failure> {
        let pid = self.running_pid()?;
        log::stopping();
        signal(pid, SIGTERM)?;
        for _ in 0..STOP_SECONDS {
            if self.stops_within(Duration::from_secs(1))? {
                return Ok(Status::OK);
            }
            log::waiting();
        }
        log::force();
        // The group has everything that master started, and may be gone by now.
        match sys::child::signal_group(pid, SIGKILL) {
            Err(error) if sys::child::is_alive(pid) => {
                Err(Failure::general(format!("kill process {pid}: {error}")))
            }
            _ => Ok(Status::OK),
        }
    }

    pub(crate) fn abort(&self) -> Result<Status, Failure> {
        let pid = self.running_pid()?;
        log::aborting();
        signal(pid, SIGTERM)?;
        Ok(Status::OK)
    }

    /// Master goes at once; the daemons see it gone, and finish what they have.
    pub(crate) fn drain(&self) -> Result<Status, Failure> {
        let pid = self.running_pid()?;
        log::stopping();
        signal(pid, SIGKILL)?;
        Ok(Status::OK)
    }

    pub(crate) fn reload(&self) -> Result<Status, Failure> {
        let pid = self.running_pid()?;
        log::refreshing();
        let ended = programs::run(self.programs.command("postsuper", &["active"]))?;
        if !ended.success() {
            return Err(Failure::general(
                "postsuper active failed; the configuration is not reloaded",
            ));
        }
        signal(pid, SIGHUP)?;
        // The rest of the queue is looked through in the background: mail goes on meanwhile.
        if let Err(error) = self.programs.command("postsuper", &[]).spawn() {
            log::program_failed("postsuper", &error);
        }
        Ok(Status::OK)
    }

    pub(crate) fn flush(&self) -> Result<Status, Failure> {
        let ended = programs::run(self.programs.command("postqueue", &["-f"]))?;
        Ok(Status::other(
            ended.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1),
        ))
    }

    pub(crate) fn status(&self) -> Result<Status, Failure> {
        if !self.is_running()? {
            log::not_running();
            return Ok(Status::GENERAL);
        }
        log::running(self.pid()?);
        Ok(Status::OK)
    }

    /// Sends master the signal to read its configuration again.
    pub(crate) fn hang_up(&self) -> Result<(), Failure> {
        signal(self.running_pid()?, SIGHUP)
    }

    /// Whether a master holds the lock of this queue.
    pub(crate) fn is_running(&self) -> Result<bool, Failure> {
        let path = self.pid_file();
        let failed = |error| Failure::general(format!("open lock file {}: {error}", path.display()));
        match OpenOptions::new().read(true).write(true).open(&path) {
            Ok(file) => try_lock(&file, Style::Flock, Mode::Exclusive)
                .map(|free| !free)
                .map_err(failed),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    fn running_pid(&self) -> Result<u32, Failure> {
        match self.is_running()? {
            true => self.pid(),
            false => Err(Failure::general("the Postfix mail system is not running")),
        }
    }

    fn pid(&self) -> Result<u32, Failure> {
        let path = self.pid_file();
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Failure::general(format!("read {}: {error}", path.display())))?;
        text.trim()
            .parse()
            .map_err(|_| Failure::general(format!("{}: not a process id: {}", path.display(), text.trim())))
    }

    fn pid_file(&self) -> PathBuf {
        self.queue().join("pid/master.pid")
    }

    fn stops_within(&self, time: Duration) -> Result<bool, Failure> {
        let until = Instant::now() + time;
        loop {
            if !self.is_running()? {
                return Ok(true);
            }
            if Instant::now() >= until {
                return Ok(false);
            }
            sleep(POLL);
        }
    }
}

fn signal(pid: u32, number: i32) -> Result<(), Failure> {
    sys::child::signal(pid, number).map_err(|error| Failure::general(format!("kill process {pid}: {error}")))
}

const STOP_SECONDS: u32 = 5;
const POLL: Duration = Duration::from_millis(20);
const SIGHUP: i32 = 1;
const SIGKILL: i32 = 9;
const SIGTERM: i32 = 15;

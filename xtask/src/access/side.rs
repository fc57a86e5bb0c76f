//! One of the servers that are compared: its folder, its tables, a run.

use crate::build;
use std::fmt::Write as _;
use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A server in a folder of its own.
pub(super) struct Side {
    folder: PathBuf,
    commands: PathBuf,
    daemons: PathBuf,
    group: ControlGroup,
}

/// What a run took.
pub(super) struct Spent {
    messages: f64,
    time: Duration,
    processor: Duration,
}

impl Spent {
    /// Messages a second.
    pub(super) fn rate(&self) -> f64 {
        self.messages / self.time.as_secs_f64()
    }

    /// Of all processes of the server, for each message.
    pub(super) fn processor_milliseconds(&self) -> f64 {
        self.processor.as_secs_f64() * 1e3 / self.messages
    }
}

const PORT: u16 = 2525;
/// For one run, and for a start.
const PATIENCE: Duration = Duration::from_secs(300);
/// What the generator sends before it counts.
const WARM_UP: usize = 200;

const SETTINGS: &str = "\
compatibility_level = 3.6
mail_owner = postfix
setgid_group = postdrop
myhostname = bench.example.com
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_tls_security_level = none
smtp_tls_security_level = none
default_transport = discard:
default_process_limit = 300
in_flow_delay = 0
maillog_file_prefixes = /
meta_directory = /etc/postfix
";

const SERVICES: &str = "\
127.0.0.1:2525 inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
";

impl Side {
    pub(super) fn new(folder: &Path, name: &str, commands: &Path, daemons: &Path) -> Result<Self, String> {
        let folder = folder.join(name);
        for part in ["etc", "queue", "data", "log"] {
            let part = folder.join(part);
            fs::create_dir_all(&part).map_err(|why| format!("{}: {why}", part.display()))?;
        }
        build::run(Command::new("chown").arg("postfix").arg(folder.join("data")))?;
        let side = Self {
            group: ControlGroup::make(name)?,
            commands: commands.into(),
            daemons: daemons.into(),
            folder,
        };
        side.configure("permit_mynetworks, reject")?;
        Ok(side)
    }

    /// Where its tables are.
    pub(super) fn tables(&self) -> PathBuf {
        self.folder.join("etc")
    }

    /// Four tables with as many rows, built by its own postmap.
    pub(super) fn make_tables(&self, rows: usize) -> Result<(), String> {
        let mut texts: [String; 4] = Default::default();
        let [clients, names, senders, recipients] = &mut texts;
        for row in 0..rows {
            let _ = writeln!(
                clients,
                "10.{}.{}.{} REJECT",
                row >> 16,
                row >> 8 & 255,
                row & 255
            );
            let _ = writeln!(names, "host{row}.example.net REJECT");
            let _ = writeln!(senders, "sender{row}@example.com 554 5.7.1 not from here");
            let _ = writeln!(recipients, "rcpt{row}@example.org OK");
        }
        let kinds = [
            ("hash", "clients"),
            ("lmdb", "names"),
            ("hash", "senders"),
            ("lmdb", "recipients"),
        ];
        for ((kind, name), text) in kinds.iter().zip(texts) {
            let path = self.tables().join(name);
            fs::write(&path, text).map_err(|why| format!("{}: {why}", path.display()))?;
            let mut postmap = Command::new(self.commands.join("postmap"));
            postmap
                .arg("-c")
                .arg(self.tables())
                .arg(format!("{kind}:{}", path.display()));
            build::run(&mut postmap)?;
        }
        Ok(())
    }

    /// Starts the server, has messages sent, waits until it is done with them, stops it.
    pub(super) fn once(
        &self,
        restrictions: &str,
        generator: &Path,
        messages: usize,
    ) -> Result<Spent, String> {
        self.configure(restrictions)?;
        self.group.start(&mut self.postfix("start"))?;
        let spent = self.measured(generator, messages);
        let stopped = build::run(self.postfix("stop").stderr(Stdio::null()));
        self.group.wait_until_empty();
        stopped.and(spent)
    }

    fn measured(&self, generator: &Path, messages: usize) -> Result<Spent, String> {
        self.wait_for_port()?;
        self.send(generator, WARM_UP)?;
        let (begun, used) = (Instant::now(), self.group.processor_time()?);
        self.send(generator, messages)?;
        Ok(Spent {
            messages: messages as f64,
            time: begun.elapsed(),
            processor: self.group.processor_time()?.saturating_sub(used),
        })
    }

    /// One message for each connection, 20 at once, from 250 addresses.
    fn send(&self, generator: &Path, messages: usize) -> Result<(), String> {
        let output = Command::new(generator)
            .args(["source", "-P", "-c", "20", "-k", "1", "-s", "4096", "-S", "250"])
            .args(["-t", "user%u@example.org", "-a"])
            .args([format!("127.0.0.1:{PORT}"), "-n".to_owned(), messages.to_string()])
            .output()
            .map_err(|why| format!("{}: {why}", generator.display()))?;
        let said = String::from_utf8_lossy(&output.stdout);
        if !said.contains(&format!("\"ok\":{messages},")) {
            return Err(format!(
                "{}: not all messages were taken: {said}",
                self.folder.display()
            ));
        }
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if self.queued() == 0 {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(5));
        }
        Err(format!("{}: the queue does not empty", self.folder.display()))
    }

    fn queued(&self) -> usize {
        let queue = self.folder.join("queue");
        ["maildrop", "incoming", "active", "deferred"]
            .iter()
            .map(|name| files(&queue.join(name)))
            .sum()
    }

    fn configure(&self, restrictions: &str) -> Result<(), String> {
        let mut text = String::from(SETTINGS);
        let path = |part: &str| self.folder.join(part).display().to_string();
        for (name, value) in [
            ("queue_directory", path("queue")),
            ("data_directory", path("data")),
            ("maillog_file", path("log/mail.log")),
            ("command_directory", self.commands.display().to_string()),
            ("daemon_directory", self.daemons.display().to_string()),
            ("smtpd_recipient_restrictions", restrictions.to_owned()),
        ] {
            let _ = writeln!(text, "{name} = {value}");
        }
        for (name, text) in [("main.cf", text.as_str()), ("master.cf", SERVICES)] {
            let path = self.tables().join(name);
            fs::write(&path, text).map_err(|why| format!("{}: {why}", path.display()))?;
        }
        Ok(())
    }

    fn postfix(&self, verb: &str) -> Command {
        let mut command = Command::new(self.commands.join("postfix"));
        command.arg("-c").arg(self.tables()).arg(verb);
        command
    }

    fn wait_for_port(&self) -> Result<(), String> {
        let end = Instant::now() + Duration::from_secs(30);
        let address = SocketAddr::from(([127, 0, 0, 1], PORT));
        while Instant::now() < end {
            if TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err(format!("{}: nobody listens", self.folder.display()))
    }
}

/// Files below a folder.
fn files(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => files(&entry.path()),
            _ => 1,
        })
        .sum()
}

/// All processes of a server, those that have ended included (cgroups(7), version 2).
struct ControlGroup(PathBuf);

impl ControlGroup {
    fn make(name: &str) -> Result<Self, String> {
        let tops = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"];
        let top = tops
            .iter()
            .find(|top| Path::new(top).join("cgroup.procs").exists());
        let top = top.ok_or("no control groups of version 2 here")?;
        let path = Path::new(top).join(format!("postrider-bench-{}-{name}", std::process::id()));
        fs::create_dir(&path).map_err(|why| format!("{}: {why}", path.display()))?;
        Ok(Self(path))
    }

    /// Runs a command that leaves processes behind, all of them in this group.
    fn start(&self, command: &mut Command) -> Result<(), String> {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", "echo 0 >\"$0\" && exec \"$@\" 2>/dev/null"])
            .arg(self.0.join("cgroup.procs"))
            .arg(command.get_program())
            .args(command.get_args());
        build::run(&mut shell)
    }

    fn processor_time(&self) -> Result<Duration, String> {
        let path = self.0.join("cpu.stat");
        let text = fs::read_to_string(&path).map_err(|why| format!("{}: {why}", path.display()))?;
        let used = text.lines().find_map(|line| line.strip_prefix("usage_usec "));
        used.and_then(|number| number.parse().ok())
            .map(Duration::from_micros)
            .ok_or_else(|| format!("{}: no usage_usec", path.display()))
    }

    fn wait_until_empty(&self) {
        let end = Instant::now() + Duration::from_secs(20);
        let left = || fs::read_to_string(self.0.join("cgroup.procs")).unwrap_or_default();
        while !left().is_empty() && Instant::now() < end {
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for ControlGroup {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.0);
    }
}

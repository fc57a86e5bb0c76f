//! The processes of an instance, as `/proc` shows them: who they are, how much memory they have used, and their end.

use std::fs;
use std::time::{Duration, Instant};

/// One process. It is known by number and by the moment it was started, so that a later process of the same number is not
/// taken for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// The program's name, `smtpd` say; at most 15 octets.
    pub name: String,
    parent: u32,
    started: u64,
}

const SIGKILL: i32 = 9;

impl Process {
    /// The process of that number; none when it has ended, collected or not.
    pub fn find(pid: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // `pid (name) state parent …`; the name may hold anything, also parentheses.
        let (before, after) = stat.rsplit_once(')')?;
        let name = before.split_once('(')?.1.to_owned();
        let fields: Vec<&str> = after.split_whitespace().collect();
        if matches!(fields.first(), Some(&"Z" | &"X")) {
            return None;
        }
        Some(Self {
            pid,
            name,
            parent: fields.get(1)?.parse().ok()?,
            started: fields.get(19)?.parse().ok()?,
        })
    }

    /// All processes below the one of that number, without it.
    pub fn below(ancestor: u32) -> Vec<Self> {
        let all: Vec<Self> = fs::read_dir("/proc")
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| Self::find(entry.file_name().to_str()?.parse().ok()?))
            .collect();
        let mut found: Vec<Self> = Vec::new();
        let mut parents = vec![ancestor];
        while let Some(parent) = parents.pop() {
            for process in all.iter().filter(|process| process.parent == parent) {
                parents.push(process.pid);
                found.push(process.clone());
            }
        }
        found
    }

    /// Whether it still runs.
    pub fn is_alive(&self) -> bool {
        Self::find(self.pid).is_some_and(|now| now.started == self.started)
    }

    /// Ends it by SIGKILL. True when it was there to be ended.
    pub fn kill(&self) -> bool {
        self.is_alive() && sys::child::signal(self.pid, SIGKILL).is_ok()
    }

    /// Waits until it has ended; false when it has not after `patience`.
    pub fn wait_for_end(&self, patience: Duration) -> bool {
        let started = Instant::now();
        while self.is_alive() {
            if started.elapsed() > patience {
                return false;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        true
    }

    /// The most memory it ever used, in octets; 0 when it has ended.
    pub fn peak_memory(&self) -> u64 {
        self.status("VmHWM:")
    }

    /// The memory it uses now, in octets; 0 when it has ended.
    pub fn memory(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// Processor time it has used, of all its threads; in steps of hundredths of a second.
    pub fn processor(&self) -> Duration {
        self.times(11)
    }

    /// Processor time that those of its children have used that have ended and were waited for.
    pub fn processor_of_children(&self) -> Duration {
        self.times(13)
    }

    /// The sum of two fields of `/proc/PID/stat` behind the name; the kernel counts in hundredths of a second.
    fn times(&self, first: usize) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap_or_default();
        let fields = stat.rsplit_once(')').map_or("", |(_, after)| after);
        let fields = fields.split_whitespace().skip(first).take(2);
        let hundredths: u64 = fields.filter_map(|field| field.parse::<u64>().ok()).sum();
        Duration::from_millis(hundredths * 10)
    }

    fn status(&self, key: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(key));
        let kibibytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
        kibibytes.unwrap_or(0) * 1024
    }
}

//! Jobs and reports as octets, between an agent and a carrier of the same program.
//!
//! Both ends are one program file, so there are no names and no versions: fields in order, texts with their length. A
//! carrier's user may have taken it over, so the agent reads reports with care.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use mail::EnhancedStatus;

use crate::job::{Append, FileKind, Job, Look, Maildir, Place, Report, Target};
use crate::locking::{Locks, Patience};
use crate::{Cause, Trouble};

/// Octets that are no job or report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed message between agent and carrier")]
pub(crate) struct Malformed;

pub(crate) struct Writer<'a>(pub(crate) &'a mut Vec<u8>);

impl Writer<'_> {
    pub(crate) fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn flag(&mut self, flag: bool) {
        self.0.push(u8::from(flag));
    }

    fn octets(&mut self, octets: &[u8]) {
        self.number(octets.len() as u64);
        self.0.extend_from_slice(octets);
    }

    fn path(&mut self, path: &Path) {
        self.octets(path.as_os_str().as_bytes());
    }

    fn option(&mut self, number: Option<u64>) {
        self.flag(number.is_some());
        self.number(number.unwrap_or(0));
    }

    fn status(&mut self, status: EnhancedStatus) {
        self.0.push(status.class);
        self.number(u64::from(status.subject));
        self.number(u64::from(status.detail));
    }

    pub(crate) fn job(&mut self, job: &Job) {
        match job {
            Job::Append(job) => {
                self.0.push(b'a');
                self.append(job);
            }
            Job::Maildir(job) => {
                self.0.push(b'm');
                self.path(&job.path);
                self.octets(job.host.as_bytes());
                self.option(job.limit_octets);
                self.status(job.default_status);
            }
            Job::Look(job) => {
                self.0.push(b'l');
                self.path(&job.path);
                self.flag(job.follow);
            }
        }
    }

    fn append(&mut self, job: &Append) {
        self.path(&job.path);
        for flag in [
            job.locks.flock,
            job.locks.fcntl,
            job.locks.dotlock,
            job.locks.dotlock_may_fail,
        ] {
            self.flag(flag);
        }
        self.number(u64::from(job.patience.attempts));
        self.number(milliseconds(job.patience.delay));
        self.number(milliseconds(job.patience.stale));
        let (any_file, owner) = match job.target {
            Target::Mailbox(owner) => (false, owner),
            Target::AnyFile => (true, None),
        };
        self.flag(any_file);
        self.option(owner.map(u64::from));
        self.option(
            job.give_to
                .map(|(uid, gid)| u64::from(uid) << 32 | u64::from(gid)),
        );
        self.option(job.limit_octets);
        self.status(job.default_status);
    }

    /// Writes a report; an open file in it goes beside the octets.
    pub(crate) fn report(&mut self, report: &Report) {
        match report {
            Report::Delivered => self.0.push(b'd'),
            Report::Absent(reason) => {
                self.0.push(b'n');
                self.octets(reason.as_bytes());
            }
            Report::Found(place) => {
                self.0.push(b'f');
                self.0.push(match place.kind {
                    FileKind::File => 0,
                    FileKind::Directory => 1,
                    FileKind::Special => 2,
                });
                self.number(u64::from(place.uid));
                self.number(u64::from(place.mode));
                match &place.open {
                    Some(Err(reason)) => self.octets(reason.as_bytes()),
                    _ => self.octets(b""),
                }
            }
            Report::Trouble(trouble) => {
                self.0.push(b't');
                self.status(trouble.status);
                self.octets(trouble.reason.as_bytes());
                self.flag(trouble.diagnostic.is_some());
                self.octets(trouble.diagnostic.as_deref().unwrap_or("").as_bytes());
                self.0.push(match trouble.cause {
                    Cause::Other | Cause::Damaged => 0,
                    Cause::Denied => 1,
                    Cause::NotRegular => 2,
                    Cause::NotOwned => 3,
                });
            }
        }
    }
}

pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    fn octet(&mut self) -> Result<u8, Malformed> {
        let (first, rest) = self.0.split_first().ok_or(Malformed)?;
        self.0 = rest;
        Ok(*first)
    }

    pub(crate) fn number(&mut self) -> Result<u64, Malformed> {
        let (first, rest) = self.0.split_first_chunk().ok_or(Malformed)?;
        self.0 = rest;
        Ok(u64::from_le_bytes(*first))
    }

    fn small<T: TryFrom<u64>>(&mut self) -> Result<T, Malformed> {
        T::try_from(self.number()?).map_err(|_| Malformed)
    }

    fn flag(&mut self) -> Result<bool, Malformed> {
        Ok(self.octet()? != 0)
    }

    fn octets(&mut self) -> Result<&'a [u8], Malformed> {
        let length: usize = self.small()?;
        let (first, rest) = self.0.split_at_checked(length).ok_or(Malformed)?;
        self.0 = rest;
        Ok(first)
    }

    fn text(&mut self) -> Result<String, Malformed> {
        Ok(String::from_utf8_lossy(self.octets()?).into_owned())
    }

    fn path(&mut self) -> Result<PathBuf, Malformed> {
        Ok(OsString::from_vec(self.octets()?.to_vec()).into())
    }

    fn option(&mut self) -> Result<Option<u64>, Malformed> {
        let some = self.flag()?;
        let number = self.number()?;
        Ok(some.then_some(number))
    }

    fn status(&mut self) -> Result<EnhancedStatus, Malformed> {
        Ok(EnhancedStatus::new(self.octet()?, self.small()?, self.small()?))
    }

    pub(crate) fn job(&mut self) -> Result<Job, Malformed> {
        match self.octet()? {
            b'a' => Ok(Job::Append(self.append()?)),
            b'm' => Ok(Job::Maildir(Maildir {
                path: self.path()?,
                host: self.text()?,
                limit_octets: self.option()?,
                default_status: self.status()?,
            })),
            b'l' => Ok(Job::Look(Look {
                path: self.path()?,
                follow: self.flag()?,
            })),
            _ => Err(Malformed),
        }
    }

    fn append(&mut self) -> Result<Append, Malformed> {
        let path = self.path()?;
        let locks = Locks {
            flock: self.flag()?,
            fcntl: self.flag()?,
            dotlock: self.flag()?,
            dotlock_may_fail: self.flag()?,
        };
        let patience = Patience {
            attempts: self.small()?,
            delay: Duration::from_millis(self.number()?),
            stale: Duration::from_millis(self.number()?),
        };
        let any_file = self.flag()?;
        let owner = self.option()?.and_then(|owner| u32::try_from(owner).ok());
        let give_to = self.option()?.map(|both| ((both >> 32) as u32, both as u32));
        Ok(Append {
            path,
            locks,
            patience,
            target: if any_file {
                Target::AnyFile
            } else {
                Target::Mailbox(owner)
            },
            give_to,
            limit_octets: self.option()?,
            default_status: self.status()?,
        })
    }

    /// Reads a report; `file` is what came beside the octets.
    pub(crate) fn report(&mut self, file: Option<std::fs::File>) -> Result<Report, Malformed> {
        match self.octet()? {
            b'd' => Ok(Report::Delivered),
            b'n' => Ok(Report::Absent(self.text()?)),
            b'f' => {
                let kind = match self.octet()? {
                    0 => FileKind::File,
                    1 => FileKind::Directory,
                    _ => FileKind::Special,
                };
                let (uid, mode) = (self.small()?, self.small()?);
                let reason = self.text()?;
                let open = match (kind, file) {
                    (FileKind::File, Some(file)) => Some(Ok(file)),
                    (FileKind::File, None) => Some(Err(reason)),
                    _ => None,
                };
                Ok(Report::Found(Place {
                    kind,
                    uid,
                    mode,
                    open,
                }))
            }
            b't' => {
                let status = self.status()?;
                if !matches!(status.class, 4 | 5) || status.subject > 999 || status.detail > 999 {
                    return Err(Malformed);
                }
                let reason = self.text()?;
                let some = self.flag()?;
                let diagnostic = Some(self.text()?).filter(|_| some);
                let cause = match self.octet()? {
                    1 => Cause::Denied,
                    2 => Cause::NotRegular,
                    3 => Cause::NotOwned,
                    _ => Cause::Other,
                };
                Ok(Report::Trouble(Trouble {
                    status,
                    reason,
                    diagnostic,
                    cause,
                    note: None,
                }))
            }
            _ => Err(Malformed),
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs() -> Vec<Job> {
        let append = Append {
            path: "/var/mail/fred".into(),
            locks: Locks {
                fcntl: true,
                dotlock_may_fail: true,
                ..Locks::default()
            },
            patience: Patience {
                attempts: 20,
                delay: Duration::from_secs(1),
                stale: Duration::from_secs(500),
            },
            target: Target::Mailbox(Some(1000)),
            give_to: Some((1000, u32::MAX)),
            limit_octets: Some(51_200_000),
            default_status: EnhancedStatus::new(5, 2, 0),
        };
        let any = Append {
            target: Target::AnyFile,
            give_to: None,
            limit_octets: None,
            ..append.clone()
        };
        let maildir = Maildir {
            path: "/home/fred/Maildir/".into(),
            host: "h".into(),
            limit_octets: None,
            default_status: EnhancedStatus::new(4, 2, 0),
        };
        let look = Look {
            path: "/home/fred/.forward".into(),
            follow: true,
        };
        vec![
            Job::Append(append),
            Job::Append(any),
            Job::Maildir(maildir),
            Job::Look(look),
        ]
    }

    #[test]
    fn a_job_read_back_is_the_job_written() {
        for job in jobs() {
            let mut octets = Vec::new();
            Writer(&mut octets).job(&job);
            let mut reader = Reader(&octets);
            assert_eq!(reader.job(), Ok(job));
            assert!(reader.0.is_empty());
        }
    }

    #[test]
    fn a_job_cut_short_is_no_job() {
        for job in jobs() {
            let mut octets = Vec::new();
            Writer(&mut octets).job(&job);
            for end in 0..octets.len() {
                assert_eq!(Reader(&octets[..end]).job(), Err(Malformed));
            }
        }
    }

    #[test]
    fn a_report_read_back_is_the_report_written() {
        let trouble = Trouble {
            status: EnhancedStatus::new(4, 2, 0),
            reason: "why".into(),
            diagnostic: Some("more".into()),
            cause: Cause::NotOwned,
            note: None,
        };
        let place = Place {
            kind: FileKind::File,
            uid: 7,
            mode: 0o644,
            open: Some(Err("no".into())),
        };
        for report in [
            Report::Delivered,
            Report::Absent("why".into()),
            Report::Found(place),
            Report::Trouble(trouble),
        ] {
            let mut octets = Vec::new();
            Writer(&mut octets).report(&report);
            let back = Reader(&octets).report(None).unwrap();
            assert_eq!(format!("{back:?}"), format!("{report:?}"));
        }
    }
}

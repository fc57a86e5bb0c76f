//! Root as a value, and the moment it is given up.
//!
//! [`Root`] exists from the start of the process until [`Root::confine`] consumes it. What must be opened with the
//! rights the process was started with takes a `&Root`; the compiler refuses it afterwards.

use crate::plate::Rights;
use std::io;
use std::path::{Path, PathBuf};
use sys::confine::Confinement as Extent;
use sys::identity::{self, Ids};

/// The rights the process was started with, whether those of root or of an ordinary user.
pub struct Root {
    privileged: bool,
}

/// Where a daemon goes when it gives up root.
pub(crate) struct Confinement<'a> {
    pub(crate) rights: Rights,
    /// `-u`.
    pub(crate) unprivileged: bool,
    /// `-c`.
    pub(crate) chroot: bool,
    pub(crate) mail_owner: &'a str,
    pub(crate) queue_directory: &'a Path,
    /// Directories a confined daemon may write in.
    pub(crate) writable: Vec<PathBuf>,
}

/// Why a daemon could not give up its rights; it must not run then.
#[derive(Debug, thiserror::Error)]
pub enum ConfineError {
    /// `mail_owner` is no user of this system.
    #[error("parameter mail_owner: unknown user name: {0}")]
    UnknownOwner(String),
    /// The user database could not tell.
    #[error("parameter mail_owner: look up user {0}: {1}")]
    NoDatabase(String, #[source] io::Error),
    /// The kernel refused.
    #[error("{0}: {1}")]
    Refused(&'static str, #[source] io::Error),
}

impl Root {
    pub(crate) fn at_start() -> Self {
        Self {
            privileged: identity::is_root(),
        }
    }

    /// Whether these rights are those of root. An instance of an ordinary user runs whole as that user.
    pub fn is_privileged(&self) -> bool {
        self.privileged
    }

    /// Gives up what the service does not need, for good.
    pub(crate) fn confine(self, to: &Confinement<'_>) -> Result<(), ConfineError> {
        let owner = if self.privileged {
            Some(owner_ids(to.mail_owner)?)
        } else {
            None
        };
        if to.chroot && self.privileged {
            identity::change_root(to.queue_directory)
                .map_err(|error| ConfineError::Refused("chroot", error))?;
        }
        match (&owner, to.rights) {
            (Some(owner), Rights::BecomesRecipient) => {
                identity::drop_keeping_root(owner)
                    .map_err(|error| ConfineError::Refused("set user id", error))?;
            }
            (Some(owner), _) if to.unprivileged => {
                identity::drop_to(owner).map_err(|error| ConfineError::Refused("set user id", error))?;
            }
            _ => {}
        }
        if to.rights == Rights::MailOwner {
            shut(to);
        }
        Ok(())
    }
}

/// Takes away the rest: writing outside the mail system's directories, becoming another program. Where the kernel
/// cannot, the daemon runs as it would under Postfix.
fn shut(to: &Confinement<'_>) -> Shut {
    let writable: Vec<&Path> = to
        .writable
        .iter()
        .map(PathBuf::as_path)
        .filter(|path| path.exists())
        .collect();
    // A kernel that has the means and refuses them is as one that has them not: the user id still holds.
    let files = if to.chroot {
        Extent::Absent
    } else {
        sys::confine::confine_files(&[Path::new("/")], &writable).unwrap_or(Extent::Absent)
    };
    let calls = sys::confine::refuse_foreign_calls().unwrap_or(Extent::Absent);
    Shut { files, calls }
}

/// How much of it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shut {
    files: Extent,
    calls: Extent,
}

fn owner_ids(name: &str) -> Result<Ids, ConfineError> {
    let account = sys::account::account_by_name(name)
        .map_err(|error| ConfineError::NoDatabase(name.to_owned(), error))?
        .ok_or_else(|| ConfineError::UnknownOwner(name.to_owned()))?;
    Ids::with_groups_of(name, account.uid, account.gid)
        .map_err(|error| ConfineError::NoDatabase(name.to_owned(), error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::process::Command;

    /// What a daemon with this plate can do once it is shut; in a thread of its own, for which it holds.
    fn shut_in(name: &str, chroot: bool) -> (Shut, bool, bool, bool) {
        let folder = std::env::temp_dir().join(format!("shut-{}-{name}", std::process::id()));
        let (inside, outside) = (folder.join("queue"), folder.join("elsewhere"));
        fs::create_dir_all(&inside).unwrap();
        fs::create_dir_all(&outside).unwrap();
        let queue = inside.clone();
        let done = std::thread::spawn(move || {
            let shut = shut(&Confinement {
                rights: Rights::MailOwner,
                unprivileged: false,
                chroot,
                mail_owner: "postfix",
                queue_directory: &queue,
                writable: vec![queue.clone(), "/dev/null".into()],
            });
            let writes_inside = fs::write(queue.join("file"), "x").is_ok()
                && fs::rename(queue.join("file"), queue.join("other")).is_ok();
            let writes_outside = fs::write(outside.join("file"), "x").is_ok();
            let starts = Command::new("/bin/true").status().is_ok();
            (shut, writes_inside, writes_outside, starts)
        })
        .join()
        .unwrap();
        fs::remove_dir_all(folder).unwrap();
        done
    }

    #[test]
    fn a_shut_daemon_writes_in_its_own_directories_only_and_starts_no_program() {
        let (shut, writes_inside, writes_outside, starts) = shut_in("own", false);

        assert!(writes_inside);
        if sys::confine::has_landlock() {
            assert_ne!(shut.files, Extent::Absent);
            assert!(!writes_outside);
        }
        if sys::confine::has_seccomp() {
            assert_eq!(shut.calls, Extent::Full);
            assert!(!starts);
        }
    }

    #[test]
    fn a_changed_root_directory_takes_the_place_of_the_rules_for_files() {
        let (shut, writes_inside, writes_outside, _) = shut_in("root", true);

        assert_eq!(shut.files, Extent::Absent);
        assert!(writes_inside && writes_outside);
    }
}

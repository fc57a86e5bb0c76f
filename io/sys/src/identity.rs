//! Whose rights this process has, and how it gives them up.
//!
//! A process changes its user once: for good with [`drop_to`], or with root kept as saved id with
//! [`drop_keeping_root`], which only [`crate::child::start_as`] uses again, in a child.

use std::io;
use std::path::Path;

use nix::unistd::{Gid, Uid};

/// A user and group to become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ids {
    /// User id.
    pub uid: u32,
    /// Primary group id.
    pub gid: u32,
    /// All group ids; with deliveries the primary one alone.
    pub groups: Vec<u32>,
}

impl Ids {
    /// Ids with no other group than the primary one, as deliveries under a recipient's rights have.
    #[must_use]
    pub fn new(uid: u32, gid: u32) -> Self {
        Self {
            uid,
            gid,
            groups: vec![gid],
        }
    }

    /// Ids with all groups that the named user is in, as the mail system's own user has.
    ///
    /// # Errors
    /// When the name service could not tell the groups.
    pub fn with_groups_of(name: &str, uid: u32, gid: u32) -> io::Result<Self> {
        Ok(Self {
            uid,
            gid,
            groups: crate::account::groups_of(name, gid)?,
        })
    }
}

/// The effective user id.
#[must_use]
pub fn effective_uid() -> u32 {
    nix::unistd::geteuid().as_raw()
}

/// The effective group id.
#[must_use]
pub fn effective_gid() -> u32 {
    nix::unistd::getegid().as_raw()
}

/// The real user id: who started us.
#[must_use]
pub fn real_uid() -> u32 {
    nix::unistd::getuid().as_raw()
}

/// The real group id.
#[must_use]
pub fn real_gid() -> u32 {
    nix::unistd::getgid().as_raw()
}

/// True when this process may do what needs root.
#[must_use]
pub fn is_root() -> bool {
    effective_uid() == 0
}

/// True when real and effective ids differ: a set-uid or set-gid program, which must not trust its environment. What
/// root has started, and what runs as root still, gained nothing by the bits of its file.
#[must_use]
pub fn is_set_id() -> bool {
    let differ = real_uid() != effective_uid() || real_gid() != effective_gid();
    differ && (real_uid() != 0 || effective_uid() != 0)
}

/// Becomes `ids` for good, and checks that there is no way back. Call while there is one thread.
///
/// A process that already is that user, and is not root, only checks.
///
/// # Errors
/// When the kernel refuses, or when root could be had again afterwards.
pub fn drop_to(ids: &Ids) -> io::Result<()> {
    if !is_root() && real_uid() == ids.uid && effective_uid() == ids.uid {
        return Ok(());
    }
    set_groups(ids)?;
    let (uid, gid) = (Uid::from_raw(ids.uid), Gid::from_raw(ids.gid));
    nix::unistd::setresgid(gid, gid, gid)?;
    nix::unistd::setresuid(uid, uid, uid)?;
    let way_back =
        ids.uid != 0 && (nix::unistd::seteuid(Uid::from_raw(0)).is_ok() || effective_uid() != ids.uid);
    if way_back {
        return Err(io::Error::from_raw_os_error(libc::EPERM));
    }
    Ok(())
}

/// Becomes `ids`, with root kept as the saved id. Call while there is one thread.
///
/// For agents that start children under recipients' ids. Without root to begin with, nothing changes.
///
/// # Errors
/// When the kernel refuses.
pub fn drop_keeping_root(ids: &Ids) -> io::Result<()> {
    if !is_root() {
        return Ok(());
    }
    set_groups(ids)?;
    let (uid, gid) = (Uid::from_raw(ids.uid), Gid::from_raw(ids.gid));
    nix::unistd::setresgid(gid, gid, gid)?;
    nix::unistd::setresuid(uid, uid, Uid::from_raw(0))?;
    Ok(())
}

/// Takes back the saved root of [`drop_keeping_root`] for this whole process, for a short piece of work.
///
/// # Errors
/// When root was not kept.
pub fn resume_root() -> io::Result<()> {
    nix::unistd::seteuid(Uid::from_raw(0))?;
    Ok(())
}

/// Sets effective user and group only, root remaining real or saved; the counterpart of [`resume_root`].
///
/// # Errors
/// When the kernel refuses.
pub fn set_effective(ids: &Ids) -> io::Result<()> {
    set_groups(ids)?;
    nix::unistd::setegid(Gid::from_raw(ids.gid))?;
    nix::unistd::seteuid(Uid::from_raw(ids.uid))?;
    Ok(())
}

/// Makes real and saved group equal the effective one of a set-gid program, or the reverse with the real one.
///
/// # Errors
/// When the kernel refuses.
pub fn keep_only_gid(gid: u32) -> io::Result<()> {
    let gid = Gid::from_raw(gid);
    nix::unistd::setresgid(gid, gid, gid)?;
    Ok(())
}

fn set_groups(ids: &Ids) -> io::Result<()> {
    let groups: Vec<Gid> = ids.groups.iter().map(|&gid| Gid::from_raw(gid)).collect();
    nix::unistd::setgroups(&groups)?;
    Ok(())
}

/// Makes `directory` the root directory and the working directory. Needs root.
///
/// # Errors
/// Those of chroot(2) and chdir(2).
pub fn change_root(directory: &Path) -> io::Result<()> {
    nix::unistd::chroot(directory)?;
    nix::unistd::chdir("/")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_user_may_drop_to_itself() {
        if !is_root() {
            drop_to(&Ids::new(effective_uid(), effective_gid())).unwrap();
        }
    }

    #[test]
    fn delivery_ids_have_the_primary_group_alone() {
        assert_eq!(Ids::new(7, 8).groups, vec![8]);
    }
}

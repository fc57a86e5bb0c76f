//! Users and groups of this host, as passwd(5) and group(5) and their name services know them.
//!
//! The answer has three forms: found, absent, and could not tell (an error). Whoever takes the last for
//! absent bounces mail for users whose directory server is down.

use std::ffi::CString;
use std::io;
use std::path::PathBuf;

use nix::unistd::{Gid, Group, Uid, User};

/// One entry of passwd(5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Login name.
    pub name: String,
    /// User id.
    pub uid: u32,
    /// Primary group id.
    pub gid: u32,
    /// Home directory.
    pub home: PathBuf,
    /// Login shell.
    pub shell: PathBuf,
    /// The full-name field, with everything else that stands in it.
    pub gecos: String,
}

impl From<User> for Account {
    fn from(user: User) -> Self {
        Self {
            name: user.name,
            uid: user.uid.as_raw(),
            gid: user.gid.as_raw(),
            home: user.dir,
            shell: user.shell,
            gecos: user.gecos.to_string_lossy().into_owned(),
        }
    }
}

/// Finds a user by name; `None` when there is none of that name.
///
/// # Errors
/// When the name service could not tell.
pub fn account_by_name(name: &str) -> io::Result<Option<Account>> {
    if name.as_bytes().contains(&0) {
        return Ok(None);
    }
    absent_is_none(User::from_name(name)).map(|user| user.map(Account::from))
}

/// Finds a user by number; `None` when there is none of that number.
///
/// # Errors
/// When the name service could not tell.
pub fn account_by_uid(uid: u32) -> io::Result<Option<Account>> {
    absent_is_none(User::from_uid(Uid::from_raw(uid))).map(|user| user.map(Account::from))
}

/// Finds the number of a group; `None` when there is none of that name.
///
/// # Errors
/// When the name service could not tell.
pub fn group_by_name(name: &str) -> io::Result<Option<u32>> {
    if name.as_bytes().contains(&0) {
        return Ok(None);
    }
    absent_is_none(Group::from_name(name)).map(|group| group.map(|group| group.gid.as_raw()))
}

/// One entry of group(5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupEntry {
    /// Group name.
    pub name: String,
    /// Group id.
    pub gid: u32,
    /// Login names of those who are in it beside their primary group.
    pub members: Vec<String>,
}

/// Finds a group by name; `None` when there is none of that name.
///
/// # Errors
/// When the name service could not tell.
pub fn group_entry_by_name(name: &str) -> io::Result<Option<GroupEntry>> {
    if name.as_bytes().contains(&0) {
        return Ok(None);
    }
    let group = absent_is_none(Group::from_name(name))?;
    Ok(group.map(|group| GroupEntry {
        name: group.name,
        gid: group.gid.as_raw(),
        members: group.mem,
    }))
}

/// Finds the name of a group; `None` when there is none of that number.
///
/// # Errors
/// When the name service could not tell.
pub fn group_by_gid(gid: u32) -> io::Result<Option<String>> {
    absent_is_none(Group::from_gid(Gid::from_raw(gid))).map(|group| group.map(|group| group.name))
}

/// All groups of a user, the given primary one included (initgroups(3)'s list).
///
/// # Errors
/// When the name service could not tell.
pub fn groups_of(name: &str, primary: u32) -> io::Result<Vec<u32>> {
    let name = CString::new(name).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
    let groups = nix::unistd::getgrouplist(&name, Gid::from_raw(primary))?;
    Ok(groups.into_iter().map(Gid::as_raw).collect())
}

/// getpwnam(3) lists error numbers that mean "no such entry" on one system or another.
fn absent_is_none<T>(answer: nix::Result<Option<T>>) -> io::Result<Option<T>> {
    use nix::errno::Errno;
    match answer {
        Err(Errno::ENOENT | Errno::ESRCH | Errno::EBADF | Errno::EPERM) => Ok(None),
        other => Ok(other?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_is_found_by_name_and_by_number() {
        let root = account_by_name("root").unwrap().unwrap();
        assert_eq!(root.uid, 0);
        assert_eq!(account_by_uid(0).unwrap().unwrap(), root);
        assert_eq!(group_by_gid(0).unwrap().as_deref(), Some("root"));
        assert_eq!(group_by_name("root").unwrap(), Some(0));
    }

    #[test]
    fn an_unknown_user_is_absent_and_no_error() {
        assert_eq!(account_by_name("no-such-user-here").unwrap(), None);
        assert_eq!(account_by_name("a\0b").unwrap(), None);
        assert_eq!(group_by_name("no-such-group-here").unwrap(), None);
    }

    #[test]
    fn the_primary_group_is_among_the_groups_of_a_user() {
        assert!(groups_of("root", 0).unwrap().contains(&0));
    }
}

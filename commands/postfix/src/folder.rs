//! The folders of the mail system: who owns each, and who may enter.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use command::Failure;

use crate::log;
use crate::settings::Settings;

/// Who owns a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// root, with root's group.
    Root,
    /// `mail_owner`, with root's group.
    Mail,
    /// `mail_owner`, with `setgid_group`.
    MailAndGroup,
    /// root, with `setgid_group`: the set-group-id commands.
    RootAndGroup,
}

/// The folders below `queue_directory`.
pub(crate) const QUEUE: [(&str, Owner, u32); 15] = [
    ("", Owner::Root, 0o755),
    ("active", Owner::Mail, 0o700),
    ("bounce", Owner::Mail, 0o700),
    ("corrupt", Owner::Mail, 0o700),
    ("defer", Owner::Mail, 0o700),
    ("deferred", Owner::Mail, 0o700),
    ("flush", Owner::Mail, 0o700),
    ("hold", Owner::Mail, 0o700),
    ("incoming", Owner::Mail, 0o700),
    ("maildrop", Owner::MailAndGroup, 0o730),
    ("pid", Owner::Root, 0o755),
    ("private", Owner::Mail, 0o700),
    ("public", Owner::MailAndGroup, 0o710),
    ("saved", Owner::Mail, 0o700),
    ("trace", Owner::Mail, 0o700),
];

/// The accounts that folders are given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accounts {
    pub(crate) mail: u32,
    pub(crate) group: u32,
}

impl Accounts {
    /// Looks both accounts up when this is root; an ordinary user's own system has none.
    ///
    /// # Errors
    /// An account does not exist, is root, or could not be looked up.
    pub(crate) fn find(settings: &Settings) -> Result<Option<Self>, Failure> {
        if !sys::identity::is_root() {
            return Ok(None);
        }
        let (owner, group) = (&settings.mail_owner, &settings.setgid_group);
        let failed = |name: &str, error: io::Error| Failure::general(format!("look up {name}: {error}"));
        let account = sys::account::account_by_name(owner).map_err(|error| failed(owner, error))?;
        let mail = account.ok_or_else(|| {
            Failure::general(format!(
                "mail_owner = {owner}: unknown user name; specify an existing account"
            ))
        })?;
        if mail.uid == 0 {
            return Err(Failure::general(format!(
                "mail_owner = {owner}: must not be root"
            )));
        }
        let group = sys::account::group_by_name(group)
            .map_err(|error| failed(group, error))?
            .ok_or_else(|| {
                Failure::general(format!(
                    "setgid_group = {group}: unknown group name; specify an existing group"
                ))
            })?;
        if group == mail.gid {
            return Err(Failure::general(format!(
                "setgid_group = {}: must not be the group of mail_owner",
                settings.setgid_group
            )));
        }
        Ok(Some(Self {
            mail: mail.uid,
            group,
        }))
    }

    fn ids(self, owner: Owner) -> (u32, u32) {
        match owner {
            Owner::Root => (0, 0),
            Owner::Mail => (self.mail, 0),
            Owner::MailAndGroup => (self.mail, self.group),
            Owner::RootAndGroup => (0, self.group),
        }
    }
}

/// All folders with owners and modes.
pub(crate) fn all(settings: &Settings) -> Vec<(PathBuf, Owner, u32)> {
    let queue = Path::new(&settings.queue_directory);
    let mut folders: Vec<_> = QUEUE
        .iter()
        .map(|(name, owner, mode)| {
            // Joined with nothing, a path would end in a slash.
            let path = if name.is_empty() {
                queue.to_owned()
            } else {
                queue.join(name)
            };
            (path, *owner, *mode)
        })
        .collect();
    folders.push((settings.data_directory.clone().into(), Owner::Mail, 0o700));
    folders
}

/// Makes the folders that are missing.
///
/// # Errors
/// A folder cannot be made or given to its owner.
pub(crate) fn create_missing(settings: &Settings, accounts: Option<Accounts>) -> Result<(), Failure> {
    for (path, owner, mode) in all(settings) {
        match fs::metadata(&path) {
            Ok(found) if found.is_dir() => continue,
            Ok(_) => return Err(Failure::general(format!("{} is not a directory", path.display()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(Failure::general(format!("{}: {error}", path.display()))),
        }
        let failed = |error| Failure::general(format!("unable to create {}: {error}", path.display()));
        log::created(&path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        fs::DirBuilder::new().mode(mode).create(&path).map_err(failed)?;
        set(&path, owner, mode, accounts).map_err(failed)?;
    }
    Ok(())
}

/// Gives a folder or file its owner and mode.
///
/// # Errors
/// Those of chown(2) and chmod(2).
pub(crate) fn set(path: &Path, owner: Owner, mode: u32, accounts: Option<Accounts>) -> io::Result<()> {
    if let Some(accounts) = accounts {
        let (uid, gid) = accounts.ids(owner);
        chown(path, Some(uid), Some(gid))?;
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

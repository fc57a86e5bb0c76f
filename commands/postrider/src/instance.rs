//! A private instance: a folder with its own configuration, queue and mailboxes.
//!
//! Ordinary `main.cf` and `master.cf` files, written once and then the owner's to edit; nothing in the daemons knows
//! that an instance is private.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use sys::account::{Account, account_by_name, account_by_uid, group_by_gid, group_by_name};
use sys::identity::{effective_uid, is_root};

/// Why an instance could not be made.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    /// A file or folder.
    #[error("{0}: {1}")]
    File(PathBuf, #[source] io::Error),
    /// The user database.
    #[error("look up user {0}: {1}")]
    NoDatabase(String, #[source] io::Error),
    /// Whoever starts it is nobody the system knows.
    #[error("user id {0} has no name in the password file; add one")]
    Nameless(u32),
    /// Started by root, with no user to become.
    #[error("none of the users postfix, mail, nobody exists to give up root for; create the user postfix")]
    NoOwner,
}

/// Where an instance lies and whose it is.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The folder, absolute.
    pub folder: PathBuf,
    /// The programs' folder.
    pub programs: PathBuf,
    /// Who started it, and has the mailbox.
    pub user: String,
    /// Whose rights the daemons have.
    pub owner: Account,
    /// The group for submission.
    pub group: String,
    /// Where SMTP listens, `127.0.0.1:2525` say.
    pub listen: String,
}

impl Instance {
    /// Finds out who and where; nothing is written yet.
    ///
    /// # Errors
    /// [`InstanceError`] names what is missing.
    pub fn new(folder: &Path, programs: &Path, listen: &str) -> Result<Self, InstanceError> {
        let folder =
            std::path::absolute(folder).map_err(|error| InstanceError::File(folder.to_owned(), error))?;
        let uid = effective_uid();
        let me = account_by_uid(uid)
            .map_err(|error| InstanceError::NoDatabase(uid.to_string(), error))?
            .ok_or(InstanceError::Nameless(uid))?;
        let owner = if is_root() { owner_for_root()? } else { me.clone() };
        let group = submission_group(&owner)?;
        Ok(Self {
            folder,
            programs: programs.to_owned(),
            user: me.name,
            owner,
            group,
            listen: listen.to_owned(),
        })
    }

    /// The configuration directory.
    pub fn configuration(&self) -> PathBuf {
        self.folder.join("etc")
    }

    /// The queue directory.
    pub fn queue(&self) -> PathBuf {
        self.folder.join("spool")
    }

    /// The mailbox of whoever started it.
    pub fn mailbox(&self) -> PathBuf {
        self.folder.join("mail").join(&self.user)
    }

    /// Makes what is not there yet. Configuration files that exist are left as they are.
    ///
    /// # Errors
    /// The file that could not be written.
    pub fn make(&self) -> Result<(), InstanceError> {
        for (name, mode, owned) in [
            ("", 0o755, false),
            ("etc", 0o755, false),
            ("spool", 0o755, false),
            ("data", 0o700, true),
        ] {
            self.make_folder(&self.folder.join(name), mode, owned)?;
        }
        // A spool folder like /var/mail: anyone may add a mailbox, nobody may remove another's.
        self.make_folder(&self.folder.join("mail"), 0o1777, false)?;
        self.write_once("etc/main.cf", &self.main_cf())?;
        self.write_once("etc/master.cf", &self.master_cf())
    }

    fn make_folder(&self, path: &Path, mode: u32, owned: bool) -> Result<(), InstanceError> {
        let failed = |error| InstanceError::File(path.to_owned(), error);
        if path.is_dir() {
            return Ok(());
        }
        fs::create_dir_all(path).map_err(failed)?;
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(failed)?;
        if owned && is_root() {
            chown(path, Some(self.owner.uid), Some(self.owner.gid)).map_err(failed)?;
        }
        Ok(())
    }

    fn write_once(&self, name: &str, text: &str) -> Result<(), InstanceError> {
        let path = self.folder.join(name);
        if path.exists() {
            return Ok(());
        }
        fs::write(&path, text).map_err(|error| InstanceError::File(path, error))
    }

    /// The text of a new `main.cf`.
    pub fn main_cf(&self) -> String {
        let folder = self.folder.display();
        let programs = self.programs.display();
        let (owner, group) = (&self.owner.name, &self.group);
        // Commands of root's aliases have another user than the daemons.
        let privs = match owner.as_str() {
            "nobody" => "default_privs = daemon\n",
            _ => "",
        };
        format!(
            "# A private instance. Edit at will: an existing file is never overwritten.\n\
             compatibility_level = 3.11\n\
             queue_directory = {folder}/spool\n\
             data_directory = {folder}/data\n\
             command_directory = {programs}\n\
             daemon_directory = {programs}\n\
             sendmail_path = {programs}/sendmail\n\
             mailq_path = {programs}/mailq\n\
             newaliases_path = {programs}/newaliases\n\
             mail_owner = {owner}\n\
             setgid_group = {group}\n\
             {privs}\
             \n\
             myhostname = postrider.localdomain\n\
             mydestination = $myhostname, localhost.$mydomain, localhost\n\
             mynetworks = 127.0.0.0/8 [::1]/128\n\
             inet_interfaces = loopback-only\n\
             \n\
             # No aliases, and one file for each mailbox.\n\
             alias_maps =\n\
             alias_database =\n\
             mail_spool_directory = {folder}/mail\n\
             mailbox_command =\n\
             \n\
             # The log goes where the instance was started.\n\
             maillog_file = /dev/stdout\n"
        )
    }

    /// The text of a new `master.cf`: the stock services, no root directory changed, SMTP on our own port.
    pub fn master_cf(&self) -> String {
        let mut text = String::from(
            "# service type  private unpriv  chroot  wakeup  maxproc command + args\n\
             #               (yes)   (yes)   (no)    (never) (100)\n",
        );
        for row in SERVICES {
            let [name, kind, private, unprivileged, wake_up, limit, command] = row;
            let name = if *command == "smtpd" {
                self.listen.as_str()
            } else {
                name
            };
            text.push_str(&format!(
                "{name:<15} {kind:<9} {private:<7} {unprivileged:<7} n       {wake_up:<7} {limit:<7} {command}\n"
            ));
        }
        text
    }
}

/// Name, type, private, unprivileged, wake-up, process limit, command.
const SERVICES: &[[&str; 7]] = &[
    ["smtp", "inet", "n", "-", "-", "-", "smtpd"],
    ["pickup", "unix", "n", "-", "60", "1", "pickup"],
    ["cleanup", "unix", "n", "-", "-", "0", "cleanup"],
    ["qmgr", "unix", "n", "-", "300", "1", "qmgr"],
    ["rewrite", "unix", "-", "-", "-", "-", "trivial-rewrite"],
    ["bounce", "unix", "-", "-", "-", "0", "bounce"],
    ["defer", "unix", "-", "-", "-", "0", "bounce"],
    ["trace", "unix", "-", "-", "-", "0", "bounce"],
    ["verify", "unix", "-", "-", "-", "1", "verify"],
    ["flush", "unix", "n", "-", "1000?", "0", "flush"],
    ["proxymap", "unix", "-", "-", "-", "-", "proxymap"],
    ["proxywrite", "unix", "-", "-", "-", "1", "proxymap"],
    ["relay", "unix", "-", "-", "-", "-", "smtp"],
    ["lmtp", "unix", "-", "-", "-", "-", "lmtp"],
    ["smtp", "unix", "-", "-", "-", "-", "smtp"],
    ["showq", "unix", "n", "-", "-", "-", "showq"],
    ["error", "unix", "-", "-", "-", "-", "error"],
    ["retry", "unix", "-", "-", "-", "-", "error"],
    ["discard", "unix", "-", "-", "-", "-", "discard"],
    ["local", "unix", "-", "n", "-", "-", "local"],
    ["virtual", "unix", "-", "n", "-", "-", "virtual"],
    ["anvil", "unix", "-", "-", "-", "1", "anvil"],
    ["postlog", "unix-dgram", "n", "-", "-", "1", "postlogd"],
];

fn owner_for_root() -> Result<Account, InstanceError> {
    for name in ["postfix", "mail", "nobody"] {
        let found =
            account_by_name(name).map_err(|error| InstanceError::NoDatabase(name.to_owned(), error))?;
        if let Some(account) = found {
            return Ok(account);
        }
    }
    Err(InstanceError::NoOwner)
}

/// The package's group for submission where root may give it, or another that is not the daemons'; else their own.
fn submission_group(owner: &Account) -> Result<String, InstanceError> {
    let failed = |error| InstanceError::NoDatabase(owner.name.clone(), error);
    let candidates: &[&str] = if is_root() {
        &["postdrop", "mail", "users", "daemon"]
    } else {
        &[]
    };
    for name in candidates {
        let found = group_by_name(name).map_err(failed)?;
        if found.is_some_and(|gid| gid != owner.gid && gid != 0) {
            return Ok((*name).to_owned());
        }
    }
    Ok(group_by_gid(owner.gid)
        .map_err(failed)?
        .unwrap_or_else(|| owner.name.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listening_service_has_the_place_asked_for() {
        let instance = Instance::new(Path::new("/tmp/x"), Path::new("/usr/sbin"), "127.0.0.1:2525").unwrap();
        let services = instance.master_cf();
        assert!(
            services
                .lines()
                .any(|line| line.starts_with("127.0.0.1:2525  inet")),
            "{services}"
        );
        assert!(instance.main_cf().contains("queue_directory = /tmp/x/spool\n"));
    }
}

//! Owners and modes of an installation, and what an older configuration lacks.

use std::path::Path;

use command::{Failure, Status};

use crate::folder::{self, Accounts, Owner};
use crate::{System, log};

impl System {
    pub(crate) fn set_permissions(&self, values: &[String]) -> Result<Status, Failure> {
        if !values.is_empty() {
            return Err(Failure::usage(
                "set-permissions takes no name=value here; set the parameters in main.cf",
            ));
        }
        let accounts = Accounts::find(&self.settings)?;
        folder::create_missing(&self.settings, accounts)?;
        let failed = |path: &Path, error| Failure::general(format!("{}: {error}", path.display()));
        for (path, owner, mode) in folder::all(&self.settings) {
            folder::set(&path, owner, mode, accounts).map_err(|error| failed(&path, error))?;
        }
        for name in ["postdrop", "postqueue"] {
            let path = Path::new(&self.settings.command_directory).join(name);
            if accounts.is_some() && path.exists() {
                folder::set(&path, Owner::RootAndGroup, 0o2755, accounts)
                    .map_err(|error| failed(&path, error))?;
            }
        }
        Ok(Status::OK)
    }

    /// Says which services of this release `master.cf` lacks. The file is the administrator's: it is not edited.
    pub(crate) fn upgrade_configuration(&self) -> Result<Status, Failure> {
        let master = configuration::read_master(&self.directory)?;
        let mut missing = 0;
        for line in SERVICES {
            let mut words = line.split_ascii_whitespace();
            let (Some(name), Some(kind)) = (words.next(), words.next()) else {
                continue;
            };
            if !master
                .services
                .iter()
                .any(|s| s.name == name && s.kind.word() == kind)
            {
                log::missing_service(name, line);
                missing += 1;
            }
        }
        if missing == 0 {
            log::up_to_date();
            return Ok(Status::OK);
        }
        Err(Failure::general(format!(
            "{missing} services are missing in master.cf"
        )))
    }
}

/// The services that this release needs, as `master.cf` has them.
const SERVICES: [&str; 21] = [
    "pickup unix n - n 60 1 pickup",
    "cleanup unix n - n - 0 cleanup",
    "qmgr unix n - n 300 1 qmgr",
    "tlsmgr unix - - n 1000? 1 tlsmgr",
    "rewrite unix - - n - - trivial-rewrite",
    "bounce unix - - n - 0 bounce",
    "defer unix - - n - 0 bounce",
    "trace unix - - n - 0 bounce",
    "verify unix - - n - 1 verify",
    "flush unix n - n 1000? 0 flush",
    "proxymap unix - - n - - proxymap",
    "proxywrite unix - - n - 1 proxymap",
    "smtp unix - - n - - smtp",
    "relay unix - - n - - smtp",
    "showq unix n - n - - showq",
    "error unix - - n - - error",
    "retry unix - - n - - error",
    "discard unix - - n - - discard",
    "anvil unix - - n - 1 anvil",
    "scache unix - - n - 1 scache",
    "postlog unix-dgram n - n - 1 postlogd",
];

//! Owners and modes of an installation, and what an older configuration lacks.

use std::path::Path;

use command::{Failure, Status};

use crate::folder::{self, Accounts, Owner};
use crate::settings::Settings;
use crate::{System, log, programs};

impl System {
    /// `set-permissions` and `upgrade-configuration` may stand together, as packages write them, and `name=value`
    /// behind them goes into `main.cf` first.
    pub(crate) fn maintain(&self, verb: &str, words: &[String]) -> Result<Status, Failure> {
        let (values, verbs): (Vec<&String>, Vec<&String>) = words.iter().partition(|word| word.contains('='));
        if let Some(other) = verbs.iter().find(|word| !MAINTENANCE.contains(&word.as_str())) {
            return Err(Failure::usage(format!("unknown command or argument: '{other}'")));
        }
        if !values.is_empty() {
            self.edit(&values)?;
        }
        // What was just written holds for what is done now.
        let facts = configuration::Facts::default();
        let settings = Settings::read(&configuration::read(&self.directory, &facts)?)?;
        for verb in std::iter::once(verb).chain(verbs.into_iter().map(String::as_str)) {
            match verb {
                "set-permissions" => set_permissions(&settings)?,
                _ => self.upgrade_configuration()?,
            }
        }
        Ok(Status::OK)
    }

    fn edit(&self, values: &[&String]) -> Result<(), Failure> {
        let mut arguments = vec!["-e"];
        arguments.extend(values.iter().map(|value| value.as_str()));
        let ended = programs::run(self.programs.command("postconf", &arguments))?;
        if ended.success() {
            Ok(())
        } else {
            Err(Failure::general("postconf -e failed; main.cf is left as it was"))
        }
    }

    /// Says which services of this release `master.cf` lacks. The file is the administrator's: it is not edited.
    fn upgrade_configuration(&self) -> Result<(), Failure> {
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
            return Ok(());
        }
        Err(Failure::general(format!(
            "{missing} services are missing in master.cf"
        )))
    }
}

fn set_permissions(settings: &Settings) -> Result<(), Failure> {
    let accounts = Accounts::find(settings)?;
    folder::create_missing(settings, accounts)?;
    let failed = |path: &Path, error| Failure::general(format!("{}: {error}", path.display()));
    for (path, owner, mode) in folder::all(settings) {
        folder::set(&path, owner, mode, accounts).map_err(|error| failed(&path, error))?;
    }
    for name in ["postdrop", "postqueue"] {
        let path = Path::new(&settings.command_directory).join(name);
        if accounts.is_some() && path.exists() {
            folder::set(&path, Owner::RootAndGroup, 0o2755, accounts)
                .map_err(|error| failed(&path, error))?;
        }
    }
    Ok(())
}

/// Verbs that may stand together.
const MAINTENANCE: [&str; 2] = ["set-permissions", "upgrade-configuration"];

/// The services that this release needs, as `master.cf` has them.
const SERVICES: [&str; 19] = [
    "pickup unix n - n 60 1 pickup",
    "cleanup unix n - n - 0 cleanup",
    "qmgr unix n - n 300 1 qmgr",
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
    "postlog unix-dgram n - n - 1 postlogd",
];

//! What `postfix check` looks at: first what keeps the system from running, then what merely looks wrong.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use command::Failure;
use config::audit::Audit;
use config::master_cf::{MasterCf, ServiceKind};

use crate::folder::{self, Accounts};
use crate::{System, log, programs};

impl System {
    /// Makes missing folders, and checks the rest.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let accounts = Accounts::find(&self.settings)?;
        folder::create_missing(&self.settings, accounts)?;
        let master = self.check_master()?;
        self.check_parameters(&master);
        self.check_queue()?;
        match accounts {
            Some(accounts) => self.check_owners(accounts),
            None => self.check_damaged(),
        }
        Ok(())
    }

    fn check_master(&self) -> Result<MasterCf, Failure> {
        let master = configuration::read_master(&self.directory)?;
        for warning in &master.warnings {
            log::complaint(warning);
        }
        let has_log = |master: &MasterCf| {
            master
                .services
                .iter()
                .any(|s| s.name == "postlog" && s.kind == ServiceKind::UnixDatagram)
        };
        if !self.settings.maillog_file.is_empty() && !has_log(&master) {
            return Err(Failure::general(
                "missing 'postlog' service in master.cf - run 'postfix upgrade-configuration'",
            ));
        }
        Ok(master)
    }

    /// Values that no program could use, and values that no program reads.
    fn check_parameters(&self, master: &MasterCf) {
        let configuration = &self.configuration;
        for entry in config::catalogue::entries().filter(|entry| configuration.is_set(entry.name)) {
            match configuration.expanded(entry.name) {
                Ok(Some(value)) => {
                    if let Err(wrong) = (entry.check)(&value) {
                        let origin = configuration.origin(entry.name);
                        log::complaint(&format_args!("{origin}: {}", wrong.about(entry.name, &value)));
                    }
                }
                Ok(None) => {}
                Err(error) => log::complaint(&error),
            }
        }
        let audit = Audit::new(configuration, &master.services);
        let files = [configuration.file(), master.file.as_str()];
        for (file, unused) in files
            .iter()
            .zip([audit.unused_in_main(), audit.unused_in_master()])
        {
            for unused in unused {
                log::unused(file, &unused);
            }
        }
        for (file, outdated) in files
            .iter()
            .zip([audit.outdated_in_main(), audit.outdated_in_master()])
        {
            for outdated in outdated {
                log::outdated(file, &outdated);
            }
        }
    }

    /// Has `postsuper` put misplaced queue files right, before anything reads the queue.
    fn check_queue(&self) -> Result<(), Failure> {
        let ended = programs::run(self.programs.command("postsuper", &[]))?;
        match ended.success() {
            true => Ok(()),
            false => Err(Failure::general("postsuper failed: the queue is not in order")),
        }
    }

    fn check_owners(&self, accounts: Accounts) {
        let settings = &self.settings;
        for path in [self.queue().to_owned(), self.queue().join("pid")] {
            owned_by_root(&path);
        }
        let trees = [
            &settings.daemon_directory,
            &settings.meta_directory,
            &settings.config_directory,
        ];
        let mut trees: Vec<&Path> = trees.iter().map(Path::new).collect();
        trees.sort_unstable();
        trees.dedup();
        for tree in trees {
            for_each_below(tree, &mut |path| owned_by_root(path));
        }
        for_each_below(Path::new(&settings.data_directory), &mut |path| {
            self.owned_by_mail(path, accounts);
            not_writable(path);
        });
        for name in MAIL_FOLDERS {
            for_each_below(&self.queue().join(name), &mut |path| {
                self.owned_by_mail(path, accounts)
            });
        }
        // What is in maildrop belongs to whoever sent it.
        self.owned_by_mail(&self.queue().join("maildrop"), accounts);
        self.check_group(accounts);
        self.check_damaged();
    }

    fn check_group(&self, accounts: Accounts) {
        let commands = Path::new(&self.settings.command_directory);
        let programs = [commands.join("postqueue"), commands.join("postdrop")];
        let folders = [self.queue().join("public"), self.queue().join("maildrop")];
        for path in folders.iter().chain(&programs) {
            if fs::symlink_metadata(path).is_ok_and(|found| found.gid() != accounts.group) {
                log::not_of_group(&self.settings.setgid_group, path);
            }
        }
        for path in programs {
            if fs::metadata(&path).is_ok_and(|found| found.mode() & SET_GID_MODE != SET_GID_MODE) {
                log::not_set_gid(&path);
            }
        }
    }

    fn check_damaged(&self) {
        for_each_below(&self.queue().join("corrupt"), &mut |path| {
            if fs::symlink_metadata(path).is_ok_and(|found| found.is_file()) {
                log::damaged(path);
            }
        });
    }

    fn owned_by_mail(&self, path: &Path, accounts: Accounts) {
        use std::os::unix::fs::FileTypeExt;
        let Ok(found) = fs::symlink_metadata(path) else {
            return;
        };
        let kind = found.file_type();
        if found.uid() != accounts.mail && !kind.is_socket() && !kind.is_fifo() {
            log::not_owned_by(&self.settings.mail_owner, path);
        }
    }
}

fn owned_by_root(path: &Path) {
    if fs::symlink_metadata(path).is_ok_and(|found| found.uid() != 0) {
        log::not_owned_by("root", path);
    }
    not_writable(path);
}

fn not_writable(path: &Path) {
    let is_writable = |found: fs::Metadata| !found.is_symlink() && found.mode() & 0o022 != 0;
    if fs::symlink_metadata(path).is_ok_and(is_writable) {
        log::writable(path);
    }
}

/// Visits a folder and all that is in it; what cannot be read is complained of.
fn for_each_below(root: &Path, visit: &mut dyn FnMut(&Path)) {
    let mut left: Vec<PathBuf> = vec![root.to_owned()];
    while let Some(path) = left.pop() {
        let Ok(found) = fs::symlink_metadata(&path) else {
            continue;
        };
        visit(&path);
        if !found.is_dir() {
            continue;
        }
        match fs::read_dir(&path) {
            Ok(entries) => left.extend(entries.flatten().map(|entry| entry.path())),
            Err(error) => log::complaint(&format_args!("{}: {error}", path.display())),
        }
    }
}

const MAIL_FOLDERS: [&str; 12] = [
    "saved", "incoming", "active", "defer", "deferred", "bounce", "hold", "trace", "corrupt", "public",
    "private", "flush",
];
const SET_GID_MODE: u32 = 0o2111;

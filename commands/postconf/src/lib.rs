//! postconf: prints and edits main.cf and master.cf, and says what this build can do.
//!
//! Without options it prints parameters, all or those named. Output and edits are Postfix's. What parameters mean is
//! told in postconf(5).
//!
//! # Usage
//! ```text
//! postconf [-dfhHjnpqvx] [-C CLASS] [-o NAME=VALUE] [-c DIR] [NAME ...]
//! postconf [-epv] [-c DIR] NAME=VALUE ...
//! postconf -# [-pv] [-c DIR] NAME ...
//! postconf -X [-pv] [-c DIR] NAME ...
//! postconf -M [-fjqvx] [-o NAME=VALUE] [-c DIR] [SERVICE[/TYPE] ...]
//! postconf -M -e [-v] [-c DIR] SERVICE/TYPE=LINE ...
//! postconf -M -# [-v] [-c DIR] SERVICE/TYPE ...
//! postconf -M -X [-v] [-c DIR] SERVICE/TYPE ...
//! postconf -F [-fhHjqvx] [-o NAME=VALUE] [-c DIR] [SERVICE[/TYPE[/FIELD]] ...]
//! postconf -F -e [-v] [-c DIR] SERVICE/TYPE/FIELD=VALUE ...
//! postconf -P [-fhHjqvx] [-o NAME=VALUE] [-c DIR] [SERVICE[/TYPE[/NAME]] ...]
//! postconf -P -e [-v] [-c DIR] SERVICE/TYPE/NAME=VALUE ...
//! postconf -P -X [-v] [-c DIR] SERVICE/TYPE/NAME ...
//! postconf -b [-v] [-c DIR] [TEMPLATES]
//! postconf -t [-v] [-c DIR] [TEMPLATES]
//! postconf -a | -A | -l | -m | -T MODE
//! ```
//! # Options
//! - `-#`: comment parameters or services out, which brings their defaults back
//! - `-a`: list the SASL plug-ins of the server; there are none in this build
//! - `-A`: list the SASL plug-ins of the client; there are none in this build
//! - `-b`: the texts of notices as they are sent, `$name` replaced
//! - `-c DIR`: the configuration is in this folder
//! - `-C CLASS`: only parameters of a class: `builtin`, `service`, `user` or `all`
//! - `-d`: defaults, not what is set
//! - `-e`: set parameters, services, fields or options; a word with `=` does so without the option
//! - `-f`: long lines are folded as people write them
//! - `-F`: single fields of master.cf
//! - `-h`: values without names
//! - `-H`: names without values
//! - `-j`: in JSON
//! - `-l`: list the ways to lock mailboxes
//! - `-m`: list the types of tables
//! - `-M`: lines of master.cf
//! - `-n`: only parameters that are set
//! - `-o NAME=VALUE`: as if main.cf said so
//! - `-p`: main.cf, which is the default
//! - `-P`: parameters that master.cf sets for a service
//! - `-q`: no warnings about parameters that nobody uses
//! - `-t`: the texts of notices as they are written, with their headers
//! - `-T MODE`: facts about TLS; there is none in this build
//! - `-v`: log more; several log still more
//! - `-x`: with `$name` replaced
//! - `-X`: remove parameters, services or options
//! # Listens
//! Nowhere.
//! # Asks
//! Nobody.
//! # Writes
//! main.cf and master.cf, beside the one in use and then in its place; a file that would not change is left alone.
//! # Runs as
//! Whoever calls it.
//! # Standards
//! None; postconf(1).
//! # Difference from Postfix
//! `-F -e` and `-P -e` leave the lines of a service alone when nothing about it changes, and put a changed one where
//! it stood, not behind the comments that follow it. A parameter that nothing reads is followed by the nearest name
//! that something does. A loop of `$name` elsewhere does not keep other values from being shown.

mod arguments;
mod edit_main;
mod edit_master;
mod entry;
mod log;
mod physical;
mod request;
mod rewrite;
mod show_main;
mod show_master;
mod style;
mod templates;

use command::{Failure, Setup, Start, Status};
use config::Configuration;
use config::audit::Audit;
use config::main_cf::MainCf;
use config::master_cf::MasterCf;
use configuration::Facts;
use request::{Edit, Mode, Request};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// Runs the command.
///
/// # Errors
/// Wrong options, files that cannot be read or written, or an expression that cannot be expanded.
pub fn run(start: Start) -> Result<Status, Failure> {
    let request = Request::read(&start)?;
    match request.mode {
        // Without SASL there is no plug-in type to list, and without TLS `-T` prints nothing (postconf(1)).
        Mode::ServerSasl | Mode::ClientSasl => {}
        Mode::Tls => return Ok(tls(&request.tls)),
        Mode::Locks => print("flock\nfcntl\ndotlock\n")?,
        Mode::Tables => print(table_types())?,
        Mode::Templates { is_expanded } => {
            let files = Files::open(&start, &request)?;
            print(&templates::text(&files, &request.operands, is_expanded)?)?;
        }
        Mode::Main | Mode::Services | Mode::Fields | Mode::Options => match request.edit {
            Some(edit) => change(&start, &request, edit)?,
            None => show(&start, &request)?,
        },
    }
    Ok(Status::OK)
}

/// Facts about TLS: there is none, but a mode that nobody knows is a mistake all the same.
fn tls(mode: &str) -> Status {
    if ["compile-version", "run-version", "public-key-algorithms"].contains(&mode) {
        return Status::OK;
    }
    log::unknown_tls_mode(mode);
    Status::GENERAL
}

fn change(start: &Start, request: &Request, edit: Edit) -> Result<(), Failure> {
    let directory = start.directory(&request.setup)?;
    request.check_operands(edit)?;
    match request.mode {
        Mode::Main => {
            let wanted = edit_main::Wanted::read(edit, &request.operands)?;
            let file = directory.join(MAIN_CF);
            rewrite::rewrite(&file, |old| Ok(wanted.applied(&file, old)))
        }
        Mode::Services => {
            let wanted = edit_master::services(edit, &request.operands)?;
            rewrite::rewrite(&directory.join(MASTER_CF), |old| Ok(wanted.applied(old)))
        }
        mode => {
            let wanted = edit_master::details(mode, edit, &request.operands)?;
            rewrite::rewrite(&directory.join(MASTER_CF), |old| wanted.applied(old))
        }
    }
}

fn show(start: &Start, request: &Request) -> Result<(), Failure> {
    let files = Files::open(start, request)?;
    let audit = Audit::new(&files.configuration, &files.master.services);
    if !request.defaults {
        log::undefined(&files.directory, &audit);
        if !request.quiet {
            log::remarks(&files.directory, &audit);
            log::tables(&audit);
        }
    }
    let is_main = request.mode == Mode::Main;
    if is_main {
        show_main::show(&files, &audit, request)?;
    } else {
        show_master::show(&files, &audit, request)?;
    }
    if !request.quiet && !request.defaults {
        if is_main {
            log::vain_in_main(&files.directory, &audit);
        }
        log::vain_in_master(&files.directory, &audit);
    }
    Ok(())
}

/// What a run works with.
struct Files {
    /// The configuration directory as given, for messages.
    directory: PathBuf,
    /// Whether somebody chose it; then it counts as set.
    is_chosen: bool,
    configuration: Configuration,
    master: MasterCf,
}

impl Files {
    fn open(start: &Start, request: &Request) -> Result<Self, Failure> {
        let directory = start.directory(&request.setup)?;
        let facts = Facts {
            process_name: &start.name,
            service_name: "",
            overrides: &request.setup.overrides,
        };
        let mut warnings = Vec::new();
        let is_chosen = is_chosen(&request.setup);
        let shown = if request.defaults {
            Path::new(configuration::DEFAULT_DIRECTORY)
        } else {
            &directory
        };
        let needs_services = matches!(request.mode, Mode::Services | Mode::Fields | Mode::Options);
        let mut master = match configuration::read_every_service(&directory) {
            Ok(master) => master,
            Err(error @ configuration::ConfigurationError::Open { .. }) if !needs_services => {
                warnings.push(error.to_string());
                MasterCf::default()
            }
            Err(error) => return Err(error.into()),
        };
        let configuration = if request.defaults {
            configuration::with_facts(MainCf::default(), shown, &facts)
        } else {
            configuration::read_with_warnings(shown, &facts, &mut warnings)?
        };
        warnings.append(&mut master.warnings);
        warnings.iter().for_each(|warning| log::warning(warning));
        Ok(Self {
            directory,
            is_chosen,
            configuration,
            master,
        })
    }
}

fn is_chosen(setup: &Setup) -> bool {
    setup.directory.is_some() || std::env::var_os("MAIL_CONFIG").is_some_and(|name| !name.is_empty())
}

/// Table types whose drivers proxymap was built with, as this program was built together with it.
const DRIVERS: &[&str] = if cfg!(feature = "full") {
    &["ldap", "memcache", "mysql", "pgsql", "redis", "sqlite"]
} else {
    &["memcache", "sqlite"]
};

fn table_types() -> String {
    let tables = lookup::Tables::new(lookup::Settings::default());
    let mut types: Vec<String> = tables.types().iter().map(ToString::to_string).collect();
    types.extend(DRIVERS.iter().map(ToString::to_string));
    types.sort_unstable();
    types.iter().map(|name| format!("{name}\n")).collect()
}

fn print(text: impl AsRef<[u8]>) -> Result<(), Failure> {
    match std::io::stdout().write_all(text.as_ref()) {
        Ok(()) => Ok(()),
        // Whoever reads us has seen enough, as `head` does.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::general(format!(
            "write standard output: {}",
            sys::fault::text(&error)
        ))),
    }
}

const MAIN_CF: &str = "main.cf";
const MASTER_CF: &str = "master.cf";

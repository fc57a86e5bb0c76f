//! postconf: prints and edits `main.cf` and `master.cf`, and says what this build can do.
//!
//! Output and edits are Postfix's, as postconf(1) has them.
//!
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
        Mode::ServerSasl | Mode::ClientSasl | Mode::Tls => {}
        Mode::Locks => print("flock\nfcntl\ndotlock\n")?,
        Mode::Tables => print(&table_types())?,
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

fn table_types() -> String {
    let tables = lookup::Tables::new(lookup::Settings::default());
    let mut types: Vec<String> = tables.types().iter().map(ToString::to_string).collect();
    types.sort_unstable();
    types.iter().map(|name| format!("{name}\n")).collect()
}

fn print(text: &str) -> Result<(), Failure> {
    match std::io::stdout().write_all(text.as_bytes()) {
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

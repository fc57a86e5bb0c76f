//! What postconf prints.

use command::{Failure, Setup, Start};
use config::{Configuration, catalogue};
use configuration::Facts;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

/// Which parameters, and what of them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Selection {
    /// `-d`: defaults, not what is set.
    pub(crate) defaults: bool,
    /// `-n`: only what is set.
    pub(crate) explicit: bool,
    /// `-h`.
    pub(crate) without_name: bool,
    /// `-H`.
    pub(crate) without_value: bool,
    /// `-x`.
    pub(crate) expanded: bool,
    /// No warnings about what is set and not used.
    pub(crate) quiet: bool,
}

/// Prints the named parameters, or all.
pub(crate) fn parameters(
    start: &Start,
    directory: &Path,
    setup: &Setup,
    selection: &Selection,
    names: &[String],
) -> Result<(), Failure> {
    let facts = Facts {
        process_name: &start.name,
        service_name: "",
        overrides: &setup.overrides,
    };
    let configuration = if selection.defaults {
        configuration::with_facts(config::main_cf::MainCf::default(), directory, &facts)
    } else {
        configuration::read(directory, &facts)?
    };
    let mut text = String::new();
    let mut unknown = Vec::new();
    let wanted: Vec<String> = if names.is_empty() {
        all_names(&configuration, selection)
    } else {
        names.to_vec()
    };
    for name in &wanted {
        if selection.explicit && !is_assigned(&configuration, name) {
            continue;
        }
        match line(&configuration, name, selection)? {
            Some(line) => text.push_str(&line),
            None => unknown.push(name),
        }
    }
    write_out(&text)?;
    for name in unknown {
        eprintln!("{}: warning: {name}: unknown parameter", start.name);
    }
    if !selection.quiet {
        warn_about_unused(&start.name, directory, &configuration);
    }
    Ok(())
}

fn write_out(text: &str) -> Result<(), Failure> {
    std::io::stdout()
        .write_all(text.as_bytes())
        .map_err(|error| Failure::general(format!("write standard output: {error}")))
}

fn is_assigned(configuration: &Configuration, name: &str) -> bool {
    matches!(
        configuration.origin(name),
        config::Origin::File(..) | config::Origin::Override
    )
}

/// What the program sets about itself is no parameter of the administrator's.
const FACTS: [&str; 3] = [
    catalogue::PROCESS_NAME.name(),
    catalogue::SERVICE_NAME.name(),
    catalogue::PROCESS_ID.name(),
];

fn all_names(configuration: &Configuration, selection: &Selection) -> Vec<String> {
    let mut names: BTreeSet<String> = configuration
        .assigned()
        .filter(|(name, ..)| is_assigned(configuration, name))
        .map(|(name, ..)| name.to_owned())
        .collect();
    if !selection.explicit {
        names.extend(catalogue::entries().map(|entry| entry.name.to_owned()));
    }
    names
        .into_iter()
        .filter(|name| !FACTS.contains(&name.as_str()))
        .collect()
}

fn line(configuration: &Configuration, name: &str, selection: &Selection) -> Result<Option<String>, Failure> {
    let value = if selection.expanded {
        configuration
            .expanded(name)
            .map_err(|error| Failure::general(error.to_string()))?
    } else {
        configuration.raw(name).map(std::borrow::Cow::into_owned)
    };
    Ok(
        value.map(|value| match (selection.without_name, selection.without_value) {
            (true, _) => format!("{value}\n"),
            (_, true) => format!("{name}\n"),
            _ if value.is_empty() => format!("{name} =\n"),
            _ => format!("{name} = {value}\n"),
        }),
    )
}

fn warn_about_unused(program: &str, directory: &Path, configuration: &Configuration) {
    // Without a readable master.cf it is not known which services give names to parameters; then nothing is said.
    let Ok(services) = configuration::read_master(directory) else {
        return;
    };
    let names: Vec<&str> = services
        .services
        .iter()
        .map(|service| service.name.as_str())
        .collect();
    let texts = services
        .services
        .iter()
        .flat_map(|service| service.arguments.iter().map(String::as_str));
    for unused in configuration.unused(&names, texts) {
        eprintln!(
            "{program}: warning: {}/main.cf: unused parameter: {}={}",
            directory.display(),
            unused.name,
            unused.value
        );
    }
}

/// `-l`: the ways to lock a mailbox.
pub(crate) fn lock_methods() -> &'static str {
    "flock\nfcntl\ndotlock\n"
}

/// Table types whose drivers proxymap was built with, as this program was built together with it.
const DRIVERS: &[&str] = if cfg!(feature = "full") {
    &["ldap", "memcache", "mysql", "pgsql", "redis", "sqlite"]
} else {
    &["memcache", "sqlite"]
};

/// `-m`: the table types.
pub(crate) fn table_types() -> String {
    let tables = lookup::Tables::new(lookup::Settings::default());
    let mut names = tables.types();
    names.extend(DRIVERS);
    names.sort_unstable();
    names.iter().fold(String::new(), |mut text, name| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{name}");
        text
    })
}

/// `-M`: the services of `master.cf`, all or those named `name` or `name/type`.
pub(crate) fn services(directory: &Path, wanted: &[String]) -> Result<String, Failure> {
    let file = configuration::read_master(directory)?;
    let mut text = String::new();
    for service in &file.services {
        let full = format!("{}/{}", service.name, service.kind);
        if !wanted.is_empty() && !wanted.iter().any(|want| *want == full || *want == service.name) {
            continue;
        }
        let [name, kind, rest @ ..] = &service.columns;
        // Writing to a string does not fail.
        let _ = write!(text, "{name:<10} {kind:<5}");
        for column in rest.iter().take(5) {
            let _ = write!(text, " {column:<7}");
        }
        let _ = write!(text, " {}", service.command);
        for argument in &service.arguments {
            let _ = write!(text, " {argument}");
        }
        text.push('\n');
    }
    Ok(text)
}

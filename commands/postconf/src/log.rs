//! What postconf says besides what it was asked for.

use command::OptionError;
use config::audit::{Audit, Outdated, Unused};
use config::bounce_cf::{Flaw, Misfit};
use std::error::Error;
use std::path::Path;

pub(crate) fn warning(text: &str) {
    maillog::warning!("{text}");
}

pub(crate) fn template_flaw(flaw: &Flaw) {
    flaw.to_string()
        .lines()
        .for_each(|line| maillog::warning!("{line}"));
}

pub(crate) fn template_cause(cause: &dyn Error) {
    maillog::warning!("{cause}");
}

pub(crate) fn misfit(misfit: &Misfit) {
    misfit
        .to_string()
        .lines()
        .for_each(|line| maillog::warning!("{line}"));
}

pub(crate) fn option(program: &str, error: OptionError) {
    eprintln!("{program}: {error}");
}

pub(crate) fn unknown_tls_mode(mode: &str) {
    maillog::warning!("unknown 'postconf -T' mode: {mode}");
}

pub(crate) fn unknown(name: &str) {
    maillog::warning!("{name}: unknown parameter");
}

pub(crate) fn unmatched(request: &str) {
    maillog::warning!("unmatched request: \"{request}\"");
}

pub(crate) fn unmatched_service(request: &str) {
    maillog::warning!("unmatched service_name/type: \"{request}\"");
}

pub(crate) fn repeated_request(name: &str, value: &str) {
    maillog::warning!("ignoring earlier request: '{name} = {value}'");
}

pub(crate) fn several_entries(file: &Path, name: &str) {
    maillog::warning!("{}: multiple entries for \"{name}\"", file.display());
}

/// Names that nothing defines.
pub(crate) fn undefined(directory: &Path, audit: &Audit<'_>) {
    for name in audit.undefined_in_master() {
        maillog::warning!("{}/master.cf: undefined parameter: {name}", directory.display());
    }
    for name in audit.undefined_in_main() {
        maillog::warning!("{}/main.cf: undefined parameter: {name}", directory.display());
    }
}

/// Words of values that begin like a comment.
pub(crate) fn remarks(directory: &Path, audit: &Audit<'_>) {
    for word in audit.remarks_in_main() {
        maillog::warning!(
            "{}/main.cf: #comment after other text is not allowed: {word} ...",
            directory.display()
        );
    }
}

/// Settings of `main.cf` that nothing reads or that have better names today.
pub(crate) fn vain_in_main(directory: &Path, audit: &Audit<'_>) {
    let file = format!("{}/main.cf", directory.display());
    unused(&file, &audit.unused_in_main());
    outdated(&file, &audit.outdated_in_main());
}

/// The tables that files describe.
pub(crate) fn tables(audit: &Audit<'_>) {
    for (table_type, name) in audit.table_files() {
        table(table_type, name);
    }
}

/// The same for options of services in `master.cf`.
pub(crate) fn vain_in_master(directory: &Path, audit: &Audit<'_>) {
    let file = format!("{}/master.cf", directory.display());
    unused(&file, &audit.unused_in_master());
    outdated(&file, &audit.outdated_in_master());
}

fn unused(file: &str, all: &[Unused]) {
    for unused in all {
        maillog::warning!("{file}: unused parameter: {}={}", unused.name, unused.value);
        if let Some(nearest) = unused.nearest() {
            maillog::warning!(
                "{}: no program reads {}; did you mean {nearest}?",
                place(file, unused.line),
                unused.name
            );
        }
    }
}

fn outdated(file: &str, all: &[Outdated]) {
    for outdated in all {
        maillog::warning!("{file}: {}", outdated.advice);
    }
}

/// A table that a file describes: whether the file is there, and what in it nothing reads.
fn table(table_type: &str, path: &str) {
    let known = config::table_attributes::of_type(table_type).unwrap_or_default();
    match std::fs::read(path) {
        Ok(octets) => {
            let text = String::from_utf8_lossy(&octets);
            let file = match config::main_cf::MainCf::parse(path, &text) {
                Ok(file) => file,
                Err(error) => return maillog::warning!("{error}"),
            };
            for assignment in file
                .assignments
                .iter()
                .filter(|a| !known.contains(&a.name.as_str()))
            {
                maillog::warning!(
                    "{path}: unused parameter: {}={}",
                    assignment.name,
                    assignment.value
                );
            }
        }
        Err(error) => maillog::warning!(
            "open \"{table_type}\" configuration \"{path}\": {}",
            sys::fault::text(&error)
        ),
    }
}

fn place(file: &str, line: Option<usize>) -> String {
    match line {
        Some(line) => format!("{file}, line {line}"),
        None => file.to_owned(),
    }
}

//! The lines the postfix command writes.

use config::audit::{Outdated, Unused};
use std::fmt::Display;
use std::path::Path;

/// Defaults are those of an earlier release.
pub(crate) fn compatible() {
    maillog::info!("Postfix is using backwards-compatible default settings");
    maillog::info!("See http://www.postfix.org/COMPATIBILITY_README.html for details");
    maillog::info!(
        "To disable backwards compatibility use \"postconf compatibility_level={}\" and \"postfix reload\"",
        config::level::LATEST
    );
}

pub(crate) fn starting() {
    maillog::info!("starting the Postfix mail system");
}

pub(crate) fn stopping() {
    maillog::info!("stopping the Postfix mail system");
}

pub(crate) fn waiting() {
    maillog::info!("waiting for the Postfix mail system to terminate");
}

pub(crate) fn force() {
    maillog::warning!("stopping the Postfix mail system with force");
}

pub(crate) fn aborting() {
    maillog::info!("aborting the Postfix mail system");
}

pub(crate) fn refreshing() {
    maillog::info!("refreshing the Postfix mail system");
}

pub(crate) fn running(pid: u32) {
    maillog::info!("the Postfix mail system is running: PID: {pid}");
}

pub(crate) fn not_running() {
    maillog::info!("the Postfix mail system is not running");
}

pub(crate) fn not_owned_by(owner: &str, path: &Path) {
    maillog::warning!("not owned by {owner}: {}", path.display());
}

pub(crate) fn not_of_group(group: &str, path: &Path) {
    maillog::warning!("not owned by group {group}: {}", path.display());
}

pub(crate) fn writable(path: &Path) {
    maillog::warning!("group or other writable: {}", path.display());
}

pub(crate) fn not_set_gid(path: &Path) {
    maillog::warning!(
        "not set-gid or not owner+group+world executable: {}",
        path.display()
    );
}

pub(crate) fn damaged(path: &Path) {
    maillog::warning!("damaged message: {}", path.display());
}

pub(crate) fn created(path: &Path) {
    maillog::info!("creating missing directory {}", path.display());
}

pub(crate) fn unused(file: &str, unused: &Unused) {
    maillog::warning!("{file}: unused parameter: {}={}", unused.name, unused.value);
    if let Some(nearest) = unused.nearest() {
        let place = place(file, unused.line);
        maillog::warning!(
            "{place}: no program reads {}; did you mean {nearest}?",
            unused.name
        );
    }
}

pub(crate) fn outdated(file: &str, outdated: &Outdated) {
    maillog::warning!("{}: {}", place(file, outdated.line), outdated.advice);
}

fn place(file: &str, line: Option<usize>) -> String {
    line.map_or_else(|| file.to_owned(), |line| format!("{file}, line {line}"))
}

pub(crate) fn complaint(text: &dyn Display) {
    maillog::warning!("{text}");
}

pub(crate) fn program_failed(program: &str, what: &dyn Display) {
    maillog::warning!("{program}: {what}");
}

pub(crate) fn missing_service(name: &str, line: &str) {
    maillog::warning!("master.cf has no service {name}; add this line: {line}");
}

pub(crate) fn up_to_date() {
    maillog::info!("master.cf has all services of this release; there is nothing to upgrade");
}

pub(crate) fn rotated(from: &Path, to: &Path) {
    maillog::info!("renamed {} to {}", from.display(), to.display());
}

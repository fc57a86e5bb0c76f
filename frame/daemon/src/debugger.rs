//! `-D`: `debugger_command`, run to its end before the daemon goes on (`postconf(5) debugger_command`).

use crate::start::StartError;
use config::{Configuration, catalogue};
use std::ffi::OsString;
use sys::child::{Start, start_as};

/// Runs the command with the rights and environment of this process. A debugger that it leaves in the background has
/// attached by then, if the command waits for it.
pub(crate) fn run(configuration: &Configuration) -> Result<(), StartError> {
    let command: String = configuration.get(catalogue::DEBUGGER_COMMAND)?;
    if command.is_empty() {
        let name = catalogue::DEBUGGER_COMMAND.name();
        return Err(StartError::Refused(format!("no {name} variable set up")));
    }
    let failed = |error| StartError::system(format!("run {command}"), error);
    let mut start = Start::new("/bin/sh");
    start.args = vec![OsString::from("-c"), command.clone().into()];
    start.env = std::env::vars_os().collect();
    // How it ends is its own matter.
    start_as(start).map_err(failed)?.wait().map(drop).map_err(failed)
}

//! postkick: sends one wake-up to a service of the mail system, for scripts.
//!
//! # Usage
//! ```text
//! postkick [-v] [-c DIR] CLASS SERVICE REQUEST
//! ```
//! # Options
//! - `-c DIR`: the configuration is in this folder
//! - `-v`: log more; several log still more
//! - `CLASS`: the folder of the service's socket, `public` or `private`
//! - `SERVICE`: its name in master.cf
//! - `REQUEST`: what is sent, as in `postkick public qmgr IDFA`
//! # Listens
//! Nowhere.
//! # Asks
//! The service; the exit status is 1 if nobody is there.
//! # Writes
//! Nothing.
//! # Runs as
//! Whoever calls it; sockets are open to root and `mail_owner`.
//! # Standards
//! None; postkick(1).
//! # Difference from Postfix
//! None known.

use command::{Failure, Start, Status};
use config::catalogue::{QUEUE_DIRECTORY, TRIGGER_TIMEOUT};
use std::path::Path;

/// Runs the command.
///
/// # Errors
/// Wrong words, or a service that cannot be woken.
pub fn run(start: Start) -> Result<Status, Failure> {
    let options = start.options("c:v")?;
    let [class, service, request] = options.operands.as_slice() else {
        return Err(Failure::usage(
            "usage: postkick [-c config_dir] [-v] class service request",
        ));
    };
    if !matches!(class.as_str(), "public" | "private") || service.contains('/') {
        return Err(Failure::usage(format!(
            "no such service: {class}/{service}; the class is public or private"
        )));
    }
    let configuration = start.configure(&options.setup('c', 'v'))?;
    let queue: String = configuration
        .get(QUEUE_DIRECTORY)
        .map_err(|error| Failure::general(error.to_string()))?;
    let path = Path::new(&queue).join(class).join(service);
    let wait = configuration
        .get(TRIGGER_TIMEOUT)
        .map_err(|error| Failure::general(error.to_string()))?;
    command::wake(&path, request.as_bytes(), wait)
        .map_err(|error| Failure::general(format!("connect to {}: {error}", path.display())))?;
    Ok(Status::OK)
}

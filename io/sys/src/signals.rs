//! The wish to stop: SIGINT, SIGTERM and SIGHUP noted for a program that has no event loop.
//!
//! Daemons take their signals through the runtime instead.

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

static CAME: AtomicBool = AtomicBool::new(false);

/// From now on a signal that asks for the end is noted instead of ending the process. Children start with the usual
/// dispositions.
///
/// # Errors
/// Those of sigaction(2).
pub fn hold_termination() -> io::Result<()> {
    let action = SigAction::new(SigHandler::Handler(note), SaFlags::SA_RESTART, SigSet::empty());
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        // SAFETY: the handler only stores to an atomic, which is allowed at any moment.
        unsafe { sigaction(signal, &action) }?;
    }
    Ok(())
}

extern "C" fn note(_: libc::c_int) {
    CAME.store(true, Ordering::Relaxed);
}

/// Waits for at most `wait`; says whether the end was asked for.
#[must_use]
pub fn termination_came(wait: Duration) -> bool {
    let end = Instant::now() + wait;
    while !CAME.load(Ordering::Relaxed) {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        sleep(left.min(Duration::from_millis(50)));
    }
    true
}

//! The clock of a session: what time it is, a pause, and a limit on a wait.

use std::future::Future;
use std::time::{Duration, Instant, SystemTime};

/// A wait took longer than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expired;

/// The monotonic time, as the runtime sees it (a test may have stopped it).
pub fn now() -> Instant {
    if tokio::runtime::Handle::try_current().is_ok() {
        tokio::time::Instant::now().into_std()
    } else {
        Instant::now()
    }
}

/// Lets time pass (an error delay, a back-off): never a way to wait for another party.
pub async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Waits for `work`, for `wait` at the longest.
///
/// # Errors
/// [`Expired`]; `work` is then dropped.
pub async fn within<F: Future>(wait: Duration, work: F) -> Result<F::Output, Expired> {
    tokio::time::timeout(wait, work).await.map_err(|_| Expired)
}

/// The time of day, since the epoch; a clock before 1970 reads as the epoch.
pub fn time_of_day() -> Duration {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}

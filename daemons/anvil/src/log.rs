//! The lines anvil writes.

use crate::client::Peak;
use std::time::{Duration, SystemTime};

/// `statistics: max connection rate 3/60s for (smtp:192.0.2.1) at Nov 22 10:11:12`
pub(crate) fn peak(peak: &Peak, unit: Duration) {
    let (what, count, ident) = (peak.what, peak.count, &peak.ident);
    let at = maillog::time_text(peak.at);
    if peak.is_rate {
        maillog::info!(
            "statistics: max {what} rate {count}/{}s for ({ident}) at {at}",
            unit.as_secs()
        );
    } else {
        maillog::info!("statistics: max {what} count {count} for ({ident}) at {at}");
    }
}

pub(crate) fn cache(size: usize, at: SystemTime) {
    maillog::info!("statistics: max cache size {size} at {}", maillog::time_text(at));
}

pub(crate) fn unknown(request: &str) {
    maillog::warning!("unrecognized request: {request:?}, ignored");
}

//! What anvil reads from `main.cf`.

use std::time::Duration;

config::settings! {
    /// The settings.
    pub struct Settings {
        /// The span over which rates are counted.
        rate_time_unit: Duration = ANVIL_RATE_TIME_UNIT,
        /// How often the peaks are logged.
        status_update_time: Duration = ANVIL_STATUS_UPDATE_TIME,
    }
}

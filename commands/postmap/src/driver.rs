//! The database drivers, as this command brings them along: it asks servers itself, so that it works while the mail
//! system is down.

use command::Failure;
use config::Configuration;
use database::Drivers;
use lookup::Driver;
use std::rc::Rc;
use std::time::Duration;

config::settings! {
    struct Settings {
        connection_limit: usize = DATABASE_CONNECTION_LIMIT,
        time_limit: Duration = DATABASE_TIME_LIMIT,
    }
}

/// The drivers of this build.
///
/// # Errors
/// A parameter that can not be read.
pub(crate) fn drivers(configuration: &Configuration) -> Result<Vec<Rc<dyn Driver>>, Failure> {
    let settings = Settings::read(configuration)?;
    let main = configuration.clone();
    let drivers = Drivers::new(database::Settings {
        parameters: Rc::new(move |name| main.expanded(name).map_err(|error| error.to_string())),
        connection_limit: settings.connection_limit,
        time_limit: settings.time_limit,
        // Nothing is known from before.
        remember: Duration::ZERO,
    });
    Ok(drivers.list())
}

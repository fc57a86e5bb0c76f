//! The tables of a daemon: what the room `lookup` must know of the configuration.

use crate::start::{Start, StartError};
use lookup::Tables;
use std::path::PathBuf;
use std::rc::Rc;

config::settings! {
    /// What every daemon with tables reads.
    struct Settings {
        config_directory: String = CONFIG_DIRECTORY,
        default_database_type: String = DEFAULT_DATABASE_TYPE,
        proxymap_service: String = PROXYMAP_SERVICE_NAME,
        proxywrite_service: String = PROXYWRITE_SERVICE_NAME,
        smtputf8_enable: bool = SMTPUTF8_ENABLE,
        lmdb_map_size: usize = LMDB_MAP_SIZE,
        socketmap_max_query_size: usize = SOCKETMAP_MAX_QUERY_SIZE,
        socketmap_max_reply_size: usize = SOCKETMAP_MAX_REPLY_SIZE,
    }
}

impl Start<'_> {
    /// The tables of this process; none is open yet. Sockets of other services are found below the working directory,
    /// whatever the root directory will be.
    ///
    /// # Errors
    /// A parameter's value.
    pub fn tables(&self) -> Result<Rc<Tables>, StartError> {
        let tables = Tables::new(self.table_settings()?);
        let life = self.life.clone();
        // A table that can not be opened again from inside a root directory is seen by the next process.
        tables.when_stale(move || life.retire());
        Ok(tables)
    }

    /// As [`Start::tables`], for the one daemon that opens tables for the others.
    ///
    /// # Errors
    /// A parameter's value.
    pub fn table_settings(&self) -> Result<lookup::Settings, StartError> {
        let settings = Settings::read(self.configuration)?;
        Ok(lookup::Settings {
            config_directory: PathBuf::from(settings.config_directory),
            queue_directory: PathBuf::from("."),
            default_database_type: settings.default_database_type,
            proxymap_service: settings.proxymap_service,
            proxywrite_service: settings.proxywrite_service,
            lmdb_map_size: settings.lmdb_map_size,
            socketmap_max_query_size: settings.socketmap_max_query_size,
            socketmap_max_reply_size: settings.socketmap_max_reply_size,
            utf8: settings.smtputf8_enable,
            makes_indexes: true,
            has_drivers: false,
            opens_proxied_tables: false,
            ..lookup::Settings::default()
        })
    }
}

//! `postfix logrotate`: the log file gets another name, the system begins a new one, the old one is compressed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use command::{Failure, Status};
use config::split;

use crate::{System, log, programs};

impl System {
    pub(crate) fn rotate_log(&self) -> Result<Status, Failure> {
        let file = Path::new(&self.settings.maillog_file);
        if self.settings.maillog_file.is_empty() {
            return Err(Failure::general(
                "empty maillog_file parameter value: there is no file to rotate",
            ));
        }
        if file.starts_with("/dev") {
            return Err(Failure::general(format!("not rotating '{}'", file.display())));
        }
        let target = name_after(
            file,
            &self.settings.maillog_file_rotate_suffix,
            &jiff::Zoned::now(),
        )?;
        std::fs::rename(file, &target).map_err(|error| {
            Failure::general(format!(
                "rename {} to {}: {error}",
                file.display(),
                target.display()
            ))
        })?;
        log::rotated(file, &target);
        if self.is_running()? {
            self.hang_up()?;
        }
        self.compress(&target)?;
        Ok(Status::OK)
    }

    fn compress(&self, file: &Path) -> Result<(), Failure> {
        let mut words = split::words(&self.settings.maillog_file_compressor);
        let Some(program) = words.next() else {
            return Ok(());
        };
        let mut command = self.programs.program(Path::new(program));
        command.args(words).arg(file);
        match programs::run(command)?.success() {
            true => Ok(()),
            false => Err(Failure::general(format!("{program} {} failed", file.display()))),
        }
    }
}

fn name_after(file: &Path, suffix: &str, now: &jiff::Zoned) -> Result<PathBuf, Failure> {
    let suffix = jiff::fmt::strtime::format(suffix, now).map_err(|error| {
        Failure::general(format!(
            "maillog_file_rotate_suffix = {suffix}: bad time format: {error}"
        ))
    })?;
    let mut name = OsString::from(file);
    name.push(".");
    name.push(suffix);
    Ok(name.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suffix_is_a_time_format() {
        let now = jiff::civil::date(2026, 11, 22)
            .at(21, 45, 7, 0)
            .to_zoned(jiff::tz::TimeZone::UTC)
            .unwrap();
        let name = name_after(Path::new("/var/log/maillog"), "%Y%m%d-%H%M%S", &now).unwrap();
        assert_eq!(name, Path::new("/var/log/maillog.20261122-214507"));
        assert!(name_after(Path::new("/x"), "%!", &now).is_err());
    }
}

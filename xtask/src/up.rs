//! `up`: a release build of the programs, then `postrider up` in this process's place.

use crate::build::{self, Drivers};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Builds, then becomes `postrider up DIR`; returns only when that cannot be started.
pub fn run(house: &Path, arguments: &[String]) -> Result<(), String> {
    let folder = match arguments {
        [] => "./instance",
        [folder] => folder,
        _ => return Err("one folder at most: cargo xtask up [DIR]".into()),
    };
    let program = build::build(house, build::Profile::Release, Drivers::Few)?.join("postrider");
    let why = Command::new(&program).arg("up").arg(folder).exec();
    Err(format!("{}: {why}", program.display()))
}

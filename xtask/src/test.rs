//! `test`: every test of the workspace, after the packages and programs they talk to are there.

use crate::{build, packages};
use std::path::Path;

/// Fetches packages, builds the programs (end-to-end tests start them), runs `cargo test --workspace`.
pub fn run(house: &Path, arguments: &[String]) -> Result<(), String> {
    packages::ensure()?;
    let all = ["--workspace", "--features", build::ALL_DRIVERS];
    build::run(build::cargo(house).arg("build").args(all))?;
    build::run(build::cargo(house).arg("test").args(all).args(arguments))
}

//! `test`: every test of the workspace, after the packages and programs they talk to are there.

use crate::{build, packages};
use std::path::Path;

/// Fetches packages, builds the programs (end-to-end tests start them), runs `cargo test --workspace`.
pub fn run(house: &Path, arguments: &[String]) -> Result<(), String> {
    packages::ensure()?;
    build::run(build::cargo(house).args(["build", "--workspace"]))?;
    build::run(build::cargo(house).args(["test", "--workspace"]).args(arguments))
}

//! Calling cargo, and where it leaves the programs.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Every program of the house: the folders of the top floor.
pub fn programs(house: &Path) -> Result<Vec<(String, &'static str)>, String> {
    let mut found = Vec::new();
    for floor in ["daemons", "commands"] {
        let folder = house.join(floor);
        let entries = std::fs::read_dir(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
        for entry in entries.flatten() {
            if entry.path().join("Cargo.toml").is_file() {
                found.push((entry.file_name().to_string_lossy().into_owned(), floor));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// How well programs are built, and how long that takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// For tests.
    Debug,
    /// For a first try: quick, in half the time of the next.
    Release,
    /// What is installed and measured: programs are optimised as a whole, which takes a tenth off their work.
    Dist,
}

impl Profile {
    /// The argument for cargo, and the folder below the target folder.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Debug => ("dev", "debug"),
            Self::Release => ("release", "release"),
            Self::Dist => ("dist", "dist"),
        }
    }
}

/// Which drivers the programs get that ask databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drivers {
    /// Those that are quick to build.
    Few,
    /// Those of a package.
    All,
}

/// The features that are all drivers of a package.
pub const ALL_DRIVERS: &str = "proxymap/full,postmap/full,postalias/full,postconf/full";

/// Builds every program and tells the folder they are in.
pub fn build(house: &Path, profile: Profile, drivers: Drivers) -> Result<PathBuf, String> {
    let (name, folder) = profile.names();
    let mut cargo = cargo(house);
    cargo.args(["build", "--profile", name]);
    if drivers == Drivers::All {
        cargo.args(["--features", ALL_DRIVERS]);
    }
    for (program, _) in programs(house)? {
        cargo.args(["--package", &program]);
    }
    run(&mut cargo)?;
    Ok(target(house)?.join(folder))
}

/// Cargo's target folder, wherever the environment or a configuration file put it.
pub fn target(house: &Path) -> Result<PathBuf, String> {
    let output = cargo(house)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .map_err(|why| format!("cargo metadata: {why}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let key = "\"target_directory\":\"";
    let start = text.find(key).ok_or("cargo metadata names no target directory")? + key.len();
    let rest = text.get(start..).unwrap_or_default();
    let end = rest.find('"').ok_or("cargo metadata ends early")?;
    Ok(PathBuf::from(
        rest.get(..end).unwrap_or_default().replace("\\\\", "\\"),
    ))
}

/// A cargo command in the checkout.
pub fn cargo(house: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(house);
    command
}

/// Runs a command to its end; anything but success is an error that names it.
pub fn run(command: &mut Command) -> Result<(), String> {
    let words: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .take(4)
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let words = words.join(" ");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{words} ...: {status}")),
        Err(why) => Err(format!("{words} ...: {why}")),
    }
}

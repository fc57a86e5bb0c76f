//! `bench`: the comparison with other mail servers, whose generator, sink and adapters live outside this
//! repository because they know nothing of it.

use crate::{access, build, tables};
use std::path::Path;
use std::process::Command;

/// Runs `bench.py` of the folder named by `--bench` or `POSTRIDER_BENCH`, with this build as server `postrider`.
///
/// As the first word, `tables` measures postmap instead, `proxied` look-ups through proxymap, and `access` what restrictions
/// cost. Without further arguments: every scenario, five rounds, against the Debian package.
pub fn run(house: &Path, arguments: &[String]) -> Result<(), String> {
    match arguments.split_first() {
        Some((word, rest)) if word == "tables" => return tables::run(house, rest),
        Some((word, rest)) if word == "access" => return access::run(house, rest),
        Some((word, rest)) if word == "proxied" => return proxied(house, rest),
        _ => {}
    }
    let (folder, rest) = match arguments {
        [flag, folder, rest @ ..] if flag == "--bench" => (folder.clone(), rest),
        rest => (std::env::var("POSTRIDER_BENCH").unwrap_or_default(), rest),
    };
    if folder.is_empty() {
        return Err("where is the benchmark? --bench DIR, or POSTRIDER_BENCH=DIR".into());
    }
    let script = Path::new(&folder).join("bench.py");
    if !script.is_file() {
        return Err(format!("{}: no such file", script.display()));
    }
    let programs = build::build(house, build::Profile::Dist, build::Drivers::Few)?;
    let server = programs.join("postrider.json");
    std::fs::write(&server, description(&programs)).map_err(|why| format!("{}: {why}", server.display()))?;
    let mut bench = Command::new("python3");
    bench.arg(&script);
    if rest.is_empty() {
        bench.args(["run", "--rounds", "5", "--servers"]);
        bench.arg(format!("debian,{}", server.display()));
    } else {
        bench.args(
            rest.iter()
                .map(|word| word.replace("@postrider", &server.to_string_lossy())),
        );
    }
    build::run(&mut bench)
}

/// The server file: our programs stand where the package's stand.
fn description(programs: &Path) -> String {
    let folder = programs.display();
    format!(r#"{{"type": "postfix", "commands": "{folder}", "daemons": "{folder}", "shlib": "no"}}"#)
}

/// Eight clients of proxymap at once, with private database servers: the example of `testkit` of that name. The words are
/// the number of rounds and of keys for each client.
fn proxied(house: &Path, arguments: &[String]) -> Result<(), String> {
    let programs = build::build(house, build::Profile::Release, build::Drivers::All)?;
    let mut example = build::cargo(house);
    example
        .args(["run", "--package", "testkit", "--example", "proxied", "--"])
        .args(arguments)
        .env("POSTRIDER_PROGRAMS", programs);
    build::run(&mut example)
}

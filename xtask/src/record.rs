//! `record`: what Debian's package answers, written into conformance cases.

use crate::build;
use std::path::Path;
use std::process::Command;

/// Within a network of its own the cases' name server can have port 53, and a file over `/etc/resolv.conf` names it.
pub const WORLD: &str = "ip link set lo up && echo nameserver 127.0.0.1 >\"$0\" && mount --bind \"$0\" /etc/resolv.conf && \
                     exec \"$@\"";

/// Runs the named cases, one after the other, against the original.
///
/// # Errors
/// One line that says why not.
pub fn run(house: &Path, arguments: &[String]) -> Result<(), String> {
    if arguments.is_empty() {
        return Err("which cases?".to_owned());
    }
    build::run(build::cargo(house).args(["build", "--workspace"]))?;
    let resolver = std::env::temp_dir().join(format!("postrider-resolver-{}", std::process::id()));
    // One world for each: the name server of a case keeps its port as long as the test program runs.
    let done = arguments.iter().try_for_each(|case| {
        let mut world = Command::new("unshare");
        world
            .current_dir(house)
            .args(["-nm", "sh", "-c", WORLD])
            .arg(&resolver)
            .args(["cargo", "test", "--package", "conformance", "--test", "dialogues"])
            .args(["--", "--exact", case])
            .env("UNDER_TEST", "theirs");
        build::run(&mut world)
    });
    let _ = std::fs::remove_file(resolver);
    done
}

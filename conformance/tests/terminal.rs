//! What commands say on a terminal, and nowhere else.

// A test that cannot be run has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

/// A folder with a configuration, and a pipe in place of a source.
struct Folder(PathBuf);

impl Folder {
    fn make() -> Self {
        let path = std::env::temp_dir().join(format!("postrider-terminal-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("etc")).expect("make a folder");
        fs::write(path.join("etc/main.cf"), "compatibility_level = 3.6\n").expect("write main.cf");
        let made = Command::new("mkfifo").arg(path.join("source")).status();
        assert!(made.is_ok_and(|status| status.success()), "no pipe");
        Self(path)
    }

    /// What `postmap`, run as `run` makes it, prints while its source takes longer than a second.
    fn printed(&self, run: impl FnOnce(&str) -> Command) -> String {
        let source = self.0.join("source");
        let writer = thread::spawn({
            let source = source.clone();
            move || slowly(&source)
        });
        let postmap = testkit::programs().join("postmap");
        let text = format!(
            "{} -c {} lmdb:{}",
            postmap.display(),
            self.0.join("etc").display(),
            source.display()
        );
        let output = run(&text).stdin(Stdio::null()).output().expect("run postmap");
        writer.join().expect("the source");
        assert!(output.status.success(), "{output:?}");
        let both = [output.stdout, output.stderr].concat();
        String::from_utf8_lossy(&both).replace(&*source.to_string_lossy(), "SOURCE")
    }
}

fn slowly(source: &Path) {
    let mut pipe = fs::File::options()
        .write(true)
        .open(source)
        .expect("open the pipe");
    thread::sleep(Duration::from_millis(1100));
    let entries: String = (0..20_000).map(|number| format!("key{number} value\n")).collect();
    pipe.write_all(entries.as_bytes()).expect("write the source");
}

#[test]
fn a_table_that_takes_longer_than_a_second_shows_its_progress_on_a_terminal_alone() {
    let folder = Folder::make();

    let on_terminal = folder.printed(|text| {
        let mut command = Command::new("script");
        command.args(["-qec", text, "/dev/null"]);
        command
    });
    let elsewhere = folder.printed(|text| {
        let mut command = Command::new("sh");
        command.args(["-c", text]);
        command
    });

    assert_eq!(
        on_terminal,
        "\rlmdb:SOURCE: 16384 entries\rlmdb:SOURCE: 20000 entries, writing\r\n"
    );
    assert_eq!(elsewhere, "");
    fs::remove_dir_all(&folder.0).expect("remove the folder");
}

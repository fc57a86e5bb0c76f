//! Tables between the original and ours, and tables that change while they are asked.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("postrider-live-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(path.join("main.cf"), "compatibility_level = 3.6\n").unwrap();
        Self(path)
    }

    fn file(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    fn command(&self, program: &Path, words: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(words)
            .current_dir(&self.0)
            .env("MAIL_CONFIG", &self.0);
        command
    }

    fn run(&self, program: &Path, words: &[&str]) -> String {
        let output = self
            .command(program, words)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{program:?} {words:?}: {text}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The answers of `-q -` to the keys of `lines`.
    fn answers(&self, program: &Path, table: &str, lines: &[String]) -> Vec<String> {
        let keys: String = lines
            .iter()
            .map(|line| format!("{}\n", line.split('\t').next().unwrap()))
            .collect();
        self.file("keys", &keys);
        let keys = fs::File::open(self.0.join("keys")).unwrap();
        let output = self
            .command(program, &["-q", "-", table])
            .stdin(keys)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    fn sorted(&self, program: &Path, words: &[&str]) -> Vec<String> {
        let mut lines: Vec<_> = self.run(program, words).lines().map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn theirs() -> PathBuf {
    PathBuf::from("/usr/sbin/postmap")
}

fn ours() -> PathBuf {
    testkit::programs().join("postmap")
}

/// A source with keys and values of all lengths that the type takes.
fn source(longest_key: usize, longest_value: usize) -> String {
    let mut text = String::new();
    for number in 0..3000 {
        text.push_str(&format!("user{number}@example.com mailbox{number}\n"));
    }
    for length in (1..longest_key).step_by(97) {
        text.push_str(&format!("{} key of {length}\n", "k".repeat(length)));
    }
    for length in (1..longest_value).step_by(1531) {
        text.push_str(&format!("value{length} {}\n", "v".repeat(length)));
    }
    text.push_str("\"a b\" quoted\ngrün umlaut\n");
    text
}

#[test]
fn files_of_the_original_are_read() {
    for (kind, longest_key) in [("hash", 3000), ("btree", 3000), ("lmdb", 500), ("cdb", 3000)] {
        let folder = Folder::new();
        folder.file("t", &source(longest_key, 40_000));
        folder.run(&theirs(), &[&format!("{kind}:t")]);
        let name = format!("{kind}:{}/t", folder.0.display());
        // Without its source, which could be read in place of the index.
        fs::rename(folder.0.join("t"), folder.0.join("s")).unwrap();
        let expected = folder.sorted(&theirs(), &["-s", "texthash:s"]);
        assert_eq!(folder.sorted(&ours(), &["-s", &name]), expected, "{kind}");
        assert_eq!(folder.answers(&ours(), &name, &expected), expected, "{kind}");
    }
}

#[test]
fn the_original_reads_our_files() {
    for (kind, longest_key) in [("lmdb", 500), ("cdb", 3000)] {
        let folder = Folder::new();
        folder.file("t", &source(longest_key, 40_000));
        folder.run(&ours(), &[&format!("{kind}:t")]);
        let all = folder.sorted(&theirs(), &["-s", "texthash:t"]);
        assert_eq!(
            folder.answers(&theirs(), &format!("{kind}:t"), &all),
            all,
            "{kind}"
        );
        if kind == "lmdb" {
            assert_eq!(folder.sorted(&theirs(), &["-s", "lmdb:t"]), all);
            // And changes it.
            folder.run(&theirs(), &["-d", "user7@example.com", "lmdb:t"]);
            assert_eq!(folder.sorted(&ours(), &["-s", "lmdb:t"]).len(), all.len() - 1);
        }
    }
}

#[test]
fn sdbm_files_cross_both_ways() {
    const DUMP: &str = "use SDBM_File; use Fcntl; tie(my %h, 'SDBM_File', $ARGV[0], O_RDONLY, 0666) or die $!; \
                        while (my ($k, $v) = each %h) { $k =~ s/\\0$//; $v =~ s/\\0$//; print \"$k\\t$v\\n\" }";
    const MAKE: &str = "use SDBM_File; use Fcntl; tie(my %h, 'SDBM_File', $ARGV[0], O_RDWR|O_CREAT, 0666) or die $!; \
                        open(F, $ARGV[1]); while (<F>) { chomp; my ($k, $v) = split / /, $_, 2; $h{lc $k} = $v }";
    let perl = PathBuf::from("/usr/bin/perl");
    let folder = Folder::new();
    folder.file("t", &source(300, 900).replace("\"a b\"", "ab"));
    let expected = folder.sorted(&theirs(), &["-s", "texthash:t"]);
    folder.run(&ours(), &["sdbm:t"]);
    assert_eq!(folder.sorted(&perl, &["-e", DUMP, "t"]), expected);
    folder.run(&perl, &["-e", MAKE, "p", "t"]);
    assert_eq!(folder.sorted(&ours(), &["-s", "sdbm:p"]), expected);
    for table in ["sdbm:p", "dbm:t"] {
        assert_eq!(folder.answers(&ours(), table, &expected), expected);
    }
}

/// `postmap -q -` that is asked again and again.
struct Asked {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Asked {
    fn new(folder: &Folder, table: &str) -> Self {
        let mut command = folder.command(&ours(), &["-q", "-", table, "static:absent"]);
        let log = fs::File::create(folder.0.join("log")).unwrap();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        Self {
            questions: child.stdin.take().unwrap(),
            answers: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    fn ask(&mut self, key: &str) -> String {
        writeln!(self.questions, "{key}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim_end().split_once('\t').unwrap().1.to_owned()
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Longer than a table goes on without a look at its file.
fn pause() {
    std::thread::sleep(Duration::from_millis(1100));
}

#[test]
fn text_tables_follow_their_files_and_keep_good_content() {
    let net = [
        "10.0.0.0/8 one\n",
        "10.0.0.0/8 two\n",
        "10.0.0.0/8 three\n10.0.0.1/8 x\n",
    ];
    let pattern = ["/k/ one\n", "/k/ two\n", "/k/ three\n/(/ x\n"];
    let text = ["k one\n", "k two\n", "k three\nlonely\n"];
    std::thread::scope(|scope| {
        scope.spawn(|| follow("texthash", text, "k"));
        scope.spawn(|| follow("hash", text, "k"));
        scope.spawn(|| follow("regexp", pattern, "k"));
        scope.spawn(|| follow("pcre", pattern, "k"));
        scope.spawn(|| follow("cidr", net, "10.1.1.1"));
    });
}

/// Asks a table for `key` while its file has one content after the other: good, better, broken.
fn follow(kind: &str, [good, better, broken]: [&str; 3], key: &str) {
    let folder = Folder::new();
    folder.file("t", good);
    let mut asked = Asked::new(&folder, &format!("{kind}:t"));
    assert_eq!(asked.ask(key), "one", "{kind}");
    folder.file("t", better);
    pause();
    assert_eq!(asked.ask(key), "two", "{kind}");
    folder.file("t", broken);
    pause();
    assert_eq!(asked.ask(key), "two", "{kind}");
    let log = fs::read_to_string(folder.0.join("log")).unwrap();
    let says = |part: &str| assert!(log.contains(part), "{kind} {part}: {log}");
    says("t, line 2: ");
    says("using the content read before");
    folder.file("t", better.replace("two", "four").as_str());
    pause();
    assert_eq!(asked.ask(key), "four", "{kind}");
    fs::remove_file(folder.0.join("t")).unwrap();
    pause();
    assert_eq!(asked.ask(key), "four", "{kind}");
}

#[test]
fn readers_see_an_index_that_was_built_anew() {
    let see = |kind: &str| {
        let folder = Folder::new();
        folder.file("t", "k one\n");
        let table = format!("{kind}:t");
        folder.run(&ours(), &[&table]);
        let mut asked = Asked::new(&folder, &table);
        assert_eq!(asked.ask("k"), "one", "{kind}");
        folder.file("t", "k two\n");
        folder.run(&ours(), &[&table]);
        pause();
        assert_eq!(asked.ask("k"), "two", "{kind}");
        assert_eq!(asked.ask("other"), "absent", "{kind}");
    };
    std::thread::scope(|scope| {
        for kind in ["hash", "btree", "lmdb", "cdb", "sdbm"] {
            scope.spawn(move || see(kind));
        }
    });
}

/// The owner of a file of `folder`.
fn owner(folder: &Folder, name: &str) -> Option<u32> {
    fs::metadata(folder.0.join(name)).ok().map(|state| state.uid())
}

#[test]
fn an_index_belongs_to_the_owner_of_its_source() {
    const NOBODY: u32 = 65534;
    let folder = Folder::new();
    let user = owner(&folder, "main.cf").unwrap();
    // Only root may give a file away; everybody else owns both anyway.
    let other = if user == 0 { NOBODY } else { user };
    fs::create_dir(folder.0.join("d")).unwrap();
    folder.file("d/t", "k one\n");
    for name in ["d", "d/t"] {
        std::os::unix::fs::chown(folder.0.join(name), Some(other), Some(other)).unwrap();
    }
    for (program, files) in [
        (theirs(), ["d/t.db", "d/t.lmdb", "d/t.cdb"]),
        (ours(), ["d/t.lmdb", "d/t.lmdb", "d/t.cdb"]),
    ] {
        for (kind, file) in ["hash", "lmdb", "cdb"].iter().zip(files) {
            folder.run(&program, &[&format!("{kind}:d/t")]);
            assert_eq!(owner(&folder, file), Some(other), "{program:?} {file}");
            fs::remove_file(folder.0.join(file)).unwrap();
        }
    }
    folder.run(&ours(), &["-o", "hash:d/t"]);
    assert_eq!(owner(&folder, "d/t.lmdb"), Some(user));
}

#[test]
fn a_newer_file_of_the_original_takes_over_while_the_table_is_asked() {
    let folder = Folder::new();
    folder.file("t", "k one\n");
    folder.run(&ours(), &["hash:t"]);
    let mut asked = Asked::new(&folder, "hash:t");
    assert_eq!(asked.ask("k"), "one");
    pause();
    folder.file("t", "k two\n");
    folder.run(&theirs(), &["hash:t"]);
    pause();
    assert_eq!(asked.ask("k"), "two");
}

#[test]
fn entries_that_several_add_at_once_are_all_there() {
    for kind in ["hash", "btree", "lmdb", "sdbm", "dbm"] {
        let folder = Folder::new();
        let table = format!("{kind}:t");
        folder.file("t", "");
        folder.run(&ours(), &[&table]);
        let writers: Vec<Child> = (0..3)
            .map(|writer| {
                let mut command = folder.command(&ours(), &["-i", &table]);
                let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
                let entries: String = (0..100).map(|n| format!("k{writer}-{n} v\n")).collect();
                child.stdin.take().unwrap().write_all(entries.as_bytes()).unwrap();
                child
            })
            .collect();
        for mut writer in writers {
            assert!(writer.wait().unwrap().success(), "{kind}");
        }
        assert_eq!(folder.sorted(&ours(), &["-s", &table]).len(), 300, "{kind}");
    }
}

//! Which of the three files is the table, and what becomes of a source that is the newest.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::Settings;
use crate::table::ready;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lookup-hash-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Self(path)
    }

    fn name(&self) -> String {
        self.0.join("t").to_string_lossy().into_owned()
    }

    /// Writes a file that was changed so many seconds ago.
    fn file(&self, name: &str, text: &str, age: u64) {
        fs::write(self.0.join(name), text).unwrap();
        self.age(name, age);
    }

    fn age(&self, name: &str, age: u64) {
        let time = SystemTime::now() - Duration::from_secs(age);
        sys::disk::set_times_at(&self.0.join(name), time).unwrap();
    }

    fn tables(&self, makes_indexes: bool) -> Rc<Tables> {
        Tables::new(Settings {
            makes_indexes,
            ..Settings::default()
        })
    }

    fn find(&self, makes_indexes: bool, key: &str) -> Option<String> {
        let tables = self.tables(makes_indexes);
        let table = tables
            .try_open(&format!("hash:{}", self.name()), Use::GENERAL)
            .unwrap();
        ready(table.lookup(key).get()).unwrap()
    }

    fn build(&self, value: &str, age: u64) {
        let tables = self.tables(false);
        let mut builder = tables.build(&format!("hash:{}", self.name()), None).unwrap();
        builder.insert("key", value, Duplicates::Keep);
        builder.finish(0o644).unwrap();
        self.age("t.lmdb", age);
    }

    /// The file of Postfix that has `key1`.
    fn old(&self, age: u64) {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/file/berkeley/testdata/hash.db");
        fs::copy(sample, self.0.join("t.db")).unwrap();
        self.age("t.db", age);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_newest_of_three_files_is_the_table() {
    let folder = Folder::new("newest");
    folder.old(30);
    assert_eq!(folder.find(false, "key1").as_deref(), Some("value1"));
    folder.build("index", 20);
    assert_eq!(folder.find(false, "key1"), None);
    assert_eq!(folder.find(false, "key").as_deref(), Some("index"));
    folder.file("t", "Key source\n", 10);
    assert_eq!(folder.find(false, "key").as_deref(), Some("source"));
    folder.age("t", 20);
    folder.age("t.lmdb", 10);
    assert_eq!(folder.find(false, "key").as_deref(), Some("index"));
    folder.old(5);
    assert_eq!(folder.find(false, "key1").as_deref(), Some("value1"));
}

#[test]
fn of_equally_old_files_our_index_is_the_table() {
    let folder = Folder::new("equal");
    let time = SystemTime::now() - Duration::from_secs(50);
    folder.file("t", "key source\n", 50);
    folder.build("index", 50);
    folder.old(50);
    for name in ["t", "t.lmdb", "t.db"] {
        sys::disk::set_times_at(&folder.0.join(name), time).unwrap();
    }
    assert_eq!(folder.find(true, "key").as_deref(), Some("index"));
}

#[test]
fn a_source_is_indexed_at_the_first_use_and_when_it_changes() {
    let folder = Folder::new("made");
    folder.file("t", "Key one\nkey two\n", 100);
    let lines = maillog::capture();
    let tables = folder.tables(true);
    let name = format!("hash:{}", folder.name());
    let opening = tables.opening(&name, Use::GENERAL).unwrap();
    let table = open(&opening).unwrap();
    assert_eq!(ready(table.lookup("KEY").get()), Ok(Some("one".to_owned())));
    assert_eq!(Files::of(&folder.name()).newest(), Newest::New);
    assert_eq!(lines.take().len(), 2);

    folder.age("t.lmdb", 50);
    folder.file("t", "key three\n", 10);
    std::thread::sleep(Duration::from_millis(1100));
    assert_eq!(ready(table.lookup("key").get()), Ok(Some("three".to_owned())));
    assert_eq!(Files::of(&folder.name()).newest(), Newest::New);
}

#[test]
fn a_source_that_is_being_written_waits() {
    let folder = Folder::new("written");
    folder.build("index", 10);
    folder.file("t", "key source\n", 0);
    assert_eq!(folder.find(true, "key").as_deref(), Some("index"));
}

#[test]
fn where_others_may_write_nothing_is_written() {
    let folder = Folder::new("unsafe");
    folder.file("t", "key source\n", 10);
    fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(folder.find(true, "key").as_deref(), Some("source"));
    assert!(!folder.0.join("t.lmdb").exists());
    fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(folder.0.join("t"), fs::Permissions::from_mode(0o666)).unwrap();
    assert_eq!(folder.find(true, "key").as_deref(), Some("source"));
    assert!(!folder.0.join("t.lmdb").exists());
}

#[test]
fn a_source_with_a_fault_leaves_the_index_as_it_is() {
    let folder = Folder::new("fault");
    folder.build("index", 20);
    folder.file("t", "key source\nlonely\n", 10);
    let lines = maillog::capture();
    for makes_indexes in [false, true] {
        assert_eq!(folder.find(makes_indexes, "key").as_deref(), Some("index"));
        let said = lines.take().join("\n");
        assert!(said.contains("/t, line 2: expected format"), "{said}");
        assert!(said.contains("using the content read before"), "{said}");
    }
    fs::remove_file(folder.0.join("t.lmdb")).unwrap();
    assert_eq!(folder.find(false, "key").as_deref(), Some("source"));
}

#[test]
fn an_alias_file_is_indexed_as_one() {
    let folder = Folder::new("alias");
    folder.file("t", "Root: admin, x\n\"a b\": c\nlist:\n  :include:/x\n", 10);
    for makes_indexes in [false, true] {
        assert_eq!(folder.find(makes_indexes, "root").as_deref(), Some("admin, x"));
        assert_eq!(folder.find(makes_indexes, "a b").as_deref(), Some("c"));
        assert_eq!(folder.find(makes_indexes, "list").as_deref(), Some(":include:/x"));
    }
    // The index says what it was made from, whatever its lines look like now.
    folder.age("t.lmdb", 9);
    folder.file("t", "root: admin\nx y\nz w\n", 8);
    let lines = maillog::capture();
    assert_eq!(folder.find(true, "root").as_deref(), Some("admin, x"));
    assert!(lines.take().join("\n").contains("line 2: need name:value pair"));
}

#[test]
fn without_any_file_the_error_names_that_of_postfix() {
    let folder = Folder::new("none");
    let tables = folder.tables(true);
    let Err(error) = tables.try_open(&format!("hash:{}", folder.name()), Use::GENERAL) else {
        panic!("it was opened");
    };
    assert_eq!(
        error.to_string(),
        format!("open database {}.db: No such file or directory", folder.name())
    );
}

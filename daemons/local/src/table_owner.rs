//! Who may change a table: commands in it get no more rights than that.

use std::fs;
use std::os::unix::fs::MetadataExt;

/// Endings of the files that indexed tables are kept in.
const INDEX_FILES: &[(&str, &str)] = &[
    ("hash", ".db"),
    ("btree", ".db"),
    ("lmdb", ".lmdb"),
    ("cdb", ".cdb"),
    ("dbm", ".pag"),
    ("sdbm", ".pag"),
];

/// Who may change a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TableOwner {
    /// Root, or whoever runs a server that the administrator named.
    Trusted,
    /// A user.
    User(u32),
    /// That could not be told.
    Unknown,
}

impl TableOwner {
    /// Judges a table by its `type:name`.
    pub(crate) fn of(table: &str) -> Self {
        let Some((kind, name)) = table.split_once(':') else {
            return Self::Unknown;
        };
        // Tables that are no files stand in main.cf, or behind it.
        if !name.starts_with('/') {
            return Self::Trusted;
        }
        let index = INDEX_FILES.iter().find(|(index, _)| *index == kind);
        let files = index
            .map(|(_, ending)| format!("{name}{ending}"))
            .into_iter()
            .chain([name.to_owned()]);
        for file in files {
            if let Ok(about) = fs::metadata(file) {
                return if about.uid() == 0 {
                    Self::Trusted
                } else {
                    Self::User(about.uid())
                };
            }
        }
        Self::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_owners_and_other_tables_are_trusted() {
        assert_eq!(TableOwner::of("texthash:/etc/passwd"), TableOwner::Trusted);
        assert_eq!(TableOwner::of("inline:{a=b}"), TableOwner::Trusted);
        assert_eq!(TableOwner::of("hash:/no/such/file"), TableOwner::Unknown);

        let path = std::env::temp_dir().join(format!("local-owner-{}.lmdb", std::process::id()));
        fs::write(&path, "").unwrap();
        let name = path.to_str().unwrap().trim_end_matches(".lmdb");
        let uid = sys::identity::effective_uid();
        let expected = if uid == 0 {
            TableOwner::Trusted
        } else {
            TableOwner::User(uid)
        };
        assert_eq!(TableOwner::of(&format!("lmdb:{name}")), expected);
        fs::remove_file(path).unwrap();
    }
}

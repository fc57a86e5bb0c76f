//! Changes to `main.cf` that leave everything else as it was: comments, order, blank lines.
//!
//! The new file is written beside the old one and takes its name in one step. A file that would not change is not
//! touched.

use command::Failure;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Assign(Vec<(String, String)>),
    Remove(Vec<String>),
    CommentOut(Vec<String>),
}

/// Applies a change to a file.
pub(crate) fn edit(path: &Path, change: &Change) -> Result<(), Failure> {
    let failed =
        |what: &str, error: std::io::Error| Failure::general(format!("{what} {}: {error}", path.display()));
    let old = fs::read_to_string(path).map_err(|error| failed("open", error))?;
    let new = applied(&old, change);
    if new == old {
        return Ok(());
    }
    let facts = fs::metadata(path).map_err(|error| failed("stat", error))?;
    let temporary = path.with_extension("cf.tmp");
    let written = fs::File::create(&temporary).and_then(|mut file| {
        file.set_permissions(fs::Permissions::from_mode(facts.mode() & 0o7777))?;
        // Only root can; then the owner stays who it was.
        let _ = chown(&temporary, Some(facts.uid()), Some(facts.gid()));
        file.write_all(new.as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    });
    written.map_err(|error| {
        let _ = fs::remove_file(&temporary);
        failed("write", error)
    })
}

/// The text after a change.
fn applied(text: &str, change: &Change) -> String {
    let mut out = String::with_capacity(text.len() + 100);
    let mut done: HashSet<&str> = HashSet::new();
    // Whether the present logical line is being replaced or commented out: its continuation lines follow it.
    let mut fate = Fate::Keep;
    for line in text.split_inclusive('\n') {
        let is_continuation = line.starts_with([' ', '\t']) && !line.trim().is_empty();
        let is_comment = line.trim_start().starts_with('#') || line.trim().is_empty();
        if !is_continuation && !is_comment {
            fate = judge(change, name_of(line), &mut done, &mut out);
        }
        match fate {
            _ if is_comment => out.push_str(line),
            Fate::Keep => out.push_str(line),
            Fate::Drop => {}
            Fate::CommentOut => {
                out.push('#');
                out.push_str(line);
            }
        }
    }
    if let Change::Assign(pairs) = change {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        for (name, value) in pairs {
            if done.insert(name) {
                append(&mut out, name, last_value(pairs, name).unwrap_or(value));
            }
        }
    }
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Keep,
    Drop,
    CommentOut,
}

fn judge<'a>(change: &'a Change, name: &str, done: &mut HashSet<&'a str>, out: &mut String) -> Fate {
    match change {
        Change::Assign(pairs) => match pairs.iter().find(|(assigned, _)| assigned == name) {
            None => Fate::Keep,
            Some((assigned, value)) => {
                if done.insert(assigned) {
                    append(out, assigned, last_value(pairs, assigned).unwrap_or(value));
                }
                Fate::Drop
            }
        },
        Change::Remove(names) if names.iter().any(|removed| removed == name) => Fate::Drop,
        Change::CommentOut(names) if names.iter().any(|commented| commented == name) => Fate::CommentOut,
        _ => Fate::Keep,
    }
}

/// When a name is assigned twice on one command line, the last one counts.
fn last_value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a String> {
    pairs
        .iter()
        .rev()
        .find(|(assigned, _)| assigned == name)
        .map(|(_, value)| value)
}

fn append(out: &mut String, name: &str, value: &str) {
    // Writing to a string does not fail.
    let _ = if value.is_empty() {
        writeln!(out, "{name} =")
    } else {
        writeln!(out, "{name} = {value}")
    };
}

fn name_of(line: &str) -> &str {
    line.split_once('=').map_or("", |(name, _)| name.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# a comment\nfirst = 1\nlist = a,\n    b\n  # within\n    c\n\nlast=9\nfirst = 2\n";

    fn assign(pairs: &[(&str, &str)]) -> Change {
        Change::Assign(
            pairs
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
        )
    }

    #[test]
    fn an_assignment_takes_the_place_of_the_old_one_and_of_its_repetitions() {
        let new = applied(FILE, &assign(&[("first", "7"), ("list", "x")]));
        assert_eq!(new, "# a comment\nfirst = 7\nlist = x\n  # within\n\nlast=9\n");
    }

    #[test]
    fn a_new_name_comes_at_the_end() {
        assert_eq!(applied("a = 1", &assign(&[("b", "")])), "a = 1\nb =\n");
    }

    #[test]
    fn names_are_removed_or_commented_out_with_their_continuation_lines() {
        let names = || vec!["list".to_owned()];
        assert_eq!(
            applied(FILE, &Change::Remove(names())),
            "# a comment\nfirst = 1\n  # within\n\nlast=9\nfirst = 2\n"
        );
        assert_eq!(
            applied(FILE, &Change::CommentOut(names())),
            "# a comment\nfirst = 1\n#list = a,\n#    b\n  # within\n#    c\n\nlast=9\nfirst = 2\n"
        );
    }
}

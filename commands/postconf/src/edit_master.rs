//! Changes to `master.cf` that leave everything else as it was.

use crate::entry::{Entry, FIELDS};
use crate::log;
use crate::physical::{self, Kind};
use crate::request::{Edit, Mode};
use crate::show_master::{Pattern, bad_field};
use command::Failure;
use config::master_cf::Service;

/// A change to whole services: `-Me`, `-MX`, `-M#`.
#[derive(Clone, Debug)]
pub(crate) struct Services {
    edit: Edit,
    /// Name, type, and the lines that take the place of the service.
    wanted: Vec<(String, String, String)>,
}

/// A change to fields or parameters of services: `-Fe`, `-Pe`, `-PX`.
#[derive(Clone, Debug)]
pub(crate) struct Details {
    wanted: Vec<Detail>,
}

#[derive(Clone, Debug)]
struct Detail {
    /// As written on the command line.
    word: String,
    name: String,
    kind: String,
    change: Change,
}

#[derive(Clone, Debug)]
enum Change {
    /// A column, by its place, and its new text.
    Column(usize, String),
    /// The program and its arguments.
    Command(String),
    Set(String, String),
    Remove(String),
}

/// Reads the words of a change to whole services.
pub(crate) fn services(edit: Edit, words: &[String]) -> Result<Services, Failure> {
    let mut wanted = Vec::new();
    for word in words {
        let (path, value) = match edit {
            Edit::Assign => word
                .split_once('=')
                .ok_or_else(|| Failure::usage(format!("missing '=' after attribute name: \"{word}\"")))?,
            Edit::Remove | Edit::CommentOut => (word.as_str(), ""),
        };
        let parts: Vec<&str> = path.trim().split('/').collect();
        let [name, kind] = parts.as_slice() else {
            return Err(Failure::usage("-Me, -MX or -M# requires service_name/type"));
        };
        let lines = match edit {
            Edit::Assign => read_entry(value, word)?.lines(true),
            Edit::Remove | Edit::CommentOut => String::new(),
        };
        wanted.push(((*name).to_owned(), (*kind).to_owned(), lines));
    }
    Ok(Services { edit, wanted })
}

fn read_entry(text: &str, word: &str) -> Result<Entry, Failure> {
    if text.split_ascii_whitespace().count() < FIELDS.len() {
        return Err(Failure::usage(format!("bad field count: \"{word}\"")));
    }
    let text = text.trim();
    for (place, value) in text.split_ascii_whitespace().enumerate().take(FIELDS.len() - 1) {
        check_column(place, value, text)?;
    }
    Service::parse(text, 0)
        .map(|service| Entry::of(&service))
        .map_err(|what| Failure::usage(format!("{what}: \"{text}\"")))
}

/// Reads the words of a change to fields or parameters.
pub(crate) fn details(mode: Mode, edit: Edit, words: &[String]) -> Result<Details, Failure> {
    let wanted = words
        .iter()
        .map(|word| match mode {
            Mode::Fields => field(word),
            _ => parameter(edit, word),
        })
        .collect::<Result<_, _>>()?;
    Ok(Details { wanted })
}

fn field(word: &str) -> Result<Detail, Failure> {
    let (path, value) = word
        .split_once('=')
        .ok_or_else(|| Failure::usage(format!("missing '=' after attribute name: \"{word}\"")))?;
    let (parts, value): (Vec<&str>, &str) = (path.trim().split('/').collect(), value.trim());
    let [name, kind, field] = parts.as_slice() else {
        return Err(Failure::usage("-Fe or -FX requires service_name/type/field_name"));
    };
    if *field == "*" {
        return Err(Failure::usage("-Fe does not accept wild-card field name"));
    }
    let place = FIELDS
        .iter()
        .position(|known| known == field)
        .ok_or_else(|| bad_field(field))?;
    let change = if place + 1 == FIELDS.len() {
        Change::Command(value.to_owned())
    } else {
        if value.contains(char::is_whitespace) {
            return Err(Failure::usage(
                "-Fe does not accept whitespace in non-command field",
            ));
        }
        check_column(place, value, value)?;
        Change::Column(place, value.to_owned())
    };
    Ok(Detail {
        word: word.to_owned(),
        name: (*name).to_owned(),
        kind: (*kind).to_owned(),
        change,
    })
}

/// Says whether a text can stand in a column: a service with nothing else wrong must be right with it.
fn check_column(place: usize, value: &str, whole: &str) -> Result<(), Failure> {
    let mut columns = ["name", "unix", "-", "-", "-", "-", "-", "program"];
    let field = FIELDS.get(place).copied().unwrap_or_default();
    if value.is_empty() {
        return Err(Failure::usage(format!("empty {field} field")));
    }
    if let Some(column) = columns.get_mut(place) {
        *column = value;
    }
    Service::parse(&columns.join(" "), 0)
        .map(drop)
        .map_err(|_| Failure::usage(format!("invalid {field} field \"{value}\" in \"{whole}\"")))
}

fn parameter(edit: Edit, word: &str) -> Result<Detail, Failure> {
    let (path, value) = match edit {
        Edit::Assign => word
            .split_once('=')
            .ok_or_else(|| Failure::usage(format!("missing '=' after attribute name: \"{word}\"")))?,
        Edit::Remove | Edit::CommentOut => (word, ""),
    };
    let (parts, value): (Vec<&str>, &str) = (path.trim().split('/').collect(), value.trim());
    let [service, kind, name] = parts.as_slice() else {
        return Err(Failure::usage("-Pe or -PX requires service_name/type/parameter"));
    };
    if *name == "*" {
        return Err(Failure::usage("-Pe does not accept wild-card parameter name"));
    }
    if value.contains(char::is_whitespace) {
        return Err(Failure::usage(
            "-Pe does not accept whitespace in parameter value",
        ));
    }
    Ok(Detail {
        word: word.to_owned(),
        name: (*service).to_owned(),
        kind: (*kind).to_owned(),
        change: match edit {
            Edit::Assign => Change::Set((*name).to_owned(), value.to_owned()),
            Edit::Remove | Edit::CommentOut => Change::Remove((*name).to_owned()),
        },
    })
}

impl Services {
    /// The file's text after the change.
    pub(crate) fn applied(&self, old: &[u8]) -> Vec<u8> {
        let mut new = Vec::with_capacity(old.len() + 100);
        let mut done = vec![false; self.wanted.len()];
        let mut is_hit = false;
        for (kind, line) in physical::lines(old) {
            if kind == Kind::Start {
                let hit = self
                    .wanted
                    .iter()
                    .position(|(name, kind, _)| fits(name, kind, line));
                is_hit = hit.is_some();
                if let Some(place) = hit
                    && let (Some((.., lines)), Some(done)) = (self.wanted.get(place), done.get_mut(place))
                    && !std::mem::replace(done, true)
                {
                    new.extend_from_slice(lines.as_bytes());
                }
            }
            if kind == Kind::Comment || !is_hit {
                new.extend_from_slice(line);
            } else if self.edit == Edit::CommentOut {
                new.push(b'#');
                new.extend_from_slice(line);
            }
        }
        if self.edit == Edit::Assign {
            for ((.., lines), _) in self.wanted.iter().zip(done).filter(|(_, done)| !done) {
                physical::end_line(&mut new);
                new.extend_from_slice(lines.as_bytes());
            }
        }
        new
    }
}

/// Whether the line that begins a service is one of a service with this name and type.
fn fits(name: &str, kind: &str, line: &[u8]) -> bool {
    let mut words = line
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .map(String::from_utf8_lossy);
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    Pattern::of(&[name, kind]).has_entry(&first, &second)
}

impl Details {
    /// The file's text after the change.
    pub(crate) fn applied(&self, old: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut hit = vec![false; self.wanted.len()];
        let mut new = Vec::with_capacity(old.len() + 100);
        let mut lines = physical::lines(old).peekable();
        while let Some((kind, line)) = lines.next() {
            if kind != Kind::Start {
                new.extend_from_slice(line);
                continue;
            }
            // The logical line, and the same with the comments inside it.
            let mut whole = line.to_vec();
            let mut comments = Vec::new();
            let mut logical = line.trim_ascii_end().to_vec();
            let mut pending: Vec<u8> = Vec::new();
            while let Some((kind, line)) = lines.next_if(|(kind, _)| *kind != Kind::Start) {
                if kind == Kind::Comment {
                    pending.extend_from_slice(line);
                    continue;
                }
                // Comments between two parts of the service belong inside; those behind it do not.
                whole.append(&mut pending.clone());
                comments.append(&mut pending);
                whole.extend_from_slice(line);
                logical.push(b' ');
                logical.extend_from_slice(line.trim_ascii());
            }
            match self.changed(&logical, &mut hit)? {
                Some(text) => {
                    new.extend_from_slice(text.as_bytes());
                    new.append(&mut comments);
                }
                None => new.append(&mut whole),
            }
            new.append(&mut pending);
        }
        for (detail, _) in self.wanted.iter().zip(hit).filter(|(_, hit)| !hit) {
            log::unmatched_service(&detail.word);
        }
        Ok(new)
    }

    /// The new lines of a service; `None` when it stays as it is.
    fn changed(&self, line: &[u8], hit: &mut [bool]) -> Result<Option<String>, Failure> {
        let mut changed: Option<Entry> = None;
        for (detail, hit) in self.wanted.iter().zip(hit) {
            if !fits(&detail.name, &detail.kind, line) {
                continue;
            }
            *hit = true;
            let mut entry = match &changed {
                Some(entry) => entry.clone(),
                None => read_line(line)?,
            };
            if detail.change.apply(&mut entry)? {
                changed = Some(entry);
            }
        }
        Ok(changed.map(|entry| entry.lines(true)))
    }
}

fn read_line(line: &[u8]) -> Result<Entry, Failure> {
    let text = String::from_utf8_lossy(line);
    Service::parse(&text, 0)
        .map(|service| Entry::of(&service))
        .map_err(|what| Failure::general(format!("{what}: \"{text}\"")))
}

impl Change {
    /// Says whether anything has changed.
    fn apply(&self, entry: &mut Entry) -> Result<bool, Failure> {
        Ok(match self {
            Self::Column(place, text) => entry
                .columns
                .get_mut(*place)
                .is_some_and(|column| std::mem::replace(column, text.clone()) != *text),
            Self::Command(text) => {
                let line = format!("{} {text}", entry.columns.join(" "));
                let new = read_entry(&line, text)?;
                let is_new = *entry != new;
                *entry = new;
                is_new
            }
            Self::Set(name, value) => entry.arguments.set(name, value),
            Self::Remove(name) => entry.arguments.remove(name),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# first\nsmtp inet n - y - - smtpd\n  -o a=1\n# mid\n  -o b=2\n# second\n\
        pickup unix n - n 60 1 pickup\ndup unix - - - - - x\ndup unix - - - - - y\n";

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn whole(edit: Edit, given: &[&str]) -> String {
        let new = services(edit, &words(given)).unwrap().applied(FILE.as_bytes());
        String::from_utf8(new).unwrap()
    }

    fn part(mode: Mode, edit: Edit, given: &[&str]) -> String {
        let new = details(mode, edit, &words(given))
            .unwrap()
            .applied(FILE.as_bytes())
            .unwrap();
        String::from_utf8(new).unwrap()
    }

    #[test]
    fn a_service_is_replaced_where_it_stands_and_its_twins_go() {
        let new = whole(
            Edit::Assign,
            &[
                "dup/unix=dup unix - - - - - z",
                "new/unix = new unix - - n - - smtp",
            ],
        );
        assert!(
            new.contains("pickup\ndup        unix  -       -       -       -       -       z\nnew  "),
            "{new}"
        );
    }

    #[test]
    fn a_changed_field_leaves_comments_and_other_services_alone() {
        let new = part(Mode::Fields, Edit::Assign, &["*/inet/chroot=n"]);
        assert_eq!(
            new,
            "# first\nsmtp       inet  n       -       n       -       -       smtpd\n    -o a=1\n    -o b=2\n# mid\n\
             # second\npickup unix n - n 60 1 pickup\ndup unix - - - - - x\ndup unix - - - - - y\n"
        );
    }

    #[test]
    fn what_is_so_already_stays_as_it_is_written() {
        assert_eq!(part(Mode::Fields, Edit::Assign, &["smtp/inet/chroot=y"]), FILE);
        assert_eq!(part(Mode::Options, Edit::Assign, &["smtp/inet/a=1"]), FILE);
        assert_eq!(part(Mode::Options, Edit::Remove, &["smtp/inet/c"]), FILE);
    }

    #[test]
    fn parameters_are_set_added_and_removed() {
        let set = part(Mode::Options, Edit::Assign, &["smtp/inet/a=3", "smtp/inet/c="]);
        assert!(
            set.contains("smtpd\n    -o a=3\n    -o b=2\n    -o c=\n"),
            "{set}"
        );
        let removed = part(Mode::Options, Edit::Remove, &["smtp/inet/a"]);
        assert!(removed.contains("smtpd\n    -o b=2\n# mid\n"), "{removed}");
    }

    #[test]
    fn services_are_removed_or_commented_out_with_all_their_lines() {
        assert!(whole(Edit::Remove, &["smtp/inet"]).starts_with("# first\n# mid\n# second\npickup"));
        assert!(
            whole(Edit::CommentOut, &["smtp/inet"])
                .starts_with("# first\n#smtp inet n - y - - smtpd\n#  -o a=1\n# mid\n#  -o b=2\n# second\n")
        );
    }
}

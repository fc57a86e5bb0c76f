//! Lines without what changes from run to run.

use testkit::{Instance, Sink};

/// What is known to be particular to a run.
pub struct Steady {
    words: Vec<(String, &'static str)>,
}

impl Steady {
    /// The folder and the ports of this run.
    pub fn new(instance: &Instance, sink: &Sink) -> Self {
        let folder = instance.folder().to_string_lossy().into_owned();
        Self {
            words: vec![
                ("/usr/sbin/".to_owned(), ""),
                (format!("/private{folder}"), "{dir}"),
                (folder, "{dir}"),
                (format!(":{}", sink.address.port()), ":{port}"),
                (format!(":{}", instance.smtp.port()), ":{port}"),
                (format!(" port {}", sink.address.port()), " port {port}"),
            ],
        }
    }

    /// Another port of this run.
    #[must_use]
    pub fn and_port(mut self, port: u16) -> Self {
        self.words.push((format!(":{port}"), ":{port}"));
        self
    }

    /// The line, with words in braces.
    pub fn line(&self, line: &str) -> String {
        let mut line = line.to_owned();
        for (word, name) in &self.words {
            if line.contains(word.as_str()) {
                line = line.replace(word.as_str(), name);
            }
        }
        for field in ["delay=", "delays=", "size="] {
            line = without_value(&line, field);
        }
        dates(&numbers(&line))
    }
}

/// The line with the value after `field` named only, up to the next comma.
fn without_value(line: &str, field: &str) -> String {
    let found = line.find(&format!(" {field}")).map(|at| at + 1);
    let Some(start) = found.map(|at| at + field.len()) else {
        return line.to_owned();
    };
    let (before, after) = line.split_at(start);
    let rest = after.find([',', ' ']).map_or("", |end| &after[end..]);
    format!("{before}{{{}}}{rest}", field.trim_end_matches('='))
}

/// Queue ids and long numbers are `{id}`.
fn numbers(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while !rest.is_empty() {
        let end = rest
            .find(|letter: char| !letter.is_ascii_alphanumeric())
            .unwrap_or(rest.len());
        if end == 0 {
            let length = rest.chars().next().map_or(1, char::len_utf8);
            out.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        }
        let word = &rest[..end];
        out.push_str(if is_id(word) { "{id}" } else { word });
        rest = &rest[end..];
    }
    out
}

fn is_id(word: &str) -> bool {
    let is_hexadecimal = |octet: u8| octet.is_ascii_digit() || (b'A'..=b'F').contains(&octet);
    word.len() >= 9 && word.bytes().all(is_hexadecimal) && word.bytes().any(|octet| octet.is_ascii_digit())
}

/// A run of words of a date that has a time of day in it is `{date}`.
fn dates(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let mut out: Vec<&str> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let length = words[at..].iter().take_while(|word| is_of_date(word)).count();
        let run = &words[at..at + length];
        if run.iter().any(|word| is_time(word)) {
            // Two blanks before a day of one digit belong to it; the last word may carry punctuation.
            let last = run.last().map_or("", |word| word);
            out.push(if last.ends_with(';') { "{date};" } else { "{date}" });
            at += length;
        } else {
            out.push(words[at]);
            at += 1;
        }
    }
    out.join(" ")
}

fn is_time(word: &str) -> bool {
    let word = word.trim_end_matches([';', ',']);
    let parts: Vec<&str> = word.split(':').collect();
    parts.len() == 3
        && parts
            .iter()
            .all(|part| part.len() >= 2 && part.bytes().all(|octet| octet.is_ascii_digit() || octet == b'.'))
}

fn is_of_date(word: &str) -> bool {
    const NAMES: &str =
        "Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec (UTC) UTC +0000";
    let bare = word.trim_start().trim_end_matches([',', ';']);
    is_time(word)
        || NAMES.split(' ').any(|name| name == bare)
        || (bare.len() <= 4
            && bare
                .parse::<u32>()
                .is_ok_and(|number| !(32..=2000).contains(&number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_is_a_word_in_braces() {
        assert_eq!(
            dates("Date: Sun, 22 Nov 2026 23:13:49 +0000 (UTC)"),
            "Date: {date}"
        );
        assert_eq!(dates("1 known and 3 more"), "1 known and 3 more");
        assert_eq!(numbers("<20261122231349.3A4F2C1B03@x>"), "<{id}.{id}@x>");
        assert_eq!(numbers("FEED and 0123"), "FEED and 0123");
        assert_eq!(
            without_value("a, delay=0.3, delays=1/2", "delays="),
            "a, delay=0.3, delays={delays}"
        );
    }
}

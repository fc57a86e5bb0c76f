//! A service of `master.cf` as it is written: seven columns, the program, its arguments.

use crate::arguments::Arguments;
use crate::style::{INDENT, WIDTH};
use config::master_cf::Service;

/// The columns in their order, as `-F` names them; the last is the program with its arguments.
pub(crate) const FIELDS: [&str; 8] = [
    "service",
    "type",
    "private",
    "unprivileged",
    "chroot",
    "wakeup",
    "process_limit",
    "command",
];

/// Where each column begins.
const STOPS: [usize; 8] = [0, 11, 17, 25, 33, 41, 49, 57];

/// A service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The columns before the program.
    pub(crate) columns: [String; 7],
    /// The program.
    pub(crate) program: String,
    pub(crate) arguments: Arguments,
}

impl Entry {
    pub(crate) fn of(service: &Service) -> Self {
        let [name, kind, private, unprivileged, chroot, wakeup, limit, _] = service.columns.clone();
        Self {
            columns: [name, kind, private, unprivileged, chroot, wakeup, limit],
            program: service.command.clone(),
            arguments: Arguments::of(service),
        }
    }

    /// The lines of the file.
    pub(crate) fn lines(&self, is_folded: bool) -> String {
        let mut line = String::new();
        for (column, stop) in self.columns.iter().zip(STOPS) {
            move_to(&mut line, stop);
            line.push_str(column);
        }
        let [.., last] = STOPS;
        move_to(&mut line, last);
        let length = line.len();
        line.push_str(&self.command(is_folded.then_some(length)));
        line.push('\n');
        line
    }

    /// The columns and the command with one space between them.
    pub(crate) fn words(&self) -> String {
        format!("{} {}", self.columns.join(" "), self.command(None))
    }

    /// A column by its place in [`FIELDS`].
    pub(crate) fn field(&self, place: usize, fold_from: Option<usize>) -> String {
        match self.columns.get(place) {
            Some(column) => column.clone(),
            None => self.command(fold_from),
        }
    }

    /// The program and its arguments; folded when it is known how much stands before them on the line.
    pub(crate) fn command(&self, fold_from: Option<usize>) -> String {
        let mut text = self.program.clone();
        let Some(start) = fold_from else {
            for word in self.arguments.words() {
                text.push(' ');
                text.push_str(&word);
            }
            return text;
        };
        let mut length = start + text.len();
        // An option has a line of its own.
        let mut is_after_option = false;
        for argument in &self.arguments.all {
            let word = argument.text();
            // One column less than for a parameter: the original's habit, and so that of files edited by it.
            if is_after_option || argument.is_option() || length + 1 + word.len() >= WIDTH {
                text.push('\n');
                text.push_str(INDENT);
                length = INDENT.len() + word.len();
            } else {
                text.push(' ');
                length += 1 + word.len();
            }
            text.push_str(&word);
            is_after_option = argument.is_option();
        }
        text
    }
}

fn move_to(line: &mut String, stop: usize) {
    if !line.is_empty() {
        line.push(' ');
    }
    while line.len() < stop {
        line.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry {
        Entry::of(&Service::parse(text, 1).unwrap())
    }

    #[test]
    fn columns_begin_where_they_can() {
        assert_eq!(
            entry("a-long-name unix-dgram n - n 60? 100 smtp -oname=val -o{ b = c d } -vo e=f").lines(false),
            "a-long-name unix-dgram n -       n       60?     100     smtp -o name=val -o {b=c d} -v -o e=f\n"
        );
    }

    #[test]
    fn each_option_is_folded_to_its_own_line() {
        assert_eq!(
            entry("smtp inet n - n - - smtpd -v -o a=1 -o b=2 foo -o c=3").lines(true),
            "smtp       inet  n       -       n       -       -       smtpd -v\n    -o a=1\n    -o b=2\n    foo -o c=3\n"
        );
    }

    #[test]
    fn options_end_where_another_word_begins() {
        let entry = entry("x unix - - n - - pipe flags=D argv=/bin/x -o foo=bar");
        assert_eq!(entry.arguments.options, 0);
        assert_eq!(
            entry.words(),
            "x unix - - n - - pipe flags=D argv=/bin/x -o foo=bar"
        );
    }
}

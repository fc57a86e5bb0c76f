//! postconf: prints and edits main.cf, and prints master.cf.
//!
//! Without options it prints parameters, all or those named. What parameters mean is told in postconf(5).
//!
//! # Usage
//! ```text
//! postconf [-dhHnqvx] [-c DIR] [-o NAME=VALUE] [NAME ...]
//! postconf [-e] [-c DIR] NAME=VALUE ...
//! postconf -X [-c DIR] NAME ...
//! postconf -# [-c DIR] NAME ...
//! postconf -M [-c DIR] [SERVICE[/TYPE] ...]
//! postconf -l
//! postconf -m
//! ```
//! # Options
//! - `-#`: comment parameters out, which brings their defaults back
//! - `-c DIR`: the configuration is in this folder
//! - `-d`: defaults, not what is set
//! - `-e`: set parameters; a word with `=` does so without the option
//! - `-h`: values without names
//! - `-H`: names without values
//! - `-l`: list the ways to lock mailboxes
//! - `-m`: list the types of tables
//! - `-M`: lines of master.cf
//! - `-n`: only parameters that are set
//! - `-o NAME=VALUE`: as if main.cf said so
//! - `-p`: main.cf, which is the default
//! - `-q`: no warnings about parameters that nobody uses
//! - `-v`: log more; several log still more
//! - `-x`: with `$name` replaced
//! - `-X`: remove parameters
//! - `-a`, `-A`, `-b`, `-C`, `-E`, `-f`, `-F`, `-j`, `-P`, `-t`, `-T`: known to Postfix; refused here for the time
//!   being
//! # Listens
//! Nowhere.
//! # Asks
//! Nobody.
//! # Writes
//! main.cf, beside the one in use and then in its place.
//! # Runs as
//! Whoever calls it.
//! # Standards
//! None; postconf(1).
//! # Difference from Postfix
//! Fewer options.

mod edit;
mod print;

use command::{Failure, Options, Start, Status};
use print::Selection;

/// All letters that Postfix's command knows.
const LETTERS: &str = "aAbc:C:deEfFhHjlmMno:pPqtTvxX#";

/// Runs the command.
///
/// # Errors
/// Wrong options, files that cannot be read or written, or an expression that cannot be expanded.
pub fn run(start: Start) -> Result<Status, Failure> {
    let options = start.options(LETTERS)?;
    if let Some(letter) = "aAbCEfFjPtT".chars().find(|&letter| options.has(letter)) {
        return Err(Failure::usage(format!(
            "option -{letter} is not supported by this version of postconf"
        )));
    }
    let mut setup = options.setup('c', 'v');
    setup.overrides = options.overrides('o')?;
    let directory = start.directory(&setup)?;
    if options.has('l') {
        print!("{}", print::lock_methods());
    } else if options.has('m') {
        print!("{}", print::table_types());
    } else if options.has('M') {
        print!("{}", print::services(&directory, &options.operands)?);
    } else if let Some(change) = change(&options)? {
        edit::edit(&directory.join("main.cf"), &change)?;
    } else {
        print::parameters(
            &start,
            &directory,
            &setup,
            &selection(&options),
            &options.operands,
        )?;
    }
    Ok(Status::OK)
}

fn selection(options: &Options) -> Selection {
    Selection {
        defaults: options.has('d'),
        explicit: options.has('n'),
        without_name: options.has('h'),
        without_value: options.has('H'),
        expanded: options.has('x'),
        quiet: options.has('q') || options.has('d'),
    }
}

/// The edit that the options ask for; assignments without a letter ask for `-e`.
fn change(options: &Options) -> Result<Option<edit::Change>, Failure> {
    let words = &options.operands;
    let assigns = !words.is_empty() && words.iter().all(|word| word.contains('='));
    if options.has('X') {
        Ok(Some(edit::Change::Remove(names(words)?)))
    } else if options.has('#') {
        Ok(Some(edit::Change::CommentOut(names(words)?)))
    } else if options.has('e') || assigns {
        let pairs = words
            .iter()
            .map(|word| assignment(word))
            .collect::<Result<_, _>>()?;
        Ok(Some(edit::Change::Assign(pairs)))
    } else {
        Ok(None)
    }
}

fn names(words: &[String]) -> Result<Vec<String>, Failure> {
    match words.iter().find(|word| word.contains('=')) {
        Some(word) => Err(Failure::usage(format!(
            "-X or -# requires names without value: {word:?}"
        ))),
        None => Ok(words.to_vec()),
    }
}

fn assignment(word: &str) -> Result<(String, String), Failure> {
    let (name, value) = word
        .split_once('=')
        .ok_or_else(|| Failure::usage(format!("missing '=' after attribute name: {word:?}")))?;
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() || name.contains(char::is_whitespace) {
        return Err(Failure::usage(format!("invalid parameter name: {name:?}")));
    }
    if value.contains('\n') {
        return Err(Failure::usage(format!(
            "-e accepts no multi-line input: {word:?}"
        )));
    }
    Ok((name.to_owned(), value.to_owned()))
}

//! A program's name-plate: the opening comment of its `lib.rs`, which is its page in the manual too.

use std::fs;
use std::path::Path;

use super::markup::{self, Block};

/// Headings of every program's name-plate, in order.
pub const HEADINGS: [&str; 6] = [
    "Listens",
    "Asks",
    "Writes",
    "Runs as",
    "Standards",
    "Difference from Postfix",
];

/// Headings that a command's name-plate has before the others.
pub const COMMAND_HEADINGS: [&str; 2] = ["Usage", "Options"];

/// What a name-plate says.
pub struct Plate {
    /// The first line after the name.
    pub summary: String,
    /// The sentences before the first heading, and the sections.
    pub blocks: Vec<Block>,
}

impl Plate {
    /// Reads the name-plate of a program: `NAME: what it does.`, sentences, sections.
    ///
    /// # Errors
    /// A file that cannot be read, or a first line of another form.
    pub fn read(house: &Path, floor: &str, program: &str) -> Result<Self, String> {
        let path = house.join(floor).join(program).join("src/lib.rs");
        let text = fs::read_to_string(&path).map_err(|why| format!("{}: {why}", path.display()))?;
        let lines: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).collect();
        let text: String = lines
            .iter()
            .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
            .collect();
        let mut blocks = markup::blocks(&text).into_iter();
        let Some(Block::Paragraph(first)) = blocks.next() else {
            return Err(format!("{}: no opening sentence", path.display()));
        };
        let summary = first
            .strip_prefix(program)
            .and_then(|rest| rest.strip_prefix(": "))
            .and_then(|rest| rest.strip_suffix('.'))
            .ok_or_else(|| {
                format!(
                    "{}: the first line is not `{program}: what it does.`",
                    path.display()
                )
            })?;
        Ok(Self {
            summary: summary.to_owned(),
            blocks: blocks.collect(),
        })
    }

    /// Headings that are missing or out of order.
    pub fn missing(&self, headings: &[&'static str]) -> Vec<&'static str> {
        let mut there = self.blocks.iter().filter_map(|block| match block {
            Block::Heading(heading) => Some(heading.as_str()),
            _ => None,
        });
        let missing = |heading: &&&'static str| !there.any(|found| found == **heading);
        headings.iter().filter(missing).copied().collect()
    }
}

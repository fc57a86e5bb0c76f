//! postconf(5): every parameter, after the text about `main.cf` as a whole.

use std::collections::BTreeMap;

use super::catalogue::{Catalogue, Family, Parameter};
use super::markup::{self, Block, Entry};
use super::page::Page;
use super::reads::{self, Reads};

/// Adds the parameters and the families.
pub fn add_parameters(page: &mut Page, catalogue: &Catalogue, reads: &BTreeMap<String, Reads>) {
    page.blocks.push(Block::Heading("Parameters".into()));
    let unread = reads::unread(catalogue, reads);
    for parameter in catalogue.parameters() {
        let readers = if unread.contains(&parameter.name) {
            " No program of this release reads it.".to_owned()
        } else {
            readers(&parameter.name, reads)
        };
        page.blocks.push(Block::Entry(entry(parameter, &readers)));
    }
    page.blocks
        .push(Block::Heading("Parameters of single transports".into()));
    page.blocks.push(Block::Paragraph(
        "The name of a transport or service of `master.cf` stands before each of these: \
         `smtp_destination_rate_delay` is that of the transport `smtp`."
            .into(),
    ));
    for family in catalogue.families() {
        page.blocks.push(Block::Entry(family_entry(family, reads)));
    }
}

fn entry(parameter: &Parameter, readers: &str) -> Entry {
    let mut blocks = markup::blocks(&parameter.description());
    let is_short = parameter.default.len() <= 45;
    let note = match parameter.default.as_str() {
        "" => "default: empty".into(),
        default if is_short => format!("default: {default}"),
        _ => "default: see below".into(),
    };
    if !is_short {
        blocks.push(Block::Paragraph("Default:".into()));
        blocks.push(Block::Literal(wrapped(&parameter.default)));
    }
    let mut facts = format!("Value: {}.", parameter.values());
    facts.push_str(&release(parameter.since.as_deref()));
    facts.push_str(readers);
    blocks.push(Block::Paragraph(facts));
    Entry {
        name: parameter.name.clone(),
        note,
        blocks,
    }
}

fn family_entry(family: &Family, reads: &BTreeMap<String, Reads>) -> Entry {
    let mut blocks = markup::blocks(&family.text);
    let mut facts = format!("Value: as `{}`.", family.default);
    facts.push_str(&release(family.since.as_deref()));
    facts.push_str(&readers(&family.suffix, reads));
    blocks.push(Block::Paragraph(facts));
    Entry {
        name: family.suffix.clone(),
        note: format!("default: ${}", family.default),
        blocks,
    }
}

fn release(since: Option<&str>) -> String {
    since.map_or_else(String::new, |release| format!(" Since Postfix {release}."))
}

/// The programs that read a parameter themselves.
fn readers(name: &str, reads: &BTreeMap<String, Reads>) -> String {
    let programs: Vec<_> = reads
        .iter()
        .filter(|(_, read)| read.own.contains(name))
        .map(|(program, read)| format!("{program}({})", read.section))
        .collect();
    if programs.is_empty() {
        return String::new();
    }
    format!(" Read by {}.", programs.join(", "))
}

/// A long default in lines.
fn wrapped(default: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in default.split(' ') {
        if let Some(line) = lines.last_mut() {
            if line.is_empty() {
                line.push_str(word);
                continue;
            }
            if line.len() + word.len() < 70 {
                line.push(' ');
                line.push_str(word);
                continue;
            }
        }
        lines.push(word.to_owned());
    }
    lines
}

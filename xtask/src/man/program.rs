//! The page of a program: its name-plate, and the parameters it reads.

use std::collections::BTreeMap;
use std::path::Path;

use super::catalogue::Catalogue;
use super::markup::{self, Block, Entry};
use super::page::Page;
use super::plate::Plate;
use super::reads::Reads;
use crate::build;

/// A page for each program.
///
/// # Errors
/// A name-plate that is not as it should be.
pub fn pages(
    house: &Path,
    catalogue: &Catalogue,
    reads: &BTreeMap<String, Reads>,
) -> Result<Vec<Page>, String> {
    let mut pages = Vec::new();
    for (name, floor) in build::programs(house)? {
        let plate = Plate::read(house, floor, &name)?;
        let mut blocks = Vec::new();
        let mut described = false;
        for block in plate.blocks {
            match block {
                Block::Heading(heading) if heading == "Usage" => {
                    blocks.push(Block::Heading("Synopsis".into()));
                }
                Block::Heading(_) => blocks.push(block),
                _ if blocks.is_empty() && !described => {
                    blocks.extend([Block::Heading("Description".into()), block]);
                    described = true;
                }
                _ => blocks.push(block),
            }
        }
        let blocks = synopsis_first(blocks);
        let mut page = Page {
            name: name.clone(),
            section: if floor == "daemons" { 8 } else { 1 },
            summary: plate.summary,
            blocks,
        };
        if let Some(read) = reads.get(&name) {
            add_parameters(&mut page, catalogue, read);
        }
        pages.push(page);
    }
    Ok(pages)
}

/// A page's synopsis stands before its description, where readers look for it.
fn synopsis_first(blocks: Vec<Block>) -> Vec<Block> {
    let mut sections: Vec<Vec<Block>> = Vec::new();
    for block in blocks {
        match sections.last_mut() {
            Some(section) if !matches!(block, Block::Heading(_)) => section.push(block),
            _ => sections.push(vec![block]),
        }
    }
    let is_synopsis = |section: &Vec<Block>| section.first() == Some(&Block::Heading("Synopsis".into()));
    let (mut ordered, rest): (Vec<_>, Vec<_>) = sections.into_iter().partition(is_synopsis);
    ordered.extend(rest);
    ordered.into_iter().flatten().collect()
}

fn add_parameters(page: &mut Page, catalogue: &Catalogue, read: &Reads) {
    if !read.own.is_empty() {
        page.blocks.push(Block::Heading("Parameters".into()));
        page.blocks
            .push(Block::Paragraph("All are described in postconf(5).".into()));
        let mut alike = Vec::new();
        for name in &read.own {
            let parameter = catalogue.find(name);
            let like = parameter.and_then(|it| it.like.as_ref());
            if like.is_some_and(|like| read.own.contains(like)) {
                alike.push(format!("`{name}`"));
                continue;
            }
            let text = catalogue.text(name).unwrap_or_default();
            page.blocks.push(Block::Entry(Entry {
                name: name.clone(),
                note: parameter.map_or_else(String::new, |it| note(&it.default)),
                blocks: vec![Block::Paragraph(markup::first_sentence(&text))],
            }));
        }
        if !alike.is_empty() {
            page.blocks.push(Block::Paragraph(format!(
                "Each of these is like one above: {}.",
                alike.join(", ")
            )));
        }
    }
    if !read.by_rooms.is_empty() {
        let names: Vec<_> = read.by_rooms.iter().map(|name| format!("`{name}`")).collect();
        page.blocks.push(Block::Heading("Parameters in common".into()));
        page.blocks.push(Block::Paragraph(format!(
            "What programs of its kind share reads these, as far as it comes to that: {}.",
            names.join(", ")
        )));
    }
}

/// The default, if it is short enough to stand beside the name.
fn note(default: &str) -> String {
    match default {
        "" => "empty".into(),
        short if short.len() <= 40 => short.to_owned(),
        _ => String::new(),
    }
}

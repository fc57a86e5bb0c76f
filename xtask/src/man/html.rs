//! A page as HTML, with links to other pages and to parameters.

use std::collections::{BTreeMap, BTreeSet};

use super::catalogue::Catalogue;
use super::markup::{self, Block, Entry, Span};
use super::page::{Page, RELEASE};

/// What a link may lead to.
pub struct Links {
    /// File names of pages, second names with their target's.
    pages: BTreeMap<(String, u8), String>,
    /// Parameters and the suffixes of families, all on one page.
    parameters: BTreeSet<String>,
    /// Words of restriction lists, all on one page.
    restrictions: BTreeSet<String>,
}

/// The page about the words of restriction lists.
const RESTRICTIONS: &str = "smtpd-restrictions";

/// The one style sheet.
pub const STYLE: &str = "\
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
nav, footer { font-size: .9rem; opacity: .8; }
h1 { font-size: 1.5rem; margin-bottom: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; border-bottom: 1px solid; }
code, pre { font-family: ui-monospace, monospace; font-size: .92em; }
pre { padding: .5rem 1rem; border-left: 3px solid; overflow-x: auto; }
dt { margin-top: 1rem; overflow-wrap: anywhere; }
dt > a { font-weight: bold; text-decoration: none; color: inherit; }
dl dl dt, li { margin-top: .3rem; }
dd { margin-left: 1.5rem; }
dd > p { margin: .3rem 0; }
table { border-collapse: collapse; }
td { padding: .15rem 1rem .15rem 0; vertical-align: top; }
td:first-child { white-space: nowrap; }
";

impl Links {
    /// Everything that the pages hold.
    pub fn new(pages: &[Page], catalogue: &Catalogue, second_names: &[(&str, u8, &str)]) -> Self {
        let mut files: BTreeMap<_, _> = pages
            .iter()
            .map(|page| {
                (
                    (page.name.clone(), page.section),
                    format!("{}.html", page.file_name()),
                )
            })
            .collect();
        for (name, section, target) in second_names {
            files.insert(((*name).to_owned(), *section), format!("{target}.{section}.html"));
        }
        let restrictions = pages
            .iter()
            .filter(|page| page.name == RESTRICTIONS)
            .flat_map(|page| &page.blocks)
            .filter_map(|block| match block {
                Block::List(items) => markup::definitions(items),
                _ => None,
            })
            .flatten()
            .flat_map(|(term, _)| anchors(term));
        Self {
            restrictions: restrictions.map(str::to_owned).collect(),
            pages: files,
            parameters: catalogue.names().map(str::to_owned).collect(),
        }
    }

    fn page(&self, name: &str, section: u8) -> Option<&str> {
        self.pages.get(&(name.to_owned(), section)).map(String::as_str)
    }

    /// Where a name in backticks leads.
    fn target(&self, code: &str) -> Option<String> {
        // `name = value` is about the parameter, too.
        let name = code.split([' ', '=']).next().unwrap_or_default();
        if self.parameters.contains(name) {
            Some(format!("postconf.5.html#{name}"))
        } else if self.restrictions.contains(name) {
            Some(format!("{RESTRICTIONS}.5.html#{name}"))
        } else {
            None
        }
    }

    /// Pages of our own sections that a page names and that are not there.
    #[cfg(test)]
    pub fn dead(&self, page: &Page) -> Vec<String> {
        let mut texts = Vec::new();
        collect(&page.blocks, &mut texts);
        texts
            .iter()
            .flat_map(|text| markup::spans(text))
            .filter_map(|span| match span {
                Span::Page(name, section) => Some((name, section)),
                Span::Words(_) | Span::Code(_) => None,
            })
            .filter(|(name, section)| self.page(name, *section).is_none() && !FOREIGN.contains(name))
            .map(|(name, section)| format!("{}: {name}({section})", page.file_name()))
            .collect()
    }
}

/// Pages that the system has, and programs of Postfix that we do not have, or not yet.
#[cfg(test)]
const FOREIGN: &[&str] = &[
    "comsat",
    "crontab",
    "dnsblog",
    "getopt",
    "inetd",
    "logrotate",
    "maildir",
    "mbox",
    "openssl",
    "oqmgr",
    "postmulti",
    "posttls-finger",
    "postscreen",
    "qmqpd",
    "scache",
    "services",
    "signal",
    "strftime",
    "sysexits",
    "tlsmgr",
    "tlsproxy",
    "resolv.conf",
    "hosts",
    "group",
    "passwd",
    "regex",
    "pcre2pattern",
    "pcre2syntax",
    "inet_pton",
    "syslogd",
];

#[cfg(test)]
fn collect(blocks: &[Block], texts: &mut Vec<String>) {
    for block in blocks {
        match block {
            Block::Paragraph(text) => texts.push(text.clone()),
            Block::List(items) => texts.extend(items.iter().cloned()),
            Block::Entry(entry) => collect(&entry.blocks, texts),
            Block::Heading(_) | Block::Literal(_) => {}
        }
    }
}

/// One page.
pub fn page(page: &Page, links: &Links) -> String {
    let title = format!("{}({})", page.name, page.section);
    let mut text = head(&title);
    text.push_str("<nav><a href=\"index.html\">Manual</a></nav>\n");
    text.push_str(&format!(
        "<h1>{}</h1>\n<p>{}</p>\n",
        escaped(&title),
        running(&page.summary, links)
    ));
    let mut in_entries = false;
    for block in &page.blocks {
        let is_entry = matches!(block, Block::Entry(_));
        if is_entry != in_entries {
            text.push_str(if is_entry { "<dl>\n" } else { "</dl>\n" });
            in_entries = is_entry;
        }
        add(&mut text, block, links, page.name == RESTRICTIONS);
    }
    if in_entries {
        text.push_str("</dl>\n");
    }
    text.push_str(&format!("<footer>{RELEASE}</footer>\n</body>\n</html>\n"));
    text
}

/// The first words of the names in a term.
fn anchors(term: &str) -> impl Iterator<Item = &str> {
    markup::spans(term).into_iter().filter_map(|span| match span {
        Span::Code(code) => code.split(' ').next(),
        Span::Words(_) | Span::Page(..) => None,
    })
}

/// The page that lists the others.
pub fn index(sections: &BTreeMap<u8, Vec<&Page>>) -> String {
    let mut text = head("Manual");
    text.push_str(&format!("<h1>Manual of {RELEASE}</h1>\n"));
    for (section, pages) in sections {
        let heading = match section {
            1 => "Commands",
            5 => "Files, tables and parameters",
            _ => "Daemons",
        };
        text.push_str(&format!("<h2>{heading}</h2>\n<table>\n"));
        for page in pages {
            text.push_str(&format!(
                "<tr><td><a href=\"{}.html\">{}({section})</a></td><td>{}</td></tr>\n",
                page.file_name(),
                escaped(&page.name),
                escaped(&page.summary.replace('`', ""))
            ));
        }
        text.push_str("</table>\n");
    }
    text.push_str("</body>\n</html>\n");
    text
}

fn head(title: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n\
         <link rel=\"stylesheet\" href=\"manual.css\">\n</head>\n<body>\n",
        escaped(title)
    )
}

/// `anchored`: whether links lead to the terms of lists.
fn add(text: &mut String, block: &Block, links: &Links, anchored: bool) {
    match block {
        Block::Heading(heading) => text.push_str(&format!("<h2>{}</h2>\n", escaped(heading))),
        Block::Paragraph(words) => text.push_str(&format!("<p>{}</p>\n", running(words, links))),
        Block::List(items) => list(text, items, links, anchored),
        Block::Literal(lines) => text.push_str(&format!("<pre>{}</pre>\n", escaped(&lines.join("\n")))),
        Block::Entry(one) => entry(text, one, links),
    }
}

fn list(text: &mut String, items: &[String], links: &Links, anchored: bool) {
    if let Some(definitions) = markup::definitions(items) {
        text.push_str("<dl>\n");
        for (term, rest) in definitions {
            let anchors: String = anchors(term)
                .filter(|_| anchored)
                .map(|name| format!("<a id=\"{}\"></a>", escaped(name)))
                .collect();
            text.push_str(&format!(
                "<dt>{anchors}{}</dt><dd>{}</dd>\n",
                running(term, links),
                running(rest, links)
            ));
        }
        text.push_str("</dl>\n");
        return;
    }
    text.push_str("<ul>\n");
    for item in items {
        text.push_str(&format!("<li>{}</li>\n", running(item, links)));
    }
    text.push_str("</ul>\n");
}

fn entry(text: &mut String, entry: &Entry, links: &Links) {
    let name = escaped(&entry.name);
    text.push_str(&format!(
        "<dt id=\"{name}\"><a href=\"#{name}\"><code>{name}</code></a>"
    ));
    if !entry.note.is_empty() {
        text.push_str(&format!(" (<code>{}</code>)", escaped(&entry.note)));
    }
    text.push_str("</dt>\n<dd>\n");
    for block in &entry.blocks {
        add(text, block, links, false);
    }
    text.push_str("</dd>\n");
}

fn running(words: &str, links: &Links) -> String {
    markup::spans(words)
        .into_iter()
        .map(|span| match span {
            Span::Words(words) => escaped(words),
            Span::Code(code) => {
                let shown = format!("<code>{}</code>", escaped(code));
                linked(links.target(code).as_deref(), &shown)
            }
            Span::Page(name, section) => linked(
                links.page(name, section),
                &format!("{}({section})", escaped(name)),
            ),
        })
        .collect()
}

fn linked(target: Option<&str>, shown: &str) -> String {
    match target {
        Some(target) => format!("<a href=\"{target}\">{shown}</a>"),
        None => shown.to_owned(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

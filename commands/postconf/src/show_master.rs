//! Services of `master.cf`, their fields, and the parameters they set.

use crate::arguments::Argument;
use crate::entry::{Entry, FIELDS};
use crate::request::{Mode, Request};
use crate::style::{self, Style};
use crate::{Files, log, print, show_main};
use command::Failure;
use config::Configuration;
use config::audit::Audit;
use config::catalogue;
use config::master_cf::Service;
use std::collections::BTreeSet;

/// Prints what matches the words of the command line, or all.
pub(crate) fn show(files: &Files, audit: &Audit<'_>, request: &Request) -> Result<(), Failure> {
    let all = ["*".to_owned()];
    let words: &[String] = if request.operands.is_empty() {
        &all
    } else {
        &request.operands
    };
    let patterns: Vec<Pattern<'_>> = words
        .iter()
        .map(|word| Pattern::read(word, request.mode))
        .collect::<Result<_, _>>()?;
    let mut has_matched = vec![false; patterns.len()];
    let mut text = String::new();
    for service in &files.master.services {
        for (pattern, has_matched) in patterns.iter().zip(&mut has_matched) {
            if pattern.has(service) {
                let lines = one(files, audit, request, service, pattern.detail)?;
                *has_matched |= !lines.is_empty();
                text.push_str(&lines);
            }
        }
    }
    print(&text)?;
    if !request.operands.is_empty() {
        for (word, _) in words
            .iter()
            .zip(has_matched)
            .filter(|(_, has_matched)| !has_matched)
        {
            log::unmatched(word);
        }
    }
    Ok(())
}

/// `name`, `name/type` or `name/type/detail`, with `*` for any.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pattern<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) detail: &'a str,
}

impl<'a> Pattern<'a> {
    fn read(word: &'a str, mode: Mode) -> Result<Self, Failure> {
        let (limit, message) = match mode {
            Mode::Services => (2, "-M option requires service_name[/type]"),
            Mode::Fields => (3, "-F option requires service_name[/type[/field]]"),
            _ => (3, "-P option requires service_name[/type[/parameter]]"),
        };
        let parts: Vec<&str> = word.split('/').filter(|part| !part.is_empty()).collect();
        if parts.is_empty() || parts.len() > limit {
            return Err(Failure::usage(message));
        }
        let pattern = Self::of(&parts);
        if mode == Mode::Fields && pattern.detail != "*" && !FIELDS.contains(&pattern.detail) {
            return Err(bad_field(pattern.detail));
        }
        Ok(pattern)
    }

    pub(crate) fn of(parts: &[&'a str]) -> Self {
        let part = |place: usize| parts.get(place).copied().unwrap_or("*");
        Self {
            name: part(0),
            kind: part(1),
            detail: part(2),
        }
    }

    pub(crate) fn has(&self, service: &Service) -> bool {
        self.has_entry(&service.name, service.kind.word())
    }

    pub(crate) fn has_entry(&self, name: &str, kind: &str) -> bool {
        (self.name == "*" || self.name == name) && (self.kind == "*" || self.kind == kind)
    }
}

pub(crate) fn bad_field(name: &str) -> Failure {
    Failure::usage(format!("invalid service attribute name: \"{name}\""))
}

fn one(
    files: &Files,
    audit: &Audit<'_>,
    request: &Request,
    service: &Service,
    detail: &str,
) -> Result<String, Failure> {
    let mut entry = Entry::of(service);
    let needs_own = request.expanded || request.unset_too;
    let own = needs_own.then(|| with_options(&files.configuration, service));
    if let Some(own) = own.as_ref().filter(|_| request.expanded) {
        expand(&mut entry, own, audit)?;
    }
    let style = Style::of(request);
    let full = format!("{}/{}", service.name, service.kind);
    Ok(match request.mode {
        Mode::Services if style.json => style::json(&full, &entry.words()),
        Mode::Services => entry.lines(style.is_folded()),
        Mode::Fields => fields(&entry, &full, detail, style),
        _ => {
            let wanted = |name: &str| detail == "*" || detail == name;
            let mut set: Vec<(&str, &str)> = entry.arguments.all.iter().filter_map(pair).collect();
            // Of one name given twice the last counts.
            set.reverse();
            set.sort_by_key(|(name, _)| *name);
            set.dedup_by_key(|(name, _)| *name);
            let mut text = String::new();
            let names: BTreeSet<&str> = match &own {
                Some(_) if request.unset_too => all_names(audit),
                _ => BTreeSet::new(),
            };
            let names: BTreeSet<&str> = names
                .into_iter()
                .chain(set.iter().map(|(name, _)| *name))
                .collect();
            for name in names.into_iter().filter(|name| wanted(name)) {
                let label = format!("{full}/{name}");
                match (set.iter().find(|(known, _)| *known == name), &own) {
                    (Some((_, value)), _) => text.push_str(&style.item(&label, value)),
                    (None, Some(own)) => {
                        let value = show_main::value(own, audit, name, request.expanded)?;
                        text.push_str(&style.item(&label, &value));
                    }
                    (None, None) => {}
                }
            }
            text
        }
    })
}

fn fields(entry: &Entry, full: &str, detail: &str, style: Style) -> String {
    let mut text = String::new();
    for (place, field) in FIELDS
        .iter()
        .enumerate()
        .filter(|(_, field)| detail == "*" || detail == **field)
    {
        let label = format!("{full}/{field}");
        let value = entry.field(place, style.is_folded().then_some(label.len() + 3));
        text.push_str(&style.ready_item(&label, &value));
    }
    text
}

const fn pair(argument: &Argument) -> Option<(&str, &str)> {
    match argument {
        Argument::Option { name, value } => Some((name.as_str(), value.as_str())),
        _ => None,
    }
}

fn all_names<'a>(audit: &'a Audit<'_>) -> BTreeSet<&'a str> {
    let mut names = audit.user_parameters();
    names.extend(catalogue::entries().map(|entry| entry.name));
    names.extend(audit.service_parameters().keys().map(String::as_str));
    names
}

/// The configuration as a process of the service sees it.
fn with_options(configuration: &Configuration, service: &Service) -> Configuration {
    let mut own = configuration.clone();
    own.set_fact(catalogue::SERVICE_NAME.name(), &service.name);
    for (name, value) in service.overrides() {
        own.set_override(&name, &value);
    }
    own
}

fn expand(entry: &mut Entry, own: &Configuration, audit: &Audit<'_>) -> Result<(), Failure> {
    for argument in &mut entry.arguments.all {
        if let Argument::Option { name, value } = argument {
            if catalogue::find(name).is_some_and(|entry| entry.raw) {
                continue;
            }
            *value = match own.raw(name).is_some_and(|set| set == value.as_str()) {
                true => show_main::value(own, audit, name, true)?,
                false => own
                    .expand(value)
                    .map(std::borrow::Cow::into_owned)
                    .map_err(|error| Failure::general(format!("{name} = {value}: {error}")))?,
            };
        }
    }
    Ok(())
}

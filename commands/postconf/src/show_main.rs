//! Parameters of `main.cf`, as they are set or by default.

use crate::request::Request;
use crate::style::Style;
use crate::{Files, log, print};
use command::Failure;
use config::audit::Audit;
use config::{Configuration, Origin, catalogue};
use std::collections::BTreeSet;

/// Prints the parameters named, or those of the classes asked for.
pub(crate) fn show(files: &Files, audit: &Audit<'_>, request: &Request) -> Result<(), Failure> {
    let style = Style::of(request);
    let mut text = String::new();
    let is_named = !request.operands.is_empty();
    let names = if is_named {
        request.operands.clone()
    } else {
        all_names(files, audit, request)
    };
    for name in &names {
        let name = name.as_str();
        if !is_known(audit, request, name) {
            // What stands before it in the list is seen before it.
            print(std::mem::take(&mut text))?;
            log::unknown(name);
        } else if !request.explicit || is_explicit(files, name) {
            let value = value(&files.configuration, audit, name, request.expanded)?;
            text.push_str(&style.item(name, &value));
        }
    }
    print(&text)
}

/// With `-d` only what has a default is known.
fn is_known(audit: &Audit<'_>, request: &Request, name: &str) -> bool {
    if request.defaults {
        audit.has_default(name)
    } else {
        audit.is_known(name)
    }
}

fn all_names(files: &Files, audit: &Audit<'_>, request: &Request) -> Vec<String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    if request.classes.built_in {
        names.extend(catalogue::entries().map(|entry| entry.name.to_owned()));
    }
    if request.classes.service {
        names.extend(audit.service_parameters().keys().cloned());
    }
    if request.classes.user && !request.defaults {
        names.extend(audit.user_parameters().into_iter().map(str::to_owned));
    }
    if request.explicit {
        names.retain(|name| is_explicit(files, name));
    }
    names.into_iter().collect()
}

/// Whether somebody has set it: in `main.cf`, on the command line, or, of the directory, by choosing one.
fn is_explicit(files: &Files, name: &str) -> bool {
    if name == catalogue::CONFIG_DIRECTORY.name() {
        return files.is_chosen || matches!(files.configuration.origin(name), Origin::Override);
    }
    files.configuration.is_set(name)
        && matches!(
            files.configuration.origin(name),
            Origin::File(..) | Origin::Override
        )
}

/// The value as written, or after expansion.
pub(crate) fn value(
    configuration: &Configuration,
    audit: &Audit<'_>,
    name: &str,
    is_expanded: bool,
) -> Result<String, Failure> {
    let known = if is_expanded {
        configuration.expanded(name)?
    } else {
        configuration.raw(name).map(std::borrow::Cow::into_owned)
    };
    if let Some(value) = known {
        return Ok(value);
    }
    // A name of a service has another parameter as its default; a name that only defaults refer to is empty.
    let default = audit.service_parameters().get(name).map_or("", String::as_str);
    if is_expanded {
        return configuration
            .expand(default)
            .map(std::borrow::Cow::into_owned)
            .map_err(|error| Failure::general(format!("{name}: {error}")));
    }
    Ok(default.to_owned())
}

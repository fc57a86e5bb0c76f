//! The texts of notices: `-t` as they are written, `-b` as they are sent.

use crate::{Files, log};
use command::Failure;
use config::bounce_cf::{File, Template, TemplateError, Templates};
use std::error::Error as _;

config::settings! {
    struct Settings {
        template_file: String = BOUNCE_TEMPLATE_FILE,
        from_format: String = HEADER_FROM_FORMAT,
    }
}

/// All texts, from the file named (an empty name: the built-in ones) or the one that is set, in the octets of that file.
pub(crate) fn text(files: &Files, operands: &[String], is_expanded: bool) -> Result<Vec<u8>, Failure> {
    let settings = Settings::read(&files.configuration)?;
    let name = operands.first().unwrap_or(&settings.template_file).as_str();
    let octets = match name {
        "" => None,
        name => Some(
            std::fs::read(name)
                .map_err(|error| Failure::general(format!("open {name}: {}", sys::fault::text(&error))))?,
        ),
    };
    let file = octets.as_ref().map(|octets| File {
        name,
        octets,
        flawed: &log::template_flaw,
    });
    let is_from_obsolete = settings.from_format.eq_ignore_ascii_case("obsolete");
    let mut templates = Templates::read(file.as_ref(), is_from_obsolete).map_err(failure)?;
    if is_expanded {
        templates = templates.expanded(&files.configuration).map_err(failure)?;
    }
    let show = if is_expanded { expanded } else { source };
    Ok(templates.all().iter().map(show).collect::<Vec<_>>().join(&b'\n'))
}

fn source(template: &Template) -> Vec<u8> {
    let start = format!("{} = <<EOF\n", template.name);
    [start.as_bytes(), &template.source(), b"EOF\n"].concat()
}

fn expanded(template: &Template) -> Vec<u8> {
    template.misfits.iter().for_each(log::misfit);
    let body: String = template.text.iter().map(|line| format!("{line}\n")).collect();
    format!("expanded_{}_text = <<EOF\n{body}EOF\n", template.kind()).into_bytes()
}

fn failure(error: TemplateError) -> Failure {
    if let Some(cause) = error.source() {
        log::template_cause(cause);
    }
    Failure::general(error.to_string())
}

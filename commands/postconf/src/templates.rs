//! The texts of notices: `-t` as they are written, `-b` as they are sent.

use crate::Files;
use command::Failure;
use config::bounce_cf::Templates;

config::settings! {
    struct Settings {
        template_file: String = BOUNCE_TEMPLATE_FILE,
        from_format: String = HEADER_FROM_FORMAT,
    }
}

/// All texts, from the file named (an empty name: the built-in ones) or the one that is set.
pub(crate) fn text(files: &Files, operands: &[String], is_expanded: bool) -> Result<String, Failure> {
    let settings = Settings::read(&files.configuration)?;
    let file = operands.first().unwrap_or(&settings.template_file).as_str();
    let text = match file {
        "" => None,
        file => Some(
            std::fs::read_to_string(file)
                .map_err(|error| Failure::general(format!("open {file}: {}", sys::fault::text(&error))))?,
        ),
    };
    let is_from_obsolete = settings.from_format.eq_ignore_ascii_case("obsolete");
    let mut templates = Templates::read(text.as_deref().map(|text| (file, text)), is_from_obsolete);
    templates
        .warnings
        .iter()
        .for_each(|warning| crate::log::warning(warning));
    if is_expanded {
        templates = templates
            .expanded(&files.configuration)
            .map_err(|error| Failure::general(error.to_string()))?;
    }
    let texts: Vec<String> = templates
        .all()
        .iter()
        .map(|template| {
            if is_expanded {
                let body: String = template.text.iter().map(|line| format!("{line}\n")).collect();
                format!("expanded_{}_text = <<EOF\n{body}EOF\n", template.kind())
            } else {
                format!("{} = <<EOF\n{}EOF\n", template.name, template.source())
            }
        })
        .collect();
    Ok(texts.join("\n"))
}

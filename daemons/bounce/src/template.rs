//! The texts of notices: built in, or from `bounce_template_file` (bounce(5)).

use config::{Configuration, catalogue};
use std::time::Duration;

/// Which notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Failure,
    Delay,
    Success,
    Verify,
}

/// The header values and the text of one kind of notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) charset: String,
    pub(crate) from: String,
    pub(crate) subject: String,
    pub(crate) postmaster_subject: String,
    /// After expansion; one line each.
    pub(crate) text: Vec<String>,
}

/// The four kinds.
#[derive(Clone, Debug)]
pub(crate) struct Templates {
    failure: Template,
    delay: Template,
    success: Template,
    verify: Template,
}

/// What is wrong with a template file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TemplateError {
    #[error("{0}")]
    Open(#[source] std::io::Error),
    #[error("line {0}: expected \"name_template = <<WORD\"")]
    NoStart(usize),
    #[error(
        "line {0}: unknown template {1:?}; use failure_template, delay_template, success_template or verify_template"
    )]
    UnknownName(usize, String),
    #[error("template {0}: no line with its end marker {1:?}")]
    NoEnd(String, String),
    #[error("template {0}: header {1:?} is not one of Charset, From, Subject, Postmaster-Subject")]
    UnknownHeader(String, String),
    #[error("template {0}: a header value is empty or not ASCII: {1:?}")]
    BadHeader(String, String),
    #[error("template {0}: the text has characters outside ASCII; set Charset: to utf-8 or another superset")]
    NeedsCharset(String),
    #[error("template {0}: {1}")]
    Expression(String, String),
}

const BUILT_IN: [(&str, &str); 4] = [
    (
        "failure_template",
        "Charset: us-ascii\nSubject: Undelivered Mail Returned to Sender\n\
         Postmaster-Subject: Postmaster Copy: Undelivered Mail\n\n\
         This is the mail system at host $myhostname.\n\n\
         Your message could not be delivered to the recipients listed below, and\n\
         no further attempt will be made. The message, or its header, is attached.\n\n\
         If you need help, write to postmaster and include this report. Your own\n\
         text in the attachment may be left out.\n\n                   The mail system\n",
    ),
    (
        "delay_template",
        "Charset: us-ascii\nSubject: Delayed Mail (still being retried)\n\
         Postmaster-Subject: Postmaster Warning: Delayed Mail\n\n\
         This is the mail system at host $myhostname.\n\n\
         THIS IS ONLY A WARNING. YOU NEED NOT SEND YOUR MESSAGE AGAIN.\n\n\
         Your message has waited for $delay_warning_time_hours hour(s) and has not yet reached the\n\
         recipients listed below. Delivery is tried until it is $maximal_queue_lifetime_days day(s) old.\n\n\
         If you need help, write to postmaster and include this report. Your own\n\
         text in the attachment may be left out.\n\n                   The mail system\n",
    ),
    (
        "success_template",
        "Charset: us-ascii\nSubject: Successful Mail Delivery Report\n\n\
         This is the mail system at host $myhostname.\n\n\
         Your message was delivered to the destinations listed below. Where it went\n\
         into a mailbox you will hear no more about it. Where it was passed on you\n\
         may still hear of failures from the systems that took it.\n\n                   The mail system\n",
    ),
    (
        "verify_template",
        "Charset: us-ascii\nSubject: Mail Delivery Status Report\n\n\
         This is the mail system at host $myhostname.\n\n\
         Here is the delivery report that you asked for.\n\n                   The mail system\n",
    ),
];

impl Templates {
    /// The built-in templates, with those of a file's text in their place.
    pub(crate) fn new(
        file: Option<&str>,
        is_from_obsolete: bool,
        configuration: &Configuration,
    ) -> Result<Self, TemplateError> {
        let given = file.map(split_file).transpose()?.unwrap_or_default();
        let from = if is_from_obsolete { FROM_OBSOLETE } else { FROM };
        let make = |index: usize| {
            let (name, built_in) = BUILT_IN.get(index).copied().unwrap_or(("", ""));
            let text = given
                .iter()
                .rev()
                .find(|(known, _)| known == name)
                .map_or(built_in, |(_, text)| text);
            Template::parse(name, text, built_in, from, configuration)
        };
        Ok(Self {
            failure: make(0)?,
            delay: make(1)?,
            success: make(2)?,
            verify: make(3)?,
        })
    }

    pub(crate) fn get(&self, kind: Kind) -> &Template {
        match kind {
            Kind::Failure => &self.failure,
            Kind::Delay => &self.delay,
            Kind::Success => &self.success,
            Kind::Verify => &self.verify,
        }
    }
}

/// The templates of a file: name, and text between the markers.
fn split_file(text: &str) -> Result<Vec<(String, String)>, TemplateError> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, marker) = line
            .split_once('=')
            .and_then(|(name, rest)| Some((name.trim(), rest.trim().strip_prefix("<<")?.trim())))
            .filter(|(_, marker)| !marker.is_empty())
            .ok_or(TemplateError::NoStart(index + 1))?;
        if !BUILT_IN.iter().any(|(known, _)| *known == name) {
            return Err(TemplateError::UnknownName(index + 1, name.to_owned()));
        }
        let mut body = String::new();
        loop {
            let (_, line) = lines
                .next()
                .ok_or_else(|| TemplateError::NoEnd(name.to_owned(), marker.to_owned()))?;
            if line == marker {
                break;
            }
            body.push_str(line);
            body.push('\n');
        }
        found.push((name.to_owned(), body));
    }
    Ok(found)
}

impl Template {
    fn parse(
        name: &str,
        text: &str,
        built_in: &str,
        from: &str,
        configuration: &Configuration,
    ) -> Result<Self, TemplateError> {
        let (mut template, _) = Self::headers(name, built_in, Self::from(from))?;
        let body;
        (template, body) = Self::headers(name, text, template)?;
        if !body.is_ascii() && template.charset.eq_ignore_ascii_case("us-ascii") {
            return Err(TemplateError::NeedsCharset(name.to_owned()));
        }
        template.text = body
            .lines()
            .map(|line| {
                expand(line, configuration).map_err(|cause| TemplateError::Expression(name.to_owned(), cause))
            })
            .collect::<Result<_, _>>()?;
        Ok(template)
    }

    fn from(from: &str) -> Self {
        let none = String::new;
        Self {
            charset: none(),
            from: from.to_owned(),
            subject: none(),
            postmaster_subject: none(),
            text: Vec::new(),
        }
    }

    /// Reads the headers over the values given; hands back the text after them.
    fn headers<'t>(name: &str, text: &'t str, mut template: Self) -> Result<(Self, &'t str), TemplateError> {
        let mut rest = text;
        while let Some((line, after)) = rest.split_once('\n') {
            let Some((label, value)) = line
                .split_once(':')
                .filter(|(label, _)| !label.contains([' ', '\t']))
            else {
                // A blank line (or one with white space only) ends the headers.
                rest = if line.trim().is_empty() { after } else { rest };
                break;
            };
            let value = value.trim();
            if value.is_empty() || !line.is_ascii() {
                return Err(TemplateError::BadHeader(name.to_owned(), line.to_owned()));
            }
            let place = match label.to_ascii_lowercase().as_str() {
                "charset" => &mut template.charset,
                "from" => &mut template.from,
                "subject" => &mut template.subject,
                "postmaster-subject" => &mut template.postmaster_subject,
                _ => return Err(TemplateError::UnknownHeader(name.to_owned(), label.to_owned())),
            };
            value.clone_into(place);
            rest = after;
        }
        if template.postmaster_subject.is_empty() {
            template.postmaster_subject = template.subject.clone();
        }
        Ok((template, rest))
    }
}

/// The From: header of all notices unless a template says otherwise; the domain is completed like any other.
const FROM: &str = "Mail Delivery System <MAILER-DAEMON>";
/// The same in the form `header_from_format = obsolete` asks for.
const FROM_OBSOLETE: &str = "MAILER-DAEMON (Mail Delivery System)";

const UNITS: [(&str, u64); 5] = [
    ("seconds", 1),
    ("minutes", 60),
    ("hours", 3600),
    ("days", 86_400),
    ("weeks", 604_800),
];

/// Expands `$name` in one line; times have a unit as their suffix.
fn expand(line: &str, configuration: &Configuration) -> Result<String, String> {
    if !line.contains('$') {
        return Ok(line.to_owned());
    }
    let mut line = line.to_owned();
    for parameter in [catalogue::DELAY_WARNING_TIME, catalogue::MAXIMAL_QUEUE_LIFETIME] {
        let (name, time) = (parameter.name(), configuration.get::<Duration, _>(parameter));
        let seconds = time.map_err(|error| error.to_string())?.as_secs();
        for (unit, length) in UNITS {
            let value = (seconds / length).to_string();
            line = line
                .replace(&format!("${name}_{unit}"), &value)
                .replace(&format!("${{{name}_{unit}}}"), &value);
        }
    }
    configuration
        .expand(&line)
        .map(std::borrow::Cow::into_owned)
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configuration() -> Configuration {
        Configuration::parse("myhostname = mx.test.example\ndelay_warning_time = 4h\n").unwrap()
    }

    #[test]
    fn the_built_in_texts_name_the_host_and_the_times() {
        let templates = Templates::new(None, false, &configuration()).unwrap();
        assert_eq!(
            templates.get(Kind::Failure).subject,
            "Undelivered Mail Returned to Sender"
        );
        assert!(
            templates
                .get(Kind::Failure)
                .text
                .iter()
                .any(|line| line.contains("mx.test.example"))
        );
        assert!(
            templates
                .get(Kind::Delay)
                .text
                .iter()
                .any(|line| line.contains("4 hour(s)"))
        );
        assert!(
            templates
                .get(Kind::Delay)
                .text
                .iter()
                .any(|line| line.contains("5 day(s)"))
        );
    }

    #[test]
    fn a_file_replaces_only_what_it_gives() {
        let file = "# ours\nfailure_template = <<EOF\nSubject: No luck\n\nCosts $$5 at $myhostname.\nEOF\n";
        let templates = Templates::new(Some(file), true, &configuration()).unwrap();
        let failure = templates.get(Kind::Failure);
        assert_eq!(failure.subject, "No luck");
        assert_eq!(failure.from, "MAILER-DAEMON (Mail Delivery System)");
        assert_eq!(failure.text, ["Costs $5 at mx.test.example."]);
        assert_eq!(
            templates.get(Kind::Delay).subject,
            "Delayed Mail (still being retried)"
        );
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        let error = |file: &str| Templates::new(Some(file), true, &configuration()).unwrap_err();
        assert!(matches!(error("x\n"), TemplateError::NoStart(1)));
        assert!(matches!(
            error("\nbad = <<EOF\nEOF\n"),
            TemplateError::UnknownName(2, _)
        ));
        assert!(matches!(
            error("delay_template = <<EOF\nx\n"),
            TemplateError::NoEnd(..)
        ));
        assert!(matches!(
            error("delay_template = <<EOF\nTo: x\n\nEOF\n"),
            TemplateError::UnknownHeader(..)
        ));
        assert!(matches!(
            error("delay_template = <<EOF\n\n\u{e9}\nEOF\n"),
            TemplateError::NeedsCharset(_)
        ));
    }
}

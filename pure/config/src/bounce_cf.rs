//! The texts of notices: built in, or from a `bounce_template_file`.
//!
//! A template that breaks the grammar is left out with a warning, and the built-in one stands for it: a slip in a
//! text must not keep the notices of failed mail back. Follows bounce(5).

use crate::catalogue;
use crate::configuration::Configuration;
use crate::expand;
use std::time::Duration;

/// Which notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Mail that was returned.
    Failure,
    /// Mail that waits.
    Delay,
    /// Mail that arrived, for a sender who asked to be told.
    Success,
    /// The report of `sendmail -bv`.
    Verify,
}

/// The header values and the text of one kind of notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The template's name in a file, `failure_template`.
    pub name: &'static str,
    /// The character set of the text.
    pub charset: String,
    /// The From: header.
    pub from: String,
    /// The Subject: header.
    pub subject: String,
    /// The Subject: header of the postmaster's copy, where it is another one.
    pub own_postmaster_subject: Option<String>,
    /// The text as written; one line each.
    pub body: Vec<String>,
    /// The text after expansion; empty before [`Templates::expanded`].
    pub text: Vec<String>,
}

/// The four kinds.
#[derive(Clone, Debug)]
pub struct Templates {
    all: [Template; 4],
    file: String,
    /// What the administrator should be told, in the wording of the log.
    pub warnings: Vec<String>,
}

/// What keeps a text from being expanded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A name that no parameter has.
    #[error("{file}: undefined $name in {kind} template: {line}")]
    Undefined {
        /// The file.
        file: String,
        /// `failure` and so on.
        kind: String,
        /// The line of the text.
        line: String,
    },
    /// An expression that cannot be evaluated.
    #[error("{file}: {kind} template: {line}: {cause}")]
    Expression {
        /// The file.
        file: String,
        /// `failure` and so on.
        kind: String,
        /// The line of the text.
        line: String,
        /// What is wrong with it.
        cause: String,
    },
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
    /// The built-in templates, with those of a file (its name and its text) in their place.
    pub fn read(file: Option<(&str, &str)>, is_from_obsolete: bool) -> Self {
        let from = if is_from_obsolete { FROM_OBSOLETE } else { FROM };
        let mut templates = Self {
            all: BUILT_IN.map(|(name, text)| Template::built_in(name, text, from)),
            file: file.map_or_else(String::new, |(name, _)| name.to_owned()),
            warnings: Vec::new(),
        };
        if let Some((_, text)) = file {
            templates.read_file(text);
        }
        templates
    }

    /// The same with `$name` expanded in the texts.
    ///
    /// # Errors
    /// A name that no parameter has, or an expression that cannot be evaluated.
    pub fn expanded(mut self, configuration: &Configuration) -> Result<Self, TemplateError> {
        for template in &mut self.all {
            template.text = template
                .body
                .iter()
                .map(|line| expand(line, configuration, &self.file, template.kind()))
                .collect::<Result<_, _>>()?;
        }
        Ok(self)
    }

    /// One of them.
    pub const fn get(&self, kind: Kind) -> &Template {
        let [failure, delay, success, verify] = &self.all;
        match kind {
            Kind::Failure => failure,
            Kind::Delay => delay,
            Kind::Success => success,
            Kind::Verify => verify,
        }
    }

    /// All four, in the order of bounce(5).
    pub const fn all(&self) -> &[Template; 4] {
        &self.all
    }

    fn read_file(&mut self, text: &str) {
        let mut lines = text.lines().enumerate();
        while let Some((index, line)) = lines.next() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let start = line
                .split_once('=')
                .and_then(|(name, rest)| Some((name.trim(), rest.trim().strip_prefix("<<")?.trim())))
                .filter(|(_, marker)| !marker.is_empty());
            let Some((name, marker)) = start else {
                let file = &self.file;
                self.warnings.push(format!(
                    "{file}, line {}: expected \"name_template = <<WORD\" -- ignoring this line",
                    index + 1
                ));
                continue;
            };
            let mut body = String::new();
            let mut last = index;
            let is_complete = lines.by_ref().any(|(index, line)| {
                last = index;
                if line != marker {
                    body.push_str(line);
                    body.push('\n');
                }
                line == marker
            });
            self.take(name, &body, is_complete.then_some(()).ok_or(marker), last + 1);
        }
    }

    /// Puts a template of the file into its place, if nothing is wrong with it.
    fn take(&mut self, name: &str, body: &str, end: Result<(), &str>, line: usize) {
        let file = &self.file;
        let Some(place) = self.all.iter_mut().find(|template| template.name == name) else {
            self.warnings.push(format!(
                "{file}, line {line}: unknown template name: {name} -- ignoring this template"
            ));
            return;
        };
        if let Err(marker) = end {
            self.warnings
                .push(format!("{file}, line {line}: missing \"{marker}\" end marker"));
            return;
        }
        match place.clone().with(body) {
            Ok(template) => *place = template,
            Err(what) => self.warnings.push(format!(
                "{file}: {what} in {} template -- ignoring this template",
                place.kind()
            )),
        }
    }
}

impl Template {
    /// `failure`, `delay`, `success` or `verify`.
    pub fn kind(&self) -> &'static str {
        self.name.strip_suffix("_template").unwrap_or(self.name)
    }

    /// The Subject: header of the postmaster's copy.
    pub fn postmaster_subject(&self) -> &str {
        self.own_postmaster_subject.as_deref().unwrap_or(&self.subject)
    }

    /// Header lines, a blank line and the text, as a template file has them.
    pub fn source(&self) -> String {
        let mut source = format!(
            "Charset: {}\nFrom: {}\nSubject: {}\n",
            self.charset, self.from, self.subject
        );
        if let Some(subject) = &self.own_postmaster_subject {
            source.push_str(&format!("Postmaster-Subject: {subject}\n"));
        }
        source.push('\n');
        for line in &self.body {
            source.push_str(line);
            source.push('\n');
        }
        source
    }

    fn built_in(name: &'static str, text: &str, from: &str) -> Self {
        let empty = Self {
            name,
            charset: String::new(),
            from: from.to_owned(),
            subject: String::new(),
            own_postmaster_subject: None,
            body: Vec::new(),
            text: Vec::new(),
        };
        // The built-in ones are right: a test reads each.
        empty.clone().with(text).unwrap_or(empty)
    }

    /// Reads headers and text over what is there.
    fn with(mut self, text: &str) -> Result<Self, String> {
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
            self.set(label, value.trim(), line)?;
            rest = after;
        }
        if !rest.is_ascii() && self.charset.eq_ignore_ascii_case("us-ascii") {
            return Err("8-bit text, and no Charset: that has it".to_owned());
        }
        self.body = rest.lines().map(str::to_owned).collect();
        Ok(self)
    }

    fn set(&mut self, label: &str, value: &str, line: &str) -> Result<(), String> {
        if value.is_empty() {
            return Err(format!("empty \"{label}\" header value"));
        }
        if !line.is_ascii() {
            return Err(format!("non-ASCII \"{label}\" header value"));
        }
        match label.to_ascii_lowercase().as_str() {
            "charset" => value.clone_into(&mut self.charset),
            "from" => value.clone_into(&mut self.from),
            "subject" => value.clone_into(&mut self.subject),
            "postmaster-subject" => self.own_postmaster_subject = Some(value.to_owned()),
            _ => return Err(format!("unknown \"{label}\" header label")),
        }
        Ok(())
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
fn expand(
    line: &str,
    configuration: &Configuration,
    file: &str,
    kind: &str,
) -> Result<String, TemplateError> {
    if !line.contains('$') {
        return Ok(line.to_owned());
    }
    let wrong = |cause: String| TemplateError::Expression {
        file: file.to_owned(),
        kind: kind.to_owned(),
        line: line.to_owned(),
        cause,
    };
    let mut text = line.to_owned();
    for parameter in [catalogue::DELAY_WARNING_TIME, catalogue::MAXIMAL_QUEUE_LIFETIME] {
        let (name, time) = (parameter.name(), configuration.get::<Duration, _>(parameter));
        let seconds = time.map_err(|error| wrong(error.to_string()))?.as_secs();
        for (unit, length) in UNITS {
            let value = (seconds / length).to_string();
            text = text
                .replace(&format!("${name}_{unit}"), &value)
                .replace(&format!("${{{name}_{unit}}}"), &value);
        }
    }
    let mut is_known = true;
    expand::for_each_name(&text, &mut |name| is_known &= configuration.raw(name).is_some());
    if !is_known {
        return Err(TemplateError::Undefined {
            file: file.to_owned(),
            kind: kind.to_owned(),
            line: line.to_owned(),
        });
    }
    configuration
        .expand(&text)
        .map(std::borrow::Cow::into_owned)
        .map_err(|error| wrong(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configuration() -> Configuration {
        Configuration::parse("myhostname = mx.test.example\ndelay_warning_time = 4h\n").unwrap()
    }

    fn read(file: &str) -> Templates {
        Templates::read(Some(("tpl", file)), true)
    }

    #[test]
    fn the_built_in_texts_name_the_host_and_the_times() {
        let templates = Templates::read(None, false).expanded(&configuration()).unwrap();
        let has = |kind, part: &str| templates.get(kind).text.iter().any(|line| line.contains(part));

        assert_eq!(
            templates.get(Kind::Failure).subject,
            "Undelivered Mail Returned to Sender"
        );
        assert!(has(Kind::Failure, "mx.test.example"));
        assert!(has(Kind::Delay, "4 hour(s)"));
        assert!(has(Kind::Delay, "5 day(s)"));
        assert!(has(Kind::Success, "mx.test.example"));
        assert!(has(Kind::Verify, "mx.test.example"));
    }

    #[test]
    fn a_file_replaces_only_what_it_gives() {
        let file = "# ours\nfailure_template = <<EOF\nSubject: No luck\n\nCosts $$5 at $myhostname.\nEOF\n";
        let templates = read(file).expanded(&configuration()).unwrap();
        let failure = templates.get(Kind::Failure);

        assert_eq!(failure.subject, "No luck");
        assert_eq!(failure.postmaster_subject(), "Postmaster Copy: Undelivered Mail");
        assert_eq!(failure.from, "MAILER-DAEMON (Mail Delivery System)");
        assert_eq!(failure.text, ["Costs $5 at mx.test.example."]);
        assert_eq!(
            templates.get(Kind::Delay).subject,
            "Delayed Mail (still being retried)"
        );
        assert_eq!(templates.warnings, [""; 0]);
    }

    #[test]
    fn a_template_that_is_wrong_is_left_out_with_a_warning() {
        let table = [
            (
                "x\n",
                "tpl, line 1: expected \"name_template = <<WORD\" -- ignoring this line",
            ),
            (
                "\nbad_template = <<EOF\nEOF\n",
                "tpl, line 3: unknown template name: bad_template -- ignoring this template",
            ),
            (
                "delay_template = <<EOF\nx\n",
                "tpl, line 2: missing \"EOF\" end marker",
            ),
            (
                "delay_template = <<EOF\nTo: x\n\nEOF\n",
                "tpl: unknown \"To\" header label in delay template -- ignoring this template",
            ),
            (
                "delay_template = <<EOF\n\n\u{e9}\nEOF\n",
                "tpl: 8-bit text, and no Charset: that has it in delay template -- ignoring this template",
            ),
        ];
        for (file, wanted) in table {
            let templates = read(file);
            assert_eq!(templates.warnings, [wanted], "{file}");
            assert_eq!(
                templates.get(Kind::Delay).subject,
                "Delayed Mail (still being retried)"
            );
        }
    }

    #[test]
    fn a_name_that_nobody_knows_is_an_error_when_the_text_is_expanded() {
        let file = "failure_template = <<EOF\n\nsee $nosuch\nEOF\n";
        let error = read(file).expanded(&configuration()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "tpl: undefined $name in failure template: see $nosuch"
        );
    }
}

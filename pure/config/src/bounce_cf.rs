//! The texts of notices: built in, or from a `bounce_template_file`.
//!
//! A template that breaks the grammar is left out with a complaint, and the built-in one stands for it: a slip in a
//! text must not keep the notices of failed mail back. A file that has no templates in it cannot be used at all.
//! Files are read elsewhere; here are their octets. Follows bounce(5).

use crate::catalogue;
use crate::configuration::Configuration;
use crate::error::ParameterError;
use crate::expand::{self, ExpandError, Rules};
use std::cell::RefCell;
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

/// The four kinds.
#[derive(Clone, Debug)]
pub struct Templates {
    all: [Template; 4],
}

/// The header values and the text of one kind of notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The template's name in a file, `failure_template`.
    pub name: &'static str,
    /// The character set of the text; after expansion, of what is sent.
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
    /// Times in the text whose unit does not suit them; none before [`Templates::expanded`].
    pub misfits: Vec<Misfit>,
    /// Whether the octets of the body were no UTF-8, and were read as ISO 8859-1.
    is_latin1: bool,
    /// Where the text is from, for complaints.
    file: String,
}

/// A template file.
pub struct File<'a> {
    /// Its name, for complaints.
    pub name: &'a str,
    /// What is in it.
    pub octets: &'a [u8],
    /// Told of each flaw.
    pub flawed: &'a dyn Fn(&Flaw),
}

/// What is wrong with one template of a file. The lines of the complaint are those of its `Display`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{fault}")]
pub struct Flaw {
    /// The file.
    pub file: String,
    /// What is wrong.
    pub fault: Fault,
}

/// What may be wrong with one template. `template` is `failure template` and so on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is no template of this name.
    #[error(", line {line}: unknown template name: {name} -- ignoring this template")]
    UnknownName {
        /// The last line of the template.
        line: usize,
        /// The name.
        name: String,
    },
    /// The file ends inside a template, which is taken as it is.
    #[error(", line {line}: missing \"{marker}\" end marker")]
    NoEnd {
        /// The last line of the file.
        line: usize,
        /// What the last line should have been.
        marker: String,
    },
    /// A header that notices do not take from templates.
    #[error(": unknown \"{label}\" header label in {template} -- ignoring this template")]
    UnknownHeader {
        /// The template.
        template: String,
        /// The header.
        label: String,
    },
    /// A header with nothing behind its colon.
    #[error(": empty \"{label}\" header value in {template} -- ignoring this template")]
    EmptyHeader {
        /// The template.
        template: String,
        /// The header.
        label: String,
    },
    /// A header that is not plain ASCII.
    #[error(": non-ASCII \"{label}\" header value in {template} -- ignoring this template")]
    ForeignHeader {
        /// The template.
        template: String,
        /// The header.
        label: String,
    },
    /// Headers only, or nothing at all.
    #[error(": missing message text in {template} -- ignoring this template")]
    NoText {
        /// The template.
        template: String,
    },
    /// A text that is not the ASCII it claims to be.
    #[error(
        ": 8-bit message text in {template}\nplease specify a charset value other than us-ascii\n\
         -- ignoring this template for now"
    )]
    NeedsCharset {
        /// The template.
        template: String,
    },
    /// A text that cannot be sent beside addresses and reasons in UTF-8.
    #[error(
        ": message text in {template} is neither in UTF-8 nor in ISO 8859-1, its charset value is {charset} \
         -- ignoring this template"
    )]
    ForeignText {
        /// The template.
        template: String,
        /// What it claims to be in.
        charset: String,
    },
}

/// A time that is less than one of the unit that a text asks for, or too many of them. The lines of the complaint are
/// those of its `Display`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{file}: {} in {template} conversion of parameter \"{name}\"\n\
     please {} time unit \"{unit}\" of \"{name}\" in {template}\n\
     for instructions see the bounce(5) manual",
    self.result(),
    self.remedy()
)]
pub struct Misfit {
    /// The file.
    pub file: String,
    /// `delay template`.
    pub template: String,
    /// `delay_warning_time_hours`.
    pub name: String,
    /// `hours`.
    pub unit: &'static str,
    /// How many of the unit.
    pub count: u64,
}

/// What is wrong with a template file as a whole, or with a text that must be expanded: nothing of it can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A line between templates that begins none.
    #[error("{file}, line {line}: missing '=' after attribute name: \"{text}\"")]
    NoEqualSign {
        /// The file.
        file: String,
        /// Its line.
        line: usize,
        /// What is in the line.
        text: String,
    },
    /// A line that begins with `=`.
    #[error("{file}, line {line}: missing attribute name: \"{text}\"")]
    NoName {
        /// The file.
        file: String,
        /// Its line.
        line: usize,
        /// What is in the line.
        text: String,
    },
    /// `<<` without the word that ends the template.
    #[error("{file}, line {line}: missing end marker after <<")]
    NoMarker {
        /// The file.
        file: String,
        /// Its line.
        line: usize,
    },
    /// A name that no parameter has.
    #[error("{file}: undefined $name in {template}: {line}")]
    Undefined {
        /// The file.
        file: String,
        /// `failure template` and so on.
        template: String,
        /// The line of the text.
        line: String,
    },
    /// A time in a unit that there is not.
    #[error("{file}: unrecognized suffix \"{suffix}\" in parameter \"{name}\"")]
    UnknownUnit {
        /// The file.
        file: String,
        /// The unit.
        suffix: String,
        /// The name with its suffix.
        name: String,
    },
    /// An expression that cannot be evaluated; the cause is worth a line of its own.
    #[error("{file}: bad $name syntax in {template}: {line}")]
    Expression {
        /// The file.
        file: String,
        /// `failure template` and so on.
        template: String,
        /// The line of the text.
        line: String,
        /// What is wrong with it.
        #[source]
        cause: ExpandError,
    },
    /// A parameter in the text has no usable value.
    #[error("{0}")]
    Parameter(ParameterError),
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
    /// The built-in templates, with those of a file in their place.
    ///
    /// # Errors
    /// A file that is no template file.
    pub fn read(file: Option<&File<'_>>, is_from_obsolete: bool) -> Result<Self, TemplateError> {
        let from = if is_from_obsolete { FROM_OBSOLETE } else { FROM };
        let mut all = BUILT_IN.map(|(name, text)| Template::built_in(name, text, from));
        if let Some(file) = file {
            let given = file.split()?;
            for stock in &mut all {
                // The last one of a name counts, even when it is the one with a flaw.
                let Some(own) = given.iter().rev().find(|own| own.name == stock.name) else {
                    continue;
                };
                match stock.replaced(file.name, &own.octets) {
                    Ok(template) => *stock = template,
                    Err(fault) => file.complain(fault),
                }
            }
        }
        Ok(Self { all })
    }

    /// The same with `$name` expanded in the texts, as they are sent: a text in ISO 8859-1 goes out in UTF-8.
    ///
    /// # Errors
    /// A name or unit that nobody knows, an expression that cannot be evaluated, or a parameter without usable value.
    pub fn expanded(mut self, configuration: &Configuration) -> Result<Self, TemplateError> {
        for template in &mut self.all {
            template.expand(configuration)?;
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
}

/// A template of a file: headers and text, not looked at yet.
struct Given {
    name: String,
    octets: Vec<u8>,
}

impl File<'_> {
    fn complain(&self, fault: Fault) {
        (self.flawed)(&Flaw {
            file: self.name.to_owned(),
            fault,
        });
    }

    fn split(&self) -> Result<Vec<Given>, TemplateError> {
        let mut found = Vec::new();
        let octets = self.octets.strip_suffix(b"\n").unwrap_or(self.octets);
        let mut lines = octets
            .split(|octet| *octet == b'\n')
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
            .zip(1..);
        while let Some((line, number)) = lines.next() {
            let text = String::from_utf8_lossy(line);
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let (name, value) = self.assignment(text, number)?;
            let mut last = number;
            let octets = match value.strip_prefix("<<").map(str::trim_start) {
                None => one_line(line),
                Some("") => {
                    let file = self.name.to_owned();
                    return Err(TemplateError::NoMarker { file, line: number });
                }
                Some(marker) => self.until(marker, &mut lines, &mut last),
            };
            if BUILT_IN.iter().any(|(known, _)| *known == name) {
                let name = name.to_owned();
                found.push(Given { name, octets });
            } else {
                let name = name.to_owned();
                self.complain(Fault::UnknownName { line: last, name });
            }
        }
        Ok(found)
    }

    /// Name and value of `name = value`; the name is one word.
    fn assignment<'t>(&self, text: &'t str, line: usize) -> Result<(&'t str, &'t str), TemplateError> {
        let (file, whole) = (self.name.to_owned(), text.to_owned());
        match text.split_once('=').map(|(name, value)| (name.trim_end(), value)) {
            Some(("", _)) => Err(TemplateError::NoName {
                file,
                line,
                text: whole,
            }),
            Some((name, value)) if !name.contains(char::is_whitespace) => Ok((name, value.trim_start())),
            _ => Err(TemplateError::NoEqualSign {
                file,
                line,
                text: whole,
            }),
        }
    }

    /// The lines up to the one that is the marker; the number of the last one read goes to `last`.
    fn until<'l>(
        &self,
        marker: &str,
        lines: &mut impl Iterator<Item = (&'l [u8], usize)>,
        last: &mut usize,
    ) -> Vec<u8> {
        let mut octets = Vec::new();
        for (line, number) in lines {
            *last = number;
            if line == marker.as_bytes() {
                return octets;
            }
            // Empty lines in front are no end of the headers.
            if !(octets.is_empty() && line.is_empty()) {
                octets.extend_from_slice(line);
                octets.push(b'\n');
            }
        }
        let marker = marker.to_owned();
        self.complain(Fault::NoEnd { line: *last, marker });
        octets
    }
}

/// The template that `name = text` makes.
fn one_line(line: &[u8]) -> Vec<u8> {
    let value = line.splitn(2, |octet| *octet == b'=').nth(1).unwrap_or_default();
    match value.trim_ascii() {
        [] => Vec::new(),
        text => [text, b"\n"].concat(),
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

    /// Header lines, a blank line and the text, in the octets a template file has; before expansion.
    pub fn source(&self) -> Vec<u8> {
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
        if self.is_latin1 {
            // Headers are ASCII, and each octet of the body became the character of its number.
            source
                .chars()
                .filter_map(|letter| u8::try_from(letter).ok())
                .collect()
        } else {
            source.into_bytes()
        }
    }

    /// `failure template`, as complaints have it.
    fn what(&self) -> String {
        self.name.replace('_', " ")
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
            misfits: Vec::new(),
            is_latin1: false,
            file: BUILT_IN_FILE.to_owned(),
        };
        // The built-in texts have no flaw; a test sees to that.
        empty.replaced(BUILT_IN_FILE, text.as_bytes()).unwrap_or(empty)
    }

    /// One with the headers of a given template over the values of this one, and the given text.
    fn replaced(&self, file: &str, octets: &[u8]) -> Result<Self, Fault> {
        let mut template = self.clone();
        file.clone_into(&mut template.file);
        let text = match std::str::from_utf8(octets) {
            Ok(text) => text.to_owned(),
            Err(_) => {
                template.is_latin1 = true;
                octets.iter().copied().map(char::from).collect()
            }
        };
        let mut rest = text.as_str();
        while let Some((line, after)) = rest.split_once('\n')
            && let Some((label, value)) = header(line)
        {
            template.set(label, value)?;
            rest = after;
        }
        while let Some((line, after)) = rest.split_once('\n')
            && line.trim_ascii().is_empty()
        {
            rest = after;
        }
        template.body = rest.lines().map(str::to_owned).collect();
        template.check()?;
        Ok(template)
    }

    fn set(&mut self, label: &str, value: &str) -> Result<(), Fault> {
        let (template, name) = (self.what(), label.to_owned());
        if value.is_empty() {
            return Err(Fault::EmptyHeader {
                template,
                label: name,
            });
        }
        if !value.is_ascii() || value.contains('\0') {
            return Err(Fault::ForeignHeader {
                template,
                label: name,
            });
        }
        match label.to_ascii_lowercase().as_str() {
            "charset" => value.clone_into(&mut self.charset),
            "from" => value.clone_into(&mut self.from),
            "subject" => value.clone_into(&mut self.subject),
            "postmaster-subject" => self.own_postmaster_subject = Some(value.to_owned()),
            _ => {
                return Err(Fault::UnknownHeader {
                    template,
                    label: name,
                });
            }
        }
        Ok(())
    }

    /// Whether there is a text, and one that can be sent.
    fn check(&self) -> Result<(), Fault> {
        let (template, charset) = (self.what(), &self.charset);
        let is_any_of = |names: &[&str]| names.iter().any(|name| charset.eq_ignore_ascii_case(name));
        if self.body.is_empty() {
            return Err(Fault::NoText { template });
        }
        if self.body.iter().all(|line| line.is_ascii()) {
            return Ok(());
        }
        if is_any_of(&["us-ascii"]) {
            return Err(Fault::NeedsCharset { template });
        }
        if self.is_latin1 && !is_any_of(&LATIN1) {
            let charset = charset.clone();
            return Err(Fault::ForeignText { template, charset });
        }
        Ok(())
    }

    fn expand(&mut self, configuration: &Configuration) -> Result<(), TemplateError> {
        let names = Names {
            configuration,
            is_utf8: configuration
                .get(catalogue::SMTPUTF8_ENABLE)
                .map_err(TemplateError::Parameter)?,
            template: self,
            misfits: RefCell::default(),
            error: RefCell::default(),
        };
        let text = self
            .body
            .iter()
            .map(|line| names.expand(line))
            .collect::<Result<_, _>>()?;
        let misfits = names.misfits.take();
        self.text = text;
        self.misfits = misfits;
        if self.is_latin1 {
            "utf-8".clone_into(&mut self.charset);
        }
        Ok(())
    }
}

/// Label and value of a header line.
fn header(line: &str) -> Option<(&str, &str)> {
    let (label, value) = line.split_once(':')?;
    let label = label.trim_end();
    let is_label = !label.is_empty() && label.bytes().all(|octet| octet.is_ascii_graphic());
    is_label.then(|| (label, value.trim()))
}

impl Misfit {
    fn result(&self) -> String {
        match self.count {
            0 => "zero result".to_owned(),
            count => format!("excessive result \"{count}\""),
        }
    }

    const fn remedy(&self) -> &'static str {
        match self.count {
            0 => "reduce",
            _ => "increase",
        }
    }
}

/// What stands for the name of a file in complaints about built-in texts.
const BUILT_IN_FILE: &str = "[built-in]";
const LATIN1: [&str; 2] = ["iso-8859-1", "latin1"];

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
/// The largest number that a reader takes in.
const LARGEST_COUNT: u64 = 999;

/// The names that a text may have: parameters, two times in a unit of choice, and the names of this host as people
/// read them.
struct Names<'a> {
    configuration: &'a Configuration,
    is_utf8: bool,
    template: &'a Template,
    misfits: RefCell<Vec<Misfit>>,
    /// Why a name has no value, where there is more to say than that nobody knows it.
    error: RefCell<Option<TemplateError>>,
}

impl Names<'_> {
    fn expand(&self, line: &str) -> Result<String, TemplateError> {
        let value = |name: &str| match self.value(name) {
            Ok(value) => value,
            Err(error) => {
                self.error.borrow_mut().get_or_insert(error);
                None
            }
        };
        let expanded = expand::expand(line, &value, Rules::default());
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let (file, template) = (self.template.file.clone(), self.template.what());
        match expanded {
            Ok(expanded) if !expanded.undefined => Ok(expanded.text.into_owned()),
            Ok(_) => Err(TemplateError::Undefined {
                file,
                template,
                line: line.to_owned(),
            }),
            Err(cause) => Err(TemplateError::Expression {
                file,
                template,
                line: line.to_owned(),
                cause,
            }),
        }
    }

    fn value(&self, name: &str) -> Result<Option<String>, TemplateError> {
        for parameter in [catalogue::DELAY_WARNING_TIME, catalogue::MAXIMAL_QUEUE_LIFETIME] {
            let suffix = name.strip_prefix(parameter.name());
            if let Some(suffix) = suffix.and_then(|suffix| suffix.strip_prefix('_')) {
                let time: Duration = self
                    .configuration
                    .get(parameter)
                    .map_err(TemplateError::Parameter)?;
                return self.in_unit(name, suffix, time).map(Some);
            }
        }
        let value = self
            .configuration
            .expanded(name)
            .map_err(TemplateError::Parameter)?;
        let is_host = [catalogue::MYHOSTNAME.name(), catalogue::MYDOMAIN.name()].contains(&name);
        Ok(value.map(|value| {
            if is_host && self.is_utf8 {
                readable(value)
            } else {
                value
            }
        }))
    }

    fn in_unit(&self, name: &str, suffix: &str, time: Duration) -> Result<String, TemplateError> {
        let file = self.template.file.clone();
        let Some((unit, length)) = UNITS.iter().find(|(unit, _)| *unit == suffix) else {
            return Err(TemplateError::UnknownUnit {
                file,
                suffix: suffix.to_owned(),
                name: name.to_owned(),
            });
        };
        let count = time.as_secs() / length;
        // A time of nothing is nothing in each unit.
        if (count == 0 && !time.is_zero()) || count > LARGEST_COUNT {
            self.misfits.borrow_mut().push(Misfit {
                file,
                template: self.template.what(),
                name: name.to_owned(),
                unit,
                count,
            });
        }
        Ok(count.to_string())
    }
}

/// A host name with its international labels in letters; one that cannot be shown so stays as it is.
fn readable(host: String) -> String {
    let is_encoded = |label: &str| {
        label
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
    };
    if !host.split('.').any(is_encoded) {
        return host;
    }
    match idna::domain_to_unicode(&host) {
        (letters, Ok(())) => letters,
        (_, Err(_)) => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configuration() -> Configuration {
        Configuration::parse("myhostname = mx.test.example\ndelay_warning_time = 4h\n").unwrap()
    }

    fn read(octets: impl AsRef<[u8]>) -> (Result<Templates, TemplateError>, Vec<String>) {
        let complaints = RefCell::new(Vec::new());
        let file = File {
            name: "tpl",
            octets: octets.as_ref(),
            flawed: &|flaw| complaints.borrow_mut().push(flaw.to_string()),
        };
        let templates = Templates::read(Some(&file), true);
        (templates, complaints.take())
    }

    fn failure_of(text: &str) -> Template {
        let (templates, complaints) = read(text);
        assert_eq!(complaints, [""; 0], "{text}");
        let templates = templates.unwrap().expanded(&configuration()).unwrap();
        templates.get(Kind::Failure).clone()
    }

    #[test]
    fn the_built_in_texts_name_the_host_and_the_times() {
        let templates = Templates::read(None, false)
            .unwrap()
            .expanded(&configuration())
            .unwrap();
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
    fn the_built_in_texts_have_no_flaw() {
        for template in Templates::read(None, false).unwrap().all() {
            assert_eq!(template.check(), Ok(()), "{}", template.name);
            assert!(!template.subject.is_empty(), "{}", template.name);
        }
    }

    #[test]
    fn a_file_replaces_only_what_it_gives() {
        let text =
            "  # ours\nfailure_template = <<EOF\nSubject : No luck\n\nCosts $$5 at $myhostname.\nEOF\n";
        let (templates, complaints) = read(text);
        let templates = templates.unwrap().expanded(&configuration()).unwrap();
        let failure = templates.get(Kind::Failure);

        assert_eq!(failure.subject, "No luck");
        assert_eq!(failure.postmaster_subject(), "Postmaster Copy: Undelivered Mail");
        assert_eq!(failure.from, "MAILER-DAEMON (Mail Delivery System)");
        assert_eq!(failure.text, ["Costs $5 at mx.test.example."]);
        assert_eq!(
            templates.get(Kind::Delay).subject,
            "Delayed Mail (still being retried)"
        );
        assert_eq!(complaints, [""; 0]);
    }

    #[test]
    fn a_template_that_is_wrong_is_left_out_with_a_warning() {
        let table = [
            (
                "To: x\n\ny\n",
                ": unknown \"To\" header label in failure template -- ignoring this template",
            ),
            (
                "To:\n\ny\n",
                ": empty \"To\" header value in failure template -- ignoring this template",
            ),
            (
                "To: \u{e9}\n\ny\n",
                ": non-ASCII \"To\" header value in failure template -- ignoring this template",
            ),
            (
                "Subject: y\n\n\u{e9}\n",
                ": 8-bit message text in failure template\n\
                 please specify a charset value other than us-ascii\n-- ignoring this template for now",
            ),
            (
                "Subject: y\n\n \n",
                ": missing message text in failure template -- ignoring this template",
            ),
        ];
        for (text, wanted) in table {
            let (templates, complaints) = read(format!("failure_template = <<EOF\n{text}EOF\n"));
            assert_eq!(complaints, [format!("tpl{wanted}")], "{text}");
            assert_eq!(
                templates.unwrap().get(Kind::Failure).subject,
                "Undelivered Mail Returned to Sender"
            );
        }
        let (_, complaints) = read("bad_template = <<EOF\nx\nEOF\n");
        assert_eq!(
            complaints,
            ["tpl, line 3: unknown template name: bad_template -- ignoring this template"]
        );
    }

    #[test]
    fn the_last_template_of_a_name_counts_even_with_a_flaw() {
        let (templates, complaints) =
            read("failure_template = own\nfailure_template = <<EOF\nTo: x\n\ny\nEOF\n");

        assert_eq!(complaints.len(), 1);
        assert_ne!(templates.unwrap().get(Kind::Failure).body, ["own"]);
    }

    #[test]
    fn empty_lines_before_headers_and_before_the_text_mean_nothing() {
        let template = |text: &str| failure_of(&format!("failure_template = <<EOF\n{text}EOF\n"));

        assert_eq!(template("\n\nSubject: x\n \n\n  y\n\nz\n\n").subject, "x");
        assert_eq!(
            template("\n\nSubject: x\n \n\n  y\n\nz\n\n").text,
            ["  y", "", "z", ""]
        );
        assert_eq!(template("Subject: x\n\nFrom: y\n").text, ["From: y"]);
        assert_eq!(template("   \nSubject: x\n").text, ["Subject: x"]);
        assert_eq!(template("Sub ject: x\n").text, ["Sub ject: x"]);
        assert_eq!(template(": x\n").text, [": x"]);
        assert_eq!(failure_of("failure_template =  one line \n").text, ["one line"]);
        assert_eq!(failure_of("failure_template = <<EOF\r\nx\r\nEOF\r\n").text, ["x"]);
    }

    #[test]
    fn a_template_without_its_end_marker_goes_on_to_the_end_of_the_file() {
        let (templates, complaints) = read("failure_template = <<EOF\nSubject: x\n\nnot ended\n");

        assert_eq!(complaints, ["tpl, line 4: missing \"EOF\" end marker"]);
        assert_eq!(templates.unwrap().get(Kind::Failure).body, ["not ended"]);
    }

    #[test]
    fn a_text_in_iso_8859_1_goes_out_in_utf_8_and_other_encodings_give_way() {
        let text = |charset: &str| {
            let start = format!("failure_template = <<EOF\nCharset: {charset}\n\n");
            [start.as_bytes(), b"\xe9\nEOF\n"].concat()
        };

        let (templates, _) = read(text("ISO-8859-1"));
        let templates = templates.unwrap();
        let source = templates.get(Kind::Failure).source();
        assert!(source.starts_with(b"Charset: ISO-8859-1\n") && source.ends_with(b"\n\n\xe9\n"));
        let templates = templates.expanded(&configuration()).unwrap();
        assert_eq!(templates.get(Kind::Failure).charset, "utf-8");
        assert_eq!(templates.get(Kind::Failure).text, ["\u{e9}"]);

        let (templates, complaints) = read(text("koi8-r"));
        assert_eq!(templates.unwrap().get(Kind::Failure).charset, "us-ascii");
        assert_eq!(
            complaints,
            [
                "tpl: message text in failure template is neither in UTF-8 nor in ISO 8859-1, its charset value is \
                 koi8-r -- ignoring this template"
            ]
        );
    }

    #[test]
    fn what_makes_a_file_or_a_text_useless_is_said() {
        let said = |text: &str| {
            let templates = read(text).0.and_then(|it| it.expanded(&configuration()));
            templates.unwrap_err().to_string()
        };
        let table = [
            ("x\n", "tpl, line 1: missing '=' after attribute name: \"x\""),
            (
                "a b = x\n",
                "tpl, line 1: missing '=' after attribute name: \"a b = x\"",
            ),
            ("= <<x\n", "tpl, line 1: missing attribute name: \"= <<x\""),
            (
                "\nfailure_template = <<\n",
                "tpl, line 2: missing end marker after <<",
            ),
            (
                "failure_template = <<EOF\n\n$nosuch\nEOF\n",
                "tpl: undefined $name in failure template: $nosuch",
            ),
            (
                "failure_template = <<EOF\n\n$(\nEOF\n",
                "tpl: bad $name syntax in failure template: $(",
            ),
            (
                "failure_template = <<EOF\n\n$delay_warning_time_years\nEOF\n",
                "tpl: unrecognized suffix \"years\" in parameter \"delay_warning_time_years\"",
            ),
        ];
        for (text, wanted) in table {
            assert_eq!(said(text), wanted);
        }
    }

    #[test]
    fn host_names_are_shown_as_people_read_them_and_times_in_the_unit_of_choice() {
        let configuration = Configuration::parse(
            "myhostname = xn--bcher-kva.example\nsmtputf8_enable = yes\ndelay_warning_time = 1000s\n",
        )
        .unwrap();
        let text = "$myhostname ${delay_warning_time_minutes} $maximal_queue_lifetime_weeks $delay_warning_time\n\
                    $delay_warning_time_seconds\n";
        let (templates, _) = read(format!("delay_template = <<EOF\n\n{text}EOF\n"));
        let templates = templates.unwrap().expanded(&configuration).unwrap();

        let delay = templates.get(Kind::Delay);
        assert_eq!(delay.text, ["b\u{fc}cher.example 16 0 1000s", "1000"]);
        let complaints: Vec<String> = delay.misfits.iter().map(ToString::to_string).collect();
        assert_eq!(
            complaints,
            [
                "tpl: zero result in delay template conversion of parameter \"maximal_queue_lifetime_weeks\"\n\
                 please reduce time unit \"weeks\" of \"maximal_queue_lifetime_weeks\" in delay template\n\
                 for instructions see the bounce(5) manual",
                "tpl: excessive result \"1000\" in delay template conversion of parameter \
                 \"delay_warning_time_seconds\"\n\
                 please increase time unit \"seconds\" of \"delay_warning_time_seconds\" in delay template\n\
                 for instructions see the bounce(5) manual",
            ]
        );
    }
}

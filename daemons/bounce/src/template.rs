//! The texts of notices: built in, or from `bounce_template_file` (bounce(5)).

use config::expand::{ExpandError, Rules};
use config::{Configuration, catalogue};
use std::cell::RefCell;
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
    /// Times in the text that are less than one of their unit, to be complained of when the template is first used.
    pub(crate) zeros: RefCell<Vec<Zero>>,
}

/// A time that is zero in the unit that a text asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Zero {
    pub(crate) file: String,
    /// `delay template`.
    pub(crate) template: String,
    /// `delay_warning_time_hours`.
    pub(crate) name: String,
    /// `hours`.
    pub(crate) unit: &'static str,
}

/// The four kinds.
#[derive(Clone, Debug)]
pub(crate) struct Templates {
    failure: Template,
    delay: Template,
    success: Template,
    verify: Template,
}

/// What is wrong with a template file as a whole: none of it can be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TemplateError {
    #[error("open {0}: {1}")]
    Open(String, String),
    #[error("{0}, line {1}: missing '=' after attribute name: \"{2}\"")]
    NoEqualSign(String, usize, String),
    #[error("{0}, line {1}: missing end marker after <<")]
    NoMarker(String, usize),
    #[error("{0}: undefined $name in {1}: {2}")]
    Undefined(String, String, String),
    #[error("{0}: bad $name syntax in {1}: {2}: {3}")]
    Expression(String, String, String, String),
}

/// What is wrong with one template: the built-in one is used in its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Flaw {
    #[error(", line {0}: unknown template name: {1} -- ignoring this template")]
    UnknownName(usize, String),
    #[error(", line {0}: missing \"{1}\" end marker")]
    NoEnd(usize, String),
    #[error(": unknown \"{1}\" header label in {0} -- ignoring this template")]
    UnknownHeader(String, String),
    #[error(": empty \"{1}\" header value in {0} -- ignoring this template")]
    EmptyHeader(String, String),
    #[error(": non-ASCII \"{1}\" header value in {0} -- ignoring this template")]
    ForeignHeader(String, String),
    #[error(": missing message text in {0} -- ignoring this template")]
    NoText(String),
    #[error(
        ": 8-bit message text in {0}; please specify a charset value other than us-ascii -- ignoring this template"
    )]
    NeedsCharset(String),
    #[error(": message text in {0} is not in UTF-8, and {1} is not known here -- ignoring this template")]
    ForeignText(String, String),
}

/// A template file, and what there is to say of it.
pub(crate) struct File<'a> {
    pub(crate) name: &'a str,
    pub(crate) text: &'a str,
    /// The text was read as ISO 8859-1, for it is no UTF-8.
    pub(crate) is_latin1: bool,
    /// Told of each flaw.
    pub(crate) flawed: &'a dyn Fn(&Flaw),
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
    /// A file that is no template file, or a text with names that nobody knows.
    pub(crate) fn new(
        file: Option<&File<'_>>,
        is_from_obsolete: bool,
        configuration: &Configuration,
    ) -> Result<Self, TemplateError> {
        let given = file.map(split_file).transpose()?.unwrap_or_default();
        let names = Names::new(configuration);
        let from = if is_from_obsolete { FROM_OBSOLETE } else { FROM };
        let make = |index: usize| {
            let (name, built_in) = BUILT_IN.get(index).copied().unwrap_or(("", ""));
            let what = name.replace('_', " ");
            // The built-in texts have no flaw; a test sees to that.
            let stock =
                Draft::parse(&what, built_in, Draft::from(from)).unwrap_or_else(|_| Draft::from(from));
            let own = given.iter().rev().find(|(known, _)| known == name);
            let (Some((_, text)), Some(file)) = (own, file) else {
                return stock.expand(BUILT_IN_FILE, &what, &names);
            };
            let draft = Draft::parse(&what, text, stock.without_text())
                .and_then(|draft| draft.in_utf8(&what, file.is_latin1));
            match draft {
                Ok(draft) => draft.expand(file.name, &what, &names),
                Err(flaw) => {
                    (file.flawed)(&flaw);
                    stock.expand(BUILT_IN_FILE, &what, &names)
                }
            }
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
fn split_file(file: &File<'_>) -> Result<Vec<(String, String)>, TemplateError> {
    let mut found = Vec::new();
    let mut lines = file.text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let number = index + 1;
        let (name, rest) = line.split_once('=').ok_or_else(|| {
            TemplateError::NoEqualSign(file.name.to_owned(), number, line.trim().to_owned())
        })?;
        let (name, marker) = (
            name.trim(),
            rest.trim().strip_prefix("<<").unwrap_or_default().trim(),
        );
        if marker.is_empty() {
            return Err(TemplateError::NoMarker(file.name.to_owned(), number));
        }
        let mut body = String::new();
        let mut last = number;
        let ended = loop {
            match lines.next() {
                None => break false,
                Some((_, line)) if line == marker => break true,
                Some((index, line)) => {
                    last = index + 1;
                    body.push_str(line);
                    body.push('\n');
                }
            }
        };
        if !ended {
            (file.flawed)(&Flaw::NoEnd(last, marker.to_owned()));
        }
        if BUILT_IN.iter().any(|(known, _)| *known == name) {
            found.push((name.to_owned(), body));
        } else {
            (file.flawed)(&Flaw::UnknownName(number, name.to_owned()));
        }
    }
    Ok(found)
}

/// A template before its names are expanded.
#[derive(Clone)]
struct Draft {
    template: Template,
    text: String,
}

impl Draft {
    fn from(from: &str) -> Self {
        let none = String::new;
        Self {
            template: Template {
                charset: none(),
                from: from.to_owned(),
                subject: none(),
                postmaster_subject: none(),
                text: Vec::new(),
                zeros: RefCell::default(),
            },
            text: none(),
        }
    }

    fn without_text(&self) -> Self {
        Self {
            template: self.template.clone(),
            text: String::new(),
        }
    }

    /// Reads headers over the values of `base`, and the text after them.
    fn parse(what: &str, text: &str, base: Self) -> Result<Self, Flaw> {
        let mut draft = base;
        draft.text = draft.headers(what, text)?.to_owned();
        if draft.text.is_empty() {
            return Err(Flaw::NoText(what.to_owned()));
        }
        if !draft.text.is_ascii() && draft.template.charset.eq_ignore_ascii_case("us-ascii") {
            return Err(Flaw::NeedsCharset(what.to_owned()));
        }
        Ok(draft)
    }

    /// A text that was in ISO 8859-1 goes out in UTF-8, as what is beside it.
    fn in_utf8(mut self, what: &str, is_latin1: bool) -> Result<Self, Flaw> {
        if is_latin1 && !self.text.is_ascii() {
            let charset = &mut self.template.charset;
            if !LATIN1.iter().any(|name| charset.eq_ignore_ascii_case(name)) {
                return Err(Flaw::ForeignText(what.to_owned(), charset.clone()));
            }
            "utf-8".clone_into(charset);
        }
        Ok(self)
    }

    /// Reads the headers; hands back the text after them.
    fn headers<'t>(&mut self, what: &str, text: &'t str) -> Result<&'t str, Flaw> {
        let template = &mut self.template;
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
            let place = match label.to_ascii_lowercase().as_str() {
                "charset" => &mut template.charset,
                "from" => &mut template.from,
                "subject" => &mut template.subject,
                "postmaster-subject" => &mut template.postmaster_subject,
                _ => return Err(Flaw::UnknownHeader(what.to_owned(), label.to_owned())),
            };
            let value = value.trim();
            if value.is_empty() {
                return Err(Flaw::EmptyHeader(what.to_owned(), label.to_owned()));
            }
            if !value.is_ascii() || value.contains('\0') {
                return Err(Flaw::ForeignHeader(what.to_owned(), label.to_owned()));
            }
            value.clone_into(place);
            rest = after;
        }
        if template.postmaster_subject.is_empty() {
            template.postmaster_subject = template.subject.clone();
        }
        Ok(rest)
    }

    fn expand(self, file: &str, what: &str, names: &Names<'_>) -> Result<Template, TemplateError> {
        let mut template = self.template;
        template.text = self
            .text
            .lines()
            .map(|line| match names.expand(line) {
                Ok(Some(text)) => Ok(text),
                Ok(None) => Err(TemplateError::Undefined(
                    file.to_owned(),
                    what.to_owned(),
                    line.to_owned(),
                )),
                Err(cause) => {
                    let (file, what, line) = (file.to_owned(), what.to_owned(), line.to_owned());
                    Err(TemplateError::Expression(file, what, line, cause.to_string()))
                }
            })
            .collect::<Result<_, _>>()?;
        template.zeros = RefCell::new(
            names
                .zeros
                .take()
                .into_iter()
                .map(|(name, unit)| Zero {
                    file: file.to_owned(),
                    template: what.to_owned(),
                    name,
                    unit,
                })
                .collect(),
        );
        Ok(template)
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

/// The names that a text may have: parameters, two times in a unit of choice, and the names of this host as people
/// read them.
struct Names<'a> {
    configuration: &'a Configuration,
    is_utf8: bool,
    /// Names that came out as zero, with their units.
    zeros: RefCell<Vec<(String, &'static str)>>,
}

impl<'a> Names<'a> {
    fn new(configuration: &'a Configuration) -> Self {
        Self {
            configuration,
            is_utf8: configuration.get(catalogue::SMTPUTF8_ENABLE).unwrap_or(false),
            zeros: RefCell::default(),
        }
    }

    /// `None` when a name in the line is unknown.
    fn expand(&self, line: &str) -> Result<Option<String>, ExpandError> {
        let value = |name: &str| self.value(name);
        let expanded = config::expand::expand(line, &value, Rules::default())?;
        Ok((!expanded.undefined).then(|| expanded.text.into_owned()))
    }

    fn value(&self, name: &str) -> Option<String> {
        for parameter in [catalogue::DELAY_WARNING_TIME, catalogue::MAXIMAL_QUEUE_LIFETIME] {
            let Some(suffix) = name.strip_prefix(parameter.name()) else {
                continue;
            };
            let unit = suffix.strip_prefix('_').unwrap_or_default();
            if let Some((unit, length)) = UNITS.iter().find(|(known, _)| *known == unit) {
                let time: Duration = self.configuration.get(parameter).ok()?;
                let count = time.as_secs() / length;
                if count == 0 {
                    self.zeros.borrow_mut().push((name.to_owned(), unit));
                }
                return Some(count.to_string());
            }
        }
        let value = self.configuration.expanded(name).ok()??;
        let is_host = [catalogue::MYHOSTNAME.name(), catalogue::MYDOMAIN.name()].contains(&name);
        if is_host && self.is_utf8 {
            return Some(
                mail::domain::to_utf8(&value).map_or_else(|_| value.clone(), |name| name.into_owned()),
            );
        }
        Some(value)
    }
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

    fn read(text: &str) -> (Result<Templates, TemplateError>, Vec<Flaw>) {
        let flaws = std::cell::RefCell::new(Vec::new());
        let file = File {
            name: "t",
            text,
            is_latin1: false,
            flawed: &|flaw| flaws.borrow_mut().push(flaw.clone()),
        };
        let templates = Templates::new(Some(&file), true, &configuration());
        (templates, flaws.take())
    }

    #[test]
    fn the_built_in_texts_have_no_flaw() {
        for (name, text) in BUILT_IN {
            assert!(Draft::parse(name, text, Draft::from(FROM)).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_file_replaces_only_what_it_gives() {
        let text = "# ours\nfailure_template = <<EOF\nSubject: No luck\n\nCosts $$5 at $myhostname.\nEOF\n";
        let (templates, flaws) = read(text);
        let templates = templates.unwrap();
        let failure = templates.get(Kind::Failure);
        assert_eq!(failure.subject, "No luck");
        assert_eq!(failure.postmaster_subject, "Postmaster Copy: Undelivered Mail");
        assert_eq!(failure.from, "MAILER-DAEMON (Mail Delivery System)");
        assert_eq!(failure.text, ["Costs $5 at mx.test.example."]);
        assert_eq!(
            templates.get(Kind::Delay).subject,
            "Delayed Mail (still being retried)"
        );
        assert_eq!(flaws, []);
    }

    #[test]
    fn a_flawed_template_gives_way_to_the_built_in_one() {
        let what = || "failure template".to_owned();
        for (text, flaw) in [
            ("To: x\n\ny\n", Flaw::UnknownHeader(what(), "To".into())),
            ("Subject:\n\ny\n", Flaw::EmptyHeader(what(), "Subject".into())),
            (
                "Subject: \u{e9}\n\ny\n",
                Flaw::ForeignHeader(what(), "Subject".into()),
            ),
            ("Subject: y\n\n\u{e9}\n", Flaw::NeedsCharset(what())),
            ("Subject: y\n", Flaw::NoText(what())),
        ] {
            let (templates, flaws) = read(&format!("failure_template = <<EOF\n{text}EOF\n"));
            assert_eq!(flaws, [flaw]);
            let templates = templates.unwrap();
            assert_eq!(
                templates.get(Kind::Failure).subject,
                "Undelivered Mail Returned to Sender"
            );
        }
        let (_, flaws) = read("bad_template = <<EOF\nx\nEOF\n");
        assert_eq!(flaws, [Flaw::UnknownName(1, "bad_template".into())]);
    }

    #[test]
    fn a_text_in_iso_8859_1_goes_out_in_utf_8_and_other_encodings_give_way() {
        let charset_of = |charset: &str| {
            let text = format!("failure_template = <<EOF\nCharset: {charset}\n\n\u{e9}\nEOF\n");
            let file = File {
                name: "t",
                text: &text,
                is_latin1: true,
                flawed: &|_| {},
            };
            let templates = Templates::new(Some(&file), true, &configuration()).unwrap();
            templates.get(Kind::Failure).charset.clone()
        };
        assert_eq!(charset_of("ISO-8859-1"), "utf-8");
        assert_eq!(charset_of("koi8-r"), "us-ascii");
    }

    #[test]
    fn a_template_without_its_end_marker_goes_on_to_the_end_of_the_file() {
        let (templates, flaws) = read("failure_template = <<EOF\nSubject: x\n\nnot ended\n");

        assert_eq!(flaws, [Flaw::NoEnd(4, "EOF".into())]);
        assert_eq!(templates.unwrap().get(Kind::Failure).text, ["not ended"]);
    }

    #[test]
    fn what_makes_a_file_useless_is_said() {
        let said = |text: &str| read(text).0.unwrap_err().to_string();
        assert_eq!(said("x\n"), "t, line 1: missing '=' after attribute name: \"x\"");
        assert_eq!(
            said("\nfailure_template = <<\n"),
            "t, line 2: missing end marker after <<"
        );
        assert_eq!(
            said("failure_template = <<EOF\n\n$nosuch\nEOF\n"),
            "t: undefined $name in failure template: $nosuch"
        );
        assert!(
            said("failure_template = <<EOF\n\n$(\nEOF\n")
                .starts_with("t: bad $name syntax in failure template")
        );
    }

    #[test]
    fn host_names_are_shown_as_people_read_them_and_times_in_the_unit_of_choice() {
        let configuration = Configuration::parse(
            "myhostname = xn--bcher-kva.example\nsmtputf8_enable = yes\ndelay_warning_time = 2h\n",
        )
        .unwrap();
        let names = Names::new(&configuration);
        assert_eq!(
            names.expand("$myhostname ${delay_warning_time_minutes} $maximal_queue_lifetime_weeks"),
            Ok(Some("b\u{fc}cher.example 120 0".to_owned()))
        );
        assert_eq!(
            names.zeros.take(),
            [("maximal_queue_lifetime_weeks".to_owned(), "weeks")]
        );
        assert_eq!(names.expand("$delay_warning_time_years"), Ok(None));
    }
}

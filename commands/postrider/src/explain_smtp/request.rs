//! The command line of `explain smtp`.

use std::net::IpAddr;
use std::path::PathBuf;

use contract::explain_smtp::{Question, RECIPIENT_LIMIT};

use super::ExplainError;

/// How the command is called.
pub(crate) const USAGE: &str = "\
usage: postrider explain smtp --client ADDRESS --helo NAME --from SENDER --to RECIPIENT [--to RECIPIENT ...]
           [--name NAME] [--reverse-name NAME] [--port PORT] [--sasl USER] [--size OCTETS]
           [--service NAME] [--ask-policy] [--json] [-c CONFIG_DIRECTORY]

  --client        the client's address
  --name          its verified name, `unknown` for none; without it and --reverse-name the DNS is asked
  --reverse-name  the name of its address, verified or not; default: as --name
  --port          its port (default 40000)
  --helo          what it says in EHLO
  --from, --to    the envelope; --from '' is the null sender
  --sasl          who has logged in
  --size          the size announced in MAIL FROM
  --service       the smtpd line of master.cf, by its first column (default: the first one)
  --ask-policy    ask policy servers too; they may remember it
  --json          one JSON object instead of text";

/// What is asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) question: Question,
    pub(crate) service: Option<String>,
    pub(crate) directory: Option<PathBuf>,
    pub(crate) json: bool,
}

const DEFAULT_PORT: u16 = 40_000;

impl Request {
    /// Reads the words after `explain smtp`.
    pub(crate) fn parse(words: &[String]) -> Result<Self, ExplainError> {
        let mut request = Self::default();
        request.question.port = DEFAULT_PORT;
        let mut given = Vec::new();
        let mut recipients = Vec::new();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let (name, joined) = match word.split_once('=').filter(|_| word.starts_with("--")) {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (word.as_str(), None),
            };
            match (name, &joined) {
                ("--json", None) => {
                    request.json = true;
                    continue;
                }
                ("--ask-policy", None) => {
                    request.question.asks_policy = true;
                    continue;
                }
                _ => {}
            }
            let value = match joined {
                Some(value) => value,
                None => words
                    .next()
                    .ok_or_else(|| usage(format!("{name} needs a value")))?
                    .clone(),
            };
            if value.chars().any(char::is_control) {
                return Err(usage(format!("{name}: control character in value")));
            }
            if name == "--to" {
                recipients.push(without_brackets(&value));
            } else {
                request.set(name, value)?;
            }
            given.push(name.to_owned());
        }
        for needed in ["--client", "--helo", "--from", "--to"] {
            if !given.iter().any(|name| name == needed) {
                return Err(usage(format!("{needed} is missing")));
            }
        }
        if recipients.len() > RECIPIENT_LIMIT {
            return Err(usage(format!("more than {RECIPIENT_LIMIT} recipients")));
        }
        request.question.recipients = recipients.join("\n");
        Ok(request)
    }

    fn set(&mut self, name: &str, value: String) -> Result<(), ExplainError> {
        let question = &mut self.question;
        match name {
            "--client" => {
                let address: IpAddr = value
                    .parse()
                    .map_err(|_| usage(format!("--client: not an IP address: {value}")))?;
                question.client = address.to_string();
            }
            "--name" => question.name = Some(value),
            "--reverse-name" => question.reverse_name = Some(value),
            "--port" => {
                question.port = value
                    .parse()
                    .map_err(|_| usage(format!("--port: not a port: {value}")))?;
            }
            "--helo" => question.helo = value,
            "--from" => question.sender = without_brackets(&value),
            "--sasl" => question.login = Some(value),
            "--size" => {
                if value.is_empty() || !value.bytes().all(|octet| octet.is_ascii_digit()) {
                    return Err(usage(format!("--size: not a number: {value}")));
                }
                question.size = Some(value);
            }
            "--service" => self.service = Some(value),
            "-c" => self.directory = Some(value.into()),
            _ => return Err(usage(format!("unknown option: {name}"))),
        }
        Ok(())
    }
}

fn usage(text: String) -> ExplainError {
    ExplainError::Usage(text)
}

fn without_brackets(address: &str) -> String {
    address
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
        .unwrap_or(address)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Request, String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Request::parse(&words).map_err(|error| error.to_string())
    }

    const WHOLE: [&str; 8] = [
        "--client",
        "192.0.2.1",
        "--helo=client.example",
        "--from",
        "<>",
        "--to",
        "<a@b>",
        "--to=c@d",
    ];

    #[test]
    fn addresses_lose_their_brackets_and_recipients_gather() {
        let request = parse(&WHOLE).unwrap();

        let question = request.question;
        assert_eq!((question.client.as_str(), question.port), ("192.0.2.1", 40_000));
        assert_eq!(
            (question.helo.as_str(), question.sender.as_str()),
            ("client.example", "")
        );
        assert_eq!(question.recipients, "a@b\nc@d");
        assert!(!question.asks_policy && !request.json);
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        for (words, expected) in [
            (&["--client", "192.0.2.1"][..], "--helo is missing"),
            (
                &["--client", "mx.example"],
                "--client: not an IP address: mx.example",
            ),
            (&["--port"], "--port needs a value"),
            (&["--size", "1k"], "--size: not a number: 1k"),
            (&["--weather", "rain"], "unknown option: --weather"),
            (&["--from", "a\r\nDATA"], "--from: control character in value"),
        ] {
            assert_eq!(parse(words), Err(expected.to_owned()));
        }
    }
}

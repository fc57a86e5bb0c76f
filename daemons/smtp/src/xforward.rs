//! XFORWARD: the origin of a message, told to a server behind which there is a filter of ours (XFORWARD_README).

use contract::deliver::Envelope;
use esmtp::extension::Features;

/// The commands, without line ends; each with what the server takes and we know, none when there is nothing to tell.
pub(crate) fn commands(envelope: &Envelope, features: &Features) -> Vec<(&'static str, String)> {
    let address = match envelope.client_address.as_str() {
        plain if plain.contains(':') && !starts_with_tag(plain) => format!("IPV6:{plain}"),
        other => other.to_owned(),
    };
    let origin = [
        ("NAME", known(&envelope.client_name)),
        ("ADDR", known(&address)),
        ("PORT", known(&envelope.client_port)),
    ];
    let source = match envelope.rewrite_context.as_str() {
        "" => None,
        "local" => Some("LOCAL"),
        _ => Some("REMOTE"),
    };
    let session = [
        ("PROTO", known(&envelope.protocol_name)),
        ("HELO", available(&envelope.helo_name)),
        ("IDENT", available(&envelope.log_ident)),
        ("SOURCE", source),
    ];
    let first = command(&origin, features).map(|line| ("XFORWARD name/address command", line));
    let second = command(&session, features).map(|line| ("XFORWARD helo/protocol command", line));
    first.into_iter().chain(second).collect()
}

fn command(attributes: &[(&str, Option<&str>)], features: &Features) -> Option<String> {
    let mut line = String::from("XFORWARD");
    for (name, value) in attributes {
        let wanted = features.xforward.iter().any(|offered| offered == name);
        if let Some(value) = value.filter(|_| wanted) {
            line.push_str(&format!(" {name}={}", mail::xtext::encode(value.as_bytes())));
        }
    }
    (line.len() > "XFORWARD".len()).then_some(line)
}

fn starts_with_tag(address: &str) -> bool {
    address
        .get(..5)
        .is_some_and(|tag| tag.eq_ignore_ascii_case("ipv6:"))
}

fn available(value: &str) -> Option<&str> {
    (!value.is_empty() && value != "[UNAVAILABLE]").then_some(value)
}

fn known(value: &str) -> Option<&str> {
    available(value).filter(|value| !value.eq_ignore_ascii_case("unknown"))
}

#[cfg(test)]
mod tests {
    use esmtp::extension::Keywords;

    use super::*;

    #[test]
    fn only_what_is_known_and_taken_is_told() {
        let envelope = Envelope {
            client_name: "unknown".into(),
            client_address: "2001:db8::1".into(),
            helo_name: "a b".into(),
            rewrite_context: "remote".into(),
            ..Envelope::default()
        };
        let features = Features::parse("250-x\n250 XFORWARD NAME ADDR PROTO HELO SOURCE", Keywords::NONE);
        let lines: Vec<String> = commands(&envelope, &features)
            .into_iter()
            .map(|(_, line)| line)
            .collect();
        assert_eq!(
            lines,
            [
                "XFORWARD ADDR=IPV6:2001:db8::1",
                "XFORWARD HELO=a+20b SOURCE=REMOTE"
            ]
        );
        assert!(commands(&envelope, &Features::default()).is_empty());
    }
}

//! Keys in filters (RFC 4515) and names (RFC 4514) of a directory: each is one value, and says what the key says. URLs from
//! entries are taken apart or refused.
#![no_main]

use database::fuzzing::{filter, name, url};
use libfuzzer_sys::fuzz_target;

const FILTERS: [&str; 4] = [
    "(mail=%s)",
    "(&(objectClass=x)(|(mail=%s)(alias=%s)))",
    "(mail=*%s*)",
    "(!(uid=%u))",
];
const NAMES: [&str; 3] = ["uid=%s,dc=example", "cn=%u+o=%s,ou=x", "%s"];

fuzz_target!(|key: &str| {
    for template in FILTERS {
        compare(
            template,
            key,
            filter(template, key),
            filter(template, &harmless(key)),
            b"()&|!=*<>~:",
        );
    }
    for template in NAMES {
        compare(
            template,
            key,
            name(template, key),
            name(template, &harmless(key)),
            b",+=;<>\"# ",
        );
    }
    let _ = url(key);
    if let Some((base, attributes, filter)) = url(&format!("ldap://h/{key}")) {
        let most = key.len() + "(objectClass=*)".len();
        assert!(base.len() + filter.len() <= most);
        assert!(
            attributes
                .iter()
                .all(|name| !name.is_empty() && !name.contains(','))
        );
    }
});

fn harmless(key: &str) -> String {
    key.chars()
        .map(|letter| if letter == '@' { letter } else { 'a' })
        .collect()
}

/// The signs of `text` and the values between them, as a server reads them.
fn read(text: &str, signs: &[u8]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let (mut found, mut values) = (Vec::new(), vec![Vec::new()]);
    let mut rest = text.as_bytes();
    while let Some((octet, after)) = rest.split_first() {
        rest = after;
        assert!(!octet.is_ascii_control() && octet.is_ascii(), "{text:?}");
        if signs.contains(octet) {
            found.push(*octet);
            values.push(Vec::new());
            continue;
        }
        let value = values.last_mut().expect("a value");
        if *octet != b'\\' {
            value.push(*octet);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2).expect("two digits");
        let digits = std::str::from_utf8(digits).expect("two digits");
        value.push(u8::from_str_radix(digits, 16).expect("two digits"));
        rest = after;
    }
    (found, values)
}

fn compare(template: &str, key: &str, text: Option<String>, plain: Option<String>, signs: &[u8]) {
    let (Some(text), Some(plain)) = (text, plain.as_ref()) else {
        assert!(plain.is_none());
        return;
    };
    let (found, values) = read(&text, signs);
    let (expected, _) = read(plain, signs);
    assert_eq!(found, expected, "{template} {key:?} {text}");
    if template.contains("%s") {
        assert!(
            values.iter().any(|value| value == key.as_bytes()),
            "{template} {key:?} {text}"
        );
    }
}

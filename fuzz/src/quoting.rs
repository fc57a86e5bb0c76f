//! What we write for others to read: a quoted address is read back as it was, a person's name stays one ASCII phrase,
//! and a log line stays one line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use message::phrase::{Form, name_text};

fuzz_target!(|data: &[u8]| {
    for form in [Form::Phrase, Form::Comment] {
        if let Some(name) = name_text(data, form, "utf-8") {
            assert!(name.is_ascii());
            assert!(
                name.iter()
                    .all(|octet| *octet == b'\n' || !octet.is_ascii_control())
            );
        }
    }
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    assert!(!maillog::neutral(text).contains(char::is_control));
    if text.contains(char::is_control) {
        return;
    }
    for quoted in [mail::quote_local821(text), mail::quote_local822(text)] {
        assert_eq!(mail::unquote(&quoted), text);
    }
    let (local, domain) = mail::address::split_at_domain(text);
    if domain.is_some_and(mail::domain::is_valid) && !local.is_empty() {
        let command = format!("<{}>", mail::quote_local821(text));
        // Strictly, what begins with @ is a route, even in quotes; the original thinks so too.
        for strict in [false, !text.starts_with('@')] {
            let path = esmtp::path::parse(&command, strict).expect("our own quoting");
            assert_eq!(path.address, text);
        }
        // A route stays as it is, and is one address only between angle brackets.
        if !text.starts_with('@') {
            let header = mail::quote_local822(text);
            assert_eq!(mail::parse::addresses(&header), [text]);
        }
    }
});

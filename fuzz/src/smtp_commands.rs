//! SMTP commands, line by line through one dialogue.
#![no_main]

use esmtp::command::{Line, Rules};
use esmtp::server::Dialogue;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut dialogue: Dialogue<()> = Dialogue::new(true);
    let rules = Rules {
        strict_envelopes: text.len() % 2 == 0,
        smtputf8: true,
        dsn: true,
        chunking: true,
        requiretls: false,
        xverp: Some(("+=", "-+=")),
    };
    for line in text.lines().take(100) {
        let Some(line) = Line::cut(line) else { continue };
        let Some(verb) = line.verb else { continue };
        std::hint::black_box(dialogue.take(&line, verb, &rules).is_ok());
    }
});

//! SMTP commands, line by line through one dialogue: each is refused or taken, the order holds, and what is decoded for
//! records and log lines has no line breaks.
#![no_main]

use esmtp::command::{Command, Line, Rules, Verb};
use esmtp::proxied;
use esmtp::server::{Dialogue, Taken};
use libfuzzer_sys::fuzz_target;

fn check(text: &str) {
    assert!(!text.contains(['\0', '\r', '\n']), "{text:?}");
}

fuzz_target!(|text: &str| {
    let mut dialogue: Dialogue<()> = Dialogue::new(text.starts_with("RSET"));
    let rules = Rules {
        strict_envelopes: text.starts_with("NOOP"),
        smtputf8: true,
        dsn: true,
        chunking: true,
        requiretls: true,
        xverp: Some(("+=", "-+=")),
    };
    for text in text.lines().take(100) {
        // A line that ends in a blank is refused: commands do not care.
        let refuse = text.ends_with(' ');
        let Some(line) = Line::cut(text) else { continue };
        let Some(verb) = line.verb else { continue };
        let (before, recipients) = (dialogue.in_transaction(), dialogue.recipients());
        match dialogue.take(&line, verb, &rules) {
            Err(_) => assert_eq!(dialogue.in_transaction(), before),
            Ok(Taken::Recipient(rcpt, pending)) => {
                assert!(before);
                if let Some(orcpt) = &rcpt.orcpt {
                    check(orcpt);
                }
                match refuse {
                    true => dialogue.refuse_recipient(pending),
                    false => dialogue.accept_recipient(pending, ()),
                }
            }
            Ok(Taken::Chunk {
                problem,
                pending,
                chunk,
                ..
            }) => {
                assert!(problem.is_some() || recipients > 0);
                match (problem, refuse) {
                    (Some(_), _) => dialogue.refuse(pending),
                    (None, true) => dialogue.fail_chunks(pending),
                    (None, false) => dialogue.accept(pending),
                }
                assert!(!chunk.last || !dialogue.in_transaction());
            }
            Ok(Taken::Other(command, pending)) => {
                look_at(&command, verb);
                assert!(verb != Verb::Data || recipients > 0);
                match refuse {
                    true => dialogue.refuse(pending),
                    false => dialogue.accept(pending),
                }
                if verb == Verb::Data && !refuse {
                    dialogue.end_content();
                    assert!(!dialogue.in_transaction());
                }
            }
        }
    }
});

fn look_at(command: &Command<'_>, verb: Verb) {
    match command {
        Command::Mail(mail) => mail.envid.iter().for_each(|envid| check(envid)),
        Command::Attributes(words) if verb == Verb::Xclient => {
            for word in words {
                if let Ok(
                    proxied::ClientAttribute::Helo(Some(text)) | proxied::ClientAttribute::Login(Some(text)),
                ) = proxied::client_attribute(word)
                {
                    check(&text);
                }
            }
        }
        Command::Attributes(words) => {
            for word in words {
                if let Ok(
                    proxied::ForwardAttribute::Helo(Some(text))
                    | proxied::ForwardAttribute::Ident(Some(text)),
                ) = proxied::forward_attribute(word)
                {
                    check(&text);
                }
            }
        }
        _ => {}
    }
}

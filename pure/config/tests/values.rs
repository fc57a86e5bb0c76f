//! What the original said of each value when `postmap` read it as part of a `main.cf` (recorded from 3.7), and what
//! ours says: the same, then a remedy.

// A test that cannot be run has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use config::{Configuration, catalogue};

/// A line of `main.cf`, and the original's complaint; none when it takes the value.
const RECORDED: &[(&str, Option<&str>)] = &[
    (
        "fork_attempts = x",
        Some("bad numerical configuration: fork_attempts = x"),
    ),
    (
        "fork_attempts = 0",
        Some("invalid fork_attempts parameter value 0 < 1"),
    ),
    (
        "fork_attempts =",
        Some("bad numerical configuration: fork_attempts = "),
    ),
    (
        "fork_attempts = 5x",
        Some("bad numerical configuration: fork_attempts = 5x"),
    ),
    (
        "fork_attempts = 5 6",
        Some("bad numerical configuration: fork_attempts = 5 6"),
    ),
    (
        "fork_attempts = 0x5",
        Some("bad numerical configuration: fork_attempts = 0x5"),
    ),
    (
        "fork_attempts = $x",
        Some("bad numerical configuration: fork_attempts = "),
    ),
    (
        "fork_attempts = 99999999999",
        Some("bad numerical configuration: fork_attempts = 99999999999"),
    ),
    ("fork_attempts = +5", None),
    (
        "smtputf8_enable = maybe",
        Some("bad boolean configuration: smtputf8_enable = maybe"),
    ),
    (
        "smtputf8_enable = true",
        Some("bad boolean configuration: smtputf8_enable = true"),
    ),
    (
        "smtputf8_enable =",
        Some("bad boolean configuration: smtputf8_enable = "),
    ),
    ("smtputf8_enable = YES", None),
    (
        "ipc_timeout = 5x",
        Some("parameter ipc_timeout: bad time value or unit: 5x"),
    ),
    (
        "ipc_timeout =",
        Some("parameter ipc_timeout: bad time value or unit: "),
    ),
    (
        "ipc_timeout = 1.5h",
        Some("parameter ipc_timeout: bad time value or unit: 1.5h"),
    ),
    (
        "ipc_timeout = -1",
        Some("parameter ipc_timeout: bad time value or unit: -1"),
    ),
    (
        "ipc_timeout = 5 s",
        Some("parameter ipc_timeout: bad time value or unit: 5 s"),
    ),
    (
        "ipc_timeout = 5S",
        Some("parameter ipc_timeout: bad time value or unit: 5S"),
    ),
    (
        "ipc_timeout = 99999w",
        Some("parameter ipc_timeout: bad time value or unit: 99999w"),
    ),
    ("ipc_timeout = 0", Some("invalid ipc_timeout: 0 (min 1)")),
    ("trigger_timeout = 0s", Some("invalid trigger_timeout: 0 (min 1)")),
    ("ipc_timeout = +5", None),
    (
        "message_size_limit = x",
        Some("bad numerical configuration: message_size_limit = x"),
    ),
    (
        "message_size_limit =",
        Some("bad numerical configuration: message_size_limit = "),
    ),
    (
        "message_size_limit = 99999999999999999999",
        Some("bad numerical configuration: message_size_limit = 99999999999999999999"),
    ),
    ("mydomain =", Some("bad string length 0 < 1: mydomain = ")),
    ("mail_owner =", Some("bad string length 0 < 1: mail_owner = ")),
    (
        "double_bounce_sender =",
        Some("bad string length 0 < 1: double_bounce_sender = "),
    ),
    ("mail_version =", Some("bad string length 0 < 1: mail_version = ")),
    (
        "delay_logging_resolution_limit = 9",
        Some("invalid delay_logging_resolution_limit parameter value 9 > 6"),
    ),
    (
        "header_size_limit = 0",
        Some("invalid header_size_limit parameter value 0 < 1"),
    ),
    (
        "hash_queue_depth = 0",
        Some("invalid hash_queue_depth parameter value 0 < 1"),
    ),
    ("hash_queue_depth = 99", None),
    ("inet_interfaces =", None),
    ("alternate_config_directories = x", None),
];

#[test]
fn a_bad_value_is_refused_in_the_originals_words() {
    for (line, recorded) in RECORDED {
        let configuration = Configuration::parse(line).unwrap();
        let entry = catalogue::find(line.split(' ').next().unwrap()).unwrap();
        let value = configuration.expanded(entry.name).unwrap().unwrap();
        let said = (entry.check)(&value)
            .err()
            .map(|wrong| wrong.about(entry.name, &value));
        let said = said.as_deref().map(|said| said.split(';').next().unwrap());
        assert_eq!(said, *recorded, "{line}");
    }
}

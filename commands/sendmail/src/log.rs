//! The lines sendmail writes beside its failures.

pub(crate) fn set_uid_root() {
    maillog::warning!("the Postfix sendmail command has set-uid root file permissions");
    maillog::warning!("or the command is run from a set-uid root process");
    maillog::warning!("the Postfix sendmail command must be installed without set-uid root file permissions");
}

pub(crate) fn old_verp_option(given: &str, wanted: &str) {
    maillog::warning!("option {given} is deprecated with Postfix 2.3; specify {wanted} instead");
}

pub(crate) fn bad_notify(word: Option<&str>, value: &str) {
    if let Some(word) = word {
        maillog::warning!("unknown DSN NOTIFY command value \"{word}\" in \"{value}\"");
    }
    maillog::warning!("bad -N option value: '{value}' -- ignored");
}

pub(crate) fn bad_ret() {
    maillog::warning!("bad -R option value -- ignored");
}

pub(crate) fn long_envelope_id() {
    maillog::warning!("too long -V option value -- ignored");
}

pub(crate) fn bad_envelope_id() {
    maillog::warning!("bad syntax in -V option value -- ignored");
}

pub(crate) fn queue_option_in_daemon_mode() {
    maillog::warning!("ignoring -q option in daemon mode");
}

pub(crate) fn bad_delivery_option(value: &str) {
    maillog::warning!("bad -O option: '{value}' -- ignored");
}

pub(crate) fn requiretls_disabled(value: &str) {
    maillog::warning!("Ignoring option '-O {value}, because the configuration is 'requiretls_enable = no'");
}

pub(crate) fn smtputf8_disabled(value: &str) {
    maillog::warning!("'-O {value}' was requested, but the configuration is 'smtputf8_enable = no'");
}

pub(crate) fn malformed_sender(value: &str) {
    maillog::warning!("-f option specified malformed sender: {value}");
}

pub(crate) fn unknown_option(letter: char) {
    maillog::warning!("invalid option -- '{letter}'");
}

pub(crate) fn option_without_value(letter: char) {
    maillog::warning!("option requires an argument -- '{letter}'");
}

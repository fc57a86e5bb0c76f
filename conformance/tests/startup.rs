//! What is said when a configuration cannot be used: one line, with file, line, cause and cure.

// A test that cannot be run has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use testkit::{Client, Instance};

#[test]
fn a_daemon_with_a_bad_value_says_file_line_cause_and_cure() {
    let table = [
        (
            "smtpd_hard_error_limit = many",
            "bad numerical configuration: smtpd_hard_error_limit = many; specify a whole number",
        ),
        (
            "smtpd_helo_required = perhaps",
            "bad boolean configuration: smtpd_helo_required = perhaps; specify yes or no",
        ),
        (
            "smtpd_timeout = 5 minutes",
            "parameter smtpd_timeout: bad time value or unit: 5 minutes; \
             specify a whole number with an optional unit: s, m, h, d or w",
        ),
        (
            "smtpd_banner = $a$",
            "smtpd_banner = $a$: empty macro name: \"$\"",
        ),
    ];
    for (setting, complaint) in table {
        let instance = Instance::builder().main_cf(setting).start();
        let file = instance.configuration().join("main.cf");
        let text = fs::read_to_string(&file).unwrap();
        let line = text.lines().position(|line| line == setting).unwrap() + 1;

        let _ = Client::try_connect(instance.smtp);

        let place = format!("{}, line {line}: {complaint}", file.display());
        instance.wait_for_log(&["postfix/smtpd[", "fatal: ", &place]);
    }
}

#[test]
fn a_broken_file_keeps_the_system_from_starting_and_is_named() {
    let table: [(&str, &[u8], &str); 5] = [
        (
            "main.cf",
            b"queue_directory\n",
            ", line 1: missing '=' after attribute name: \"queue_directory\"",
        ),
        (
            "main.cf",
            b"a = \0\n",
            ", line 1: NUL byte; remove it, or restore the file",
        ),
        (
            "main.cf",
            b"# caf\xe9\na = caf\xe9\n",
            ", line 2: not UTF-8 text at byte 8 of the line; convert the line to UTF-8",
        ),
        (
            "master.cf",
            b"smtp inet n - n - - smtpd\nsmtp tcp n - n - - smtpd\n",
            ": line 2: field \"service type\": bad value: \"tcp\"; specify inet, unix, unix-dgram, fifo or pass",
        ),
        (
            "master.cf",
            b"smtp inet n\n",
            ": line 1: missing \"unprivileged\" field",
        ),
    ];
    let instance = Instance::builder().make();
    for (name, text, complaint) in table {
        let file = instance.configuration().join(name);
        let whole = fs::read(&file).unwrap();
        fs::write(&file, text).unwrap();

        let output = instance.command("postfix").arg("check").output().unwrap();

        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let fatal: Vec<&str> = said.lines().filter(|line| line.contains("fatal: ")).collect();
        assert!(!output.status.success());
        assert!(
            fatal
                .first()
                .is_some_and(|line| line.ends_with(&format!("{}{complaint}", file.display()))),
            "{said}"
        );
        fs::write(&file, whole).unwrap();
    }
}

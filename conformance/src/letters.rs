//! Odd messages from a seed, and a mail system that does something to them.
//!
//! A seed gives some services, each with settings of its own for what comes in and what goes out, and letters for them:
//! headers of every malformed kind, addresses in every form, MIME structures that are right, and wrong ones. What the
//! original and ours say to a letter, log of it and give to the next hop has to be the same, octet for octet.

use crate::dice::Dice;
use std::fmt::Write as _;

/// What a seed gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Post {
    /// Lines of `main.cf`. `@A@` and `@B@` stand for next hops that take everything, and hardly anything.
    pub main: String,
    /// Lines of `master.cf`; `@PORT:0@` is where the first service listens.
    pub master: String,
    /// Files below the instance's folder.
    pub files: Vec<(String, String)>,
    /// What is sent.
    pub letters: Vec<Letter>,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The service that gets it.
    pub service: usize,
    /// `MAIL FROM` and its parameters. No two letters of a seed have the same sender.
    pub mail: String,
    /// Whom it is for.
    pub recipient: String,
    /// From DATA to the last line; dots are not doubled.
    pub content: Vec<u8>,
}

/// How many services there are for what comes in.
pub const SERVICES: usize = 6;
/// How many ways out there are; the last leads to the next hop that takes hardly anything.
const WAYS: usize = 4;

/// The addresses that tables know.
const TABLE: &str = "inline:{ {a@dom.example=mapped@c.example}, {quoted@dom.example=\"quo ted\"@c.example}, \
    {\"quo ted\"@b.example=unquoted@c.example}, {utf@dom.example=ütf@c.example}, {bare=bare2}, {ext+tag@dom.example=tagged@c.example}, \
    {@all.example=@other.example}, {two@dom.example=one@c.example, two@c.example} }";

/// `main.cf` lines of which some are in use for all services.
const GENERAL: &[&str] = &[
    "append_dot_mydomain = yes",
    "append_at_myorigin = no",
    "swap_bangpath = no",
    "allow_percent_hack = no",
    "remote_header_rewrite_domain = domain.invalid",
    "recipient_delimiter = +-",
    "resolve_dequoted_address = no",
    "smtputf8_autodetect_classes = all",
    "smtputf8_enable = no",
];

/// Settings of which each service for what comes in has some.
const INWARD: &[&str] = &[
    "always_add_missing_headers=yes",
    "canonical_maps=@TABLE@",
    "sender_canonical_maps=@TABLE@",
    "recipient_canonical_maps=@TABLE@",
    "masquerade_domains=dom.example",
    "masquerade_classes=header_recipient",
    "header_checks=regexp:@DIR@/header_checks",
    "header_checks=regexp:@DIR@/header_checks",
    "mime_header_checks=regexp:@DIR@/mime_checks",
    "nested_header_checks=regexp:@DIR@/nested_checks",
    "body_checks=regexp:@DIR@/body_checks",
    "strict_8bitmime=yes",
    "strict_7bit_headers=yes",
    "strict_8bitmime_body=yes",
    "strict_mime_encoding_domain=yes",
    "disable_mime_input_processing=yes",
    "mime_nesting_limit=2",
    "mime_boundary_length_limit=3",
    "header_size_limit=60",
    "header_size_limit=400",
    "body_checks_size_limit=40",
    "message_strip_characters=\\0",
    "message_strip_characters=xy\\0",
    "message_reject_characters=\\0",
    "message_reject_characters=\\200",
    "header_address_token_limit=12",
    "undisclosed_recipients_header=To: nobody:;",
    "enable_original_recipient=no",
    "detect_8bit_encoding_header=no",
    "message_drop_headers=subject, x-empty, content-length",
    "propagate_unmatched_extensions=",
    "hopcount_limit=2",
    "nested_header_checks=",
    "cleanup_replace_stray_cr_lf=no",
];

/// Settings of which each way out has some.
const OUTWARD: &[&str] = &[
    "smtp_generic_maps=@TABLE@",
    "smtp_generic_maps=@TABLE@",
    "smtp_header_checks=regexp:@DIR@/out_header_checks",
    "smtp_mime_header_checks=regexp:@DIR@/out_mime_checks",
    "smtp_nested_header_checks=regexp:@DIR@/out_nested_checks",
    "smtp_body_checks=regexp:@DIR@/out_body_checks",
    "disable_mime_output_conversion=yes",
    "smtp_line_length_limit=90",
    "smtp_line_length_limit=0",
    "smtp_discard_ehlo_keywords=8bitmime",
    "mime_nesting_limit=2",
    "header_size_limit=60",
    "body_checks_size_limit=40",
];

/// Rules by `(pattern, actions)`; a seed takes some of each. Traces of this system are left alone.
const HEADER_PATTERNS: &[&str] = &[
    "/^Subject:/",
    "/^To:/",
    "/^X-/",
    "/^Content-/",
    "/^From:/",
    "/^Cc:.*(a@[^ ]*)/",
    "/^MIME-/",
    "/^Date:/",
    "/^Message-Id:/",
    "/^[^:]*\n/",
    "/^Reply-To: (.*)$/",
    "!/^(Received|[A-Z])/",
];

const HEADER_ACTIONS: &[&str] = &[
    "REJECT",
    "REJECT 4.7.9 not now",
    "DISCARD in words",
    "HOLD",
    "REPLACE X-New: $1 new",
    "REPLACE no header",
    "REPLACE X-Long: a value that is quite long, and so on and on, and even longer than one would think",
    "PREPEND X-Before: yes",
    "PREPEND X-Before: yes",
    "PREPEND nothing",
    "PREPEND To: late@dom.example",
    "IGNORE",
    "STRIP away",
    "WARN mind",
    "INFO know",
    "PASS",
    "DUNNO",
    "OK",
    "REDIRECT red@s0.example",
    "BCC blind@s0.example",
    "FILTER way1:@A@",
    "FILTER wrong",
    "nonsense",
    "REPLACE",
    "REPLACE Bcc: x@dom.example",
];

const BODY_PATTERNS: &[&str] = &[
    "/^evil/",
    "/^--/",
    "/^Content-/",
    "/é/",
    "/^$/",
    "/^[a-z]* ([a-z ]*)$/",
    "/xxxx/",
    "/^\\./",
    "/^From /",
    "/[[:space:]]$/",
];

const NAMES: &[&str] = &[
    "To",
    "Cc",
    "Bcc",
    "From",
    "Sender",
    "Reply-To",
    "Resent-To",
    "Resent-From",
    "Resent-Cc",
    "Resent-Bcc",
    "Resent-Sender",
    "Resent-Reply-To",
    "Errors-To",
    "Return-Receipt-To",
    "Disposition-Notification-To",
    "Apparently-To",
    "Mail-Followup-To",
    "X-To",
    "TO",
    "cc",
    "from",
    "Return-Path",
    "Delivered-To",
];

const ADDRESSES: &[&str] = &[
    "a@dom.example",
    "A@DOM.example",
    "a+tag@dom.example",
    "ext+tag@dom.example",
    "x@sub.dom.example",
    "bare",
    "bare+x",
    "u@all.example",
    "u+x-y@all.example",
    "a@host",
    "\"quo ted\"@b.example",
    "\"quo\\ ted\"@b.example",
    "quoted@dom.example",
    "utf@dom.example",
    "two@dom.example",
    "null@dom.example",
    "ü@dom.example",
    "a@dömain.example",
    "Name <a@dom.example>",
    "\"Last, First\" <a@dom.example>",
    "Unquoted. Name <a@dom.example>",
    "(before) a@dom.example (after)",
    "a(in)@(of)dom(the).example",
    "<a@dom.example> trailing",
    "<@route.example,@other.example:a@dom.example>",
    "@route.example:a@dom.example",
    "<a@dom.example",
    "a@dom.example>",
    "<<a@dom.example>>",
    "<>",
    "<   >",
    "a@",
    "@dom.example",
    "@",
    "a@b@c.example",
    "a%dom.example@mx.test.example",
    "host!a",
    "one!two!a@dom.example",
    "a.@dom.example",
    ".a@dom.example",
    "a..b@dom.example",
    "a b@dom.example",
    "a @ dom.example",
    "a@[192.0.2.1]",
    "a@[IPv6:2001:db8::1]",
    "a@[unclosed",
    "a@192.0.2.1",
    "a@dom.example.",
    "Group: a@dom.example, b@host;",
    "Group:;",
    "Group: Name <a@dom.example>",
    "Undisclosed recipients:;",
    "\"unterminated",
    "(unterminated",
    "((nested) comment) a@dom.example",
    "(\\) quoted) a@dom.example",
    "\"\"@dom.example",
    "=?utf-8?q?N=C3=A9?= <a@dom.example>",
    "a@dom.example b@host",
    "a@dom.example; b@host",
    ",",
    ", ,",
    ";",
    "\\",
    "a\\@b@dom.example",
    "[a]@dom.example",
    "-a@dom.example",
    "a/b=c@dom.example",
    "",
];

const PIECES: &[&str] = &[
    "a",
    "b.c",
    "@",
    ",",
    ";",
    ":",
    "<",
    ">",
    "\"",
    "\"q s\"",
    "(",
    ")",
    "(c)",
    "[",
    "]",
    "%",
    ".",
    " ",
    "\t",
    "\r\n ",
    "\r\n\t",
    "é",
    "\\",
    "dom.example",
    "host",
    "+",
    "-",
    "=?utf-8?q?x?=",
    "G: ",
    "a@dom.example",
    "\"\\\"\"",
];

const OTHER_HEADERS: &[&str] = &[
    "Subject: plain",
    "Subject:no blank",
    "SUBJECT : blank before",
    "Subject:",
    "Subject: ",
    "Subject: é",
    "Subject: folded\r\n here\r\n\tand there",
    "Subject:\r\n folded at once",
    "Subject: folded into blanks\r\n  \r\n x",
    "Subject: trailing   ",
    "X-Empty:",
    "X-Long: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "X-Folded: a\r\n b\r\n c\r\n d\r\n e\r\n f\r\n g\r\n h\r\n i\r\n j\r\n k\r\n l\r\n m\r\n n\r\n o\r\n p\r\n q\r\n r",
    "Date: Mon, 1 Jan 2024 00:00:00 +0000",
    "Date: never",
    "Message-Id: <1@dom.example>",
    "Message-Id:",
    "Message-ID: none",
    "Resent-Message-Id: <2@dom.example>",
    "Resent-Date: Mon, 1 Jan 2024 00:00:00 +0000",
    "Received: from x by y; Mon, 1 Jan 2024 00:00:00 +0000",
    "Received: (again)",
    "Content-Length: 17",
    "Full-Name: x",
    "Lines: 3",
    "MIME-Version: 1.0",
    "mime-version: 1.0 (comment)",
    ">From x",
    "From x Mon Jan  1 00:00:00 2024",
    "no colon at all",
    "two words: x",
    ": no name",
    "\u{fc}ber: x",
    " continuation",
    "\tcontinuation",
    "X-Cr: a\rb",
    "X-Lf: a\nX-Next: b",
    "X\u{1}: y",
    "X-Del: \u{7f}\u{1}\u{1b}[0m",
];

const KINDS: &[&str] = &[
    "Content-Type: text/plain",
    "Content-Type: text/plain; charset=utf-8",
    "content-type:text/html",
    "Content-Type: message/rfc822",
    "Content-Type: message/partial",
    "Content-Type: message/external-body",
    "Content-Type: message/global",
    "Content-Type: application/x; name=\"a.exe\"",
    "Content-Type:",
    "Content-Type: /",
    "Content-Type: multipart/mixed",
    "Content-Type: multipart/mixed; boundary=",
    "Content-Type: multipart/mixed; boundary=\"",
    "Content-Type: text/plain; boundary=b1",
    "Content-Disposition: attachment;\r\n filename=\"a.exe\"",
    "Content-ID: <x>",
    "Content-Description: é",
];

const ENCODINGS: &[&str] = &[
    "7bit",
    "8bit",
    "8BIT",
    "binary",
    "quoted-printable",
    "base64",
    "bogus",
    "8bit (comment)",
    "\"8bit\"",
    "",
];

const BOUNDARIES: &[&str] = &[
    "boundary=b1",
    "boundary=\"b1\"",
    "boundary=\"b 4\"",
    "BOUNDARY=b2",
    "charset=x; boundary=b2; boundary=b3",
    "boundary (c) = (d) b3",
    "\r\n\tboundary=\"b1b\"",
    "boundary=b\\1",
    "boundary=\"b\\1\"",
    "boundary=é",
    "boundary=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
];

const BODY_LINES: &[&str] = &[
    "text",
    "",
    "",
    "evil",
    "words in a line",
    "é",
    "caf\u{e9} = 100%",
    "trailing blank ",
    "trailing tab\t",
    " leading",
    ".",
    "..",
    ". dot",
    "From someone Mon Jan",
    ">From someone",
    "--",
    "---",
    "--b1",
    "--b1--",
    "--b1 ",
    "--b1x",
    "--b2",
    "--b2--",
    "--b 4",
    "--bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    "Content-Type: text/plain",
    "Content-Transfer-Encoding: 8bit",
    "Subject: in the body",
    "a\rb",
    "a\nb",
    "a\n.\r",
    "=",
    "=C3=A9",
    "w6k=",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
];

/// The letters of a seed.
pub fn post(seed: u64, count: usize) -> Post {
    let mut dice = Dice::new(seed);
    let mut post = Post::default();
    let general = dice.roll(3);
    post.main = format!(
        "mydomain = test.example\nmydestination =\nlocal_recipient_maps =\nvirtual_alias_maps =\n\
         transport_maps = inline:{{ {} {{b.example=discard:}} }}\nsmtpd_recipient_restrictions = permit_mynetworks\n\
         notify_classes =\nsmtpd_forbid_bare_newline = no\nsmtpd_forbid_unauth_pipelining = no\nsmtpd_error_sleep_time = 0\n\
         smtpd_hard_error_limit = 1000\n{}\n",
        (0..WAYS)
            .map(|way| format!(
                "{{s{way}.example=way{way}:{}}},",
                if way + 1 == WAYS { "@B@" } else { "@A@" }
            ))
            .collect::<Vec<_>>()
            .join(" "),
        dice.draw(GENERAL, general).join("\n")
    );
    for name in ["header", "mime", "nested", "out_header", "out_mime", "out_nested"] {
        let rules = rules(&mut dice, HEADER_PATTERNS, name);
        post.files.push((format!("{name}_checks"), rules));
    }
    for name in ["body", "out_body"] {
        let rules = rules(&mut dice, BODY_PATTERNS, name);
        post.files.push((format!("{name}_checks"), rules));
    }
    for service in 0..SERVICES {
        let clients = ["", "static:all"][dice.roll(2)];
        let _ = writeln!(
            post.master,
            "@PORT:{service}@ inet n - n - - smtpd -o cleanup_service_name=in{service} -o {{ local_header_rewrite_clients = {clients} }}"
        );
        let count = dice.roll(6);
        let settings = options(&dice.draw(INWARD, count));
        let _ = writeln!(post.master, "in{service} unix n - n - 0 cleanup{settings}");
    }
    for way in 0..WAYS {
        let count = dice.roll(4);
        let settings = options(&dice.draw(OUTWARD, count));
        let _ = writeln!(post.master, "way{way} unix - - n - - smtp{settings}");
    }
    for number in 0..count {
        post.letters.push(letter(&mut dice, number));
    }
    post
}

/// Each name once: of two settings with one name the first.
fn options(settings: &[&str]) -> String {
    let mut text = String::new();
    for setting in settings {
        let (name, value) = setting.split_once('=').expect("a setting");
        if !text.contains(&format!("{{ {name} =")) {
            let value = value.replace("@TABLE@", TABLE);
            let _ = write!(text, " -o {{ {name} = {value} }}");
        }
    }
    text
}

fn rules(dice: &mut Dice, patterns: &[&str], name: &str) -> String {
    let count = 1 + dice.roll(5);
    let mut text = String::new();
    for pattern in dice.draw(patterns, count) {
        let mut action = dice.pick(HEADER_ACTIONS);
        // A header cannot be refused on its way out, nor sent elsewhere; a warning of that is all that comes.
        if name.ends_with("body") && action.starts_with("PREPEND To") {
            action = "PREPEND late";
        }
        let action = if pattern.contains('(') {
            action.to_owned()
        } else {
            action.replace("$1 ", "")
        };
        let _ = writeln!(text, "{} {action}", pattern.replace('\n', "\\n"));
    }
    text
}

fn letter(dice: &mut Dice, number: usize) -> Letter {
    let parameter = [
        "",
        " BODY=8BITMIME",
        " BODY=7BIT",
        " BODY=8BITMIME SMTPUTF8",
        " SMTPUTF8",
    ][dice.roll(5)];
    let way = dice.roll(WAYS);
    let mut content = String::new();
    for _ in 0..dice.roll(7) {
        content.push_str(&header(dice));
        content.push_str("\r\n");
    }
    if dice.chance(60) {
        part(dice, &mut content, 0);
    } else {
        for _ in 0..dice.roll(3) {
            content.push_str(&kind(dice));
        }
        if dice.chance(90) {
            content.push_str("\r\n");
        }
        lines(dice, &mut content, 14);
    }
    let mut octets = Vec::new();
    let header = content.find("\r\n\r\n").unwrap_or(content.len());
    for (at, letter) in content.char_indices() {
        // What is no text at all comes in too; in a header's addresses that is a listed difference.
        if letter == '\u{e9}' && at > header && dice.chance(20) {
            octets.push(0xe9);
        } else {
            octets.extend(letter.encode_utf8(&mut [0; 4]).bytes());
        }
    }
    if !octets.is_empty() && !octets.ends_with(b"\r\n") {
        octets.extend(b"\r\n");
    }
    Letter {
        service: dice.roll(SERVICES),
        mail: format!("MAIL FROM:<s{number}@b.example>{parameter}"),
        recipient: format!("r{number}@s{way}.example"),
        content: octets,
    }
}

fn header(dice: &mut Dice) -> String {
    match dice.roll(10) {
        0..3 => dice.pick(OTHER_HEADERS).to_owned(),
        3..8 => {
            let list: Vec<&str> = (0..=dice.roll(4)).map(|_| dice.pick(ADDRESSES)).collect();
            let comma = [", ", ",", ",\r\n ", " , ", ",\r\n\t"][dice.roll(5)];
            let colon = [": ", ": ", ":", ":  ", " : ", ":\r\n ", ":\t"][dice.roll(7)];
            format!("{}{colon}{}", dice.pick(NAMES), list.join(comma))
        }
        8 => {
            let pieces: String = (0..dice.roll(12)).map(|_| dice.pick(PIECES)).collect();
            format!("{}: {pieces}", dice.pick(NAMES))
        }
        _ => {
            let list: Vec<String> = (0..dice.roll(40))
                .map(|number| format!("user{number}@dom.example"))
                .collect();
            format!("{}: {}", dice.pick(NAMES), list.join(", "))
        }
    }
}

/// Some of what says what a part is.
fn kind(dice: &mut Dice) -> String {
    match dice.roll(3) {
        0 => format!("{}\r\n", dice.pick(KINDS)),
        1 => format!("Content-Transfer-Encoding: {}\r\n", dice.pick(ENCODINGS)),
        _ => {
            let sort = dice.pick(&["mixed", "alternative", "digest", "signed", "Mixed"]);
            format!("Content-Type: multipart/{sort}; {}\r\n", dice.pick(BOUNDARIES))
        }
    }
}

/// A part of a message that is, but for accidents, as it should be; begun within its header.
fn part(dice: &mut Dice, content: &mut String, depth: usize) {
    if dice.chance(70) {
        let _ = write!(content, "Content-Transfer-Encoding: {}\r\n", dice.pick(ENCODINGS));
    }
    let sort = if depth < 4 { dice.roll(4) } else { 0 };
    match sort {
        0 => {
            content.push_str("Content-Type: text/plain\r\n\r\n");
            lines(dice, content, 5);
        }
        1 => {
            content.push_str("Content-Type: message/rfc822\r\n\r\n");
            for _ in 0..dice.roll(3) {
                content.push_str(&header(dice));
                content.push_str("\r\n");
            }
            part(dice, content, depth + 1);
        }
        _ => {
            let sort = dice.pick(&["mixed", "digest", "alternative"]);
            let boundary = format!("b{depth}");
            let _ = write!(
                content,
                "Content-Type: multipart/{sort}; boundary=\"{boundary}\"\r\n\r\n"
            );
            lines(dice, content, 2);
            for _ in 0..dice.roll(4) {
                let _ = write!(content, "--{boundary}\r\n");
                if dice.chance(10) {
                    content.push_str(&header(dice));
                    content.push_str("\r\n");
                }
                part(dice, content, depth + 1);
            }
            if dice.chance(80) {
                let _ = write!(content, "--{boundary}--\r\n");
                lines(dice, content, 2);
            }
        }
    }
}

fn lines(dice: &mut Dice, content: &mut String, most: usize) {
    for _ in 0..dice.roll(most) {
        if dice.chance(3) {
            // Longer than any line is kept as one.
            content.push_str(&"long \u{e9} ".repeat(300 + dice.roll(300)));
        } else {
            content.push_str(dice.pick(BODY_LINES));
        }
        content.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_post_and_another_seed_another() {
        assert_eq!(post(1, 20), post(1, 20));
        assert_ne!(post(1, 20), post(2, 20));
    }
}

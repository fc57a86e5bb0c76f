//! `postrider explain smtp` says what a client then hears, and leaves nothing behind.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

use testkit::{Builder, Client, Instance, NameServer, free_port, programs};

const ZONE: &str = "\
2.2.0.192.in-addr.arpa PTR mail.known.example
mail.known.example A 192.0.2.2
66.2.0.192.list.example A 127.0.0.3
66.2.0.192.list.example TXT seen sending junk
known.example MX 10 mail.known.example
silent.example FAIL
";

/// One imagined session and one real one.
struct Case {
    client: &'static str,
    name: &'static str,
    helo: &'static str,
    sender: &'static str,
    recipients: &'static [&'static str],
    size: Option<&'static str>,
    words: &'static [&'static str],
}

const CASE: Case = Case {
    client: "192.0.2.2",
    name: "mail.known.example",
    helo: "mail.known.example",
    sender: "s@known.example",
    recipients: &["joe@here.example"],
    size: None,
    words: &[],
};

/// An instance with something of each kind to ask.
fn guarded(server: &NameServer) -> Builder {
    Instance::builder()
        .main_cf(&format!(
            "dns_servers = {}\nmyhostname = here.example\nmydestination = here.example\nmynetworks = 198.51.100.0/24\n\
             smtpd_authorized_xclient_hosts = 127.0.0.1\nrelay_domains = relay.example\n\
             local_recipient_maps = inline:{{ joe=x, list=x }}\nvirtual_alias_maps = texthash:@DIR@/virtual\n\
             virtual_alias_domains = virtual.example",
            server.address
        ))
        .main_cf(
            "smtpd_client_restrictions = check_client_access cidr:@DIR@/clients\n\
             smtpd_helo_restrictions = reject_invalid_helo_hostname, check_helo_access texthash:@DIR@/helos\n\
             smtpd_sender_restrictions = check_sender_access texthash:@DIR@/senders, reject_unknown_sender_domain\n\
             smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination\n\
             smtpd_restriction_classes = strict\n\
             strict = reject_rbl_client list.example=127.0.0.[2..4], warn_if_reject reject_unlisted_sender\n\
             smtpd_recipient_restrictions = check_recipient_access regexp:@DIR@/recipients, strict\n\
             smtpd_data_restrictions = reject_multi_recipient_bounce\n\
             smtpd_end_of_data_restrictions = check_sender_access inline:{{end@known.example = 550 5.7.1 too late}}\n\
             smtpd_reject_footer = \\c. Ask $server_name.",
        )
        .file("clients", "192.0.2.99 REJECT known for worse\n203.0.113.0/24 DEFER_IF_PERMIT not yet\n")
        .file("helos", "liar.example  REJECT you are not\n")
        .file("senders", "bad@known.example REJECT\nbroken@known.example no_such_class\n")
        .file("recipients", "# who\n/^closed@/ 550 5.1.1 closed\nif /^list@/\n/./ strict\nendif\n/^full@/ 452 4.2.2 full\n")
        .file("virtual", "a@virtual.example joe@here.example\n")
}

fn explain(instance: &Instance, words: &[&str]) -> Output {
    Command::new(programs().join("postrider"))
        .args(["explain", "smtp"])
        .args(words)
        .env("MAIL_CONFIG", instance.configuration())
        .stdin(Stdio::null())
        .output()
        .expect("run postrider")
}

/// The text of an explanation that worked.
fn explained(instance: &Instance, case: &Case) -> String {
    let mut words = vec![
        "--client",
        case.client,
        "--helo",
        case.helo,
        "--from",
        case.sender,
    ];
    if !case.name.is_empty() {
        words.extend(["--name", case.name]);
    }
    case.recipients
        .iter()
        .for_each(|recipient| words.extend(["--to", recipient]));
    if let Some(size) = case.size {
        words.extend(["--size", size]);
    }
    words.extend(case.words);
    let output = explain(instance, &words);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{:?}\n{text}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

/// The replies in an explanation, without the last one, to QUIT.
fn replies(text: &str) -> Vec<String> {
    let mut replies: Vec<String> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if let Some(reply) = line.strip_prefix("  => ") {
            replies.push(comparable(reply));
            inside = true;
        } else if let (true, Some(more), Some(reply)) =
            (inside, line.strip_prefix("      "), replies.last_mut())
        {
            reply.push('\n');
            reply.push_str(more);
        } else {
            inside = false;
        }
    }
    let quit = replies.pop();
    assert_eq!(quit.as_deref(), Some("221 2.0.0 Bye"), "{text}");
    replies
}

/// A reply without the queue id, which is another one each time.
fn comparable(reply: &str) -> String {
    match reply.split_once("queued as ") {
        Some((before, _)) => format!("{before}queued"),
        None => reply.to_owned(),
    }
}

/// What a client hears.
fn heard(instance: &Instance, case: &Case) -> Vec<String> {
    let mut client = Client::connect(instance.smtp);
    let mut replies = vec![client.reply()];
    if !case.name.is_empty() {
        let name = if case.name == "unknown" {
            "[UNAVAILABLE]"
        } else {
            case.name
        };
        let line = format!(
            "XCLIENT ADDR={} NAME={name} REVERSE_NAME={name} PORT=40000",
            case.client
        );
        assert!(client.ask("EHLO proxy.example").contains("XCLIENT"));
        replies = vec![client.ask(&line)];
    }
    replies.push(client.ask(&format!("EHLO {}", case.helo)));
    let size = case.size.map_or(String::new(), |size| format!(" SIZE={size}"));
    replies.push(client.ask(&format!("MAIL FROM:<{}>{size}", case.sender)));
    if !replies[2].starts_with('2') {
        return replies;
    }
    let before = replies.len();
    for recipient in case.recipients {
        replies.push(client.ask(&format!("RCPT TO:<{recipient}>")));
    }
    if replies[before..].iter().any(|reply| reply.starts_with('2')) {
        replies.push(client.ask("DATA"));
        if replies.last().is_some_and(|reply| reply.starts_with('3')) {
            replies.push(client.ask("."));
        }
    }
    replies.iter().map(|reply| comparable(reply)).collect()
}

#[test]
fn explained_replies_are_those_of_real_sessions() {
    let server = NameServer::start(ZONE);
    let instance = guarded(&server).start();
    let cases = [
        CASE,
        Case {
            recipients: &[
                "joe@here.example",
                "nobody@here.example",
                "a@elsewhere.example",
                "closed@here.example",
                "full@relay.example",
                "any@relay.example",
                "a@virtual.example",
                "b@virtual.example",
                "user%elsewhere.example@here.example",
                "postmaster",
                "not an address",
            ],
            ..CASE
        },
        Case {
            client: "192.0.2.66",
            name: "unknown",
            recipients: &["joe@here.example", "list@here.example"],
            ..CASE
        },
        Case {
            client: "192.0.2.99",
            ..CASE
        },
        Case {
            client: "203.0.113.5",
            ..CASE
        },
        Case {
            client: "198.51.100.7",
            recipients: &["a@elsewhere.example"],
            ..CASE
        },
        Case {
            helo: "liar.example",
            ..CASE
        },
        Case {
            helo: "under_score!",
            ..CASE
        },
        Case {
            sender: "bad@known.example",
            ..CASE
        },
        Case {
            sender: "broken@known.example",
            ..CASE
        },
        Case {
            sender: "a@nowhere.example",
            ..CASE
        },
        Case {
            sender: "a@silent.example",
            ..CASE
        },
        Case {
            sender: "end@known.example",
            ..CASE
        },
        Case {
            sender: "",
            recipients: &["joe@here.example", "list@here.example"],
            ..CASE
        },
        Case {
            size: Some("99999999999"),
            ..CASE
        },
        // The client as it is, with the name that it has.
        Case {
            client: "127.0.0.1",
            name: "",
            recipients: &["joe@here.example", "a@elsewhere.example"],
            ..CASE
        },
    ];
    for case in &cases {
        let text = explained(&instance, case);
        assert_eq!(replies(&text), heard(&instance, case), "{text}");
    }
}

#[test]
fn each_answer_is_told_with_its_table_key_and_line() {
    let server = NameServer::start(ZONE);
    let instance = guarded(&server).start();
    let folder = instance.folder().display().to_string();
    let text = explained(
        &instance,
        &Case {
            client: "192.0.2.66",
            name: "",
            recipients: &["list@here.example", "closed@here.example", "a@relay.example"],
            ..CASE
        },
    );

    for line in [
        "DNS 66.2.0.192.in-addr.arpa PTR: no such name".to_owned(),
        "the client is unknown[192.0.2.66]; the name of its address is unknown".to_owned(),
        "smtpd_client_restrictions   for unknown[192.0.2.66]".to_owned(),
        format!("cidr:{folder}/clients: nothing for unknown, 192.0.2.66"),
        "mynetworks: unknown[192.0.2.66] is not in it".to_owned(),
        "route of list@here.example: class local, transport local, next hop here.example".to_owned(),
        format!(
            "regexp:{folder}/recipients: list@here.example has \"strict\"   ({folder}/recipients, line 4)"
        ),
        "reject_rbl_client list.example=127.0.0.[2..4]".to_owned(),
        "DNS 66.2.0.192.list.example A: 127.0.0.3".to_owned(),
        "DNS list: 66.2.0.192.list.example is listed as 127.0.0.3".to_owned(),
        "DNS known.example MX: 10 mail.known.example".to_owned(),
        format!(
            "regexp:{folder}/recipients: closed@here.example has \"550 5.1.1 closed\"   ({folder}/recipients, line 2)"
        ),
    ] {
        assert!(
            text.lines().any(|told| told.trim_start() == line),
            "{line}\n{text}"
        );
    }
    let summary = text.split("what the client would get\n").nth(1).unwrap();
    assert!(
        summary.contains("\n    by reject_rbl_client list.example=127.0.0.[2..4] in strict\n"),
        "{summary}"
    );
    assert!(
        text.contains("log: NOQUEUE: reject: RCPT from unknown[192.0.2.66]: 554 5.7.1"),
        "{text}"
    );
}

#[test]
fn an_accepted_recipient_is_followed_to_where_its_mail_goes() {
    let server = NameServer::start(ZONE);
    let instance = guarded(&server)
        .main_cf("transport_maps = inline:{ relay.example=smtp:[inside.example] }")
        .start();
    let folder = instance.folder().display().to_string();
    let text = explained(
        &instance,
        &Case {
            recipients: &["a@relay.example", "a@virtual.example"],
            ..CASE
        },
    );

    for line in [
        "goes to a@relay.example: class relay, transport smtp, next hop [inside.example]".to_owned(),
        format!(
            "virtual_alias_maps: texthash:{folder}/virtual: a@virtual.example has \"joe@here.example\"; a@virtual.example \
             becomes joe@here.example"
        ),
        "goes to joe@here.example: class local, transport local, next hop here.example".to_owned(),
    ] {
        assert!(
            text.lines().any(|told| told.trim_start() == line),
            "{line}\n{text}"
        );
    }
    assert_eq!(instance.queue("incoming"), Vec::<String>::new());
}

#[test]
fn what_a_probe_has_found_counts_in_a_dry_run() {
    let server = NameServer::start(ZONE);
    let instance = guarded(&server)
        .main_cf(
            "smtpd_recipient_restrictions = reject_unverified_recipient\nunverified_recipient_reject_code = 550\n\
             address_verify_map =\naddress_verify_poll_delay = 1s\naddress_verify_poll_count = 10",
        )
        .start();
    let mut client = Client::connect(instance.smtp);
    client.reply();
    client.ask(&format!("HELO {}", CASE.helo));
    client.ask(&format!("MAIL FROM:<{}>", CASE.sender));
    let refusal = client.ask("RCPT TO:<joe@here.example>");
    assert!(refusal.starts_with("550 5.1.1 <joe@here.example>"), "{refusal}");

    let text = explained(&instance, &CASE);
    assert!(replies(&text).contains(&refusal), "{refusal}\n{text}");
    assert!(
        text.contains("note: a probe has found joe@here.example undeliverable: unknown user: \"joe\""),
        "{text}"
    );
}

#[test]
fn a_user_who_cannot_log_in_is_judged_as_not_logged_in() {
    let server = NameServer::start(ZONE);
    let instance = guarded(&server).start();
    let user = Case {
        words: &["--sasl", "joe"],
        ..CASE
    };
    let text = explained(&instance, &user);

    let note =
        "note: no client can log in to this service (smtpd_sasl_auth_enable = no): taken as not logged in";
    assert!(text.contains(note), "{text}");
    assert_eq!(replies(&text), replies(&explained(&instance, &CASE)));
}

#[test]
fn a_dry_run_leaves_nothing_behind() {
    let server = NameServer::start(ZONE);
    let policy = TcpListener::bind("127.0.0.1:0").unwrap();
    policy.set_nonblocking(true).unwrap();
    let port = policy.local_addr().unwrap().port();
    let instance = guarded(&server)
        .main_cf(&format!(
            "smtpd_recipient_restrictions = reject_unverified_recipient, sleep 3600, \
             check_policy_service inet:127.0.0.1:{port}\n\
             address_verify_cache_cleanup_interval = 0\nsmtpd_client_message_rate_limit = 2\nsmtpd_client_connection_count_limit = 1\nnotify_classes = policy,bounce"
        ))
        .start();
    // That of whoever waited for the server to come up.
    instance.wait_for_log(&["disconnect from localhost"]);
    let log = instance.log();
    let case = Case {
        recipients: &["joe@here.example", "a@elsewhere.example"],
        ..CASE
    };

    let words = [
        "--client",
        case.client,
        "--name",
        case.name,
        "--helo",
        case.helo,
        "--from",
        case.sender,
        "--to",
        case.recipients[0],
        "--to",
        case.recipients[1],
    ];
    for _ in 0..4 {
        let output = explain(&instance, &words);
        let text = String::from_utf8_lossy(&output.stdout);
        // What was not asked is only assumed.
        assert_eq!(output.status.code(), Some(75), "{text}");
        assert!(
            text.contains("assumed: joe@here.example would be probed; taken as deliverable"),
            "{text}"
        );
        assert!(
            text.contains(&format!(
                "assumed: the policy server inet:127.0.0.1:{port} was not asked"
            )),
            "{text}"
        );
        assert!(text.contains("=> 250 2.0.0 Ok: queued as NOQUEUE"), "{text}");
    }

    assert_eq!(instance.log(), log);
    for queue in ["maildrop", "incoming", "active", "deferred", "hold", "bounce"] {
        assert_eq!(instance.queue(queue), Vec::<String>::new(), "{queue}");
    }
    assert_eq!(instance.mailbox(), "");
    assert!(policy.accept().is_err(), "the policy server was asked");
    assert!(!instance.log().contains("verify"), "an address was probed");
    // Both messages of this client's are still to come.
    let mut client = Client::connect(instance.smtp);
    client.follow(&format!(
        "S: 220 here.example ESMTP Postfix
         C: XCLIENT ADDR={} NAME={} REVERSE_NAME={}
         S: 220 here.example ESMTP Postfix
         C: HELO {}
         S: 250 here.example",
        case.client, case.name, case.name, case.helo
    ));
    let mut mail = || {
        let reply = client.ask(&format!("MAIL FROM:<{}>", case.sender));
        client.ask("RSET");
        reply
    };
    assert_eq!([mail(), mail()], ["250 2.1.0 Ok", "250 2.1.0 Ok"]);
    assert!(mail().starts_with("450 4.7.1 Error: too much mail from 192.0.2.2"));
}

#[test]
fn a_policy_server_is_asked_on_demand_and_decides() {
    let server = NameServer::start(ZONE);
    let policy = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = policy.local_addr().unwrap().port();
    let instance = guarded(&server)
        .main_cf(&format!(
            "smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:{port}"
        ))
        .start();
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = policy.accept().unwrap();
        let mut text = Vec::new();
        let mut piece = [0; 1024];
        while !text.ends_with(b"\n\n") {
            let count = stream.read(&mut piece).unwrap();
            assert!(count > 0, "no whole question");
            text.extend_from_slice(&piece[..count]);
        }
        stream.write_all(b"action=450 4.7.1 greylisted\n\n").unwrap();
        String::from_utf8_lossy(&text).into_owned()
    });

    let text = explained(
        &instance,
        &Case {
            words: &["--ask-policy"],
            ..CASE
        },
    );

    assert!(
        text.contains(
            "=> 450 4.7.1 <joe@here.example>: Recipient address rejected: greylisted. Ask here.example."
        ),
        "{text}"
    );
    let question = asked.join().unwrap();
    assert!(
        question.contains("client_address=192.0.2.2\nclient_name=mail.known.example\n"),
        "{question}"
    );
    assert!(question.contains("client_port=40000\n"), "{question}");
}

#[test]
fn a_service_is_explained_with_the_options_of_its_line() {
    let server = NameServer::start(ZONE);
    let (port, refusing) = (free_port(), free_port());
    let instance = guarded(&server)
        .master_cf(&format!(
            "127.0.0.1:{port} inet n - n - - smtpd -o smtpd_relay_restrictions=reject -o {{ smtpd_banner = the other one }}\n\
             127.0.0.1:{refusing} inet n - n - - smtpd -o smtpd_relay_restrictions=permit"
        ))
        .start();
    let other = port.to_string();
    let words = [
        "--client",
        "198.51.100.1",
        "--name",
        "unknown",
        "--helo",
        "a.example",
        "--from",
        "",
        "--to",
        "joe@here.example",
    ];

    let first = explain(&instance, &words);
    let second = explain(&instance, &[words.as_slice(), &["--service", &other]].concat());

    let (first, second) = (
        String::from_utf8_lossy(&first.stdout),
        String::from_utf8_lossy(&second.stdout),
    );
    assert!(first.contains("=> 250 2.1.5 Ok"), "{first}");
    assert!(second.contains("=> 220 the other one"), "{second}");
    assert!(
        second.contains("=> 554 5.7.1 <joe@here.example>: Recipient address rejected: Access denied"),
        "{second}"
    );

    // A service that does not start is not explained as if it did.
    let refused = explain(
        &instance,
        &[words.as_slice(), &["--service", &refusing.to_string()]].concat(),
    );
    let errors = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(69), "{errors}");
    assert!(
        errors.contains("fatal: in parameter smtpd_relay_restrictions"),
        "{errors}"
    );
    let unknown = explain(
        &instance,
        &[words.as_slice(), &["--service", "nonesuch"]].concat(),
    );
    assert_eq!(unknown.status.code(), Some(78));
}

#[test]
fn what_cannot_be_asked_is_said_and_answered_as_to_a_client() {
    let server = NameServer::start(ZONE);
    let instance = guarded(&server)
        .main_cf("smtpd_sender_restrictions = check_sender_access texthash:@DIR@/nothing")
        .start();

    let output = explain(
        &instance,
        &[
            "--client",
            CASE.client,
            "--name",
            CASE.name,
            "--helo",
            CASE.helo,
            "--from",
            CASE.sender,
            "--to",
            "joe@here.example",
        ],
    );

    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.contains("could not tell for s@known.example: texthash:"),
        "{text}"
    );
    assert_eq!(replies(&text), heard(&instance, &CASE), "{text}");
}

#[test]
fn the_object_for_programs_holds_the_same() {
    let server = NameServer::start(ZONE);
    let instance = guarded(&server).start();

    let text = explained(
        &instance,
        &Case {
            recipients: &["a@elsewhere.example"],
            words: &["--json"],
            ..CASE
        },
    );

    assert!(text.starts_with("{\"service\": \"127.0.0.1:"), "{text}");
    assert!(text.contains("\"certain\": true"), "{text}");
    let outcome = "{\"stage\": \"recipient\", \"said\": \"RCPT TO:<a@elsewhere.example>\", \"reply\": \"554 5.7.1 \
                   <a@elsewhere.example>: Relay access denied. Ask here.example.\", \"restriction\": \
                   \"reject_unauth_destination\", \"list\": \"smtpd_relay_restrictions\", \"cause\": \"\", \"destinations\": []}";
    assert!(text.contains(outcome), "{text}");
}

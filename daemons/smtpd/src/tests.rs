//! Whole sessions as transcripts, with scripted neighbours.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use config::Configuration;
use contract::rewrite::{Resolve, Resolved, flag};
use contract::{anvil, cleanup};
use daemon::{Client, Origin};
use ipc::{Caller, Limits, Port};
use lookup::Tables;
use stream::Stream;
use tokio::net::UnixListener;
use tokio::task::{LocalSet, spawn_local};

use crate::opening::Surroundings;
use crate::server::Server;
use crate::session::Session;
use crate::settings::Settings;

mod rehearsal;

const WAIT: Duration = Duration::from_secs(10);

/// What a played session left.
struct Played {
    log: Vec<String>,
    /// Records of each message that was filed, `letter text`.
    filed: Vec<Vec<String>>,
    /// What the postdrop command was given.
    posted: String,
}

/// A client on a network of its own, so that nothing is trusted.
const STRANGER: &str = "192.0.2.7:40000";

/// Plays `transcript` against a server with `main_cf` behind it. After each `S:` line that is not the last of a reply,
/// and after each `C:` line followed by another one, nothing is waited for.
fn play(main_cf: &str, transcript: &str) -> Played {
    play_from(STRANGER, main_cf, transcript)
}

fn play_from(peer: &str, main_cf: &str, transcript: &str) -> Played {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("smtpd-test-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let filed = Rc::new(RefCell::new(Vec::new()));
    let capture = maillog::capture();
    let text = format!(
        "compatibility_level = 3.6\nmyhostname = mx.example\nmyorigin = mx.example\nmydestination = mx.example\nmynetworks = 127.0.0.0/8\n\
         smtpd_peername_lookup = no\nlocal_recipient_maps = inline:{{ joe=x }}\nrelay_recipient_maps =\n\
         virtual_alias_maps =\nsmtpd_client_connection_count_limit = 0\n{main_cf}\n"
    );
    let configuration = Configuration::parse(&text.replace("@DIR@", &folder.to_string_lossy())).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, async {
        neighbours(&folder, &filed);
        spawn_local(policy_server(folder.join("policy")));
        let alone = transcript.starts_with("ALONE").then(|| postdrop(&folder));
        let mut server = server(&configuration, &folder, alone);
        if transcript.starts_with("DNS") {
            let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
            let servers = vec![socket.local_addr().unwrap()];
            server.resolver = dns::Resolver::new(dns::Settings {
                servers,
                attempts: 1,
                ..dns::Settings::default()
            });
            spawn_local(name_server(socket));
        }
        let server = Rc::new(server);
        let (mut ours, theirs) = Stream::pair();
        let origin = if server.stands_alone() {
            Origin::StandardInput
        } else {
            Origin::Network {
                peer: peer.parse().unwrap(),
                local: "192.0.2.1:25".parse().ok(),
            }
        };
        let task = spawn_local(async move {
            Session::serve(
                &server,
                Client {
                    stream: theirs,
                    origin,
                },
            )
            .await;
        });
        follow(&mut ours, transcript).await;
        drop(ours);
        task.await.unwrap();
    });
    let got = std::fs::read(folder.join("postdrop.got")).unwrap_or_default();
    let _ = std::fs::remove_dir_all(&folder);
    Played {
        log: capture.lines(),
        filed: filed.take(),
        posted: String::from_utf8_lossy(&got).into_owned(),
    }
}

/// A command in postdrop's place: it takes one message and keeps its records, apart at each NUL, in `postdrop.got`.
fn postdrop(folder: &Path) -> PathBuf {
    let path = folder.join("postdrop");
    let script = r#"#!/bin/bash
printf 'protocol\000postdrop_protocol\000queue_id\000FILED1\000\000'
while IFS= read -r -d '' piece; do
    printf '%s\n' "$piece" >>"$0.got"
    [ "$piece" = E ] && break
done
printf 'status\0000\000reason\000\000\000'
"#;
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    path
}

fn server(configuration: &Configuration, folder: &Path, postdrop: Option<PathBuf>) -> Server {
    let port = |name: &str| {
        Port::new(
            folder.join(name),
            Limits {
                wait: WAIT,
                idle: WAIT,
                tries: 1,
            },
        )
    };
    let surroundings = Surroundings {
        tables: Tables::new(lookup::Settings::default()),
        anvil: port("anvil"),
        rewrite: port("rewrite"),
        verify: port("verify"),
        cleanup: port("cleanup"),
        flush: port("flush"),
        postdrop,
        service: "smtp".into(),
        memory: Rc::default(),
    };
    let mut settings = Settings::read(configuration).unwrap();
    if surroundings.postdrop.is_some() {
        crate::stand_alone::forgo(&mut settings);
    }
    Server::with(configuration, settings, surroundings).unwrap()
}

/// Sends the `C:` lines and expects the `S:` lines, exactly.
async fn follow(stream: &mut Stream, transcript: &str) {
    let lines: Vec<&str> = transcript
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    for line in lines {
        if let Some(said) = line.strip_prefix("C: ").or(line.strip_prefix("C:")) {
            stream.put(said.replace("\\n", "\n").as_bytes());
            if !said.contains("\\n") {
                stream.put(b"\r\n");
            }
        } else if let Some(expected) = line.strip_prefix("S: ") {
            stream.flush(WAIT).await.unwrap();
            let heard = stream.line(4096, WAIT).await;
            let heard = heard.map(|line| String::from_utf8(line).unwrap());
            assert_eq!(heard.as_deref().ok(), Some(expected), "{transcript}");
        } else if line == "DNS" || line == "ALONE" {
        } else if line == "(gone)" {
            stream.flush(WAIT).await.unwrap();
            assert!(stream.line(4096, WAIT).await.is_err(), "{transcript}");
        } else {
            panic!("neither C: nor S: {line}");
        }
    }
    stream.flush(WAIT).await.unwrap();
}

fn neighbours(folder: &Path, filed: &Rc<RefCell<Vec<Vec<String>>>>) {
    spawn_local(answer(folder.join("rewrite"), |mut caller| async move {
        while let Ok(Some(question)) = caller.question(std::future::pending()).await {
            let resolve: Resolve = question.read().unwrap();
            caller.answer(&route(&resolve.address)).await;
        }
    }));
    spawn_local(answer(folder.join("anvil"), |mut caller| async move {
        let mut messages = 0;
        while let Ok(Some(question)) = caller.question(std::future::pending()).await {
            messages += u32::from(question.is::<anvil::Message>());
            caller
                .answer(&anvil::Counts {
                    count: 3,
                    rate: 3,
                    mail: messages,
                    ..Default::default()
                })
                .await;
        }
    }));
    let filed = Rc::clone(filed);
    spawn_local(answer(folder.join("cleanup"), move |caller| {
        file(caller, Rc::clone(&filed))
    }));
}

async fn answer<F: Future<Output = ()> + 'static>(path: PathBuf, serve: impl Fn(Caller) -> F) {
    let listener = UnixListener::bind(path).unwrap();
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        spawn_local(serve(Caller::new(Stream::new(socket), WAIT)));
    }
}

fn route(address: &str) -> Resolved {
    let domain = mail::address::domain(address).unwrap_or("mx.example");
    let flags = match domain {
        "mx.example" => flag::LOCAL,
        "relay.example" => flag::RELAY,
        "fail.example" => flag::FAIL,
        _ => flag::DEFAULT,
    };
    let recipient = if address.contains('@') {
        address.to_owned()
    } else {
        format!("{address}@mx.example")
    };
    Resolved {
        flags,
        transport: "smtp".into(),
        nexthop: domain.to_owned(),
        recipient,
    }
}

/// Takes messages and remembers their records.
async fn file(mut caller: Caller, filed: Rc<RefCell<Vec<Vec<String>>>>) {
    while let Ok(Some(_open)) = caller.question(std::future::pending()).await {
        caller
            .answer(&cleanup::Opened {
                queue_id: "4Test".into(),
                ..Default::default()
            })
            .await;
        let mut records = Vec::new();
        'records: loop {
            while let Ok(Some((kind, payload, used))) = next_record(caller.stream().buffered()) {
                caller.stream().consume(used);
                let end = kind == 'E';
                records.push(format!("{kind} {payload}"));
                if end {
                    break 'records;
                }
            }
            if caller.stream().fill(WAIT).await.is_err() {
                return;
            }
        }
        filed.borrow_mut().push(records);
        caller.answer(&cleanup::Filed::default()).await;
    }
}

/// The record at the start of `octets`, if all of it is there.
fn next_record(octets: &[u8]) -> Result<Option<(char, String, usize)>, ()> {
    let Some((&kind, rest)) = octets.split_first() else {
        return Ok(None);
    };
    let (mut length, mut shift, mut at) = (0usize, 0, 0);
    loop {
        let Some(&octet) = rest.get(at) else {
            return Ok(None);
        };
        length |= usize::from(octet & 0x7f) << shift;
        at += 1;
        shift += 7;
        if octet & 0x80 == 0 {
            break;
        }
    }
    let Some(payload) = rest.get(at..at + length) else {
        return Ok(None);
    };
    Ok(Some((
        char::from(kind),
        String::from_utf8_lossy(payload).into_owned(),
        1 + at + length,
    )))
}

#[test]
fn a_message_is_received_and_filed() {
    let played = play(
        "",
        "S: 220 mx.example ESMTP Postfix
         C: EHLO client.example
         S: 250-mx.example
         S: 250-PIPELINING
         S: 250-SIZE 10240000
         S: 250-VRFY
         S: 250-ETRN
         S: 250-ENHANCEDSTATUSCODES
         S: 250-8BITMIME
         S: 250-DSN
         S: 250-SMTPUTF8
         S: 250 CHUNKING
         C: MAIL FROM:<s@there.example> SIZE=100 RET=HDRS ENVID=e+2B1 BODY=8BITMIME
         S: 250 2.1.0 Ok
         C: RCPT TO:<joe@mx.example> NOTIFY=FAILURE
         S: 250 2.1.5 Ok
         C: DATA
         S: 354 End data with <CR><LF>.<CR><LF>
         C: Subject: x
         C:
         C: ..dotted
         C: .
         S: 250 2.0.0 Ok: queued as 4Test
         C: QUIT
         S: 221 2.0.0 Bye
         (gone)",
    );
    let records = &played.filed[0];
    let expected = [
        "A log_ident=4Test",
        "A rewrite_context=remote",
        "A envelope_id=e+1",
        "A ret_flags=2",
        "S s@there.example",
        "A encoding=8bit",
        "A log_client_name=unknown",
        "A log_client_address=192.0.2.7",
        "A log_client_port=40000",
        "A log_message_origin=unknown[192.0.2.7]",
        "A log_helo_name=client.example",
        "A log_protocol_name=ESMTP",
        "A client_name=unknown",
        "A reverse_client_name=unknown",
        "A client_address=192.0.2.7",
        "A client_port=40000",
        "A server_address=192.0.2.1",
        "A server_port=25",
        "A helo_name=client.example",
        "A protocol_name=ESMTP",
        "A client_address_type=2",
        "A notify_flags=4",
        "A dsn_orig_rcpt=rfc822;joe@mx.example",
        "R joe@mx.example",
        "M ",
        "N Received: from client.example (unknown [192.0.2.7])",
        "N \tby mx.example (Postfix) with ESMTP id 4Test",
    ];
    assert_eq!(records[1..=expected.len()], expected);
    assert!(records[0].starts_with("T "));
    assert!(records[expected.len() + 1].starts_with("N \tfor <joe@mx.example>; "));
    assert_eq!(
        records[expected.len() + 2..],
        ["N Subject: x", "N ", "N .dotted", "X ", "E "]
    );
    assert_eq!(
        played.log,
        [
            "connect from unknown[192.0.2.7]",
            "4Test: client=unknown[192.0.2.7]",
            "disconnect from unknown[192.0.2.7] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5",
        ]
    );
}

#[test]
fn strangers_do_not_relay_and_unknown_users_are_refused() {
    let played = play(
        "",
        "S: 220 mx.example ESMTP Postfix
         C: HELO h
         S: 250 mx.example
         C: MAIL FROM:<s@there.example>
         S: 250 2.1.0 Ok
         C: RCPT TO:<r@elsewhere.example>
         S: 454 4.7.1 <r@elsewhere.example>: Relay access denied
         C: RCPT TO:<nobody@mx.example>
         S: 550 5.1.1 <nobody@mx.example>: Recipient address rejected: User unknown in local recipient table
         C: RCPT TO:<r@relay.example>
         S: 250 2.1.5 Ok
         C: RCPT TO:<r@fail.example>
         S: 451 4.3.0 <r@fail.example>: Temporary lookup failure
         C: RCPT TO:<postmaster>
         S: 250 2.1.5 Ok",
    );
    assert_eq!(
        played.log[1..],
        [
            "NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 454 4.7.1 <r@elsewhere.example>: Relay access denied; \
             from=<s@there.example> to=<r@elsewhere.example> proto=SMTP helo=<h>",
            "NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 550 5.1.1 <nobody@mx.example>: Recipient address rejected: \
             User unknown in local recipient table; from=<s@there.example> to=<nobody@mx.example> proto=SMTP helo=<h>",
            "4Test: client=unknown[192.0.2.7]",
            "4Test: reject: RCPT from unknown[192.0.2.7]: 451 4.3.0 <r@fail.example>: Temporary lookup failure; \
             from=<s@there.example> to=<r@fail.example> proto=SMTP helo=<h>",
            "4Test: lost connection after RCPT from unknown[192.0.2.7]",
            "disconnect from unknown[192.0.2.7] helo=1 mail=1 rcpt=2/5 commands=4/7",
        ]
    );
    assert!(played.filed.is_empty());
}

#[test]
fn our_own_networks_relay() {
    let played = play_from(
        "127.0.0.1:1",
        "",
        "S: 220 mx.example ESMTP Postfix
         C: MAIL FROM:<>
         S: 250 2.1.0 Ok
         C: RCPT TO:<r@elsewhere.example>
         S: 250 2.1.5 Ok
         C: RSET
         S: 250 2.0.0 Ok
         C: DATA
         S: 503 5.5.1 Error: need RCPT command",
    );
    assert_eq!(
        played.log.last().unwrap(),
        "disconnect from unknown[127.0.0.1] mail=1 rcpt=1 data=0/1 rset=1 commands=3/4"
    );
}

#[test]
fn access_tables_and_their_actions() {
    let main_cf = "smtpd_client_restrictions = check_client_access inline:{{192.0.2 = WARN look}}\n\
                   smtpd_sender_restrictions = check_sender_access inline:{ {bad.example = REJECT go away}, \
                   {x.bad.example = 521 5.7.9 bye}, {hold.example = HOLD}, {class.example = strict} }\n\
                   smtpd_restriction_classes = strict\nstrict = warn_if_reject reject, defer_if_permit\n\
                   smtpd_relay_restrictions = reject_unauth_destination\n";
    let played = play(
        main_cf,
        "S: 220 mx.example ESMTP Postfix
         C: HELO h
         S: 250 mx.example
         C: MAIL FROM:<s@bad.example>
         S: 250 2.1.0 Ok
         C: RCPT TO:<joe@mx.example>
         S: 554 5.7.1 <s@bad.example>: Sender address rejected: go away
         C: RSET
         S: 250 2.0.0 Ok
         C: MAIL FROM:<s@class.example>
         S: 250 2.1.0 Ok
         C: RCPT TO:<joe@mx.example>
         S: 450 4.7.0 <s@class.example>: Sender address rejected: defer_if_permit requested
         C: RCPT TO:<joe@else.example>
         S: 554 5.7.1 <joe@else.example>: Relay access denied
         C: RSET
         S: 250 2.0.0 Ok
         C: MAIL FROM:<s@hold.example>
         S: 250 2.1.0 Ok
         C: RCPT TO:<joe@mx.example>
         S: 250 2.1.5 Ok
         C: DATA
         S: 354 End data with <CR><LF>.<CR><LF>
         C: .
         S: 250 2.0.0 Ok: queued as 4Test
         C: MAIL FROM:<s@x.bad.example>
         S: 250 2.1.0 Ok
         C: RCPT TO:<joe@mx.example>
         S: 521 5.7.9 <s@x.bad.example>: Sender address rejected: bye
         (gone)",
    );
    assert!(played.filed[0].contains(&"f 4".to_owned()), "{:?}", played.filed);
    let has = |text: &str| played.log.iter().any(|line| line.contains(text));
    assert!(
        has("NOQUEUE: warn: RCPT from unknown[192.0.2.7]: look; from="),
        "{:#?}",
        played.log
    );
    assert!(has(
        "NOQUEUE: reject_warning: RCPT from unknown[192.0.2.7]: 554 5.7.1 <s@class.example>: Sender address rejected: Access denied;"
    ));
    assert!(has(
        "NOQUEUE: hold: RCPT from unknown[192.0.2.7]: <s@hold.example>: Sender address triggers HOLD action;"
    ));
}

#[test]
fn pipelined_commands_are_answered_together_and_improper_ones_refused() {
    play(
        "",
        "S: 220 mx.example ESMTP Postfix
         C: EHLO c
         S: 250-mx.example
         S: 250-PIPELINING
         S: 250-SIZE 10240000
         S: 250-VRFY
         S: 250-ETRN
         S: 250-ENHANCEDSTATUSCODES
         S: 250-8BITMIME
         S: 250-DSN
         S: 250-SMTPUTF8
         S: 250 CHUNKING
         C: MAIL FROM:<>
         C: RCPT TO:<joe@mx.example>
         C: BDAT 3
         C: ab
         C: BDAT 3 LAST
         C: c\\n
         S: 250 2.1.0 Ok
         S: 250 2.1.5 Ok",
    );
    let played = play(
        "",
        "S: 220 mx.example ESMTP Postfix
         C: MAIL FROM:<>
         C: RCPT TO:<joe@mx.example>
         S: 554 5.5.0 Error: SMTP protocol synchronization
         (gone)",
    );
    assert_eq!(
        played.log[1],
        "improper command pipelining after MAIL from unknown[192.0.2.7]: RCPT TO:<joe@mx.example>\\r\\n"
    );
}

#[test]
fn chunks_make_a_message() {
    let played = play(
        "smtpd_discard_ehlo_keywords = dsn, etrn, vrfy, silent-discard",
        "S: 220 mx.example ESMTP Postfix
         C: EHLO c
         S: 250-mx.example
         S: 250-PIPELINING
         S: 250-SIZE 10240000
         S: 250-ENHANCEDSTATUSCODES
         S: 250-8BITMIME
         S: 250-SMTPUTF8
         S: 250 CHUNKING
         C: MAIL FROM:<> RET=FULL
         S: 501 5.7.1 DSN support is disabled
         C: BDAT 3
         C: a
         S: 503 5.5.1 Error: need RCPT command
         C: RSET
         S: 250 2.0.0 Ok
         C: MAIL FROM:<>
         S: 250 2.1.0 Ok
         C: RCPT TO:<joe@mx.example>
         S: 250 2.1.5 Ok
         C: BDAT 10
         C: a: b
         C: ..
         S: 250 2.0.0 Ok: 10 bytes
         C: BDAT 3 LAST
         C: c
         S: 250 2.0.0 Ok: 13 bytes queued as 4Test
         C: MAIL FROM:<>
         S: 250 2.1.0 Ok",
    );
    let records = &played.filed[0];
    let content: Vec<&String> = records
        .iter()
        .skip_while(|record| !record.contains("; "))
        .skip(1)
        .collect();
    assert_eq!(content[..3], ["N a: b", "N ..", "N c"], "{records:#?}");
}

#[test]
fn limits_are_enforced() {
    let played = play(
        "smtpd_hard_error_limit = 3\nsmtpd_soft_error_limit = 100\nsmtpd_recipient_limit = 1\nmessage_size_limit = 20\n\
         smtpd_reject_footer = call $server_name\nnotify_classes =",
        "S: 220 mx.example ESMTP Postfix
         C: HELO h
         S: 250 mx.example
         C: MAIL FROM:<> SIZE=21
         S: 552-5.3.4 Message size exceeds fixed limit
         S: 552 5.3.4 call mx.example
         C: RSET
         S: 250 2.0.0 Ok
         C: MAIL FROM:<>
         S: 250 2.1.0 Ok
         C: RCPT TO:<joe@mx.example>
         S: 250 2.1.5 Ok
         C: RCPT TO:<joe@mx.example>
         S: 452-4.5.3 Error: too many recipients
         S: 452 4.5.3 call mx.example
         C: DATA
         S: 354 End data with <CR><LF>.<CR><LF>
         C: 0123456789
         C: 0123456789
         C: .
         S: 552-5.3.4 Error: message file too big
         S: 552 5.3.4 call mx.example
         C: BOGUS
         S: 500-5.5.2 Error: command not recognized
         S: 500 5.5.2 call mx.example
         S: 421-4.7.0 mx.example Error: too many errors
         S: 421 4.7.0 call mx.example
         (gone)",
    );
    assert_eq!(
        played.log[played.log.len() - 2..],
        [
            "NOQUEUE: too many errors after UNKNOWN from unknown[192.0.2.7]",
            "disconnect from unknown[192.0.2.7] helo=1 mail=1/2 rcpt=2 data=0/1 rset=1 unknown=0/1 commands=5/8",
        ]
    );
}

#[test]
fn anvil_limits_connections_and_messages() {
    let played = play(
        "smtpd_client_connection_count_limit = 2",
        "S: 421 4.7.0 mx.example Error: too many connections from 192.0.2.7
         (gone)",
    );
    assert_eq!(
        played.log[1],
        "warning: Connection concurrency limit exceeded: 3 from unknown[192.0.2.7] for service smtp"
    );
    play(
        "smtpd_client_message_rate_limit = 1",
        "S: 220 mx.example ESMTP Postfix
         C: MAIL FROM:<>
         S: 250 2.1.0 Ok
         C: RSET
         S: 250 2.0.0 Ok
         C: MAIL FROM:<>
         S: 450 4.7.1 Error: too much mail from 192.0.2.7",
    );
}

#[test]
fn xclient_makes_another_client_of_it() {
    let played = play(
        "smtpd_authorized_xclient_hosts = 192.0.2.7\nsmtpd_authorized_xforward_hosts = 192.0.2.7",
        "S: 220 mx.example ESMTP Postfix
         C: XFORWARD NAME=orig.example ADDR=198.51.100.9 IDENT=abc
         S: 250 2.0.0 Ok
         C: MAIL FROM:<>
         S: 250 2.1.0 Ok
         C: RCPT TO:<joe@mx.example>
         S: 250 2.1.5 Ok
         C: RSET
         S: 250 2.0.0 Ok
         C: XCLIENT NAME=a..b
         S: 501 5.5.4 Bad NAME syntax: a..b
         C: XCLIENT NAME=c.example ADDR=198.51.100.1 PROTO=ESMTP HELO=h.example
         S: 220 mx.example ESMTP Postfix
         C: XCLIENT ADDR=192.0.2.7
         S: 550 5.7.0 Error: insufficient authorization
         C: VRFY joe
         S: 252 2.0.0 joe",
    );
    assert_eq!(
        played.log[1],
        "4Test: client=unknown[192.0.2.7], orig_queue_id=abc, orig_client=orig.example[198.51.100.9]"
    );
    assert_eq!(
        played.log.last().unwrap(),
        "disconnect from c.example[198.51.100.1] xclient=0/3 xforward=1 mail=1 rcpt=1 rset=1 vrfy=1 commands=5/8"
    );
}

#[test]
fn odd_lines_are_answered_as_they_deserve() {
    let played = play(
        "smtpd_forbid_bare_newline = reject",
        "S: 220 mx.example ESMTP Postfix
         C: FOO
         S: 500 5.5.2 Error: command not recognized
         C: STARTTLS
         S: 502 5.5.1 Error: command not implemented
         C: AUTH PLAIN x
         S: 503 5.5.1 Error: authentication not enabled
         C: MAIL FROM:<a@b> FOO=bar
         S: 555 5.5.4 Unsupported option: FOO=bar
         C: MAIL FROM:<a@b,c@d>
         S: 501 5.1.7 Bad sender address syntax
         C: HELP
         S: 214 2.0.0 Commands: AUTH BDAT DATA EHLO ETRN HELO HELP MAIL NOOP QUIT RCPT RSET STARTTLS VRFY XCLIENT XFORWARD
         C: NOOP\\n
         S: 550 5.5.2 mx.example Error: bare <LF> received
         (gone)",
    );
    assert_eq!(
        played.log[1],
        "warning: Illegal address syntax from unknown[192.0.2.7] in MAIL command: <a@b,c@d>"
    );
    let played = play(
        "",
        "S: 220 mx.example ESMTP Postfix
         C: GET / HTTP/1.0
         S: 221 2.7.0 Error: I can break rules, too. Goodbye.
         (gone)",
    );
    assert_eq!(
        played.log[1],
        "warning: non-SMTP command from unknown[192.0.2.7]: GET / HTTP/1.0"
    );
}

#[test]
fn checks_of_what_milters_write_are_warned_of_once_since_there_are_none() {
    let played = play(
        "milter_header_checks = pcre:/etc/postfix/milter_header_checks",
        "S: 220 mx.example ESMTP Postfix
         C: QUIT
         S: 221 2.0.0 Bye",
    );
    let warning = "warning: milter_header_checks has no effect: milters are not built yet";
    assert_eq!(played.log.iter().filter(|line| *line == warning).count(), 1);
}

#[test]
fn an_open_relay_does_not_start() {
    let configuration = Configuration::parse(
        "myhostname = mx.example\nsmtpd_relay_restrictions = permit_mynetworks\nlocal_recipient_maps =\n",
    )
    .unwrap();
    let port = |name: &str| Port::new(name, Limits::default());
    let surroundings = Surroundings {
        tables: Tables::new(lookup::Settings::default()),
        anvil: port("a"),
        rewrite: port("r"),
        verify: port("v"),
        cleanup: port("c"),
        flush: port("f"),
        postdrop: None,
        service: "smtp".into(),
        memory: Rc::default(),
    };
    let opened = Server::with(
        &configuration,
        Settings::read(&configuration).unwrap(),
        surroundings,
    );
    assert!(
        opened
            .err()
            .unwrap()
            .to_string()
            .contains("reject_unauth_destination")
    );
}

/// A name server that knows a few names.
async fn name_server(socket: tokio::net::UdpSocket) {
    let mut query = [0; 512];
    loop {
        let (length, peer) = socket.recv_from(&mut query).await.unwrap();
        let answer = answer_to(&query[..length]);
        socket.send_to(&answer, peer).await.unwrap();
    }
}

fn answer_to(query: &[u8]) -> Vec<u8> {
    let mut labels = Vec::new();
    let mut at = 12;
    while query[at] != 0 {
        let end = at + 1 + usize::from(query[at]);
        labels.push(String::from_utf8(query[at + 1..end].to_vec()).unwrap());
        at = end;
    }
    let question = &query[12..at + 5];
    let kind = u16::from_be_bytes([query[at + 1], query[at + 2]]);
    let (code, records): (u8, Vec<Vec<u8>>) = match (labels.join(".").to_ascii_lowercase().as_str(), kind) {
        ("there.example" | "host.example", 1) => (0, vec![vec![192, 0, 2, 7]]),
        ("there.example" | "host.example", _) => (0, vec![]),
        ("null.example", 15) => (0, vec![vec![0, 0, 0]]),
        ("7.2.0.192.in-addr.arpa", 12) => (0, vec![b"\x04host\x07example\0".to_vec()]),
        ("7.2.0.192.list.example", 1) => (0, vec![vec![127, 0, 0, 3]]),
        ("7.2.0.192.list.example", 16) => (0, vec![b"\x09seen spam".to_vec()]),
        ("trouble.example", _) => (2, vec![]),
        _ => (3, vec![]),
    };
    let mut answer = query[..2].to_vec();
    answer.extend([0x81, 0x80 | code, 0, 1, 0, records.len() as u8, 0, 0, 0, 0]);
    answer.extend(question);
    for data in records {
        answer.extend([0xc0, 12]);
        answer.extend(kind.to_be_bytes());
        answer.extend([0, 1, 0, 0, 0, 60]);
        answer.extend((data.len() as u16).to_be_bytes());
        answer.extend(data);
    }
    answer
}

/// As [`play`], with a name server.
fn play_with_names(main_cf: &str, transcript: &str) -> Played {
    play(
        &format!("{main_cf}\nsmtpd_peername_lookup = yes\ninet_protocols = ipv4"),
        &format!("DNS\n{transcript}"),
    )
}

#[test]
fn names_are_judged_by_the_dns() {
    let played = play_with_names(
        "smtpd_sender_restrictions = reject_unknown_sender_domain\n\
         smtpd_helo_restrictions = reject_unknown_helo_hostname, reject_non_fqdn_helo_hostname\n\
         smtpd_client_restrictions = check_client_access inline:{{host.example = INFO named}}\n\
         smtpd_recipient_restrictions = check_sender_a_access inline:{{192.0.2 = 450 4.7.9 net}}",
        "S: 220 mx.example ESMTP Postfix
         C: HELO nowhere.example
         S: 250 mx.example
         C: MAIL FROM:<s@there.example>
         S: 250 2.1.0 Ok
         C: RCPT TO:<joe@mx.example>
         S: 450 4.7.1 <nowhere.example>: Helo command rejected: Host not found
         C: HELO host.example
         S: 250 mx.example
         C: MAIL FROM:<s@nowhere.example>
         S: 250 2.1.0 Ok
         C: RCPT TO:<joe@mx.example>
         S: 450 4.1.8 <s@nowhere.example>: Sender address rejected: Domain not found
         C: RSET
         S: 250 2.0.0 Ok
         C: MAIL FROM:<s@null.example>
         S: 250 2.1.0 Ok
         C: RCPT TO:<joe@mx.example>
         S: 550 5.7.27 <s@null.example>: Sender address rejected: Domain null.example does not accept mail (nullMX)
         C: RSET
         S: 250 2.0.0 Ok
         C: MAIL FROM:<s@trouble.example>
         S: 250 2.1.0 Ok
         C: RCPT TO:<joe@mx.example>
         S: 450 4.1.8 <s@trouble.example>: Sender address rejected: Domain not found
         C: RCPT TO:<joe@elsewhere.example>
         S: 454 4.7.1 <joe@elsewhere.example>: Relay access denied
         C: RSET
         S: 250 2.0.0 Ok
         C: MAIL FROM:<s@there.example>
         S: 250 2.1.0 Ok
         C: RCPT TO:<joe@mx.example>
         S: 450 4.7.9 <s@there.example>: Sender address rejected: net",
    );
    assert_eq!(played.log[0], "connect from host.example[192.0.2.7]");
    assert!(
        played.log[1].contains("info: RCPT from host.example[192.0.2.7]: named;"),
        "{:#?}",
        played.log
    );
}

#[test]
fn dns_lists_reject_with_their_template() {
    let played = play_with_names(
        "smtpd_recipient_restrictions = reject_rbl_client list.example=127.0.0.2, \
         reject_rbl_client list.example=127.0.0.[2..4]",
        "S: 220 mx.example ESMTP Postfix
         C: MAIL FROM:<>
         S: 250 2.1.0 Ok
         C: RCPT TO:<joe@mx.example>
         S: 554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using list.example; seen spam",
    );
    assert!(played.log[1].starts_with(
        "NOQUEUE: reject: RCPT from host.example[192.0.2.7]: 554 5.7.1 Service unavailable; Client host [192.0.2.7] \
         blocked using list.example; seen spam; from=<> to=<joe@mx.example>"
    ));
}

#[test]
fn a_policy_server_is_asked_and_obeyed() {
    let played = play(
        "smtpd_recipient_restrictions = check_policy_service { unix:@DIR@/policy, policy_context=ctx }\n\
         smtpd_data_restrictions = check_policy_service { unix:@DIR@/nobody, try_limit=1, { default_action = DUNNO } }",
        "S: 220 mx.example ESMTP Postfix
         C: HELO h
         S: 250 mx.example
         C: MAIL FROM:<a@b.example> SIZE=77
         S: 250 2.1.0 Ok
         C: RCPT TO:<joe@mx.example>
         S: 250 2.1.5 Ok
         C: RCPT TO:<defer@mx.example>
         S: 450 4.7.1 <defer@mx.example>: Recipient address rejected: greylisted RCPT SMTP 77 ctx
         C: DATA
         S: 354 End data with <CR><LF>.<CR><LF>
         C: .
         S: 250 2.0.0 Ok: queued as 4Test",
    );
    assert!(
        played.filed[0].contains(&"N X-Policy: yes".to_owned()),
        "{:#?}",
        played.filed
    );
    assert!(
        played
            .log
            .iter()
            .any(|line| line.contains("problem talking to server /")
                && line.ends_with("nobody: No such file or directory")),
        "{:#?}",
        played.log
    );
}

/// Answers policy questions: a header for most, a deferral for one.
async fn policy_server(path: PathBuf) {
    let listener = UnixListener::bind(path).unwrap();
    let (socket, _) = listener.accept().await.unwrap();
    let mut stream = Stream::new(socket);
    loop {
        let mut attributes = std::collections::HashMap::new();
        loop {
            let Ok(line) = stream.line(4096, WAIT).await else {
                return;
            };
            let line = String::from_utf8(line).unwrap();
            let Some((name, value)) = line.split_once('=') else {
                break;
            };
            attributes.insert(name.to_owned(), value.to_owned());
        }
        let of = |name: &str| attributes[name].clone();
        let action = if of("recipient").starts_with("defer") {
            let facts = ["protocol_state", "protocol_name", "size", "policy_context"]
                .map(of)
                .join(" ");
            format!("DEFER_IF_PERMIT greylisted {facts}")
        } else {
            "PREPEND X-Policy: yes".to_owned()
        };
        stream.put(format!("action={action}\n\n").as_bytes());
        stream.flush(WAIT).await.unwrap();
    }
}

#[test]
fn the_postmaster_hears_of_what_interests_him() {
    let played = play(
        "notify_classes = policy",
        "S: 220 mx.example ESMTP Postfix
         C: MAIL FROM:<>
         S: 250 2.1.0 Ok
         C: RCPT TO:<r@elsewhere.example>
         S: 454 4.7.1 <r@elsewhere.example>: Relay access denied
         C: QUIT
         S: 221 2.0.0 Bye",
    );
    let notice = &played.filed[0];
    for expected in [
        // Mail of our own, which cleanup gives a date and a Message-ID.
        "A rewrite_context=local",
        "S double-bounce@mx.example",
        "R postmaster@mx.example",
        "N From: Mail Delivery System <MAILER-DAEMON@mx.example>",
        "N To: Postmaster <postmaster>",
        "N Subject: Postfix SMTP server: errors from unknown[192.0.2.7]",
        "N  Out: 220 mx.example ESMTP Postfix",
        "N  In:  RCPT TO:<r@elsewhere.example>",
        "N  Out: 454 4.7.1 <r@elsewhere.example>: Relay access denied",
    ] {
        assert!(notice.contains(&expected.to_owned()), "{expected} in {notice:#?}");
    }
}

#[test]
fn a_slow_client_runs_out_of_time() {
    for deadline in ["no", "yes"] {
        let played = play(
            &format!("smtpd_timeout = 1s\nsmtpd_per_request_deadline = {deadline}"),
            "S: 220 mx.example ESMTP Postfix
             C: HELO h
             S: 250 mx.example
             S: 421 4.4.2 mx.example Error: timeout exceeded
             (gone)",
        );
        assert_eq!(
            played.log[1],
            "NOQUEUE: timeout after HELO from unknown[192.0.2.7]"
        );
    }
}

#[test]
fn soft_bounce_and_immediate_refusals() {
    let played = play(
        "soft_bounce = yes\nsmtpd_delay_reject = no\nsmtpd_helo_restrictions = reject_invalid_helo_hostname\n\
         smtpd_sender_restrictions = reject_non_fqdn_sender",
        "S: 220 mx.example ESMTP Postfix
         C: HELO a..b
         S: 401 4.5.2 <a..b>: Helo command rejected: Invalid name
         C: HELO h
         S: 250 mx.example
         C: MAIL FROM:<a@b>
         S: 404 4.5.2 <a@b>: Sender address rejected: need fully-qualified address
         C: FOO
         S: 400 4.5.2 Error: command not recognized",
    );
    assert_eq!(
        played.log[1],
        "NOQUEUE: reject: HELO from unknown[192.0.2.7]: 401 4.5.2 <a..b>: Helo command rejected: Invalid name; \
         proto=SMTP helo=<a..b>"
    );
    let played = play(
        "smtpd_delay_reject = no\nsmtpd_client_restrictions = reject",
        "S: 554 5.7.1 <unknown[192.0.2.7]>: Client host rejected: Access denied
         C: HELO h
         S: 503 5.7.0 Error: access denied for unknown[192.0.2.7]
         C: QUIT
         S: 221 2.0.0 Bye",
    );
    assert_eq!(
        played.log[1],
        "NOQUEUE: reject: CONNECT from unknown[192.0.2.7]: 554 5.7.1 <unknown[192.0.2.7]>: Client host rejected: \
         Access denied; proto=SMTP"
    );
}

#[test]
fn a_table_that_cannot_tell_defers() {
    let played = play(
        "smtpd_relay_restrictions = reject_unauth_destination\n\
         smtpd_recipient_restrictions = check_recipient_access fail:access\n",
        "S: 220 mx.example ESMTP Postfix
         C: MAIL FROM:<>
         S: 250 2.1.0 Ok
         C: RCPT TO:<joe@mx.example>
         S: 451 4.3.5 <joe@mx.example>: Recipient address rejected: Server configuration error",
    );
    assert!(played.filed.is_empty());
    let played = play(
        "local_recipient_maps = fail:users",
        "S: 220 mx.example ESMTP Postfix
         C: MAIL FROM:<>
         S: 250 2.1.0 Ok
         C: RCPT TO:<joe@mx.example>
         S: 451 4.3.0 <joe@mx.example>: Temporary lookup failure",
    );
    assert!(played.filed.is_empty());
}

#[test]
fn a_local_user_on_standard_input_is_not_judged_and_goes_through_postdrop() {
    let played = play(
        "smtpd_client_restrictions = reject\nsmtpd_relay_restrictions = reject\nmynetworks = hash:/nowhere/x\n\
         smtpd_tls_security_level = encrypt\nsmtpd_milters = inet:127.0.0.1:1\ncontent_filter = scan:x",
        "ALONE
        S: 220 mx.example ESMTP Postfix
        C: HELO me
        S: 250 mx.example
        C: MAIL FROM:<joe>
        S: 250 2.1.0 Ok
        C: RCPT TO:<far@example.com>
        S: 250 2.1.5 Ok
        C: DATA
        S: 354 End data with <CR><LF>.<CR><LF>
        C: Subject: x
        C:
        C: y
        C: .
        S: 250 2.0.0 Ok: queued as FILED1
        C: QUIT
        S: 221 2.0.0 Bye",
    );

    assert!(
        played
            .log
            .contains(&"connect from localhost[127.0.0.1]".to_owned()),
        "{:?}",
        played.log
    );
    assert!(played.filed.is_empty());
    let posted = &played.posted;
    for part in [
        "rewrite_context=local",
        "S\x03joe",
        "far@example.com",
        "Received: from me (localhost [127.0.0.1])",
    ] {
        assert!(posted.contains(part), "{part}: {posted:?}");
    }
    for part in ["client_name=localhost", "scan:x"] {
        assert!(!posted.contains(part), "{part}: {posted:?}");
    }
}

//! Dry runs beside whole sessions.

use contract::explain_smtp::{Event, Question};

use super::*;
use crate::trace::Trace;

/// Plays a dry run: what happened, and what cleanup was given.
fn rehearse(main_cf: &str, question: &Question) -> (Vec<Event>, usize) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("smtpd-rehearsal-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let text = format!(
        "compatibility_level = 3.6\nmyhostname = mx.example\nmydestination = mx.example\nmynetworks = 127.0.0.0/8\n\
         smtpd_peername_lookup = no\nlocal_recipient_maps = inline:{{ joe=x }}\nrelay_recipient_maps =\n\
         virtual_alias_maps =\n{main_cf}\n"
    );
    let configuration = Configuration::parse(&text.replace("@DIR@", &folder.to_string_lossy())).unwrap();
    let filed = Rc::new(RefCell::new(Vec::new()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let events = LocalSet::new().block_on(&runtime, async {
        neighbours(&folder, &filed);
        spawn_local(policy_server(folder.join("policy")));
        let trace = Trace::begin();
        trace.ask_policy(question.asks_policy);
        let server = observed_server(&configuration, &folder, &trace);
        crate::rehearsal::rehearse(&server, &trace, question).await;
        trace.take()
    });
    let _ = std::fs::remove_dir_all(&folder);
    (events, filed.borrow().len())
}

fn observed_server(configuration: &Configuration, folder: &Path, trace: &Rc<Trace>) -> Server {
    let port = |name: &str| {
        let limits = Limits {
            wait: WAIT,
            idle: WAIT,
            tries: 1,
        };
        Port::new(folder.join(name), limits)
    };
    let tables = Tables::new(lookup::Settings::default());
    tables.observe(Rc::clone(trace) as Rc<dyn lookup::Observer>);
    let surroundings = Surroundings {
        tables,
        anvil: port("anvil"),
        rewrite: port("rewrite"),
        verify: port("verify"),
        cleanup: port("cleanup"),
        flush: port("flush"),
        postdrop: None,
        service: "smtp".into(),
        memory: Rc::default(),
    };
    let settings = Settings::read(configuration).unwrap();
    let server = Server::with(configuration, settings, surroundings).unwrap();
    server.dry(Rc::clone(trace))
}

fn question(recipients: &str) -> Question {
    Question {
        client: "192.0.2.7".into(),
        helo: "client.example".into(),
        sender: "s@there.example".into(),
        recipients: recipients.into(),
        ..Question::default()
    }
}

fn replies(events: &[Event]) -> Vec<&str> {
    events
        .iter()
        .filter_map(|event| match event {
            Event::Reply { text } => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

#[test]
fn a_dry_run_hears_what_a_client_hears_and_files_nothing() {
    let main_cf = "relay_domains_reject_code = 554\nsmtpd_relay_restrictions = reject_unauth_destination\n\
                   smtpd_recipient_restrictions = check_recipient_access inline:{ bad@relay.example=REJECT }";
    let (events, filed) = rehearse(
        main_cf,
        &question("joe@mx.example\nnobody@mx.example\nbad@relay.example\na@other.example"),
    );

    let heard = replies(&events);
    let refused = [
        "550 5.1.1 <nobody@mx.example>: Recipient address rejected: User unknown in local recipient table",
        "554 5.7.1 <bad@relay.example>: Recipient address rejected: Access denied",
        "554 5.7.1 <a@other.example>: Relay access denied",
    ];
    assert_eq!(heard[0], "220 mx.example ESMTP Postfix");
    assert!(heard[1].starts_with("250-mx.example\n"), "{heard:?}");
    assert_eq!(heard[2..4], ["250 2.1.0 Ok", "250 2.1.5 Ok"]);
    assert_eq!(heard[4..7], refused);
    assert_eq!(
        heard[7..],
        [
            "354 End data with <CR><LF>.<CR><LF>",
            "250 2.0.0 Ok: queued as NOQUEUE",
            "221 2.0.0 Bye"
        ]
    );
    assert_eq!(filed, 0);
    let played = play(
        main_cf,
        &format!(
            "S: 220 mx.example ESMTP Postfix\nC: HELO client.example\nS: 250 mx.example\nC: MAIL FROM:<s@there.example>\n\
             S: 250 2.1.0 Ok\nC: RCPT TO:<nobody@mx.example>\nS: {}\nC: RCPT TO:<bad@relay.example>\nS: {}\n\
             C: RCPT TO:<a@other.example>\nS: {}",
            refused[0], refused[1], refused[2]
        ),
    );
    assert!(played.filed.is_empty());
}

#[test]
fn each_restriction_is_told_with_what_it_asked() {
    let (events, _) = rehearse(
        "smtpd_relay_restrictions = permit_mynetworks reject_unauth_destination\n\
         smtpd_sender_restrictions = check_sender_access inline:{ there.example=inner }\n\
         smtpd_restriction_classes = inner\ninner = warn_if_reject reject",
        &question("a@other.example"),
    );

    let told: Vec<String> = events
        .iter()
        .filter(|event| {
            !matches!(
                event,
                Event::Stage { .. } | Event::Reply { .. } | Event::Client { .. }
            )
        })
        .map(|event| {
            let facts: Vec<&str> = event.facts().into_iter().map(|(_, value)| value).collect();
            format!("{} {}", event.word(), facts.join("|"))
        })
        .collect();
    let expected = [
        "list smtpd_sender_restrictions|s@there.example",
        "restriction check_sender_access inline:{ there.example=inner }",
        "route s@there.example|a@other.example|default|smtp|there.example|s@there.example",
        "row inline:{ there.example=inner }|s@there.example|absent||",
        "row inline:{ there.example=inner }|there.example|found|inner|",
        "action inline:{ there.example=inner }|s@there.example|inner",
        "list |s@there.example",
        "restriction inner",
        "list inner|s@there.example",
        "restriction warn_if_reject reject",
        "verdict none|",
        "list_end ",
        "verdict none|",
        "list_end ",
        "verdict none|",
        "list_end ",
        "list smtpd_relay_restrictions|a@other.example",
        "restriction permit_mynetworks",
        "member mynetworks|unknown[192.0.2.7]|",
        "verdict none|",
        "restriction reject_unauth_destination",
    ];
    let lists: Vec<&str> = told
        .iter()
        .map(String::as_str)
        .filter(|line| !line.starts_with("logged"))
        .collect();
    let found = lists.windows(expected.len()).any(|window| window == expected);
    assert!(found, "{told:#?}");
    assert!(
        told.iter().any(|line| line.starts_with("logged NOQUEUE: reject_warning: RCPT from unknown[192.0.2.7]: 554")),
        "{told:#?}"
    );
}

#[test]
fn a_policy_server_is_asked_only_when_that_is_wanted() {
    let main_cf = "smtpd_recipient_restrictions = check_policy_service unix:@DIR@/policy";
    let mut asked = question("joe@mx.example");

    let (events, _) = rehearse(main_cf, &asked);
    assert!(
        events.iter().any(|event| event.word() == "assumed"),
        "{events:#?}"
    );

    asked.asks_policy = true;
    let (events, _) = rehearse(main_cf, &asked);
    assert!(
        events.iter().all(|event| event.word() != "assumed"),
        "{events:#?}"
    );
    assert!(
        events
            .iter()
            .any(|event| matches!(event, Event::Action { source, .. } if source.starts_with("unix:"))),
        "{events:#?}"
    );
}

#[test]
fn nobody_is_taken_as_logged_in_where_nobody_can_log_in() {
    let mut asked = question("a@other.example");
    asked.login = Some("joe".into());
    let main_cf = "smtpd_relay_restrictions = permit_sasl_authenticated reject_unauth_destination";

    let (events, _) = rehearse(main_cf, &asked);

    assert!(
        replies(&events).contains(&"554 5.7.1 <a@other.example>: Relay access denied"),
        "{events:#?}"
    );
    assert!(events.iter().any(|event| event.word() == "note"), "{events:#?}");
}

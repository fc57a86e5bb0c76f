//! `postrider explain address`: what it tells is what the system does.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use testkit::{Instance, Sink};

fn explained(instance: &Instance, words: &[&str]) -> (String, Option<i32>) {
    let configuration = instance.configuration();
    let output = std::process::Command::new(testkit::programs().join("postrider"))
        .args(["explain", "address"])
        .args(words)
        .arg("-c")
        .arg(configuration)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    (text, output.status.code())
}

fn instance(sink: &Sink) -> Instance {
    Instance::builder()
        .main_cf("myhostname = mx.test.example\nmydomain = test.example\nmydestination = $myhostname, localhost")
        .main_cf(&format!("relayhost = {}\nnotify_classes =", sink.nexthop()))
        .main_cf("recipient_delimiter = +\npropagate_unmatched_extensions = canonical, virtual")
        .main_cf("recipient_canonical_maps = inline:{ {old@b.example=new@b.example} }")
        .main_cf("masquerade_domains = big.example\nmasquerade_classes = envelope_recipient")
        .main_cf("virtual_alias_domains = alias.example")
        .main_cf("virtual_alias_maps = inline:{ {team@alias.example=one@c.example, two@far.example}, {loop@b.example=pool@b.example}, {pool@b.example=loop@b.example} }")
        .main_cf("relay_domains = c.example\ntransport_maps = inline:{ {far.example=discard:not that far} }")
        .main_cf("relocated_maps = inline:{ {gone@c.example=elsewhere@d.example} }")
        .start()
}

#[test]
fn each_step_is_told_with_the_table_and_the_row() {
    let sink = Sink::start();
    let instance = instance(&sink);
    let nexthop = sink.nexthop();

    let (text, status) = explained(&instance, &["team+q@alias.example"]);

    let expected = format!(
        "team+q@alias.example\n  \
           standard form: team+q@alias.example stays\n  \
           virtual_alias_maps: inline:{{ {{team@alias.example=one@c.example, two@far.example}}, {{loop@b.example=pool@b.example}}, {{pool@b.example=loop@b.example}} }} \
           has team@alias.example = one@c.example, two@far.example; team+q@alias.example becomes one+q@c.example, two+q@far.example\n\
         one+q@c.example\n  \
           relay_domains: one+q@c.example becomes relay class\n  \
           relay_transport = relay\n  \
           relayhost = {nexthop}\n  \
           transport relay, next hop {nexthop}, recipient one+q@c.example\n\
         two+q@far.example\n  \
           no list: two+q@far.example becomes default class\n  \
           default_transport = smtp\n  \
           transport_maps: inline:{{ {{far.example=discard:not that far}} }} has far.example = discard:not that far; two+q@far.example becomes discard:not that far\n  \
           transport discard, next hop not that far, recipient two+q@far.example\n"
    );
    assert_eq!((text.as_str(), status), (expected.as_str(), Some(0)));
}

#[test]
fn what_is_told_is_what_happens() {
    let sink = Sink::start();
    let instance = instance(&sink);
    let mut client = instance.session();
    for (address, told, logged) in [
        (
            "old+x@b.example",
            "recipient new+x@b.example",
            "to=<new+x@b.example>, orig_to=<old+x@b.example>",
        ),
        (
            "u@host.big.example",
            "recipient u@big.example",
            "to=<u@big.example>, orig_to=<u@host.big.example>",
        ),
        (
            "gone@c.example",
            "transport error, next hop 5.1.6 User has moved to elsewhere@d.example",
            "User has moved to elsewhere@d.example",
        ),
        (
            "a%d.example@mx.test.example",
            "recipient a@d.example",
            "to=<a@d.example>",
        ),
        (
            "none@alias.example",
            "transport error, next hop 5.1.1 User unknown in virtual alias table",
            "User unknown in virtual alias table",
        ),
    ] {
        let (text, status) = explained(&instance, &[address]);
        assert!(
            text.contains(told) && status == Some(0),
            "{address}: {status:?} {text}"
        );

        client.ask("RSET");
        let mut sendmail = instance
            .command("sendmail")
            .args(["-f", "a@d.example", address])
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        drop(sendmail.stdin.take());
        assert!(sendmail.wait().unwrap().success());
        instance.wait_for_log(&[logged]);
    }
}

#[test]
fn an_endless_alias_is_told_as_trouble_and_nothing_is_left_behind() {
    let sink = Sink::start();
    let instance = instance(&sink);

    let (text, status) = explained(&instance, &["loop@b.example", "--json"]);

    assert_eq!(status, Some(75));
    assert!(
        text.starts_with("{\"address\":\"loop@b.example\",\"steps\":[{\"rule\":\"standard form\","),
        "{text}"
    );
    assert!(
        text.contains("\"trouble\":\"unreasonable virtual_alias_maps map nesting for loop@b.example\",\"recipients\":[]}"),
        "{text}"
    );
    for queue in ["incoming", "active", "deferred", "hold"] {
        assert_eq!(instance.queue(queue), Vec::<String>::new());
    }
}

//! Routes by a name server in this process.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use domain::base::iana::Rcode;
use domain::base::name::Name;
use domain::base::{Message, MessageBuilder, Rtype, Ttl};
use domain::rdata;
use tokio::net::UdpSocket;

use crate::courier::Courier;
use crate::destination::Destination;
use crate::failure::status;
use crate::route::{Route, Router};

fn name(text: &str) -> Name<Vec<u8>> {
    text.parse().unwrap()
}

/// One zone: `(owner, preference and exchanger or address)`.
const EXCHANGERS: &[(&str, u16, &str)] = &[
    ("two.example", 20, "b.example"),
    ("two.example", 10, "a.example"),
    ("backup.example", 10, "a.example"),
    ("backup.example", 20, "self.example"),
    ("backup.example", 30, "b.example"),
    ("mine.example", 10, "self.example"),
    ("gone.example", 10, "nowhere.example"),
    ("shaky.example", 10, "broken.example"),
    ("null.example", 0, "."),
];
const ADDRESSES: &[(&str, Ipv4Addr)] = &[
    ("a.example", Ipv4Addr::new(192, 0, 2, 1)),
    ("a.example", Ipv4Addr::new(192, 0, 2, 2)),
    ("b.example", Ipv4Addr::new(192, 0, 2, 3)),
    ("self.example", Ipv4Addr::new(192, 0, 2, 99)),
    ("plain.example", Ipv4Addr::new(192, 0, 2, 4)),
];

fn reply(query: &[u8]) -> Vec<u8> {
    let query = Message::from_slice(query).unwrap();
    let question = query.sole_question().unwrap();
    let (asked, kind) = (question.qname().to_string(), question.qtype());
    let code = match asked.as_str() {
        "nowhere.example" => Rcode::NXDOMAIN,
        "broken.example" | "nomx.example" if kind != Rtype::A || asked == "broken.example" => Rcode::SERVFAIL,
        _ => Rcode::NOERROR,
    };
    let mut answer = MessageBuilder::new_vec().start_answer(query, code).unwrap();
    for (owner, preference, host) in EXCHANGERS
        .iter()
        .filter(|entry| kind == Rtype::MX && entry.0 == asked)
    {
        let host = if *host == "." {
            Name::root_vec()
        } else {
            name(host)
        };
        answer
            .push((name(owner), Ttl::HOUR, rdata::Mx::new(*preference, host)))
            .unwrap();
    }
    for (owner, address) in ADDRESSES
        .iter()
        .filter(|entry| kind == Rtype::A && entry.0 == asked)
    {
        answer
            .push((name(owner), Ttl::HOUR, rdata::A::new(*address)))
            .unwrap();
    }
    answer.finish()
}

async fn router(more: &str) -> Router {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::task::spawn_local(async move {
        let mut buffer = [0; 2000];
        loop {
            let (count, from) = socket.recv_from(&mut buffer).await.unwrap();
            socket.send_to(&reply(&buffer[..count]), from).await.unwrap();
        }
    });
    let main_cf = format!("myhostname = me.example\ninet_protocols = ipv4\n{more}\n");
    let mut router = Courier::for_tests(&main_cf, "", false).router;
    let settings = dns::Settings {
        servers: vec![address],
        attempts: 1,
        timeout: Duration::from_secs(2),
        ..dns::Settings::default()
    };
    router.resolver = dns::Resolver::new(settings);
    router.own_addresses = vec![IpAddr::from([192, 0, 2, 99])];
    router
}

async fn find(more: &str, text: &str) -> Route {
    let services = configuration::Services::default().with_known_ports("smtp=25");
    let destination = Destination::parse(text, "smtp", &services).unwrap();
    router(more)
        .await
        .find(&destination, true, destination.port == 25)
        .await
}

fn shown(route: &Route) -> Vec<String> {
    route
        .servers
        .iter()
        .map(|server| format!("{} {}:{}", server.host, server.address, server.port))
        .collect()
}

#[test]
fn exchangers_come_by_preference_with_all_their_addresses() {
    super::run(|| async {
        let route = find("", "two.example:2525").await;
        let mut best = shown(&route);
        assert_eq!(best.pop().unwrap(), "b.example 192.0.2.3:2525");
        best.sort();
        assert_eq!(best, ["a.example 192.0.2.1:2525", "a.example 192.0.2.2:2525"]);
    });
}

#[test]
fn records_that_the_administrator_ignores_lead_nowhere() {
    super::run(|| async {
        let ignore = "{ /^two.example. 3600 in mx 10 a.example./ ignore }";
        let route = find(
            &format!("smtp_dns_reply_filter = regexp:{{ {ignore} }}"),
            "two.example",
        )
        .await;
        assert_eq!(shown(&route), ["b.example 192.0.2.3:25"]);

        let ignore = "{ /^plain.example. [0-9]+ in a 192.0.2.4/ IGNORE }";
        let route = find(
            &format!("smtp_dns_reply_filter = regexp:{{ {ignore} }}"),
            "plain.example",
        )
        .await;
        let failure = route.failure.unwrap();
        assert_eq!(
            failure.reason,
            "Error looking up name=plain.example type=A: DNS reply filter drops all results"
        );
        assert!(failure.is_soft());
    });
}

#[test]
fn in_brackets_or_without_exchangers_the_host_itself_is_asked() {
    super::run(|| async {
        assert_eq!(shown(&find("", "[b.example]").await), ["b.example 192.0.2.3:25"]);
        assert_eq!(
            shown(&find("", "plain.example").await),
            ["plain.example 192.0.2.4:25"]
        );
        assert_eq!(
            shown(&find("", "[192.0.2.77]").await),
            ["192.0.2.77 192.0.2.77:25"]
        );
    });
}

#[test]
fn a_backup_sends_only_to_better_exchangers() {
    super::run(|| async {
        let route = find("smtp_randomize_addresses = no", "backup.example").await;
        assert!(route.found_self);
        assert_eq!(
            shown(&route),
            ["a.example 192.0.2.1:25", "a.example 192.0.2.2:25"]
        );
    });
}

#[test]
fn being_the_best_exchanger_is_a_loop_on_the_usual_port_only() {
    super::run(|| async {
        let failure = find("", "mine.example").await.failure.unwrap();
        assert_eq!(failure.status, status(5, 4, 6));
        assert_eq!(failure.reason, "mail for mine.example loops back to myself");
        let failure = find("", "[self.example]").await.failure.unwrap();
        assert_eq!(failure.status, status(5, 4, 6));
        assert_eq!(find("", "mine.example:2525").await.servers.len(), 1);
    });
}

#[test]
fn failures_are_hard_or_soft_by_what_is_known() {
    super::run(|| async {
        let failure = |route: Route| {
            let failure = route.failure.unwrap();
            (failure.status, failure.reason)
        };
        let (code, reason) = failure(find("", "nowhere.example").await);
        assert_eq!(code, status(5, 4, 4));
        assert_eq!(
            reason,
            "Host or domain name not found. Name service error for name=nowhere.example type=A: Host not found"
        );
        let (code, reason) = failure(find("", "null.example").await);
        assert_eq!(
            (code, reason.as_str()),
            (
                status(5, 1, 0),
                "Domain null.example does not accept mail (nullMX)"
            )
        );
        assert_eq!(failure(find("", "nomx.example").await).0, status(4, 4, 3));
        assert_eq!(failure(find("", "gone.example").await).0, status(5, 4, 4));
        assert_eq!(
            failure(find("smtp_defer_if_no_mx_address_found = yes", "gone.example").await).0,
            status(4, 4, 4)
        );
        assert_eq!(failure(find("", "shaky.example").await).0, status(4, 4, 3));
    });
}

#[test]
fn a_failed_exchanger_lookup_may_be_overlooked() {
    super::run(|| async {
        let route = find("ignore_mx_lookup_error = yes", "nomx.example").await;
        assert_eq!(route.failure.unwrap().status, status(5, 4, 4));
    });
}

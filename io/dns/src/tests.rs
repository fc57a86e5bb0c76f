//! The resolver against a name server in this process.

use std::net::SocketAddr;
use std::time::Duration;

use domain::base::iana::Rcode;
use domain::base::name::Name;
use domain::base::{Message, MessageBuilder, Rtype, Ttl};
use domain::rdata;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

use super::*;

type Octets = Vec<u8>;

fn name(text: &str) -> Name<Octets> {
    text.parse().unwrap()
}

/// Answers one query; `tcp` tells how it came.
fn reply(query: &[u8], tcp: bool) -> Option<Octets> {
    let query = Message::from_slice(query).unwrap();
    let question = query.sole_question().unwrap();
    let asked = question.qname().to_string();
    let kind = question.qtype();
    assert!(query.header().ad() && query.header().rd());
    let hour = Ttl::from_secs(3600);
    let mut builder = MessageBuilder::new_vec();
    let code = match asked.as_str() {
        "nowhere.example" => Rcode::NXDOMAIN,
        "broken.example" => Rcode::SERVFAIL,
        "silent.example" => return None,
        "noedns.example" if query.opt().is_some() => Rcode::FORMERR,
        _ => Rcode::NOERROR,
    };
    let signed = asked.starts_with("signed");
    let mut answer = builder.start_answer(query, code).unwrap();
    answer.header_mut().set_ad(signed);
    builder = answer.builder();
    let mut answer = MessageBuilder::from_target(builder.finish())
        .unwrap()
        .start_answer(query, code)
        .unwrap();
    answer.header_mut().set_ad(signed);
    match (asked.as_str(), kind) {
        ("example.com", Rtype::MX) => {
            answer
                .push((
                    name("example.com"),
                    hour,
                    rdata::Mx::new(10, name("mx1.example.com")),
                ))
                .unwrap();
            answer
                .push((
                    name("example.com"),
                    Ttl::from_secs(60),
                    rdata::Mx::new(20, name("mx2.example.com")),
                ))
                .unwrap();
        }
        ("null.example", Rtype::MX) => {
            answer
                .push((name("null.example"), hour, rdata::Mx::new(0, Name::root_vec())))
                .unwrap();
        }
        ("addressmx.example", Rtype::MX) => {
            answer
                .push((
                    name("addressmx.example"),
                    hour,
                    rdata::Mx::new(0, name("192.0.2.1")),
                ))
                .unwrap();
        }
        ("badmx.example", Rtype::MX) => {
            answer
                .push((
                    name("badmx.example"),
                    hour,
                    rdata::Mx::new(0, name("-bad.example")),
                ))
                .unwrap();
        }
        ("alias.example", Rtype::A) => {
            answer
                .push((
                    name("alias.example"),
                    hour,
                    rdata::Cname::new(name("signed.example")),
                ))
                .unwrap();
        }
        ("whole.example", Rtype::A) => {
            answer
                .push((
                    name("whole.example"),
                    hour,
                    rdata::Cname::new(name("signed.example")),
                ))
                .unwrap();
            answer
                .push((name("signed.example"), hour, rdata::A::from_octets(192, 0, 2, 7)))
                .unwrap();
        }
        ("loop.example", Rtype::A) => {
            answer
                .push((
                    name("loop.example"),
                    hour,
                    rdata::Cname::new(name("loop.example")),
                ))
                .unwrap();
        }
        ("signed.example" | "noedns.example", Rtype::A) | ("host.example", Rtype::A) => {
            answer
                .push((name(&asked), hour, rdata::A::from_octets(192, 0, 2, 7)))
                .unwrap();
        }
        ("large.example", Rtype::TXT) if tcp => {
            for _ in 0..20 {
                let text = rdata::Txt::<Octets>::build_from_slice(&[b'x'; 200]).unwrap();
                answer.push((name("large.example"), hour, text)).unwrap();
            }
        }
        ("large.example", Rtype::TXT) => answer.header_mut().set_tc(true),
        ("7.2.0.192.in-addr.arpa", Rtype::PTR) => {
            answer
                .push((name(&asked), hour, rdata::Ptr::new(name("host.example"))))
                .unwrap();
        }
        ("8.2.0.192.in-addr.arpa", Rtype::PTR) => {
            answer
                .push((name(&asked), hour, rdata::Ptr::new(name("host.example"))))
                .unwrap();
        }
        _ => {}
    }
    let mut authority = answer.authority();
    if asked == "nowhere.example" || asked == "nodata.example" {
        let soa = rdata::Soa::new(
            name("ns.example"),
            name("root.example"),
            1.into(),
            hour,
            hour,
            hour,
            Ttl::from_secs(300),
        );
        authority.push((name("example"), hour, soa)).unwrap();
    }
    Some(authority.finish())
}

async fn serve() -> SocketAddr {
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = tcp.local_addr().unwrap();
    let udp = UdpSocket::bind(address).await.unwrap();
    tokio::task::spawn_local(async move {
        let mut buffer = [0; 2000];
        loop {
            let (count, from) = udp.recv_from(&mut buffer).await.unwrap();
            // A forged reply first: it must be passed over.
            udp.send_to(&[0; 40], from).await.unwrap();
            if let Some(reply) = reply(&buffer[..count], false) {
                udp.send_to(&reply, from).await.unwrap();
            }
        }
    });
    tokio::task::spawn_local(async move {
        loop {
            let (mut client, _) = tcp.accept().await.unwrap();
            let length = client.read_u16().await.unwrap();
            let mut query = vec![0; length.into()];
            client.read_exact(&mut query).await.unwrap();
            let reply = reply(&query, true).unwrap();
            client.write_u16(reply.len() as u16).await.unwrap();
            client.write_all(&reply).await.unwrap();
        }
    });
    address
}

fn with_server<F: Future>(test: impl FnOnce(Resolver) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let address = serve().await;
        let settings = Settings {
            servers: vec![address],
            timeout: Duration::from_millis(200),
            attempts: 1,
            ..Settings::default()
        };
        let hosts = Hosts::parse("192.0.2.200 known.example\n");
        test(Resolver::with_hosts(settings, hosts)).await;
    });
}

fn absence<T: std::fmt::Debug>(answer: Answer<T>) -> Absence {
    match answer {
        Answer::Absent(absent) => absent.why,
        other => panic!("{other:?}"),
    }
}

fn trouble<T: std::fmt::Debug>(answer: Answer<T>) -> Trouble {
    match answer {
        Answer::CouldNotTell(trouble) => trouble,
        other => panic!("{other:?}"),
    }
}

fn found<T: std::fmt::Debug>(answer: Answer<T>) -> Found<T> {
    match answer {
        Answer::Found(found) => found,
        other => panic!("{other:?}"),
    }
}

#[test]
fn mail_exchangers_come_with_preference_and_least_time_to_live() {
    with_server(|resolver| async move {
        let found = found(resolver.mx("example.com").await);
        assert_eq!(found.ttl, 60);
        assert_eq!(
            found.records[1],
            Mx {
                preference: 20,
                host: "mx2.example.com".into()
            }
        );
        assert!(!found.authenticated);
    });
}

#[test]
fn the_forms_of_absence_are_told_apart() {
    with_server(|resolver| async move {
        match resolver.mx("nowhere.example").await {
            Answer::Absent(absent) => {
                assert_eq!((absent.why, absent.ttl), (Absence::NoName, Some(300)));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(absence(resolver.mx("nodata.example").await), Absence::NoData);
        assert_eq!(absence(resolver.mx("null.example").await), Absence::NullMx);
        assert_eq!(absence(resolver.mx("badmx.example").await), Absence::InvalidName);
        let exchanger = found(resolver.mx("addressmx.example").await).records.remove(0);
        assert_eq!(exchanger.host, "192.0.2.1");
        let address = found(resolver.addresses(&exchanger.host, true, true).await);
        assert_eq!(address.records, ["192.0.2.1".parse::<IpAddr>().unwrap()]);
        assert_eq!(absence(resolver.mx("no such name").await), Absence::InvalidName);
    });
}

#[test]
fn failures_are_never_absence() {
    with_server(|resolver| async move {
        assert_eq!(
            trouble(resolver.ipv4("broken.example").await),
            Trouble::ServerFailure(2)
        );
        assert_eq!(trouble(resolver.ipv4("silent.example").await), Trouble::NoServer);
        assert_eq!(trouble(resolver.ipv4("loop.example").await), Trouble::AliasLoop);
    });
}

#[test]
fn an_unreachable_server_is_no_absence() {
    with_server(|resolver| async move {
        let servers = vec!["127.0.0.1:1".parse().unwrap()];
        let alone = Resolver::new(Settings {
            servers,
            ..resolver.settings().clone()
        });
        assert_eq!(trouble(alone.ipv4("signed.example").await), Trouble::NoServer);
    });
}

#[test]
fn the_second_server_is_asked_when_the_first_is_silent() {
    with_server(|resolver| async move {
        let mut servers = resolver.settings().servers.clone();
        servers.insert(0, "127.0.0.1:1".parse().unwrap());
        let both = Resolver::new(Settings {
            servers,
            ..resolver.settings().clone()
        });
        assert_eq!(found(both.ipv4("signed.example").await).records.len(), 1);
    });
}

#[test]
fn aliases_are_followed_and_every_link_must_be_signed() {
    with_server(|resolver| async move {
        assert!(found(resolver.ipv4("signed.example").await).authenticated);
        let chained = found(resolver.ipv4("alias.example").await);
        assert_eq!(
            (chained.name.as_str(), chained.authenticated),
            ("signed.example", false)
        );
        assert_eq!(found(resolver.ipv4("whole.example").await).name, "signed.example");
    });
}

#[test]
fn a_cut_reply_is_fetched_by_tcp() {
    with_server(|resolver| async move {
        let found = found(resolver.text("large.example").await);
        assert_eq!((found.records.len(), found.records[0].len()), (20, 200));
    });
}

#[test]
fn a_server_without_edns_is_asked_plainly() {
    with_server(|resolver| async move {
        assert_eq!(found(resolver.ipv4("noedns.example").await).records.len(), 1);
    });
}

#[test]
fn a_client_name_counts_only_when_it_has_the_address() {
    with_server(|resolver| async move {
        let good = resolver.peer_name("192.0.2.7".parse().unwrap(), true, true).await;
        assert_eq!(
            (good.name.as_str(), good.name_status),
            ("host.example", NameStatus::Found)
        );

        let forged = resolver.peer_name("192.0.2.8".parse().unwrap(), true, true).await;
        assert_eq!(
            (forged.name.as_str(), forged.name_status),
            ("unknown", NameStatus::Forged)
        );
        assert_eq!(
            (forged.reverse_name.as_str(), forged.unconfirmed.as_deref()),
            ("host.example", Some(""))
        );

        let nameless = resolver.peer_name("192.0.2.9".parse().unwrap(), true, true).await;
        assert_eq!(
            (nameless.reverse_name.as_str(), nameless.reverse_status),
            ("unknown", NameStatus::Absent)
        );
    });
}

#[test]
fn the_hosts_file_comes_before_the_dns() {
    with_server(|resolver| async move {
        let found = found(resolver.native_addresses("known.example", true, true).await);
        assert_eq!(found.records, ["192.0.2.200".parse::<IpAddr>().unwrap()]);
        let peer = resolver
            .peer_name("192.0.2.200".parse().unwrap(), true, true)
            .await;
        assert_eq!(peer.name, "known.example");
    });
}

#[test]
fn addresses_of_both_families_are_asked_for_as_told() {
    with_server(|resolver| async move {
        assert_eq!(
            found(resolver.addresses("signed.example", true, true).await)
                .records
                .len(),
            1
        );
        assert_eq!(
            absence(resolver.addresses("signed.example", false, true).await),
            Absence::NoData
        );
        assert_eq!(
            trouble(resolver.addresses("broken.example", true, true).await),
            Trouble::ServerFailure(2)
        );
    });
}

//! Who the client is: its address from the socket, its name from the DNS, confirmed in both directions.

use std::net::{IpAddr, SocketAddr};

use esmtp::upstream::{self, Families, Upstream, UpstreamError};
use stream::{Stream, StreamError};

use contract::Attributes;
use record::attribute;

use crate::log;
use crate::server::Server;
use crate::state::{Client, UNKNOWN};

/// The client at the other end of a socket.
pub(crate) async fn client(server: &Server, peer: SocketAddr, local: Option<SocketAddr>) -> Client {
    let mut client = Client::unknown();
    client.set_address(Some(peer.ip().to_canonical()));
    client.port = peer.port().to_string();
    if let Some(local) = local {
        client.server_address = local.ip().to_canonical().to_string();
        client.server_port = local.port().to_string();
    }
    name(server, &mut client).await;
    client
}

/// The client of whom a proxy's header tells, which comes before all else; `None` when there is no such header.
pub(crate) async fn behind_proxy(
    server: &Server,
    stream: &mut Stream,
    proxy: SocketAddr,
    local: Option<SocketAddr>,
) -> Option<Client> {
    let families = Families {
        ipv4: server.protocols.ipv4,
        ipv6: server.protocols.ipv6,
    };
    let patience = server.settings.upstream_proxy_timeout;
    let until = stream::now() + patience;
    loop {
        match upstream::read(stream.buffered(), families) {
            Ok(Some((told, length))) => {
                stream.consume(length);
                return Some(match told {
                    Upstream::Proxied {
                        client: peer,
                        server: own,
                    } => client(server, peer, Some(own)).await,
                    Upstream::Own => client(server, proxy, local).await,
                });
            }
            Ok(None) => {}
            Err(UpstreamError::NotAHeader) if stream.buffered().len() < SHORTEST_HEADER => {
                log::bad_proxy_header(&"short protocol header", stream.buffered());
                return None;
            }
            Err(error) => {
                log::bad_proxy_header(&error, stream.buffered());
                return None;
            }
        }
        // The whole header has this time, not each of its octets.
        let left = until.saturating_duration_since(stream::now());
        match stream.fill(left).await {
            Ok(_) => {}
            Err(StreamError::TimedOut) => {
                log::no_proxy_header("timeout error");
                return None;
            }
            Err(_) => {
                log::no_proxy_header("EOF");
                return None;
            }
        }
    }
}

/// Octets that a header has at least.
const SHORTEST_HEADER: usize = 16;

/// The client that another daemon has accepted and passed on, as it describes it.
pub(crate) async fn passed(server: &Server, facts: &[u8]) -> Option<Client> {
    let facts = Attributes::parse(facts).ok()?;
    let text = |name: &str| facts.text(name).map(std::borrow::Cow::into_owned);
    let ip: IpAddr = text(attribute::CLIENT_ADDRESS)?.parse().ok()?;
    let mut client = Client::unknown();
    client.set_address(Some(ip.to_canonical()));
    client.port = text(attribute::CLIENT_PORT)?;
    client.server_address = text(attribute::SERVER_ADDRESS)?;
    client.server_port = text(attribute::SERVER_PORT)?;
    name(server, &mut client).await;
    Some(client)
}

async fn name(server: &Server, client: &mut Client) {
    if let Some(ip) = client.ip.filter(|_| server.settings.peername_lookup) {
        let found = server
            .resolver
            .peer_name(ip, server.protocols.ipv4, server.protocols.ipv6)
            .await;
        if let Some(why) = &found.unconfirmed {
            log::name_mismatch(&found.reverse_name, &client.address, why);
        }
        // A name that is none, or a mere number, would mislead who reads it.
        let usable = |name: &str| mail::domain::is_valid(name);
        (client.name, client.name_status) = (found.name, found.name_status);
        (client.reverse_name, client.reverse_status) = (found.reverse_name, found.reverse_status);
        if !usable(&client.reverse_name) {
            client.reverse_name = UNKNOWN.to_owned();
            client.reverse_status = dns::NameStatus::Absent;
            client.name = UNKNOWN.to_owned();
            client.name_status = dns::NameStatus::Absent;
        }
    }
    client.show(server.settings.client_port_logging);
}

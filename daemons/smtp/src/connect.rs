//! Opening a connection to a server, from the right address of ours.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use stream::Stream;
use tokio::net::{TcpSocket, UnixStream};

use crate::courier::Courier;
use crate::failure::{Failure, status};
use crate::log;
use crate::route::Server;

/// From which addresses connections are made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins {
    pub(crate) ipv4: Option<IpAddr>,
    pub(crate) ipv6: Option<IpAddr>,
    /// Mail waits when the address cannot be had (`smtp_bind_address_enforce`).
    pub(crate) enforced: bool,
}

impl Origins {
    /// The configured addresses; where there is none, an only own address that is not loopback, so that a virtual
    /// host shows its own face.
    ///
    /// # Errors
    /// The text that is no address.
    pub(crate) fn new(ipv4: &str, ipv6: &str, enforced: bool, own: &[IpAddr]) -> Result<Self, String> {
        let of_family = |is_ipv4: bool, configured: &str| {
            if configured.is_empty() {
                let mut mine = own.iter().filter(|address| address.is_ipv4() == is_ipv4);
                return Ok(match (mine.next(), mine.next()) {
                    (Some(only), None) if !only.is_loopback() => Some(*only),
                    _ => None,
                });
            }
            let bare = configured
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
                .unwrap_or(configured);
            mail::domain::parse_address(bare)
                .map(Some)
                .ok_or_else(|| configured.to_owned())
        };
        Ok(Self {
            ipv4: of_family(true, ipv4)?,
            ipv6: of_family(false, ipv6)?,
            enforced,
        })
    }
}

/// Connects to a server.
pub(crate) async fn to_server(courier: &Courier, server: &Server) -> Result<Stream, Failure> {
    let place = format!("{}[{}]:{}", server.host, server.address, server.port);
    let failed = |words: &str| Failure::ours(status(4, 4, 1), format!("connect to {place}: {words}"));
    let socket = if server.address.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    };
    let socket = socket.map_err(|error| failed(&sys::fault::text(&error)))?;
    let origin = if server.address.is_ipv4() {
        courier.origins.ipv4
    } else {
        courier.origins.ipv6
    };
    if let Some(address) = origin
        && let Err(error) = socket.bind(SocketAddr::new(address, 0))
    {
        log::bind_failed(&address.to_string(), &sys::fault::text(&error));
        if courier.origins.enforced {
            return Err(Failure::ours(status(4, 4, 0), "server configuration error"));
        }
    }
    let work = socket.connect(SocketAddr::new(server.address, server.port));
    match limited(courier.settings.connect_timeout, work).await {
        Some(Ok(stream)) => Ok(Stream::new(stream)),
        Some(Err(error)) => Err(failed(&sys::fault::text(&error))),
        None => Err(failed("Connection timed out")),
    }
}

/// Connects to a Unix socket; a relative path is below the queue directory.
pub(crate) async fn to_socket(courier: &Courier, path: &str) -> Result<Stream, Failure> {
    let name = &courier.settings.myhostname;
    let failed = |words: &str| Failure::ours(status(4, 4, 1), format!("connect to {name}[{path}]: {words}"));
    match limited(courier.settings.connect_timeout, UnixStream::connect(path)).await {
        Some(Ok(stream)) => Ok(Stream::new(stream)),
        Some(Err(error)) => Err(failed(&sys::fault::text(&error))),
        None => Err(failed("Connection timed out")),
    }
}

/// Waits for `work`; a limit of zero leaves it to the kernel's own.
async fn limited<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    if limit.is_zero() {
        return Some(work.await);
    }
    stream::within(limit, work).await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_only_own_address_is_where_connections_come_from() {
        let addresses = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| text.parse().unwrap())
                .collect::<Vec<IpAddr>>()
        };
        let origins = |configured, own: &[&str]| Origins::new(configured, "", false, &addresses(own));

        assert_eq!(
            origins("", &["192.0.2.1"]).unwrap().ipv4,
            Some("192.0.2.1".parse().unwrap())
        );
        assert_eq!(origins("", &["192.0.2.1", "127.0.0.1"]).unwrap().ipv4, None);
        assert_eq!(origins("", &["127.0.0.1"]).unwrap().ipv4, None);
        assert_eq!(
            origins("[192.0.2.9]", &[]).unwrap().ipv4,
            Some("192.0.2.9".parse().unwrap())
        );
        assert_eq!(origins("x", &[]).unwrap_err(), "x");
    }
}

//! Carrying a query to a name server and its reply back: UDP first, TCP when the reply was cut short.
//!
//! Every query has a socket, hence a port, of its own, and a random id; only a reply from the server asked, with that
//! id and that question, is taken (RFC 5452).

use std::cell::{Cell, RefCell};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

use crate::answer::{RecordType, Trouble};
use crate::message::{self, Verdict};
use crate::settings::Settings;

/// Why one server gave nothing useful.
enum Failure {
    /// It did not answer, or could not be reached.
    Silent,
    /// It answered with this response code.
    Code(u8),
}

/// Asks the servers in turn until one gives a usable reply.
pub(crate) async fn exchange(
    settings: &Settings,
    turn: &Cell<usize>,
    name: &str,
    kind: RecordType,
) -> Result<Vec<u8>, Trouble> {
    let count = settings.servers.len().max(1);
    let first = if settings.rotate {
        turn.replace(turn.get().wrapping_add(1)) % count
    } else {
        0
    };
    let mut code = None;
    for round in 0..settings.attempts.max(1) {
        for step in 0..count {
            let Some(&server) = settings.servers.get((first + step) % count) else {
                continue;
            };
            match ask(settings, server, settings.patience(round), name, kind).await {
                Ok(reply) => return Ok(reply),
                Err(Failure::Code(message::FORMAT_ERROR)) => return Err(Trouble::FormatError),
                Err(Failure::Code(refused)) => code = Some(refused),
                Err(Failure::Silent) => {}
            }
        }
        // Servers that have answered, if only with a refusal, will not change their mind at once.
        if let Some(code) = code {
            return Err(Trouble::ServerFailure(code));
        }
    }
    Err(Trouble::NoServer)
}

async fn ask(
    settings: &Settings,
    server: SocketAddr,
    patience: Duration,
    name: &str,
    kind: RecordType,
) -> Result<Vec<u8>, Failure> {
    // Some servers refuse the EDNS record itself: those get the question of 1987.
    for edns in [true, false] {
        let id = random_id();
        let query = message::query(id, name, kind, edns).ok_or(Failure::Code(message::FORMAT_ERROR))?;
        let reply = stream::within(patience, carry(settings.use_tcp, server, &query, id, name, kind)).await;
        let reply = reply.map_err(|_| Failure::Silent)?.ok_or(Failure::Silent)?;
        match message::response_code(&reply) {
            message::NO_ERROR | message::NO_NAME => return Ok(reply),
            message::FORMAT_ERROR if edns => {}
            code => return Err(Failure::Code(code)),
        }
    }
    Err(Failure::Code(message::FORMAT_ERROR))
}

async fn carry(
    tcp_only: bool,
    server: SocketAddr,
    query: &[u8],
    id: u16,
    name: &str,
    kind: RecordType,
) -> Option<Vec<u8>> {
    if !tcp_only {
        let (reply, verdict) = carry_by_udp(server, query, id, name, kind).await?;
        if verdict == Verdict::Whole {
            return Some(reply);
        }
    }
    carry_by_tcp(server, query, id, name, kind).await
}

async fn carry_by_udp(
    server: SocketAddr,
    query: &[u8],
    id: u16,
    name: &str,
    kind: RecordType,
) -> Option<(Vec<u8>, Verdict)> {
    let any: SocketAddr = if server.is_ipv4() {
        (Ipv4Addr::UNSPECIFIED, 0).into()
    } else {
        (Ipv6Addr::UNSPECIFIED, 0).into()
    };
    let socket = UdpSocket::bind(any).await.ok()?;
    // Connected: the kernel drops what comes from elsewhere, and reports an unreachable port at once.
    socket.connect(server).await.ok()?;
    socket.send(query).await.ok()?;
    let mut reply = vec![0; message::UDP_OCTETS];
    loop {
        let count = socket.recv(&mut reply).await.ok()?;
        let octets = reply.get(..count).unwrap_or_default();
        match message::judge(octets, id, name, kind) {
            Verdict::Foreign => {}
            verdict => {
                reply.truncate(count);
                return Some((reply, verdict));
            }
        }
    }
}

async fn carry_by_tcp(
    server: SocketAddr,
    query: &[u8],
    id: u16,
    name: &str,
    kind: RecordType,
) -> Option<Vec<u8>> {
    let mut socket = TcpStream::connect(server).await.ok()?;
    let mut framed = Vec::with_capacity(query.len() + 2);
    framed.extend_from_slice(&u16::try_from(query.len()).ok()?.to_be_bytes());
    framed.extend_from_slice(query);
    socket.write_all(&framed).await.ok()?;
    let length = socket.read_u16().await.ok()?;
    let mut reply = vec![0; length.into()];
    socket.read_exact(&mut reply).await.ok()?;
    (message::judge(&reply, id, name, kind) != Verdict::Foreign).then_some(reply)
}

/// An id that an outsider cannot guess. Random octets are fetched for many queries at a time.
fn random_id() -> u16 {
    thread_local!(static POOL: RefCell<([u8; 128], usize)> = const { RefCell::new(([0; 128], 128)) });
    POOL.with_borrow_mut(|(octets, used)| {
        if *used + 2 > octets.len() {
            // Without a random source the random port alone must do.
            let _ = sys::process::random_octets(octets);
            *used = 0;
        }
        let at = *used;
        *used += 2;
        let high = octets.get(at).copied().unwrap_or_default();
        let low = octets.get(at + 1).copied().unwrap_or_default();
        u16::from_be_bytes([high, low])
    })
}

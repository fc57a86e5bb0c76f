//! The header by which a proxy on the way to us tells of the client: HAProxy's PROXY protocol, versions 1 and 2.
//!
//! It comes before the greeting, and only where `smtpd_upstream_proxy_protocol` says so. What it tells is taken as it is:
//! who may connect to such a port is for the network to say. Follows proxy-protocol.txt of HAProxy, §2.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What a header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upstream {
    /// Somebody's connection, carried on.
    Proxied {
        /// The client.
        client: SocketAddr,
        /// What it has connected to.
        server: SocketAddr,
    },
    /// The proxy speaks for itself, as when it looks whether we are alive: the addresses of the connection count.
    Own,
}

/// Why a header is none. What it displays as stands in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    /// Neither signature.
    #[error("unrecognized protocol header")]
    NotAHeader,
    /// A first version's line without an end within the octets that it may have.
    #[error("missing protocol header terminator")]
    NoEnd,
    /// A first version's line for a kind of connection that mail does not come over, or not here.
    #[error("bad or missing protocol type")]
    Protocol,
    /// No client address, or one of another family.
    #[error("bad or missing client address")]
    ClientAddress,
    /// As [`UpstreamError::ClientAddress`], of the server.
    #[error("bad or missing server address")]
    ServerAddress,
    /// No client port, or none that is one.
    #[error("bad or missing client port")]
    ClientPort,
    /// As [`UpstreamError::ClientPort`], of the server.
    #[error("bad or missing server port")]
    ServerPort,
    /// A second version's header of a third version.
    #[error("unrecognized protocol version")]
    Version,
    /// A second version's command that there is not.
    #[error("bad command in proxy header")]
    Command,
    /// A second version's header for a kind of connection that mail does not come over.
    #[error("unsupported network protocol")]
    Network,
    /// A second version's header without room for the addresses.
    #[error("short address field")]
    ShortAddress,
    /// A family that is switched off here.
    #[error("Postfix IPv4 support is disabled")]
    NoIpv4,
    /// A family that is switched off here.
    #[error("Postfix IPv6 support is disabled")]
    NoIpv6,
}

/// The address families in use (`inet_protocols`).
#[derive(Clone, Copy, Debug)]
pub struct Families {
    /// IPv4.
    pub ipv4: bool,
    /// IPv6.
    pub ipv6: bool,
}

/// A reading of the octets so far.
pub type Reading = Result<Option<(Upstream, usize)>, UpstreamError>;

const SIGNATURE_1: &[u8] = b"PROXY ";
const SIGNATURE_2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
/// Octets of a first version's line, with its end (§2.1).
const LINE_LIMIT: usize = 107;
/// Octets of a second version's header before the addresses.
const FIXED: usize = 16;

/// Reads a header at the start of `octets`: what it says and how long it is, or nothing as long as it is not whole.
///
/// # Errors
/// [`UpstreamError`]: no further octets can make it a header.
pub fn read(octets: &[u8], families: Families) -> Reading {
    let begins = |signature: &[u8]| {
        let length = signature.len().min(octets.len());
        octets.get(..length) == signature.get(..length)
    };
    if begins(SIGNATURE_1) {
        read_1(octets, families)
    } else if begins(SIGNATURE_2) {
        read_2(octets, families)
    } else {
        Err(UpstreamError::NotAHeader)
    }
}

fn read_1(octets: &[u8], families: Families) -> Reading {
    let seen = octets.get(..LINE_LIMIT).unwrap_or(octets);
    let Some(end) = seen.iter().position(|octet| *octet == b'\n') else {
        return if octets.len() >= LINE_LIMIT {
            Err(UpstreamError::NoEnd)
        } else {
            Ok(None)
        };
    };
    let line = seen.get(SIGNATURE_1.len()..end).unwrap_or_default();
    // What is no text is no address either.
    let line = String::from_utf8_lossy(line);
    let mut words = line.split_ascii_whitespace();
    let four = match words.next().map(str::to_ascii_uppercase).as_deref() {
        Some("TCP4") if families.ipv4 => true,
        Some("TCP6") if families.ipv6 => false,
        _ => return Err(UpstreamError::Protocol),
    };
    let mut address = || {
        let address: IpAddr = words.next()?.parse().ok()?;
        (address.is_ipv4() == four).then_some(address)
    };
    let client = address().ok_or(UpstreamError::ClientAddress)?;
    let server = address().ok_or(UpstreamError::ServerAddress)?;
    let mut port = || {
        let word = words.next()?;
        let digits = word.bytes().all(|octet| octet.is_ascii_digit());
        word.parse::<u16>().ok().filter(|_| digits)
    };
    let client_port = port().ok_or(UpstreamError::ClientPort)?;
    let server_port = port().ok_or(UpstreamError::ServerPort)?;
    let proxied = Upstream::Proxied {
        client: (client, client_port).into(),
        server: (server, server_port).into(),
    };
    Ok(Some((proxied, end + 1)))
}

fn read_2(octets: &[u8], families: Families) -> Reading {
    let Some((fixed, rest)) = octets.split_at_checked(FIXED) else {
        return Ok(None);
    };
    let Some(&[command, family, high, low]) = fixed.get(SIGNATURE_2.len()..) else {
        return Ok(None);
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    let Some(body) = rest.get(..length) else {
        return Ok(None);
    };
    let whole = FIXED + length;
    match command {
        0x20 => return Ok(Some((Upstream::Own, whole))),
        0x21 => {}
        other if other >> 4 != 2 => return Err(UpstreamError::Version),
        _ => return Err(UpstreamError::Command),
    }
    // Behind the addresses there may be more, each with its length; none of it is for us.
    let proxied = match family {
        0x11 if !families.ipv4 => return Err(UpstreamError::NoIpv4),
        0x21 if !families.ipv6 => return Err(UpstreamError::NoIpv6),
        0x11 => four(body),
        0x21 => six(body),
        _ => return Err(UpstreamError::Network),
    };
    let (client, server) = proxied.ok_or(UpstreamError::ShortAddress)?;
    Ok(Some((Upstream::Proxied { client, server }, whole)))
}

fn four(body: &[u8]) -> Option<(SocketAddr, SocketAddr)> {
    let at = |address, port| {
        let octets: [u8; 4] = piece(body, address)?;
        Some(SocketAddr::from((
            Ipv4Addr::from(octets),
            u16::from_be_bytes(piece(body, port)?),
        )))
    };
    Some((at(0, 8)?, at(4, 10)?))
}

fn six(body: &[u8]) -> Option<(SocketAddr, SocketAddr)> {
    let at = |address, port| {
        let octets: [u8; 16] = piece(body, address)?;
        Some(SocketAddr::from((
            Ipv6Addr::from(octets),
            u16::from_be_bytes(piece(body, port)?),
        )))
    };
    Some((at(0, 32)?, at(16, 34)?))
}

fn piece<const N: usize>(body: &[u8], start: usize) -> Option<[u8; N]> {
    body.get(start..start + N)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(octets: &[u8]) -> Reading {
        let families = Families {
            ipv4: true,
            ipv6: true,
        };
        super::read(octets, families)
    }

    fn proxied(client: &str, server: &str, length: usize) -> Reading {
        Ok(Some((
            Upstream::Proxied {
                client: client.parse().unwrap(),
                server: server.parse().unwrap(),
            },
            length,
        )))
    }

    #[test]
    fn a_line_tells_of_client_and_server() {
        let line = b"PROXY TCP4 192.0.2.1 198.51.100.2 4000 25\r\nEHLO";
        assert_eq!(read(line), proxied("192.0.2.1:4000", "198.51.100.2:25", 43));
        let line = b"PROXY TCP6 2001:db8::1 2001:db8::2 4000 25\r\n";
        assert_eq!(
            read(line),
            proxied("[2001:db8::1]:4000", "[2001:db8::2]:25", line.len())
        );
        assert_eq!(
            read(b"PROXY  tcp4 192.0.2.1 198.51.100.2 4000 25 more\n"),
            proxied("192.0.2.1:4000", "198.51.100.2:25", 48)
        );
    }

    #[test]
    fn a_header_may_come_octet_by_octet() {
        let line = b"PROXY TCP4 192.0.2.1 198.51.100.2 4000 25\r\n";
        let mut second = SIGNATURE_2.to_vec();
        second.extend([
            0x21, 0x11, 0, 12, 192, 0, 2, 1, 198, 51, 100, 2, 0x0f, 0xa0, 0, 25,
        ]);
        for header in [line.as_slice(), second.as_slice()] {
            for end in 0..header.len() {
                assert_eq!(read(&header[..end]), Ok(None), "{end}");
            }
            assert!(matches!(read(header), Ok(Some((_, length))) if length == header.len()));
        }
    }

    #[test]
    fn the_second_version_may_carry_more_behind_the_addresses() {
        let mut header = SIGNATURE_2.to_vec();
        header.extend([
            0x21, 0x11, 0, 15, 192, 0, 2, 1, 198, 51, 100, 2, 0x0f, 0xa0, 0, 25,
        ]);
        header.extend([4, 0, 0]);
        header.extend(b"EHLO");
        assert_eq!(read(&header), proxied("192.0.2.1:4000", "198.51.100.2:25", 31));

        let mut own = SIGNATURE_2.to_vec();
        own.extend([0x20, 0, 0, 0]);
        assert_eq!(read(&own), Ok(Some((Upstream::Own, 16))));
    }

    #[test]
    fn what_is_no_header_is_refused_at_once() {
        for (octets, error) in [
            (b"EHLO x\r\n".to_vec(), UpstreamError::NotAHeader),
            (
                [b"PROXY TCP4 ".as_slice(), &[b'1'; 200]].concat(),
                UpstreamError::NoEnd,
            ),
            (
                b"PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n".to_vec(),
                UpstreamError::Protocol,
            ),
            (
                b"PROXY TCP4 2001:db8::1 1.2.3.4 1 2\r\n".to_vec(),
                UpstreamError::ClientAddress,
            ),
            (
                b"PROXY TCP4 1.2.3.4 1.2.3.4 99999 1\r\n".to_vec(),
                UpstreamError::ClientPort,
            ),
            (
                b"PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n".to_vec(),
                UpstreamError::ServerPort,
            ),
            (b"PROXY UNKNOWN\r\n".to_vec(), UpstreamError::Protocol),
            (
                [SIGNATURE_2, &[0x31, 0x11, 0, 0]].concat(),
                UpstreamError::Version,
            ),
            (
                [SIGNATURE_2, &[0x21, 0x12, 0, 0]].concat(),
                UpstreamError::Network,
            ),
            (
                [SIGNATURE_2, &[0x22, 0x11, 0, 0]].concat(),
                UpstreamError::Command,
            ),
            (
                [SIGNATURE_2, &[0x21, 0x11, 0, 3, 1, 2, 3]].concat(),
                UpstreamError::ShortAddress,
            ),
        ] {
            assert_eq!(read(&octets), Err(error), "{octets:?}");
        }
    }
}

//! Facts about this host's network, and about the other end of a Unix socket.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsFd, AsRawFd};

/// The NIS domain of this host; `None` where it is not set.
///
/// # Errors
/// Those of getdomainname(2).
#[cfg(target_os = "linux")]
pub fn nis_domain() -> io::Result<Option<String>> {
    let mut buffer = [0_u8; 256];
    // SAFETY: the buffer is as long as stated.
    if unsafe { libc::getdomainname(buffer.as_mut_ptr().cast(), buffer.len()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let end = buffer.iter().position(|byte| *byte == 0).unwrap_or(buffer.len());
    let name = String::from_utf8_lossy(buffer.get(..end).unwrap_or_default()).into_owned();
    Ok(Some(name).filter(|name| !name.is_empty() && name != "(none)"))
}

/// The NIS domain of this host; not asked for on this system.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn nis_domain() -> io::Result<Option<String>> {
    Ok(None)
}

/// An address that one of this host's interfaces has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceAddress {
    /// Interface name, `lo` or `eth0`.
    pub interface: String,
    /// The address.
    pub address: IpAddr,
    /// Netmask as a prefix length.
    pub prefix_bits: u8,
    /// IPv6 scope (interface number) of a link-local address, else 0.
    pub scope: u32,
    /// True for a loopback interface.
    pub loopback: bool,
}

/// All IPv4 and IPv6 addresses of interfaces that are up.
///
/// # Errors
/// Those of getifaddrs(3).
pub fn interface_addresses() -> io::Result<Vec<InterfaceAddress>> {
    use nix::net::if_::InterfaceFlags;
    let mut found = Vec::new();
    for entry in nix::ifaddrs::getifaddrs()? {
        if !entry.flags.contains(InterfaceFlags::IFF_UP) {
            continue;
        }
        let Some(storage) = entry.address else { continue };
        let mask = entry.netmask;
        let (address, prefix_bits, scope) = if let Some(inet) = storage.as_sockaddr_in() {
            let bits = mask
                .as_ref()
                .and_then(|mask| mask.as_sockaddr_in())
                .map_or(32, |mask| prefix_v4(mask.ip()));
            (IpAddr::V4(inet.ip()), bits, 0)
        } else if let Some(inet) = storage.as_sockaddr_in6() {
            let bits = mask
                .as_ref()
                .and_then(|mask| mask.as_sockaddr_in6())
                .map_or(128, |mask| prefix_v6(mask.ip()));
            (IpAddr::V6(inet.ip()), bits, inet.scope_id())
        } else {
            continue;
        };
        let loopback = entry.flags.contains(InterfaceFlags::IFF_LOOPBACK);
        found.push(InterfaceAddress {
            interface: entry.interface_name,
            address,
            prefix_bits,
            scope,
            loopback,
        });
    }
    Ok(found)
}

fn prefix_v4(mask: Ipv4Addr) -> u8 {
    u32::from(mask).leading_ones() as u8
}

fn prefix_v6(mask: Ipv6Addr) -> u8 {
    u128::from(mask).leading_ones() as u8
}

/// The name of this host as the kernel has it.
///
/// # Errors
/// Those of gethostname(2).
pub fn host_name() -> io::Result<String> {
    Ok(nix::unistd::gethostname()?.to_string_lossy().into_owned())
}

/// Who holds the other end of a Unix socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerCredentials {
    /// User id at the time of connecting.
    pub uid: u32,
    /// Group id at that time.
    pub gid: u32,
    /// Process id, where the system tells.
    pub pid: Option<u32>,
}

/// Tells who holds the other end of a Unix socket.
///
/// # Errors
/// Those of getsockopt(2); on a TCP socket there is no answer.
#[cfg(target_os = "linux")]
pub fn peer_credentials(socket: &impl AsFd) -> io::Result<PeerCredentials> {
    use nix::sys::socket::{getsockopt, sockopt};
    let facts = getsockopt(&socket.as_fd(), sockopt::PeerCredentials)?;
    Ok(PeerCredentials {
        uid: facts.uid(),
        gid: facts.gid(),
        pid: u32::try_from(facts.pid()).ok(),
    })
}

/// Tells who holds the other end of a Unix socket.
///
/// # Errors
/// Those of getpeereid(3).
#[cfg(not(target_os = "linux"))]
pub fn peer_credentials(socket: &impl AsFd) -> io::Result<PeerCredentials> {
    let (uid, gid) = nix::unistd::getpeereid(socket.as_fd())?;
    Ok(PeerCredentials {
        uid: uid.as_raw(),
        gid: gid.as_raw(),
        pid: None,
    })
}

/// Switches Nagle's delay off or on for a TCP socket; a Unix socket is left alone.
///
/// # Errors
/// Those of setsockopt(2).
pub fn set_no_delay(socket: &impl AsFd, on: bool) -> io::Result<()> {
    let value: libc::c_int = on.into();
    // SAFETY: pointer and size describe the local integer.
    let answer = unsafe {
        libc::setsockopt(
            socket.as_fd().as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_NODELAY,
            (&raw const value).cast(),
            size_of::<libc::c_int>() as libc::socklen_t,
        )
    };
    match answer {
        0 => Ok(()),
        _ => match io::Error::last_os_error() {
            error if matches!(error.raw_os_error(), Some(libc::EOPNOTSUPP | libc::ENOPROTOOPT)) => Ok(()),
            error => Err(error),
        },
    }
}

/// Makes a listening Unix socket at `path` with permissions `mode`, replacing what stood there.
///
/// # Errors
/// Those of bind(2), listen(2), chmod(2); a path above 107 octets is refused.
pub fn listen_unix(
    path: &std::path::Path,
    mode: u32,
    backlog: i32,
) -> io::Result<std::os::unix::net::UnixListener> {
    use nix::sys::socket::{AddressFamily, Backlog, SockFlag, SockType, UnixAddr, bind, listen, socket};
    use std::os::unix::fs::PermissionsExt;
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    let descriptor = socket(AddressFamily::Unix, SockType::Stream, flags, None)?;
    bind(descriptor.as_raw_fd(), &UnixAddr::new(path)?)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
    let backlog = Backlog::new(backlog).unwrap_or(Backlog::MAXCONN);
    listen(&descriptor, backlog)?;
    Ok(descriptor.into())
}

/// Makes a listening TCP socket; IPv6 sockets take IPv6 only, since main.cf names both families apart.
///
/// # Errors
/// Those of socket(2), bind(2) and listen(2).
pub fn listen_tcp(address: std::net::SocketAddr, backlog: i32) -> io::Result<std::net::TcpListener> {
    use nix::sys::socket::{
        AddressFamily, Backlog, SockFlag, SockType, SockaddrStorage, bind, listen, setsockopt, socket,
        sockopt,
    };
    let family = if address.is_ipv4() {
        AddressFamily::Inet
    } else {
        AddressFamily::Inet6
    };
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    let descriptor = socket(family, SockType::Stream, flags, None)?;
    setsockopt(&descriptor, sockopt::ReuseAddr, &true)?;
    if address.is_ipv6() {
        setsockopt(&descriptor, sockopt::Ipv6V6Only, &true)?;
    }
    bind(descriptor.as_raw_fd(), &SockaddrStorage::from(address))?;
    listen(&descriptor, Backlog::new(backlog).unwrap_or(Backlog::MAXCONN))?;
    Ok(descriptor.into())
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn the_loopback_interface_is_found() {
        let found = interface_addresses().unwrap();
        assert!(
            found
                .iter()
                .any(|entry| entry.loopback && entry.address == IpAddr::V4(Ipv4Addr::LOCALHOST))
        );
    }

    #[test]
    fn the_peer_of_a_socket_pair_is_this_process() {
        let (left, _right) = UnixStream::pair().unwrap();
        assert_eq!(
            peer_credentials(&left).unwrap().uid,
            crate::identity::effective_uid()
        );
    }

    #[test]
    fn no_delay_is_harmless_on_a_unix_socket() {
        let (left, _right) = UnixStream::pair().unwrap();
        set_no_delay(&left, true).unwrap();
    }

    #[test]
    fn a_tcp_listener_takes_a_client() {
        let listener = listen_tcp("127.0.0.1:0".parse().unwrap(), 5).unwrap();
        std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    }

    #[test]
    fn a_unix_listener_replaces_a_stale_socket() {
        let path = std::env::temp_dir().join(format!("sys-listen-{}", std::process::id()));
        drop(listen_unix(&path, 0o666, 5).unwrap());
        let _listener = listen_unix(&path, 0o666, 5).unwrap();
        UnixStream::connect(&path).unwrap();
        std::fs::remove_file(path).unwrap();
    }
}

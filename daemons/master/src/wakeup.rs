//! Wake-ups: one byte to a service that asked for it by its `master.cf` line.

use std::io;
use std::path::Path;
use std::time::Duration;

use config::master_cf::ServiceKind;
use contract::trigger::WAKE_UP;
use tokio::net::{TcpStream, UnixDatagram, UnixStream, unix::pipe};

use crate::plan::{Place, Plan};

/// Sends a wake-up. A service whose sockets are full needs none.
pub(crate) async fn send(plan: &Plan) -> io::Result<()> {
    stream::within(WAIT, deliver(plan))
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

async fn deliver(plan: &Plan) -> io::Result<()> {
    match (&plan.place, plan.kind) {
        (Place::Inet(addresses), _) => {
            let address = addresses.first().ok_or(io::ErrorKind::AddrNotAvailable)?;
            let mut port = *address;
            if port.ip().is_unspecified() {
                port.set_ip(if port.is_ipv4() {
                    std::net::Ipv4Addr::LOCALHOST.into()
                } else {
                    std::net::Ipv6Addr::LOCALHOST.into()
                });
            }
            write(&TcpStream::connect(port).await?).await
        }
        (Place::Path(path), ServiceKind::Fifo) => {
            let fifo = pipe::OpenOptions::new().open_sender(Path::new(path))?;
            fifo.try_write(&[WAKE_UP]).map(drop)
        }
        (Place::Path(path), ServiceKind::UnixDatagram) => {
            let socket = UnixDatagram::unbound()?;
            socket.connect(path)?;
            socket.send(&[WAKE_UP]).await.map(drop)
        }
        (Place::Path(path), _) => {
            let connection = UnixStream::connect(path).await?;
            connection.writable().await?;
            connection.try_write(&[WAKE_UP]).map(drop)
        }
    }
}

async fn write(connection: &TcpStream) -> io::Result<()> {
    connection.writable().await?;
    connection.try_write(&[WAKE_UP]).map(drop)
}

const WAIT: Duration = Duration::from_secs(10);

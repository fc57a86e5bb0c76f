//! Opening the sockets of a service. Master holds them for as long as it lives; daemons inherit copies.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::rc::Rc;

use config::master_cf::ServiceKind;
use sys::identity::Ids;

use crate::MasterError;
use crate::plan::{Place, Plan};

/// Opens all sockets of a service. As root, sockets below the queue directory belong to `owner`.
///
/// # Errors
/// The first address or path that cannot be had.
pub(crate) fn open(plan: &Plan, owner: Option<&Ids>) -> Result<Vec<Rc<OwnedFd>>, MasterError> {
    match &plan.place {
        Place::Inet(addresses) => addresses
            .iter()
            .map(|address| match sys::network::listen_tcp(*address, BACKLOG) {
                Ok(listener) => Ok(Rc::new(OwnedFd::from(listener))),
                Err(source) => Err(MasterError::Bind {
                    address: address.ip(),
                    port: address.port(),
                    source,
                }),
            })
            .collect(),
        Place::Path(path) => {
            let failed = |source| MasterError::system(format!("listen on {path}"), source);
            let socket = as_owner(owner, || open_path(plan.kind, Path::new(path))).map_err(failed)?;
            Ok(vec![Rc::new(socket)])
        }
    }
}

/// Removes the socket of a service that is no longer wanted.
pub(crate) fn remove(plan: &Plan) -> io::Result<()> {
    match &plan.place {
        Place::Path(path) => std::fs::remove_file(path),
        Place::Inet(_) => Ok(()),
    }
}

fn open_path(kind: ServiceKind, path: &Path) -> io::Result<OwnedFd> {
    match kind {
        ServiceKind::Fifo => open_fifo(path),
        ServiceKind::UnixDatagram => {
            remove_old(path)?;
            let socket = UnixDatagram::bind(path)?;
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(SOCKET_MODE))?;
            socket.set_nonblocking(true)?;
            Ok(socket.into())
        }
        // The folder decides who may connect: private/ is open to the mail system only.
        _ => sys::network::listen_unix(path, SOCKET_MODE, BACKLOG).map(OwnedFd::from),
    }
}

fn open_fifo(path: &Path) -> io::Result<OwnedFd> {
    let is_fifo = std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_fifo());
    if !is_fifo {
        remove_old(path)?;
        sys::disk::make_fifo(path, FIFO_MODE)?;
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(FIFO_MODE))?;
    // Open for writing too, so that the end of one client is not the end of the pipe.
    let file = std::fs::OpenOptions::new().read(true).write(true).open(path)?;
    Ok(file.into())
}

fn remove_old(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Does something with the rights of `owner`, then takes root back.
pub(crate) fn as_owner<T>(owner: Option<&Ids>, work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let Some(owner) = owner else { return work() };
    let root = Ids::new(0, 0);
    sys::identity::set_effective(owner)?;
    let result = work();
    sys::identity::resume_root()?;
    sys::identity::set_effective(&root)?;
    result
}

/// Connections that wait for a daemon; the kernel's own limit may be lower.
const BACKLOG: i32 = 4096;
const SOCKET_MODE: u32 = 0o666;
const FIFO_MODE: u32 = 0o622;

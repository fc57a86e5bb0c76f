//! A carrier: this program again, under one user's ids, doing file work for an agent.
//!
//! It takes jobs from the socket it was started with, does as many at once as come, and ends when the agent closes
//! its side. The threads all wait on the one socket, so there is no thread that only hands on.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sys::descriptor::{receive_descriptors, send_descriptors, set_nonblocking, take_inherited};

use crate::Trouble;
use crate::job::Report;
use crate::wire::{Malformed, Reader, Writer};
use crate::work::{Source, Workplace, perform};

/// The argument that makes an agent's program a carrier.
pub(crate) const CARRY: &str = "--carry";
/// The number under which a carrier finds its socket.
pub(crate) const SOCKET: i32 = 0;
/// The longest message on the socket.
pub(crate) const PACKET_OCTETS: usize = 96 * 1024;
/// Jobs done at once.
const THREADS: usize = 32;
/// Stack of a thread: the work is flat.
const STACK_OCTETS: usize = 256 * 1024;

/// How a job's letter comes.
pub(crate) mod content {
    /// There is none.
    pub(crate) const NONE: u8 = 0;
    /// In the rest of the message.
    pub(crate) const HERE: u8 = 1;
    /// On the pipe that came along.
    pub(crate) const PIPE: u8 = 2;
}

/// Does a carrier's work when this process was started as one; otherwise gives `None` at once.
///
/// An agent's program calls this first of all, before it reads its options.
pub fn carry_if_asked() -> Option<ExitCode> {
    (std::env::args_os().nth(1)? == CARRY).then(|| match take_inherited(SOCKET) {
        Ok(socket) => {
            serve(socket);
            ExitCode::SUCCESS
        }
        Err(_) => ExitCode::FAILURE,
    })
}

struct Shared {
    socket: OwnedFd,
    workplace: Workplace,
    idle: AtomicUsize,
    threads: AtomicUsize,
}

/// Serves the socket until the agent closes it.
pub(crate) fn serve(socket: OwnedFd) {
    if set_nonblocking(socket.as_fd(), false).is_err() {
        return;
    }
    let shared = Arc::new(Shared {
        socket,
        workplace: Workplace::default(),
        idle: AtomicUsize::new(0),
        threads: AtomicUsize::new(1),
    });
    work_on(&shared);
}

fn work_on(shared: &Arc<Shared>) {
    let mut buffer = vec![0; PACKET_OCTETS];
    let mut descriptors = Vec::new();
    loop {
        shared.idle.fetch_add(1, Ordering::Relaxed);
        let received = receive_descriptors(shared.socket.as_fd(), &mut buffer, &mut descriptors);
        let was_last_idle = shared.idle.fetch_sub(1, Ordering::Relaxed) == 1;
        let length = match received {
            Ok(0) => return,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        if was_last_idle {
            call_another(shared);
        }
        let packet = buffer.get(..length).unwrap_or_default();
        let pipe = descriptors.drain(..).next().map(File::from);
        let Ok((ticket, report)) = answer(&shared.workplace, packet, pipe) else {
            return;
        };
        if send(shared, ticket, &report).is_err() {
            return;
        }
    }
}

/// Adds a thread, so that the next job does not wait for this one.
fn call_another(shared: &Arc<Shared>) {
    if shared.threads.fetch_add(1, Ordering::Relaxed) >= THREADS {
        shared.threads.fetch_sub(1, Ordering::Relaxed);
        return;
    }
    let another = Arc::clone(shared);
    let started = std::thread::Builder::new()
        .stack_size(STACK_OCTETS)
        .spawn(move || work_on(&another));
    if started.is_err() {
        // Then jobs wait for each other.
        shared.threads.fetch_sub(1, Ordering::Relaxed);
    }
}

fn answer(workplace: &Workplace, packet: &[u8], pipe: Option<File>) -> Result<(u64, Report), Malformed> {
    let mut reader = Reader(packet);
    let ticket = reader.number()?;
    let job = reader.job()?;
    let (form, rest) = reader.0.split_first().ok_or(Malformed)?;
    let source = match (*form, pipe) {
        (content::PIPE, Some(pipe)) => Source::Frames(pipe),
        (content::NONE | content::HERE, None) => Source::Octets(rest),
        _ => return Err(Malformed),
    };
    // Without this, a mistake of ours would leave the agent waiting for an answer.
    let done = catch_unwind(AssertUnwindSafe(|| perform(workplace, &job, source)));
    Ok((
        ticket,
        done.unwrap_or_else(|_| Report::Trouble(Trouble::lost("delivery process failure"))),
    ))
}

fn send(shared: &Shared, ticket: u64, report: &Report) -> io::Result<()> {
    let mut octets = Vec::with_capacity(256);
    let mut writer = Writer(&mut octets);
    writer.number(ticket);
    writer.report(report);
    octets.truncate(PACKET_OCTETS);
    let open = match report {
        Report::Found(place) => place.open.as_ref().and_then(|open| open.as_ref().ok()),
        _ => None,
    };
    let descriptors: Vec<_> = open.iter().map(|file| file.as_fd()).collect();
    loop {
        match send_descriptors(shared.socket.as_fd(), &octets, &descriptors) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other.map(|_| ()),
        }
    }
}

//! What end-to-end tests are made of: a running instance, a client that follows a transcript, a next hop that records.
//!
//! Everything is on loopback ports of its own and in a temporary folder of its own, so that tests run side by side.
//! A test that fails leaves its folder, and says where it is.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod client;
mod database;
mod instance;
mod name_server;
mod policy_server;
mod process;
mod sink;

pub use client::Client;
pub use database::{DatabaseServer, Kind, PASSWORD, USER, readable};
pub use instance::{Builder, Instance};
pub use name_server::NameServer;
pub use policy_server::PolicyServer;
pub use process::Process;
pub use sink::{Behaviour, Message, Sink};

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long a test waits for what must come.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A port of 127.0.0.1 that nobody uses now. It is below those that the kernel gives to connections, one of which might
/// otherwise have taken it before the server under test does; and no test of this program gets it again.
///
/// # Panics
/// When there is none.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let place = std::process::id().wrapping_mul(97);
    for _ in 0..PORTS {
        let number = place.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % PORTS;
        let port = u16::try_from(FIRST_PORT + number).expect("a port");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no free port");
}

const FIRST_PORT: u32 = 12_000;
const PORTS: u32 = 20_000;

/// Asks again and again until there is an answer.
///
/// # Panics
/// When none came within [`PATIENCE`].
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Where the programs under test lie: beside the test program itself, or in `POSTRIDER_PROGRAMS`.
pub fn programs() -> PathBuf {
    if let Some(folder) = std::env::var_os("POSTRIDER_PROGRAMS") {
        return folder.into();
    }
    let mut folder = std::env::current_exe().expect("this program's path");
    folder.pop();
    if folder.ends_with("deps") {
        folder.pop();
    }
    assert!(
        folder.join("master").exists(),
        "{} holds no programs: run the tests by `cargo xtask test`, which builds them first",
        folder.display()
    );
    folder
}

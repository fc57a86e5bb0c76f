//! Whom the servers under measurement ask: a name server with DNS lists, and a policy server that has nothing against
//! anybody.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::UdpSocket;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// unbound, which serves lists that nobody is on; it ends when this value goes.
pub(super) struct NameServer(Child);

impl NameServer {
    pub(super) fn start(folder: &Path, lists: &[&str]) -> Result<Self, String> {
        let file = folder.join("unbound.conf");
        let mut text = String::from(
            "server:\n  interface: 127.0.0.1\n  port: 53\n  do-daemonize: no\n  chroot: \"\"\n  username: \"\"\n  \
             pidfile: \"\"\n  use-syslog: no\n  verbosity: 0\n  num-threads: 1\nremote-control:\n  control-enable: no\n\
             server:\n",
        );
        for list in lists {
            text.push_str(&format!(
                "  local-zone: \"{list}.test\" static\n  local-data: \"{list}.test 3600 SOA a. b. 1 3600 600 86400 60\"\n  \
                 local-data: \"1.100.51.198.{list}.test 3600 A 127.0.0.2\"\n"
            ));
        }
        fs::write(&file, text).map_err(|why| format!("{}: {why}", file.display()))?;
        let child = Command::new("unbound")
            .args(["-d", "-c"])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|why| format!("unbound: {why}"))?;
        let server = Self(child);
        let end = Instant::now() + Duration::from_secs(10);
        while Instant::now() < end {
            if answers().unwrap_or(false) {
                return Ok(server);
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err("unbound does not answer".into())
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether a question about the root gets any answer.
fn answers() -> std::io::Result<bool> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.set_read_timeout(Some(Duration::from_millis(200)))?;
    let question = [
        0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4, b't', b'e', b's', b't', 0, 0, 1, 0, 1,
    ];
    socket.send_to(&question, "127.0.0.1:53")?;
    Ok(socket.recv(&mut [0; 512]).is_ok())
}

/// Answers DUNNO to each request, as long as this process lives.
pub(super) struct PolicyServer;

impl PolicyServer {
    pub(super) fn start(path: &Path) -> std::io::Result<Self> {
        let listener = UnixListener::bind(path)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o666))?;
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                thread::spawn(move || answer(client));
            }
        });
        Ok(Self)
    }
}

fn answer(client: UnixStream) {
    let Ok(mut replies) = client.try_clone() else {
        return;
    };
    let mut lines = BufReader::new(client);
    let mut line = Vec::new();
    while let Ok(1..) = lines.read_until(b'\n', &mut line) {
        if line == b"\n" && replies.write_all(b"action=DUNNO\n\n").is_err() {
            return;
        }
        line.clear();
    }
}

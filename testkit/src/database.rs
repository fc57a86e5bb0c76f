//! Private database servers for tests: each in a folder of its own, on a socket file and a loopback port of its own, ended
//! with the value. PostgreSQL refuses root, so as root it is started as the user its package made.

use crate::{Process, free_port, wait_for};
use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// MariaDB, for `mysql:`.
    Mariadb,
    /// PostgreSQL.
    Postgresql,
    /// OpenLDAP.
    Slapd,
    /// Redis.
    Redis,
    /// memcached.
    Memcached,
}

/// A server.
pub struct DatabaseServer {
    kind: Kind,
    folder: PathBuf,
    /// Its port on 127.0.0.1.
    pub port: u16,
    /// The port at which slapd speaks TLS from the beginning.
    pub tls_port: u16,
    child: Option<Child>,
}

/// Who a login by password is in every server that has logins.
pub const USER: &str = "mail";
/// That user's password.
pub const PASSWORD: &str = "se'cr\"et";

const SIGSTOP: i32 = 19;
const SIGCONT: i32 = 18;
const SCHEMA: &str = "
attributetype ( 1.1.2.1.1 NAME 'maildrop' EQUALITY caseIgnoreIA5Match SUBSTR caseIgnoreIA5SubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 )
attributetype ( 1.1.2.1.2 NAME 'mailacceptinggeneralid' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.1.2.1.3 NAME 'memberdn' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 )
attributetype ( 1.1.2.1.4 NAME 'memberurl' EQUALITY caseExactIA5Match SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 )
objectclass ( 1.1.2.2.1 NAME 'mailthing' SUP top AUXILIARY MAY ( maildrop $ mailacceptinggeneralid $ memberdn $ memberurl $ mail ) )
";

impl DatabaseServer {
    /// Makes a server and starts it. `content` is what it holds from the beginning: SQL, or LDIF below `dc=example`.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn start(kind: Kind, content: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // Paths of socket files are short.
        let folder = PathBuf::from(format!("/tmp/db-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        let mut server = Self {
            kind,
            folder,
            port: free_port(),
            tls_port: free_port(),
            child: None,
        };
        server.make(content);
        server.resume();
        if matches!(kind, Kind::Mariadb | Kind::Postgresql) {
            server.sql(content);
        }
        server
    }

    /// The socket file; for PostgreSQL the folder it is in.
    pub fn socket(&self) -> String {
        let name = match self.kind {
            Kind::Postgresql => "",
            _ => "socket",
        };
        self.folder
            .join(name)
            .display()
            .to_string()
            .trim_end_matches('/')
            .to_owned()
    }

    /// The certificate of who issued the server's own, which is for the name `localhost`.
    pub fn issuer(&self) -> String {
        self.folder.join("issuer.pem").display().to_string()
    }

    /// The server's own certificate and its key, which it takes from clients too.
    pub fn identity(&self) -> [String; 2] {
        ["server.pem", "server.key"].map(|name| self.folder.join(name).display().to_string())
    }

    /// Ends it at once, as a crash would.
    ///
    /// # Panics
    /// When it cannot be waited for.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let below = Process::below(child.id());
            let _ = child.kill();
            below.iter().for_each(|process| {
                let _ = process.kill();
            });
            child.wait().expect("wait for a server");
        }
        if self.kind == Kind::Postgresql {
            // What a crash leaves behind keeps the next start waiting.
            let _ = fs::remove_file(self.folder.join("data/postmaster.pid"));
        }
    }

    /// Lets it hang: it answers nothing until it goes on.
    ///
    /// # Panics
    /// When it does not run.
    pub fn hang(&self) {
        self.signal(SIGSTOP);
    }

    /// Lets it go on after [`DatabaseServer::hang`].
    ///
    /// # Panics
    /// When it does not run.
    pub fn go_on(&self) {
        self.signal(SIGCONT);
    }

    fn signal(&self, signal: i32) {
        let pid = self.child.as_ref().expect("a running server").id();
        sys::child::signal(pid, signal).expect("signal a server");
        // PostgreSQL answers in processes of their own.
        for process in Process::below(pid) {
            let _ = sys::child::signal(process.pid, signal);
        }
    }

    /// Starts it again, with what it held.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn resume(&mut self) {
        let log = fs::File::create(self.folder.join("log")).expect("a log");
        let mut command = self.command();
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log);
        self.child = Some(command.spawn().expect("start a server"));
        let folder = self.folder.clone();
        wait_for(&format!("a server in {}", folder.display()), || {
            let child = self.child.as_mut()?;
            if let Ok(Some(status)) = child.try_wait() {
                let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
                panic!("the server ended ({status}):\n{log}");
            }
            self.is_ready().then_some(())
        });
    }

    /// Runs statements in the database `mail`.
    ///
    /// # Panics
    /// When they fail.
    pub fn sql(&self, text: &str) -> String {
        let mut command = match self.kind {
            Kind::Mariadb => {
                let mut command = Command::new("mariadb");
                command.args([
                    "--no-defaults",
                    "-uroot",
                    "--default-character-set=utf8mb4",
                    "-N",
                    "mail",
                ]);
                command.arg(format!("--socket={}", self.socket()));
                command
            }
            Kind::Postgresql => {
                let mut command = Command::new(postgresql_program("psql"));
                command.args(["-qAtX", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-h"]);
                command.args([&self.socket(), "-p", &self.port.to_string(), "mail"]);
                command
            }
            _ => panic!("no SQL here"),
        };
        feed(&mut command, text)
    }

    /// How many connections of [`USER`] it has.
    ///
    /// # Panics
    /// When it cannot be asked.
    pub fn logins(&self) -> usize {
        let count = match self.kind {
            Kind::Mariadb => {
                format!("SELECT count(*) FROM information_schema.processlist WHERE user = '{USER}'")
            }
            _ => format!("SELECT count(*) FROM pg_stat_activity WHERE usename = '{USER}'"),
        };
        self.sql(&count).trim().parse().expect("a number")
    }

    /// Processor time of all its processes.
    pub fn processor(&self) -> Duration {
        let Some(pid) = self.child.as_ref().map(Child::id) else {
            return Duration::ZERO;
        };
        let mut all = Process::below(pid);
        all.extend(Process::find(pid));
        all.iter().map(Process::processor).sum()
    }

    fn make(&self, content: &str) {
        if matches!(self.kind, Kind::Mariadb | Kind::Postgresql | Kind::Slapd) {
            self.make_certificate();
        }
        match self.kind {
            Kind::Mariadb => self.make_mariadb(),
            Kind::Postgresql => self.make_postgresql(),
            Kind::Slapd => self.make_slapd(content),
            Kind::Redis | Kind::Memcached => {}
        }
    }

    fn make_certificate(&self) {
        let openssl = |words: &str| {
            let mut command = Command::new("openssl");
            command.current_dir(&self.folder).args(words.split(' '));
            feed(&mut command, "");
        };
        fs::write(self.folder.join("names"), "subjectAltName=DNS:localhost\n").expect("write names");
        let kind = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2";
        openssl(&format!(
            "req -x509 {kind} -keyout issuer.key -out issuer.pem -subj /CN=issuer"
        ));
        openssl(&format!(
            "req {kind} -keyout server.key -out server.csr -subj /CN=localhost"
        ));
        openssl(
            "x509 -req -in server.csr -CA issuer.pem -CAkey issuer.key -CAcreateserial -days 2 -extfile names -out server.pem",
        );
        let key = self.folder.join("server.key");
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("set rights");
        if self.kind == Kind::Postgresql && is_root() {
            let owner = postgres_ids();
            chown(&key, Some(owner.0), Some(owner.1)).expect("give the key away");
        }
    }

    fn make_mariadb(&self) {
        let mut command = Command::new("mariadb-install-db");
        command.args([
            "--no-defaults",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ]);
        command.arg(format!("--datadir={}", self.folder.join("data").display()));
        if is_root() {
            command.arg("--user=root");
        }
        feed(&mut command, "");
        let escaped = PASSWORD.replace('\'', "''");
        fs::write(
            self.folder.join("init.sql"),
            format!(
                "CREATE DATABASE IF NOT EXISTS mail CHARACTER SET utf8mb4;\n\
                 CREATE USER IF NOT EXISTS '{USER}'@'%' IDENTIFIED BY '{escaped}';\n\
                 GRANT ALL ON mail.* TO '{USER}'@'%';\n"
            ),
        )
        .expect("write statements");
    }

    fn make_postgresql(&self) {
        if is_root() {
            let owner = postgres_ids();
            chown(&self.folder, Some(owner.0), Some(owner.1)).expect("give the folder away");
        }
        let mut command = as_postgres(&postgresql_program("initdb"));
        command.args([
            "-A",
            "trust",
            "-U",
            "postgres",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-D",
        ]);
        command.arg(self.folder.join("data"));
        feed(&mut command, "");
        let rules = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
        fs::write(self.folder.join("data/pg_hba.conf"), rules).expect("write rules");
        let escaped = PASSWORD.replace('\'', "''");
        let mut command = as_postgres(&postgresql_program("postgres"));
        command
            .args(["--single", "-D"])
            .arg(self.folder.join("data"))
            .arg("postgres");
        feed(
            &mut command,
            &format!("CREATE ROLE {USER} LOGIN PASSWORD '{escaped}'\nCREATE DATABASE mail OWNER {USER}\n"),
        );
    }

    fn make_slapd(&self, content: &str) {
        fs::create_dir_all(self.folder.join("data")).expect("a folder");
        let folder = self.folder.display();
        let schemas = ["core", "cosine", "inetorgperson"]
            .map(|name| format!("include /etc/ldap/schema/{name}.schema\n"));
        let password = format!("\"{}\"", PASSWORD.replace('\\', "\\\\").replace('"', "\\\""));
        let text = format!(
            "{}{SCHEMA}\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile {folder}/pid\n\
             TLSCACertificateFile {folder}/issuer.pem\nTLSCertificateFile {folder}/server.pem\n\
             TLSCertificateKeyFile {folder}/server.key\nTLSVerifyClient allow\ndatabase mdb\nmaxsize 10485760\ndbnosync\nsuffix \"dc=example\"\nrootdn \"cn={USER},dc=example\"\nrootpw {password}\n\
             directory {folder}/data\n",
            schemas.concat()
        );
        fs::write(self.folder.join("slapd.conf"), text).expect("write a configuration");
        let mut command = Command::new("/usr/sbin/slapadd");
        command.arg("-f").arg(self.folder.join("slapd.conf"));
        feed(&mut command, content);
    }

    fn command(&self) -> Command {
        let port = self.port.to_string();
        let socket = self.socket();
        match self.kind {
            Kind::Mariadb => {
                let mut command = Command::new("/usr/sbin/mariadbd");
                command.args([
                    "--no-defaults",
                    "--bind-address=127.0.0.1",
                    "--skip-name-resolve",
                    "--innodb-buffer-pool-size=8M",
                    "--innodb-log-file-size=4M",
                    "--innodb-flush-log-at-trx-commit=0",
                    "--character-set-server=utf8mb4",
                ]);
                command
                    .arg(format!("--port={port}"))
                    .arg(format!("--socket={socket}"));
                command.arg(format!("--datadir={}", self.folder.join("data").display()));
                for (option, file) in [
                    ("ca", "issuer.pem"),
                    ("cert", "server.pem"),
                    ("key", "server.key"),
                ] {
                    command.arg(format!("--ssl-{option}={}", self.folder.join(file).display()));
                }
                command.arg(format!("--init-file={}", self.folder.join("init.sql").display()));
                if is_root() {
                    command.arg("--user=root");
                }
                command
            }
            Kind::Postgresql => {
                let mut command = as_postgres(&postgresql_program("postgres"));
                command.arg("-D").arg(self.folder.join("data"));
                command.args([
                    "-k",
                    &socket,
                    "-p",
                    &port,
                    "-F",
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-c",
                    "ssl=on",
                ]);
                for (setting, file) in [
                    ("ssl_ca_file", "issuer.pem"),
                    ("ssl_cert_file", "server.pem"),
                    ("ssl_key_file", "server.key"),
                ] {
                    let setting = format!("{setting}={}", self.folder.join(file).display());
                    command.args(["-c", &setting]);
                }
                command
            }
            Kind::Slapd => {
                let urls = format!(
                    "ldap://127.0.0.1:{port} ldaps://127.0.0.1:{} ldapi://{}",
                    self.tls_port,
                    socket.replace('/', "%2F")
                );
                let mut command = Command::new("/usr/sbin/slapd");
                command.arg("-f").arg(self.folder.join("slapd.conf"));
                command.args(["-d", "0", "-h", &urls]);
                command
            }
            Kind::Redis => {
                let mut command = Command::new("/usr/bin/redis-server");
                command.args([
                    "--port",
                    &port,
                    "--unixsocket",
                    &socket,
                    "--save",
                    "",
                    "--requirepass",
                    PASSWORD,
                ]);
                command.args(["--bind", "127.0.0.1", "--dir"]).arg(&self.folder);
                command
            }
            Kind::Memcached => {
                let mut command = Command::new("/usr/bin/memcached");
                command.args(["-l", "127.0.0.1", "-p", &port, "-m", "8"]);
                if is_root() {
                    command.args(["-u", "root"]);
                }
                command
            }
        }
    }

    fn is_ready(&self) -> bool {
        let answers = TcpStream::connect(("127.0.0.1", self.port)).is_ok();
        match self.kind {
            Kind::Mariadb | Kind::Postgresql if answers => {
                let mut command = match self.kind {
                    Kind::Mariadb => {
                        let mut command = Command::new("mariadb");
                        command.args(["--no-defaults", "-uroot", "-e", "SELECT 1", "mail"]);
                        command.arg(format!("--socket={}", self.socket()));
                        command
                    }
                    _ => {
                        let mut command = Command::new(postgresql_program("psql"));
                        command.args(["-qX", "-U", "postgres", "-c", "SELECT 1", "-h", &self.socket()]);
                        command.args(["-p", &self.port.to_string(), "mail"]);
                        command
                    }
                };
                let quiet = command
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .stderr(Stdio::null());
                quiet.status().is_ok_and(|status| status.success())
            }
            _ => answers,
        }
    }
}

impl Drop for DatabaseServer {
    fn drop(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Runs a command with `text` on its standard input; its output.
fn feed(command: &mut Command, text: &str) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|why| panic!("{command:?}: {why}"));
    let mut input = child.stdin.take().expect("standard input");
    let text = text.to_owned();
    let writer = std::thread::spawn(move || {
        // A command that fails early does not read on; its output says why.
        let _ = input.write_all(text.as_bytes());
    });
    let output = child.wait_with_output().expect("wait for a command");
    writer.join().expect("feed a command");
    let shown = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        shown(&output.stdout),
        shown(&output.stderr)
    );
    shown(&output.stdout)
}

fn is_root() -> bool {
    sys::identity::effective_uid() == 0
}

fn postgres_ids() -> (u32, u32) {
    let account = sys::account::account_by_name("postgres").expect("the user database");
    let account = account.expect("the user postgres");
    (account.uid, account.gid)
}

/// A program of PostgreSQL, as the user it insists on when we are root.
fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=postgres", "--regid=postgres", "--clear-groups"])
        .arg(program);
    command.current_dir("/tmp");
    command
}

/// A program of the newest PostgreSQL that is installed.
fn postgresql_program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL's folder");
    let mut versions: Vec<_> = versions.flatten().map(|entry| entry.path()).collect();
    versions.sort();
    versions
        .last()
        .expect("a version of PostgreSQL")
        .join("bin")
        .join(name)
}

/// Lets everybody read a file: daemons that gave up root are somebody.
///
/// # Panics
/// When that cannot be set.
pub fn readable(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o644)).expect("set rights");
}

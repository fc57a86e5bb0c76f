//! An installation at Postfix's paths, as `cargo xtask install` lays it out, in a root directory of its own: what an
//! ordinary user may do with the set-group-id commands, and what not.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use testkit::{free_port, wait_for};

/// The folder it is laid out in; gone with this value, and the mail system in it stopped.
struct Root(PathBuf);

impl Drop for Root {
    fn drop(&mut self) {
        let _ = self.run(None, &["/usr/sbin/postfix", "stop"], "");
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}

impl Root {
    fn installed(name: &str, options: &[&str]) -> Self {
        let folder = std::env::temp_dir().join(format!("installed-{}-{name}", std::process::id()));
        let house = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let output = Command::new(testkit::programs().join("xtask"))
            .args(["install", "--debug", "--destdir"])
            .arg(&folder)
            .args(options)
            .current_dir(house)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        Self(folder)
    }

    fn mode(&self, path: &str) -> u32 {
        fs::metadata(self.0.join(path)).unwrap().permissions().mode() & 0o7777
    }

    /// What programs need that a distribution would have.
    fn furnish(&self) {
        for folder in ["dev", "tmp", "var/log"] {
            fs::create_dir_all(self.0.join(folder)).unwrap();
        }
        fs::set_permissions(self.0.join("tmp"), fs::Permissions::from_mode(0o1777)).unwrap();
        for folder in ["usr/sbin", "usr/lib/postfix/sbin"] {
            for entry in fs::read_dir(self.0.join(folder)).unwrap().flatten() {
                self.copy_libraries(&entry.path());
            }
        }
        let made = Command::new("mknod")
            .args(["-m", "666"])
            .arg(self.0.join("dev/null"))
            .args(["c", "1", "3"])
            .status()
            .unwrap();
        assert!(made.success());
        let accounts = |file: &str, own: &str| {
            let text = fs::read_to_string(format!("/etc/{file}")).unwrap();
            fs::write(self.0.join("etc").join(file), text + own).unwrap();
        };
        accounts("passwd", &format!("tester:x:{TESTER}:{TESTER}::/tmp:/bin/sh\n"));
        accounts("group", &format!("tester:x:{TESTER}:\n"));
        fs::write(self.0.join("etc/nsswitch.conf"), "passwd: files\ngroup: files\n").unwrap();
    }

    fn copy_libraries(&self, program: &Path) {
        let output = Command::new("ldd").arg(program).output().unwrap();
        for library in String::from_utf8_lossy(&output.stdout)
            .split_whitespace()
            .filter(|word| word.starts_with('/'))
        {
            let to = self.0.join(library.trim_start_matches('/'));
            if !to.exists() {
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                fs::copy(library, to).unwrap();
            }
        }
    }

    /// Runs a command in it, as a user if one is given.
    fn run(&self, user: Option<u32>, words: &[&str], input: &str) -> Output {
        self.run_with(user, &[], words, input)
    }

    fn run_with(
        &self,
        user: Option<u32>,
        environment: &[(&str, &str)],
        words: &[&str],
        input: &str,
    ) -> Output {
        let mut command = Command::new("chroot");
        if let Some(user) = user {
            command.args([format!("--userspec={user}:{user}"), "--groups=".to_owned()]);
        }
        let mut child = command
            .arg(&self.0)
            .args(words)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read its input may have ended.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.0.join("var/log/mail.log")).unwrap_or_default()
    }
}

/// No account of this host.
const TESTER: u32 = 424_242;

#[test]
fn the_layout_is_that_of_a_package() {
    let root = Root::installed("layout", &["--no-owners"]);

    for program in ["usr/sbin/postdrop", "usr/sbin/postqueue"] {
        assert_eq!(root.mode(program), 0o2755, "{program}");
    }
    assert_eq!(root.mode("usr/sbin/sendmail"), 0o755);
    assert_eq!(root.mode("var/spool/postfix/maildrop"), 0o1730);
    assert_eq!(root.mode("var/spool/postfix/public"), 0o710);
    assert_eq!(root.mode("var/spool/postfix/private"), 0o700);
    for (link, target) in [
        ("usr/bin/mailq", "../sbin/sendmail"),
        ("usr/lib/postfix/sbin/lmtp", "smtp"),
    ] {
        assert_eq!(fs::read_link(root.0.join(link)).unwrap(), Path::new(target));
    }
}

#[test]
fn an_ordinary_user_submits_and_lists_and_may_do_no_more() {
    if !sys::identity::is_root() {
        // Nobody else can change a root directory or give files away: then it must say so instead of half an installation.
        let house = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let folder = std::env::temp_dir().join(format!("installed-{}-refused", std::process::id()));
        let output = Command::new(testkit::programs().join("xtask"))
            .args(["install", "--debug", "--destdir"])
            .arg(&folder)
            .current_dir(house)
            .output()
            .unwrap();
        let _ = fs::remove_dir_all(folder);
        assert!(
            output.status.success(),
            "without root, owners are left alone: {output:?}"
        );
        return;
    }
    let root = Root::installed("users", &[]);
    root.furnish();
    let postdrop = fs::metadata(root.0.join("usr/sbin/postdrop")).unwrap();
    assert_ne!(postdrop.gid(), 0);
    let set = root.run(
        None,
        &[
            "/usr/sbin/postconf",
            "-e",
            "maillog_file=/var/log/mail.log",
            "inet_interfaces=127.0.0.1",
            "myhostname=installed.example",
            "alias_maps=",
            "alias_database=",
            "defer_transports=local",
        ],
        "",
    );
    assert!(set.status.success(), "{set:?}");
    let master = root.0.join("etc/postfix/master.cf");
    let services = fs::read_to_string(&master).unwrap();
    let own_port = format!("{:<9} inet", free_port());
    fs::write(
        &master,
        services.replace("\nsmtp      inet", &format!("\n{own_port}")),
    )
    .unwrap();
    let started = root.run(None, &["/usr/sbin/postfix", "start"], "");
    assert!(started.status.success(), "{started:?}\n{}", root.log());

    let sent = root.run(
        Some(TESTER),
        &["/usr/sbin/sendmail", "-i", "tester"],
        "Subject: x\n\nbody\n",
    );

    assert!(sent.status.success(), "{sent:?}");
    wait_for("the submission in the log", || {
        root.log()
            .contains(&format!("uid={TESTER} from=<tester>"))
            .then_some(())
    });
    wait_for("the message in the listing", || {
        let listed = root.run(Some(TESTER), &["/usr/bin/mailq"], "");
        assert!(listed.status.success(), "{listed:?}");
        String::from_utf8_lossy(&listed.stdout)
            .contains("tester@installed.example")
            .then_some(())
    });
    for words in [
        &["/usr/sbin/postsuper", "-d", "ALL"][..],
        &["/usr/sbin/postfix", "stop"],
    ] {
        let output = root.run(Some(TESTER), words, "");
        assert!(!output.status.success(), "{words:?}: {output:?}");
    }
    // The set-group-id commands take no configuration from a user who could write one.
    for words in [&["/usr/sbin/postqueue", "-p"][..], &["/usr/sbin/postdrop"]] {
        let output = root.run_with(Some(TESTER), &[("MAIL_CONFIG", "/tmp")], words, "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{words:?}");
        assert!(
            said.contains("unauthorized configuration directory"),
            "{words:?}: {said}"
        );
    }
    // Several instances need a program that there is not; each by itself does not.
    let many = [
        "/usr/sbin/postconf",
        "-e",
        "multi_instance_directories=/etc/postfix-out",
        "multi_instance_wrapper=/usr/sbin/postmulti -p --",
    ];
    assert!(root.run(None, &many, "").status.success());
    let output = root.run(None, &["/usr/sbin/postfix", "status"], "");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    assert!(
        said.contains("multi_instance_wrapper /usr/sbin/postmulti"),
        "{said}"
    );
    let output = root.run(None, &["/usr/sbin/postfix", "-c", "/etc/postfix", "status"], "");
    assert!(output.status.success(), "{output:?}");
    // Without the wrapper the first instance is all there is to handle.
    let one = ["/usr/sbin/postconf", "-e", "multi_instance_wrapper="];
    assert!(root.run(None, &one, "").status.success());
    assert!(
        root.run(None, &["/usr/sbin/postfix", "status"], "")
            .status
            .success()
    );
}

//! `install`: lays out an installation below a folder, at the paths Postfix uses.
//!
//! A package is made from that folder, or it is `/` itself. Configuration that is already there stays as it is.

use crate::build::{self, Drivers};
use crate::{man, packages};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

const MAIN_CF: &str = include_str!("../stock/main.cf");
const MASTER_CF: &str = include_str!("../stock/master.cf");

/// Programs that answer to a second name: link, what it points to.
const DAEMON_NAMES: &[(&str, &str)] = &[("lmtp", "smtp")];
const COMMAND_NAMES: &[(&str, &str)] = &[
    ("usr/bin/mailq", "../sbin/sendmail"),
    ("usr/bin/newaliases", "../sbin/sendmail"),
];
/// Commands that write into the queue for whoever runs them, by their group.
const SET_GID: &[&str] = &["postdrop", "postqueue"];

/// Folders of the spool: name, mode, whether the mail owner owns it, whether it is of the set-gid group.
const SPOOL: &[(&str, u32, bool, bool)] = &[
    ("", 0o755, false, false),
    ("active", 0o700, true, false),
    ("bounce", 0o700, true, false),
    ("corrupt", 0o700, true, false),
    ("defer", 0o700, true, false),
    ("deferred", 0o700, true, false),
    ("flush", 0o700, true, false),
    ("hold", 0o700, true, false),
    ("incoming", 0o700, true, false),
    ("maildrop", 0o1730, true, true),
    ("pid", 0o755, false, false),
    ("private", 0o700, true, false),
    ("public", 0o710, true, true),
    ("saved", 0o700, true, false),
    ("trace", 0o700, true, false),
];

const MAIL_OWNER: &str = "postfix";
const SET_GID_GROUP: &str = "postdrop";

struct Options {
    destination: PathBuf,
    daemons: &'static str,
    owners: bool,
    profile: build::Profile,
}

struct Owners {
    mail_owner: u32,
    set_gid_group: u32,
}

/// Builds and installs.
///
/// # Errors
/// What could not be written, or which account is missing.
pub fn run(house: &Path, arguments: &[String]) -> Result<(), String> {
    let options = options(arguments)?;
    // Before the long part: a missing account is better told now.
    let owners = options.owners.then(owners).transpose()?;
    let built = build::build(house, options.profile, Drivers::All)?;
    let mut daemons = Vec::new();
    for (name, floor) in build::programs(house)? {
        let folder = if floor == "daemons" {
            options.daemons
        } else {
            "usr/sbin"
        };
        program(&options, &built, folder, &name, owners.as_ref())?;
        if floor == "daemons" {
            daemons.push(name);
        }
    }
    for (name, target) in DAEMON_NAMES {
        link(&options.destination.join(options.daemons).join(name), target)?;
        daemons.push((*name).to_owned());
    }
    for (name, target) in COMMAND_NAMES {
        link(&options.destination.join(name), target)?;
    }
    man::roff_into(&man::pages(house)?, &options.destination.join("usr/share/man"))?;
    configuration(&options, &daemons)?;
    spool(&options, owners.as_ref())?;
    println!("installed below {}", options.destination.display());
    Ok(())
}

fn options(arguments: &[String]) -> Result<Options, String> {
    let mut destination = None;
    let mut options = Options {
        destination: PathBuf::new(),
        daemons: "usr/lib/postfix/sbin",
        owners: packages::is_root(),
        profile: build::Profile::Dist,
    };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--destdir" => destination = words.next(),
            "--libexec" => options.daemons = "usr/libexec/postfix",
            "--no-owners" => options.owners = false,
            "--debug" => options.profile = build::Profile::Debug,
            other => return Err(format!("{other}: not an option of install")),
        }
    }
    let folder = destination.ok_or("--destdir DIR says where (`/` to install on this host)")?;
    options.destination = std::path::absolute(folder).map_err(|why| format!("{folder}: {why}"))?;
    Ok(options)
}

/// The accounts the spool belongs to, from this host's files.
fn owners() -> Result<Owners, String> {
    let id = |file: &str, name: &str, how: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.split(':').next() == Some(name));
        line.and_then(|line| line.split(':').nth(2)?.parse().ok())
            .ok_or_else(|| format!("{file} has no {name}; make it ({how}), or say --no-owners"))
    };
    Ok(Owners {
        mail_owner: id(
            "/etc/passwd",
            MAIL_OWNER,
            "useradd --system --no-create-home --shell /usr/sbin/nologin postfix",
        )?,
        set_gid_group: id("/etc/group", SET_GID_GROUP, "groupadd --system postdrop")?,
    })
}

fn program(
    options: &Options,
    built: &Path,
    folder: &str,
    name: &str,
    owners: Option<&Owners>,
) -> Result<(), String> {
    let from = built.join(name);
    let to = options.destination.join(folder).join(name);
    make_folder(&options.destination.join(folder))?;
    // A program that is running cannot be written over, but it can be replaced.
    let fresh = to.with_extension("new");
    fs::copy(&from, &fresh).map_err(|why| format!("{}: {why}", from.display()))?;
    let set_gid = SET_GID.contains(&name);
    if let Some(owners) = owners {
        let group = if set_gid { owners.set_gid_group } else { 0 };
        own(&fresh, 0, group)?;
    }
    // After the change of owner, which clears the bit.
    mode(&fresh, if set_gid { 0o2755 } else { 0o755 })?;
    fs::rename(&fresh, &to).map_err(|why| format!("{}: {why}", to.display()))
}

fn link(path: &Path, target: &str) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    match fs::remove_file(path) {
        Err(why) if why.kind() != std::io::ErrorKind::NotFound => {
            return Err(format!("{}: {why}", path.display()));
        }
        _ => {}
    }
    symlink(target, path).map_err(|why| format!("{}: {why}", path.display()))
}

fn configuration(options: &Options, daemons: &[String]) -> Result<(), String> {
    let folder = options.destination.join("etc/postfix");
    make_folder(&folder)?;
    let mut main = MAIN_CF.to_owned();
    main.push_str(&format!(
        "\n# Where things are.\ndaemon_directory = /{}\ncommand_directory = /usr/sbin\n",
        options.daemons
    ));
    for (name, text) in [("main.cf", main), ("master.cf", services(daemons))] {
        let path = folder.join(name);
        if path.exists() {
            println!("{}: kept as it is", path.display());
            continue;
        }
        fs::write(&path, text).map_err(|why| format!("{}: {why}", path.display()))?;
        mode(&path, 0o644)?;
        if options.owners {
            own(&path, 0, 0)?;
        }
    }
    Ok(())
}

/// The stock services; one whose program is not installed is left as a comment.
fn services(daemons: &[String]) -> String {
    let mut text = String::new();
    for line in MASTER_CF.lines() {
        let command = line.split_whitespace().nth(7);
        let service = !line.starts_with(['#', ' ']);
        if service && !command.is_some_and(|name| daemons.iter().any(|daemon| daemon == name)) {
            text.push('#');
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

fn spool(options: &Options, owners: Option<&Owners>) -> Result<(), String> {
    let root = options.destination.join("var/spool/postfix");
    for (name, bits, mail_owner, group) in SPOOL {
        let path = root.join(name);
        make_folder(&path)?;
        owned_folder(&path, *bits, *mail_owner, *group, owners)?;
    }
    // data_directory: what the daemons remember between runs.
    let data = options.destination.join("var/lib/postfix");
    make_folder(&data)?;
    owned_folder(&data, 0o700, true, false, owners)
}

fn owned_folder(
    path: &Path,
    bits: u32,
    mail_owner: bool,
    group: bool,
    owners: Option<&Owners>,
) -> Result<(), String> {
    if let Some(owners) = owners {
        let user = if mail_owner { owners.mail_owner } else { 0 };
        own(path, user, if group { owners.set_gid_group } else { 0 })?;
    }
    mode(path, bits)
}

fn make_folder(path: &Path) -> Result<(), String> {
    fs::create_dir_all(path).map_err(|why| format!("{}: {why}", path.display()))
}

fn own(path: &Path, user: u32, group: u32) -> Result<(), String> {
    chown(path, Some(user), Some(group)).map_err(|why| format!("{}: {why}", path.display()))
}

fn mode(path: &Path, bits: u32) -> Result<(), String> {
    fs::set_permissions(path, Permissions::from_mode(bits))
        .map_err(|why| format!("{}: {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_without_its_program_is_a_comment() {
        let text = services(&["smtpd".into(), "lmtp".into()]);

        assert!(text.contains("\nsmtp      inet"));
        assert!(text.contains("\nlmtp      unix"));
        assert!(text.contains("\n#tlsmgr    unix"));
    }
}

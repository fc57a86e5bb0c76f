//! Children: starting a program under another id, and learning how it ended.
//!
//! The one way to use root again after [`crate::identity::drop_keeping_root`]. Between fork and exec the child
//! makes system calls only: everything that allocates is done before.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::Signal;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::identity::Ids;

/// A program to start, and all that it may take along.
#[derive(Debug, Default)]
pub struct Start {
    /// Path of the program (no search along `PATH` when it has a slash).
    pub program: OsString,
    /// Its name (argument zero); the program path when `None`.
    pub arg0: Option<OsString>,
    /// Its arguments, argument zero not among them.
    pub args: Vec<OsString>,
    /// Its whole environment: nothing else is handed on.
    pub env: Vec<(OsString, OsString)>,
    /// Its working directory; ours when `None`.
    pub dir: Option<PathBuf>,
    /// Its root directory; ours when `None`. Needs root, or the saved root of
    /// [`crate::identity::drop_keeping_root`].
    pub root: Option<PathBuf>,
    /// Whose rights it gets; ours when `None`.
    pub ids: Option<Ids>,
    /// Descriptors it gets under these numbers. Numbers 0 to 2 that are not named are `/dev/null`.
    pub descriptors: Vec<(OwnedFd, RawFd)>,
    /// Make it leader of a new session, so that [`signal_group`] reaches its children too.
    pub new_session: bool,
    /// File mode mask to set; ours when `None`.
    pub umask: Option<u32>,
}

impl Start {
    /// A start of `program` with an empty environment.
    #[must_use]
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            program: program.as_ref().to_owned(),
            ..Self::default()
        }
    }
}

/// Starts a program; with `ids`, under those ids, and only if they are in force before it runs.
///
/// # Errors
/// When the fork, the change of ids or directory, or the exec failed: the child is gone then.
pub fn start_as(start: Start) -> io::Result<Child> {
    command_as(start).spawn()
}

/// The same as a [`Command`] still to be spawned, for a runtime that wants to await its end.
///
/// Change nothing in it but what the runtime needs: standard streams set there would be overwritten.
#[must_use]
pub fn command_as(start: Start) -> Command {
    let Start {
        program,
        arg0,
        args,
        env,
        dir,
        root,
        ids,
        descriptors,
        new_session,
        umask,
    } = start;
    let mut command = Command::new(program);
    command.args(args).env_clear().envs(env);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(name) = arg0 {
        command.arg0(name);
    }
    let [dir, root] = [dir, root].map(|path| {
        path.and_then(|path| std::ffi::CString::new(path.into_os_string().into_encoded_bytes()).ok())
    });
    let groups: Vec<libc::gid_t> = ids.as_ref().map_or_else(Vec::new, |ids| ids.groups.clone());
    let mut places: Vec<(RawFd, RawFd)> = descriptors.iter().map(|(fd, to)| (fd.as_raw_fd(), *to)).collect();
    let highest = places.iter().map(|&(_, to)| to).max().unwrap_or(2).max(2) + 1;
    let reserved = reserve_numbers(&places);
    let prepare = move || {
        // The owned descriptors move in here, so that they stay open until the command itself is dropped.
        let _held = (&descriptors, &reserved);
        place_descriptors(&mut places, highest)?;
        if new_session {
            // SAFETY: setsid has no arguments; it fails harmlessly for a group leader.
            unsafe { libc::setsid() };
        }
        if let Some(mask) = umask {
            // SAFETY: umask takes an integer and cannot fail.
            unsafe { libc::umask(mask as libc::mode_t) };
        }
        default_signals();
        if let Some(root) = &root {
            // SAFETY: `root` is a NUL-terminated string that lives in this closure, the other a constant.
            unsafe {
                check(libc::seteuid(0))?;
                check(libc::chroot(root.as_ptr()))?;
                check(libc::chdir(c"/".as_ptr()))?;
            }
        }
        if let Some(ids) = &ids {
            become_ids(ids.uid, ids.gid, &groups)?;
        }
        if let Some(dir) = &dir {
            // SAFETY: `dir` is a NUL-terminated string that lives in this closure. After the change of ids, so
            // that the directory must be open to the user and not just to root.
            check(unsafe { libc::chdir(dir.as_ptr()) })?;
        }
        Ok(())
    };
    // SAFETY: the closure runs between fork and exec; it makes system calls on memory prepared before, and
    // neither allocates nor locks (io::Error from an error number does not allocate).
    unsafe { command.pre_exec(prepare) };
    command
}

/// Occupies the target numbers that are free in this process, so that the pipe on which the standard library
/// reports a failed exec does not get one of them, to be overwritten in the child.
fn reserve_numbers(places: &[(RawFd, RawFd)]) -> Vec<OwnedFd> {
    use std::os::fd::AsFd;
    let Ok(null) = std::fs::File::open("/dev/null") else {
        return Vec::new();
    };
    let wanted = places.iter().map(|&(_, to)| to).filter(|&to| to > 2);
    let made = wanted.filter_map(|to| {
        let placeholder = crate::descriptor::duplicate_from(null.as_fd(), to).ok()?;
        (placeholder.as_raw_fd() == to).then_some(placeholder)
    });
    made.collect()
}

/// Moves all sources out of the way of all targets, then puts each in its place.
fn place_descriptors(places: &mut [(RawFd, RawFd)], highest: RawFd) -> io::Result<()> {
    for (from, _) in places.iter_mut() {
        // SAFETY: F_DUPFD_CLOEXEC takes two integers.
        *from = check(unsafe { libc::fcntl(*from, libc::F_DUPFD_CLOEXEC, highest) })?;
    }
    for &(from, to) in places.iter() {
        // SAFETY: dup2 takes two integers; the copy loses close-on-exec, as it should.
        check(unsafe { libc::dup2(from, to) })?;
    }
    Ok(())
}

/// Our programs ignore SIGPIPE and SIGXFSZ, and ignored signals outlive exec; a foreign program expects the default.
fn default_signals() {
    for signal in [
        libc::SIGPIPE,
        libc::SIGXFSZ,
        libc::SIGHUP,
        libc::SIGTERM,
        libc::SIGINT,
        libc::SIGALRM,
        libc::SIGCHLD,
    ] {
        // SAFETY: sets a default disposition; no handler code is involved.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

/// Becomes the user for good: no library calls that allocate, since this runs after fork.
fn become_ids(uid: libc::uid_t, gid: libc::gid_t, groups: &[libc::gid_t]) -> io::Result<()> {
    // SAFETY: all of these take integers, and setgroups a pointer and count of one slice that outlives it.
    unsafe {
        if libc::getuid() == uid && libc::geteuid() == uid && uid != 0 && libc::seteuid(0) != 0 {
            // An ordinary user's own instance: there is nothing to change, and nothing to gain.
            return Ok(());
        }
        if libc::geteuid() != 0 {
            check(libc::seteuid(0))?;
        }
        check(libc::setgroups(groups.len() as _, groups.as_ptr()))?;
        check(libc::setresgid(gid, gid, gid))?;
        check(libc::setresuid(uid, uid, uid))?;
        if uid != 0 && libc::seteuid(0) == 0 {
            return Err(io::Error::from_raw_os_error(libc::EPERM));
        }
    }
    Ok(())
}

fn check(answer: libc::c_int) -> io::Result<libc::c_int> {
    if answer < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(answer)
    }
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this status.
    Exited(i32),
    /// By this signal.
    Signalled(i32),
}

/// Collects one child that has ended, without waiting; `None` when none has.
///
/// # Errors
/// Those of waitpid(2), but having no children at all is `None`.
pub fn collect_child() -> io::Result<Option<(u32, Ended)>> {
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(pid, status)) => {
                return Ok(Some((pid.as_raw().cast_unsigned(), Ended::Exited(status))));
            }
            Ok(WaitStatus::Signaled(pid, signal, _)) => {
                return Ok(Some((
                    pid.as_raw().cast_unsigned(),
                    Ended::Signalled(signal as i32),
                )));
            }
            Ok(WaitStatus::StillAlive) | Err(nix::errno::Errno::ECHILD) => return Ok(None),
            Ok(_) | Err(nix::errno::Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Sends a signal to one process.
///
/// # Errors
/// `EINVAL` for an unknown number; `ESRCH` when there is no such process; `EPERM`.
pub fn signal(pid: u32, number: i32) -> io::Result<()> {
    // Numbers above i32::MAX would turn negative, and zero is our own group: both mean many processes.
    let Ok(pid @ 1..) = i32::try_from(pid) else {
        return Err(io::Error::from_raw_os_error(libc::EINVAL));
    };
    nix::sys::signal::kill(Pid::from_raw(pid), Signal::try_from(number)?)?;
    Ok(())
}

/// True when a process of that number exists, whoever owns it.
#[must_use]
pub fn is_alive(pid: u32) -> bool {
    let Ok(pid @ 1..) = i32::try_from(pid) else {
        return false;
    };
    !matches!(
        nix::sys::signal::kill(Pid::from_raw(pid), None),
        Err(nix::errno::Errno::ESRCH)
    )
}

/// Sends a signal to a child that was started with `new_session`, and to all of its group. When the child runs
/// under another id, the saved root is used for the length of the call.
///
/// # Errors
/// As [`signal`].
pub fn signal_group(leader: u32, number: i32) -> io::Result<()> {
    let Ok(leader @ 2..) = i32::try_from(leader) else {
        return Err(io::Error::from_raw_os_error(libc::EINVAL));
    };
    let signal = Signal::try_from(number)?;
    match nix::sys::signal::killpg(Pid::from_raw(leader), signal) {
        Err(nix::errno::Errno::EPERM) => {
            let uid = nix::unistd::geteuid();
            nix::unistd::seteuid(nix::unistd::Uid::from_raw(0))?;
            let answer = nix::sys::signal::killpg(Pid::from_raw(leader), signal);
            nix::unistd::seteuid(uid)?;
            Ok(answer?)
        }
        other => Ok(other?),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Read;

    use super::*;

    #[test]
    fn a_child_has_its_own_environment_directory_and_output() {
        let (read, write) = crate::descriptor::pipe().unwrap();
        let mut start = Start::new("/bin/sh");
        start.args = vec!["-c".into(), "echo $GREETING; pwd".into()];
        start.env = vec![("GREETING".into(), "hello".into())];
        start.dir = Some("/usr".into());
        start.descriptors = vec![(write, 1)];

        let mut child = start_as(start).unwrap();

        let mut text = String::new();
        File::from(read).read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello\n/usr\n");
        assert!(child.wait().unwrap().success());
    }

    #[test]
    fn descriptors_may_swap_places() {
        let (read_a, write_a) = crate::descriptor::pipe().unwrap();
        let (read_b, write_b) = crate::descriptor::pipe().unwrap();
        let (number_a, number_b) = (write_a.as_raw_fd(), write_b.as_raw_fd());
        let mut start = Start::new("/bin/bash");
        start.args = vec![
            "-c".into(),
            format!("echo a >&{number_b}; echo b >&{number_a}").into(),
        ];
        start.descriptors = vec![(write_a, number_b), (write_b, number_a)];

        start_as(start).unwrap().wait().unwrap();

        let (mut a, mut b) = (String::new(), String::new());
        File::from(read_a).read_to_string(&mut a).unwrap();
        File::from(read_b).read_to_string(&mut b).unwrap();
        assert_eq!((a.as_str(), b.as_str()), ("a\n", "b\n"));
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        assert_eq!(
            start_as(Start::new("/no/such/program")).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
    }

    #[test]
    fn process_numbers_that_mean_many_processes_are_refused() {
        assert!(signal(0, libc::SIGTERM).is_err());
        assert!(signal(u32::MAX, libc::SIGTERM).is_err());
        assert!(signal_group(1, libc::SIGTERM).is_err());
        assert!(is_alive(std::process::id()));
    }

    #[test]
    fn root_in_a_test_run_may_start_a_child_as_nobody() {
        if !crate::identity::is_root() {
            return;
        }
        let (read, write) = crate::descriptor::pipe().unwrap();
        let mut start = Start::new("/usr/bin/id");
        start.args = vec!["-u".into()];
        start.ids = Some(Ids::new(65534, 65534));
        start.descriptors = vec![(write, 1)];
        start_as(start).unwrap().wait().unwrap();
        let mut text = String::new();
        File::from(read).read_to_string(&mut text).unwrap();
        assert_eq!(text, "65534\n");
    }
}

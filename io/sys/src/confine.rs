//! Confinement beyond users and chroot: Landlock for files, seccomp against calls that no daemon makes.
//!
//! Both hold for the calling thread and all that it starts later, so confine before the runtime makes threads.
//! A kernel without them is no error: the answer says how much holds.

use std::io;
use std::path::Path;

/// How much of a confinement the kernel took on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confinement {
    /// All that was asked.
    Full,
    /// Part of it: an older kernel.
    Partial,
    /// Nothing: no such feature in the kernel, or not in this build.
    Absent,
}

/// From now on, files can be reached only below `read` (to read) and `write` (to read, write, make and remove).
///
/// Paths that do not exist are left out. Sockets that are open already, and connecting to Unix sockets, are not
/// affected. Set-id programs lose their effect in children.
///
/// # Errors
/// When the kernel has Landlock but refused this use of it.
#[cfg(all(target_os = "linux", feature = "sandbox"))]
pub fn confine_files(read: &[&Path], write: &[&Path]) -> io::Result<Confinement> {
    use landlock::{
        ABI, Access, AccessFs, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus, path_beneath_rules,
    };
    let abi = ABI::V5;
    let all = AccessFs::from_all(abi);
    // Renames between directories are part of `all`: the queue moves files between its directories.
    let status = Ruleset::default()
        .handle_access(all)
        .and_then(Ruleset::create)
        .and_then(|ruleset| ruleset.add_rules(path_beneath_rules(read, AccessFs::from_read(abi))))
        .and_then(|ruleset| ruleset.add_rules(path_beneath_rules(write, all)))
        .and_then(landlock::RulesetCreated::restrict_self)
        .map_err(io::Error::other)?;
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => Confinement::Full,
        RulesetStatus::PartiallyEnforced => Confinement::Partial,
        RulesetStatus::NotEnforced => Confinement::Absent,
    })
}

/// From now on, calls that no daemon needs fail with `EPERM`: exec, tracing, mounts, modules, name spaces.
///
/// # Errors
/// When the filter could not be built; a kernel that refuses it gives [`Confinement::Absent`].
#[cfg(all(target_os = "linux", feature = "sandbox"))]
pub fn refuse_foreign_calls() -> io::Result<Confinement> {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter};
    let Ok(machine) = TargetArch::try_from(std::env::consts::ARCH) else {
        return Ok(Confinement::Absent);
    };
    let rules = REFUSED.iter().map(|&number| (number, Vec::new())).collect();
    let refuse = SeccompAction::Errno(libc::EPERM.cast_unsigned());
    let filter =
        SeccompFilter::new(rules, SeccompAction::Allow, refuse, machine).map_err(io::Error::other)?;
    let program = BpfProgram::try_from(filter).map_err(io::Error::other)?;
    match apply_filter(&program) {
        Ok(()) => Ok(Confinement::Full),
        Err(_) => Ok(Confinement::Absent),
    }
}

/// Whether the running kernel offers Landlock to this process.
#[cfg(all(target_os = "linux", feature = "sandbox"))]
#[must_use]
pub fn has_landlock() -> bool {
    const VERSION: libc::c_uint = 1;
    let none = std::ptr::null::<libc::c_void>();
    // SAFETY: with LANDLOCK_CREATE_RULESET_VERSION the call reads no memory, and makes nothing.
    let version = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, none, 0_usize, VERSION) };
    version > 0
}

/// Whether the running kernel has seccomp filters.
#[cfg(all(target_os = "linux", feature = "sandbox"))]
#[must_use]
pub fn has_seccomp() -> bool {
    // SAFETY: PR_GET_SECCOMP takes no pointer.
    unsafe { libc::prctl(libc::PR_GET_SECCOMP) >= 0 }
}

#[cfg(all(target_os = "linux", feature = "sandbox"))]
const REFUSED: &[libc::c_long] = &[
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_setns,
    libc::SYS_unshare,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
];

/// Not in this build.
///
/// # Errors
/// None.
#[cfg(not(all(target_os = "linux", feature = "sandbox")))]
pub fn confine_files(_read: &[&Path], _write: &[&Path]) -> io::Result<Confinement> {
    Ok(Confinement::Absent)
}

/// Not in this build.
///
/// # Errors
/// None.
#[cfg(not(all(target_os = "linux", feature = "sandbox")))]
pub fn refuse_foreign_calls() -> io::Result<Confinement> {
    Ok(Confinement::Absent)
}

/// Not in this build.
#[cfg(not(all(target_os = "linux", feature = "sandbox")))]
#[must_use]
pub fn has_landlock() -> bool {
    false
}

/// Not in this build.
#[cfg(not(all(target_os = "linux", feature = "sandbox")))]
#[must_use]
pub fn has_seccomp() -> bool {
    false
}

#[cfg(all(test, target_os = "linux", feature = "sandbox"))]
mod tests {
    use super::*;

    #[test]
    fn a_confined_thread_reads_below_its_paths_only() {
        let done = std::thread::spawn(|| {
            let confinement = confine_files(&[Path::new("/proc")], &[]).unwrap();
            (
                confinement,
                std::fs::read("/proc/self/status").is_ok(),
                std::fs::read("/etc/passwd").is_ok(),
            )
        });
        let (confinement, inside, outside) = done.join().unwrap();
        assert!(inside);
        assert_eq!(confinement == Confinement::Absent, !has_landlock());
        assert_eq!(outside, !has_landlock());
    }

    /// Makes this thread believe in a kernel that knows neither means: the calls are not there.
    fn grow_old() -> io::Result<()> {
        use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter};
        let machine = TargetArch::try_from(std::env::consts::ARCH).map_err(io::Error::other)?;
        let unknown = [libc::SYS_landlock_create_ruleset, libc::SYS_seccomp];
        let rules = unknown.into_iter().map(|number| (number, Vec::new())).collect();
        let refuse = SeccompAction::Errno(libc::ENOSYS.cast_unsigned());
        let filter =
            SeccompFilter::new(rules, SeccompAction::Allow, refuse, machine).map_err(io::Error::other)?;
        let program = BpfProgram::try_from(filter).map_err(io::Error::other)?;
        apply_filter(&program).map_err(io::Error::other)
    }

    #[test]
    fn a_kernel_that_has_neither_is_no_error_and_nothing_is_refused() {
        if !has_seccomp() {
            // It is such a kernel, and the other tests have shown it.
            return;
        }
        let done = std::thread::spawn(|| {
            grow_old().unwrap();
            let files = confine_files(&[Path::new("/proc")], &[]);
            let calls = refuse_foreign_calls();
            let reads = std::fs::read("/etc/passwd").is_ok();
            let starts = std::process::Command::new("/bin/true").status().is_ok();
            (files.unwrap(), calls.unwrap(), reads, starts)
        });

        let done = done.join().unwrap();

        assert_eq!(done, (Confinement::Absent, Confinement::Absent, true, true));
    }

    #[test]
    fn a_thread_with_the_filter_starts_no_program() {
        let done = std::thread::spawn(|| {
            let confinement = refuse_foreign_calls().unwrap();
            (
                confinement,
                std::process::Command::new("/bin/true").status().is_ok(),
            )
        });
        let (confinement, started) = done.join().unwrap();
        assert_eq!(confinement == Confinement::Full, has_seccomp());
        assert_eq!(started, !has_seccomp());
    }
}

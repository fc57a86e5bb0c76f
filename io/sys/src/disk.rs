//! Files beyond what the standard library offers: free space, unnamed files, times, durable names.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::fcntl::{AT_FDCWD, AtFlags, OFlag};
use nix::sys::stat::{Mode, UtimensatFlags};
use nix::sys::time::{TimeSpec, TimeValLike};

/// Room on a file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Octets that an unprivileged process may still write.
    pub free_octets: u64,
    /// Octets in one block.
    pub block_octets: u64,
    /// Files that may still be made.
    pub free_files: u64,
}

/// Tells the room on the file system that holds `path`.
///
/// # Errors
/// Those of statvfs(3).
pub fn space(path: &Path) -> io::Result<Space> {
    let facts = nix::sys::statvfs::statvfs(path)?;
    let block_octets = facts.fragment_size();
    Ok(Space {
        free_octets: facts.blocks_available().saturating_mul(block_octets),
        block_octets,
        free_files: facts.files_available(),
    })
}

/// True when `path` lies on a network file system, where flock and `O_TMPFILE` are not to be trusted.
///
/// # Errors
/// Those of statfs(2).
#[cfg(target_os = "linux")]
pub fn is_remote(path: &Path) -> io::Result<bool> {
    use nix::sys::statfs::{FUSE_SUPER_MAGIC, NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, statfs};
    let kind = statfs(path)?.filesystem_type();
    Ok([NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, FUSE_SUPER_MAGIC].contains(&kind))
}

/// True when `path` lies on a network file system; this system does not tell, so the careful answer is given.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn is_remote(_path: &Path) -> io::Result<bool> {
    Ok(true)
}

/// open(2) flag: fail on a symbolic link as the last part of the name.
pub const NO_FOLLOW: i32 = libc::O_NOFOLLOW;
/// open(2) flag: do not wait for the other end of a named pipe.
pub const NON_BLOCKING: i32 = libc::O_NONBLOCK;
/// Flag for open(2): reading leaves the time of access alone, which otherwise is a write for each read of a file that was
/// changed since. Refused to those who do not own the file.
#[cfg(target_os = "linux")]
pub const NO_ACCESS_TIME: i32 = libc::O_NOATIME;
/// Flag for open(2) that this system does not have.
#[cfg(not(target_os = "linux"))]
pub const NO_ACCESS_TIME: i32 = 0;

/// True when syncing a new file on the file system of `path` also brings its name to disk, so that its directory
/// need not be synced: known of ext2 to ext4, XFS, btrfs; of no concern on tmpfs.
///
/// # Errors
/// Those of statfs(2).
#[cfg(target_os = "linux")]
pub fn sync_carries_names(path: &Path) -> io::Result<bool> {
    use nix::sys::statfs::{BTRFS_SUPER_MAGIC, EXT4_SUPER_MAGIC, TMPFS_MAGIC, XFS_SUPER_MAGIC, statfs};
    let kind = statfs(path)?.filesystem_type();
    // ext2, ext3 and ext4 share their number.
    Ok([EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC, TMPFS_MAGIC].contains(&kind))
}

/// True when syncing a new file also brings its name to disk; not known of this system's file systems.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn sync_carries_names(_path: &Path) -> io::Result<bool> {
    Ok(false)
}

/// Asks the file system to lay the folders that are made in `directory` from now on far from each other, as it does with
/// those at its top (`chattr +T`).
///
/// # Errors
/// Those of open(2) and of ioctl(2) with `FS_IOC_SETFLAGS`: `ENOTTY` or `EOPNOTSUPP` where there is no such wish.
#[cfg(target_os = "linux")]
pub fn spread_folders(directory: &Path) -> io::Result<()> {
    const TOP: libc::c_int = 0x0002_0000;
    const GET: libc::Ioctl = nix::request_code_read!(b'f', 1, size_of::<libc::c_long>()) as libc::Ioctl;
    const SET: libc::Ioctl = nix::request_code_write!(b'f', 2, size_of::<libc::c_long>()) as libc::Ioctl;
    let directory = File::open(directory)?;
    let mut flags: libc::c_int = 0;
    // SAFETY: whatever size its number says, FS_IOC_GETFLAGS writes one int, to a place that is ours.
    if unsafe { libc::ioctl(directory.as_raw_fd(), GET, &raw mut flags) } < 0 {
        return Err(io::Error::last_os_error());
    }
    flags |= TOP;
    // SAFETY: FS_IOC_SETFLAGS reads one int, from a place that is ours.
    if unsafe { libc::ioctl(directory.as_raw_fd(), SET, &raw const flags) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Has no such wish to make on this system.
///
/// # Errors
/// Always `EOPNOTSUPP`.
#[cfg(not(target_os = "linux"))]
pub fn spread_folders(_directory: &Path) -> io::Result<()> {
    Err(io::Error::from_raw_os_error(libc::EOPNOTSUPP))
}

/// Makes a file without a name in `directory`, for reading and writing, permissions `mode`; it vanishes unless
/// [`give_name`] follows.
///
/// # Errors
/// `EOPNOTSUPP`, `EISDIR` or `ENOENT` where the file system cannot; the caller then makes a named file.
#[cfg(target_os = "linux")]
pub fn create_unnamed(directory: &Path, mode: u32) -> io::Result<File> {
    let flags = OFlag::O_TMPFILE | OFlag::O_RDWR | OFlag::O_CLOEXEC;
    let descriptor = nix::fcntl::open(directory, flags, Mode::from_bits_truncate(mode as libc::mode_t))?;
    Ok(File::from(descriptor))
}

/// Makes a file without a name: not on this system.
///
/// # Errors
/// Always `EOPNOTSUPP`; the caller then makes a named file.
#[cfg(not(target_os = "linux"))]
pub fn create_unnamed(_directory: &Path, _mode: u32) -> io::Result<File> {
    Err(io::Error::from_raw_os_error(libc::EOPNOTSUPP))
}

/// Gives a file of [`create_unnamed`] the name `path`, which must be free.
///
/// # Errors
/// `AlreadyExists` when the name is taken; `ENOENT` where `/proc` is not there (a bare chroot).
pub fn give_name(file: &File, path: &Path) -> io::Result<()> {
    let link = format!("/proc/self/fd/{}", file.as_raw_fd());
    nix::unistd::linkat(
        AT_FDCWD,
        link.as_str(),
        AT_FDCWD,
        path,
        AtFlags::AT_SYMLINK_FOLLOW,
    )?;
    Ok(())
}

/// Waits until content and size of `file` are on disk, times not included.
///
/// # Errors
/// Those of fdatasync(2): after one, the file must be taken as not written.
pub fn sync_content(file: &File) -> io::Result<()> {
    file.sync_data()
}

/// Waits until the names in `directory` are on disk.
///
/// # Errors
/// Those of open(2) and fsync(2).
pub fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Sets the permission bits of an open file.
///
/// # Errors
/// Those of fchmod(2).
pub fn set_mode(file: &impl AsFd, mode: u32) -> io::Result<()> {
    nix::sys::stat::fchmod(file.as_fd(), Mode::from_bits_truncate(mode as libc::mode_t))?;
    Ok(())
}

/// Gives an open file to another owner and group. Needs root.
///
/// # Errors
/// Those of fchown(2).
pub fn set_owner(file: &impl AsFd, uid: u32, gid: u32) -> io::Result<()> {
    std::os::unix::fs::fchown(file, Some(uid), Some(gid))
}

/// Sets access and modification time of an open file; the queue keeps its next attempt there.
///
/// # Errors
/// Those of futimens(3).
pub fn set_times(file: &impl AsFd, time: SystemTime) -> io::Result<()> {
    let time = time_spec(time);
    nix::sys::stat::futimens(file.as_fd(), &time, &time)?;
    Ok(())
}

/// Sets access and modification time of the file named `path`, symbolic links not followed.
///
/// # Errors
/// Those of utimensat(2).
pub fn set_times_at(path: &Path, time: SystemTime) -> io::Result<()> {
    let time = time_spec(time);
    nix::sys::stat::utimensat(AT_FDCWD, path, &time, &time, UtimensatFlags::NoFollowSymlink)?;
    Ok(())
}

fn time_spec(time: SystemTime) -> TimeSpec {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => TimeSpec::from_duration(since),
        Err(_) => TimeSpec::nanoseconds(0),
    }
}

/// Opens `path` with open(2)'s `flags` besides close-on-exec; `O_NOFOLLOW` and `O_NONBLOCK` for files that a user may
/// have prepared.
///
/// # Errors
/// Those of open(2).
pub fn open_with(path: &Path, flags: i32, mode: u32) -> io::Result<File> {
    let flags = OFlag::from_bits_retain(flags) | OFlag::O_CLOEXEC;
    Ok(File::from(nix::fcntl::open(
        path,
        flags,
        Mode::from_bits_truncate(mode as libc::mode_t),
    )?))
}

/// Opens an existing file for appending, without waiting for a reader should it be a pipe.
///
/// # Errors
/// Those of open(2).
pub fn open_to_append(path: &Path) -> io::Result<File> {
    open_with(
        path,
        (OFlag::O_WRONLY | OFlag::O_APPEND | OFlag::O_NONBLOCK).bits(),
        0,
    )
}

/// Opens an existing file for reading, without waiting for a writer should it be a pipe.
///
/// # Errors
/// Those of open(2).
pub fn open_to_read(path: &Path) -> io::Result<File> {
    open_with(path, (OFlag::O_RDONLY | OFlag::O_NONBLOCK).bits(), 0)
}

/// Makes a named pipe.
///
/// # Errors
/// Those of mkfifo(3).
pub fn make_fifo(path: &Path, mode: u32) -> io::Result<()> {
    nix::unistd::mkfifo(path, Mode::from_bits_truncate(mode as libc::mode_t))?;
    Ok(())
}

/// Tells the kernel that `file` will be read from start to end once.
pub fn will_read_on(file: &impl AsFd) {
    #[cfg(target_os = "linux")]
    // SAFETY: posix_fadvise takes integers; it is a hint, and its answer does not matter.
    unsafe {
        libc::posix_fadvise(file.as_fd().as_raw_fd(), 0, 0, libc::POSIX_FADV_SEQUENTIAL);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = file;
}

/// A file that lives in memory only, for content that must be handed on as a descriptor.
///
/// # Errors
/// Those of memfd_create(2).
#[cfg(target_os = "linux")]
pub fn memory_file() -> io::Result<File> {
    // SAFETY: the name is a NUL-terminated constant.
    let number = unsafe { libc::memfd_create(c"postrider".as_ptr(), libc::MFD_CLOEXEC) };
    if number < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel just made this number for us.
    Ok(unsafe { File::from_raw_fd(number) })
}

/// How long the machine has been up, for times that must not jump with the clock.
///
/// # Errors
/// Those of clock_gettime(2).
pub fn monotonic() -> io::Result<Duration> {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is to a local value of the right type.
    if unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(Duration::new(
        time.tv_sec.cast_unsigned(),
        u32::try_from(time.tv_nsec).unwrap_or(0),
    ))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek, Write};

    use super::*;

    fn place(name: &str) -> std::path::PathBuf {
        std::env::temp_dir().join(format!("sys-disk-{name}-{}", std::process::id()))
    }

    #[test]
    fn an_unnamed_file_gets_its_name_at_the_end() {
        let Ok(mut file) = create_unnamed(&std::env::temp_dir(), 0o600) else {
            return;
        };
        let path = place("named");
        file.write_all(b"content").unwrap();
        give_name(&file, &path).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"content");
        assert_eq!(
            give_name(&file, &path).unwrap_err().kind(),
            io::ErrorKind::AlreadyExists
        );
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn times_are_kept_to_the_second_and_below() {
        let path = place("times");
        let file = File::create(&path).unwrap();
        let time = UNIX_EPOCH + Duration::new(1_700_000_000, 500);
        set_times(&file, time).unwrap();
        assert_eq!(file.metadata().unwrap().modified().unwrap(), time);
        set_times_at(&path, time + Duration::from_secs(5)).unwrap();
        assert_eq!(
            file.metadata().unwrap().modified().unwrap(),
            time + Duration::from_secs(5)
        );
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn the_root_file_system_has_a_block_size() {
        assert!(space(Path::new("/")).unwrap().block_octets > 0);
    }

    #[test]
    fn a_memory_file_is_written_and_read_back() {
        let mut file = memory_file().unwrap();
        file.write_all(b"abc").unwrap();
        file.rewind().unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abc");
    }

    #[test]
    fn permission_bits_of_an_open_file_change() {
        use std::os::unix::fs::PermissionsExt;
        let path = place("mode");
        let file = File::create(&path).unwrap();
        set_mode(&file, 0o700).unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        std::fs::remove_file(path).unwrap();
    }
}

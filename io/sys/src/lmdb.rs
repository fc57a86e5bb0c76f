//! LMDB files, one table in each, as Postfix keeps them: no directory, no lock file, the lock on the file itself.
//!
//! A thin cover over `liblmdb`. Each call takes the fcntl(2) lock that Postfix takes (shared to read, alone to
//! write), so that files may be shared with it. Nothing is held between two calls, but for a lease; values are copied out.

use std::cell::Cell;
use std::ffi::{CStr, CString, c_int, c_uint, c_void};
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;

use lmdb_master_sys as ffi;

use crate::lock::{self, Mode, Style};

/// What LMDB or the kernel refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LmdbError(c_int);

impl fmt::Display for LmdbError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // SAFETY: mdb_strerror gives a NUL-terminated text for every number, that stays until the next call at least.
        let text = unsafe { CStr::from_ptr(ffi::mdb_strerror(self.0)) };
        formatter.write_str(&text.to_string_lossy())
    }
}

impl std::error::Error for LmdbError {}

impl From<LmdbError> for io::Error {
    fn from(error: LmdbError) -> Self {
        if error.0 > 0 {
            io::Error::from_raw_os_error(error.0)
        } else {
            io::Error::other(error)
        }
    }
}

impl LmdbError {
    const INVALID: Self = Self(libc::EINVAL);

    fn from_io(error: &io::Error) -> Self {
        Self(error.raw_os_error().unwrap_or(libc::EIO))
    }

    /// True when the file is not there.
    pub fn is_not_found(&self) -> bool {
        self.0 == libc::ENOENT
    }
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To read; the file must be there.
    Read,
    /// To read and write; the file must be there.
    Write,
    /// To read and write; made with this mode when it is not there.
    Create(u32),
}

/// A key and its value.
pub type Entry = (Vec<u8>, Vec<u8>);

/// What is called with the key and value of each entry, until it breaks.
pub type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> ControlFlow<()> + 'a;

/// An open file.
pub struct Lmdb {
    environment: *mut ffi::MDB_env,
    table: ffi::MDB_dbi,
    /// A read transaction at rest, kept because renewing it is cheaper than making one.
    resting: Cell<*mut ffi::MDB_txn>,
    /// The shared lock is held between calls.
    leased: Cell<bool>,
    /// Bound to its thread.
    _local: PhantomData<*mut ()>,
}

/// The longest key, in octets; the library's own limit (`mdb_env_get_maxkeysize`).
pub const LONGEST_KEY: usize = 511;

/// Most times a file is made larger for one change.
const MOST_GROWTHS: u32 = 32;

fn check(status: c_int) -> Result<(), LmdbError> {
    if status == 0 {
        Ok(())
    } else {
        Err(LmdbError(status))
    }
}

fn value_of(bytes: &[u8]) -> ffi::MDB_val {
    ffi::MDB_val {
        mv_size: bytes.len(),
        mv_data: bytes.as_ptr().cast_mut().cast::<c_void>(),
    }
}

impl Lmdb {
    /// Opens the file at `path`. `map_size` is the room for growth in octets; a larger file gets what it needs.
    ///
    /// # Errors
    /// Those of the kernel; a file that is not an LMDB file.
    pub fn open(path: &Path, access: Access, map_size: usize) -> Result<Self, LmdbError> {
        let path = CString::new(path.as_os_str().as_bytes()).map_err(|_| LmdbError::INVALID)?;
        let mut environment = ptr::null_mut();
        // SAFETY: the pointer is a place for the new handle.
        check(unsafe { ffi::mdb_env_create(&raw mut environment) })?;
        // From here on dropping the value closes the handle.
        let mut lmdb = Self {
            environment,
            table: 0,
            resting: Cell::new(ptr::null_mut()),
            leased: Cell::new(false),
            _local: PhantomData,
        };
        // SAFETY: the handle is new and not opened yet.
        check(unsafe { ffi::mdb_env_set_mapsize(environment, map_size) })?;
        let mut flags = ffi::MDB_NOSUBDIR | ffi::MDB_NOLOCK;
        let mode = match access {
            Access::Read => {
                flags |= ffi::MDB_RDONLY;
                0
            }
            Access::Write => 0,
            Access::Create(mode) => mode,
        };
        if access == Access::Write && !Path::new(std::ffi::OsStr::from_bytes(path.as_bytes())).exists() {
            return Err(LmdbError(libc::ENOENT));
        }
        // SAFETY: the handle is live, the path NUL-terminated.
        check(unsafe {
            ffi::mdb_env_open(
                environment,
                path.as_ptr(),
                flags as c_uint,
                mode as ffi::mdb_mode_t,
            )
        })?;
        lmdb.table = lmdb.open_table(access)?;
        Ok(lmdb)
    }

    /// Opens the one table of the file: its number holds for the life of the handle.
    fn open_table(&self, access: Access) -> Result<ffi::MDB_dbi, LmdbError> {
        let flags = if access == Access::Read {
            ffi::MDB_RDONLY
        } else {
            0
        };
        let lock = if access == Access::Read {
            Mode::Shared
        } else {
            Mode::Exclusive
        };
        let _lock = Locked::take(self, lock)?;
        let transaction = Transaction::begin(self, flags)?;
        let mut table = 0;
        // SAFETY: the transaction is live; no name means the main table.
        check(unsafe { ffi::mdb_dbi_open(transaction.handle, ptr::null(), 0, &raw mut table) })?;
        transaction.commit()?;
        Ok(table)
    }

    /// The open file itself, for its state.
    pub fn file(&self) -> Result<BorrowedFd<'_>, LmdbError> {
        let mut number = -1;
        // SAFETY: the handle is open.
        check(unsafe { ffi::mdb_env_get_fd(self.environment, &raw mut number) })?;
        // SAFETY: the descriptor is the handle's own, and the borrow ends before the handle does.
        Ok(unsafe { BorrowedFd::borrow_raw(number) })
    }

    /// The value under `key`. A key that is too long to be stored is absent.
    ///
    /// # Errors
    /// What LMDB says of the file.
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, LmdbError> {
        self.reading(|transaction| {
            let mut key = value_of(key);
            let mut value = value_of(&[]);
            // SAFETY: transaction and table are live; LMDB does not write to the key.
            match unsafe { ffi::mdb_get(transaction, self.table, &raw mut key, &raw mut value) } {
                0 => Ok(Some(copy(&value))),
                ffi::MDB_NOTFOUND | ffi::MDB_BAD_VALSIZE => Ok(None),
                status => Err(LmdbError(status)),
            }
        })
    }

    /// Calls `visit` with the value under each of `keys`, all read at once. Keys in the order of bytes are found soonest,
    /// as many are on the same page.
    ///
    /// # Errors
    /// What LMDB says of the file.
    pub fn get_many<'k>(
        &self,
        keys: impl Iterator<Item = &'k [u8]>,
        visit: &mut dyn FnMut(Option<&[u8]>),
    ) -> Result<(), LmdbError> {
        self.reading(|transaction| {
            let cursor = Cursor::open(transaction, self.table)?;
            for key in keys {
                let (mut key, mut value) = (value_of(key), value_of(&[]));
                // SAFETY: the cursor and its transaction are live; LMDB does not write to the key.
                match unsafe { ffi::mdb_cursor_get(cursor.0, &raw mut key, &raw mut value, ffi::MDB_SET) } {
                    0 => visit(Some(borrowed(&value))),
                    ffi::MDB_NOTFOUND | ffi::MDB_BAD_VALSIZE => visit(None),
                    status => return Err(LmdbError(status)),
                }
            }
            Ok(())
        })
    }

    /// Stores `value` under `key`. Without `replace`, an entry that is there stays. True when it was stored.
    ///
    /// # Errors
    /// What LMDB says of the file; a key that is too long.
    pub fn put(&self, key: &[u8], value: &[u8], replace: bool) -> Result<bool, LmdbError> {
        self.writing(|transaction| {
            let (mut key, mut value) = (value_of(key), value_of(value));
            let flags = if replace { 0 } else { ffi::MDB_NOOVERWRITE };
            // SAFETY: transaction and table are live; LMDB copies key and value.
            match unsafe {
                ffi::mdb_put(
                    transaction,
                    self.table,
                    &raw mut key,
                    &raw mut value,
                    flags as c_uint,
                )
            } {
                0 => Ok(true),
                ffi::MDB_KEYEXIST => Ok(false),
                status => Err(LmdbError(status)),
            }
        })
    }

    /// Removes `key`; true when it was there.
    ///
    /// # Errors
    /// What LMDB says of the file.
    pub fn delete(&self, key: &[u8]) -> Result<bool, LmdbError> {
        self.writing(|transaction| {
            let mut key = value_of(key);
            // SAFETY: transaction and table are live; no value is given, so the whole entry goes.
            match unsafe { ffi::mdb_del(transaction, self.table, &raw mut key, ptr::null_mut()) } {
                0 => Ok(true),
                ffi::MDB_NOTFOUND | ffi::MDB_BAD_VALSIZE => Ok(false),
                status => Err(LmdbError(status)),
            }
        })
    }

    /// The entry behind `key` in the order of bytes, or the first one.
    ///
    /// # Errors
    /// What LMDB says of the file.
    pub fn after(&self, key: Option<&[u8]>) -> Result<Option<Entry>, LmdbError> {
        self.reading(|transaction| {
            let cursor = Cursor::open(transaction, self.table)?;
            let Some(key) = key else {
                return cursor.step(ffi::MDB_FIRST, &[]);
            };
            match cursor.step(ffi::MDB_SET_RANGE, key)? {
                Some((found, _)) if found == key => cursor.step(ffi::MDB_NEXT, &[]),
                other => Ok(other),
            }
        })
    }

    /// Calls `visit` with each entry in the order of bytes, until it breaks.
    ///
    /// # Errors
    /// What LMDB says of the file.
    pub fn each(&self, visit: &mut Visit<'_>) -> Result<(), LmdbError> {
        self.reading(|transaction| {
            let cursor = Cursor::open(transaction, self.table)?;
            let mut operation = ffi::MDB_FIRST;
            while let Some((key, value)) = cursor.step(operation, &[])? {
                operation = ffi::MDB_NEXT;
                if visit(&key, &value).is_break() {
                    break;
                }
            }
            Ok(())
        })
    }

    /// Stores all `entries`, which must be in the order of bytes, no key twice, in one transaction; for new files.
    ///
    /// # Errors
    /// What LMDB says of the file; keys out of order or too long.
    pub fn fill<'a>(
        &self,
        entries: impl Iterator<Item = (&'a [u8], &'a [u8])> + Clone,
    ) -> Result<(), LmdbError> {
        self.writing(|transaction| self.append(transaction, entries.clone()))
    }

    fn append<'a>(
        &self,
        transaction: *mut ffi::MDB_txn,
        entries: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Result<(), LmdbError> {
        for (key, value) in entries {
            let (mut key, mut value) = (value_of(key), value_of(value));
            let flags = ffi::MDB_APPEND as c_uint;
            // SAFETY: transaction and table are live; LMDB copies key and value.
            check(unsafe { ffi::mdb_put(transaction, self.table, &raw mut key, &raw mut value, flags) })?;
        }
        Ok(())
    }

    /// As [`Lmdb::fill`], in the place of all entries that are there. Others see the old ones or the new ones.
    ///
    /// # Errors
    /// As [`Lmdb::fill`]; the old entries then stay.
    pub fn replace_all<'a>(
        &self,
        entries: impl Iterator<Item = (&'a [u8], &'a [u8])> + Clone,
    ) -> Result<(), LmdbError> {
        self.writing(|transaction| {
            // SAFETY: transaction and table are live; 0 empties the table and keeps it.
            check(unsafe { ffi::mdb_drop(transaction, self.table, 0) })?;
            self.append(transaction, entries.clone())
        })
    }

    /// Takes the shared lock for all reading until [`Lmdb::end_lease`], which must be soon: writers wait for it.
    ///
    /// Locks of this kind are the process's. They go with the first handle of the file that gives back its own, so that
    /// all leases of a process must end together.
    ///
    /// # Errors
    /// Those of fcntl(2).
    pub fn lease(&self) -> Result<(), LmdbError> {
        lock::lock(&self.file()?, Style::Fcntl, Mode::Shared).map_err(|error| LmdbError::from_io(&error))?;
        self.leased.set(true);
        Ok(())
    }

    /// Gives back what [`Lmdb::lease`] took.
    pub fn end_lease(&self) {
        if self.leased.replace(false)
            && let Ok(file) = self.file()
        {
            // As with the locks of single calls, there is nothing to do about a failure.
            let _ = lock::lock(&file, Style::Fcntl, Mode::Unlock);
        }
    }

    /// Whether the lock is held between calls.
    pub fn is_leased(&self) -> bool {
        self.leased.get()
    }

    /// Runs `read` in a read transaction under the shared lock.
    fn reading<T>(
        &self,
        read: impl FnOnce(*mut ffi::MDB_txn) -> Result<T, LmdbError>,
    ) -> Result<T, LmdbError> {
        let _lock = match self.leased.get() {
            true => None,
            false => Some(Locked::take(self, Mode::Shared)?),
        };
        let transaction = self.wake_reader()?;
        let result = read(transaction);
        // SAFETY: the transaction is live and read-only; a reset one can be renewed.
        unsafe { ffi::mdb_txn_reset(transaction) };
        self.resting.set(transaction);
        result
    }

    /// A read transaction that sees the file as it is now.
    fn wake_reader(&self) -> Result<*mut ffi::MDB_txn, LmdbError> {
        let resting = self.resting.replace(ptr::null_mut());
        if !resting.is_null() {
            // SAFETY: the transaction was reset, and belongs to this handle.
            if unsafe { ffi::mdb_txn_renew(resting) } == 0 {
                return Ok(resting);
            }
            // SAFETY: as above; a transaction that was not renewed may be aborted.
            unsafe { ffi::mdb_txn_abort(resting) };
        }
        Ok(Transaction::begin(self, ffi::MDB_RDONLY)?.into_handle())
    }

    /// Runs `write` in a transaction under the lock; when the file is full it is made larger and `write` runs again.
    fn writing<T>(&self, write: impl Fn(*mut ffi::MDB_txn) -> Result<T, LmdbError>) -> Result<T, LmdbError> {
        let _lock = Locked::take(self, Mode::Exclusive)?;
        let mut growths = 0;
        loop {
            let transaction = Transaction::begin(self, 0)?;
            let result = write(transaction.handle).and_then(|value| transaction.commit().map(|()| value));
            match result {
                Err(LmdbError(ffi::MDB_MAP_FULL)) if growths < MOST_GROWTHS => self.grow()?,
                other => return other,
            }
            growths += 1;
        }
    }

    fn grow(&self) -> Result<(), LmdbError> {
        let mut info = ffi::MDB_envinfo {
            me_mapaddr: ptr::null_mut(),
            me_mapsize: 0,
            me_last_pgno: 0,
            me_last_txnid: 0,
            me_maxreaders: 0,
            me_numreaders: 0,
        };
        // SAFETY: the handle is open.
        check(unsafe { ffi::mdb_env_info(self.environment, &raw mut info) })?;
        let larger = info.me_mapsize.checked_mul(2).ok_or(LmdbError(libc::ENOMEM))?;
        self.set_size(larger)
    }

    /// Sets the size of the mapping; 0 takes over the size that another process gave the file.
    fn set_size(&self, size: ffi::mdb_size_t) -> Result<(), LmdbError> {
        self.drop_reader();
        // SAFETY: the handle is open, and no transaction is active in this process.
        check(unsafe { ffi::mdb_env_set_mapsize(self.environment, size) })
    }

    fn drop_reader(&self) {
        let resting = self.resting.replace(ptr::null_mut());
        if !resting.is_null() {
            // SAFETY: the transaction was reset, belongs to this handle, and is not used again.
            unsafe { ffi::mdb_txn_abort(resting) };
        }
    }
}

impl Drop for Lmdb {
    fn drop(&mut self) {
        self.drop_reader();
        // SAFETY: the handle is live, has no transactions, and is not used again.
        unsafe { ffi::mdb_env_close(self.environment) };
    }
}

fn copy(value: &ffi::MDB_val) -> Vec<u8> {
    borrowed(value).to_vec()
}

/// The octets in the file, to be used before the transaction ends.
fn borrowed(value: &ffi::MDB_val) -> &[u8] {
    if value.mv_size == 0 || value.mv_data.is_null() {
        return &[];
    }
    // SAFETY: LMDB gave place and length, which hold as long as the transaction that the caller is in; so does `value`.
    unsafe { std::slice::from_raw_parts(value.mv_data.cast::<u8>(), value.mv_size) }
}

/// The lock on the file, given back at the end.
struct Locked<'a>(BorrowedFd<'a>);

impl<'a> Locked<'a> {
    fn take(lmdb: &'a Lmdb, mode: Mode) -> Result<Self, LmdbError> {
        let file = lmdb.file()?;
        lock::lock(&file, Style::Fcntl, mode).map_err(|error| LmdbError::from_io(&error))?;
        Ok(Self(file))
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        // Giving back a lock one has can not fail in a way that anything could be done about.
        let _ = lock::lock(&self.0, Style::Fcntl, Mode::Unlock);
    }
}

/// A transaction that is undone unless it is committed.
struct Transaction {
    handle: *mut ffi::MDB_txn,
}

impl Transaction {
    fn begin(lmdb: &Lmdb, flags: u32) -> Result<Self, LmdbError> {
        let mut handle = ptr::null_mut();
        for _ in 0..2 {
            // SAFETY: the handle is open, and no other transaction of it is active.
            match unsafe {
                ffi::mdb_txn_begin(
                    lmdb.environment,
                    ptr::null_mut(),
                    flags as c_uint,
                    &raw mut handle,
                )
            } {
                0 => return Ok(Self { handle }),
                // Another process made the file larger.
                ffi::MDB_MAP_RESIZED => lmdb.set_size(0)?,
                status => return Err(LmdbError(status)),
            }
        }
        Err(LmdbError(ffi::MDB_MAP_RESIZED))
    }

    fn commit(self) -> Result<(), LmdbError> {
        // SAFETY: the transaction is live; LMDB frees it also when it fails.
        check(unsafe { ffi::mdb_txn_commit(self.into_handle()) })
    }

    fn into_handle(self) -> *mut ffi::MDB_txn {
        let handle = self.handle;
        std::mem::forget(self);
        handle
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        // SAFETY: the transaction is live: whoever ends it otherwise takes the handle away first.
        unsafe { ffi::mdb_txn_abort(self.handle) };
    }
}

struct Cursor(*mut ffi::MDB_cursor);

impl Cursor {
    fn open(transaction: *mut ffi::MDB_txn, table: ffi::MDB_dbi) -> Result<Self, LmdbError> {
        let mut cursor = ptr::null_mut();
        // SAFETY: transaction and table are live.
        check(unsafe { ffi::mdb_cursor_open(transaction, table, &raw mut cursor) })?;
        Ok(Self(cursor))
    }

    fn step(&self, operation: ffi::MDB_cursor_op, key: &[u8]) -> Result<Option<Entry>, LmdbError> {
        let (mut key, mut value) = (value_of(key), value_of(&[]));
        // SAFETY: the cursor and its transaction are live; key and value are places for the result.
        match unsafe { ffi::mdb_cursor_get(self.0, &raw mut key, &raw mut value, operation) } {
            0 => Ok(Some((copy(&key), copy(&value)))),
            ffi::MDB_NOTFOUND | ffi::MDB_BAD_VALSIZE => Ok(None),
            status => Err(LmdbError(status)),
        }
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        // SAFETY: the cursor is live, and its transaction is read-only and still there.
        unsafe { ffi::mdb_cursor_close(self.0) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("sys-lmdb-{}-{name}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        path
    }

    #[test]
    fn entries_are_stored_found_walked_and_removed() {
        let path = scratch("basic");
        let lmdb = Lmdb::open(&path, Access::Create(0o600), 1 << 20).unwrap();

        assert!(lmdb.put(b"b", b"2", false).unwrap());
        assert!(lmdb.put(b"a", b"1", false).unwrap());
        assert!(!lmdb.put(b"a", b"x", false).unwrap());
        assert!(lmdb.put(b"a", b"3", true).unwrap());

        let reader = Lmdb::open(&path, Access::Read, 1 << 20).unwrap();
        assert_eq!(reader.get(b"a").unwrap().as_deref(), Some(b"3".as_slice()));
        assert_eq!(reader.get(b"").unwrap(), None);
        assert_eq!(reader.get(&[b'x'; 1000]).unwrap(), None);
        assert_eq!(reader.after(None).unwrap().unwrap().0, b"a");
        assert_eq!(reader.after(Some(b"a")).unwrap().unwrap().0, b"b");
        assert_eq!(reader.after(Some(b"aa")).unwrap().unwrap().0, b"b");
        assert_eq!(reader.after(Some(b"b")).unwrap(), None);
        assert!(lmdb.delete(b"a").unwrap());
        assert!(!lmdb.delete(b"a").unwrap());
        assert_eq!(reader.get(b"a").unwrap(), None);
        std::fs::remove_file(path).unwrap();
    }

    /// Whether somebody else could write: a lock of the open file, which the locks of this process count against.
    fn is_free(path: &Path) -> bool {
        let file = std::fs::File::options()
            .read(true)
            .write(true)
            .open(path)
            .unwrap();
        // SAFETY: all zeros is a lock from the start to the end of the file.
        let mut wish: libc::flock = unsafe { std::mem::zeroed() };
        wish.l_type = libc::F_WRLCK as libc::c_short;
        nix::fcntl::fcntl(&file, nix::fcntl::FcntlArg::F_OFD_GETLK(&mut wish)).unwrap();
        let is_free = wish.l_type == libc::F_UNLCK as libc::c_short;
        // Closing it would give back the locks of the whole process.
        std::mem::forget(file);
        is_free
    }

    #[test]
    fn a_lease_keeps_writers_out_until_it_ends() {
        let path = scratch("lease");
        Lmdb::open(&path, Access::Create(0o600), 1 << 20)
            .unwrap()
            .put(b"a", b"1", true)
            .unwrap();
        let reader = Lmdb::open(&path, Access::Read, 1 << 20).unwrap();

        assert!(reader.get(b"a").unwrap().is_some() && is_free(&path));
        reader.lease().unwrap();
        assert!(reader.get(b"a").unwrap().is_some() && !is_free(&path));
        reader.end_lease();
        assert!(is_free(&path));
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn all_entries_are_replaced_at_once() {
        let path = scratch("replace");
        let lmdb = Lmdb::open(&path, Access::Create(0o600), 1 << 20).unwrap();
        lmdb.put(b"old", b"1", true).unwrap();

        let entries: [(&[u8], &[u8]); 2] = [(b"a", b"1"), (b"b", b"2")];
        lmdb.replace_all(entries.iter().copied()).unwrap();
        assert_eq!(lmdb.get(b"old").unwrap(), None);
        assert_eq!(lmdb.get(b"b").unwrap().as_deref(), Some(b"2".as_slice()));
        let unsorted: [(&[u8], &[u8]); 2] = [(b"b", b"1"), (b"a", b"2")];
        assert!(lmdb.replace_all(unsorted.iter().copied()).is_err());
        assert_eq!(lmdb.get(b"a").unwrap().as_deref(), Some(b"1".as_slice()));
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_full_file_grows_and_readers_follow() {
        let path = scratch("grow");
        let writer = Lmdb::open(&path, Access::Create(0o600), 1 << 16).unwrap();
        let reader = Lmdb::open(&path, Access::Read, 1 << 16).unwrap();

        for number in 0..60_u32 {
            writer
                .put(format!("key{number}").as_bytes(), &[b'v'; 9000], true)
                .unwrap();
        }

        assert_eq!(reader.get(b"key59").unwrap().map(|value| value.len()), Some(9000));
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_file_that_is_away_or_other_is_refused() {
        let path = scratch("away");
        assert!(
            Lmdb::open(&path, Access::Read, 1 << 20)
                .err()
                .unwrap()
                .is_not_found()
        );
        assert!(
            Lmdb::open(&path, Access::Write, 1 << 20)
                .err()
                .unwrap()
                .is_not_found()
        );
        std::fs::write(&path, [b'x'; 8192]).unwrap();
        assert!(Lmdb::open(&path, Access::Read, 1 << 20).is_err());
        std::fs::remove_file(path).unwrap();
    }
}

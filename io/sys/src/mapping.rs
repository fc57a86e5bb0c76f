//! Files read through a mapping into memory, for lookups without a system call.
//!
//! Only for files that are replaced by rename and never made shorter: who cuts a mapped file ends its readers (SIGBUS).

use std::fs::File;
use std::io;
use std::num::NonZeroUsize;
use std::ops::Deref;
use std::ptr::NonNull;

use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};

/// The content of a file.
pub struct Mapping {
    place: Option<NonNull<std::ffi::c_void>>,
    length: usize,
}

impl Mapping {
    /// Maps all of `file`, to be read.
    ///
    /// # Errors
    /// Those of mmap(2).
    pub fn of(file: &File) -> io::Result<Self> {
        let too_large = |_| io::Error::from_raw_os_error(libc::EFBIG);
        let length = usize::try_from(file.metadata()?.len()).map_err(too_large)?;
        let Some(octets) = NonZeroUsize::new(length) else {
            return Ok(Self {
                place: None,
                length: 0,
            });
        };
        // SAFETY: a new private mapping that is only read; the kernel chooses the place.
        let place = unsafe { mmap(None, octets, ProtFlags::PROT_READ, MapFlags::MAP_PRIVATE, file, 0)? };
        Ok(Self {
            place: Some(place),
            length,
        })
    }
}

impl Deref for Mapping {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self.place {
            // SAFETY: the mapping is as long as stated and lives as long as this value.
            Some(place) => unsafe { std::slice::from_raw_parts(place.cast::<u8>().as_ptr(), self.length) },
            None => &[],
        }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            // SAFETY: the mapping is ours, and nothing borrows from it any more.
            let _ = unsafe { munmap(place, self.length) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_has_what_is_in_the_file() {
        let path = std::env::temp_dir().join(format!("sys-mapping-{}", std::process::id()));
        std::fs::write(&path, "content").unwrap();
        assert_eq!(&*Mapping::of(&File::open(&path).unwrap()).unwrap(), b"content");
        std::fs::write(&path, "").unwrap();
        assert!(Mapping::of(&File::open(&path).unwrap()).unwrap().is_empty());
        std::fs::remove_file(path).unwrap();
    }
}

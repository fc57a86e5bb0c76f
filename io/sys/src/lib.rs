//! Kernel calls behind safe functions: ids, descriptors, locks, files, children, network facts, confinement.
//!
//! The only room with `unsafe`. It knows nothing of mail: every function is a thin cover over a call or two,
//! and its error is the kernel's own ([`std::io::Error`]), which the room above words and judges.
//!
//! The wrappers of C libraries (LMDB, PCRE, the C library's regular expressions) live here for the same reason.

pub mod account;
pub mod child;
pub mod confine;
pub mod descriptor;
pub mod disk;
pub mod fault;
pub mod groups;
pub mod identity;
pub mod lmdb;
pub mod lock;
pub mod mapping;
pub mod network;
pub mod pcre;
pub mod posix_regexp;
pub mod process;
pub mod signals;

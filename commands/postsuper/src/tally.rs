//! How many messages were changed, and in which way.

/// The counts of one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub requeued: u64,
    pub held: u64,
    pub released: u64,
    pub deleted: u64,
    pub expired: u64,
    /// Files whose name was made to match their inode number.
    pub renamed: u64,
    /// Files whose name did not match.
    pub mismatched: u64,
    /// Files that lay in the wrong subdirectory.
    pub misplaced: u64,
}

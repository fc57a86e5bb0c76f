//! A page of the manual before it is roff or HTML.

use super::markup::Block;

/// One page.
pub struct Page {
    /// As in `NAME(5)`.
    pub name: String,
    /// 1 commands, 5 files and tables, 8 daemons.
    pub section: u8,
    /// What it is, in a few words without a full stop.
    pub summary: String,
    /// The rest, in order.
    pub blocks: Vec<Block>,
}

impl Page {
    /// `name.section`.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.name, self.section)
    }
}

/// The release that pages are about.
pub const RELEASE: &str = concat!("Postrider ", env!("CARGO_PKG_VERSION"));

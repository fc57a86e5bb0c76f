//! The pages of a Berkeley DB file: the first one, with the file's facts, and what all others have in common.

use std::fs::File;
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;

use super::{BerkeleyError, btree, hash};
use crate::table::Visit;

/// How the entries are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Hash,
    Btree,
}

/// What the first page says.
#[derive(Clone, Debug)]
pub(super) struct Meta {
    pub(super) kind: Kind,
    /// Numbers are stored in the other byte order than ours.
    swapped: bool,
    pub(super) page_size: usize,
    pub(super) last_page: u32,
    /// Btree: where the tree begins.
    pub(super) root: u32,
    /// Hash: number of the last bucket, and the masks that make a bucket of a hash value.
    pub(super) max_bucket: u32,
    pub(super) high_mask: u32,
    pub(super) low_mask: u32,
    /// Hash: what to add to a bucket's number to get its page, for each doubling of the table.
    pub(super) spares: [u32; 32],
}

const MAGIC_HASH: u32 = 0x0006_1561;
const MAGIC_BTREE: u32 = 0x0005_3162;
const META_OCTETS: usize = 256;
const PAGE_HEADER_OCTETS: usize = 26;
const TYPE_HASH_UNSORTED: u8 = 2;
const TYPE_BTREE_LEAF: u8 = 5;
const TYPE_OVERFLOW: u8 = 7;
const TYPE_HASH: u8 = 13;
/// The longest key or value that is read.
const LONGEST_ITEM: u32 = 64 * 1024 * 1024;

fn u16_at(bytes: &[u8], at: usize, swapped: bool) -> Option<u16> {
    let value = u16::from_ne_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?);
    Some(if swapped { value.swap_bytes() } else { value })
}

fn u32_at(bytes: &[u8], at: usize, swapped: bool) -> Option<u32> {
    let value = u32::from_ne_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?);
    Some(if swapped { value.swap_bytes() } else { value })
}

impl Meta {
    pub(super) fn read(file: &File) -> Result<Self, BerkeleyError> {
        let mut bytes = [0_u8; META_OCTETS];
        file.read_exact_at(&mut bytes, 0)
            .map_err(|_| BerkeleyError::Format("file too short"))?;
        let mut meta = Self::parse(&bytes).ok_or(BerkeleyError::Format("metadata too short"))??;
        // What the file says of its length is not to be trusted in loops.
        let pages = file.metadata()?.len() / meta.page_size as u64;
        meta.last_page = meta
            .last_page
            .min(u32::try_from(pages.saturating_sub(1)).unwrap_or(u32::MAX));
        Ok(meta)
    }

    fn parse(bytes: &[u8]) -> Option<Result<Self, BerkeleyError>> {
        let magic = u32_at(bytes, 12, false)?;
        let (kind, swapped) = match (magic, magic.swap_bytes()) {
            (MAGIC_HASH, _) => (Kind::Hash, false),
            (_, MAGIC_HASH) => (Kind::Hash, true),
            (MAGIC_BTREE, _) => (Kind::Btree, false),
            (_, MAGIC_BTREE) => (Kind::Btree, true),
            _ => return Some(Err(BerkeleyError::Format("not a Berkeley DB hash or btree file"))),
        };
        let number = |at| u32_at(bytes, at, swapped);
        let (encryption, flags) = (*bytes.get(24)?, *bytes.get(26)?);
        if !(8..=10).contains(&number(16)?) {
            return Some(Err(BerkeleyError::Format("unknown version")));
        }
        if encryption != 0 || flags & 1 != 0 {
            return Some(Err(BerkeleyError::Format("encrypted or with checksums")));
        }
        let page_size = usize::try_from(number(20)?).ok()?;
        if !page_size.is_power_of_two() || !(512..=65536).contains(&page_size) {
            return Some(Err(BerkeleyError::Format("bad page size")));
        }
        let mut spares = [0; 32];
        for (index, spare) in spares.iter_mut().enumerate() {
            *spare = number(96 + index * 4)?;
        }
        // Duplicates (1) and, for a hash, sorted ones (4), sub-databases (2; for a btree 0x20).
        let unread = match kind {
            Kind::Hash => 0x07,
            Kind::Btree => 0x21,
        };
        if number(48)? & unread != 0 {
            return Some(Err(BerkeleyError::Format("duplicates or sub-databases")));
        }
        Some(Ok(Self {
            kind,
            swapped,
            page_size,
            last_page: number(32)?,
            root: number(88)?,
            max_bucket: number(72)?,
            high_mask: number(76)?,
            low_mask: number(80)?,
            spares,
        }))
    }
}

/// Reads pages of one file.
pub(super) struct Pages<'a> {
    file: &'a File,
    size: usize,
    last: u32,
    swapped: bool,
}

/// One page.
pub(super) struct Page {
    bytes: Vec<u8>,
    swapped: bool,
}

impl<'a> Pages<'a> {
    pub(super) fn new(file: &'a File, meta: &Meta) -> Self {
        Self {
            file,
            size: meta.page_size,
            last: meta.last_page,
            swapped: meta.swapped,
        }
    }

    /// How many pages a walk may touch before it must be going in circles.
    pub(super) fn most_steps(&self) -> u32 {
        self.last.saturating_add(1)
    }

    pub(super) fn page(&self, number: u32) -> Result<Page, BerkeleyError> {
        if number == 0 || number > self.last {
            return Err(BerkeleyError::Damaged("page number out of range"));
        }
        let mut bytes = vec![0; self.size];
        self.file
            .read_exact_at(&mut bytes, u64::from(number) * self.size as u64)?;
        let page = Page {
            bytes,
            swapped: self.swapped,
        };
        if page.number(8)? != number {
            return Err(BerkeleyError::Damaged("page with another number"));
        }
        Ok(page)
    }

    /// The bytes of an item that has pages of its own.
    pub(super) fn overflow(&self, first: u32, length: u32) -> Result<Vec<u8>, BerkeleyError> {
        if length > LONGEST_ITEM {
            return Err(BerkeleyError::Damaged("item too long"));
        }
        let length = usize::try_from(length).map_err(|_| BerkeleyError::Damaged("item too long"))?;
        let mut item = Vec::new();
        let mut number = first;
        for _ in 0..self.most_steps() {
            let page = self.page(number)?;
            if page.kind() != TYPE_OVERFLOW {
                return Err(BerkeleyError::Damaged("overflow page of another type"));
            }
            let here = usize::from(page.offset_field()?);
            item.extend_from_slice(page.slice(PAGE_HEADER_OCTETS, here)?);
            number = page.next()?;
            if item.len() >= length || number == 0 {
                break;
            }
        }
        if item.len() == length {
            Ok(item)
        } else {
            Err(BerkeleyError::Damaged("item of another length"))
        }
    }
}

impl Page {
    fn number(&self, at: usize) -> Result<u32, BerkeleyError> {
        u32_at(&self.bytes, at, self.swapped).ok_or(BerkeleyError::Damaged("place outside of page"))
    }

    fn short(&self, at: usize) -> Result<u16, BerkeleyError> {
        u16_at(&self.bytes, at, self.swapped).ok_or(BerkeleyError::Damaged("place outside of page"))
    }

    pub(super) fn byte(&self, at: usize) -> Result<u8, BerkeleyError> {
        self.bytes
            .get(at)
            .copied()
            .ok_or(BerkeleyError::Damaged("place outside of page"))
    }

    pub(super) fn slice(&self, at: usize, length: usize) -> Result<&[u8], BerkeleyError> {
        let end = at
            .checked_add(length)
            .ok_or(BerkeleyError::Damaged("place outside of page"))?;
        self.bytes
            .get(at..end)
            .ok_or(BerkeleyError::Damaged("place outside of page"))
    }

    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    /// A number inside an item.
    pub(super) fn item_number(&self, at: usize) -> Result<u32, BerkeleyError> {
        self.number(at)
    }

    /// A short number inside an item.
    pub(super) fn item_short(&self, at: usize) -> Result<u16, BerkeleyError> {
        self.short(at)
    }

    /// The page after this one in its chain; 0 at the end.
    pub(super) fn next(&self) -> Result<u32, BerkeleyError> {
        self.number(16)
    }

    /// How many items are on the page.
    pub(super) fn entries(&self) -> Result<usize, BerkeleyError> {
        self.short(20).map(usize::from)
    }

    fn offset_field(&self) -> Result<u16, BerkeleyError> {
        self.short(22)
    }

    pub(super) fn kind(&self) -> u8 {
        self.bytes.get(25).copied().unwrap_or_default()
    }

    /// Where item `index` begins.
    pub(super) fn item(&self, index: usize) -> Result<usize, BerkeleyError> {
        self.short(PAGE_HEADER_OCTETS + index * 2).map(usize::from)
    }

    pub(super) fn is_hash(&self) -> bool {
        matches!(self.kind(), TYPE_HASH | TYPE_HASH_UNSORTED)
    }

    pub(super) fn is_leaf(&self) -> bool {
        self.kind() == TYPE_BTREE_LEAF
    }
}

/// Visits the entries of all pages that hold entries, in the order of pages.
pub(super) fn each_leaf(pages: &Pages<'_>, meta: &Meta, visit: &mut Visit<'_>) -> Result<(), BerkeleyError> {
    for number in 1..=meta.last_page {
        // Pages that were never written, or freed, have no type of ours.
        let Ok(page) = pages.page(number) else { continue };
        let flow = match meta.kind {
            Kind::Hash if page.is_hash() => hash::each(pages, &page, visit)?,
            Kind::Btree if page.is_leaf() => btree::each(pages, &page, visit)?,
            _ => ControlFlow::Continue(()),
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

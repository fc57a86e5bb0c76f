//! Btree files: inner pages lead to the leaf that can have the key.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use super::BerkeleyError;
use super::page::{Meta, Page, Pages};
use crate::table::Visit;

const ITEM_ON_PAGE: u8 = 1;
const ITEM_OVERFLOW: u8 = 3;
/// Set in the type of an item that was deleted.
const DELETED: u8 = 0x80;
const TYPE_INNER: u8 = 3;
/// Deeper than any tree of pages with two or more keys can be.
const DEEPEST: usize = 64;
/// What stands before the key's bytes on an inner page.
const INNER_HEADER_OCTETS: usize = 12;
/// What stands before an item's bytes on a leaf.
const LEAF_HEADER_OCTETS: usize = 3;

/// The value under `key`.
pub(super) fn find(pages: &Pages<'_>, meta: &Meta, key: &[u8]) -> Result<Option<Vec<u8>>, BerkeleyError> {
    let mut number = meta.root;
    for _ in 0..DEEPEST {
        let page = pages.page(number)?;
        if page.is_leaf() {
            return find_on_leaf(pages, &page, key);
        }
        if page.kind() != TYPE_INNER {
            return Err(BerkeleyError::Damaged("tree page of another type"));
        }
        number = child(pages, &page, key)?;
    }
    Err(BerkeleyError::Damaged("tree too deep"))
}

/// The entries of one leaf.
pub(super) fn each(
    pages: &Pages<'_>,
    page: &Page,
    visit: &mut Visit<'_>,
) -> Result<ControlFlow<()>, BerkeleyError> {
    for index in (0..page.entries()?).step_by(2) {
        if is_deleted(page, index + 1)? {
            continue;
        }
        let (key, value) = (item(pages, page, index)?, item(pages, page, index + 1)?);
        if visit(&key, &value).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// The page below `page` that can have `key`: that of the last key which is not greater. The first key of an inner
/// page stands for all smaller ones, and is not compared.
fn child(pages: &Pages<'_>, page: &Page, key: &[u8]) -> Result<u32, BerkeleyError> {
    let (mut low, mut high) = (0, page.entries()?);
    if high == 0 {
        return Err(BerkeleyError::Damaged("empty inner page"));
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        let begin = page.item(middle)?;
        let length = usize::from(page.item_short(begin)?);
        let order = match page.byte(begin + 2)? & !DELETED {
            ITEM_ON_PAGE => page.slice(begin + INNER_HEADER_OCTETS, length)?.cmp(key),
            ITEM_OVERFLOW => overflow(pages, page, begin + INNER_HEADER_OCTETS)?
                .as_slice()
                .cmp(key),
            _ => return Err(BerkeleyError::Damaged("key of unknown type")),
        };
        if order == Ordering::Greater {
            high = middle
        } else {
            low = middle
        }
    }
    page.item_number(page.item(low)? + 4)
}

fn find_on_leaf(pages: &Pages<'_>, page: &Page, key: &[u8]) -> Result<Option<Vec<u8>>, BerkeleyError> {
    let (mut low, mut high) = (0, page.entries()? / 2);
    while low < high {
        let middle = low + (high - low) / 2;
        match compare(pages, page, middle * 2, key)? {
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
            Ordering::Equal if is_deleted(page, middle * 2 + 1)? => return Ok(None),
            Ordering::Equal => return item(pages, page, middle * 2 + 1).map(Some),
        }
    }
    Ok(None)
}

fn compare(pages: &Pages<'_>, page: &Page, index: usize, key: &[u8]) -> Result<Ordering, BerkeleyError> {
    let begin = page.item(index)?;
    if page.byte(begin + 2)? & !DELETED == ITEM_ON_PAGE {
        let length = usize::from(page.item_short(begin)?);
        return Ok(page.slice(begin + LEAF_HEADER_OCTETS, length)?.cmp(key));
    }
    Ok(item(pages, page, index)?.as_slice().cmp(key))
}

fn is_deleted(page: &Page, index: usize) -> Result<bool, BerkeleyError> {
    Ok(page.byte(page.item(index)? + 2)? & DELETED != 0)
}

fn item(pages: &Pages<'_>, page: &Page, index: usize) -> Result<Vec<u8>, BerkeleyError> {
    let begin = page.item(index)?;
    match page.byte(begin + 2)? & !DELETED {
        ITEM_ON_PAGE => {
            let length = usize::from(page.item_short(begin)?);
            Ok(page.slice(begin + LEAF_HEADER_OCTETS, length)?.to_vec())
        }
        ITEM_OVERFLOW => overflow(pages, page, begin),
        _ => Err(BerkeleyError::Damaged("item of unknown type")),
    }
}

/// An item whose place on the page names its first page and its length.
fn overflow(pages: &Pages<'_>, page: &Page, begin: usize) -> Result<Vec<u8>, BerkeleyError> {
    pages.overflow(page.item_number(begin + 4)?, page.item_number(begin + 8)?)
}

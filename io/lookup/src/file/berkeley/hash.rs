//! Hash files: a bucket for each value of the hash function, with a chain of pages.

use std::ops::ControlFlow;

use super::BerkeleyError;
use super::page::{Meta, Page, Pages};
use crate::table::Visit;

/// An item with its bytes on the page.
const ITEM_ON_PAGE: u8 = 1;
/// An item with pages of its own.
const ITEM_OVERFLOW: u8 = 3;

/// The value under `key`.
pub(super) fn find(pages: &Pages<'_>, meta: &Meta, key: &[u8]) -> Result<Option<Vec<u8>>, BerkeleyError> {
    let mut number = first_page(meta, hash(key))?;
    for _ in 0..pages.most_steps() {
        let page = pages.page(number)?;
        if !page.is_hash() {
            return Err(BerkeleyError::Damaged("bucket page of another type"));
        }
        if let Some(value) = find_on_page(pages, &page, key)? {
            return Ok(Some(value));
        }
        number = page.next()?;
        if number == 0 {
            return Ok(None);
        }
    }
    Err(BerkeleyError::Damaged("circular chain of pages"))
}

/// The entries of one page.
pub(super) fn each(
    pages: &Pages<'_>,
    page: &Page,
    visit: &mut Visit<'_>,
) -> Result<ControlFlow<()>, BerkeleyError> {
    for index in (0..page.entries()?).step_by(2) {
        let (key, value) = (item(pages, page, index)?, item(pages, page, index + 1)?);
        if visit(&key, &value).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Fowler, Noll and Vo's function as Berkeley DB uses it since version 5 of the format, without a starting value.
fn hash(key: &[u8]) -> u32 {
    key.iter().fold(0, |hash: u32, byte| {
        hash.wrapping_mul(16_777_619) ^ u32::from(*byte)
    })
}

fn first_page(meta: &Meta, hash: u32) -> Result<u32, BerkeleyError> {
    let mut bucket = hash & meta.high_mask;
    if bucket > meta.max_bucket {
        bucket &= meta.low_mask;
    }
    // The number of doublings after which the bucket is there.
    let doublings = 32 - bucket.leading_zeros();
    let spare = usize::try_from(doublings)
        .ok()
        .and_then(|index| meta.spares.get(index));
    spare
        .and_then(|spare| bucket.checked_add(*spare))
        .ok_or(BerkeleyError::Damaged("bucket out of range"))
}

fn find_on_page(pages: &Pages<'_>, page: &Page, key: &[u8]) -> Result<Option<Vec<u8>>, BerkeleyError> {
    for index in (0..page.entries()?).step_by(2) {
        let (begin, length) = place(page, index)?;
        let is_key = match page.byte(begin)? {
            ITEM_ON_PAGE => page.slice(begin + 1, length - 1)? == key,
            // The length is known before the pages are read.
            ITEM_OVERFLOW if page.item_number(begin + 8)? as usize == key.len() => {
                item(pages, page, index)? == key
            }
            ITEM_OVERFLOW => false,
            _ => return Err(BerkeleyError::Damaged("key of unknown type")),
        };
        if is_key {
            return item(pages, page, index + 1).map(Some);
        }
    }
    Ok(None)
}

/// Items fill the page from its end; each reaches to where the one before it begins.
fn place(page: &Page, index: usize) -> Result<(usize, usize), BerkeleyError> {
    let begin = page.item(index)?;
    let end = match index.checked_sub(1) {
        Some(before) => page.item(before)?,
        None => page.size(),
    };
    let length = end.checked_sub(begin).filter(|length| *length > 0);
    length
        .map(|length| (begin, length))
        .ok_or(BerkeleyError::Damaged("item of no length"))
}

fn item(pages: &Pages<'_>, page: &Page, index: usize) -> Result<Vec<u8>, BerkeleyError> {
    let (begin, length) = place(page, index)?;
    match page.byte(begin)? {
        ITEM_ON_PAGE => Ok(page.slice(begin + 1, length - 1)?.to_vec()),
        ITEM_OVERFLOW => pages.overflow(page.item_number(begin + 4)?, page.item_number(begin + 8)?),
        _ => Err(BerkeleyError::Damaged("item of unknown type")),
    }
}

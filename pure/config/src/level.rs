//! Compatibility levels: `major.minor.patch`, compared part by part.

use std::cmp::Ordering;

/// A level such as `3.6`; parts that are not written count as zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level {
    major: u32,
    minor: u32,
    patch: u32,
}

/// The level that turns off every default of an earlier release.
pub const LATEST: &str = "3.11";

impl Level {
    /// Reads a level, `None` if it is not one to three numbers joined by dots.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = [0; 3];
        let mut pieces = text.split('.');
        for part in &mut parts {
            match pieces.next() {
                // A number beyond all releases is later than any of them.
                Some(piece) if !piece.is_empty() && piece.bytes().all(|b| b.is_ascii_digit()) => {
                    *part = piece.parse().unwrap_or(u32::MAX);
                }
                Some(_) => return None,
                None => break,
            }
        }
        if pieces.next().is_some() {
            return None;
        }
        let [major, minor, patch] = parts;
        Some(Self { major, minor, patch })
    }

    /// Compares two texts as levels, `None` if either is none.
    pub fn compare(left: &str, right: &str) -> Option<Ordering> {
        Some(Self::parse(left)?.cmp(&Self::parse(right)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_default_asks_for_a_later_level_than_the_latest() {
        let mut asked: Vec<Level> = crate::catalogue::entries()
            .flat_map(|entry| entry.default.split("<level {").skip(1))
            .map(|rest| Level::parse(rest.split('}').next().unwrap()).unwrap())
            .collect();
        asked.sort_unstable();
        assert_eq!(asked.last().copied(), Level::parse(LATEST));
    }

    #[test]
    fn levels_compare_part_by_part() {
        assert_eq!(Level::compare("3.10", "3.9"), Some(Ordering::Greater));
        assert_eq!(Level::compare("2", "2.0.0"), Some(Ordering::Equal));
        assert_eq!(Level::compare("0", "3.6"), Some(Ordering::Less));
        assert_eq!(Level::compare("x", "1"), None);
        assert_eq!(Level::compare("1.2.3.4", "1"), None);
        assert_eq!(Level::compare("", "1"), None);
        assert_eq!(Level::compare("3.", "1"), None);
        assert_eq!(Level::compare("99999999999", "3.11"), Some(Ordering::Greater));
    }
}

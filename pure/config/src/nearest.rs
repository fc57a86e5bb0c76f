//! The name somebody may have meant who wrote one that nobody knows.

use crate::catalogue;

/// The parameter whose name is nearest to `name`; `None` when none is near enough to be worth a word.
///
/// Two names are as far apart as letters must be added, dropped, changed or swapped with their neighbours; a quarter
/// of the letters may be wrong, and four at the most.
pub fn nearest(name: &str) -> Option<&'static str> {
    let most = (name.len() / 4).clamp(1, MOST);
    catalogue::entries()
        .map(|entry| entry.name)
        .filter(|known| known.len().abs_diff(name.len()) <= most)
        .map(|known| (distance(name.as_bytes(), known.as_bytes()), known))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, known)| known)
}

/// A name longer than any parameter's is not compared.
const LONGEST: usize = 100;
const MOST: usize = 4;

fn distance(left: &[u8], right: &[u8]) -> usize {
    if left.len() > LONGEST || right.len() > LONGEST {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, octet) in left.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let at = |line: &[usize], place: usize| line.get(place).copied().unwrap_or(usize::MAX - 1);
            let mut best = (at(&last, column) + usize::from(octet != other))
                .min(at(&last, column + 1) + 1)
                .min(at(&next, column) + 1);
            let is_swap = row > 0
                && column > 0
                && left.get(row - 1) == Some(other)
                && right.get(column - 1) == Some(octet);
            if is_swap {
                best = best.min(at(&before, column - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut last, next);
    }
    last.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_fingers_is_understood() {
        let table = [
            ("relay_host", Some("relayhost")),
            ("myhotsname", Some("myhostname")),
            (
                "smtpd_recipient_restriction",
                Some("smtpd_recipient_restrictions"),
            ),
            ("smtp_tls_security_levels", Some("smtp_tls_security_level")),
            ("mydestinations", Some("mydestination")),
            ("my_own_thing", None),
            ("x", None),
            ("", None),
        ];
        for (name, wanted) in table {
            assert_eq!(nearest(name), wanted, "{name}");
        }
    }
}

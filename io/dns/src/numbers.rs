//! IPv4 addresses in the forms that inet_aton(3) takes, and with it every native look-up: `127.1`, `0x7f.0.0.1`, `1`.

use std::net::Ipv4Addr;

/// The address that such a text stands for: up to four numbers, the last of which fills what is left.
pub(crate) fn address(text: &str) -> Option<Ipv4Addr> {
    let parts = text.split('.').map(number).collect::<Option<Vec<u32>>>()?;
    let (last, before) = parts.split_last().filter(|(_, before)| before.len() < 4)?;
    let octets_left = 4 - u32::try_from(before.len()).ok()?;
    let is_within = u64::from(*last) < 1 << (8 * octets_left);
    if !is_within || before.iter().any(|octet| *octet > 255) {
        return None;
    }
    let high = before
        .iter()
        .zip([24, 16, 8])
        .fold(0, |sum, (octet, shift)| sum | octet << shift);
    Some(Ipv4Addr::from(high | last))
}

/// Decimal, octal behind a zero, or hexadecimal behind `0x`.
fn number(text: &str) -> Option<u32> {
    let (digits, radix) = match text.strip_prefix('0') {
        Some(rest) => match rest.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16),
            None => (text, 8),
        },
        None => (text, 10),
    };
    let is_plain = digits.chars().all(|digit| digit.is_digit(radix));
    u32::from_str_radix(digits, radix).ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_numbers_stand_for_four() {
        for (text, expected) in [
            ("1.2.3", Some([1, 2, 0, 3])),
            ("127.1", Some([127, 0, 0, 1])),
            ("1", Some([0, 0, 0, 1])),
            ("192.0.2.1", Some([192, 0, 2, 1])),
            ("0x7f.0.0.01", Some([127, 0, 0, 1])),
            ("1.65535", Some([1, 0, 255, 255])),
            ("4294967295", Some([255, 255, 255, 255])),
            ("256.1", None),
            ("1.2.3.256", None),
            ("1.2.3.4.5", None),
            ("08", None),
            ("1.", None),
            ("", None),
            ("+1", None),
            ("a.1", None),
        ] {
            assert_eq!(address(text), expected.map(Ipv4Addr::from), "{text}");
        }
    }
}

//! A network pattern: an address, or `net/len` with no bits set behind the length (postconf(5) `mynetworks`,
//! cidr_table(5)).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A set of addresses that share their first bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// The address, as the upper bits of 128.
    bits: u128,
    /// The shared bits are set.
    mask: u128,
    ipv6: bool,
}

impl Network {
    /// Reads `1.2.3.0/24`, `2001:db8::/32`, `[2001:db8::]/32`, or one address without length.
    ///
    /// # Errors
    /// A sentence on what is wrong, with the right spelling where host bits are set.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (address, length) = split_pattern(text)?;
        let address = parse_address(address).ok_or_else(|| match length {
            Some(_) => format!("bad network value in \"{text}\""),
            None => format!("bad address pattern: \"{text}\""),
        })?;
        let width = if address.is_ipv6() { 128 } else { 32 };
        let length = match length {
            None => width,
            Some(digits)
                if !digits.is_empty() && digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit()) =>
            {
                digits
                    .parse()
                    .ok()
                    .filter(|n| *n <= width)
                    .ok_or_else(|| format!("bad mask length in \"{text}\""))?
            }
            Some(_) => return Err(format!("bad mask value in \"{text}\"")),
        };
        let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
        let bits = upper_bits(address);
        if bits & !mask != 0 {
            let right = from_upper_bits(bits & mask, address.is_ipv6());
            return Err(format!(
                "non-null host address bits in \"{text}\", perhaps you should use \"{right}/{length}\" instead"
            ));
        }
        Ok(Self {
            bits,
            mask,
            ipv6: address.is_ipv6(),
        })
    }

    pub(crate) fn is_ipv6(&self) -> bool {
        self.ipv6
    }

    /// The first and the last address, as the upper bits of 128.
    pub(crate) fn reach(&self) -> (u128, u128) {
        (self.bits, self.bits | !self.mask)
    }

    /// True when `address` has the same first bits and the same family.
    pub fn contains(&self, address: IpAddr) -> bool {
        address.is_ipv6() == self.ipv6 && upper_bits(address) & self.mask == self.bits
    }
}

/// Splits off the length, and takes off the brackets around the address.
fn split_pattern(text: &str) -> Result<(&str, Option<&str>), String> {
    let Some(rest) = text.strip_prefix('[') else {
        return Ok(text
            .split_once('/')
            .map_or((text, None), |(address, length)| (address, Some(length))));
    };
    let (address, after) = rest
        .split_once(']')
        .ok_or_else(|| format!("missing ']' character after \"{text}\""))?;
    match after.strip_prefix('/') {
        Some(length) => Ok((address, Some(length))),
        None if after.is_empty() => Ok((address, None)),
        None => {
            let inside = text.get(..address.len() + 2).unwrap_or_default();
            Err(format!("garbage after \"{inside}\""))
        }
    }
}

/// Reads an address in its plain form; an octet with a leading zero is refused, since some read it as octal.
pub(crate) fn parse_address(text: &str) -> Option<IpAddr> {
    text.parse().ok()
}

/// An address as a number; of IPv4 the upper bits.
pub(crate) fn upper_bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)) << 96,
        IpAddr::V6(address) => u128::from(address),
    }
}

fn from_upper_bits(bits: u128, ipv6: bool) -> IpAddr {
    if ipv6 {
        IpAddr::V6(Ipv6Addr::from(bits))
    } else {
        IpAddr::V4(Ipv4Addr::from(u32::try_from(bits >> 96).unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_the_addresses_that_share_its_bits() {
        for (pattern, address, expected) in [
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("0.0.0.0/0", "1.2.3.4", true),
            ("0.0.0.0/0", "::1", false),
            ("::/0", "1.2.3.4", false),
            ("[2001:db8::]/32", "2001:db8:1::5", true),
            ("2001:db8::1", "2001:db8:0:0:0:0:0:1", true),
            ("127.0.0.1", "127.0.0.1", true),
        ] {
            let network = Network::parse(pattern).unwrap();
            assert_eq!(
                network.contains(address.parse().unwrap()),
                expected,
                "{pattern} {address}"
            );
        }
    }

    #[test]
    fn host_bits_and_bad_lengths_are_refused() {
        assert!(
            Network::parse("10.0.0.1/8")
                .unwrap_err()
                .contains("\"10.0.0.0/8\" instead")
        );
        for bad in [
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10.0.0",
            "[::1",
            "010.0.0.0/8",
            "::/129",
            "x",
        ] {
            assert!(Network::parse(bad).is_err(), "{bad}");
        }
    }
}

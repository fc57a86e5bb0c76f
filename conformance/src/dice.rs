//! Numbers from a seed, for what is written by chance and must be the same each time.

/// A stream of numbers (xorshift64*).
pub struct Dice(u64);

impl Dice {
    /// The stream of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).expect("31 bits") % sides
    }

    /// One of these.
    pub fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }

    /// As many different ones of these.
    pub fn draw<'a>(&mut self, from: &[&'a str], count: usize) -> Vec<&'a str> {
        let mut rest = from.to_vec();
        (0..count.min(from.len()))
            .map(|_| rest.remove(self.roll(rest.len())))
            .collect()
    }

    /// True in so many of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.roll(100) < percent
    }
}

//! The generator behind [`crate::Choice::Random`]: seeded, so that a run can be repeated.

/// A 64-bit counter passed through a mixing function. Fair enough to spread calls over orbits; not for secrets.
#[derive(Debug, Clone)]
pub(crate) struct Random {
    counter: u64,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self { counter: seed }
    }

    /// A number below `bound`; 0 when `bound` is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.counter = self.counter.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.counter;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        // The high half of a 128-bit product spreads over the bound without a division's bias towards low numbers.
        ((u128::from(mixed) * bound as u128) >> 64) as usize
    }
}

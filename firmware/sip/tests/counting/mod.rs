//! Randomness that is the same in every run, and never twice the same number within one.

use orbitbox_sip::Random;

/// Counts up from its seed.
#[derive(Debug)]
pub struct Counting(pub u64);

impl Random for Counting {
    fn next(&mut self) -> u64 {
        self.0 += 0x1_0001;
        self.0
    }
}

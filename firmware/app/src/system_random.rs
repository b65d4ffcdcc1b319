//! Unguessable numbers from the kernel.

use orbitbox_sip::Random;
use rustix::rand::{GetRandomFlags, getrandom};

/// The kernel's generator, drawn in blocks.
#[derive(Debug, Default)]
pub struct SystemRandom {
    stock: Vec<u64>,
}

impl SystemRandom {
    const BLOCK: usize = 32;

    fn refill(&mut self) {
        let mut bytes = [0u8; Self::BLOCK * 8];
        let mut filled = 0;
        while filled < bytes.len() {
            // Reads of at most 256 bytes cannot fail once the kernel's pool is ready (getrandom(2)); before that the
            // call waits, and a signal may interrupt it.
            if let Ok(count) = getrandom(&mut bytes[filled..], GetRandomFlags::empty()) {
                filled += count;
            }
        }
        self.stock =
            bytes.chunks_exact(8).map(|chunk| chunk.iter().fold(0, |all, byte| all << 8 | u64::from(*byte))).collect();
    }
}

impl Random for SystemRandom {
    fn next(&mut self) -> u64 {
        loop {
            if let Some(number) = self.stock.pop() {
                return number;
            }
            self.refill();
        }
    }
}

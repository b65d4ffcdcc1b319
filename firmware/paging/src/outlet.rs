//! The chain of one output, which rests in silence.

use crate::chain::Chain;

/// Blocks of silence after which the chain rings no more.
const RINGS_FOR: u32 = 20;

/// A chain, and for how many blocks it has been given nothing.
#[derive(Debug)]
pub(crate) struct Outlet {
    chain: Chain,
    silent_blocks: u32,
}

impl Outlet {
    pub fn new(chain: Chain) -> Self {
        Self { chain, silent_blocks: RINGS_FOR }
    }

    /// The last of it has died away.
    pub fn is_silent(&self) -> bool {
        self.silent_blocks >= RINGS_FOR
    }

    /// Processes a block in place; one that does not sound is zeros.
    pub fn process(&mut self, block: &mut [f32], sounds: bool) {
        if sounds {
            self.silent_blocks = 0;
        } else if self.is_silent() {
            return;
        } else {
            self.silent_blocks += 1;
        }
        self.chain.process(block);
        if self.is_silent() {
            self.chain.rest();
            block.fill(0.0);
        }
    }
}

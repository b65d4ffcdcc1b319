//! Signs of life.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A plane's own: it beats whenever its loop comes round.
#[derive(Debug, Clone, Default)]
pub struct Pulse(Arc<AtomicU64>);

impl Pulse {
    /// One more sign of life.
    pub fn beat(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How many there were.
    pub fn beats(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Those of the planes that a unit cannot be without.
#[derive(Debug, Clone, Default)]
pub struct Pulses {
    /// The control loop; it comes round once a second at least.
    pub control: Pulse,
    /// The audio thread; at rest it has to be woken.
    pub audio: Pulse,
    /// The speaker thread; it comes round with every block.
    pub speaker: Pulse,
    /// The journal thread; it comes round once a second at least.
    pub journal: Pulse,
}

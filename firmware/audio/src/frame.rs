//! The frame of the telephone side: 20 ms at 8000 Hz.

use std::time::Duration;

/// Samples a second.
pub const RATE: u32 = 8000;

/// Samples in one frame; with G.711 also the bytes of its payload.
pub const SAMPLES: usize = 160;

/// Length of one frame.
pub const DURATION: Duration = Duration::from_millis(20);

/// Frames a second.
pub const PER_SECOND: u32 = 50;

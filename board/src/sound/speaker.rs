//! The speaker role: blocks out, at the device's pace.

use thiserror::Error;

/// Samples of one block: 10 ms.
pub const BLOCK: usize = 480;
/// Samples a second, mono.
pub const RATE: u32 = 48_000;

/// Why a block was not heard.
#[derive(Debug, Error)]
pub enum SoundFault {
    /// The ALSA device cannot be opened or has gone; it is tried again by itself.
    #[error("ALSA device `{device}`: {problem}")]
    Device {
        /// Its ALSA name.
        device: String,
        /// What the system says.
        problem: String,
    },
    /// The recording cannot be written.
    #[error("recording {path}: {problem}")]
    Recording {
        /// The file.
        path: String,
        /// What the system says.
        problem: String,
    },
}

/// Somewhere to play.
pub trait Speaker: Send {
    /// Plays one block of samples between -1 and 1. Returns when the device can take the next one: never more than
    /// 40 ms ahead of what is heard, and at the same pace when nothing can be heard.
    ///
    /// # Errors
    /// The block was lost. A fault that lasts is reported once, and the next block is tried again.
    fn write(&mut self, block: &[f32; BLOCK]) -> Result<(), SoundFault>;

    /// What it is, for `orbitbox board`.
    fn describe(&self) -> String;
}

/// Samples between -1 and 1 as 16-bit ones.
pub(crate) fn quantised(block: &[f32; BLOCK]) -> [i16; BLOCK] {
    block.map(|sample| (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16)
}

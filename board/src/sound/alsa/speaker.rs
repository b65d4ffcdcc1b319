//! Playback.

use super::reopened::Reopened;
use crate::sound::pace::Pace;
use crate::sound::speaker::{BLOCK, RATE, SoundFault, Speaker, quantised};
use alsa::Direction;

/// An ALSA playback device. It may come and go: while it is away, blocks are paced and lost.
pub struct AlsaSpeaker {
    device: Reopened,
    pace: Pace,
}

impl AlsaSpeaker {
    /// Opens the device (`plughw:CARD=DigiAMP`, `default`, …).
    ///
    /// # Errors
    /// It is not there, or cannot play 16-bit samples at 48 kHz.
    pub fn open(device: &str) -> Result<Self, SoundFault> {
        Ok(Self { device: Reopened::open(device, Direction::Playback)?, pace: Pace::of_a_speaker() })
    }

    /// The device is opened when it comes.
    pub fn awaited(device: &str) -> Self {
        Self { device: Reopened::away(device, Direction::Playback), pace: Pace::of_a_speaker() }
    }
}

impl Speaker for AlsaSpeaker {
    fn write(&mut self, block: &[f32; BLOCK]) -> Result<(), SoundFault> {
        let played = self.device.moved(|device| {
            device.write(&quantised(block))?;
            // A device without a clock (`null`, `file`) takes everything at once and never has anything queued.
            Ok(device.queued() > 0)
        });
        if !matches!(played, Ok(Some(true))) {
            self.pace.wait();
        }
        played.map(|_| ())
    }

    fn describe(&self) -> String {
        format!("speaker: ALSA `{}`, {} Hz", self.device.name(), RATE)
    }
}

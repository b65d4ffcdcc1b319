//! Capture.

use super::device::{Came, PERIODS};
use super::reopened::Reopened;
use crate::sound::microphone::Microphone;
use crate::sound::pace::Pace;
use crate::sound::speaker::{BLOCK, RATE, SoundFault};
use alsa::Direction;
use std::time::Duration;

/// Blocks that come at once one after another from a device without a clock (`null`, `file`); a card that was kept waiting
/// has only its buffer full of them.
const WITHOUT_A_CLOCK: u32 = 2 * PERIODS;

/// An ALSA capture device. It may come and go: while it is away, silence comes at its pace.
pub struct AlsaMicrophone {
    device: Reopened,
    pace: Pace,
    /// Blocks that were not waited for, one after another.
    at_once: u32,
    /// Samples that were captured after the block which was read last, when it was read.
    behind: usize,
}

impl AlsaMicrophone {
    /// Opens the device (`plughw:CARD=Handset`, `default`, …).
    ///
    /// # Errors
    /// It is not there, or cannot capture 16-bit samples at 48 kHz.
    pub fn open(device: &str) -> Result<Self, SoundFault> {
        Ok(Self::on(Reopened::open(device, Direction::Capture)?))
    }

    /// The device is opened when it comes.
    pub fn awaited(device: &str) -> Self {
        Self::on(Reopened::away(device, Direction::Capture))
    }

    fn on(device: Reopened) -> Self {
        Self { device, pace: Pace::of_a_microphone(), at_once: WITHOUT_A_CLOCK, behind: 0 }
    }
}

impl Microphone for AlsaMicrophone {
    fn read(&mut self, block: &mut [f32; BLOCK]) -> Result<(), SoundFault> {
        let mut samples = [0; BLOCK];
        let read = self.device.moved(|device| device.read(&mut samples).map(|came| (came, device.queued())));
        if let Ok(Some((came, behind))) = read {
            *block = samples.map(|sample| f32::from(sample) / 32_768.0);
            self.behind = behind;
            self.at_once = if came == Came::InTime { 0 } else { (self.at_once + 1).min(WITHOUT_A_CLOCK) };
            if self.at_once == WITHOUT_A_CLOCK {
                self.pace.wait();
            }
            return Ok(());
        }
        (*block, self.behind) = ([0.0; BLOCK], 0);
        self.pace.wait();
        read.map(|_| ())
    }

    fn delay(&self) -> Duration {
        Duration::from_micros((BLOCK + self.behind) as u64 * 1_000_000 / u64::from(RATE))
    }

    fn describe(&self) -> String {
        format!("microphone: ALSA `{}`, {} Hz", self.device.name(), RATE)
    }
}

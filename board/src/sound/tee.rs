//! Lets others hear what a speaker plays.

use super::speaker::{BLOCK, SoundFault, Speaker, quantised};
use orbitbox_audio::resample;
use std::sync::Arc;
use tokio::sync::broadcast;

/// Samples a second of what is heard through a tee.
pub const HEARD_RATE: u32 = 16_000;

/// 20 ms of what the speaker plays.
pub type Heard = Arc<[i16]>;

/// A speaker whose sound also goes to listeners, as long as it is not silent.
pub struct Tee {
    speaker: Box<dyn Speaker>,
    heard: broadcast::Sender<Heard>,
    pending: Vec<i16>,
    /// Silent blocks that are still passed on, so that a page's last words are not cut off.
    tail: u32,
}

impl Tee {
    const TAIL: u32 = 20;

    /// Puts the tee in front of `speaker`. Listeners that are slow miss frames.
    pub fn new(speaker: Box<dyn Speaker>, heard: broadcast::Sender<Heard>) -> Self {
        Self { speaker, heard, pending: Vec::with_capacity(2 * BLOCK), tail: 0 }
    }

    fn pass_on(&mut self, block: &[f32; BLOCK]) {
        let samples = quantised(block);
        self.tail = if samples.iter().any(|sample| *sample != 0) { Self::TAIL } else { self.tail.saturating_sub(1) };
        if self.tail == 0 || self.heard.receiver_count() == 0 {
            self.pending.clear();
            return;
        }
        self.pending.extend(samples);
        if self.pending.len() >= 2 * BLOCK {
            let frame = resample::resample(&self.pending, super::speaker::RATE, HEARD_RATE);
            self.pending.clear();
            // Nobody listening any more is no fault.
            self.heard.send(frame.into()).ok();
        }
    }
}

impl Speaker for Tee {
    fn write(&mut self, block: &[f32; BLOCK]) -> Result<(), SoundFault> {
        self.pass_on(block);
        self.speaker.write(block)
    }

    fn describe(&self) -> String {
        self.speaker.describe()
    }
}

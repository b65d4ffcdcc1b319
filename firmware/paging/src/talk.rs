//! Somebody who speaks overhead: a chime, then what they say.

use crate::leveller::Leveller;
use std::collections::VecDeque;

/// 20 ms at 48 kHz, as it is fed.
const FRAME: usize = 960;
/// So much is in hand before it is played; a frame may come that much late.
const IN_HAND: usize = FRAME;
/// More is not kept waiting: the speaker's clock is slower than the telephone's.
const MOST: usize = 4 * FRAME;

/// A live page.
#[derive(Debug)]
pub(crate) struct Talk {
    chime: VecDeque<f32>,
    said: VecDeque<f32>,
    leveller: Leveller,
    /// Nothing was in hand: it waits until there is enough again.
    waits: bool,
    begun: bool,
}

impl Talk {
    pub fn new(chime: &[f32]) -> Self {
        let chime = chime.iter().copied().collect();
        Self { chime, said: VecDeque::new(), leveller: Leveller::default(), waits: true, begun: false }
    }

    /// What has been said, 20 ms at a time. What is said into the chime is not heard, but shows how loud they speak.
    pub fn feed(&mut self, samples: &[i16]) {
        let mut frame: Vec<f32> = samples.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
        self.leveller.process(&mut frame);
        if !self.chime.is_empty() {
            return;
        }
        self.said.extend(frame);
        if self.said.len() > MOST {
            self.said.drain(..self.said.len() - IN_HAND);
        }
    }

    /// The next samples. Returns whether they are the first.
    pub fn fill(&mut self, block: &mut [f32]) -> bool {
        if self.waits && self.said.len() > IN_HAND {
            self.waits = false;
        }
        for sample in block.iter_mut() {
            if let Some(note) = self.chime.pop_front() {
                *sample = note;
            } else if !self.waits {
                *sample = self.said.pop_front().unwrap_or_default();
            }
        }
        self.waits = self.waits || self.said.is_empty();
        !std::mem::replace(&mut self.begun, true)
    }
}

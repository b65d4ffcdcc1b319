//! Somebody who speaks overhead: a chime, then what they say; or what comes from the network.

use crate::SourceId;
use crate::leveller::Leveller;
use std::collections::VecDeque;

/// 20 ms at 48 kHz, as it is fed.
const FRAME: usize = 960;
/// So much is in hand before it is played; a frame may come that much late.
const IN_HAND: usize = FRAME;
/// More is not kept waiting: the speaker's clock is slower than the telephone's.
const MOST: usize = 4 * FRAME;
/// The same before a page of the network is heard: a second.
const MOST_SETTLING: usize = 50 * FRAME;

/// A live page, or a page of the network.
#[derive(Debug)]
pub(crate) struct Talk {
    chime: VecDeque<f32>,
    said: VecDeque<f32>,
    loudness: Loudness,
    /// What comes from the network.
    source: Option<SourceId>,
    /// No more is kept waiting.
    most: usize,
    /// Nothing was in hand: it waits until there is enough again.
    waits: bool,
    begun: bool,
}

#[derive(Debug)]
enum Loudness {
    /// Whoever speaks is brought to one loudness.
    Levelled(Leveller),
    /// It stays as it is, but for this factor.
    Kept(f32),
}

impl Talk {
    /// A live page.
    pub fn new(chime: &[f32]) -> Self {
        let loudness = Loudness::Levelled(Leveller::default());
        Self { chime: chime.iter().copied().collect(), ..Self::silent(None, loudness, MOST) }
    }

    /// What comes from the network: speech, or what is to keep its loudness but for a factor. What comes while the amplifier
    /// settles is kept, and the page is heard so much later.
    pub fn relay(source: SourceId, speech: bool, factor: f32) -> Self {
        let loudness = if speech { Loudness::Levelled(Leveller::default()) } else { Loudness::Kept(factor) };
        Self::silent(Some(source), loudness, MOST_SETTLING)
    }

    fn silent(source: Option<SourceId>, loudness: Loudness, most: usize) -> Self {
        let (chime, said) = (VecDeque::new(), VecDeque::new());
        Self { chime, said, loudness, source, most, waits: true, begun: false }
    }

    /// Whose it is; `None` for a live page.
    pub fn source(&self) -> Option<SourceId> {
        self.source
    }

    /// It keeps its loudness: music of the network.
    pub fn is_music(&self) -> bool {
        matches!(self.loudness, Loudness::Kept(_))
    }

    /// What has been said, 20 ms at a time. What is said into the chime is not heard, but shows how loud they speak.
    pub fn feed(&mut self, samples: &[i16]) {
        let mut frame: Vec<f32> = samples.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
        match &mut self.loudness {
            Loudness::Levelled(leveller) => leveller.process(&mut frame),
            Loudness::Kept(factor) => frame.iter_mut().for_each(|sample| *sample *= *factor),
        }
        if !self.chime.is_empty() {
            return;
        }
        self.said.extend(frame);
        if self.said.len() > self.most {
            self.said.drain(..self.said.len() + MOST - IN_HAND - self.most);
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
        let first = !std::mem::replace(&mut self.begun, true);
        if first {
            self.most = self.said.len() + MOST;
        }
        first
    }
}

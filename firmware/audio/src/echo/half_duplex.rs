//! Lets one side through at a time. Nothing is learned and nothing can go wrong; whoever listens cannot break in softly.

use super::{BLOCK, EchoCanceller};

/// The far side counts as talking above this level (-46 dB).
const FAR_TALKS: f32 = 0.005;
/// So much louder than its echo would be must the near side be to be heard through the far side: 6 dB.
const LOUDER: f32 = 2.0;
/// How much softer than it was played an echo may be, and how much louder where the microphone's gain is high.
const COUPLINGS: std::ops::RangeInclusive<f32> = 0.1..=8.0;
/// How fast a block's echo that is louder than was known is believed (1.7 dB a second), and a softer one (0.2 dB).
const LOUDER_ECHO: f32 = 1.002;
const SOFTER_ECHO: f32 = 0.9998;
/// How fast what was played is forgotten, a block: 6 dB in 70 ms, like a room.
const FORGOTTEN: f32 = 0.9;
/// Blocks for which a played block counts in full: the delay of card and room, 150 ms.
const HELD: u8 = 15;
/// What is left of a side that has not the word: -46 dB.
const CLOSED: f32 = 0.005;
/// Blocks for which the word is kept from the last time that it was earned: 150 ms.
const KEPT: u8 = 15;

/// A switch by level.
#[derive(Debug, Clone)]
pub struct HalfDuplex {
    /// The level of what can still be heard of the far side, and for how many blocks it holds in full.
    played: f32,
    held: u8,
    /// How loud the microphone hears what was played, as a share of it.
    coupling: f32,
    /// Blocks for which the near side keeps the word.
    kept: u8,
    gain: f32,
}

impl Default for HalfDuplex {
    fn default() -> Self {
        Self { played: 0.0, held: 0, coupling: 1.0, kept: 0, gain: 1.0 }
    }
}

impl EchoCanceller for HalfDuplex {
    fn process(&mut self, near: &mut [f32; BLOCK], far: &[f32; BLOCK]) {
        let playing = level(far);
        if playing >= self.played {
            (self.played, self.held) = (playing, HELD);
        } else if self.held > 0 {
            self.held -= 1;
        } else {
            self.played *= FORGOTTEN;
        }
        let far_talks = self.played > FAR_TALKS;
        let (hears, echo) = (level(near), self.played * self.coupling);
        if far_talks {
            let turned = self.coupling * if hears > echo { LOUDER_ECHO } else { SOFTER_ECHO };
            self.coupling = turned.clamp(*COUPLINGS.start(), *COUPLINGS.end());
        }
        self.kept = if far_talks && hears > echo * LOUDER { KEPT } else { self.kept.saturating_sub(1) };
        let wanted = if far_talks && self.kept == 0 { CLOSED } else { 1.0 };
        let begin = self.gain;
        for (number, sample) in (1u8..).zip(near.iter_mut()) {
            // A ramp of 10 ms, so that the switch is not heard as a click.
            *sample *= begin + (wanted - begin) * f32::from(number) / BLOCK as f32;
        }
        self.gain = wanted;
    }
}

/// Root mean square.
fn level(block: &[f32; BLOCK]) -> f32 {
    (block.iter().map(|sample| sample * sample).sum::<f32>() / BLOCK as f32).sqrt()
}

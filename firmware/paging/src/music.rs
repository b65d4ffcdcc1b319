//! Music that plays when nothing else is heard.

use crate::ducking::{Above, Ducking};
use crate::player::BLOCK;
use orbitbox_audio::{ChainSettings, gain};
use std::collections::VecDeque;

/// So much is in hand before it begins: 40 ms.
const IN_HAND: usize = 4 * BLOCK;
/// Loudness of the library's tracks, LUFS.
const TRACKS_DB: f32 = -24.0;
/// A live page is so much below the ceiling, as loudness, at the usual drive.
const PAGES_DB: f32 = -15.0;

/// Music on its way to the chain.
#[derive(Debug)]
pub(crate) struct Music {
    factor: f32,
    samples: VecDeque<f32>,
    /// Too little was in hand: it waits until there is enough again.
    waits: bool,
    ducking: Ducking,
}

impl Music {
    /// So loud beside a live page, before a chain of which `settings` tell: its drive is undone.
    pub fn new(level_db: f32, settings: ChainSettings) -> Self {
        let factor = gain::ratio(settings.ceiling_db + PAGES_DB + level_db - TRACKS_DB - settings.drive_db);
        Self { factor, samples: VecDeque::new(), waits: true, ducking: Ducking::default() }
    }

    /// More is needed now, or it is to cease for want of it.
    pub fn wants(&self) -> bool {
        self.samples.len() < IN_HAND
    }

    /// Samples at 48 kHz.
    pub fn feed(&mut self, samples: &[i16]) {
        self.samples.extend(samples.iter().map(|sample| f32::from(*sample) / 32_768.0 * self.factor));
    }

    /// Is there something to be heard?
    pub fn plays(&self) -> bool {
        !self.waits || !self.wants()
    }

    /// Adds the next 10 ms to a block that is `above` it, faded in at the beginning and out before it has to cease. Returns
    /// whether there was something to add.
    pub fn mix(&mut self, block: &mut [f32; BLOCK], above: Above) -> bool {
        let begins = self.waits && self.plays();
        let plays = self.plays();
        let mut music = [0.0; BLOCK];
        if plays {
            self.waits = self.samples.len() <= BLOCK;
            let length = self.samples.len().min(BLOCK);
            for (index, (sample, next)) in music.iter_mut().zip(self.samples.drain(..length)).enumerate() {
                let share = index as f32 / length as f32;
                let weight = if begins {
                    share
                } else if self.waits {
                    1.0 - share
                } else {
                    1.0
                };
                *sample = next * weight;
            }
        }
        self.ducking.apply(&mut music, above);
        block.iter_mut().zip(music).for_each(|(sample, music)| *sample += music);
        plays
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As it is fed, but for the scale.
    fn music() -> Music {
        Music { factor: 1.0, ..Music::new(0.0, ChainSettings::default()) }
    }

    fn next(music: &mut Music) -> ([f32; BLOCK], bool) {
        let mut block = [0.0; BLOCK];
        let plays = music.mix(&mut block, Above::Nothing);
        (block, plays)
    }

    #[test]
    fn nothing_is_lost_or_changed_between_its_beginning_and_its_end() {
        let mut music = music();
        let fed: Vec<i16> = (0..960 * 20).map(|n| (n % 1_000) as i16 * 30 + 1).collect();
        let mut heard = Vec::new();
        for frame in fed.chunks_exact(960) {
            music.feed(frame);
            while !music.wants() {
                heard.extend(next(&mut music).0);
            }
        }
        while music.plays() {
            heard.extend(next(&mut music).0);
        }
        assert_eq!(heard.len(), fed.len());
        let changed: Vec<usize> =
            (0..fed.len()).filter(|place| (heard[*place] - f32::from(fed[*place]) / 32_768.0).abs() > 1e-6).collect();
        assert!(
            changed.iter().all(|place| *place < BLOCK || *place >= fed.len() - BLOCK),
            "only its ends: {changed:?}"
        );
    }

    #[test]
    fn it_begins_and_ceases_without_a_click_and_comes_back_by_itself() {
        let mut music = music();
        let mut heard = vec![0.0];
        for _ in 0..3 {
            (0..5).for_each(|_| music.feed(&[16_384; 960]));
            for _ in 0..20 {
                heard.extend(next(&mut music).0);
            }
            assert_eq!(heard.last(), Some(&0.0), "silence where there is no more");
            assert!(!music.plays());
        }
        let step = heard.windows(2).fold(0.0f32, |step, pair| step.max((pair[1] - pair[0]).abs()));
        assert!(step < 0.002, "a step of {step}");
        assert_eq!(heard.iter().filter(|sample| **sample == 0.5).count(), 3 * (8 * BLOCK + 1));
    }

    #[test]
    fn it_waits_until_there_is_enough() {
        let mut music = music();
        music.feed(&[1_000; 960]);
        assert!(!music.plays() && music.wants());
        assert_eq!(next(&mut music), ([0.0; BLOCK], false));
        music.feed(&[1_000; 960]);
        assert!(music.plays() && !music.wants());
    }
}

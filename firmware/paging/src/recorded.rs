//! What somebody has said before it is played: brought to one loudness, whether they whispered or shouted.

use crate::leveller::{LEAST_GAIN_DB, LEVEL_DB, MOST_GAIN_DB, PAUSE_DB};
use orbitbox_audio::gain;
use std::sync::Arc;

/// 20 ms at 48 kHz.
const FRAME: usize = 960;

/// A recording that is being played.
#[derive(Debug)]
pub(crate) struct Recorded {
    samples: Arc<Vec<i16>>,
    at: usize,
    gain: f32,
}

impl Recorded {
    pub fn new(samples: Arc<Vec<i16>>) -> Self {
        let gain = gain::ratio((LEVEL_DB - loudness_db(&samples)).clamp(LEAST_GAIN_DB, MOST_GAIN_DB));
        Self { samples, at: 0, gain }
    }

    /// The next of them, at most so many; none at its end.
    pub fn next(&mut self, most: usize) -> impl Iterator<Item = f32> + '_ {
        let end = (self.at + most).min(self.samples.len());
        let begin = std::mem::replace(&mut self.at, end);
        let ratio = self.gain / 32_768.0;
        self.samples.get(begin..end).into_iter().flatten().map(move |sample| f32::from(*sample) * ratio)
    }

    pub fn is_over(&self) -> bool {
        self.at >= self.samples.len()
    }
}

/// The mean level of what is no pause, dB.
fn loudness_db(samples: &[i16]) -> f32 {
    let power = |frame: &[i16]| {
        frame.iter().map(|sample| (f32::from(*sample) / 32_768.0).powi(2)).sum::<f32>() / frame.len().max(1) as f32
    };
    let powers: Vec<f32> = samples.chunks(FRAME).map(power).collect();
    let loudest = powers.iter().copied().fold(0.0, f32::max);
    let spoken = powers.iter().filter(|power| **power > 0.0 && **power >= loudest * 10f32.powf(-PAUSE_DB / 10.0));
    let (sum, count) = spoken.fold((0.0, 0), |(sum, count), power| (sum + power, count + 1));
    if count == 0 { LEVEL_DB } else { 10.0 * (sum / count as f32).log10() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second and a half at one level, with a pause in the middle.
    fn said(peak: f32) -> Vec<f32> {
        let wave = |n: i32| (32_767.0 * peak * (n as f32 * 0.1).sin()) as i16;
        let samples: Vec<i16> = (0..72_000).map(|n| if (30_000..40_000).contains(&n) { 0 } else { wave(n) }).collect();
        let mut recorded = Recorded::new(Arc::new(samples));
        let mut played = Vec::new();
        while !recorded.is_over() {
            played.extend(recorded.next(480));
        }
        played
    }

    #[test]
    fn loud_and_soft_are_played_alike_and_whole() {
        for peak in [0.01, 0.1, 0.99] {
            let played = said(peak);
            assert_eq!(played.len(), 72_000);
            let power = played[..24_000].iter().map(|sample| sample * sample).sum::<f32>() / 24_000.0;
            let level = 10.0 * power.log10();
            assert!((level - LEVEL_DB).abs() < 0.5, "{peak}: {level} dB");
        }
    }
}

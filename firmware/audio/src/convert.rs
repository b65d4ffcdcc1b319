//! From one sample rate to another for live streams, piece by piece. For whole files see [`crate::resample`].
//!
//! A Kaiser-windowed sinc, cut into one set of taps for each phase. Between 8000, 16,000 and 48,000 Hz it is flat to 85 %
//! of half the lower rate, and delays by 24 samples of the lower rate (3 ms at 8000 Hz).

use crate::resample::{kaiser, sinc};

/// Samples of the lower rate on which one output depends.
const SPAN: usize = 48;

/// Shape of the Kaiser window: about 60 dB.
const BETA: f64 = 6.0;

/// The most samples of one piece.
const MOST: usize = 2_880;

/// The state of one stream.
#[derive(Debug, Clone)]
pub struct Converter {
    up: usize,
    down: usize,
    /// Taps of each phase, those of the oldest sample first.
    phases: Vec<Vec<f32>>,
    /// What the next outputs still need, the oldest first.
    history: Vec<f32>,
    /// Where the next output lies, in parts of `up` of an input sample after the history.
    place: usize,
}

impl Converter {
    /// Between two rates of which one is a multiple of the other, else through the smallest common multiple.
    pub fn new(from: u32, to: u32) -> Self {
        let common = crate::resample::greatest_common_divisor(from, to).max(1);
        let (up, down) = ((to / common).max(1) as usize, (from / common).max(1) as usize);
        let widest = up.max(down);
        let length = if up == down { 1 } else { SPAN * widest };
        let centre = (length as f64 - 1.0) / 2.0;
        let prototype: Vec<f64> = (0..length)
            .map(|n| {
                let distance = n as f64 - centre;
                sinc(distance / widest as f64) * kaiser(distance / (centre + 0.5), BETA)
            })
            .collect();
        let phases: Vec<Vec<f32>> = (0..up)
            .map(|phase| {
                let mut taps: Vec<f64> = prototype.iter().skip(phase).step_by(up).copied().collect();
                taps.reverse();
                // Each phase passes a constant unchanged, or phases would be heard as a tone.
                let sum: f64 = taps.iter().sum();
                taps.iter().map(|tap| (tap / sum) as f32).collect()
            })
            .collect();
        let kept = phases.iter().map(Vec::len).max().unwrap_or(1) - 1;
        let mut history = Vec::with_capacity(kept + MOST);
        history.resize(kept, 0.0);
        Self { up, down, phases, history, place: 0 }
    }

    /// Converts a piece of at most 60 ms at 48,000 Hz. Returns how many samples of `out` it took; what `out` has no room
    /// for is lost.
    pub fn convert(&mut self, pcm: &[i16], out: &mut [i16]) -> usize {
        let kept = self.history.len();
        self.history.extend(pcm.iter().take(MOST).map(|sample| f32::from(*sample)));
        let end = (self.history.len() - kept) * self.up;
        let mut length = 0;
        while self.place < end {
            let taps = &self.phases[self.place % self.up];
            let newest = kept + self.place / self.up;
            if let Some(out) = out.get_mut(length) {
                *out = product(taps, &self.history[newest + 1 - taps.len()..=newest]).round() as i16;
                length += 1;
            }
            self.place += self.down;
        }
        self.place -= end;
        self.history.drain(..self.history.len() - kept);
        length
    }
}

/// The sum of products, eight side by side: one after the other each would wait for the sum before it.
fn product(taps: &[f32], heard: &[f32]) -> f32 {
    let ((taps, last_taps), (heard, last_heard)) = (taps.as_chunks::<8>(), heard.as_chunks::<8>());
    let mut sums = [0.0f32; 8];
    for (taps, heard) in taps.iter().zip(heard) {
        for lane in 0..8 {
            sums[lane] += taps[lane] * heard[lane];
        }
    }
    let rest: f32 = last_taps.iter().zip(last_heard).map(|(tap, sample)| tap * sample).sum();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{detect, tone};
    use std::time::Duration;

    fn converted(from: u32, to: u32, hz: f64) -> Vec<i16> {
        let mut converter = Converter::new(from, to);
        let sound = tone::sine(from, hz, -6.0, Duration::from_millis(400)).samples;
        let mut out = Vec::new();
        for piece in sound.chunks(from as usize / 50) {
            let mut frame = [0; MOST];
            let length = converter.convert(piece, &mut frame);
            out.extend_from_slice(&frame[..length]);
        }
        assert_eq!(out.len(), to as usize * 2 / 5, "{from} to {to}");
        out.split_off(to as usize / 10)
    }

    const WAYS: [(u32, u32); 7] = [
        (8000, 16_000),
        (16_000, 8000),
        (16_000, 48_000),
        (48_000, 16_000),
        (8000, 48_000),
        (48_000, 8000),
        (16_000, 16_000),
    ];

    #[test]
    fn tones_of_speech_keep_their_level() {
        for (from, to) in WAYS {
            for hz in [300.0, 1000.0, 3400.0] {
                let level = detect::tone_db(&converted(from, to, hz), to, hz);
                assert!((level + 6.0).abs() < 0.5, "{from} to {to}, {hz} Hz: {level}");
            }
        }
        for (from, to) in [(16_000, 48_000), (48_000, 16_000)] {
            let level = detect::tone_db(&converted(from, to, 7000.0), to, 7000.0);
            assert!((level + 6.0).abs() < 0.5, "{from} to {to}, 7000 Hz: {level}");
        }
    }

    #[test]
    fn nothing_is_heard_that_was_not_there() {
        assert!(detect::level_db(&converted(16_000, 8000, 5000.0)) < -50.0);
        assert!(detect::level_db(&converted(48_000, 8000, 5000.0)) < -50.0);
        assert!(detect::level_db(&converted(48_000, 16_000, 9600.0)) < -50.0);
        assert!(detect::tone_db(&converted(8000, 16_000, 3000.0), 16_000, 5000.0) < -55.0);
        assert!(detect::tone_db(&converted(8000, 48_000, 3000.0), 48_000, 5000.0) < -55.0);
        assert!(detect::tone_db(&converted(16_000, 48_000, 6000.0), 48_000, 10_000.0) < -55.0);
    }

    #[test]
    fn pieces_may_have_any_length() {
        let sound = tone::sine(16_000, 700.0, -6.0, Duration::from_millis(100)).samples;
        let (mut whole, mut out) = (vec![0; 800], vec![0; 800]);
        assert_eq!(Converter::new(16_000, 8000).convert(&sound, &mut whole), 800);
        let mut converter = Converter::new(16_000, 8000);
        let mut length = 0;
        for piece in sound.chunks(7) {
            length += converter.convert(piece, &mut out[length..]);
        }
        assert_eq!((length, out), (800, whole));
    }
}

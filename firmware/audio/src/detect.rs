//! How loud a stretch of sound is, as a whole or at one frequency. Test callers and the self-test tell tones apart by it.

use std::f64::consts::PI;

/// What a silent stretch measures.
pub const FLOOR_DB: f64 = -120.0;

/// The level of one frequency, by Goertzel's algorithm under a Hann window: a full-scale sine is 0 dB.
/// Bandwidth is about four times the rate over the number of samples (50 Hz for 80 ms). At least [`FLOOR_DB`].
pub fn tone_db(samples: &[i16], rate: u32, hz: f64) -> f64 {
    if samples.is_empty() || rate == 0 {
        return FLOOR_DB;
    }
    let step = 2.0 * PI / samples.len() as f64;
    let coefficient = 2.0 * (2.0 * PI * hz / f64::from(rate)).cos();
    let (mut last, mut before, mut weight) = (0.0, 0.0, 0.0);
    for (index, &sample) in samples.iter().enumerate() {
        let window = 0.5 - 0.5 * (step * (index as f64 + 0.5)).cos();
        weight += window;
        let next = f64::from(sample) * window + coefficient * last - before;
        (before, last) = (last, next);
    }
    let power: f64 = last * last + before * before - coefficient * last * before;
    decibels(2.0 * power.max(0.0).sqrt() / weight / 32_768.0)
}

/// The level of everything together (root mean square): a full-scale sine is -3 dB. At least [`FLOOR_DB`].
pub fn level_db(samples: &[i16]) -> f64 {
    if samples.is_empty() {
        return FLOOR_DB;
    }
    let sum: f64 = samples.iter().map(|&sample| f64::from(sample) * f64::from(sample)).sum();
    decibels((sum / samples.len() as f64).sqrt() / 32_768.0)
}

/// Which of some frequencies stands out: the strongest, when it holds at least half of the stretch's power.
pub fn dominant(samples: &[i16], rate: u32, frequencies: &[f64]) -> Option<f64> {
    let (hz, level) =
        frequencies.iter().map(|&hz| (hz, tone_db(samples, rate, hz))).max_by(|a, b| a.1.total_cmp(&b.1))?;
    let whole = level_db(samples);
    // A lone sine's peak level lies 3 dB above its RMS level; half the power is 3 dB less.
    (whole > -60.0 && level >= whole).then_some(hz)
}

fn decibels(ratio: f64) -> f64 {
    (20.0 * ratio.log10()).max(FLOOR_DB)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone;
    use std::time::Duration;

    #[test]
    fn a_sine_is_found_at_its_own_level_and_nowhere_else() {
        let tone = tone::sine(8000, 440.0, -20.0, Duration::from_millis(200));
        assert!((tone_db(&tone.samples, 8000, 440.0) + 20.0).abs() < 0.1);
        assert!((level_db(&tone.samples) + 23.0).abs() < 0.1);
        assert!(tone_db(&tone.samples, 8000, 600.0) < -60.0);
        assert_eq!(dominant(&tone.samples, 8000, &[350.0, 440.0, 523.0]), Some(440.0));
        assert_eq!(dominant(&tone.samples, 8000, &[350.0, 523.0]), None);
    }

    #[test]
    fn nothing_is_found_in_silence() {
        assert_eq!(tone_db(&[0; 160], 8000, 440.0), FLOOR_DB);
        assert_eq!(tone_db(&[], 8000, 440.0), FLOOR_DB);
        assert_eq!(dominant(&[0; 800], 8000, &[440.0]), None);
    }
}

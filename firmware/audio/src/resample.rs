//! From one sample rate to another, for whole pieces of sound (not for live streams).
//!
//! A Kaiser-windowed sinc, one set of taps for each phase between the two rates. The pass band reaches to 90 % of half
//! the lower rate; what would fold back is down by 80 dB from there to 110 %.

use std::f64::consts::PI;

/// Zero crossings of the sinc on each side.
const CROSSINGS: f64 = 32.0;

/// Shape of the Kaiser window: about 80 dB.
const BETA: f64 = 8.0;

/// Odd ratios (44,101 to 48,000) share this many phases, the nearest being taken.
const MOST_PHASES: usize = 1024;

/// Where an odd ratio is also a steep one, fewer phases keep the bank below this size.
const MOST_TAPS: usize = 1 << 20;

/// Products summed side by side.
const LANES: usize = 8;

/// Lowest and highest rate that is converted.
const RATES: std::ops::RangeInclusive<u32> = 1000..=384_000;

/// Converts samples at `from` Hz to `to` Hz. The length is rounded up to whole samples; nothing is delayed. A rate
/// outside 1000 to 384,000 Hz yields nothing.
pub fn resample(samples: &[i16], from: u32, to: u32) -> Vec<i16> {
    if !RATES.contains(&from) || !RATES.contains(&to) {
        return Vec::new();
    }
    if from == to {
        return samples.to_vec();
    }
    let common = greatest_common_divisor(from, to);
    let (up, down) = (u64::from(to / common), u64::from(from / common));
    let bank = Bank::new(from, to, up as usize);
    let length = (samples.len() as u64 * up).div_ceil(down);
    (0..length)
        .map(|n| {
            let place = n * down;
            let phase = (place % up) as usize * bank.phases / up as usize;
            bank.at(samples, (place / up) as usize, phase)
        })
        .collect()
}

/// Taps for each phase.
struct Bank {
    phases: usize,
    /// Taps on each side of the centre, the centre counted on the left.
    half: usize,
    taps: Vec<f32>,
}

impl Bank {
    fn new(from: u32, to: u32, phases: usize) -> Self {
        // In units of input samples: the sinc is as wide as the lower rate makes it.
        let cutoff = (f64::from(to) / f64::from(from)).min(1.0);
        let half = (CROSSINGS / cutoff).ceil() as usize;
        let phases = phases.min(MOST_PHASES).min(MOST_TAPS / (half * 2));
        let mut taps = Vec::with_capacity(phases * half * 2);
        for phase in 0..phases {
            let offset = phase as f64 / phases as f64;
            let first = taps.len();
            for tap in 0..half * 2 {
                let distance = offset - (tap as f64 - (half as f64 - 1.0));
                taps.push((sinc(distance * cutoff) * kaiser(distance / half as f64, BETA)) as f32);
            }
            // Each phase passes a constant unchanged, or phases would be heard as a tone.
            let sum: f32 = taps[first..].iter().sum();
            taps[first..].iter_mut().for_each(|tap| *tap /= sum);
        }
        Self { phases, half, taps }
    }

    fn at(&self, samples: &[i16], centre: usize, phase: usize) -> i16 {
        let taps = &self.taps[phase * self.half * 2..][..self.half * 2];
        // Beyond either end lies silence.
        let skipped = (self.half - 1).saturating_sub(centre);
        let first = (centre + skipped + 1).saturating_sub(self.half);
        let heard = samples.get(first..).unwrap_or_default();
        let taps = &taps[skipped..];
        let heard = &heard[..heard.len().min(taps.len())];
        let taps = &taps[..heard.len()];
        // Independent sums, which the compiler turns into vector instructions.
        let mut sums = [0.0f32; LANES];
        let (whole, rest) = taps.as_chunks::<LANES>();
        let (heard, heard_rest) = heard.as_chunks::<LANES>();
        for (taps, samples) in whole.iter().zip(heard) {
            for lane in 0..LANES {
                sums[lane] += taps[lane] * f32::from(samples[lane]);
            }
        }
        let rest: f32 = rest.iter().zip(heard_rest).map(|(tap, sample)| tap * f32::from(*sample)).sum();
        let sum = sums.iter().sum::<f32>() + rest;
        sum.round() as i16
    }
}

pub(crate) fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

/// The Kaiser window of a shape, from -1 to 1.
pub(crate) fn kaiser(x: f64, shape: f64) -> f64 {
    if x.abs() >= 1.0 { 0.0 } else { bessel(shape * (1.0 - x * x).sqrt()) / bessel(shape) }
}

/// The modified Bessel function of order zero, by its series.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term, mut k) = (1.0, 1.0, 1.0);
    while term > sum * 1e-12 {
        term *= (x / (2.0 * k)) * (x / (2.0 * k));
        sum += term;
        k += 1.0;
    }
    sum
}

pub(crate) fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{detect, tone};
    use std::time::Duration;

    const RATES: [u32; 6] = [8000, 16_000, 22_050, 24_000, 44_100, 48_000];

    #[test]
    fn a_tone_keeps_its_level_pitch_and_length() {
        for from in RATES {
            for to in [8000, 48_000] {
                let tone = tone::sine(from, 1000.0, -6.0, Duration::from_millis(300)).resampled(to);
                assert_eq!(tone.duration().as_millis(), 300, "{from} to {to}");
                let middle = &tone.samples[to as usize / 20..to as usize / 4];
                assert!((detect::tone_db(middle, to, 1000.0) + 6.0).abs() < 0.05, "{from} to {to}");
            }
        }
    }

    #[test]
    fn nothing_is_delayed() {
        for (from, to) in [(24_000, 8000), (8000, 48_000), (44_100, 48_000)] {
            let mut impulse = vec![0; from as usize];
            impulse[from as usize / 2] = 20_000;
            let out = resample(&impulse, from, to);
            let peak = (0..out.len()).max_by_key(|n| out[*n]).unwrap();
            assert_eq!(peak, to as usize / 2, "{from} to {to}");
        }
    }

    #[test]
    fn what_the_lower_rate_cannot_hold_is_gone() {
        for (from, hz) in [(16_000, 4500.0), (24_000, 5200.0), (44_100, 7000.0), (48_000, 9000.0)] {
            let tone = tone::sine(from, hz, -3.0, Duration::from_millis(300)).resampled(8000);
            let level = detect::level_db(&tone.samples[400..2000]);
            assert!(level < -70.0, "{from}: {level}");
        }
    }

    #[test]
    fn images_are_gone_after_going_up() {
        let tone = tone::sine(8000, 3000.0, -3.0, Duration::from_millis(300)).resampled(48_000);
        let middle = &tone.samples[2400..12_000];
        assert!((detect::tone_db(middle, 48_000, 3000.0) + 3.0).abs() < 0.1);
        for image in [5000.0, 11_000.0, 13_000.0] {
            assert!(detect::tone_db(middle, 48_000, image) < -75.0);
        }
    }

    #[test]
    fn odd_and_impossible_rates_are_survived() {
        let tone = tone::sine(44_101, 1000.0, -6.0, Duration::from_millis(200)).resampled(47_999);
        assert!((detect::tone_db(&tone.samples[2400..7200], 47_999, 1000.0) + 6.0).abs() < 0.1);
        assert!(resample(&[1, 2, 3], 0, 8000).is_empty());
        assert!(resample(&[1, 2, 3], 8000, 4_000_000_000).is_empty());
        assert!(resample(&[], 8000, 48_000).is_empty());
        assert_eq!(resample(&[7], 48_000, 8000).len(), 1);
    }
}

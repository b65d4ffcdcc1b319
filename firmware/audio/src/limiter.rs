//! A look-ahead limiter: nothing leaves it above the ceiling, not between two samples either (ITU-R BS.1770-4 annex 2), and
//! no gain change is heard as a click.
//!
//! The gain each sample needs is spread backwards by a sliding minimum and smoothed by a moving average of the same
//! length, so that the gain is down in time for the peak that asked for it. Cost per sample is constant.

use std::collections::VecDeque;

/// How far a limiter looks ahead, in seconds; also its delay.
const LOOK_AHEAD: f32 = 0.005;

/// Time in which the gain comes back to 1 - 1/e of the way, in seconds.
const RELEASE: f32 = 0.12;

/// Samples on each side of a point between two of them that it is guessed from, and points between two samples.
const REACH: usize = 6;
const POINTS: usize = 3;
/// What a finer meter finds between those points, dB.
const MARGIN_DB: f32 = 0.1;

/// One channel of limiting.
#[derive(Debug, Clone)]
pub struct Limiter {
    ceiling: f32,
    /// The last samples, newest last, and how the points between the middle two are made of them.
    recent: [f32; 2 * REACH],
    between: [[f32; 2 * REACH]; POINTS],
    release: f32,
    /// Gain needed by recent samples with the sample's number, rising from front to back.
    needed: VecDeque<(u64, f32)>,
    /// Sliding minimum after release.
    gain: f32,
    /// The last gains, for the moving average; same place as `delayed`.
    gains: Vec<f32>,
    /// The last samples, waiting for their gain.
    delayed: Vec<f32>,
    sum: f64,
    at: usize,
    count: u64,
}

impl Limiter {
    /// For samples at `rate` Hz; `ceiling_db` is below full scale (1.0), for instance -1.0.
    pub fn new(rate: u32, ceiling_db: f32) -> Self {
        let window = (rate as f32 * LOOK_AHEAD) as usize + 1;
        Self {
            ceiling: crate::gain::ratio(ceiling_db.min(0.0) - MARGIN_DB),
            recent: [0.0; 2 * REACH],
            between: std::array::from_fn(point),
            release: 1.0 - (-1.0 / (RELEASE * rate.max(1) as f32)).exp(),
            needed: VecDeque::with_capacity(window + 1),
            gain: 1.0,
            gains: vec![1.0; window],
            delayed: vec![0.0; window],
            sum: window as f64,
            at: 0,
            count: 0,
        }
    }

    /// By how many samples the output lags behind the input.
    pub fn delay(&self) -> usize {
        self.delayed.len() - 1 + REACH
    }

    /// Forgets what it has heard. Only after silence, or it clicks.
    pub fn rest(&mut self) {
        self.recent.fill(0.0);
        self.needed.clear();
        self.gain = 1.0;
        self.gains.fill(1.0);
        self.delayed.fill(0.0);
        self.sum = self.gains.len() as f64;
    }

    /// Limits a block in place. What comes out is the input of [`Self::delay`] samples ago. A sample that is not a number
    /// counts as silence.
    pub fn process(&mut self, block: &mut [f32]) {
        for sample in block {
            *sample = self.step(*sample);
        }
    }

    fn step(&mut self, sample: f32) -> f32 {
        let sample = if sample.is_finite() { sample } else { 0.0 };
        let window = self.delayed.len();
        self.recent.copy_within(1.., 0);
        self.recent[2 * REACH - 1] = sample;
        // The middle one, whose neighbours are known on both sides.
        let sample = self.recent[REACH - 1];
        let peak = self.peak();
        let need = if peak > self.ceiling { self.ceiling / peak } else { 1.0 };
        while self.needed.back().is_some_and(|(_, gain)| *gain >= need) {
            self.needed.pop_back();
        }
        self.needed.push_back((self.count, need));
        while self.needed.front().is_some_and(|(number, _)| number + window as u64 <= self.count) {
            self.needed.pop_front();
        }
        self.count += 1;
        let least = self.needed.front().map_or(1.0, |(_, gain)| *gain);
        self.gain = least.min(self.gain + self.release * (1.0 - self.gain));

        self.sum += f64::from(self.gain) - f64::from(self.gains[self.at]);
        self.gains[self.at] = self.gain;
        self.delayed[self.at] = sample;
        self.at = (self.at + 1) % window;
        if self.at == 0 {
            // Rounding would creep into the running sum over days.
            self.sum = self.gains.iter().map(|gain| f64::from(*gain)).sum();
        }
        // The oldest sample: every gain in the average had it in its window.
        let out = self.delayed[self.at] * (self.sum / window as f64) as f32;
        out.clamp(-self.ceiling, self.ceiling)
    }

    /// Of the middle sample, and between it and the next.
    fn peak(&self) -> f32 {
        let at = |weights: &[f32; 2 * REACH]| {
            weights.iter().zip(&self.recent).map(|(weight, sample)| weight * sample).sum::<f32>().abs()
        };
        self.between.iter().map(at).fold(self.recent[REACH - 1].abs(), f32::max)
    }
}

/// The weights of the samples around it: a sine cardinal under a Hann window.
fn point(index: usize) -> [f32; 2 * REACH] {
    use std::f32::consts::PI;
    let place = (REACH - 1) as f32 + (index + 1) as f32 / (POINTS + 1) as f32;
    std::array::from_fn(|sample| {
        let away = sample as f32 - place;
        let window = 0.5 + 0.5 * (PI * away / (REACH as f32 + 0.5)).cos();
        (PI * away).sin() / (PI * away) * window
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(input: &[f32]) -> Vec<f32> {
        let mut limiter = Limiter::new(48_000, -1.0);
        let mut output = input.to_vec();
        for block in output.chunks_mut(480) {
            limiter.process(block);
        }
        output
    }

    fn sine(peak: f32, samples: usize) -> Vec<f32> {
        (0..samples).map(|n| peak * (n as f32 * 0.13).sin()).collect()
    }

    #[test]
    fn what_is_below_the_ceiling_passes_unchanged_but_late() {
        let input = sine(0.8, 4800);
        let output = limited(&input);
        let delay = Limiter::new(48_000, -1.0).delay();
        assert_eq!(delay, 246);
        for (n, sample) in input[..4800 - delay].iter().enumerate() {
            assert!((output[n + delay] - sample).abs() < 1e-5);
        }
    }

    #[test]
    fn nothing_leaves_above_the_ceiling() {
        let mut input = sine(0.5, 48_000);
        for (n, sample) in input.iter_mut().enumerate() {
            if n % 5000 < 300 {
                *sample *= 40.0;
            }
        }
        input[777] = f32::NAN;
        input[778] = f32::INFINITY;
        let ceiling = crate::gain::ratio(-1.0);
        let output = limited(&input);
        assert!(output.iter().all(|sample| sample.abs() <= ceiling));
        // Not by silencing it either: bursts reach the ceiling, and the gain comes back between them.
        assert!(output.iter().any(|sample| sample.abs() > ceiling * 0.97));
    }

    #[test]
    fn the_gain_moves_without_steps() {
        // A constant above and below the ceiling makes the output the gain itself.
        let mut input = vec![0.5; 9600];
        input[4000..4010].fill(5.0);
        let output = limited(&input);
        let late = Limiter::new(48_000, -1.0).delay();
        let burst = 4000 + late - 1..4010 + late + 1;
        let quiet = |n: usize| !burst.contains(&n) && !burst.contains(&(n - 1));
        for n in late + 1..output.len() {
            if quiet(n) {
                assert!((output[n] - output[n - 1]).abs() < 0.004, "{n}");
            }
        }
    }

    /// A sine of a quarter of the rate, sampled beside its peaks, is 3 dB higher between them.
    #[test]
    fn nothing_between_two_samples_is_above_the_ceiling() {
        for hz in [3_100.0, 7_000.0, 12_000.0] {
            let sine = |at: f32| (std::f32::consts::TAU * hz * at / 48_000.0 + std::f32::consts::FRAC_PI_4).sin();
            let input: Vec<f32> = (0..9600).map(|n| 2.0 * sine(n as f32)).collect();
            let output = limited(&input);
            let played = output[4800..].iter().fold(0f32, |peak, sample| peak.max(sample.abs()));
            let sampled = (4800..9600).fold(0f32, |peak, n| peak.max(sine(n as f32).abs()));
            // What was a peak of 1 between the samples is now this.
            let peak = crate::gain::level_db(played / sampled);
            assert!((-1.4..=-0.95).contains(&peak), "{hz} Hz: {peak}");
        }
    }
}

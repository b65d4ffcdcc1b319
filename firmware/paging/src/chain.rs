//! What a horn loudspeaker needs. The one place that knows `biquad`.

use biquad::{Biquad, Coefficients, DirectForm2Transposed, ToHertz, Type};
use orbitbox_audio::gain;
use orbitbox_audio::limiter::Limiter;

/// Below this a horn's driver moves without being heard, and its transformer saturates.
const LOWEST_HZ: f32 = 300.0;
/// Where consonants are.
const PRESENCE_HZ: f32 = 2800.0;
const PRESENCE_DB: f32 = 4.0;
const PRESENCE_Q: f32 = 0.9;
/// Above this there is only hiss.
const HIGHEST_HZ: f32 = 9000.0;
/// Speech driven into the limiter is louder at the same peak, and an amplifier is set by its peak.
pub(crate) const DRIVE_DB: f32 = 12.0;
/// The highest peak that leaves the chain.
pub(crate) const CEILING_DB: f32 = -1.0;

/// The two halves of a filter of 24 dB an octave that is flat where it passes (Butterworth).
const STEEP_Q: [f32; 2] = [0.541_196_1, 1.306_563];
const FLAT_Q: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// High-pass, presence, low-pass, drive and limiter for one speaker.
#[derive(Debug)]
pub(crate) struct Chain {
    filters: Vec<DirectForm2Transposed<f32>>,
    drive: f32,
    limiter: Limiter,
}

impl Chain {
    /// For samples at `rate` Hz, 24,000 or more.
    pub(crate) fn new(rate: u32) -> Self {
        let filters = [
            (Type::HighPass, LOWEST_HZ, STEEP_Q[0]),
            (Type::HighPass, LOWEST_HZ, STEEP_Q[1]),
            (Type::PeakingEQ(PRESENCE_DB), PRESENCE_HZ, PRESENCE_Q),
            (Type::LowPass, HIGHEST_HZ, FLAT_Q),
        ];
        let filter = |(kind, hz, q): (Type<f32>, f32, f32)| {
            let coefficients = Coefficients::from_params(kind, (rate as f32).hz(), hz.hz(), q).ok()?;
            Some(DirectForm2Transposed::new(coefficients))
        };
        Self {
            filters: filters.into_iter().filter_map(filter).collect(),
            drive: gain::ratio(DRIVE_DB),
            limiter: Limiter::new(rate, CEILING_DB),
        }
    }

    /// Processes samples in place; what comes out is 5 ms late.
    pub(crate) fn process(&mut self, block: &mut [f32]) {
        for filter in &mut self.filters {
            block.iter_mut().for_each(|sample| *sample = filter.run(*sample));
        }
        block.iter_mut().for_each(|sample| *sample *= self.drive);
        self.limiter.process(block);
    }

    /// Forgets what rings. Only after silence, or it clicks.
    pub(crate) fn rest(&mut self) {
        self.filters.iter_mut().for_each(DirectForm2Transposed::reset_state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orbitbox_audio::{detect, tone};
    use std::time::Duration;

    /// Gain of the chain at one frequency, the drive taken off.
    fn gain_db(hz: f64) -> f64 {
        let sine = tone::sine(48_000, hz, -40.0, Duration::from_millis(500));
        let mut samples: Vec<f32> = sine.samples.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
        Chain::new(48_000).process(&mut samples);
        let heard: Vec<i16> = samples[9600..].iter().map(|sample| (sample * 32_768.0) as i16).collect();
        detect::tone_db(&heard, 48_000, hz) + 40.0 - f64::from(DRIVE_DB)
    }

    #[test]
    fn lows_are_gone_speech_passes_and_consonants_are_raised() {
        for (hz, least, most) in [
            (75.0, -60.0, -40.0),
            (150.0, -26.0, -22.0),
            (300.0, -3.5, -2.5),
            (700.0, -0.5, 1.0),
            (2800.0, 3.5, 4.2),
            (9000.0, -3.5, -2.0),
        ] {
            let gain = gain_db(hz);
            assert!((least..most).contains(&gain), "{hz} Hz: {gain}");
        }
    }
}

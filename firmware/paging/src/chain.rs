//! What a loudspeaker needs.

use crate::filter::{Filter, Kind};
use orbitbox_audio::limiter::Limiter;
use orbitbox_audio::{ChainSettings, Equalizer, gain};

/// Below this a horn's driver moves without being heard, and its transformer saturates.
const LOWEST_HZ: f32 = 300.0;
/// Where consonants are.
const PRESENCE_HZ: f32 = 2800.0;
const PRESENCE_DB: f32 = 4.0;
const PRESENCE_Q: f32 = 0.9;
/// Above this there is only hiss.
const HIGHEST_HZ: f32 = 9000.0;
/// Below this the transformer of a ceiling speaker saturates.
const LOWEST_FLAT_HZ: f32 = 100.0;

/// The two halves of a filter of 24 dB an octave that is flat where it passes (Butterworth).
const STEEP_Q: [f32; 2] = [0.541_196_1, 1.306_563];
const FLAT_Q: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// Equalizer, drive, limiter and level for one speaker.
#[derive(Debug)]
pub(crate) struct Chain {
    filters: Vec<Filter>,
    drive: f32,
    limiter: Limiter,
    level: f32,
}

impl Chain {
    /// For samples at `rate` Hz, 24,000 or more.
    pub(crate) fn new(rate: u32, settings: ChainSettings) -> Self {
        let filter = |(kind, hz, quality)| Filter::new(rate, kind, hz, quality);
        Self {
            filters: filters(settings.equalizer).into_iter().filter_map(filter).collect(),
            drive: gain::ratio(settings.drive_db),
            limiter: Limiter::new(rate, settings.ceiling_db),
            level: gain::ratio(settings.level_db.min(0.0)),
        }
    }

    /// Processes samples in place; what comes out is 5 ms late.
    pub(crate) fn process(&mut self, block: &mut [f32]) {
        for filter in &mut self.filters {
            block.iter_mut().for_each(|sample| *sample = filter.run(*sample));
        }
        block.iter_mut().for_each(|sample| *sample *= self.drive);
        self.limiter.process(block);
        block.iter_mut().for_each(|sample| *sample *= self.level);
    }

    /// Forgets what rings, and how loud it was: every page begins alike. Only after silence, or it clicks.
    pub(crate) fn rest(&mut self) {
        self.filters.iter_mut().for_each(Filter::rest);
        self.limiter.rest();
    }
}

/// Each with its frequency and quality.
fn filters(equalizer: Equalizer) -> Vec<(Kind, f32, f32)> {
    let steep = |hz| STEEP_Q.map(|quality| (Kind::HighPass, hz, quality));
    match equalizer {
        Equalizer::Horn => {
            let rest = [(Kind::PeakingEQ(PRESENCE_DB), PRESENCE_HZ, PRESENCE_Q), (Kind::LowPass, HIGHEST_HZ, FLAT_Q)];
            steep(LOWEST_HZ).into_iter().chain(rest).collect()
        }
        Equalizer::Flat => steep(LOWEST_FLAT_HZ).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orbitbox_audio::{detect, tone};
    use std::time::Duration;

    /// Gain of the chain at one frequency, the drive taken off.
    fn gain_db(equalizer: Equalizer, hz: f64) -> f64 {
        let settings = ChainSettings { equalizer, ..ChainSettings::default() };
        let sine = tone::sine(48_000, hz, -40.0, Duration::from_millis(500));
        let mut samples: Vec<f32> = sine.samples.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
        Chain::new(48_000, settings).process(&mut samples);
        let heard: Vec<i16> = samples[9600..].iter().map(|sample| (sample * 32_768.0) as i16).collect();
        detect::tone_db(&heard, 48_000, hz) + 40.0 - f64::from(settings.drive_db)
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
            let gain = gain_db(Equalizer::Horn, hz);
            assert!((least..most).contains(&gain), "{hz} Hz: {gain}");
        }
    }

    #[test]
    fn a_ceiling_speaker_gets_what_there_is_but_for_the_lowest() {
        for (hz, least, most) in
            [(50.0, -26.0, -22.0), (100.0, -3.5, -2.5), (200.0, -0.5, 0.5), (2800.0, -0.2, 0.2), (9000.0, -0.2, 0.2)]
        {
            let gain = gain_db(Equalizer::Flat, hz);
            assert!((least..most).contains(&gain), "{hz} Hz: {gain}");
        }
    }
}

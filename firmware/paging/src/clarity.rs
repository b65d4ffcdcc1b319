//! Makes words clear in noise: what is softer than a vowel, as most consonants are, is raised.

use crate::filter::{Filter, Kind};
use orbitbox_audio::gain;

/// How loud a sound is goes by what is above this, which every loudspeaker plays.
const HEARD_FROM_HZ: f32 = 300.0;
const FLAT_Q: f32 = std::f32::consts::FRAC_1_SQRT_2;
/// Mean level of the loud stretches of a recording, dB: what is so loud stays as it is.
const LOUD_DB: f32 = -20.0;
/// What is louder is lowered by half, and by no more than this, dB.
const MOST_LOWERED_DB: f32 = 12.0;
/// Time over which loudness is averaged, seconds: shorter than a consonant, longer than a period of the voice.
const AVERAGED: f32 = 0.008;

/// Samples of one word at `rate` Hz (16,000 or more), whose loud stretches are at -20 dB: every other sound is brought half the
/// way there, raised by at most `most_db` (0 to 12). 0 leaves the word as it is.
pub(crate) fn clear(word: &mut [f32], rate: u32, most_db: f32) {
    if most_db <= 0.0 {
        return;
    }
    let Some(mut heard) = Filter::new(rate, Kind::HighPass, HEARD_FROM_HZ, FLAT_Q) else { return };
    let share = 1.0 - (-1.0 / (AVERAGED * rate as f32)).exp();
    let mut power = 0.0;
    for sample in word {
        power += share * (heard.run(*sample).powi(2) - power);
        let level_db = 10.0 * f32::max(power, 1e-9).log10();
        *sample *= gain::ratio(((LOUD_DB - level_db) / 2.0).clamp(-MOST_LOWERED_DB, most_db));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By how much a lasting tone of this level is changed, dB.
    fn change(hz: f32, level_db: f32, most_db: f32) -> f32 {
        let tone = |n: usize| gain::ratio(level_db + 3.01) * (std::f32::consts::TAU * hz * n as f32 / 48_000.0).sin();
        let mut samples: Vec<f32> = (0..24_000).map(tone).collect();
        clear(&mut samples, 48_000, most_db);
        let power = samples[4_800..].iter().map(|sample| sample * sample).sum::<f32>() / 19_200.0;
        10.0 * power.log10() - level_db
    }

    #[test]
    fn soft_sounds_come_half_the_way_to_loud_ones_and_no_further_than_allowed() {
        for (level_db, least, most) in
            [(-20.0, -1.0, 1.0), (-10.0, -5.6, -4.4), (-30.0, 4.4, 5.6), (-40.0, 9.0, 10.4), (-60.0, 9.4, 10.4)]
        {
            let change = change(700.0, level_db, 10.0);
            assert!((least..most).contains(&change), "{level_db} dB: {change}");
        }
    }

    #[test]
    fn without_clarity_a_word_stays_as_it_is() {
        let mut word = vec![0.5, -0.01, 0.0, 0.25];
        clear(&mut word, 48_000, 0.0);
        assert_eq!(word, [0.5, -0.01, 0.0, 0.25]);
    }
}

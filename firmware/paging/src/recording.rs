//! Somebody's own recording, made to fit beside the built-in words.

use crate::{Vocabulary, Voice, Word, slug};
use orbitbox_audio::{Language, Numbers, Pcm, detect, gain, limiter::Limiter};
use std::fmt;
use std::time::Duration;

/// Samples a second of what comes out.
const RATE: u32 = 24_000;
/// 5 ms.
const STEP: usize = RATE as usize / 200;
/// Mean level of the loud stretches, and what no sample exceeds; dB below full scale. Those of the built-in words.
const ACTIVE_DB: f64 = -20.0;
const PEAK_DB: f32 = -2.0;
/// A stretch that is so much softer than the loudest is silence; one that is less so is loud. dB.
const SILENCE_DB: f64 = 40.0;
const LOUD_DB: f64 = 20.0;
/// What is softer than this everywhere is no speech, dB below full scale.
const SILENT_DB: f64 = -60.0;
/// Silence that is left at both ends, and the fades within it.
const PAD: usize = RATE as usize * 15 / 1000;
const FADE: usize = RATE as usize * 5 / 1000;
/// Nothing shorter is a word.
const SHORTEST: Duration = Duration::from_millis(60);

/// Why a recording is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingFault {
    /// Nothing is heard on it.
    Silent,
    /// It is no word.
    TooShort,
    /// It is longer than [`Voice::LONGEST`] between its first and its last sound.
    TooLong,
}

impl fmt::Display for RecordingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent => f.write_str("nothing is heard on it"),
            Self::TooShort => write!(f, "it is shorter than {} ms", SHORTEST.as_millis()),
            Self::TooLong => write!(f, "it is longer than {} s", Voice::LONGEST.as_secs()),
        }
    }
}

impl std::error::Error for RecordingFault {}

/// A recording without the silence at its ends, as loud as the built-in words.
///
/// # Errors
/// See [`RecordingFault`].
pub fn fitted(recording: &Pcm) -> Result<Pcm, RecordingFault> {
    let samples = recording.resampled(RATE).samples;
    let levels: Vec<f64> = samples.chunks(STEP).map(detect::level_db).collect();
    let top = levels.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if top < SILENT_DB {
        return Err(RecordingFault::Silent);
    }
    let sounding = |level: &f64| *level > top - SILENCE_DB;
    let first = levels.iter().position(sounding).unwrap_or(0) * STEP;
    let last = levels.iter().rposition(sounding).map_or(0, |last| (last + 1) * STEP);
    let length = Duration::from_secs_f64((last - first) as f64 / f64::from(RATE));
    if length < SHORTEST {
        return Err(RecordingFault::TooShort);
    }
    if length > Voice::LONGEST {
        return Err(RecordingFault::TooLong);
    }
    let loud: Vec<f64> = levels.iter().filter(|level| **level > top - LOUD_DB).copied().collect();
    let power = loud.iter().map(|level| 10f64.powf(level / 10.0)).sum::<f64>() / loud.len() as f64;
    let ratio = gain::ratio((ACTIVE_DB - 10.0 * power.log10()) as f32) / 32_768.0;
    let kept = &samples[first.saturating_sub(PAD)..(last + PAD).min(samples.len())];

    let mut limiter = Limiter::new(RATE, PEAK_DB);
    let late = limiter.delay();
    let mut fitted: Vec<f32> = kept.iter().map(|sample| f32::from(*sample) * ratio).collect();
    fitted.extend(std::iter::repeat_n(0.0, late));
    limiter.process(&mut fitted);
    fitted.drain(..late);
    let count = fitted.len();
    for place in 0..FADE.min(count / 2) {
        let weight = place as f32 / FADE as f32;
        fitted[place] *= weight;
        fitted[count - 1 - place] *= weight;
    }
    Ok(Pcm { rate: RATE, samples: fitted.into_iter().map(|sample| (sample * 32_767.0).round() as i16).collect() })
}

/// What a file in the folder of a language is a recording of, by its path in there without the ending: `digits/7`,
/// `call-on-orbit`, `words/Loading dock`. None where the unit never says anything of that name.
pub fn recording_name(path: &str) -> Option<String> {
    let Some((folder, file)) = path.split_once('/') else {
        return Word::PHRASES.iter().map(|word| word.name().into_owned()).find(|name| name == path);
    };
    let name = format!("{folder}/{}", slug(file));
    let whole = |language| Vocabulary::words_of_numbers(language, Numbers::Whole);
    let known = match folder {
        "digits" => Language::ALL.into_iter().flat_map(whole).any(|word| word.name() == name),
        "words" | "lots" | "parkers" => !slug(file).is_empty() && file.chars().count() <= MOST_LETTERS,
        _ => false,
    };
    known.then_some(name)
}

/// Letters of a name.
const MOST_LETTERS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use orbitbox_audio::tone;

    const SECOND: Duration = Duration::from_secs(1);

    fn recording(rate: u32, db: f32, sound: Duration, silence: Duration) -> Pcm {
        let mut pcm = Pcm::silence(rate, silence);
        pcm.samples.extend(tone::sine(rate, 440.0, db, sound).samples);
        pcm.samples.extend(Pcm::silence(rate, silence).samples);
        pcm
    }

    #[test]
    fn it_is_trimmed_and_as_loud_as_the_others_whatever_it_was() {
        for rate in [8_000, 16_000, 44_100, 48_000] {
            for db in [-45.0, -20.0, -0.5] {
                let fitted = fitted(&recording(rate, db, SECOND, SECOND)).expect("a right recording");
                let expected = 1_000 + 2 * 15;
                assert!(fitted.duration().as_millis().abs_diff(expected) <= 15, "{rate} {db}: {:?}", fitted.duration());
                let level = detect::level_db(&fitted.samples[2_400..21_600]);
                assert!((level - ACTIVE_DB).abs() < 0.5, "{rate} {db}: {level} dB");
                assert_eq!((fitted.rate, fitted.samples.first(), fitted.samples.last()), (RATE, Some(&0), Some(&0)));
            }
        }
    }

    #[test]
    fn no_peak_is_over_the_ceiling() {
        // Much louder for a moment than the rest.
        let mut pcm = recording(RATE, -30.0, SECOND, Duration::ZERO);
        for sample in &mut pcm.samples[12_000..12_050] {
            *sample = i16::MAX;
        }
        let fitted = fitted(&pcm).expect("a right recording");
        let peak = fitted.samples.iter().map(|sample| sample.unsigned_abs()).max();
        assert!(peak.is_some_and(|peak| f32::from(peak) <= 32_768.0 * gain::ratio(PEAK_DB)), "{peak:?}");
    }

    #[test]
    fn what_is_no_word_is_refused() {
        let of = |sound, silence| fitted(&recording(RATE, -20.0, sound, silence)).err();
        assert_eq!(fitted(&Pcm::silence(RATE, SECOND)), Err(RecordingFault::Silent));
        assert_eq!(fitted(&Pcm::default()), Err(RecordingFault::Silent));
        assert_eq!(of(Duration::from_millis(30), SECOND), Some(RecordingFault::TooShort));
        assert_eq!(of(11 * SECOND, Duration::ZERO), Some(RecordingFault::TooLong));
        assert_eq!(of(9 * SECOND, 2 * SECOND), None, "silence does not count");
    }

    #[test]
    fn files_are_told_by_their_paths() {
        for (path, name) in [
            ("digits/7", Some("digits/7")),
            ("digits/71", Some("digits/71")),
            ("digits/1-and", Some("digits/1-and")),
            ("digits/70-last", Some("digits/70-last")),
            ("call-on-orbit", Some("call-on-orbit")),
            ("words/Loading dock", Some("words/loading-dock")),
            ("lots/Annex_7", Some("lots/annex-7")),
            ("digits/day-1", None),
            ("digits/100", None),
            ("vm-goodbye", None),
            ("letters/a", None),
            ("words/..", None),
            ("../digits/7", None),
        ] {
            assert_eq!(recording_name(path).as_deref(), name, "{path}");
        }
    }
}

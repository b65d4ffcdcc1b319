//! The recordings that are built in.

use orbitbox_audio::{Language, Pcm, detect};
use orbitbox_paging::{Part, Vocabulary, Voice, Word};

const MANIFESTS: [(Language, &str); 4] = [
    (Language::English, include_str!("../prompts/en/manifest.toml")),
    (Language::Spanish, include_str!("../prompts/es/manifest.toml")),
    (Language::French, include_str!("../prompts/fr/manifest.toml")),
    (Language::German, include_str!("../prompts/de/manifest.toml")),
];

/// Level of each 5 ms.
fn levels(pcm: &Pcm) -> Vec<f64> {
    pcm.samples.chunks_exact(pcm.rate as usize / 200).map(detect::level_db).collect()
}

#[test]
fn every_word_is_there_and_in_the_manifest() {
    let voice = Voice::built_in();
    let phrases = [Word::CallOnOrbit, Word::Orbit, Word::NobodyCame, Word::OrbitEmpty, Word::AlreadyTaken];
    let digits = (0..=9).flat_map(|digit| [Word::Digit(digit), Word::LastDigit(digit)]);
    let all: Vec<Word> = phrases.into_iter().chain(digits).collect();
    let vocabulary = Vocabulary::built_in();
    assert_eq!(voice.vocabulary(), vocabulary);
    assert_eq!(MANIFESTS.map(|(language, _)| language), Language::ALL);
    for (language, manifest) in MANIFESTS {
        assert!(
            all.iter().all(|word| voice.word(language, word).is_some_and(|pcm| pcm.rate == 24_000)),
            "{language:?}"
        );
        // Words of one's own announcements, and what whole numbers are made of: eleven, and twenty-three or more.
        let words: Vec<Word> = voice.words().filter(|(spoken, _, _)| *spoken == language).map(|word| word.1).collect();
        assert!(words.len() >= all.len() + 11 + 23, "{language:?}: {}", words.len());
        assert!(words.iter().all(|word| vocabulary.has(language, &word.name())));
        assert!(manifest.contains(&format!("language = \"{}-", language.code())));
        assert_eq!(manifest.matches("[prompt.").count(), words.len());
        assert_eq!(manifest.matches("sha256 = ").count(), words.len());
        for word in words.iter().filter(|word| matches!(word, Word::Named(_))) {
            assert!(manifest.contains(&format!("[prompt.\"{}\"]", word.name())), "{language:?} {word:?}");
        }
    }
}

#[test]
fn what_a_phrase_says_is_what_announcements_find_it_by() {
    for (language, manifest) in MANIFESTS {
        let lines: Vec<&str> = manifest.lines().collect();
        for (name, text) in lines.windows(2).filter_map(|pair| Some((pair[0], pair[1].strip_prefix("text = ")?))) {
            let name = name.trim_start_matches("[prompt.").trim_end_matches(']').trim_matches('"');
            if !name.starts_with("words/") && name != "call-on-orbit" && name != "orbit" {
                continue;
            }
            let found = Vocabulary::built_in().text(language, text.trim_matches('"'));
            assert_eq!(found, (vec![Part::Word(language, Word::named(name))], vec![]), "{language:?} {text}");
        }
    }
}

#[test]
fn they_are_equally_loud_trimmed_and_unclipped() {
    for (language, word, pcm) in Voice::built_in().words() {
        let levels = levels(pcm);
        let top = levels.iter().fold(f64::MIN, |top, level| top.max(*level));
        let active: Vec<f64> = levels.iter().filter(|level| **level > top - 20.0).copied().collect();
        let power: f64 = active.iter().map(|level| 10f64.powf(level / 10.0)).sum();
        let active_db = 10.0 * (power / active.len() as f64).log10();
        // They were measured before they were brought to the rate of the file.
        let within = if pcm.rate == 24_000 { 0.5 } else { 1.0 };
        assert!((active_db + 20.0).abs() < within, "{language:?} {word:?}: {active_db} dB");
        let lead = levels.iter().position(|level| *level > top - 40.0).unwrap() * 5;
        let tail = levels.iter().rev().position(|level| *level > top - 40.0).unwrap() * 5;
        assert!(lead <= 40 && tail <= 40, "{language:?} {word:?}: {lead} and {tail} ms");
        assert!(pcm.samples.iter().all(|sample| sample.unsigned_abs() < 26_000), "{language:?} {word:?} nearly clips");
    }
}

#[test]
fn a_digit_falls_further_at_the_end_than_in_the_middle() {
    // The pitch of the last voiced quarter against the first one, over all digits.
    let voice = Voice::built_in();
    let fall = |language, word: fn(u8) -> Word| {
        let mut falls: Vec<f64> = (0..=9).filter_map(|digit| fall(voice.word(language, &word(digit))?)).collect();
        falls.sort_by(f64::total_cmp);
        falls[falls.len() / 2]
    };
    // The German voice is provisional: all of its digits fall.
    for language in [Language::English, Language::Spanish, Language::French] {
        let (middle, last) = (fall(language, Word::Digit), fall(language, Word::LastDigit));
        assert!(last > middle + 0.05, "{language:?}: the median falls by {middle} in the middle, by {last} at the end");
    }
}

/// One minus the ratio of the pitch at the end to that at the beginning.
fn fall(pcm: &Pcm) -> Option<f64> {
    let pitches: Vec<f64> = pcm.samples.windows(960).step_by(480).filter_map(pitch).collect();
    let quarter = (pitches.len() / 4).max(1);
    let median = |part: &[f64]| {
        let mut part = part.to_vec();
        part.sort_by(f64::total_cmp);
        part.get(part.len() / 2).copied()
    };
    Some(1.0 - median(&pitches[pitches.len() - quarter..])? / median(&pitches[..quarter])?)
}

/// Of 40 ms, by autocorrelation between 100 and 400 Hz; none where nothing is voiced.
fn pitch(samples: &[i16]) -> Option<f64> {
    if detect::level_db(samples) < -38.0 {
        return None;
    }
    let at =
        |lag: usize| -> f64 { samples.iter().zip(&samples[lag..]).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum() };
    let power = at(0);
    let best = (60..240).max_by(|a, b| at(*a).total_cmp(&at(*b)))?;
    (at(best) > 0.5 * power).then_some(24_000.0 / best as f64)
}

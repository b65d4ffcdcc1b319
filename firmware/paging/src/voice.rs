//! Recorded words.

use crate::Word;
use orbitbox_audio::{Language, Pcm, decode};
use std::collections::BTreeMap;
use std::time::Duration;

/// Every word in every language.
#[derive(Debug, Clone)]
pub struct Voice {
    words: BTreeMap<(Language, Word), Pcm>,
}

/// No word is longer.
const LONGEST: Duration = Duration::from_secs(10);

macro_rules! recorded {
    ($folder:literal) => {
        recorded!($folder;
            Word::CallOnOrbit => "call-on-orbit", Word::Orbit => "orbit", Word::NobodyCame => "nobody-came",
            Word::OrbitEmpty => "orbit-empty", Word::AlreadyTaken => "already-taken",
            Word::Digit(0) => "0", Word::Digit(1) => "1", Word::Digit(2) => "2", Word::Digit(3) => "3",
            Word::Digit(4) => "4", Word::Digit(5) => "5", Word::Digit(6) => "6", Word::Digit(7) => "7",
            Word::Digit(8) => "8", Word::Digit(9) => "9",
            Word::LastDigit(0) => "0-last", Word::LastDigit(1) => "1-last", Word::LastDigit(2) => "2-last",
            Word::LastDigit(3) => "3-last", Word::LastDigit(4) => "4-last", Word::LastDigit(5) => "5-last",
            Word::LastDigit(6) => "6-last", Word::LastDigit(7) => "7-last", Word::LastDigit(8) => "8-last",
            Word::LastDigit(9) => "9-last")
    };
    ($folder:literal; $($word:expr => $file:literal),*) => {
        [$(($word, include_bytes!(concat!("../prompts/", $folder, "/", $file, ".flac")).as_slice())),*]
    };
}

/// One language's recordings, as FLAC.
type Recorded = [(Word, &'static [u8]); 25];

const BUILT_IN: [(Language, Recorded); 4] = [
    (Language::English, recorded!("en")),
    (Language::Spanish, recorded!("es")),
    (Language::French, recorded!("fr")),
    (Language::German, recorded!("de")),
];

impl Voice {
    /// The built-in voices.
    pub fn built_in() -> Self {
        let recordings = BUILT_IN.iter().flat_map(|(language, words)| {
            words.iter().map(move |(word, flac)| ((*language, *word), decode::decode(flac, LONGEST)))
        });
        Self { words: recordings.filter_map(|(name, pcm)| Some((name, pcm.ok()?))).collect() }
    }

    /// A word as it was recorded.
    pub fn word(&self, language: Language, word: Word) -> Option<&Pcm> {
        self.words.get(&(language, word))
    }

    /// Every word.
    pub fn words(&self) -> impl Iterator<Item = (Language, Word, &Pcm)> {
        self.words.iter().map(|((language, word), pcm)| (*language, *word, pcm))
    }
}

//! Recorded words.

use crate::Word;
use orbitbox_audio::{Pcm, decode};
use std::collections::BTreeMap;
use std::time::Duration;

/// Every word in one voice and language.
#[derive(Debug, Clone)]
pub struct Voice {
    words: BTreeMap<Word, Pcm>,
}

/// No word is longer.
const LONGEST: Duration = Duration::from_secs(10);

macro_rules! recorded {
    ($($word:expr => $file:literal),* $(,)?) => {
        [$(($word, include_bytes!(concat!("../prompts/en/", $file, ".flac")).as_slice())),*]
    };
}

const ENGLISH: [(Word, &[u8]); 25] = recorded![
    Word::CallOnOrbit => "call-on-orbit", Word::Orbit => "orbit", Word::NobodyCame => "nobody-came",
    Word::OrbitEmpty => "orbit-empty", Word::AlreadyTaken => "already-taken",
    Word::Digit(0) => "0", Word::Digit(1) => "1", Word::Digit(2) => "2", Word::Digit(3) => "3", Word::Digit(4) => "4",
    Word::Digit(5) => "5", Word::Digit(6) => "6", Word::Digit(7) => "7", Word::Digit(8) => "8", Word::Digit(9) => "9",
    Word::LastDigit(0) => "0-last", Word::LastDigit(1) => "1-last", Word::LastDigit(2) => "2-last",
    Word::LastDigit(3) => "3-last", Word::LastDigit(4) => "4-last", Word::LastDigit(5) => "5-last",
    Word::LastDigit(6) => "6-last", Word::LastDigit(7) => "7-last", Word::LastDigit(8) => "8-last",
    Word::LastDigit(9) => "9-last",
];

impl Voice {
    /// The built-in English voice.
    pub fn built_in() -> Self {
        let words = ENGLISH.iter().filter_map(|(word, flac)| Some((*word, decode::decode(flac, LONGEST).ok()?)));
        Self { words: words.collect() }
    }

    /// A word as it was recorded.
    pub fn word(&self, word: Word) -> Option<&Pcm> {
        self.words.get(&word)
    }

    /// Every word.
    pub fn words(&self) -> impl Iterator<Item = (Word, &Pcm)> {
        self.words.iter().map(|(word, pcm)| (*word, pcm))
    }
}

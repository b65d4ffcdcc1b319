//! Recorded words.

use crate::built_in::{carried, names};
use crate::word::unfallen;
use crate::{Vocabulary, Word};
use orbitbox_audio::{Language, Pcm, decode};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Every word in every language, and in whose voice. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Voice {
    built_in: Arc<Words>,
    own: Arc<Words>,
}

/// By language, then by name.
type Words = BTreeMap<Language, BTreeMap<String, Pcm>>;

impl Voice {
    /// No word is longer.
    pub const LONGEST: Duration = Duration::from_secs(10);

    /// The voices that the program carries, see [`Self::carried`].
    pub fn built_in() -> Self {
        Self::of(&Language::ALL, |language, name| decode::decode(Self::carried(language, name)?, Self::LONGEST).ok())
    }

    /// The unit's own voice in some languages, every word of it as `recording` has it; what it has not is not said. The words
    /// of each language take 2 MB of memory.
    pub fn of(languages: &[Language], mut recording: impl FnMut(Language, &'static str) -> Option<Pcm>) -> Self {
        let words = |language: Language| {
            let word = |name: &'static str| Some((name.to_owned(), recording(language, name)?));
            (language, names(language).filter_map(word).collect())
        };
        Self { built_in: Arc::new(languages.iter().copied().map(words).collect()), own: Arc::default() }
    }

    /// A recording of the unit's own voice as FLAC; `None` where there is none of that name, and in a program that was made
    /// without them (feature `sounds`).
    pub fn carried(language: Language, name: &str) -> Option<&'static [u8]> {
        carried(language, name)
    }

    /// The same with somebody's own recordings before the built-in ones, instead of those it had before.
    pub fn with_own(&self, own: impl IntoIterator<Item = (Language, String, Pcm)>) -> Self {
        let mut words = Words::new();
        for (language, name, pcm) in own {
            words.entry(language).or_default().insert(name, pcm);
        }
        Self { built_in: self.built_in.clone(), own: Arc::new(words) }
    }

    /// A word as it was recorded: somebody's own before the built-in one. A falling word that is not there is said without
    /// the fall.
    pub fn word(&self, language: Language, word: &Word) -> Option<&Pcm> {
        let name = word.name();
        [&self.own, &self.built_in].into_iter().find_map(|words| {
            let words = words.get(&language)?;
            words.get(name.as_ref()).or_else(|| words.get(unfallen(&name)?))
        })
    }

    /// What can be said.
    pub fn vocabulary(&self) -> Vocabulary {
        let own = self.own.iter().flat_map(|(language, words)| words.keys().map(|name| (*language, name.clone())));
        Vocabulary::built_in().with_own(own)
    }

    /// Every built-in word.
    pub fn words(&self) -> impl Iterator<Item = (Language, Word, &Pcm)> {
        self.built_in
            .iter()
            .flat_map(|(language, words)| words.iter().map(|(name, pcm)| (*language, Word::named(name), pcm)))
    }
}

//! A recorded word or phrase of a voice, and what its recording is called.

use std::borrow::Cow;
use std::sync::Arc;

/// Ends the name of a recording that falls, for the end of what is said.
pub(crate) const FALLING: &str = "-last";

/// A recorded word or phrase of a voice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Word {
    /// "Call on orbit".
    CallOnOrbit,
    /// "Orbit" (to a parker who is to pass the number on).
    Orbit,
    /// A digit in the middle, 0 to 9.
    Digit(u8),
    /// A digit at the end, with a falling tone, 0 to 9.
    LastDigit(u8),
    /// "Sorry, nobody can take your call now. Please call again later."
    NobodyCame,
    /// "There is no call on that orbit."
    OrbitEmpty,
    /// "That call has already been taken."
    AlreadyTaken,
    /// Any other, by the name of its recording: `digits/70`, `words/warehouse`, `lots/annex`.
    Named(Arc<str>),
}

impl Word {
    /// The words that have a folder of their own in no pack.
    pub(crate) const PHRASES: [Self; 5] =
        [Self::CallOnOrbit, Self::Orbit, Self::NobodyCame, Self::OrbitEmpty, Self::AlreadyTaken];

    /// The name of its recording: the file in the folder of a language, without its ending.
    pub fn name(&self) -> Cow<'_, str> {
        match self {
            Self::CallOnOrbit => "call-on-orbit".into(),
            Self::Orbit => "orbit".into(),
            Self::NobodyCame => "nobody-came".into(),
            Self::OrbitEmpty => "orbit-empty".into(),
            Self::AlreadyTaken => "already-taken".into(),
            Self::Digit(digit) => format!("digits/{digit}").into(),
            Self::LastDigit(digit) => format!("digits/{digit}{FALLING}").into(),
            Self::Named(name) => name.as_ref().into(),
        }
    }

    /// The word whose recording has this name.
    pub fn named(name: &str) -> Self {
        if let Some(phrase) = Self::PHRASES.into_iter().find(|phrase| phrase.name() == name) {
            return phrase;
        }
        let digits = (0..=9).flat_map(|digit| [Self::Digit(digit), Self::LastDigit(digit)]);
        digits.into_iter().find(|digit| digit.name() == name).unwrap_or_else(|| Self::Named(name.into()))
    }
}

/// What stands in for a recording that is not there: a falling word for the same without the fall.
pub(crate) fn unfallen(name: &str) -> Option<&str> {
    name.strip_suffix(FALLING)
}

/// A text as the name of a file: small letters and digits, `-` for all between them.
pub fn slug(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_by_its_name() {
        let digits = (0..=9).flat_map(|digit| [Word::Digit(digit), Word::LastDigit(digit)]);
        for word in Word::PHRASES.into_iter().chain(digits).chain([Word::Named("lots/annex".into())]) {
            assert_eq!(Word::named(&word.name()), word);
        }
    }

    #[test]
    fn texts_become_names_of_files() {
        for (text, name) in
            [("Loading dock", "loading-dock"), ("  Büro, 2. OG ", "büro-2-og"), ("l'orbite", "l-orbite"), ("../..", "")]
        {
            assert_eq!(slug(text), name);
        }
    }
}

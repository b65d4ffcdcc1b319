//! What a page says.

use crate::Word;
use orbitbox_audio::Language;
use std::sync::Arc;

/// After the chime, milliseconds.
const AFTER_CHIME: u16 = 150;
/// From one alarm to the next, milliseconds.
const AFTER_ALARM: u16 = 1_000;
/// Between a reading in one language and the next, milliseconds.
const BETWEEN_LANGUAGES: u16 = 500;

/// One part of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The three-note chime.
    Chime,
    /// A recorded word, in a language.
    Word(Language, Word),
    /// Silence, in milliseconds.
    Pause(u16),
    /// What somebody has said, at 48 kHz.
    Recorded(Arc<Vec<i16>>),
    /// Two falling notes: a page of somebody is over.
    EndTone,
    /// Three long blasts.
    Alarm,
}

/// The parts of a page in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script(pub Vec<Part>);

impl Script {
    /// Chime, "call on orbit", then each digit (`[7, 1]` for orbit 71); all of it but the chime again in each further
    /// language.
    pub fn call_on_orbit(languages: &[Language], digits: impl IntoIterator<Item = u8> + Clone) -> Self {
        Self::of(languages.iter().map(|language| {
            let call = Part::Word(*language, Word::CallOnOrbit);
            std::iter::once(call).chain(Self::spoken(*language, digits.clone())).collect()
        }))
    }

    /// Chime, then one reading after another.
    pub fn of(readings: impl IntoIterator<Item = Vec<Part>>) -> Self {
        let mut parts = vec![Part::Chime];
        for (place, reading) in readings.into_iter().enumerate() {
            parts.push(Part::Pause(if place == 0 { AFTER_CHIME } else { BETWEEN_LANGUAGES }));
            parts.extend(reading);
        }
        Self(parts)
    }

    /// Chime, then "one two three" in each language.
    pub fn test(languages: &[Language]) -> Self {
        let mut parts = vec![Part::Chime];
        for (place, language) in languages.iter().enumerate() {
            parts.push(Part::Pause(if place == 0 { 150 } else { BETWEEN_LANGUAGES }));
            parts.extend(Self::spoken(*language, [1, 2, 3]));
        }
        Self(parts)
    }

    /// Chime, what somebody has said, end tone.
    pub fn recorded(sound: Arc<Vec<i16>>) -> Self {
        Self(vec![Part::Chime, Part::Pause(150), Part::Recorded(sound), Part::EndTone])
    }

    /// Three long blasts, then one reading after another, and a rest: to be played again as long as the emergency lasts.
    pub fn alarm(readings: impl IntoIterator<Item = Vec<Part>>) -> Self {
        let mut parts = vec![Part::Alarm];
        for reading in readings {
            parts.push(Part::Pause(BETWEEN_LANGUAGES));
            parts.extend(reading);
        }
        parts.push(Part::Pause(AFTER_ALARM));
        Self(parts)
    }

    /// As long as an announcement, and not heard.
    pub fn in_silence() -> Self {
        Self(vec![Part::Pause(4_000)])
    }

    /// The digits one by one with a short gap, the last one falling.
    pub fn spoken(language: Language, digits: impl IntoIterator<Item = u8>) -> Vec<Part> {
        let mut digits = digits.into_iter().peekable();
        let mut parts = Vec::new();
        while let Some(digit) = digits.next() {
            parts.push(Part::Pause(120));
            let word = if digits.peek().is_some() { Word::Digit(digit) } else { Word::LastDigit(digit) };
            parts.push(Part::Word(language, word));
        }
        parts
    }
}

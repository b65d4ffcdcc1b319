//! What a page says.

use orbitbox_audio::Language;

/// Between a reading in one language and the next, milliseconds.
const BETWEEN_LANGUAGES: u16 = 500;

/// A recorded word or phrase of a voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
}

/// One part of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The three-note chime.
    Chime,
    /// A recorded word, in a language.
    Word(Language, Word),
    /// Silence, in milliseconds.
    Pause(u16),
}

/// The parts of a page in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script(pub Vec<Part>);

impl Script {
    /// Chime, "call on orbit", then each digit (`[7, 1]` for orbit 71); all of it but the chime again in each further
    /// language.
    pub fn call_on_orbit(languages: &[Language], digits: impl IntoIterator<Item = u8> + Clone) -> Self {
        let mut parts = vec![Part::Chime];
        for (place, language) in languages.iter().enumerate() {
            parts.push(Part::Pause(if place == 0 { 150 } else { BETWEEN_LANGUAGES }));
            parts.push(Part::Word(*language, Word::CallOnOrbit));
            parts.extend(Self::spoken(*language, digits.clone()));
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

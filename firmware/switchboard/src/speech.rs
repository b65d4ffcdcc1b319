//! Which recorded clip says what on a telephone.

use orbitbox_media::ClipId;
use orbitbox_paging::{Language, Part, Script, Word};

/// Silence before the first word, so that a phone's audio path is open when it comes; milliseconds.
const LEAD_IN: u16 = 400;
/// Between two readings of an orbit; milliseconds.
const BETWEEN: u16 = 700;

/// Every part the unit says on a telephone; the audio plane's clip library holds them in this order, which is the same
/// in every language.
pub fn telephone_clips(language: Language) -> Vec<Part> {
    let words = [Word::Orbit, Word::NobodyCame, Word::OrbitEmpty, Word::AlreadyTaken].into_iter();
    let digits = (0..=9).flat_map(|digit| [Word::Digit(digit), Word::LastDigit(digit)]);
    let pauses = [Part::Pause(120), Part::Pause(LEAD_IN), Part::Pause(BETWEEN)];
    words.chain(digits).map(|word| Part::Word(language, word)).chain(pauses).chain([Part::Chime]).collect()
}

/// The orbit, read twice, for a parker who is to pass it on.
pub(crate) fn orbit_twice(language: Language, digits: impl IntoIterator<Item = u8>) -> Vec<ClipId> {
    let digits = Script::spoken(language, digits);
    let reading = || std::iter::once(Part::Word(language, Word::Orbit)).chain(digits.iter().copied());
    let parts = std::iter::once(Part::Pause(LEAD_IN)).chain(reading()).chain([Part::Pause(BETWEEN)]).chain(reading());
    clips(language, parts)
}

/// What somebody hears who may speak overhead.
pub(crate) fn chime() -> Vec<ClipId> {
    clips(Language::default(), [Part::Chime])
}

/// What a caller hears when nobody came.
pub(crate) fn apology(language: Language) -> Vec<ClipId> {
    clips(language, [Part::Pause(BETWEEN), Part::Word(language, Word::NobodyCame), Part::Pause(LEAD_IN)])
}

fn clips(language: Language, parts: impl IntoIterator<Item = Part>) -> Vec<ClipId> {
    let library = telephone_clips(language);
    let place = |part: Part| library.iter().position(|known| *known == part);
    parts.into_iter().filter_map(place).map(|place| ClipId(place as u16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_that_is_said_is_in_the_library() {
        for language in Language::ALL {
            assert_eq!(orbit_twice(language, [7, 1]).len(), 1 + 5 + 1 + 5);
            assert_eq!((apology(language).len(), chime().len()), (3, 1));
        }
    }
}

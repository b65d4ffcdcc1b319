//! Which recorded clip says what on a telephone.

use orbitbox_media::ClipId;
use orbitbox_paging::{Language, Numbers, Part, Vocabulary, Word};

/// Silence before the first word, so that a phone's audio path is open when it comes; milliseconds.
const LEAD_IN: u16 = 400;
/// Between two readings of an orbit; milliseconds.
const BETWEEN: u16 = 700;

/// Every part the unit says on a telephone; the audio plane's clip library holds them in this order, which is the same
/// in every language.
pub fn telephone_clips(language: Language, numbers: Numbers) -> Vec<Part> {
    let words = [Word::Orbit, Word::NobodyCame, Word::OrbitEmpty, Word::AlreadyTaken].into_iter();
    let words = words.chain(Vocabulary::words_of_numbers(language, numbers));
    let pauses = Vocabulary::PAUSES_OF_NUMBERS.into_iter().chain([LEAD_IN, BETWEEN]).map(Part::Pause);
    words.map(|word| Part::Word(language, word)).chain(pauses).chain([Part::Chime]).collect()
}

/// Who speaks on telephones, and how numbers are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Speech<'a> {
    pub vocabulary: &'a Vocabulary,
    pub language: Language,
    pub numbers: Numbers,
}

impl Speech<'_> {
    /// The orbit, read twice, for a parker who is to pass it on.
    pub(crate) fn orbit_twice(self, digits: impl IntoIterator<Item = u8>) -> Vec<ClipId> {
        let digits: Vec<u8> = digits.into_iter().collect();
        let number = self.vocabulary.number(self.language, &digits, self.numbers);
        let reading = || std::iter::once(Part::Word(self.language, Word::Orbit)).chain(number.iter().cloned());
        let parts =
            std::iter::once(Part::Pause(LEAD_IN)).chain(reading()).chain([Part::Pause(BETWEEN)]).chain(reading());
        self.clips(parts)
    }

    /// What somebody hears who may speak overhead.
    pub(crate) fn chime(self) -> Vec<ClipId> {
        self.clips([Part::Chime])
    }

    /// What a caller hears when nobody came.
    pub(crate) fn apology(self) -> Vec<ClipId> {
        self.clips([Part::Pause(BETWEEN), Part::Word(self.language, Word::NobodyCame), Part::Pause(LEAD_IN)])
    }

    fn clips(self, parts: impl IntoIterator<Item = Part>) -> Vec<ClipId> {
        let library = telephone_clips(self.language, self.numbers);
        let place = |part: Part| library.iter().position(|known| *known == part);
        parts.into_iter().filter_map(place).map(|place| ClipId(place as u16)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_that_is_said_is_in_the_library() {
        let vocabulary = Vocabulary::built_in();
        for language in Language::ALL {
            let speech = Speech { vocabulary: &vocabulary, language, numbers: Numbers::Digits };
            assert_eq!(speech.orbit_twice([7, 1]).len(), 1 + 5 + 1 + 5);
            assert_eq!((speech.apology().len(), speech.chime().len()), (3, 1));
            let speech = Speech { numbers: Numbers::Whole, ..speech };
            for number in (10..=99).chain((100..=9_999u16).step_by(989)) {
                let digits: Vec<u8> = number.to_string().bytes().map(|digit| digit - b'0').collect();
                let parts = vocabulary.number(language, &digits, Numbers::Whole).len();
                assert_eq!(speech.orbit_twice(digits).len(), 2 * (1 + parts) + 2, "{language:?} {number}");
            }
        }
    }
}

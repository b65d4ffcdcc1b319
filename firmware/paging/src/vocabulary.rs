//! What can be said: which words are recorded, and how texts and numbers are put together from them.

use crate::built_in::{self, texts};
use crate::word::{slug, unfallen};
use crate::{Part, Word, numbers};
use orbitbox_audio::{Language, Numbers};
use std::collections::{BTreeMap, BTreeSet};

/// Between the digits of a number, and between the groups of a longer one; milliseconds.
const BETWEEN_DIGITS: u16 = 120;
const BETWEEN_GROUPS: u16 = 200;
/// Words of one recording.
const MOST_WORDS: usize = 8;

/// The names of every recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    built_in: BTreeMap<Language, BTreeSet<String>>,
    own: BTreeMap<Language, BTreeSet<String>>,
}

impl Vocabulary {
    /// That of the built-in voices.
    pub fn built_in() -> Self {
        let names = |language| (language, built_in::names(language).map(str::to_owned).collect());
        Self { built_in: Language::ALL.into_iter().map(names).collect(), own: BTreeMap::new() }
    }

    /// The same with recordings of one's own beside them.
    pub fn with_own(mut self, own: impl IntoIterator<Item = (Language, String)>) -> Self {
        for (language, name) in own {
            self.own.entry(language).or_default().insert(name);
        }
        self
    }

    /// Recordings of one's own.
    pub fn own(&self) -> impl Iterator<Item = (Language, &str)> {
        self.own.iter().flat_map(|(language, names)| names.iter().map(|name| (*language, name.as_str())))
    }

    /// Is there a recording of this name, or of the same without its fall?
    pub fn has(&self, language: Language, name: &str) -> bool {
        self.is_own(language, name) || is_in(&self.built_in, language, name)
    }

    fn is_own(&self, language: Language, name: &str) -> bool {
        is_in(&self.own, language, name)
    }

    /// Every word that numbers are put together from, recorded or not.
    pub fn words_of_numbers(language: Language, how: Numbers) -> Vec<Word> {
        let digits = (0..=9).flat_map(|digit| [Word::Digit(digit), Word::LastDigit(digit)]);
        let whole = match how {
            Numbers::Digits => 0..=0,
            Numbers::Whole => 10..=99,
        };
        let ways = whole.flat_map(|number| [false, true].map(|falls| (number, falls)));
        let names = ways.flat_map(|(number, falls)| numbers::ways(language, number, falls)).flatten();
        let words: BTreeSet<Word> = digits.chain(names.map(|name| Word::named(&name))).collect();
        words.into_iter().collect()
    }

    /// The silences between them, in milliseconds.
    pub const PAUSES_OF_NUMBERS: [u16; 2] = [BETWEEN_DIGITS, BETWEEN_GROUPS];

    /// A number, its last part falling. A pause stands before each group, and between digits.
    pub fn number(&self, language: Language, digits: &[u8], how: Numbers) -> Vec<Part> {
        let groups: Vec<&[u8]> = match how {
            Numbers::Digits => digits.chunks(1).collect(),
            Numbers::Whole => numbers::groups(digits).collect(),
        };
        let (mut parts, mut before) = (Vec::new(), BETWEEN_DIGITS);
        for (place, group) in groups.iter().enumerate() {
            let falls = place + 1 == groups.len();
            parts.push(Part::Pause(before));
            parts.extend(self.whole(language, group, falls).unwrap_or_else(|| one_by_one(language, group, falls)));
            before = if how == Numbers::Whole { BETWEEN_GROUPS } else { BETWEEN_DIGITS };
        }
        parts
    }

    /// Two digits as one number; none where it has to be read digit by digit. Somebody's own digits are not mixed with the
    /// built-in ones as long as they suffice for either way.
    fn whole(&self, language: Language, group: &[u8], falls: bool) -> Option<Vec<Part>> {
        let [tens @ 1..=9, unit] = group else { return None };
        let ways = || numbers::ways(language, tens * 10 + unit, falls);
        let mut own = ways().filter(|way| way.iter().all(|name| self.is_own(language, name)));
        let any = || ways().find(|way| way.iter().all(|name| self.has(language, name)));
        let way = own.next().or_else(|| if self.is_own_digit(language, group) { None } else { any() })?;
        Some(way.iter().map(|name| Part::Word(language, Word::named(name))).collect())
    }

    fn is_own_digit(&self, language: Language, group: &[u8]) -> bool {
        group.iter().any(|digit| self.is_own(language, &Word::Digit(*digit).name()))
    }

    /// A text in the words of its language, the longest recorded phrase first; commas and full stops are pauses. Beside it
    /// the words that nobody has recorded, and that are left out.
    pub fn text(&self, language: Language, text: &str) -> (Vec<Part>, Vec<String>) {
        const AT_COMMA: u16 = 200;
        let tokens: Vec<&str> = text.split_whitespace().collect();
        let (mut parts, mut unrecorded, mut at) = (Vec::new(), Vec::new(), 0);
        while at < tokens.len() {
            let most = MOST_WORDS.min(tokens.len() - at);
            let found = (1..=most).rev().find_map(|count| {
                let phrase = tokens[at..at + count].join(" ");
                self.phrase(language, &phrase).map(|word| (count, word))
            });
            match found {
                Some((count, word)) => {
                    parts.push(Part::Word(language, word));
                    at += count;
                }
                None => {
                    // A sign may stand alone.
                    if !slug(tokens[at]).is_empty() {
                        unrecorded.push(tokens[at].trim_matches(is_sign).to_owned());
                    }
                    at += 1;
                }
            }
            if tokens[at - 1].ends_with([',', '.', ';']) {
                parts.push(Part::Pause(AT_COMMA));
            }
        }
        (parts, unrecorded)
    }

    /// The recording of a whole phrase.
    fn phrase(&self, language: Language, phrase: &str) -> Option<Word> {
        let wanted = slug(phrase);
        let own = format!("words/{wanted}");
        if !wanted.is_empty() && self.is_own(language, &own) {
            return Some(Word::named(&own));
        }
        let known = texts(language).iter().find(|(_, text)| slug(text) == wanted);
        known.map(|(name, _)| Word::named(name)).filter(|word| self.has(language, &word.name()))
    }

    /// The recording of a name: somebody's own in that folder; else a word of the language, however it is written in any.
    pub fn name(&self, language: Language, folder: &str, name: &str) -> Option<Word> {
        let wanted = slug(name);
        let recorded = |name: String| self.has(language, &name).then(|| Word::named(&name));
        if wanted.is_empty() {
            return None;
        }
        let elsewhere = || {
            let other = Language::ALL.into_iter().find_map(|other| self.phrase(other, name))?;
            recorded(other.name().into_owned())
        };
        recorded(format!("{folder}/{wanted}")).or_else(|| self.phrase(language, name)).or_else(elsewhere)
    }
}

fn one_by_one(language: Language, digits: &[u8], falls: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    for (place, digit) in digits.iter().enumerate() {
        if place > 0 {
            parts.push(Part::Pause(BETWEEN_DIGITS));
        }
        let last = falls && place + 1 == digits.len();
        parts.push(Part::Word(language, if last { Word::LastDigit(*digit) } else { Word::Digit(*digit) }));
    }
    parts
}

fn is_in(names: &BTreeMap<Language, BTreeSet<String>>, language: Language, name: &str) -> bool {
    let names = names.get(&language);
    names.is_some_and(|names| names.contains(name) || unfallen(name).is_some_and(|name| names.contains(name)))
}

fn is_sign(letter: char) -> bool {
    letter.is_ascii_punctuation()
}

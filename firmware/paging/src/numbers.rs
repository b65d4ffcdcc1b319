//! Numbers as a language reads them, put together from recordings.

use crate::word::FALLING;
use orbitbox_audio::Language;
use std::ops::RangeInclusive;

/// A recording that a number of two digits is put together from.
#[derive(Debug, Clone, Copy)]
enum Piece {
    /// The number itself: 71.
    Whole,
    /// Its tens: 70.
    Tens,
    /// The tens, and what joins the unit to them: "setenta y".
    TensAnd,
    /// Its unit: 1.
    Unit,
    /// The unit, and what joins the tens to it: "einund".
    UnitAnd,
    /// What it is above another number: 11 above 60.
    Above(u8),
    /// Always the same.
    Fixed(&'static str),
}

use Piece::{Above, Fixed, Tens, TensAnd, Unit, UnitAnd, Whole};

/// Which numbers are said so.
type Rule = (&'static [RangeInclusive<u8>], &'static [Piece]);

/// The better way to say a number comes first. The names are those of the sound packs of PBXs, and what such packs lack has
/// a name beside them.
const ENGLISH: &[Rule] = &[(&[10..=99], &[Whole]), (&[21..=99], &[Tens, Unit])];

const SPANISH: &[Rule] =
    &[(&[10..=99], &[Whole]), (&[16..=19, 21..=99], &[TensAnd, Unit]), (&[31..=99], &[Tens, Fixed("and"), Unit])];

const WITH_ET: &[RangeInclusive<u8>] = &[21..=21, 31..=31, 41..=41, 51..=51, 61..=61];

const FRENCH: &[Rule] = &[
    (&[10..=69, 80..=80], &[Whole]),
    (WITH_ET, &[Tens, Fixed("and-1")]),
    (WITH_ET, &[Tens, Fixed("et"), Unit]),
    (&[22..=29, 32..=39, 42..=49, 52..=59, 62..=69, 81..=89], &[Tens, Unit]),
    (&[71..=71], &[Fixed("60"), Fixed("and-11")]),
    (&[71..=71], &[Fixed("60"), Fixed("et"), Fixed("11")]),
    (&[70..=70, 72..=79], &[Fixed("60"), Above(60)]),
    (&[90..=99], &[Fixed("80"), Above(80)]),
    // As they are recorded where people say septante and nonante, or by somebody who recorded each.
    (&[70..=79, 81..=99], &[Whole]),
];

const GERMAN: &[Rule] = &[(&[10..=99], &[Whole]), (&[21..=99], &[UnitAnd, Tens])];

/// Ways to say a number from 10 to 99, the best one first; each is the names of recordings in order. At the end of what is
/// said the last of them falls.
pub(crate) fn ways(language: Language, number: u8, falls: bool) -> impl Iterator<Item = Vec<String>> {
    let rules = match language {
        Language::English => ENGLISH,
        Language::Spanish => SPANISH,
        Language::French => FRENCH,
        Language::German => GERMAN,
    };
    let fitting = rules.iter().filter(move |(numbers, pieces)| {
        let has_unit = !pieces.iter().any(|piece| matches!(piece, Unit | UnitAnd)) || !number.is_multiple_of(10);
        has_unit && numbers.iter().any(|range| range.contains(&number))
    });
    fitting.map(move |(_, pieces)| {
        let last = pieces.len() - 1;
        // French tens have another sound in front of their unit than alone: "vingt" and "vingt-deux".
        let falls = falls || (language == Language::French && last == 0);
        let name = |(place, piece): (usize, &Piece)| {
            let falling = if falls && place == last { FALLING } else { "" };
            format!("digits/{}{falling}", piece.of(number))
        };
        pieces.iter().enumerate().map(name).collect()
    })
}

impl Piece {
    fn of(self, number: u8) -> String {
        let tens = number / 10 * 10;
        match self {
            Whole => number.to_string(),
            Tens => tens.to_string(),
            TensAnd => format!("{tens}-and"),
            Unit => (number % 10).to_string(),
            UnitAnd => format!("{}-and", number % 10),
            Above(base) => (number - base).to_string(),
            Fixed(name) => name.to_owned(),
        }
    }
}

/// One to two digits at a time: a single one first where their number is odd, then pairs.
pub(crate) fn groups(digits: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (first, pairs) = digits.split_at(digits.len() % 2);
    std::iter::once(first).filter(|first| !first.is_empty()).chain(pairs.chunks(2))
}

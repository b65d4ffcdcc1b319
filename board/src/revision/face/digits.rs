//! `digits` of a chip.

use crate::front::Spot;
use crate::revision::check::{Check, Taken};
use crate::revision::chip::ChipKind;
use crate::revision::entry::Entry;
use toml::Spanned;

/// The byte of what the chip shows for each digit, the left one first.
pub fn bytes<T>(
    check: &mut Check<'_>,
    chip: ChipKind,
    entry: &Entry<'_, T>,
    digits: Option<&Spanned<[u8; 4]>>,
) -> Option<[u8; 4]> {
    let (at, key) = (entry.at_value(digits?), entry.key_of("digits"));
    let digits = *digits?.get_ref();
    let bytes = digits.map(|digit| byte(chip, digit));
    for (place, (digit, byte)) in digits.into_iter().zip(bytes).enumerate() {
        let (noun, what) = called(chip);
        match byte {
            None => check.note(at, &key, format!("{digit} is no {noun} of the chip: {what}")),
            Some(_) if digits[..place].contains(&digit) => {
                check.note(at, &key, format!("{noun} {digit} is given to two digits"));
            }
            Some(byte) => {
                for bit in 0..8 {
                    let called = format!("{noun} {digit}, bit {bit}");
                    check.take(Taken::Spot(chip, Spot { byte, bit }), called, &key, at);
                }
            }
        }
    }
    Some(bytes.map(Option::unwrap_or_default))
}

/// Where a digit is that a file calls so.
fn byte(chip: ChipKind, digit: u8) -> Option<u8> {
    match chip {
        ChipKind::Ht16k33 => (digit < 16).then_some(digit),
        ChipKind::Max7219 => (digit < 8).then_some(digit),
        // Every other byte is that of a lamp.
        ChipKind::Tm1638 => (1..=8).contains(&digit).then(|| 2 * (digit - 1)),
        ChipKind::Pca9685 => None,
    }
}

/// What a file gives there, and which of them there are.
fn called(chip: ChipKind) -> (&'static str, &'static str) {
    match chip {
        ChipKind::Ht16k33 => ("byte", "0 to 15"),
        ChipKind::Max7219 => ("digit", "0 to 7"),
        ChipKind::Tm1638 => ("digit", "1 to 8, from the left"),
        ChipKind::Pca9685 => ("digit", "it has lamps only"),
    }
}

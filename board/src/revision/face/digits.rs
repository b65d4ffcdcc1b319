//! `digits` of a chip.

use crate::front::Spot;
use crate::revision::check::{Check, Taken};
use crate::revision::chip::ChipKind;
use crate::revision::entry::Entry;
use toml::Spanned;

/// The byte of what the chip shows for each digit, the left one first.
pub fn places<T>(check: &mut Check<'_>, chip: ChipKind, entry: &Entry<'_, T>, digits: &Spanned<[u8; 4]>) -> [u8; 4] {
    let (at, key) = (entry.at_value(digits), entry.key_of("digits"));
    let digits = *digits.get_ref();
    for (place, byte) in digits.iter().enumerate() {
        if !(Spot { byte: *byte, bit: 0 }).exists() {
            check.note(at, &key, format!("{byte} is no byte of the chip: 0 to 15"));
        } else if digits[..place].contains(byte) {
            check.note(at, &key, format!("byte {byte} is given to two digits"));
        } else {
            for bit in 0..8 {
                check.take(Taken::Spot(chip, Spot { byte: *byte, bit }), format!("byte {byte}, bit {bit}"), &key, at);
            }
        }
    }
    digits
}

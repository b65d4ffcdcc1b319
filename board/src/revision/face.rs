//! `[face.CHIP]`: the chips that digits, lamps and keys hang on, one of each kind at most.

mod digits;
mod ht16k33;
mod max7219;
mod pca9685;
mod tm1638;

use super::bus::Buses;
use super::check::Check;
use super::chip::WiredChip;
use super::entry::Entry;
use ht16k33::Ht16k33;
use max7219::Max7219;
use pca9685::Pca9685;
use serde::Deserialize;
use tm1638::Tm1638;
use toml::Spanned;

/// As it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Face {
    ht16k33: Option<Spanned<Ht16k33>>,
    max7219: Option<Spanned<Max7219>>,
    pca9685: Option<Spanned<Pca9685>>,
    tm1638: Option<Spanned<Tm1638>>,
}

/// How a chip of one kind is written.
trait Chip: Sized {
    /// Its section.
    const NAME: &str;

    /// How it is reached, and which of its places are digits.
    fn wired(check: &mut Check<'_>, entry: &Entry<'_, Self>, buses: &Buses<'_>) -> WiredChip;
}

/// The chips of a file and of the revision that it extends. Lamps and keys are not on them yet.
pub(super) fn chips(check: &mut Check<'_>, written: &Face, base: Option<&Face>, buses: &Buses<'_>) -> Vec<WiredChip> {
    fn chip<T: Chip>(
        check: &mut Check<'_>,
        buses: &Buses<'_>,
        (written, base): (Option<&Spanned<T>>, Option<&Spanned<T>>),
    ) -> Option<WiredChip> {
        let entry = Entry::of("face", T::NAME, written, base)?;
        Some(T::wired(check, &entry, buses))
    }
    let ht16k33 = (written.ht16k33.as_ref(), base.and_then(|base| base.ht16k33.as_ref()));
    let max7219 = (written.max7219.as_ref(), base.and_then(|base| base.max7219.as_ref()));
    let pca9685 = (written.pca9685.as_ref(), base.and_then(|base| base.pca9685.as_ref()));
    let tm1638 = (written.tm1638.as_ref(), base.and_then(|base| base.tm1638.as_ref()));
    let chips = [
        chip(check, buses, ht16k33),
        chip(check, buses, max7219),
        chip(check, buses, pca9685),
        chip(check, buses, tm1638),
    ];
    chips.into_iter().flatten().collect()
}

//! `[face.CHIP]`: the chips that digits, lamps and keys hang on, one of each kind at most.

mod digits;
mod ht16k33;

use super::bus::Buses;
use super::check::Check;
use super::chip::WiredChip;
use super::entry::Entry;
use ht16k33::Ht16k33;
use serde::Deserialize;
use toml::Spanned;

/// As it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Face {
    ht16k33: Option<Spanned<Ht16k33>>,
}

/// How a chip of one kind is written.
trait Chip: Sized {
    /// How it is reached, and which of its places are digits.
    fn wired(check: &mut Check<'_>, entry: &Entry<'_, Self>, buses: &Buses<'_>) -> WiredChip;
}

/// The chips of a file, or of the revision that it extends. Lamps and keys are not on them yet.
pub(super) fn chips(check: &mut Check<'_>, written: &Face, base: Option<&Face>, buses: &Buses<'_>) -> Vec<WiredChip> {
    fn chip<T: Chip>(
        check: &mut Check<'_>,
        buses: &Buses<'_>,
        name: &str,
        (written, base): (&Option<Spanned<T>>, Option<&Option<Spanned<T>>>),
    ) -> Option<WiredChip> {
        let entry = Entry::of("face", name, written.as_ref(), base.and_then(Option::as_ref))?;
        Some(T::wired(check, &entry, buses))
    }
    let ht16k33 = (&written.ht16k33, base.map(|base| &base.ht16k33));
    [chip(check, buses, "ht16k33", ht16k33)].into_iter().flatten().collect()
}

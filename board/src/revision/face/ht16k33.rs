//! `[face.ht16k33]`.

use super::{Chip, digits};
use crate::revision::bus::Buses;
use crate::revision::check::Check;
use crate::revision::chip::{ChipKind, Reach, WiredChip};
use crate::revision::entry::Entry;
use serde::Deserialize;
use toml::Spanned;

/// As it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ht16k33 {
    bus: Spanned<String>,
    address: Spanned<u8>,
    digits: Option<Spanned<[u8; 4]>>,
}

impl Chip for Ht16k33 {
    const NAME: &str = "ht16k33";

    fn wired(check: &mut Check<'_>, entry: &Entry<'_, Self>, buses: &Buses<'_>) -> WiredChip {
        let Self { bus, address, digits } = entry.value;
        let (bus, address) = buses.i2c(check, entry, (bus, address), 0x70..=0x77);
        let digits = digits::bytes(check, ChipKind::Ht16k33, entry, digits.as_ref());
        WiredChip::new(Reach::Ht16k33 { bus, address }, digits)
    }
}

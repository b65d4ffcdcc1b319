//! `[face.ht16k33]`.

use super::{Chip, digits};
use crate::revision::bus::Buses;
use crate::revision::check::{Check, Taken};
use crate::revision::chip::{ChipKind, Reach, WiredChip};
use crate::revision::entry::Entry;
use serde::Deserialize;
use std::ops::RangeInclusive;
use std::path::Path;
use toml::Spanned;

/// What the chip can be set to.
const ADDRESSES: RangeInclusive<u8> = 0x70..=0x77;

/// As it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ht16k33 {
    bus: Spanned<String>,
    address: Spanned<u8>,
    digits: Spanned<[u8; 4]>,
}

impl Chip for Ht16k33 {
    fn wired(check: &mut Check<'_>, entry: &Entry<'_, Self>, buses: &Buses<'_>) -> WiredChip {
        let Self { bus, address, digits } = entry.value;
        let bus = buses.i2c(check, entry, bus);
        let at = entry.at_value(address);
        let address = *address.get_ref();
        if !ADDRESSES.contains(&address) {
            check.note(at, entry.key_of("address"), format!("{address:#04x} is not from 0x70 to 0x77"));
        }
        let digits = digits::places(check, ChipKind::Ht16k33, entry, digits);
        if let Some(bus) = bus {
            let called = format!("address {address:#04x} on {}", bus.display());
            check.take(Taken::Address(bus.to_owned(), address), called, &entry.key_of("address"), at);
        }
        WiredChip::new(Reach::Ht16k33 { bus: bus.map(Path::to_owned).unwrap_or_default(), address }, Some(digits))
    }
}

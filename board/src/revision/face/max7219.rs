//! `[face.max7219]`.

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
pub struct Max7219 {
    bus: Spanned<String>,
    digits: Option<Spanned<[u8; 4]>>,
}

impl Chip for Max7219 {
    const NAME: &str = "max7219";

    fn wired(check: &mut Check<'_>, entry: &Entry<'_, Self>, buses: &Buses<'_>) -> WiredChip {
        let Self { bus, digits } = entry.value;
        let device = buses.spi(check, entry, bus);
        let digits = digits::bytes(check, ChipKind::Max7219, entry, digits.as_ref());
        WiredChip::new(Reach::Max7219 { device }, digits)
    }
}

//! `[face.pca9685]`.

use super::Chip;
use crate::chips::pca9685::ALL_CALL;
use crate::revision::bus::Buses;
use crate::revision::check::{Check, Taken};
use crate::revision::chip::{Reach, WiredChip};
use crate::revision::entry::Entry;
use serde::Deserialize;
use toml::Spanned;

/// As it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pca9685 {
    bus: Spanned<String>,
    address: Spanned<u8>,
    #[serde(default)]
    inverted: bool,
}

impl Chip for Pca9685 {
    const NAME: &str = "pca9685";

    fn wired(check: &mut Check<'_>, entry: &Entry<'_, Self>, buses: &Buses<'_>) -> WiredChip {
        let Self { bus, address, inverted } = entry.value;
        let (at, key) = (entry.at_value(address), entry.key_of("address"));
        let (bus, address) = buses.i2c(check, entry, (bus, address), 0x40..=0x77);
        let why = format!("{ALL_CALL:#04x}, where every PCA9685 answers until it is told not to,");
        if address == ALL_CALL {
            check.note(at, key, format!("{why} cannot be its own"));
        } else if !bus.as_os_str().is_empty() {
            // Its three sub-addresses are off when it gets power, and stay so.
            let called = format!("address {why} on {}", bus.display());
            check.take(Taken::Address(bus.clone(), ALL_CALL), called, &key, at);
        }
        WiredChip::new(Reach::Pca9685 { bus, address, inverted: *inverted }, None)
    }
}

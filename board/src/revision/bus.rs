//! `[bus.NAME]`: what chips hang on.

use super::check::{Check, Taken};
use super::entry::Entry;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// As it is written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Bus {
    I2c(Device),
    Spi(Device),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Device {
    path: PathBuf,
}

/// By name.
pub(super) struct Buses<'w>(BTreeMap<&'w str, &'w Bus>);

impl<'w> Buses<'w> {
    pub fn new(entries: Vec<Entry<'w, Bus>>) -> Self {
        Self(entries.into_iter().map(|entry| (entry.name, entry.value)).collect())
    }

    /// Reserves the lines of the header that the buses are.
    pub fn reserve(&self, check: &mut Check<'_>) {
        for (name, bus) in &self.0 {
            let (Bus::I2c(device) | Bus::Spi(device)) = bus;
            for line in header_lines(&device.path) {
                check.reserve(line, &format!("bus.{name}"));
            }
        }
    }

    /// The device of the I2C bus that an entry names, and the address that it gives its chip there; the device is empty where
    /// there is none, which has been noted.
    pub fn i2c<T>(
        &self,
        check: &mut Check<'_>,
        entry: &Entry<'_, T>,
        (name, address): (&Spanned<String>, &Spanned<u8>),
        possible: RangeInclusive<u8>,
    ) -> (PathBuf, u8) {
        let (at, key, address) = (entry.at_value(address), entry.key_of("address"), *address.get_ref());
        if !possible.contains(&address) {
            let (first, last) = (possible.start(), possible.end());
            check.note(at, &key, format!("{address:#04x} is not from {first:#04x} to {last:#04x}"));
        }
        let bus = self.named(check, entry, name).and_then(|bus| match bus {
            Bus::I2c(device) => Some(device.path.as_path()),
            Bus::Spi(_) => {
                check.note(
                    entry.at_value(name),
                    entry.key_of("bus"),
                    format!("[bus.{}] is no I2C bus", name.get_ref()),
                );
                None
            }
        });
        if let Some(bus) = bus {
            let called = format!("address {address:#04x} on {}", bus.display());
            check.take(Taken::Address(bus.to_owned(), address), called, &key, at);
        }
        (bus.map(Path::to_owned).unwrap_or_default(), address)
    }

    /// The device of the SPI bus that an entry names; empty where there is none, which has been noted.
    pub fn spi<T>(&self, check: &mut Check<'_>, entry: &Entry<'_, T>, name: &Spanned<String>) -> PathBuf {
        let device = match self.named(check, entry, name) {
            Some(Bus::Spi(device)) => Some(device.path.clone()),
            Some(Bus::I2c(_)) => {
                check.note(
                    entry.at_value(name),
                    entry.key_of("bus"),
                    format!("[bus.{}] is no SPI bus", name.get_ref()),
                );
                None
            }
            None => None,
        };
        device.unwrap_or_default()
    }

    fn named<T>(&self, check: &mut Check<'_>, entry: &Entry<'_, T>, name: &Spanned<String>) -> Option<&'w Bus> {
        let bus = self.0.get(name.get_ref().as_str()).copied();
        if bus.is_none() {
            check.note(entry.at_value(name), entry.key_of("bus"), format!("there is no [bus.{}]", name.get_ref()));
        }
        bus
    }
}

/// Those of a bus of a Raspberry Pi that always has the same ones.
fn header_lines(device: &Path) -> &'static [&'static str] {
    match device.to_str() {
        Some("/dev/i2c-0") => &["GPIO0", "GPIO1"],
        Some("/dev/i2c-1") => &["GPIO2", "GPIO3"],
        Some("/dev/spidev0.0") => &["GPIO8", "GPIO9", "GPIO10", "GPIO11"],
        Some("/dev/spidev0.1") => &["GPIO7", "GPIO9", "GPIO10", "GPIO11"],
        _ => &[],
    }
}

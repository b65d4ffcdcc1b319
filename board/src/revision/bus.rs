//! `[bus.NAME]`: what chips hang on.

use super::check::Check;
use super::entry::Entry;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// As it is written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Bus {
    I2c(Device),
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
            let Bus::I2c(device) = bus;
            for line in header_lines(&device.path) {
                check.reserve(line, &format!("bus.{name}"));
            }
        }
    }

    /// The device of the I2C bus that an entry names.
    pub fn i2c<T>(&self, check: &mut Check<'_>, entry: &Entry<'_, T>, name: &Spanned<String>) -> Option<&'w Path> {
        match self.0.get(name.get_ref().as_str()) {
            Some(Bus::I2c(device)) => Some(&device.path),
            None => {
                let missing = format!("there is no [bus.{}]", name.get_ref());
                check.note(entry.at_value(name), entry.key_of("bus"), missing);
                None
            }
        }
    }
}

/// Those of a bus of a Raspberry Pi that always has the same ones.
fn header_lines(device: &Path) -> &'static [&'static str] {
    match device.to_str() {
        Some("/dev/i2c-0") => &["GPIO0", "GPIO1"],
        Some("/dev/i2c-1") => &["GPIO2", "GPIO3"],
        _ => &[],
    }
}

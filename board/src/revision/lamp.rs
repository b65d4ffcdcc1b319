//! `[lamp.orbit-N]`: where an orbit's lamp hangs.

use super::check::{Check, Taken};
use super::chip::{ChipKind, WiredChip};
use super::entry::Entry;
use crate::front::Spot;
use serde::Deserialize;
use std::collections::BTreeSet;

/// As it is written.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Lamp {
    Ht16k33(Bit),
}

/// A bit of what the chip shows.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bit {
    byte: u8,
    bit: u8,
}

impl Lamp {
    fn chip(self) -> ChipKind {
        match self {
            Self::Ht16k33(_) => ChipKind::Ht16k33,
        }
    }

    /// What people call its place, and the place itself.
    ///
    /// # Errors
    /// The chip does not have it: what it has.
    fn spot(self) -> Result<(String, Spot), String> {
        match self {
            Self::Ht16k33(Bit { byte, bit }) => {
                let (spot, called) = (Spot { byte, bit }, format!("byte {byte}, bit {bit}"));
                if spot.exists() {
                    Ok((called, spot))
                } else {
                    Err(format!("{called}: the chip has bytes 0 to 15 and bits 0 to 7"))
                }
            }
        }
    }
}

/// Puts the lamps on their chips. Returns the numbers of their orbits.
pub(super) fn place(check: &mut Check<'_>, lamps: &[Entry<'_, Lamp>], chips: &mut [WiredChip]) -> BTreeSet<usize> {
    let mut orbits = BTreeSet::new();
    for entry in lamps {
        let kind = entry.value.chip();
        let spot = match entry.value.spot() {
            Ok((called, spot)) => {
                check.take(Taken::Spot(kind, spot), called, &entry.key, entry.at());
                Some(spot)
            }
            Err(wrong) => {
                check.note(entry.at(), &entry.key, wrong);
                None
            }
        };
        let orbit = orbit(entry.name);
        match orbit {
            Some(orbit) => drop(orbits.insert(orbit)),
            None => check.note(entry.at(), &entry.key, "must be orbit-1, orbit-2 and so on"),
        }
        let chip = chips.iter_mut().find(|chip| chip.reach.kind() == kind);
        if chip.is_none() {
            check.note(entry.at(), &entry.key, format!("there is no [face.{}]", kind.name()));
        }
        if let (Some(chip), Some(orbit), Some(spot)) = (chip, orbit, spot) {
            chip.lamps.push((orbit, spot));
        }
    }
    let gap = (1..).zip(&orbits).find(|(wanted, number)| wanted != *number);
    if let Some((wanted, number)) = gap {
        check.note(0, format!("lamp.orbit-{wanted}"), format!("is missing, and there is an orbit-{number}"));
    }
    orbits
}

/// The number of the orbit that a lamp or a key is named after.
pub(super) fn orbit(name: &str) -> Option<usize> {
    name.strip_prefix("orbit-")?.parse().ok().filter(|number| *number > 0)
}

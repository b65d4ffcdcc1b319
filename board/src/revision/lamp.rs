//! `[lamp.orbit-N]`: where an orbit's lamp hangs.

use super::check::{Check, Taken};
use super::chip::{ChipKind, WiredChip};
use super::entry::Entry;
use crate::front::Spot;
use serde::Deserialize;
use std::collections::BTreeSet;

/// As it is written.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Lamp {
    Ht16k33(Bit),
    Max7219(Segment),
    Pca9685(Channel),
    Tm1638(Led),
}

/// A bit of what the chip shows.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bit {
    byte: u8,
    bit: u8,
}

/// A lamp where a digit would have a segment: bit 0 is A, bit 6 G, bit 7 the point.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Segment {
    digit: u8,
    bit: u8,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Channel {
    channel: u8,
}

/// As it is printed on the usual board, from 1.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Led {
    lamp: u8,
}

/// Where a lamp hangs.
struct Place {
    chip: ChipKind,
    /// `channel 3`.
    called: String,
    spot: Spot,
    /// The chip has it.
    exists: bool,
    /// What the chip has.
    has: &'static str,
}

impl Lamp {
    fn place(self) -> Place {
        match self {
            Self::Ht16k33(Bit { byte, bit }) => Place {
                chip: ChipKind::Ht16k33,
                called: format!("byte {byte}, bit {bit}"),
                spot: Spot { byte, bit },
                exists: byte < 16 && bit < 8,
                has: "bytes 0 to 15 and bits 0 to 7",
            },
            Self::Max7219(Segment { digit, bit }) => Place {
                chip: ChipKind::Max7219,
                called: format!("digit {digit}, bit {bit}"),
                spot: Spot { byte: digit, bit },
                exists: digit < 8 && bit < 8,
                has: "digits 0 to 7 and bits 0 to 7",
            },
            Self::Pca9685(Channel { channel }) => Place {
                chip: ChipKind::Pca9685,
                called: format!("channel {channel}"),
                spot: Spot { byte: channel, bit: 0 },
                exists: channel < 16,
                has: "channels 0 to 15",
            },
            Self::Tm1638(Led { lamp }) => Place {
                chip: ChipKind::Tm1638,
                called: format!("lamp {lamp}"),
                // Beside the byte of the digit above it.
                spot: Spot { byte: lamp.wrapping_mul(2).wrapping_sub(1), bit: 0 },
                exists: (1..=8).contains(&lamp),
                has: "lamps 1 to 8",
            },
        }
    }
}

/// Puts the lamps on their chips. Returns the numbers of their orbits.
pub(super) fn place(check: &mut Check<'_>, lamps: &[Entry<'_, Lamp>], chips: &mut [WiredChip]) -> BTreeSet<usize> {
    let mut orbits = BTreeSet::new();
    for entry in lamps {
        let Place { chip, called, spot, exists, has } = entry.value.place();
        if exists {
            check.take(Taken::Spot(chip, spot), called, &entry.key, entry.at());
        } else {
            check.note(entry.at(), &entry.key, format!("{called}: the chip has {has}"));
        }
        let orbit = orbit(entry.name);
        match orbit {
            Some(orbit) => drop(orbits.insert(orbit)),
            None => check.note(entry.at(), &entry.key, "must be orbit-1, orbit-2 and so on"),
        }
        match chips.iter_mut().find(|wired| wired.reach.kind() == chip) {
            Some(wired) => wired.lamps.extend(orbit.map(|orbit| (orbit, spot))),
            None => check.note(entry.at(), &entry.key, format!("there is no [face.{}]", chip.name())),
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

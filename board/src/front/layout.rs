//! Which digit, lamp and key hangs where on an HT16K33.

use super::blink::{is_lit, next_change};
use crate::chips::ht16k33::RAM;
use crate::chips::segments;
use orbitbox_panel::{Face, Key};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use thiserror::Error;

/// Places of the digits.
const PLACES: usize = 4;

/// One lamp: a bit of a byte of what the chip shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spot {
    /// 0 to 15.
    pub byte: u8,
    /// 0 to 7.
    pub bit: u8,
}

impl Spot {
    /// The chip has it.
    pub fn exists(self) -> bool {
        usize::from(self.byte) < RAM && self.bit < 8
    }
}

/// What cannot be wired like that.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LayoutFault {
    /// A byte or bit that the chip does not have.
    #[error("byte {}, bit {}: the chip has bytes 0 to 15 and bits 0 to 7", .0.byte, .0.bit)]
    NoSuchSpot(Spot),
    /// Two things at one place.
    #[error("byte {}, bit {} is used twice", .0.byte, .0.bit)]
    SpotTwice(Spot),
    /// A key number that the chip does not have.
    #[error("key {0}: the chip has keys 0 to 38")]
    NoSuchKey(u32),
    /// Two keys on one contact.
    #[error("key {0} is used twice")]
    KeyTwice(u32),
}

/// Which digit, lamp and key hangs where.
#[derive(Debug, Clone)]
pub struct Layout {
    digits: [u8; PLACES],
    lamps: Vec<Spot>,
    keys: BTreeMap<u32, Key>,
}

impl Layout {
    /// The highest number of a contact.
    pub const LAST_CONTACT: u32 = 38;

    /// The byte of each digit, the left one first; the lamps in the order of the orbit keys; the contacts of keys.
    ///
    /// # Errors
    /// All at once.
    pub fn new(digits: [u8; PLACES], lamps: Vec<Spot>, keys: &[(u32, Key)]) -> Result<Self, Vec<LayoutFault>> {
        let mut faults = Vec::new();
        let mut taken = BTreeSet::new();
        let of_digits = digits.into_iter().flat_map(|byte| (0..8).map(move |bit| Spot { byte, bit }));
        for spot in of_digits.chain(lamps.iter().copied()) {
            if !spot.exists() {
                faults.push(LayoutFault::NoSuchSpot(spot));
            } else if !taken.insert(spot) {
                faults.push(LayoutFault::SpotTwice(spot));
            }
        }
        let mut contacts = BTreeMap::new();
        for (contact, key) in keys {
            if *contact > Self::LAST_CONTACT {
                faults.push(LayoutFault::NoSuchKey(*contact));
            } else if contacts.insert(*contact, *key).is_some() {
                faults.push(LayoutFault::KeyTwice(*contact));
            }
        }
        faults.dedup();
        if faults.is_empty() { Ok(Self { digits, lamps, keys: contacts }) } else { Err(faults) }
    }

    /// What the chip is to show at a moment.
    pub fn paint(&self, face: &Face, now: Duration) -> [u8; RAM] {
        let mut ram = [0; RAM];
        if face.brightness == 0 {
            return ram;
        }
        let drawn = segments::text::<PLACES>(&face.digits);
        for (byte, segments) in self.digits.iter().zip(drawn) {
            if let Some(shown) = ram.get_mut(usize::from(*byte)) {
                *shown |= segments;
            }
        }
        for (spot, (_, lamp)) in self.lamps.iter().zip(&face.lamps) {
            if let Some(shown) = ram.get_mut(usize::from(spot.byte)).filter(|_| is_lit(*lamp, now)) {
                *shown |= 1 << spot.bit;
            }
        }
        ram
    }

    /// When the same face will look different, because something blinks.
    pub fn next_change(&self, face: &Face, now: Duration) -> Option<Duration> {
        let seen = face.lamps.iter().take(self.lamps.len());
        seen.filter_map(|(_, lamp)| next_change(*lamp, now)).min()
    }

    /// The key on a contact.
    pub fn key(&self, contact: u32) -> Option<Key> {
        self.keys.get(&contact).copied()
    }
}

//! Which digit, lamp and key hangs where on one chip.

use super::is_lit;
use crate::chips::segments;
use orbitbox_panel::{Face, Key};
use std::collections::BTreeMap;
use std::time::Duration;

/// What a chip is to show, in bytes; a chip that has fewer shows the first ones.
pub type Picture = [u8; 16];

/// Places of the digits.
const PLACES: usize = 4;

/// One lamp, or one segment of a digit: a bit of a byte of what a chip shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// 0 to 15.
    pub byte: u8,
    /// 0 to 7.
    pub bit: u8,
}

impl Spot {
    /// A picture has it.
    pub fn exists(self) -> bool {
        usize::from(self.byte) < size_of::<Picture>() && self.bit < 8
    }
}

/// Which digit, lamp and key hangs where.
#[derive(Debug, Clone)]
pub struct Layout {
    digits: Option<[u8; PLACES]>,
    /// Each with its place among the orbit keys, from 0.
    lamps: Vec<(usize, Spot)>,
    keys: BTreeMap<u32, Key>,
}

impl Layout {
    /// The byte of each digit, the left one first, where the chip has the digits; the lamps, each with the number of its
    /// orbit key, from 1; the contacts of keys.
    pub fn new(digits: Option<[u8; PLACES]>, lamps: &[(usize, Spot)], keys: BTreeMap<u32, Key>) -> Self {
        let lamps = lamps.iter().filter_map(|(number, spot)| Some((number.checked_sub(1)?, *spot))).collect();
        Self { digits, lamps, keys }
    }

    /// What the chip is to show at a moment.
    pub fn paint(&self, face: &Face, now: Duration) -> Picture {
        let mut picture = Picture::default();
        if face.brightness == 0 {
            return picture;
        }
        let drawn = segments::text::<PLACES>(&face.digits);
        for (byte, segments) in self.digits.into_iter().flatten().zip(drawn) {
            if let Some(shown) = picture.get_mut(usize::from(byte)) {
                *shown |= segments;
            }
        }
        for (place, spot) in &self.lamps {
            let lit = face.lamps.get(*place).is_some_and(|(_, lamp)| is_lit(*lamp, now));
            if let Some(shown) = picture.get_mut(usize::from(spot.byte)).filter(|_| lit) {
                *shown |= 1 << spot.bit;
            }
        }
        picture
    }

    /// Every key.
    pub fn keys(&self) -> impl Iterator<Item = Key> + '_ {
        self.keys.values().copied()
    }

    /// The key on a contact.
    pub fn key(&self, contact: u32) -> Option<Key> {
        self.keys.get(&contact).copied()
    }
}

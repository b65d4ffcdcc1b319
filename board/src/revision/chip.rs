//! The chips that a front is made of.

use crate::front::Spot;
use std::fmt;
use std::path::PathBuf;

/// What kind of chip it is; a front has one of each at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChipKind {
    /// Digits, lamps and keys on I2C.
    Ht16k33,
}

impl ChipKind {
    /// Its section of a file, `[face.NAME]`, and its name where a lamp or a key hangs on it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ht16k33 => "ht16k33",
        }
    }
}

/// What a chip is, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// At an address of the bus of a device.
    Ht16k33 {
        /// The device.
        bus: PathBuf,
        /// 0x70 to 0x77.
        address: u8,
    },
}

impl Reach {
    /// Which chip it is.
    pub fn kind(&self) -> ChipKind {
        match self {
            Self::Ht16k33 { .. } => ChipKind::Ht16k33,
        }
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ht16k33 { bus, address } => write!(out, "HT16K33 at {address:#04x} on {}", bus.display()),
        }
    }
}

/// One chip, and what hangs on it but for keys.
#[derive(Debug, Clone)]
pub struct WiredChip {
    /// Where it is.
    pub reach: Reach,
    /// The byte of what it shows for each digit, the left one first, where it has the digits.
    pub digits: Option<[u8; 4]>,
    /// Each with the number of its orbit, from 1.
    pub lamps: Vec<(usize, Spot)>,
}

impl WiredChip {
    pub(super) fn new(reach: Reach, digits: Option<[u8; 4]>) -> Self {
        Self { reach, digits, lamps: Vec::new() }
    }
}

//! The chips that a front is made of.

use crate::front::Spot;
use std::fmt;
use std::path::PathBuf;

/// What kind of chip it is; a front has one of each at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChipKind {
    /// Digits, lamps and keys on I2C.
    Ht16k33,
    /// Digits or lamps on SPI.
    Max7219,
    /// Lamps on I2C.
    Pca9685,
    /// Digits, lamps and keys on three lines.
    Tm1638,
}

impl ChipKind {
    /// Its section of a file, `[face.NAME]`, and its name where a lamp or a key hangs on it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ht16k33 => "ht16k33",
            Self::Max7219 => "max7219",
            Self::Pca9685 => "pca9685",
            Self::Tm1638 => "tm1638",
        }
    }
}

/// What a chip is, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// On I2C.
    Ht16k33 {
        /// The device of its bus.
        bus: PathBuf,
        /// 0x70 to 0x77.
        address: u8,
    },
    /// On SPI.
    Max7219 {
        /// Its bus and chip select.
        device: PathBuf,
    },
    /// On I2C.
    Pca9685 {
        /// The device of its bus.
        bus: PathBuf,
        /// 0x40 to 0x77, but 0x70.
        address: u8,
        /// Lamps light when a channel is low.
        inverted: bool,
    },
    /// On three lines, by their names.
    Tm1638 {
        /// STB.
        strobe: String,
        /// CLK.
        clock: String,
        /// DIO.
        data: String,
    },
}

impl Reach {
    /// Which chip it is.
    pub fn kind(&self) -> ChipKind {
        match self {
            Self::Ht16k33 { .. } => ChipKind::Ht16k33,
            Self::Max7219 { .. } => ChipKind::Max7219,
            Self::Pca9685 { .. } => ChipKind::Pca9685,
            Self::Tm1638 { .. } => ChipKind::Tm1638,
        }
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ht16k33 { bus, address } => write!(out, "HT16K33 at {address:#04x} on {}", bus.display()),
            Self::Max7219 { device } => write!(out, "MAX7219 on {}", device.display()),
            Self::Pca9685 { bus, address, .. } => write!(out, "PCA9685 at {address:#04x} on {}", bus.display()),
            Self::Tm1638 { strobe, clock, data } => write!(out, "TM1638 on {strobe}, {clock} and {data}"),
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

//! The front on real buses.

use super::{Chip, Part, WiredFront};
use crate::chips::ht16k33::Ht16k33;
use crate::revision::{Reach, Revision, WiredChip};
use linux_embedded_hal::I2cdev;
use linux_embedded_hal::i2cdev::linux::LinuxI2CError;
use orbitbox_panel::{Face, Key};
use std::path::Path;
use std::time::Duration;

/// The front of a revision; `orbit` is the key of the nth orbit, from 1, where the unit has so many. Nothing is opened yet.
pub fn wired(revision: &Revision, orbit: impl Fn(usize) -> Option<Key>) -> WiredFront {
    let part = |chip: &WiredChip| {
        let reach = chip.reach.clone();
        let name = reach.to_string();
        Part::new(name, Box::new(move || open(&reach)), revision.layout(chip, &orbit))
    };
    WiredFront::new(revision.chips.iter().map(part).collect())
}

/// Each chip of a revision, and whether it answers, or else why not in words: it is made dark.
pub fn answers(revision: &Revision) -> Vec<(String, Result<(), String>)> {
    let mut front = wired(revision, |_| None);
    front.attend(Duration::ZERO, &Face::default());
    let answer = |part: &Part| (part.name().to_owned(), part.fault().map_or(Ok(()), |fault| Err(fault.to_owned())));
    front.parts().iter().map(answer).collect()
}

fn open(reach: &Reach) -> Result<Box<dyn Chip>, String> {
    Ok(match reach {
        Reach::Ht16k33 { bus, address } => Box::new(Ht16k33::new(i2c(bus)?, *address)),
    })
}

fn i2c(bus: &Path) -> Result<I2cdev, String> {
    I2cdev::new(bus).map_err(|error: LinuxI2CError| format!("{}: {error}", bus.display()))
}

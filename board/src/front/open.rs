//! The front on a real bus.

use super::{Layout, WiredFront};
use crate::chips::ht16k33::Ht16k33;
use crate::revision::Revision;
use linux_embedded_hal::I2cdev;
use linux_embedded_hal::i2cdev::linux::LinuxI2CError;
use orbitbox_panel::Face;
use std::time::Duration;

/// A front on a bus of the kernel.
pub type RealFront = WiredFront<I2cdev>;

/// Opens the bus of a revision, and draws nothing on it yet.
///
/// # Errors
/// In words: which device, and what the system says.
pub fn open(revision: &Revision, layout: Layout) -> Result<RealFront, String> {
    let bus =
        I2cdev::new(&revision.bus).map_err(|error: LinuxI2CError| format!("{}: {error}", revision.bus.display()))?;
    Ok(WiredFront::new(Ht16k33::new(bus, revision.address), layout))
}

/// Whether the chip of a revision answers: it is made dark.
///
/// # Errors
/// In words.
pub fn answers(revision: &Revision, layout: Layout) -> Result<(), String> {
    let mut front = open(revision, layout)?;
    let shown = front.show(Duration::ZERO, &Face::default());
    shown.map_err(|error| format!("{}, address {:#04x}: {error}", revision.bus.display(), revision.address))
}

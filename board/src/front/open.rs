//! The front on real buses and lines.

use super::{Answer, Chip, Part, WiredFront};
use crate::chips::ht16k33::Ht16k33;
use crate::chips::max7219::Max7219;
use crate::chips::pca9685::Pca9685;
use crate::chips::tm1638::Tm1638;
use crate::pins::{Drive, OutputLine, Spin};
use crate::revision::{Reach, Revision, WiredChip};
use linux_embedded_hal::i2cdev::linux::LinuxI2CError;
use linux_embedded_hal::spidev::{SpiModeFlags, SpidevOptions};
use linux_embedded_hal::{I2cdev, SpidevDevice};
use orbitbox_panel::Key;
use std::path::Path;

/// A tenth of what the chips take: cables are long.
const SPI_HZ: u32 = 1_000_000;

/// The front of a revision; `orbit` is the key of the nth orbit, from 1, where the unit has so many. Nothing is opened yet.
pub fn wired(revision: &Revision, orbit: impl Fn(usize) -> Option<Key>) -> WiredFront {
    WiredFront::new(parts(revision, orbit).collect())
}

/// Each chip of a revision, and whether it answers, or else why not in words.
pub fn answers(revision: &Revision) -> Vec<(String, Result<Answer, String>)> {
    parts(revision, |_| None).map(|mut part| (part.name().to_owned(), part.answer())).collect()
}

fn parts(revision: &Revision, orbit: impl Fn(usize) -> Option<Key>) -> impl Iterator<Item = Part> {
    revision.chips.iter().map(move |chip: &WiredChip| {
        let reach = chip.reach.clone();
        Part::new(reach.to_string(), Box::new(move || open(&reach)), revision.layout(chip, &orbit))
    })
}

fn open(reach: &Reach) -> Result<Box<dyn Chip>, String> {
    Ok(match reach {
        Reach::Ht16k33 { bus, address } => Box::new(Ht16k33::new(i2c(bus)?, *address)),
        Reach::Pca9685 { bus, address, inverted } => Box::new(Pca9685::new(i2c(bus)?, *address, *inverted)),
        Reach::Max7219 { device } => Box::new(Max7219::new(spi(device)?)),
        Reach::Tm1638 { strobe, clock, data } => {
            let [strobe, clock] = [line(strobe, Drive::PushPull)?, line(clock, Drive::PushPull)?];
            Box::new(Tm1638::new(strobe, clock, line(data, Drive::OpenDrain)?, Spin))
        }
    })
}

fn i2c(bus: &Path) -> Result<I2cdev, String> {
    I2cdev::new(bus).map_err(|error: LinuxI2CError| format!("{}: {error}", bus.display()))
}

fn spi(device: &Path) -> Result<SpidevDevice, String> {
    let options = SpidevOptions::new().bits_per_word(8).max_speed_hz(SPI_HZ).mode(SpiModeFlags::SPI_MODE_0).build();
    let opened = SpidevDevice::open(device).and_then(|mut opened| {
        opened.configure(&options)?;
        Ok(opened)
    });
    opened.map_err(|error| format!("{}: {error}", device.display()))
}

/// All three wires rest at high.
fn line(name: &str, drive: Drive) -> Result<OutputLine, String> {
    OutputLine::open(name, drive, false, true).map_err(|fault| format!("{name}: {fault}"))
}

//! A device that is opened again when it comes back.

use super::device::Device;
use crate::sound::speaker::SoundFault;
use alsa::{Direction, Error, Result};

/// Blocks from one try to open the device to the next: 200 ms at first, 5 s at most.
const FIRST_RETRY: u32 = 20;
const LAST_RETRY: u32 = 500;

/// A device by its name.
pub(super) struct Reopened {
    name: String,
    direction: Direction,
    open: Option<Device>,
    retry_in: u32,
    retry_after: u32,
    /// Whoever uses it was told that it is away.
    told: bool,
}

impl Reopened {
    pub(super) fn open(name: &str, direction: Direction) -> std::result::Result<Self, SoundFault> {
        let open = Some(Device::open(name, direction).map_err(|error| fault(name, &error))?);
        Ok(Self { name: name.to_owned(), direction, open, retry_in: 0, retry_after: FIRST_RETRY, told: false })
    }

    /// One that is not there, or not yet.
    pub(super) fn away(name: &str, direction: Direction) -> Self {
        Self {
            name: name.to_owned(),
            direction,
            open: None,
            retry_in: FIRST_RETRY,
            retry_after: FIRST_RETRY,
            told: false,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Moves one block; `Ok(None)` while the device is away, which is told once. What it cannot mend closes it, to be opened
    /// again later.
    pub(super) fn moved<T>(
        &mut self,
        block: impl FnOnce(&mut Device) -> Result<T>,
    ) -> std::result::Result<Option<T>, SoundFault> {
        if self.open.is_none() {
            if self.retry_in > 0 {
                self.retry_in -= 1;
                return Ok(None);
            }
            self.retry_in = self.retry_after;
            self.retry_after = (self.retry_after * 2).min(LAST_RETRY);
            match Device::open(&self.name, self.direction) {
                Ok(device) => self.open = Some(device),
                Err(error) => return self.lost(&error),
            }
        }
        let Some(open) = &mut self.open else { return Ok(None) };
        match block(open) {
            Ok(moved) => {
                // One that opens and fails at once is not asked again at once.
                (self.retry_in, self.retry_after, self.told) = (0, FIRST_RETRY, false);
                Ok(Some(moved))
            }
            Err(error) => {
                self.open = None;
                self.lost(&error)
            }
        }
    }

    fn lost<T>(&mut self, error: &Error) -> std::result::Result<Option<T>, SoundFault> {
        if std::mem::replace(&mut self.told, true) { Ok(None) } else { Err(fault(&self.name, error)) }
    }
}

fn fault(device: &str, error: &Error) -> SoundFault {
    SoundFault::Device { device: device.to_owned(), problem: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_stays_away_is_told_of_once() {
        let mut device = Reopened::away("plughw:CARD=NoSuchCard", Direction::Playback);
        let told = (0..3 * LAST_RETRY).filter(|_| device.moved(|_| Ok(())).is_err()).count();
        assert_eq!(told, 1);
    }

    #[test]
    fn one_that_came_back_is_told_of_again() {
        let mut device = Reopened::open("null", Direction::Playback).expect("ALSA's null device");
        let gone = || Error::new("snd_pcm_writei", 19);
        let mut told = Vec::new();
        for fails in [true, false, true] {
            let moved =
                (0..=FIRST_RETRY).find_map(|_| match device.moved(|_| if fails { Err(gone()) } else { Ok(()) }) {
                    Ok(None) => None,
                    other => Some(other.is_err()),
                });
            told.extend(moved);
        }
        assert_eq!(told, [true, false, true]);
    }
}

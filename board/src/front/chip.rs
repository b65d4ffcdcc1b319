//! What a front asks of a chip, whichever it is.

use super::{Picture, doubtful};
use crate::chips::ht16k33::Ht16k33;
use embedded_hal::i2c::I2c;
use std::fmt::Display;

/// What a look at the keys of a chip has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contacts {
    /// A bit each.
    pub closed: u64,
    /// Those of which nothing is known.
    pub doubtful: u64,
}

/// One chip, already at its bus.
pub trait Chip: Send {
    /// Shows a picture at a brightness of 0 to 15: nothing is written where nothing changes.
    ///
    /// # Errors
    /// The bus failed, in words; the next call paints everything.
    fn show(&mut self, picture: &Picture, brightness: u8) -> Result<(), String>;

    /// Which contacts are closed.
    ///
    /// # Errors
    /// The bus failed, in words; the next [`Self::show`] paints everything.
    fn contacts(&mut self) -> Result<Contacts, String>;
}

impl<I: I2c + Send> Chip for Ht16k33<I>
where
    I::Error: Display,
{
    fn show(&mut self, picture: &Picture, brightness: u8) -> Result<(), String> {
        Self::show(self, picture, brightness).map_err(|error| error.to_string())
    }

    fn contacts(&mut self) -> Result<Contacts, String> {
        let closed = self.keys().map_err(|error| error.to_string())?;
        Ok(Contacts { closed, doubtful: doubtful(closed) })
    }
}

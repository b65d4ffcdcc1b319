//! Each chip as the front asks for it.

use super::{Answer, Chip, Contacts, Picture, doubtful};
use crate::chips::ht16k33::Ht16k33;
use crate::chips::max7219::{DIGITS, Max7219};
use crate::chips::pca9685::{BRIGHTEST, Pca9685};
use crate::chips::tm1638::Tm1638;
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{InputPin, OutputPin};
use embedded_hal::i2c::I2c;
use embedded_hal::spi::SpiDevice;
use std::fmt::Display;

fn told<T>(done: Result<T, impl Display>) -> Result<T, String> {
    done.map_err(|error| error.to_string())
}

impl<I: I2c + Send> Chip for Ht16k33<I>
where
    I::Error: Display,
{
    fn show(&mut self, picture: &Picture, brightness: u8) -> Result<(), String> {
        told(Self::show(self, picture, brightness))
    }

    fn contacts(&mut self) -> Result<Contacts, String> {
        let closed = told(self.keys())?;
        Ok(Contacts { closed, doubtful: doubtful(closed) })
    }

    fn answer(&mut self) -> Result<Answer, String> {
        told(self.keys()).map(|_| Answer::Answers)
    }
}

impl<E, S, C, D, T> Chip for Tm1638<S, C, D, T>
where
    E: Display,
    S: OutputPin<Error = E> + Send,
    C: OutputPin<Error = E> + Send,
    D: OutputPin<Error = E> + InputPin<Error = E> + Send,
    T: DelayNs + Send,
{
    /// The chip has eight steps.
    fn show(&mut self, picture: &Picture, brightness: u8) -> Result<(), String> {
        told(Self::show(self, picture, brightness / 2))
    }

    /// Where all keys are in one row, as on the usual board, any of them are told apart.
    fn contacts(&mut self) -> Result<Contacts, String> {
        Ok(Contacts { closed: told(self.keys())?.into(), doubtful: 0 })
    }

    fn answer(&mut self) -> Result<Answer, String> {
        told(self.keys()).map(|_| Answer::Answers)
    }
}

impl<S: SpiDevice + Send> Chip for Max7219<S>
where
    S::Error: Display,
{
    fn show(&mut self, picture: &Picture, brightness: u8) -> Result<(), String> {
        let mut digits = [0; DIGITS];
        digits.copy_from_slice(&picture[..DIGITS]);
        told(Self::show(self, &digits, brightness))
    }

    /// A chip that only listens may have lost everything, and is painted anew.
    fn check(&mut self) -> Result<(), String> {
        self.forget();
        Ok(())
    }

    fn answer(&mut self) -> Result<Answer, String> {
        Ok(Answer::OnlyListens)
    }
}

impl<I: I2c + Send> Chip for Pca9685<I>
where
    I::Error: Display,
{
    /// A lamp is bit 0 of its channel's byte.
    fn show(&mut self, picture: &Picture, brightness: u8) -> Result<(), String> {
        let level = BRIGHTEST / 16 * (u16::from(brightness.min(15)) + 1);
        told(Self::show(self, &picture.map(|byte| if byte & 1 == 1 { level } else { 0 })))
    }

    fn check(&mut self) -> Result<(), String> {
        if told(self.is_set_up())? { Ok(()) } else { Err("it has lost its supply meanwhile".to_owned()) }
    }

    fn answer(&mut self) -> Result<Answer, String> {
        told(self.is_set_up()).map(|_| Answer::Answers)
    }
}

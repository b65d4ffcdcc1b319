//! Maxim MAX7219: eight digits, or 64 lamps, on SPI.

use super::segments::POINT;
use embedded_hal::spi::SpiDevice;

/// Digits of one chip.
pub const DIGITS: usize = 8;

const DECODE: u8 = 0x09;
const INTENSITY: u8 = 0x0a;
const SCAN_LIMIT: u8 = 0x0b;
const SHUTDOWN: u8 = 0x0c;
const TEST: u8 = 0x0f;
const BRIGHTEST: u8 = 15;

/// One chip, its digits drawn segment by segment.
#[derive(Debug)]
pub struct Max7219<S> {
    bus: S,
    /// What it shows; `None` while nothing is known of it.
    shown: Option<([u8; DIGITS], u8)>,
}

impl<S: SpiDevice> Max7219<S> {
    /// Nothing is written before something is shown.
    pub fn new(bus: S) -> Self {
        Self { bus, shown: None }
    }

    /// Shows these segments (see [`super::segments`]), the digit of register 1 first, at a brightness of 0 to 15. One
    /// write for each digit that changes.
    ///
    /// # Errors
    /// The bus failed; the next call sets the chip up anew and paints everything.
    pub fn show(&mut self, digits: &[u8; DIGITS], brightness: u8) -> Result<(), S::Error> {
        let brightness = brightness.min(BRIGHTEST);
        let done = match self.shown.take() {
            None => self.set_up(digits, brightness),
            Some(before) => self.change(before, digits, brightness),
        };
        if done.is_ok() {
            self.shown = Some((*digits, brightness));
        }
        done
    }

    /// The chip cannot be asked whether it still shows anything: the next [`Self::show`] sets it up anew and paints everything.
    pub fn forget(&mut self) {
        self.shown = None;
    }

    fn set_up(&mut self, digits: &[u8; DIGITS], brightness: u8) -> Result<(), S::Error> {
        let commands = [(TEST, 0), (DECODE, 0), (SCAN_LIMIT, DIGITS as u8 - 1), (INTENSITY, brightness)];
        for (register, value) in commands {
            self.bus.write(&[register, value])?;
        }
        for (register, digit) in (1..).zip(digits) {
            self.bus.write(&[register, wired(*digit)])?;
        }
        // It comes up dark, and stays so until everything is drawn.
        self.bus.write(&[SHUTDOWN, 1])
    }

    fn change(&mut self, before: ([u8; DIGITS], u8), digits: &[u8; DIGITS], brightness: u8) -> Result<(), S::Error> {
        if before.1 != brightness {
            self.bus.write(&[INTENSITY, brightness])?;
        }
        for (register, (old, new)) in (1..).zip(before.0.iter().zip(digits)) {
            if old != new {
                self.bus.write(&[register, wired(*new)])?;
            }
        }
        Ok(())
    }
}

/// The chip has its segments the other way round, from bit 6 (A) down to bit 0 (G).
fn wired(segments: u8) -> u8 {
    (segments & POINT) | ((segments & !POINT).reverse_bits() >> 1)
}

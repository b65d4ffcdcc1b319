//! Holtek HT16K33: 128 lamps or 16 digits, and 39 keys, on I2C.

use embedded_hal::i2c::I2c;

/// Bytes of what it shows: for each of 8 commons 16 rows, the low byte first.
pub const RAM: usize = 16;

const OSCILLATOR_ON: u8 = 0x21;
/// The row 15 pin is a row, not an interrupt: keys are polled.
const NO_INTERRUPT: u8 = 0xa0;
const DISPLAY_ON: u8 = 0x81;
const BRIGHTNESS: u8 = 0xe0;
const KEYS_AT: u8 = 0x40;
const BRIGHTEST: u8 = 15;

/// One chip.
#[derive(Debug)]
pub struct Ht16k33<I> {
    bus: I,
    address: u8,
    /// What it shows; `None` while nothing is known of it.
    shown: Option<([u8; RAM], u8)>,
}

impl<I: I2c> Ht16k33<I> {
    /// At 0x70 to 0x77. Nothing is written before something is shown.
    pub fn new(bus: I, address: u8) -> Self {
        Self { bus, address, shown: None }
    }

    /// Shows this at a brightness of 0 to 15 (1/16 to 16/16): one write, from the first byte that changes to the last.
    ///
    /// # Errors
    /// The bus failed; the next call sets the chip up anew and paints everything.
    pub fn show(&mut self, ram: &[u8; RAM], brightness: u8) -> Result<(), I::Error> {
        let brightness = brightness.min(BRIGHTEST);
        let done = match self.shown.take() {
            None => self.set_up(ram, brightness),
            Some(before) => self.change(before, ram, brightness),
        };
        if done.is_ok() {
            self.shown = Some((*ram, brightness));
        }
        done
    }

    /// The keys that are held: bit 13·(KS − 0) + (K − 1), for KS0 to KS2 and K1 to K13. A press is there after two scans,
    /// 20 ms at most.
    ///
    /// # Errors
    /// The bus failed; the next [`Self::show`] sets the chip up anew.
    pub fn keys(&mut self) -> Result<u64, I::Error> {
        let mut read = [0; 6];
        if let Err(error) = self.bus.write_read(self.address, &[KEYS_AT], &mut read) {
            self.shown = None;
            return Err(error);
        }
        let column = |pair: &[u8]| u64::from(u16::from_le_bytes([pair[0], pair[1]]) & 0x1fff);
        Ok(read.chunks_exact(2).enumerate().fold(0, |keys, (place, pair)| keys | column(pair) << (13 * place)))
    }

    fn set_up(&mut self, ram: &[u8; RAM], brightness: u8) -> Result<(), I::Error> {
        for command in [OSCILLATOR_ON, NO_INTERRUPT, BRIGHTNESS | brightness] {
            self.bus.write(self.address, &[command])?;
        }
        self.paint(0, ram)?;
        // Last, so that nobody sees what was in its memory.
        self.bus.write(self.address, &[DISPLAY_ON])
    }

    fn change(&mut self, before: ([u8; RAM], u8), ram: &[u8; RAM], brightness: u8) -> Result<(), I::Error> {
        if before.1 != brightness {
            self.bus.write(self.address, &[BRIGHTNESS | brightness])?;
        }
        let differs = |place: &usize| before.0[*place] != ram[*place];
        match ((0..RAM).find(differs), (0..RAM).rfind(differs)) {
            (Some(first), Some(last)) => self.paint(first, &ram[first..=last]),
            _ => Ok(()),
        }
    }

    fn paint(&mut self, first: usize, bytes: &[u8]) -> Result<(), I::Error> {
        let mut message = [0; 1 + RAM];
        message[0] = first as u8;
        message[1..=bytes.len()].copy_from_slice(bytes);
        self.bus.write(self.address, &message[..=bytes.len()])
    }
}

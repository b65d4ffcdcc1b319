//! Titan TM1638: eight digits, eight lamps and up to 24 keys over three wires.

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{InputPin, OutputPin};

/// Bytes of what it shows: on the usual board the segments of a digit at even places, its lamp in bit 0 of odd ones.
pub const RAM: usize = 16;

/// The bits of the keys S1 to S8 of the usual board, as [`Tm1638::keys`] has them.
pub const BOARD_KEYS: [u32; 8] = [0, 8, 16, 24, 4, 12, 20, 28];

const WRITE: u8 = 0x40;
const READ_KEYS: u8 = 0x42;
const ADDRESS: u8 = 0xc0;
const DISPLAY_ON: u8 = 0x88;
const BRIGHTEST: u8 = 7;
/// Half of a clock period; the chip takes 1 MHz at most, and cables are long.
const HALF_PERIOD_NS: u32 = 1_000;
/// Between the command and the first key bit.
const TURN_ROUND_NS: u32 = 2_000;

/// Key bits that are always 0 where a chip answers.
const NEVER: u32 = 0x8888_8888;

/// Why a chip says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Tm1638Fault<E> {
    /// A line failed.
    #[error("{0}")]
    Line(E),
    /// The data wire is high all the time: nothing pulls it down.
    #[error("no chip is at the wires")]
    Absent,
}

/// One chip. The data wire is an open-drain line: high lets go of it, so that the chip can pull it down.
#[derive(Debug)]
pub struct Tm1638<S, C, D, T> {
    strobe: S,
    clock: C,
    data: D,
    delay: T,
    /// What it shows; `None` while nothing is known of it.
    shown: Option<([u8; RAM], u8)>,
}

impl<E, S, C, D, T> Tm1638<S, C, D, T>
where
    S: OutputPin<Error = E>,
    C: OutputPin<Error = E>,
    D: OutputPin<Error = E> + InputPin<Error = E>,
    T: DelayNs,
{
    /// Nothing is written before something is shown.
    pub fn new(strobe: S, clock: C, data: D, delay: T) -> Self {
        Self { strobe, clock, data, delay, shown: None }
    }

    /// Shows this at a brightness of 0 to 7; what has not changed is not written.
    ///
    /// # Errors
    /// A line failed; the next call paints everything.
    pub fn show(&mut self, ram: &[u8; RAM], brightness: u8) -> Result<(), E> {
        let wanted = (*ram, brightness.min(BRIGHTEST));
        let before = self.shown.take();
        if before.is_none_or(|before| before.0 != wanted.0) {
            self.frame(&[WRITE])?;
            let mut message = [ADDRESS; 1 + RAM];
            message[1..].copy_from_slice(ram);
            self.frame(&message)?;
        }
        if before.is_none_or(|before| before.1 != wanted.1) {
            self.frame(&[DISPLAY_ON | wanted.1])?;
        }
        self.shown = Some(wanted);
        Ok(())
    }

    /// The keys that are held, as the chip sends them: the bit n of byte m is bit 8m + n.
    ///
    /// # Errors
    /// A line failed, or there is no chip; the next [`Self::show`] paints everything.
    pub fn keys(&mut self) -> Result<u32, Tm1638Fault<E>> {
        let keys = self.read_keys().map_err(Tm1638Fault::Line);
        let keys = keys.and_then(|keys| if keys & NEVER == 0 { Ok(keys) } else { Err(Tm1638Fault::Absent) });
        if keys.is_err() {
            self.shown = None;
        }
        keys
    }

    fn read_keys(&mut self) -> Result<u32, E> {
        self.strobe.set_low()?;
        self.send(READ_KEYS)?;
        self.data.set_high()?;
        self.delay.delay_ns(TURN_ROUND_NS);
        let mut keys = 0;
        for bit in 0..u32::BITS {
            self.clock.set_low()?;
            self.delay.delay_ns(HALF_PERIOD_NS);
            if self.data.is_high()? {
                keys |= 1 << bit;
            }
            self.clock.set_high()?;
            self.delay.delay_ns(HALF_PERIOD_NS);
        }
        self.strobe.set_high()?;
        Ok(keys)
    }

    fn frame(&mut self, bytes: &[u8]) -> Result<(), E> {
        self.strobe.set_low()?;
        bytes.iter().try_for_each(|byte| self.send(*byte))?;
        self.strobe.set_high()
    }

    /// The lowest bit first, taken when the clock rises.
    fn send(&mut self, byte: u8) -> Result<(), E> {
        for bit in 0..u8::BITS {
            self.clock.set_low()?;
            self.data.set_state((byte >> bit & 1 == 1).into())?;
            self.delay.delay_ns(HALF_PERIOD_NS);
            self.clock.set_high()?;
            self.delay.delay_ns(HALF_PERIOD_NS);
        }
        Ok(())
    }
}

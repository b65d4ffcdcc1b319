//! A TM1638 at the other end of three wires.
#![allow(dead_code, reason = "each test file uses some of it")]

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{ErrorType, InputPin, OutputPin};
use orbitbox_board::chips::tm1638::Tm1638;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

/// A chip at the other end of the wires: it reads when the clock rises, and writes when it falls.
#[derive(Default)]
pub struct Chip {
    strobe: bool,
    clock: bool,
    /// What the unit drives; `true` is let go.
    data: bool,
    /// What the chip pulls down.
    pulled: bool,
    bits: Vec<bool>,
    /// What it was told, frame by frame.
    pub frames: Vec<Vec<u8>>,
    /// The bits of the keys that are held.
    pub keys: u32,
    /// Its plug is out: nothing pulls the data wire down.
    pub is_unplugged: bool,
    key_bit: u32,
}

#[derive(Clone, Copy)]
pub enum Wire {
    Strobe,
    Clock,
    Data,
}

pub struct Line(Arc<Mutex<Chip>>, Wire);

impl Chip {
    fn set(&mut self, wire: Wire, high: bool) {
        match wire {
            Wire::Data => self.data = high,
            Wire::Strobe => {
                if high && !self.strobe {
                    let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
                    assert_eq!(self.bits.len() % 8, 0, "whole bytes");
                    self.frames.push(self.bits.chunks(8).map(byte).collect());
                    self.pulled = false;
                }
                if !high {
                    (self.bits, self.key_bit) = (Vec::new(), 0);
                }
                self.strobe = high;
            }
            Wire::Clock => {
                let reading =
                    self.bits.len() >= 8 && self.bits[..8] == [false, true, false, false, false, false, true, false];
                if high && !self.clock && !self.strobe && !reading {
                    self.bits.push(self.data);
                } else if !high && self.clock && reading {
                    assert!(self.data, "the unit has let go of the wire");
                    self.pulled = self.keys >> self.key_bit & 1 == 0 && !self.is_unplugged;
                    self.key_bit += 1;
                }
                self.clock = high;
            }
        }
    }
}

impl ErrorType for Line {
    type Error = Infallible;
}

impl OutputPin for Line {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.0.lock().expect("the chip").set(self.1, false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.0.lock().expect("the chip").set(self.1, true);
        Ok(())
    }
}

impl InputPin for Line {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        let chip = self.0.lock().expect("the chip");
        Ok(chip.data && !chip.pulled)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        self.is_high().map(|high| !high)
    }
}

pub struct NoTime;

impl DelayNs for NoTime {
    fn delay_ns(&mut self, _: u32) {}
}

/// A chip, and the driver at the other end of its wires.
pub fn wired() -> (Arc<Mutex<Chip>>, Tm1638<Line, Line, Line, NoTime>) {
    let chip = Arc::new(Mutex::new(Chip { strobe: true, clock: true, data: true, ..Chip::default() }));
    let driver = driver(&chip);
    (chip, driver)
}

/// A driver at the wires of a chip.
pub fn driver(chip: &Arc<Mutex<Chip>>) -> Tm1638<Line, Line, Line, NoTime> {
    let line = |wire| Line(chip.clone(), wire);
    Tm1638::new(line(Wire::Strobe), line(Wire::Clock), line(Wire::Data), NoTime)
}

/// What it was told since this was asked last.
pub fn frames(chip: &Mutex<Chip>) -> Vec<Vec<u8>> {
    std::mem::take(&mut chip.lock().expect("the chip").frames)
}

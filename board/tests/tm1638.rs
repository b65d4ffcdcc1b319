//! The exact traffic of a TM1638, as the three wires have it.

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{ErrorType, InputPin, OutputPin};
use orbitbox_board::chips::tm1638::{RAM, Tm1638};
use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

/// A chip at the other end of the wires: it reads when the clock rises, and writes when it falls.
#[derive(Default)]
struct Chip {
    strobe: bool,
    clock: bool,
    /// What the unit drives; `true` is let go.
    data: bool,
    /// What the chip pulls down.
    pulled: bool,
    bits: Vec<bool>,
    frames: Vec<Vec<u8>>,
    keys: u32,
    key_bit: u32,
}

#[derive(Clone, Copy)]
enum Wire {
    Strobe,
    Clock,
    Data,
}

struct Line(Rc<RefCell<Chip>>, Wire);

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
                    self.pulled = self.keys >> self.key_bit & 1 == 0;
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
        self.0.borrow_mut().set(self.1, false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.0.borrow_mut().set(self.1, true);
        Ok(())
    }
}

impl InputPin for Line {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        let chip = self.0.borrow();
        Ok(chip.data && !chip.pulled)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        self.is_high().map(|high| !high)
    }
}

struct NoTime;

impl DelayNs for NoTime {
    fn delay_ns(&mut self, _: u32) {}
}

fn wired() -> (Rc<RefCell<Chip>>, Tm1638<Line, Line, Line, NoTime>) {
    let chip = Rc::new(RefCell::new(Chip { strobe: true, clock: true, data: true, ..Chip::default() }));
    let line = |wire| Line(chip.clone(), wire);
    let driver = Tm1638::new(line(Wire::Strobe), line(Wire::Clock), line(Wire::Data), NoTime);
    (chip, driver)
}

#[test]
fn what_changes_is_written_and_nothing_else() {
    let (chip, mut driver) = wired();
    let frames = || std::mem::take(&mut chip.borrow_mut().frames);
    let mut ram = [0; RAM];
    (ram[0], ram[1], ram[15]) = (0x07, 1, 0x80);
    driver.show(&ram, 7).unwrap();
    let painted = [&[0xc0][..], &ram].concat();
    assert_eq!(frames(), [vec![0x40], painted, vec![0x8f]]);
    driver.show(&ram, 7).unwrap();
    assert_eq!(frames(), Vec::<Vec<u8>>::new());
    driver.show(&ram, 0).unwrap();
    assert_eq!(frames(), [vec![0x88]]);
    ram[1] = 0;
    driver.show(&ram, 0).unwrap();
    assert_eq!(frames(), [vec![0x40], [&[0xc0][..], &ram].concat()]);
}

#[test]
fn every_pair_of_keys_is_told_apart() {
    let (chip, mut driver) = wired();
    for (one, other) in (0..32).flat_map(|one| (one..32).map(move |other| (one, other))) {
        let keys = 1u32 << one | 1 << other;
        chip.borrow_mut().keys = keys;
        assert_eq!(driver.keys(), Ok(keys));
    }
    assert!(chip.borrow().frames.iter().all(|frame| *frame == [0x42]));
}

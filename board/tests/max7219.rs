//! The exact traffic of a MAX7219.

use embedded_hal::spi::{ErrorKind, ErrorType, Operation, SpiDevice};
use embedded_hal_mock::eh1::spi::{Mock, Transaction};
use orbitbox_board::chips::max7219::{DIGITS, Max7219};
use orbitbox_board::chips::segments;
use std::cell::Cell;
use std::rc::Rc;

fn write(register: u8, value: u8) -> [Transaction<u8>; 3] {
    [Transaction::transaction_start(), Transaction::write_vec(vec![register, value]), Transaction::transaction_end()]
}

/// `digits` as the chip has them.
fn set_up(digits: [u8; DIGITS], brightness: u8) -> Vec<Transaction<u8>> {
    let commands = [(0x0f, 0), (0x09, 0), (0x0b, 7), (0x0a, brightness)];
    let drawn = (1..).zip(digits);
    commands.into_iter().chain(drawn).chain([(0x0c, 1)]).flat_map(|(register, value)| write(register, value)).collect()
}

#[test]
fn digits_are_drawn_the_way_the_chip_has_its_segments() {
    // 7 and 1: A B C and B C; the chip has A in bit 6, B in 5, C in 4.
    let mut wired = [0; DIGITS];
    (wired[6], wired[7]) = (0x70, 0x30);
    let mut traffic = set_up(wired, 5);
    // 1. with its point, and one digit alone is written.
    traffic.extend(write(8, 0xb0));
    traffic.extend(write(0x0a, 15));
    let mut bus = Mock::new(&traffic);
    let mut chip = Max7219::new(bus.clone());
    chip.show(&segments::text("71"), 5).unwrap();
    chip.show(&segments::text("71"), 5).unwrap();
    chip.show(&segments::text("71."), 5).unwrap();
    chip.show(&segments::text("71."), 99).unwrap();
    bus.done();
}

/// A bus whose cable can be pulled.
struct Cable {
    bus: Mock<u8>,
    pulled: Rc<Cell<bool>>,
}

impl ErrorType for Cable {
    type Error = ErrorKind;
}

impl SpiDevice for Cable {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), ErrorKind> {
        if self.pulled.get() { Err(ErrorKind::Other) } else { self.bus.transaction(operations) }
    }
}

#[test]
fn after_a_bus_error_everything_is_painted_anew() {
    let mut wired = [0; DIGITS];
    wired[0] = 0x7f;
    let mut bus = Mock::new(&[set_up([0; DIGITS], 5), set_up(wired, 5)].concat());
    let pulled = Rc::new(Cell::new(false));
    let mut chip = Max7219::new(Cable { bus: bus.clone(), pulled: pulled.clone() });
    let mut digits = [0; DIGITS];
    chip.show(&digits, 5).unwrap();
    digits[0] = segments::segments('8');
    pulled.set(true);
    assert_eq!(chip.show(&digits, 5), Err(ErrorKind::Other));
    pulled.set(false);
    chip.show(&digits, 5).unwrap();
    chip.show(&digits, 5).unwrap();
    bus.done();
}

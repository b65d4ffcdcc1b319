//! Lamps on a PCA9685, digits on a MAX7219, and several chips at once: what a face becomes, and what a fault of one means for
//! the others.

mod fronts;

use embedded_hal::i2c::ErrorKind as I2cErrorKind;
use embedded_hal::spi::{ErrorKind, ErrorType, Operation, SpiDevice};
use embedded_hal_mock::eh1::i2c::{Mock as I2c, Transaction};
use embedded_hal_mock::eh1::spi::{Mock as Spi, Transaction as Transfer};
use fronts::*;
use orbitbox_board::chips::ht16k33::Ht16k33;
use orbitbox_board::chips::max7219::Max7219;
use orbitbox_board::chips::pca9685::Pca9685;
use orbitbox_board::front::{Layout, Part, WiredFront};
use orbitbox_panel::Lamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const DIGITS_AT: u8 = 0x71;
const LAMPS_AT: u8 = 0x43;
const OFF: [u8; 4] = [0, 0, 0, 0x10];

/// The lamps of two orbits on channels 4 and 9.
fn lamps(bus: &I2c) -> Part {
    let (bus, layout) = (bus.clone(), Layout::new(None, &[(1, spot(4, 0)), (2, spot(9, 0))], [].into()));
    part("PCA9685", move || Pca9685::new(bus.clone(), LAMPS_AT, false), layout)
}

fn digits(bus: &I2c) -> Part {
    let (bus, layout) = (bus.clone(), Layout::new(Some([0, 2, 4, 6]), &[], [].into()));
    part("HT16K33", move || Ht16k33::new(bus.clone(), DIGITS_AT), layout)
}

fn to_lamps(bytes: &[u8]) -> Transaction {
    Transaction::write(LAMPS_AT, bytes.to_vec())
}

fn to_digits(bytes: &[u8]) -> Transaction {
    Transaction::write(DIGITS_AT, bytes.to_vec())
}

fn no_keys() -> Transaction {
    Transaction::write_read(DIGITS_AT, vec![0x40], vec![0; 6])
}

/// The lamps as they are set up with some of both lit.
fn lamps_set_up(first: [u8; 4], second: [u8; 4]) -> Vec<Transaction> {
    let mut channels = [OFF; 16];
    (channels[4], channels[9]) = (first, second);
    let painted = [&[0x06][..], channels.as_flattened()].concat();
    let setting: [&[u8]; 5] = [&[0, 0x30], &[0xfe, 5], &[1, 4], &painted, &[0, 0x20]];
    setting.map(to_lamps).to_vec()
}

fn digits_set_up(ram: [u8; 16], brightness: u8) -> Vec<Transaction> {
    let painted = [&[0][..], &ram].concat();
    [&[0x21][..], &[0xa0], &[0xe0 | brightness], &painted, &[0x81]].map(to_digits).to_vec()
}

#[test]
fn lamps_are_as_bright_as_the_face_says_and_nothing_is_written_at_rest() {
    let (full, half) = ([0, 0x10, 0, 0], [0, 0, 0, 0x08]);
    let mut traffic = lamps_set_up(full, OFF);
    // On at 0, and off at 1 s; then both at half.
    traffic.push(to_lamps(&[&[0x06 + 4 * 9][..], &full].concat()));
    traffic.push(to_lamps(&[&[0x06 + 4 * 9][..], &OFF].concat()));
    let both = [&[0x06 + 4 * 4][..], &half, &OFF, &OFF, &OFF, &OFF, &half].concat();
    traffic.push(to_lamps(&both));
    let mut bus = I2c::new(&traffic);
    let mut front = WiredFront::new(vec![lamps(&bus)]);
    front.attend(ms(0), &face("71", [Lamp::On, Lamp::Off], 15));
    for now in [0, 10, 500, 990, 1_000, 1_500, 1_990] {
        front.attend(ms(now), &face("71", [Lamp::On, Lamp::SlowBlink], 15));
    }
    for now in [2_000, 3_000, 9_000] {
        front.attend(ms(now), &face("71", [Lamp::On, Lamp::On], 7));
    }
    bus.done();
}

#[test]
fn a_lamp_driver_that_loses_its_supply_while_nothing_changes_is_noticed() {
    let full = [0, 0x10, 0, 0];
    let mode = |mode| Transaction::write_read(LAMPS_AT, vec![0], vec![mode]);
    let mut traffic = lamps_set_up(full, OFF);
    traffic.extend([mode(0x20), mode(0x11)]);
    traffic.extend(lamps_set_up(full, OFF));
    let mut bus = I2c::new(&traffic);
    let mut front = WiredFront::new(vec![lamps(&bus)]);
    let shown = face("", [Lamp::On, Lamp::Off], 15);
    let every = Part::CHECKED_EVERY;
    for now in [ms(0), every - ms(1), every, every + ms(1), every * 2] {
        front.attend(now, &shown);
    }
    assert_eq!(front.parts()[0].fault(), Some("it has lost its supply meanwhile"));
    front.attend(every * 2 + Part::FIRST_REST, &shown);
    assert_eq!(front.parts()[0].fault(), None);
    bus.done();
}

#[test]
fn digits_on_one_chip_and_lamps_on_another_and_the_fault_of_one_is_not_that_of_the_other() {
    let (full, torn) = ([0, 0x10, 0, 0], I2cErrorKind::Other);
    let mut ram = [0; 16];
    (ram[4], ram[6]) = (0x07, 0x06);
    let mut traffic = digits_set_up(ram, 15);
    traffic.push(no_keys());
    traffic.extend(lamps_set_up(OFF, OFF));
    // The digits are torn out; the lamps go on.
    traffic.push(to_digits(&[6, 0x5b]).with_error(torn));
    traffic.push(to_lamps(&[&[0x06 + 4 * 4][..], &full].concat()));
    // Once more, after the first rest and after the doubled one.
    traffic.push(to_digits(&[0x21]).with_error(torn));
    traffic.push(to_lamps(&[&[0x06 + 4 * 4][..], &OFF].concat()));
    ram[6] = 0x5b;
    traffic.extend(digits_set_up(ram, 15));
    traffic.push(no_keys());
    // And the other way round.
    traffic.push(no_keys());
    traffic.push(to_lamps(&[&[0x06 + 4 * 9][..], &full].concat()).with_error(torn));
    traffic.push(no_keys());
    traffic.extend(lamps_set_up(OFF, full));
    let mut bus = I2c::new(&traffic);
    let mut front = WiredFront::new(vec![digits(&bus), lamps(&bus)]);
    let faults = |front: &WiredFront| front.parts().iter().map(|part| part.fault().is_some()).collect::<Vec<_>>();
    let mut attend = |now, digits, one, other, wanted: [bool; 2]| {
        front.attend(ms(now), &face(digits, [one, other], 15));
        assert_eq!(faults(&front), wanted, "at {now} ms");
    };
    attend(0, "71", Lamp::Off, Lamp::Off, [false, false]);
    attend(10, "72", Lamp::On, Lamp::Off, [true, false]);
    attend(15, "72", Lamp::On, Lamp::Off, [true, false]);
    attend(20, "72", Lamp::Off, Lamp::Off, [true, false]);
    attend(30, "72", Lamp::Off, Lamp::Off, [true, false]);
    attend(40, "72", Lamp::Off, Lamp::Off, [false, false]);
    attend(50, "72", Lamp::Off, Lamp::On, [false, true]);
    attend(60, "72", Lamp::Off, Lamp::On, [false, false]);
    bus.done();
}

/// A bus whose cable can be pulled.
struct Cable {
    bus: Spi<u8>,
    pulled: Arc<AtomicBool>,
}

impl ErrorType for Cable {
    type Error = ErrorKind;
}

impl SpiDevice for Cable {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), ErrorKind> {
        if self.pulled.load(Ordering::Relaxed) { Err(ErrorKind::Other) } else { self.bus.transaction(operations) }
    }
}

fn transfers(messages: &[[u8; 2]]) -> Vec<Transfer<u8>> {
    let transfer = |bytes: &[u8; 2]| {
        [Transfer::transaction_start(), Transfer::write_vec(bytes.to_vec()), Transfer::transaction_end()]
    };
    messages.iter().flat_map(transfer).collect()
}

/// Digits that are wired from right to left, and a lamp that is the point of the leftmost place.
fn max7219_set_up(right: u8, left: u8, lamp: u8, brightness: u8) -> Vec<Transfer<u8>> {
    let drawn = [[1, right], [2, left], [3, 0], [4, 0], [5, 0], [6, 0], [7, 0], [8, lamp]];
    transfers(&[&[[0x0f, 0], [9, 0], [0x0b, 7], [0x0a, brightness]][..], &drawn, &[[0x0c, 1]]].concat())
}

#[test]
fn digits_on_spi_are_drawn_and_painted_anew_after_a_fault_and_now_and_then() {
    let mut traffic = max7219_set_up(0x30, 0x70, 0x80, 15);
    traffic.extend(transfers(&[[1, 0x6d]]));
    traffic.extend(max7219_set_up(0x30, 0x70, 0x00, 15));
    traffic.extend(max7219_set_up(0x30, 0x70, 0x00, 15));
    let mut bus = Spi::new(&traffic);
    let pulled = Arc::new(AtomicBool::new(false));
    let (opened, cable) = (bus.clone(), pulled.clone());
    let layout = Layout::new(Some([3, 2, 1, 0]), &[(1, spot(7, 7))], [].into());
    let open = move || Max7219::new(Cable { bus: opened.clone(), pulled: cable.clone() });
    let mut front = WiredFront::new(vec![part("MAX7219", open, layout)]);
    for now in [0, 10, 5_000] {
        front.attend(ms(now), &face("71", [Lamp::On, Lamp::Off], 15));
    }
    for now in [6_000, 6_010] {
        front.attend(ms(now), &face("72", [Lamp::On, Lamp::Off], 15));
    }
    let dark = face("71", [Lamp::Off, Lamp::Off], 15);
    pulled.store(true, Ordering::Relaxed);
    front.attend(ms(7_000), &dark);
    assert!(front.parts()[0].fault().is_some());
    pulled.store(false, Ordering::Relaxed);
    let back = ms(7_000) + Part::FIRST_REST;
    front.attend(back, &dark);
    assert_eq!(front.parts()[0].fault(), None);
    for later in [ms(10), Part::CHECKED_EVERY - ms(1), Part::CHECKED_EVERY, Part::CHECKED_EVERY + ms(1)] {
        front.attend(back + later, &dark);
    }
    bus.done();
}

//! The exact traffic of an HT16K33.

use embedded_hal::i2c::ErrorKind;
use embedded_hal_mock::eh1::i2c::{Mock, Transaction};
use orbitbox_board::chips::ht16k33::{Ht16k33, RAM};

const AT: u8 = 0x71;

fn write(bytes: &[u8]) -> Transaction {
    Transaction::write(AT, bytes.to_vec())
}

/// Everything that a chip is told of which nothing is known.
fn set_up(ram: [u8; RAM], brightness: u8) -> Vec<Transaction> {
    let painted = [&[0][..], &ram].concat();
    vec![write(&[0x21]), write(&[0xa0]), write(&[0xe0 | brightness]), write(&painted), write(&[0x81])]
}

fn chip(traffic: &[Transaction]) -> (Ht16k33<Mock>, Mock) {
    let bus = Mock::new(traffic);
    (Ht16k33::new(bus.clone(), AT), bus)
}

#[test]
fn it_is_set_up_once_and_then_one_write_tells_what_changes() {
    let mut ram = [0; RAM];
    let mut traffic = set_up(ram, 15);
    traffic.extend([write(&[4, 0x3f, 0, 0x06]), write(&[0xe3]), write(&[15, 1]), write(&[0xe0]), write(&[0, 1])]);
    let (mut chip, mut bus) = chip(&traffic);
    chip.show(&ram, 15).unwrap();
    chip.show(&ram, 15).unwrap();
    (ram[4], ram[6]) = (0x3f, 0x06);
    chip.show(&ram, 15).unwrap();
    chip.show(&ram, 3).unwrap();
    ram[15] = 1;
    chip.show(&ram, 3).unwrap();
    ram[0] = 1;
    chip.show(&ram, 0).unwrap();
    chip.show(&ram, 0).unwrap();
    bus.done();
}

#[test]
fn a_brightness_that_there_is_not_is_the_brightest() {
    let (mut chip, mut bus) = chip(&set_up([0; RAM], 15));
    chip.show(&[0; RAM], 200).unwrap();
    bus.done();
}

#[test]
fn after_a_bus_error_everything_is_painted_anew() {
    let fault = ErrorKind::Other;
    let mut ram = [0; RAM];
    let mut traffic = set_up(ram, 8);
    ram[2] = 7;
    traffic.push(write(&[2, 7]).with_error(fault));
    traffic.push(write(&[0x21]).with_error(fault));
    traffic.extend(set_up(ram, 8));
    let (mut chip, mut bus) = chip(&traffic);
    chip.show(&[0; RAM], 8).unwrap();
    assert_eq!(chip.show(&ram, 8), Err(fault));
    assert_eq!(chip.show(&ram, 8), Err(fault), "the cable is still out");
    chip.show(&ram, 8).unwrap();
    chip.show(&ram, 8).unwrap();
    bus.done();
}

#[test]
fn every_pair_of_keys_is_told_apart() {
    // Where the chip has each key: three scans of two bytes.
    let place = |key: u32| (2 * (key / 13) + (key % 13) / 8, (key % 13) % 8);
    let pairs: Vec<(u32, u32)> = (0..39).flat_map(|one| (one + 1..39).map(move |other| (one, other))).collect();
    let answer = |(one, other): &(u32, u32)| {
        let mut bytes = vec![0u8; 6];
        for key in [one, other] {
            let (byte, bit) = place(*key);
            bytes[byte as usize] |= 1 << bit;
        }
        Transaction::write_read(AT, vec![0x40], bytes)
    };
    let (mut chip, mut bus) = chip(&pairs.iter().map(answer).collect::<Vec<_>>());
    for (one, other) in &pairs {
        assert_eq!(chip.keys(), Ok(1 << one | 1 << other));
    }
    bus.done();
}

#[test]
fn keys_that_cannot_be_read_make_the_next_picture_a_whole_one() {
    let mut traffic = set_up([0; RAM], 1);
    traffic.push(Transaction::write_read(AT, vec![0x40], vec![0; 6]).with_error(ErrorKind::Bus));
    traffic.extend(set_up([0; RAM], 1));
    let (mut chip, mut bus) = chip(&traffic);
    chip.show(&[0; RAM], 1).unwrap();
    assert_eq!(chip.keys(), Err(ErrorKind::Bus));
    chip.show(&[0; RAM], 1).unwrap();
    bus.done();
}

//! The exact traffic of a PCA9685.

use embedded_hal::i2c::ErrorKind;
use embedded_hal_mock::eh1::i2c::{Mock, Transaction};
use orbitbox_board::chips::pca9685::{BRIGHTEST, CHANNELS, Pca9685};

const AT: u8 = 0x43;
const OFF: [u8; 4] = [0, 0, 0, 0x10];
const FULL: [u8; 4] = [0, 0x10, 0, 0];

fn write(bytes: &[u8]) -> Transaction {
    Transaction::write(AT, bytes.to_vec())
}

/// Asleep and deaf to the all-call address first, awake last.
fn set_up(channels: [[u8; 4]; CHANNELS], mode2: u8) -> Vec<Transaction> {
    let painted = [&[0x06][..], channels.as_flattened()].concat();
    vec![write(&[0, 0x30]), write(&[0xfe, 5]), write(&[1, mode2]), write(&painted), write(&[0, 0x20])]
}

fn mode(mode: u8) -> Transaction {
    Transaction::write_read(AT, vec![0], vec![mode])
}

fn chip(traffic: &[Transaction]) -> (Pca9685<Mock>, Mock) {
    let bus = Mock::new(traffic);
    (Pca9685::new(bus.clone(), AT, false), bus)
}

#[test]
fn it_is_set_up_once_and_then_one_write_tells_what_changes() {
    let mut traffic = set_up([OFF; CHANNELS], 0x04);
    let change = [&[0x06 + 4 * 3][..], &FULL, &OFF, &[0, 0, 0x00, 0x08]].concat();
    traffic.extend([write(&change), write(&[&[0x06 + 4 * 15][..], &[0, 0, 1, 0]].concat())]);
    let (mut chip, mut bus) = chip(&traffic);
    let mut levels = [0; CHANNELS];
    chip.show(&levels).unwrap();
    chip.show(&levels).unwrap();
    (levels[3], levels[5]) = (BRIGHTEST, 0x800);
    chip.show(&levels).unwrap();
    levels[15] = 1;
    chip.show(&levels).unwrap();
    chip.show(&levels).unwrap();
    bus.done();
}

#[test]
fn lamps_at_the_supply_are_lit_by_a_low_channel_and_no_level_is_above_the_brightest() {
    let mut bus = Mock::new(&set_up([FULL; CHANNELS], 0x14));
    let mut chip = Pca9685::new(bus.clone(), AT, true);
    chip.show(&[u16::MAX; CHANNELS]).unwrap();
    chip.show(&[BRIGHTEST; CHANNELS]).unwrap();
    bus.done();
}

#[test]
fn after_a_bus_error_everything_is_painted_anew() {
    let fault = ErrorKind::Other;
    let mut channels = [OFF; CHANNELS];
    let mut traffic = set_up(channels, 0x04);
    channels[2] = FULL;
    traffic.push(write(&[&[0x06 + 4 * 2][..], &FULL].concat()).with_error(fault));
    traffic.push(write(&[0, 0x30]).with_error(fault));
    traffic.extend(set_up(channels, 0x04));
    let (mut chip, mut bus) = chip(&traffic);
    let mut levels = [0; CHANNELS];
    chip.show(&levels).unwrap();
    levels[2] = BRIGHTEST;
    assert_eq!(chip.show(&levels), Err(fault));
    assert_eq!(chip.show(&levels), Err(fault), "the cable is still out");
    chip.show(&levels).unwrap();
    chip.show(&levels).unwrap();
    bus.done();
}

#[test]
fn one_that_has_lost_its_supply_is_set_up_anew() {
    let mut traffic = vec![mode(0x11)];
    for end in [mode(0x11), mode(0x20).with_error(ErrorKind::Bus)] {
        traffic.extend(set_up([OFF; CHANNELS], 0x04));
        traffic.extend([mode(0x20), mode(0xa0), end]);
    }
    traffic.extend(set_up([OFF; CHANNELS], 0x04));
    let (mut chip, mut bus) = chip(&traffic);
    assert_eq!(chip.is_set_up(), Ok(false), "nothing was shown yet");
    for end in [Ok(false), Err(ErrorKind::Bus)] {
        chip.show(&[0; CHANNELS]).unwrap();
        assert_eq!(chip.is_set_up(), Ok(true));
        assert_eq!(chip.is_set_up(), Ok(true));
        assert_eq!(chip.is_set_up(), end);
    }
    chip.show(&[0; CHANNELS]).unwrap();
    bus.done();
}

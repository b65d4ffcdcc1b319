//! Digits, lamps and keys on one HT16K33: what a face becomes on the bus, and what contacts become.

mod fronts;

use embedded_hal::i2c::ErrorKind;
use embedded_hal_mock::eh1::i2c::{Mock, Transaction};
use fronts::*;
use orbitbox_board::chips::ht16k33::{Ht16k33, RAM};
use orbitbox_board::front::{Layout, Part, WiredFront};
use orbitbox_panel::{Key, Lamp};

const AT: u8 = 0x71;
const DIGITS: [u8; 4] = [0, 2, 6, 8];

fn layout() -> Layout {
    let keys = [(0, orbit("71")), (1, orbit("72")), (13, Key::Park)];
    Layout::new(Some(DIGITS), &[(1, spot(10, 0)), (2, spot(10, 1))], keys.into())
}

fn write(bytes: &[u8]) -> Transaction {
    Transaction::write(AT, bytes.to_vec())
}

fn keys(closed: u64) -> Transaction {
    let columns = (0..3).flat_map(|column| ((closed >> (13 * column)) as u16 & 0x1fff).to_le_bytes());
    Transaction::write_read(AT, vec![0x40], columns.collect())
}

fn set_up(ram: [u8; RAM], brightness: u8) -> Vec<Transaction> {
    let painted = [&[0][..], &ram].concat();
    vec![write(&[0x21]), write(&[0xa0]), write(&[0xe0 | brightness]), write(&painted), write(&[0x81])]
}

fn wired(traffic: &[Transaction]) -> (WiredFront, Mock) {
    let bus = Mock::new(traffic);
    let opened = bus.clone();
    (WiredFront::new(vec![part("HT16K33", move || Ht16k33::new(opened.clone(), AT), layout())]), bus)
}

#[test]
fn a_face_is_drawn_and_only_what_changes_is_written() {
    let mut ram = [0; RAM];
    (ram[6], ram[8], ram[10]) = (0x07, 0x06, 0b01);
    let mut traffic = set_up(ram, 15);
    // The second lamp blinks fast: on at 0, off at 250 ms. Then the digits change alone.
    let steps: [&[&[u8]]; 8] = [&[], &[&[10, 0b11]], &[], &[], &[&[10, 0b01]], &[], &[&[8, 0x5b]], &[]];
    for writes in steps {
        traffic.extend(writes.iter().map(|bytes| write(bytes)));
        traffic.push(keys(0));
    }
    let (mut front, mut bus) = wired(&traffic);
    front.attend(ms(0), &face("71", [Lamp::On, Lamp::Off], 15));
    let blinking = face("71", [Lamp::On, Lamp::FastBlink], 15);
    for now in [0, 100, 249, 250, 300] {
        front.attend(ms(now), &blinking);
    }
    let other = face("72", [Lamp::On, Lamp::Off], 15);
    front.attend(ms(400), &other);
    front.attend(ms(450), &other);
    bus.done();
}

#[test]
fn dark_is_dark_and_a_torn_cable_is_painted_over() {
    let mut ram = [0; RAM];
    ram[8] = 0x7f;
    let mut traffic = set_up([0; RAM], 0);
    traffic.extend([keys(0), write(&[0xe4]).with_error(ErrorKind::Other)]);
    traffic.extend(set_up(ram, 4));
    traffic.push(keys(0));
    let (mut front, mut bus) = wired(&traffic);
    front.attend(ms(0), &face("8", [Lamp::On, Lamp::On], 0));
    let bright = face("8", [Lamp::Off, Lamp::Off], 4);
    front.attend(ms(1), &bright);
    assert!(front.parts()[0].fault().is_some());
    front.attend(ms(5), &bright);
    front.attend(ms(1) + Part::FIRST_REST, &bright);
    assert_eq!(front.parts()[0].fault(), None);
    bus.done();
}

#[test]
fn contacts_become_the_edges_of_their_keys() {
    let park = 1 << 13;
    // Nothing hangs on contact 5.
    let looks = [0, 1, 1, 1 | park | 1 << 5, 1 | park | 1 << 5, 0].map(keys);
    let mut traffic = set_up([0; RAM], 0);
    traffic.extend(looks);
    traffic.push(keys(0).with_error(ErrorKind::Bus));
    traffic.extend(set_up([0; RAM], 0));
    traffic.push(keys(0));
    let (mut front, mut bus) = wired(&traffic);
    let dark = face("", [Lamp::Off, Lamp::Off], 0);
    let mut told = Vec::new();
    for now in [0, 20, 40, 60, 80, 100] {
        told.extend(front.attend(ms(now), &dark));
    }
    assert_eq!(told, [edge(orbit("71"), true), edge(Key::Park, true)]);
    assert_eq!(front.attend(ms(120), &dark), []);
    assert!(front.parts()[0].fault().is_some());
    assert_eq!(front.attend(ms(140), &dark), [edge(orbit("71"), false), edge(Key::Park, false)]);
    bus.done();
}

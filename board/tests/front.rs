//! Digits, lamps and keys on one HT16K33: what a face becomes on the bus, and what contacts become.

use embedded_hal::i2c::ErrorKind;
use embedded_hal_mock::eh1::i2c::{Mock, Transaction};
use orbitbox_board::chips::ht16k33::{Ht16k33, RAM};
use orbitbox_board::front::{Layout, LayoutFault, Spot, WiredFront};
use orbitbox_panel::{Face, Key, KeyEdge, Lamp};
use std::time::Duration;

const AT: u8 = 0x71;
const DIGITS: [u8; 4] = [0, 2, 6, 8];

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn spot(byte: u8, bit: u8) -> Spot {
    Spot { byte, bit }
}

fn orbit(number: &str) -> Key {
    Key::Orbit(number.parse().expect("an orbit"))
}

fn layout() -> Layout {
    let keys = [(0, orbit("71")), (1, orbit("72")), (13, Key::Park)];
    Layout::new(DIGITS, vec![spot(10, 0), spot(10, 1)], &keys).expect("right wiring")
}

fn face(digits: &str, lamps: [Lamp; 2], brightness: u8) -> Face {
    let lamps = ["71", "72"].map(|number| number.parse().expect("an orbit")).into_iter().zip(lamps).collect();
    Face { digits: digits.to_owned(), lamps, brightness }
}

fn write(bytes: &[u8]) -> Transaction {
    Transaction::write(AT, bytes.to_vec())
}

fn set_up(ram: [u8; RAM], brightness: u8) -> Vec<Transaction> {
    let painted = [&[0][..], &ram].concat();
    vec![write(&[0x21]), write(&[0xa0]), write(&[0xe0 | brightness]), write(&painted), write(&[0x81])]
}

fn wired(traffic: &[Transaction]) -> (WiredFront<Mock>, Mock) {
    let bus = Mock::new(traffic);
    (WiredFront::new(Ht16k33::new(bus.clone(), AT), layout()), bus)
}

#[test]
fn a_face_is_drawn_and_only_what_changes_is_written() {
    let mut ram = [0; RAM];
    (ram[6], ram[8], ram[10]) = (0x07, 0x06, 0b01);
    let mut traffic = set_up(ram, 15);
    // The second lamp blinks fast: on at 0, off at 250 ms. Then the digits change alone.
    traffic.extend([write(&[10, 0b11]), write(&[10, 0b01]), write(&[8, 0x5b])]);
    let (mut front, mut bus) = wired(&traffic);
    front.show(ms(0), &face("71", [Lamp::On, Lamp::Off], 15)).unwrap();
    let blinking = face("71", [Lamp::On, Lamp::FastBlink], 15);
    assert_eq!(front.next_change(ms(0), &blinking), Some(ms(250)));
    for now in [0, 100, 249, 250, 300] {
        front.show(ms(now), &blinking).unwrap();
    }
    let other = face("72", [Lamp::On, Lamp::Off], 15);
    front.show(ms(400), &other).unwrap();
    front.show(ms(450), &other).unwrap();
    assert_eq!(front.next_change(ms(400), &other), None, "nothing blinks: nobody has to wake");
    bus.done();
}

#[test]
fn dark_is_dark_and_a_torn_cable_is_painted_over() {
    let mut ram = [0; RAM];
    ram[8] = 0x7f;
    let mut traffic = set_up([0; RAM], 0);
    traffic.push(write(&[0xe4]).with_error(ErrorKind::Other));
    traffic.extend(set_up(ram, 4));
    let (mut front, mut bus) = wired(&traffic);
    front.show(ms(0), &face("8", [Lamp::On, Lamp::On], 0)).unwrap();
    let bright = face("8", [Lamp::Off, Lamp::Off], 4);
    assert_eq!(front.show(ms(1), &bright), Err(ErrorKind::Other));
    front.show(ms(2), &bright).unwrap();
    bus.done();
}

#[test]
fn contacts_become_the_edges_of_their_keys() {
    let closed = |keys: u64| {
        let columns = (0..3).flat_map(|column| ((keys >> (13 * column)) as u16 & 0x1fff).to_le_bytes());
        Transaction::write_read(AT, vec![0x40], columns.collect())
    };
    let park = 1 << 13;
    // Nothing hangs on contact 5.
    let looks = [0, 1, 1, 1 | park | 1 << 5, 1 | park | 1 << 5, 0].map(closed);
    let torn = closed(0).with_error(ErrorKind::Bus);
    let traffic: Vec<Transaction> = looks.into_iter().chain([torn, closed(0)]).collect();
    let (mut front, mut bus) = wired(&traffic);
    let edge = |key, pressed| KeyEdge { key, pressed };
    let mut told = Vec::new();
    for now in [0, 20, 40, 60, 80, 100] {
        told.extend(front.look(ms(now)).unwrap());
    }
    assert_eq!(told, [edge(orbit("71"), true), edge(Key::Park, true)]);
    assert_eq!(front.look(ms(120)), Err(ErrorKind::Bus));
    assert_eq!(front.look(ms(140)).unwrap(), [edge(orbit("71"), false), edge(Key::Park, false)]);
    bus.done();
}

#[test]
fn what_cannot_be_wired_is_named_all_at_once() {
    let lamps = vec![spot(2, 7), spot(16, 0), spot(10, 8), spot(11, 0), spot(11, 0)];
    let keys = [(39, Key::Park), (3, Key::Page), (3, Key::Function)];
    let faults = Layout::new(DIGITS, lamps, &keys).unwrap_err();
    assert_eq!(
        faults,
        [
            LayoutFault::SpotTwice(spot(2, 7)),
            LayoutFault::NoSuchSpot(spot(16, 0)),
            LayoutFault::NoSuchSpot(spot(10, 8)),
            LayoutFault::SpotTwice(spot(11, 0)),
            LayoutFault::NoSuchKey(39),
            LayoutFault::KeyTwice(3),
        ]
    );
    assert_eq!(faults[0].to_string(), "byte 2, bit 7 is used twice");
}

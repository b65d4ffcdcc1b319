//! Digits, lamps and keys on one TM1638.

mod fronts;
mod wires;

use fronts::*;
use orbitbox_board::chips::tm1638::RAM;
use orbitbox_board::front::{Part, WiredFront};
use orbitbox_board::revision::read;
use orbitbox_panel::{Face, Key, KeyEdge, Lamp};
use std::sync::{Arc, Mutex};
use wires::{Chip, driver, frames};

/// The eight keys in the order of the board, and the bits that the chip sends for them.
const BITS: [u32; 8] = [0, 8, 16, 24, 4, 12, 20, 28];
const READ: [u8; 1] = [0x42];

fn keys() -> [Key; 8] {
    [orbit("71"), orbit("72"), orbit("73"), orbit("74"), Key::Park, Key::Retrieve, Key::Page, Key::Function]
}

/// As the built-in revision wires it.
fn wired() -> (Arc<Mutex<Chip>>, WiredFront) {
    let revision = read("schema = 1\nname = \"stand\"\nextends = \"pi4-tm1638\"\n", "board.toml").expect("it is right");
    let layout = revision.layout(&revision.chips[0], |number| keys().get(number - 1).copied());
    let (chip, _) = wires::wired();
    let opened = chip.clone();
    let front = WiredFront::new(vec![part("TM1638", move || driver(&opened), layout)]);
    (chip, front)
}

fn painted(ram: [u8; RAM]) -> Vec<Vec<u8>> {
    vec![vec![0x40], [&[0xc0][..], &ram].concat()]
}

#[test]
fn a_face_is_drawn_and_only_what_changes_is_written() {
    let (chip, mut front) = wired();
    let mut ram = [0; RAM];
    // The digits on the right, and the lamp of the second orbit.
    (ram[12], ram[14], ram[3]) = (0x07, 0x06, 1);
    front.attend(ms(0), &face("71", [Lamp::Off, Lamp::FastBlink], 15));
    assert_eq!(frames(&chip), [painted(ram), vec![vec![0x8f], READ.to_vec()]].concat());
    for now in [10, 20, 240] {
        front.attend(ms(now), &face("71", [Lamp::Off, Lamp::FastBlink], 15));
        assert_eq!(frames(&chip), [READ], "keys are looked at, and nothing is written");
    }
    ram[3] = 0;
    front.attend(ms(250), &face("71", [Lamp::Off, Lamp::FastBlink], 15));
    assert_eq!(frames(&chip), [painted(ram), vec![READ.to_vec()]].concat());
    front.attend(ms(260), &face("71", [Lamp::Off, Lamp::Off], 5));
    assert_eq!(frames(&chip), [vec![0x8a], READ.to_vec()]);
}

#[test]
fn a_plug_that_is_out_is_told_and_everything_is_painted_when_it_is_back() {
    let (chip, mut front) = wired();
    let shown = face("71", [Lamp::On, Lamp::Off], 15);
    chip.lock().unwrap().keys = 1 << BITS[4];
    let mut told = Vec::new();
    for now in [0, 10, 20] {
        told.extend(front.attend(ms(now), &shown));
    }
    assert_eq!(told, [edge(Key::Park, true)]);
    chip.lock().unwrap().is_unplugged = true;
    assert_eq!(front.attend(ms(30), &shown), [], "no key is let go, and none pressed");
    assert_eq!(front.parts()[0].fault(), Some("no chip is at the wires"));
    chip.lock().unwrap().is_unplugged = false;
    chip.lock().unwrap().keys = 0;
    frames(&chip);
    let back = ms(30) + Part::FIRST_REST;
    front.attend(back, &shown);
    assert_eq!(front.parts()[0].fault(), None);
    assert_eq!(frames(&chip).len(), 4, "picture, brightness, and a look at the keys");
    assert_eq!(front.attend(back + ms(20), &shown), [edge(Key::Park, false)]);
}

#[test]
fn keys_of_a_chip_that_is_gone_for_long_are_let_go_and_a_press_that_lasts_is_told_again() {
    let (chip, mut front) = wired();
    let dark = Face::default();
    let mut from = |begin: u64, end: u64| -> Vec<(u64, KeyEdge)> {
        (begin..end)
            .step_by(10)
            .flat_map(|now| front.attend(ms(now), &dark).into_iter().map(move |edge| (now, edge)))
            .collect()
    };
    chip.lock().unwrap().keys = 1 << BITS[6] | 1 << BITS[0];
    assert_eq!(from(0, 1_000), [(20, edge(orbit("71"), true)), (20, edge(Key::Page, true))]);
    chip.lock().unwrap().is_unplugged = true;
    let gone = 990 + Part::LET_GO_AFTER.as_millis() as u64;
    assert_eq!(from(1_000, 60_000), [(gone, edge(orbit("71"), false)), (gone, edge(Key::Page, false))]);
    chip.lock().unwrap().keys = 1 << BITS[6];
    chip.lock().unwrap().is_unplugged = false;
    let told = from(60_000, 62_000);
    assert!(matches!(told.as_slice(), [(now, told)] if *now <= 61_030 && *told == edge(Key::Page, true)), "{told:?}");
}

#[test]
fn every_pair_of_keys_in_any_order_is_two_keys() {
    let (chip, mut front) = wired();
    let mut now = 0;
    let pairs = (0..8).flat_map(|one| (0..8).map(move |other| (one, other))).filter(|(one, other)| one != other);
    for (one, other) in pairs {
        let (a, b) = (1u32 << BITS[one], 1u32 << BITS[other]);
        let steps = [(a, edge(keys()[one], true)), (a | b, edge(keys()[other], true))];
        let steps = steps.into_iter().chain([(b, edge(keys()[one], false)), (0, edge(keys()[other], false))]);
        for (held, wanted) in steps {
            chip.lock().unwrap().keys = held;
            let told = (0..3).flat_map(|_| {
                now += 10;
                front.attend(ms(now), &Face::default())
            });
            assert_eq!(told.collect::<Vec<_>>(), [wanted], "S{} and S{}", one + 1, other + 1);
        }
    }
}

#[test]
fn ten_edges_of_one_press_are_one_press_for_every_key_whenever_they_are_looked_at() {
    for (bit, key) in BITS.into_iter().zip(keys()) {
        // The look falls on each millisecond of the bouncing in turn.
        for phase in 0..10 {
            let (chip, mut front) = wired();
            let mut told = Vec::new();
            for now in 0..300 {
                let bounces = |begin: u64| (begin..begin + 10).contains(&now) && now % 2 == 0;
                let down = (100..200).contains(&now) != (bounces(100) || bounces(200));
                chip.lock().unwrap().keys = u32::from(down) << bit;
                if now % 10 == phase {
                    told.extend(front.attend(ms(now), &Face::default()));
                }
            }
            assert_eq!(told, [edge(key, true), edge(key, false)], "{key:?}, phase {phase}");
        }
    }
}

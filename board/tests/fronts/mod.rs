//! Faces, keys and fronts, short to write.
#![allow(dead_code, reason = "each test file uses some of it")]

use orbitbox_board::front::{Chip, Layout, Part, Spot};
use orbitbox_panel::{Face, Key, KeyEdge, Lamp};
use std::time::Duration;

pub fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

pub fn spot(byte: u8, bit: u8) -> Spot {
    Spot { byte, bit }
}

pub fn orbit(number: &str) -> Key {
    Key::Orbit(number.parse().expect("an orbit"))
}

pub fn edge(key: Key, pressed: bool) -> KeyEdge {
    KeyEdge { key, pressed }
}

pub fn face(digits: &str, lamps: [Lamp; 2], brightness: u8) -> Face {
    let lamps = ["71", "72"].map(|number| number.parse().expect("an orbit")).into_iter().zip(lamps).collect();
    Face { digits: digits.to_owned(), lamps, brightness }
}

/// A chip that can be opened again and again.
pub fn part<C: Chip + 'static>(name: &str, open: impl Fn() -> C + Send + 'static, layout: Layout) -> Part {
    Part::new(name.to_owned(), Box::new(move || Ok(Box::new(open()))), layout)
}

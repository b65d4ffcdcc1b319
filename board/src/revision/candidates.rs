//! Everything that a key may hang on, for whoever learns which is which.

use super::chip::ChipKind;
use super::key::{Named, Source};
use super::read::Revision;
use crate::chips::tm1638::BOARD_KEYS;
use crate::input::{self, KeyCode};
use crate::pins::{self, Bias, InputLine};
use orbitbox_panel::Key;
use std::time::Duration;

/// As for any key.
const DEBOUNCE: Duration = Duration::from_millis(8);

impl Revision {
    /// The same wiring, with a key on everything that is free: on every contact of its chips, every line of `lines`, every key
    /// of `devices`. They are the keys of orbits 1, 2 and so on, see [`numbered`]; the sources are in that order. A line is taken for one that a
    /// key connects to ground. Devices are not grabbed: somebody may be typing on one.
    pub fn with_candidates(&self, lines: &[String], devices: &[(String, Vec<KeyCode>)]) -> (Self, Vec<Source>) {
        let contacts = self.chips.iter().flat_map(|chip| contacts(chip.reach.kind()));
        let line = |name: &String| {
            let (line, bias) = (name.clone(), Some(Bias::PullUp));
            Source::Line(InputLine { line, active_low: true, bias, debounce: DEBOUNCE })
        };
        let codes = devices
            .iter()
            .flat_map(|(device, codes)| codes.iter().map(move |code| Source::Code(device.clone(), *code)));
        let sources: Vec<Source> = contacts.chain(lines.iter().map(line)).chain(codes).collect();
        let keys = (1..).zip(&sources).map(|(number, source)| (source.clone(), Named::Orbit(number))).collect();
        (Self { keys, grabs: false, ..self.clone() }, sources)
    }

    /// The lines of the header that nobody holds and nothing of this wiring needs, by name, but for keys; and `further` ones.
    pub fn free_lines(&self, further: &[String]) -> Vec<String> {
        let header = (2..=27).map(|number| format!("GPIO{number}"));
        let wanted: Vec<String> =
            header.filter(|line| !self.reserved.contains(line)).chain(further.iter().cloned()).collect();
        pins::free(&wanted)
    }
}

/// The key that the nth candidate is, from 1.
pub fn numbered(number: usize) -> Option<Key> {
    number.to_string().parse().ok().map(Key::Orbit)
}

/// The place of a candidate among the sources, from 0.
pub fn candidate(key: Key) -> Option<usize> {
    match key {
        Key::Orbit(number) => number.to_string().parse::<usize>().ok()?.checked_sub(1),
        _ => None,
    }
}

/// Input devices by name, with their keys.
pub fn devices() -> Vec<(String, Vec<KeyCode>)> {
    input::devices()
}

fn contacts(chip: ChipKind) -> Vec<Source> {
    let numbers: Vec<u32> = match chip {
        ChipKind::Ht16k33 => (0..=38).collect(),
        ChipKind::Tm1638 => BOARD_KEYS.to_vec(),
        ChipKind::Max7219 | ChipKind::Pca9685 => Vec::new(),
    };
    numbers.into_iter().map(|contact| Source::Contact(chip, contact)).collect()
}

//! From the file to the wiring, with every problem at once.

use super::built_in::{NAMES, built_in};
use super::written::{Chip, Written};
use crate::front::{Layout, LayoutFault, Spot};
use orbitbox_panel::Key;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use toml::Spanned;

const SCHEMA: u32 = 1;
/// What an HT16K33 can be set to.
const ADDRESSES: std::ops::RangeInclusive<u8> = 0x70..=0x77;

const DIGITS: &str = "face.ht16k33.digits";

/// What is wrong with one line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// From 1.
    pub line: usize,
    /// `lamp.orbit-3`; empty where the line is no TOML.
    pub key: String,
    /// In words.
    pub text: String,
}

/// Everything that is wrong with a file, by line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problems {
    /// As it was named.
    pub file: String,
    /// Never empty.
    pub list: Vec<Problem>,
}

impl fmt::Display for Problems {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, Problem { line, key, text }) in self.list.iter().enumerate() {
            let (end, colon) = (if place > 0 { "\n" } else { "" }, if key.is_empty() { "" } else { ": " });
            write!(out, "{end}{}:{line}: {key}{colon}{text}", self.file)?;
        }
        Ok(())
    }
}

/// What a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    /// The key itself.
    Fixed(Key),
    /// That of the nth orbit, from 1.
    Orbit(usize),
}

/// One wiring.
#[derive(Debug, Clone)]
pub struct Revision {
    /// Shown to people.
    pub name: String,
    /// The device of the bus.
    pub bus: PathBuf,
    /// Of the chip on it.
    pub address: u8,
    digits: [u8; 4],
    /// Of the first orbit, the second, and so on.
    lamps: Vec<Spot>,
    keys: Vec<(u32, Named)>,
}

impl Revision {
    /// Where everything hangs; `orbit` is the key of the nth orbit, from 1, where the unit has so many.
    ///
    /// # Errors
    /// Two things at one place. [`read`] has told of them with their lines.
    pub fn layout(&self, orbit: impl Fn(usize) -> Option<Key>) -> Result<Layout, Vec<LayoutFault>> {
        let key = |named: Named| match named {
            Named::Fixed(key) => Some(key),
            Named::Orbit(number) => orbit(number),
        };
        let keys: Vec<(u32, Key)> =
            self.keys.iter().filter_map(|(contact, named)| Some((*contact, key(*named)?))).collect();
        Layout::new(self.digits, self.lamps.clone(), &keys)
    }
}

/// Reads a revision. `file` is only named in problems.
///
/// # Errors
/// Every problem at once, each with its line and key; where the text cannot be read at all, the first thing that stops it.
pub fn read(text: &str, file: &str) -> Result<Revision, Problems> {
    let mut check = Check { text, list: Vec::new() };
    let revision = check.file();
    check.list.sort();
    match revision {
        Some(revision) if check.list.is_empty() => Ok(revision),
        _ => Err(Problems { file: file.to_owned(), list: check.list }),
    }
}

struct Check<'t> {
    text: &'t str,
    list: Vec<Problem>,
}

impl Check<'_> {
    fn note(&mut self, at: usize, key: impl Into<String>, text: impl Into<String>) {
        let line = 1 + self.text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        self.list.push(Problem { line, key: key.into(), text: text.into() });
    }

    fn file(&mut self) -> Option<Revision> {
        let mut written: Written = match toml::from_str(self.text) {
            Ok(written) => written,
            Err(error) => {
                self.note(error.span().map_or(0, |span| span.start), "", error.message());
                return None;
            }
        };
        if *written.schema.get_ref() != SCHEMA {
            self.note(written.schema.span().start, "schema", format!("must be {SCHEMA}, the only one there is"));
        }
        // What comes from a built-in revision has no line of this file, and no problems of its own.
        let base = written.extends.take().and_then(|name| self.base(&name));
        let revision = self.meant(&written, base.as_ref());
        self.lamps_of_keys(&written, base.as_ref());
        revision
    }

    fn base(&mut self, name: &Spanned<String>) -> Option<Written> {
        let text = built_in(name.get_ref());
        if text.is_none() {
            self.note(name.span().start, "extends", format!("`{}` is none of {}", name.get_ref(), NAMES.join(", ")));
        }
        text.and_then(|text| toml::from_str(text).ok())
    }

    fn meant(&mut self, written: &Written, base: Option<&Written>) -> Option<Revision> {
        let face = written.face.as_ref().or(base.and_then(|base| base.face.as_ref()));
        let Some(face) = face else {
            self.note(0, "face.ht16k33", "is missing");
            return None;
        };
        let own = written.face.is_some();
        let bus = self.bus(&face.ht16k33, own, written, base);
        let digits = *face.ht16k33.digits.get_ref();
        let mut spots: BTreeMap<Spot, String> = BTreeMap::new();
        let at = if own { face.ht16k33.digits.span().start } else { 0 };
        for (place, byte) in digits.iter().enumerate() {
            if !(Spot { byte: *byte, bit: 0 }).exists() {
                self.note(at, DIGITS, format!("{byte} is no byte of the chip: 0 to 15"));
            } else if digits[..place].contains(byte) {
                self.note(at, DIGITS, format!("byte {byte} is given to two digits"));
            }
            spots.extend((0..8).map(|bit| (Spot { byte: *byte, bit }, DIGITS.to_owned())));
        }
        let mut lamps: BTreeMap<usize, Spot> = BTreeMap::new();
        for (name, lamp, at) in merged(&written.lamp, base.map(|base| &base.lamp)) {
            let key = format!("lamp.{name}");
            self.take(&mut spots, lamp.ht16k33, &key, at);
            match orbit(name) {
                Some(number) => drop(lamps.insert(number, lamp.ht16k33)),
                None => self.note(at, key, "must be orbit-1, orbit-2 and so on"),
            }
        }
        let gap = (1..).zip(lamps.keys()).find(|(wanted, number)| wanted != *number);
        if let Some((wanted, number)) = gap {
            self.note(0, format!("lamp.orbit-{wanted}"), format!("is missing, and there is an orbit-{number}"));
        }
        let mut contacts: BTreeMap<u32, String> = BTreeMap::new();
        let mut keys = Vec::new();
        for (name, written, at) in merged(&written.key, base.map(|base| &base.key)) {
            let (key, contact) = (format!("key.{name}"), written.ht16k33.contact);
            if contact > Layout::LAST_CONTACT {
                self.note(at, &key, LayoutFault::NoSuchKey(contact).to_string());
            } else if let Some(first) = contacts.insert(contact, key.clone()) {
                self.note(at, &key, format!("contact {contact} is that of {first}"));
            }
            match named(name) {
                Some(named) => keys.push((contact, named)),
                None => self.note(at, key, "must be park, retrieve, page, function, or orbit-1, orbit-2 and so on"),
            }
        }
        let lamps = lamps.into_values().collect();
        let address = *face.ht16k33.address.get_ref();
        Some(Revision { name: written.name.clone(), bus: bus?, address, digits, lamps, keys })
    }

    fn bus(&mut self, chip: &Chip, own: bool, written: &Written, base: Option<&Written>) -> Option<PathBuf> {
        let at = |start: usize| if own { start } else { 0 };
        if !ADDRESSES.contains(chip.address.get_ref()) {
            let wrong = format!("{:#04x} is not from 0x70 to 0x77", chip.address.get_ref());
            self.note(at(chip.address.span().start), "face.ht16k33.address", wrong);
        }
        let name = chip.bus.get_ref();
        let bus = written.bus.get(name).or(base.and_then(|base| base.bus.get(name)));
        if bus.is_none() {
            self.note(at(chip.bus.span().start), "face.ht16k33.bus", format!("there is no [bus.{name}]"));
        }
        bus.map(|bus| bus.i2c.path.clone())
    }

    fn take(&mut self, spots: &mut BTreeMap<Spot, String>, spot: Spot, key: &str, at: usize) {
        if !spot.exists() {
            self.note(at, key, LayoutFault::NoSuchSpot(spot).to_string());
        } else if let Some(first) = spots.insert(spot, key.to_owned()) {
            self.note(at, key, format!("byte {}, bit {} is that of {first}", spot.byte, spot.bit));
        }
    }

    /// Whoever presses an orbit's key must see what it does.
    fn lamps_of_keys(&mut self, written: &Written, base: Option<&Written>) {
        let lamps: Vec<&str> =
            merged(&written.lamp, base.map(|base| &base.lamp)).into_iter().map(|(name, ..)| name).collect();
        for (name, _, at) in merged(&written.key, base.map(|base| &base.key)) {
            if orbit(name).is_some() && !lamps.contains(&name) {
                self.note(at, format!("key.{name}"), format!("there is no lamp.{name}"));
            }
        }
    }
}

/// What the file says, and where it says nothing, what the built-in revision does; with the place in the file.
fn merged<'w, T>(
    written: &'w BTreeMap<String, Spanned<T>>,
    base: Option<&'w BTreeMap<String, Spanned<T>>>,
) -> Vec<(&'w str, &'w T, usize)> {
    let own = written.iter().map(|(name, value)| (name.as_str(), value.get_ref(), value.span().start));
    let rest = base.into_iter().flatten().filter(|(name, _)| !written.contains_key(*name));
    own.chain(rest.map(|(name, value)| (name.as_str(), value.get_ref(), 0))).collect()
}

fn named(name: &str) -> Option<Named> {
    Some(match name {
        "park" => Named::Fixed(Key::Park),
        "retrieve" => Named::Fixed(Key::Retrieve),
        "page" => Named::Fixed(Key::Page),
        "function" => Named::Fixed(Key::Function),
        other => Named::Orbit(orbit(other)?),
    })
}

fn orbit(name: &str) -> Option<usize> {
    name.strip_prefix("orbit-")?.parse().ok().filter(|number| *number > 0)
}

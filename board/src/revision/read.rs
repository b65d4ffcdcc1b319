//! From the file to the wiring, with every problem at once.

use super::amplifier::{self, Amplifier, WiredAmplifier};
use super::built_in::{NAMES, built_in};
use super::bus::{Bus, Buses};
use super::check::Check;
use super::chip::WiredChip;
use super::contact::{self, Contact, WiredContact};
use super::entry::entries;
use super::face::{self, Face};
use super::hat::{self, Hat};
use super::key::{self, Key as WrittenKey, Named, Source};
use super::lamp::{self, Lamp};
use super::problem::Problems;
use super::relay::{self, Relay, WiredRelay};
use crate::front::Layout;
use crate::input::{KeyCode, KeyDevice};
use crate::keys::WiredKeys;
use crate::pins::{InputLine, KeyLine};
use orbitbox_panel::Key;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

const SCHEMA: u32 = 1;

/// The file as it is written: each section is a file of its own here.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    schema: Spanned<u32>,
    name: String,
    extends: Option<Spanned<String>>,
    #[serde(default)]
    bus: BTreeMap<String, Spanned<Bus>>,
    hat: Option<Hat>,
    #[serde(default)]
    face: Face,
    #[serde(default)]
    lamp: BTreeMap<String, Spanned<Lamp>>,
    #[serde(default)]
    key: BTreeMap<String, Spanned<WrittenKey>>,
    #[serde(default)]
    amplifier: Amplifier,
    #[serde(default)]
    relay: BTreeMap<String, Spanned<Relay>>,
    #[serde(default)]
    contact: BTreeMap<String, Spanned<Contact>>,
}

/// One wiring.
#[derive(Debug, Clone)]
pub struct Revision {
    /// Shown to people.
    pub name: String,
    /// What digits, lamps and keys hang on.
    pub chips: Vec<WiredChip>,
    /// How the amplifier is switched.
    pub amplifier: WiredAmplifier,
    /// Lines out of the unit, by name.
    pub relays: Vec<WiredRelay>,
    /// Lines into it that are no keys, by name.
    pub contacts: Vec<WiredContact>,
    pub(super) keys: Vec<(Source, Named)>,
    /// Lines that something else than a key needs.
    pub(super) reserved: BTreeSet<String>,
    /// Whether the input devices of keys are the unit's alone.
    pub(super) grabs: bool,
}

impl Revision {
    /// Where everything hangs on one of its chips; `orbit` is the key of the nth orbit, from 1, where the unit has so many.
    pub fn layout(&self, chip: &WiredChip, orbit: impl Fn(usize) -> Option<Key>) -> Layout {
        let contact = |source: &Source| match source {
            Source::Contact(kind, contact) => (*kind == chip.reach.kind()).then_some(*contact),
            Source::Line(_) | Source::Code(..) => None,
        };
        let keys = self.keys.iter().filter_map(|(source, named)| Some((contact(source)?, named.key(&orbit)?)));
        Layout::new(chip.digits, &chip.lamps, keys.collect())
    }

    /// Every key that the unit has, in the order in which people are asked for them.
    pub fn keys(&self, orbit: impl Fn(usize) -> Option<Key>) -> Vec<Key> {
        let mut named: Vec<Named> = self.keys.iter().map(|(_, named)| *named).collect();
        named.sort();
        named.into_iter().filter_map(|named| named.key(&orbit)).collect()
    }

    /// The lines that keys hang on.
    pub fn lines(&self) -> impl Iterator<Item = &InputLine> {
        self.keys.iter().filter_map(|(source, _)| match source {
            Source::Line(line) => Some(line),
            Source::Contact(..) | Source::Code(..) => None,
        })
    }

    /// The keys that hang on no chip: each on a line, or all that one input device has. `orbit` as for [`Self::layout`].
    pub fn wired_keys(&self, orbit: impl Fn(usize) -> Option<Key>) -> Vec<Box<dyn WiredKeys>> {
        let mut wired: Vec<Box<dyn WiredKeys>> = Vec::new();
        let mut devices: BTreeMap<&str, Vec<(KeyCode, Key)>> = BTreeMap::new();
        for (source, named) in &self.keys {
            let Some(key) = named.key(&orbit) else { continue };
            match source {
                Source::Contact(..) => {}
                Source::Line(line) => wired.push(Box::new(KeyLine { line: line.clone(), key })),
                Source::Code(device, code) => devices.entry(device).or_default().push((*code, key)),
            }
        }
        for (name, keys) in devices {
            wired.push(Box::new(KeyDevice { name: name.to_owned(), keys, grabs: self.grabs }));
        }
        wired
    }
}

/// Reads a revision. `file` is only named in problems.
///
/// # Errors
/// Every problem at once, each with its line and key; where the text cannot be read at all, the first thing that stops it.
pub fn read(text: &str, file: &str) -> Result<Revision, Problems> {
    let mut check = Check::new(text);
    let revision = whole(&mut check, text);
    let list = check.problems();
    match revision {
        Some(revision) if list.is_empty() => Ok(revision),
        _ => Err(Problems { file: file.to_owned(), list }),
    }
}

fn whole(check: &mut Check<'_>, text: &str) -> Option<Revision> {
    let written: Written = match toml::from_str(text) {
        Ok(written) => written,
        Err(error) => {
            // What TOML's reader says of a key or a lamp that hangs on two things, or on none.
            let text = match error.message() {
                several if several.starts_with("wanted exactly 1 element") => {
                    "must hang on one thing, not on more or none"
                }
                other => other,
            };
            check.note(error.span().map_or(0, |span| span.start), "", text);
            return None;
        }
    };
    if *written.schema.get_ref() != SCHEMA {
        check.note(written.schema.span().start, "schema", format!("must be {SCHEMA}, the only one there is"));
    }
    let base = written.extends.as_ref().and_then(|name| extended(check, name));
    let base = base.as_ref();
    let buses = Buses::new(entries("bus", &written.bus, base.map(|base| &base.bus)));
    buses.reserve(check);
    hat::reserve(check, written.hat.as_ref(), base.and_then(|base| base.hat.as_ref()));
    let mut chips = face::chips(check, &written.face, base.map(|base| &base.face), &buses);
    let lamps = lamp::place(check, &entries("lamp", &written.lamp, base.map(|base| &base.lamp)), &mut chips);
    let keys = key::keys(check, &entries("key", &written.key, base.map(|base| &base.key)), &chips, &lamps);
    let amplifier = amplifier::amplifier(check, &written.amplifier, base.map(|base| &base.amplifier));
    let relays = relay::relays(check, &entries("relay", &written.relay, base.map(|base| &base.relay)));
    let contacts = contact::contacts(check, &entries("contact", &written.contact, base.map(|base| &base.contact)));
    let (name, reserved) = (written.name, check.reserved());
    Some(Revision { name, chips, amplifier, relays, contacts, keys, reserved, grabs: true })
}

fn extended(check: &mut Check<'_>, name: &Spanned<String>) -> Option<Written> {
    let text = built_in(name.get_ref());
    if text.is_none() {
        check.note(name.span().start, "extends", format!("`{}` is none of {}", name.get_ref(), NAMES.join(", ")));
    }
    text.and_then(|text| toml::from_str(text).ok())
}

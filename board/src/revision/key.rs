//! `[key.NAME]`: what a key hangs on.

use super::check::{Check, Taken};
use super::chip::{ChipKind, WiredChip};
use super::entry::Entry;
use super::lamp::orbit;
use crate::chips::tm1638::BOARD_KEYS;
use crate::input::KeyCode;
use crate::pins::{Bias, InputLine};
use orbitbox_panel::Key as PanelKey;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::time::Duration;
use toml::Spanned;

/// Turns the ten edges of a contact that bounces into one press, and is not felt; a key that has to be held for longer than
/// the longest would seem broken.
const DEBOUNCE: Debounce = Debounce { usual_ms: 8, longest_ms: 200 };

/// For how long a level has to last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Debounce {
    /// Where nothing is said.
    pub usual_ms: u64,
    pub longest_ms: u64,
}

/// As it is written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Key {
    Ht16k33(Contact),
    Tm1638(Button),
    Gpio(Line),
    Input(Code),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contact {
    contact: u32,
}

/// As it is printed on the usual board, from 1.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Button {
    key: u32,
}

/// A line of a chip.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Line {
    line: Spanned<String>,
    #[serde(default)]
    active_low: bool,
    bias: Option<Bias>,
    debounce_ms: Option<Spanned<u64>>,
}

/// A key of an input device.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Code {
    device: Spanned<String>,
    code: Spanned<String>,
}

/// What a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// The key itself.
    Fixed(PanelKey),
    /// That of the nth orbit, from 1.
    Orbit(usize),
}

impl Named {
    /// The key; `orbit` is that of the nth orbit, where the unit has so many.
    pub(super) fn key(self, orbit: impl Fn(usize) -> Option<PanelKey>) -> Option<PanelKey> {
        match self {
            Self::Fixed(key) => Some(key),
            Self::Orbit(number) => orbit(number),
        }
    }
}

/// Where the edges of a key come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A number of those that a chip says are closed.
    Contact(ChipKind, u32),
    /// A line of the header or of an expander.
    Line(InputLine),
    /// A code of the input device of a name.
    Code(String, KeyCode),
}

/// Every key with its source. `lamps` are the orbits that have one.
pub(super) fn keys(
    check: &mut Check<'_>,
    keys: &[Entry<'_, Key>],
    chips: &[WiredChip],
    lamps: &BTreeSet<usize>,
) -> Vec<(Source, Named)> {
    let mut wired = Vec::new();
    for entry in keys {
        let source = source(check, entry, chips);
        let named = named(entry.name);
        match named {
            None => {
                check.note(
                    entry.at(),
                    &entry.key,
                    "must be park, retrieve, page, function, hook, or orbit-1, orbit-2 and so on",
                );
            }
            // Whoever presses an orbit's key must see what it does.
            Some(Named::Orbit(orbit)) if !lamps.contains(&orbit) && chips.iter().all(|chip| chip.digits.is_none()) => {
                let neither = format!("there is no lamp.{}, and no chip has digits", entry.name);
                check.note(entry.at(), &entry.key, neither);
            }
            Some(Named::Orbit(_) | Named::Fixed(_)) => {}
        }
        wired.extend(source.zip(named));
    }
    wired
}

fn source(check: &mut Check<'_>, entry: &Entry<'_, Key>, chips: &[WiredChip]) -> Option<Source> {
    // What it hangs on, what people call that, and whether the chip has it.
    let (chip, contact, called, exists, has) = match entry.value {
        Key::Gpio(line) => return Some(Source::Line(input_line(check, entry, line, DEBOUNCE))),
        Key::Input(code) => return key_code(check, entry, code),
        &Key::Ht16k33(Contact { contact }) => {
            let called = format!("contact {contact}");
            (ChipKind::Ht16k33, contact, called, contact <= 38, "contacts 0 to 38")
        }
        &Key::Tm1638(Button { key }) => {
            let contact = key.checked_sub(1).and_then(|place| BOARD_KEYS.get(place as usize)).copied();
            let called = format!("key {key}");
            (ChipKind::Tm1638, contact.unwrap_or_default(), called, contact.is_some(), "keys 1 to 8")
        }
    };
    if chips.iter().all(|wired| wired.reach.kind() != chip) {
        check.note(entry.at(), &entry.key, format!("there is no [face.{}]", chip.name()));
    }
    if !exists {
        check.note(entry.at(), &entry.key, format!("{called}: the chip has {has}"));
        return None;
    }
    check.take(Taken::Contact(chip, contact), called, &entry.key, entry.at());
    Some(Source::Contact(chip, contact))
}

/// Takes the line.
pub(super) fn input_line<T>(
    check: &mut Check<'_>,
    entry: &Entry<'_, T>,
    written: &Line,
    Debounce { usual_ms, longest_ms }: Debounce,
) -> InputLine {
    let name = written.line.get_ref();
    let at = entry.at_value(&written.line);
    if name.is_empty() {
        check.note(at, entry.key_of("gpio.line"), "must be the name of a line: GPIO5");
    } else {
        check.take(Taken::Line(name.clone()), format!("line {name}"), &entry.key, at);
    }
    let debounce = written.debounce_ms.as_ref().map_or(usual_ms, |written| *written.get_ref());
    if let Some(written) = written.debounce_ms.as_ref().filter(|_| debounce > longest_ms) {
        let wrong = format!("must be 0 to {longest_ms}");
        check.note(entry.at_value(written), entry.key_of("gpio.debounce-ms"), wrong);
    }
    InputLine {
        line: name.clone(),
        active_low: written.active_low,
        bias: written.bias,
        debounce: Duration::from_millis(debounce),
    }
}

fn key_code(check: &mut Check<'_>, entry: &Entry<'_, Key>, written: &Code) -> Option<Source> {
    let device = written.device.get_ref();
    if device.is_empty() {
        check.note(
            entry.at_value(&written.device),
            entry.key_of("input.device"),
            "must be the name of an input device",
        );
    }
    let at = entry.at_value(&written.code);
    match written.code.get_ref().parse::<KeyCode>() {
        Ok(code) => {
            let called = format!("{code} of {device}");
            check.take(Taken::Code(device.clone(), code.number()), called, &entry.key, at);
            Some(Source::Code(device.clone(), code))
        }
        Err(wrong) => {
            check.note(at, entry.key_of("input.code"), wrong);
            None
        }
    }
}

fn named(name: &str) -> Option<Named> {
    Some(match name {
        "park" => Named::Fixed(PanelKey::Park),
        "retrieve" => Named::Fixed(PanelKey::Retrieve),
        "page" => Named::Fixed(PanelKey::Page),
        "function" => Named::Fixed(PanelKey::Function),
        "hook" => Named::Fixed(PanelKey::Hook),
        other => Named::Orbit(orbit(other)?),
    })
}

//! `[key.NAME]`: what a key hangs on.

use super::check::{Check, Taken};
use super::chip::{ChipKind, WiredChip};
use super::entry::Entry;
use super::lamp::orbit;
use orbitbox_panel::Key as PanelKey;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The highest number of a contact of an HT16K33.
const LAST_CONTACT: u32 = 38;

/// As it is written.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Key {
    Ht16k33(Contact),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contact {
    contact: u32,
}

/// What a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// The key itself.
    Fixed(PanelKey),
    /// That of the nth orbit, from 1.
    Orbit(usize),
}

/// Where the edges of a key come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A number of those that a chip says are closed.
    Contact(ChipKind, u32),
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
                    "must be park, retrieve, page, function, or orbit-1, orbit-2 and so on",
                );
            }
            // Whoever presses an orbit's key must see what it does.
            Some(Named::Orbit(orbit)) if !lamps.contains(&orbit) => {
                check.note(entry.at(), &entry.key, format!("there is no lamp.{}", entry.name));
            }
            Some(Named::Orbit(_) | Named::Fixed(_)) => {}
        }
        wired.extend(source.zip(named));
    }
    wired
}

fn source(check: &mut Check<'_>, entry: &Entry<'_, Key>, chips: &[WiredChip]) -> Option<Source> {
    let (kind, contact) = match entry.value {
        Key::Ht16k33(Contact { contact }) => (ChipKind::Ht16k33, *contact),
    };
    if chips.iter().all(|chip| chip.reach.kind() != kind) {
        check.note(entry.at(), &entry.key, format!("there is no [face.{}]", kind.name()));
    }
    if contact > LAST_CONTACT {
        check.note(entry.at(), &entry.key, format!("key {contact}: the chip has keys 0 to 38"));
        return None;
    }
    check.take(Taken::Contact(kind, contact), format!("contact {contact}"), &entry.key, entry.at());
    Some(Source::Contact(kind, contact))
}

fn named(name: &str) -> Option<Named> {
    Some(match name {
        "park" => Named::Fixed(PanelKey::Park),
        "retrieve" => Named::Fixed(PanelKey::Retrieve),
        "page" => Named::Fixed(PanelKey::Page),
        "function" => Named::Fixed(PanelKey::Function),
        other => Named::Orbit(orbit(other)?),
    })
}

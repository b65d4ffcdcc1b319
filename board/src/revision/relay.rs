//! `[relay.NAME]`: lines out of the unit.

use super::amplifier::Line;
use super::check::Check;
use super::entry::Entry;
use serde::Deserialize;

/// The most letters of a name.
const LONGEST_NAME: usize = 32;

/// As it is written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Relay {
    Gpio(Line),
}

/// A line that is driven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WiredRelay {
    /// By which the configuration says what it follows.
    pub name: String,
    /// `GPIO26`; found by this name on whichever chip has it.
    pub line: String,
    /// On means 0 V.
    pub active_low: bool,
}

/// Every relay, by name.
pub(super) fn relays(check: &mut Check<'_>, relays: &[Entry<'_, Relay>]) -> Vec<WiredRelay> {
    let wired = relays.iter().map(|entry| {
        named(check, entry);
        let Relay::Gpio(line) = entry.value;
        let (line, active_low) = line.take(check, &entry.key, entry.is_own());
        WiredRelay { name: entry.name.to_owned(), line, active_low }
    });
    wired.collect()
}

/// Notes a name that the configuration cannot say.
pub(super) fn named<T>(check: &mut Check<'_>, entry: &Entry<'_, T>) {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    if !(1..=LONGEST_NAME).contains(&entry.name.len()) || !entry.name.chars().all(plain) {
        let wrong = format!("must be named by 1 to {LONGEST_NAME} letters, digits, - and _");
        check.note(entry.at(), &entry.key, wrong);
    }
}

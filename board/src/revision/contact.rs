//! `[contact.NAME]`: lines into the unit that are no keys.

use super::check::Check;
use super::entry::Entry;
use super::key::{Debounce, Line, input_line};
use super::relay::named;
use crate::pins::InputLine;
use serde::Deserialize;

/// Doors and relays bounce for longer than keys, and nobody feels it.
const DEBOUNCE: Debounce = Debounce { usual_ms: 20, longest_ms: 2_000 };

/// As it is written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Contact {
    Gpio(Line),
}

/// A line that is read: closed means active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WiredContact {
    /// By which the configuration says what it does.
    pub name: String,
    /// Where it hangs.
    pub line: InputLine,
    /// The file itself says so, and not only the revision that it extends.
    pub is_own: bool,
}

/// Every contact, by name.
pub(super) fn contacts(check: &mut Check<'_>, contacts: &[Entry<'_, Contact>]) -> Vec<WiredContact> {
    let wired = contacts.iter().map(|entry| {
        named(check, entry);
        let Contact::Gpio(line) = entry.value;
        let line = input_line(check, entry, line, DEBOUNCE);
        WiredContact { name: entry.name.to_owned(), line, is_own: entry.is_own() }
    });
    wired.collect()
}

//! The contacts beside the keys, on lines.

use orbitbox_board::contact::ContactLine;
use orbitbox_board::keys::WiredKeys;
use orbitbox_board::revision::{Revision, WiredContact};
use orbitbox_config::Unit;

/// Those that the configuration gives something to do, each with its place there.
pub fn wired(revision: &Revision, unit: &Unit) -> Vec<Box<dyn WiredKeys>> {
    let places = (0u16..).zip(&unit.contacts);
    let found = places.filter_map(|(place, contact)| {
        let wired = revision.contacts.iter().find(|wired| wired.name == contact.name)?;
        Some(Box::new(line(wired, place)) as Box<dyn WiredKeys>)
    });
    found.collect()
}

/// Those, and the ones that the file itself names: what an installer wants to see.
pub fn named(revision: &Revision, unit: &Unit) -> Vec<Box<dyn WiredKeys>> {
    let is_wanted =
        |wired: &&WiredContact| wired.is_own || unit.contacts.iter().any(|contact| contact.name == wired.name);
    let wanted = (0u16..).zip(revision.contacts.iter().filter(is_wanted));
    wanted.map(|(place, wired)| Box::new(line(wired, place)) as Box<dyn WiredKeys>).collect()
}

fn line(wired: &WiredContact, contact: u16) -> ContactLine {
    ContactLine { name: wired.name.clone(), line: wired.line.clone(), contact }
}

/// Each contact, and whether it can be read, and how it is.
pub fn describe(revision: &Revision, unit: &Unit) -> Vec<String> {
    let line = |wired: Box<dyn WiredKeys>| {
        let found = look(wired.as_ref()).map_or_else(|fault| format!("FAULT: {fault}"), str::to_owned);
        format!("contact: {}: {found}", wired.describe())
    };
    named(revision, unit).into_iter().map(line).collect()
}

/// How a contact is now.
///
/// # Errors
/// In words: it cannot be read.
pub fn look(wired: &dyn WiredKeys) -> Result<&'static str, String> {
    let mut edges = Vec::new();
    wired.open()?.read(&mut edges)?;
    Ok(if edges.last().is_some_and(|edge| edge.pressed) { "is closed" } else { "is open" })
}

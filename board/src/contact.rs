//! Contacts beside the keys, by the same lines and the same watch as keys.

use crate::keys::{KeySource, WiredKeys};
use crate::pins::{InputLine, KeyLine};
use crate::revision::{candidate, numbered};
use orbitbox_panel::{ContactEdge, Key, KeyEdge};

/// A contact on a line. For the watch it is the key of a number, which [`contact_edge`] knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactLine {
    /// What people call it.
    pub name: String,
    /// Where it hangs.
    pub line: InputLine,
    /// Its place among the contacts, from 0.
    pub contact: u16,
}

impl WiredKeys for ContactLine {
    fn describe(&self) -> String {
        format!("{} (contact {})", self.line.line, self.name)
    }

    fn keys(&self) -> Vec<Key> {
        numbered(usize::from(self.contact) + 1).into_iter().collect()
    }

    fn open(&self) -> Result<Box<dyn KeySource>, String> {
        let key = numbered(usize::from(self.contact) + 1).ok_or("there are too many contacts")?;
        KeyLine { line: self.line.clone(), key }.open()
    }
}

/// What the edge of such a key is; `None` for any other key.
pub fn contact_edge(edge: KeyEdge) -> Option<ContactEdge> {
    let contact = u16::try_from(candidate(edge.key)?).ok()?;
    Some(ContactEdge { contact, closed: edge.pressed })
}

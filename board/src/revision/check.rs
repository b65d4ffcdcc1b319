//! What every section is checked with: problems with their lines, and who has what only one can have.

use super::chip::ChipKind;
use super::problem::Problem;
use crate::front::Spot;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::path::PathBuf;

/// Something that only one entry of a file can have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Taken {
    /// A lamp, or a segment of a digit.
    Spot(ChipKind, Spot),
    /// Where a key of a chip hangs.
    Contact(ChipKind, u32),
    /// Of a chip on the bus of this device.
    Address(PathBuf, u8),
    /// A line by its name.
    Line(String),
    /// A key of an input device, by its code.
    Code(String, u16),
}

/// Collects what is wrong.
pub(super) struct Check<'t> {
    text: &'t str,
    list: Vec<Problem>,
    /// With the key of the entry that has it.
    taken: BTreeMap<Taken, String>,
}

impl<'t> Check<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, list: Vec::new(), taken: BTreeMap::new() }
    }

    /// `at` is the place in the file, in bytes; 0 for what the file does not say.
    pub fn note(&mut self, at: usize, key: impl Into<String>, text: impl Into<String>) {
        let line = 1 + self.text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        self.list.push(Problem { line, key: key.into(), text: text.into() });
    }

    /// Gives it to an entry, and notes when another one has it; `called` is what people call it.
    pub fn take(&mut self, what: Taken, called: impl Display, key: &str, at: usize) {
        if let Some(first) = self.taken.insert(what, key.to_owned()) {
            self.note(at, key, format!("{called} is that of {first}"));
        }
    }

    /// Gives a line to what no entry of this file is: `whose` is what people call it. What has it already keeps it.
    pub fn reserve(&mut self, line: &str, whose: &str) {
        self.taken.entry(Taken::Line(line.to_owned())).or_insert_with(|| whose.to_owned());
    }

    /// Every line that something else than a key needs.
    pub fn reserved(&self) -> BTreeSet<String> {
        let line = |(taken, whose): (&Taken, &String)| match taken {
            Taken::Line(line) if !whose.starts_with("key.") => Some(line.clone()),
            _ => None,
        };
        self.taken.iter().filter_map(line).collect()
    }

    /// By line.
    pub fn problems(mut self) -> Vec<Problem> {
        self.list.sort();
        self.list
    }
}

//! What the tests of the journal share.
#![allow(dead_code, reason = "each test uses a part of it")]

use orbitbox_journal::{Change, Found, Journal, Stamp};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// What should be in the journal.
pub type State = BTreeMap<String, String>;

/// Numbers from a seed (SplitMix64).
pub struct Seeded(pub u64);

impl Seeded {
    /// Below a limit.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }

    /// Up to three changes of ten calls. A record tells the step it is of; some are longer than a page.
    pub fn changes(&mut self, step: usize) -> Vec<Change> {
        (0..1 + self.below(3))
            .map(|_| {
                let key = format!("call/{}", 70 + self.below(10));
                let length = self.below(3_000);
                let record = (self.below(4) > 0).then(|| format!("{{\"step\":{step},\"{}\":1}}", "x".repeat(length)));
                Change { key, record }
            })
            .collect()
    }
}

/// The stamp of a step, by which a state that is read can be told.
pub fn stamp(step: usize) -> Stamp {
    let passed = Duration::from_secs(step as u64);
    Stamp { at: passed, wall: Duration::from_secs(1_800_000_000) + passed }
}

/// Makes changes where they are expected.
pub fn apply(state: &mut State, changes: &[Change]) {
    for change in changes {
        match &change.record {
            Some(record) => state.insert(change.key.clone(), record.clone()),
            None => state.remove(&change.key),
        };
    }
}

/// Opens the journal, and closes it again.
pub fn found(folder: &Path) -> Found {
    Journal::open(folder).expect("it opens, whatever has happened to it").1
}

/// What was found, as a state.
pub fn state(found: &Found) -> State {
    found.records.iter().cloned().collect()
}

/// Puts the files of a power cut into a fresh folder; `None` where there was none.
pub fn lay_out(files: &[(&str, Option<&[u8]>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        if let Some(bytes) = bytes {
            fs::write(folder.path().join(name), bytes).expect("it is written");
        }
    }
    folder
}

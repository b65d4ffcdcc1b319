//! Parked calls over a restart: what is kept on disk, by which thread, and what waits for it.

mod held;
mod thread;

pub use held::{Held, PATIENCE};
pub use thread::{Batch, Report, journal_thread};

use crate::clock::{self, Clock};
use orbitbox_journal::{Fault, Found, Journal, resumed};
use std::path::{Path, PathBuf};

/// A journal, or why there is none; and what was in it.
#[derive(Debug)]
pub struct Opened {
    /// Where it lies. No part of a backup: calls of another day, or of another unit, are nobody's.
    pub folder: PathBuf,
    /// It.
    pub journal: Result<Journal, Fault>,
    /// What was in it.
    pub found: Found,
}

/// Opens the journal in a unit's data.
pub fn open(data: &Path) -> Opened {
    let folder = data.join("journal");
    let (journal, found) = match Journal::open(&folder) {
        Ok((journal, found)) => (Ok(journal), found),
        Err(fault) => (Err(fault), Found::default()),
    };
    Opened { folder, journal, found }
}

impl Opened {
    /// The unit's clock, which goes on where it was.
    pub fn clock(&self) -> Clock {
        self.found.stamp.map_or_else(Clock::start, |stamp| Clock::resume(resumed(stamp, clock::since_1970())))
    }
}

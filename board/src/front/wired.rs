//! Digits, lamps and keys on as many chips as there are: where one fails, the others go on.

use super::Part;
use orbitbox_panel::{Face, KeyEdge};
use std::time::Duration;

/// The front as it is wired.
pub struct WiredFront {
    parts: Vec<Part>,
}

impl WiredFront {
    /// How often it is to be attended to.
    pub const ATTENDED_EVERY: Duration = Duration::from_millis(10);

    /// Nothing is opened before it is attended to.
    pub fn new(parts: Vec<Part>) -> Self {
        Self { parts }
    }

    /// Shows the face as it looks at this moment, nothing being written where nothing changes, and looks at the keys. Returns
    /// the edges since the last look; where a chip fails, its keys stay as they were for [`Part::LET_GO_AFTER`], and what has
    /// changed meanwhile is told by the next look that succeeds.
    pub fn attend(&mut self, now: Duration, face: &Face) -> Vec<KeyEdge> {
        self.parts.iter_mut().flat_map(|part| part.attend(now, face)).collect()
    }

    /// Each chip, with its fault while it has one.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }
}

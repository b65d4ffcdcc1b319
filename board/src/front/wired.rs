//! Digits, lamps and keys on one HT16K33.

use super::{Layout, Scan, doubtful};
use crate::chips::ht16k33::Ht16k33;
use embedded_hal::i2c::I2c;
use orbitbox_panel::{Face, KeyEdge};
use std::time::Duration;

/// The front as it is wired.
#[derive(Debug)]
pub struct WiredFront<I> {
    chip: Ht16k33<I>,
    layout: Layout,
    scan: Scan,
}

impl<I: I2c> WiredFront<I> {
    /// How often keys are to be looked at.
    pub const LOOKS_EVERY: Duration = Duration::from_millis(10);

    /// Nothing is written before a face is shown.
    pub fn new(chip: Ht16k33<I>, layout: Layout) -> Self {
        Self { chip, layout, scan: Scan::default() }
    }

    /// Shows the face as it looks at this moment: nothing is written where nothing changes.
    ///
    /// # Errors
    /// The bus failed; the next call paints everything.
    pub fn show(&mut self, now: Duration, face: &Face) -> Result<(), I::Error> {
        self.chip.show(&self.layout.paint(face, now), face.brightness)
    }

    /// When the same face is to be shown again, because something blinks.
    pub fn next_change(&self, now: Duration, face: &Face) -> Option<Duration> {
        self.layout.next_change(face, now)
    }

    /// The edges since the last look. Contacts that no key hangs on are left out.
    ///
    /// # Errors
    /// The bus failed: keys stay as they were, and what has changed meanwhile is told by the next look that succeeds.
    pub fn look(&mut self, now: Duration) -> Result<Vec<KeyEdge>, I::Error> {
        let closed = self.chip.keys()?;
        let edges = self.scan.look(now, closed, doubtful(closed)).into_iter();
        Ok(edges.filter_map(|(contact, pressed)| Some(KeyEdge { key: self.layout.key(contact)?, pressed })).collect())
    }
}

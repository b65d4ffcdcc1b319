//! What is in one orbit now.

use crate::{LegId, LotId, Party, Token};
use std::time::Duration;

/// A place kept for a parker who has been told the number (attended transfer).
#[derive(Debug, Clone)]
pub(crate) struct Reservation {
    /// The parker's own leg; it names the reservation even after it has ended.
    pub(crate) leg: LegId,
    pub(crate) parker: Party,
    /// The parker's leg has not ended yet.
    pub(crate) leg_is_up: bool,
    /// When the place is given up.
    pub(crate) until: Duration,
}

/// One orbit: its calls, its reservations, and the little that is remembered of earlier ones.
#[derive(Debug, Clone)]
pub(crate) struct Occupancy {
    pub(crate) lot: LotId,
    /// Oldest first.
    pub(crate) calls: Vec<Token>,
    pub(crate) reservations: Vec<Reservation>,
    /// When it was last left empty; `None` if it was never used.
    pub(crate) free_since: Option<Duration>,
    /// Unassigned until then, because its last call ended a moment ago.
    pub(crate) cooling_until: Option<Duration>,
}

impl Occupancy {
    pub(crate) fn new(lot: LotId) -> Self {
        Self { lot, calls: Vec::new(), reservations: Vec::new(), free_since: None, cooling_until: None }
    }

    /// Calls and reservations together: what counts against the capacity.
    pub(crate) fn load(&self) -> usize {
        self.calls.len() + self.reservations.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.load() == 0
    }

    pub(crate) fn is_cooling(&self, now: Duration) -> bool {
        self.cooling_until.is_some_and(|until| now < until)
    }

    /// A call or a reservation has gone: remembers since when the orbit is empty, if it is.
    pub(crate) fn note_departure(&mut self, now: Duration) {
        if self.is_empty() {
            self.free_since = Some(now);
        }
    }

    /// The earliest time at which something changes here by itself.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.reservations.iter().map(|reservation| reservation.until).chain(self.cooling_until).min()
    }
}

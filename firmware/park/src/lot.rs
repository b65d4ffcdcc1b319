//! Lots: a range of orbits with one policy.

use crate::{OrbitNumber, Party};
use std::time::Duration;

/// The place of a lot in the list the server was made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LotId(pub u16);

/// How a free orbit is chosen for a call parked on the pilot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Choice {
    /// The orbit that has been free the longest; ties go to the lowest number.
    #[default]
    LeastRecentlyUsed,
    /// The lowest free number.
    First,
    /// The free number after the one given last, wrapping round.
    Next,
    /// Any free orbit, from the server's seeded generator.
    Random,
}

/// When and how often the parker is rung back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ringback {
    /// Time parked before the first ringback; zero means never (straight to the fallback never either: the call
    /// waits until `max_life`).
    pub after: Duration,
    /// How long the parker's phone rings.
    pub ring_for: Duration,
    /// 1 to 10.
    pub attempts: u8,
    /// Time from a failed attempt to the next.
    pub interval: Duration,
}

/// A range of orbits with one policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    /// Shown to people: `Warehouse`.
    pub name: String,
    /// In ascending order, unique over all lots.
    pub orbits: Vec<OrbitNumber>,
    /// See [`Choice`].
    pub choice: Choice,
    /// Calls one orbit can hold (1 or more); the oldest is retrieved first.
    pub capacity: usize,
    /// See [`Ringback`].
    pub ringback: Ringback,
    /// The last destination after the ringbacks, and how long it rings.
    pub fallback: Option<(Party, Duration)>,
    /// How long a reservation outlives the parker's leg.
    pub reservation_grace: Duration,
    /// How long an orbit stays unassigned after its call has ended. Ignored by a park that names the orbit.
    pub cool_down: Duration,
    /// A parked call ends with the apology after this time, whatever else was going on.
    pub max_life: Duration,
}

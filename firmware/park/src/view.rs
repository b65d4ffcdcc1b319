//! What everyone else may see of the orbits: lamps, digits, web, journal.

use crate::{LegId, LotId, OrbitNumber, Party, Token};
use std::time::Duration;

/// What a parked call is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallState {
    /// Waiting, with music.
    Holding,
    /// Somebody is taking it: a retriever, or a parker or fallback who has answered.
    BeingRetrieved,
    /// The parker's phone rings.
    RingingBack,
    /// The fallback's phone rings.
    FallingBack,
    /// Being told that nobody came.
    Apologising,
}

/// One parked call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallView {
    /// The episode.
    pub token: Token,
    /// The parkee's leg.
    pub leg: LegId,
    /// Who waits.
    pub caller: Party,
    /// Who parked them.
    pub parker: Option<Party>,
    /// When it was parked (time since the unit started).
    pub since: Duration,
    /// See [`CallState`].
    pub state: CallState,
    /// Ringbacks tried so far.
    pub ringbacks: u8,
    /// When the next thing happens to it.
    pub deadline: Duration,
}

/// What an orbit is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrbitState {
    /// Can be given.
    Free,
    /// Kept for a parker who has been told its number.
    Reserved,
    /// Holds calls, oldest first.
    Taken(Vec<CallView>),
    /// Its last call ended a moment ago.
    CoolingDown,
}

/// One orbit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrbitView {
    /// Its number.
    pub orbit: OrbitNumber,
    /// Its lot.
    pub lot: LotId,
    /// See [`OrbitState`].
    pub state: OrbitState,
}

//! What the park server is told.

use crate::{LegId, LotId, OrbitNumber, Party, Token};

/// Where a call is to be parked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Any free orbit of the lot (a pilot was dialled).
    Lot(LotId),
    /// Exactly this orbit, or a rejection.
    Orbit(OrbitNumber),
    /// The orbit that the parker's leg has reserved (an attended transfer completes). Where a PBX completes it on the
    /// parker's own dialog, that leg itself is the call to park.
    ReservedBy(LegId),
}

/// Which parked call is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The oldest call in this orbit that nobody is taking yet.
    Orbit(OrbitNumber),
    /// This episode and no other (safe retrieve).
    Token(Token),
    /// The call that has waited longest, over all lots, of those that nobody is taking yet.
    LongestWaiting,
}

/// Who retrieves, and how they are reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RetrieveBy {
    /// They are calling the unit on this leg.
    Leg(LegId),
    /// The unit calls them (the station beside the unit).
    Calling(Party),
}

/// What has happened. Past tense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A call asks to be parked. The leg is not answered yet (or already ours and up).
    ParkRequested {
        /// The call to park.
        leg: LegId,
        /// Who is calling.
        caller: Party,
        /// Who sent the call here; `None` when it cannot be worked out.
        parker: Option<Party>,
        /// Where to.
        place: Place,
    },
    /// A parker calls to hear an orbit before transferring (attended transfer).
    ReserveRequested {
        /// The parker's own leg, not answered yet.
        leg: LegId,
        /// Who they are.
        parker: Party,
        /// A lot or an orbit.
        place: Place,
    },
    /// The party that waits has been transferred: another leg takes its place.
    ParkeeReplaced {
        /// The leg that is parked.
        old: LegId,
        /// The new one, not answered yet.
        leg: LegId,
        /// Who is on it.
        caller: Party,
        /// Who is to be rung back from now on; `None` leaves it as it was.
        parker: Option<Party>,
    },
    /// Somebody asks for a parked call.
    RetrieveRequested {
        /// Which call.
        which: Which,
        /// Who asks.
        by: RetrieveBy,
    },
    /// A leg we dialled has answered; its media is not known to be up yet. From here no other retriever can win.
    Answered {
        /// The dialled leg.
        leg: LegId,
    },
    /// The media of a retriever, parker or fallback leg is up: the transfer is complete.
    Connected {
        /// The leg that takes the call.
        leg: LegId,
    },
    /// A leg is gone: hung up, refused, busy, not answered, failed.
    LegEnded {
        /// The leg.
        leg: LegId,
    },
    /// The apology has been spoken to the end on this leg.
    Apologised {
        /// The parkee's leg.
        leg: LegId,
    },
    /// New parks are refused from now on (`true`) or accepted again.
    DrainingSet(bool),
}

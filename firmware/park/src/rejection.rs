//! Why a request is refused.

use std::fmt;

/// Why a request is refused. Data, not an error: the caller stays where the caller was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rejection {
    /// The named orbit holds as many calls as it can, or is reserved.
    OrbitBusy,
    /// There is no call in that orbit (or nobody waits at all).
    OrbitEmpty,
    /// Somebody else is taking that call.
    AlreadyTaken,
    /// The token belongs to an episode that is over.
    StaleToken,
    /// No lot has this orbit.
    NoSuchOrbit,
    /// No free orbit in the lot.
    LotFull,
    /// The leg is parked already, or is being connected to a parked call, or holds a reservation.
    AlreadyParked,
    /// The reservation is gone.
    NoReservation,
    /// The unit takes no new calls for now.
    Draining,
}

impl fmt::Display for Rejection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::OrbitBusy => "Orbit busy",
            Self::OrbitEmpty => "No call on that orbit",
            Self::AlreadyTaken => "Call already taken",
            Self::StaleToken => "That call has ended",
            Self::NoSuchOrbit => "No such orbit",
            Self::LotFull => "All orbits are taken",
            Self::AlreadyParked => "Call is parked already",
            Self::NoReservation => "Reservation has ended",
            Self::Draining => "Unit is draining",
        })
    }
}

//! One dialog of the unit with one party, and its media.

use orbitbox_media::{Direction, Negotiated, Negotiation, StreamId, StreamStats};
use orbitbox_park::{DialPurpose, LegId, OrbitNumber, Party};
use orbitbox_sip::InviteId;
use std::time::Duration;

/// What the leg is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Somebody who is parked or asks to be.
    Parkee,
    /// A parker who hears the orbit before transferring; `None` until the park server has chosen it.
    Reserver(Option<OrbitNumber>),
    /// Somebody who has called in for a parked call.
    Retriever,
    /// One side of a call between stations, or of one that was transferred.
    Station,
    /// A station that has parked by a code, and hears where; `None` until that is known.
    ToldOrbit(Option<OrbitNumber>),
    /// Somebody the unit calls to take their call over (RFC 5359).
    Fetched,
    /// Somebody who speaks overhead.
    Pager,
    /// Somebody whose call rings overhead.
    Ringer,
    /// Somebody the unit has called for a parked call.
    Dialled(DialPurpose),
}

/// How far the leg has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// They called; not answered.
    Offered,
    /// They called; our 2xx is not acknowledged yet.
    Accepted,
    /// We called; no final answer yet.
    Dialling,
    /// Signalling is up. `until` is when their media is no longer waited for.
    Up {
        /// Time since start.
        until: Duration,
    },
    /// Up, and reported as connected.
    Connected,
}

/// One dialog of the unit with one party, and its media.
#[derive(Debug)]
pub(crate) struct Leg {
    pub id: LegId,
    pub usage: InviteId,
    pub party: Party,
    pub role: Role,
    pub stage: Stage,
    pub negotiation: Negotiation,
    /// What the first 2xx is to carry: our answer, or our offer when they made none.
    pub description: Vec<u8>,
    pub negotiated: Option<Negotiated>,
    pub heard: bool,
    /// How it stands with its stream.
    pub measured: Option<StreamStats>,
    /// What named the parker, for the call that is to be parked on it.
    pub because: String,
    /// The leg whose place in an orbit it takes.
    pub in_place_of: Option<LegId>,
    /// The caller's phone writes orbits as a parameter of `park`.
    pub asked_for_park: bool,
    /// The leg bridged to this one.
    pub peer: Option<LegId>,
}

impl Leg {
    /// The party has put the call on hold (RFC 3264 section 8.4).
    pub(crate) fn holds(&self) -> bool {
        let direction = self.negotiated.map(|negotiated| negotiated.direction);
        matches!(direction, Some(Direction::RecvOnly | Direction::Inactive))
    }

    /// Every leg has one stream, of the same number.
    pub(crate) fn stream(&self) -> StreamId {
        stream_of(self.id)
    }
}

pub(crate) fn stream_of(leg: LegId) -> StreamId {
    StreamId(leg.0)
}

pub(crate) fn leg_of(stream: StreamId) -> LegId {
    LegId(stream.0)
}

//! What the park server wants done.

use crate::{LegId, LotId, OrbitNumber, Party, Rejection, Resolution, Token};
use std::time::Duration;

/// Why the unit calls somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialPurpose {
    /// They asked for the call at the panel or the web page.
    Retrieve,
    /// They parked it and nobody came. `attempt` counts from 1.
    Ringback {
        /// 1 to 10.
        attempt: u8,
    },
    /// The last destination.
    Fallback,
}

/// Why a leg is to be ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HangupCause {
    /// Somebody else has the call now (RFC 3326 `Call completed elsewhere`).
    CompletedElsewhere,
    /// It rang long enough, or its media never came up after it had answered.
    NoAnswer,
    /// The parked caller has gone.
    CallerGone,
    /// The reservation was used by the transferred call.
    TransferCompleted,
    /// The call waited to the end of the ladder or of its life.
    Expired,
}

/// An order. Imperative. The server never uses a leg again after its `Hangup`, nor after its `Reject` unless that leg
/// was in use before it asked ([`Rejection::AlreadyParked`]) or asks anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Answer the leg if need be, and play music to it: it is parked.
    Hold {
        /// The call.
        parkee: LegId,
        /// Its orbit.
        orbit: OrbitNumber,
        /// The orbit's lot.
        lot: LotId,
    },
    /// Answer the parker's leg and speak the orbit to it, and only to it.
    SpeakReservation {
        /// The parker's leg.
        leg: LegId,
        /// The orbit kept for them.
        orbit: OrbitNumber,
    },
    /// Refuse what the leg asked for. A new leg is refused before it is answered; a leg that was up already (bridged, or
    /// parked: [`Rejection::AlreadyParked`]) stays what it was.
    Reject {
        /// The leg of the request.
        leg: LegId,
        /// Why.
        why: Rejection,
    },
    /// A request at the panel or the web page came to nothing.
    Decline {
        /// Who asked.
        by: Party,
        /// Why.
        why: Rejection,
    },
    /// Answer the retriever's leg; report `Connected` once its media is up.
    Answer {
        /// The retriever's leg.
        leg: LegId,
        /// Who they are going to talk to.
        caller: Party,
        /// From where.
        orbit: OrbitNumber,
    },
    /// Call somebody for a parked call; report `Answered`, `Connected` or `LegEnded`.
    Dial {
        /// A new leg.
        leg: LegId,
        /// Whom.
        target: Party,
        /// Who is waiting.
        caller: Party,
        /// Where.
        orbit: OrbitNumber,
        /// Why.
        purpose: DialPurpose,
        /// How long they have waited.
        waited: Duration,
    },
    /// Join the two for good: the parkee is no longer parked.
    Connect {
        /// The caller.
        parkee: LegId,
        /// Who took the call.
        with: LegId,
    },
    /// Tell the caller we are sorry, then report `Apologised`.
    Apologise {
        /// The parkee's leg.
        parkee: LegId,
    },
    /// End the leg (CANCEL or BYE, whichever its state asks for).
    Hangup {
        /// The leg.
        leg: LegId,
        /// Why.
        cause: HangupCause,
    },
    /// Something that others (pages, lamps, records, journal) follow.
    Notify(Notice),
}

/// Something that has become true, for everyone who follows parked calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A new episode.
    Parked {
        /// Its identity.
        token: Token,
        /// Its orbit.
        orbit: OrbitNumber,
        /// The lot.
        lot: LotId,
        /// The caller.
        caller: Party,
        /// The parker, if known.
        parker: Option<Party>,
    },
    /// Somebody else waits there now: the party was transferred.
    Replaced {
        /// The episode.
        token: Token,
        /// Its orbit.
        orbit: OrbitNumber,
        /// Who waits from now on.
        caller: Party,
    },
    /// Somebody is being connected; pages for the token stop. No page while claimed.
    Claimed {
        /// The episode.
        token: Token,
    },
    /// The claim failed; the caller waits on.
    Returned {
        /// The episode.
        token: Token,
    },
    /// The episode is over. The token is released: it is never spoken, lit or retrieved again.
    Resolved {
        /// The episode.
        token: Token,
        /// Its orbit.
        orbit: OrbitNumber,
        /// How.
        resolution: Resolution,
        /// Time parked.
        waited: Duration,
    },
}

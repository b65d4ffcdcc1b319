//! One parking episode: who waits, and how far along the ladder of ringback, fallback and apology they are.

use crate::{CallState, CallView, LegId, Lot, LotId, OrbitNumber, Party, Resolution, Token};
use std::time::Duration;

/// How long the station of a person who asked for the call is rung.
pub(crate) const RETRIEVER_RINGS_FOR: Duration = Duration::from_secs(20);
/// How long a leg that has answered may take until its media is up.
pub(crate) const CONNECTS_WITHIN: Duration = Duration::from_secs(40);
/// How long the apology may take.
pub(crate) const APOLOGY_WITHIN: Duration = Duration::from_secs(20);

/// Whom the call is being moved to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Retriever,
    Parker,
    Fallback,
}

/// A move of the call to somebody, which has not succeeded yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Transfer {
    pub(crate) leg: LegId,
    pub(crate) to: Target,
    /// Somebody is there: nobody else can win any more. True at once for a retriever who calls us.
    pub(crate) answered: bool,
    pub(crate) until: Duration,
}

impl Transfer {
    /// Whether others have been told that somebody is being connected.
    pub(crate) fn is_claim(&self) -> bool {
        self.answered || self.to == Target::Retriever
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Holding,
    Transferring(Transfer),
    /// The end of the ladder or of the life; `then` is how the episode ends.
    Apologising {
        until: Duration,
        then: Resolution,
    },
}

/// The next thing to try for a call that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rung {
    Ringback,
    Fallback,
    Apology,
}

#[derive(Debug, Clone)]
pub(crate) struct ParkedCall {
    pub(crate) token: Token,
    pub(crate) orbit: OrbitNumber,
    pub(crate) lot: LotId,
    pub(crate) leg: LegId,
    pub(crate) caller: Party,
    pub(crate) parker: Option<Party>,
    pub(crate) since: Duration,
    pub(crate) state: State,
    /// Ringbacks begun so far.
    pub(crate) ringbacks: u8,
    /// The fallback was rung to the end and did not take the call.
    pub(crate) fallback_failed: bool,
    /// When the next rung is due; `None` where the lot never rings back. Kept unchanged while a retriever tries.
    pub(crate) next_rung: Option<Duration>,
    pub(crate) end_of_life: Duration,
}

impl ParkedCall {
    /// When the next thing happens to it by itself.
    pub(crate) fn deadline(&self) -> Duration {
        match self.state {
            State::Holding => self.next_rung.map_or(self.end_of_life, |rung| rung.min(self.end_of_life)),
            // A life that ends must not cut people who are about to talk.
            State::Transferring(transfer) if transfer.answered => transfer.until,
            State::Transferring(transfer) => transfer.until.min(self.end_of_life),
            State::Apologising { until, .. } => until,
        }
    }

    /// Whether a retriever may have it: always, except while somebody is already taking it.
    pub(crate) fn is_claimable(&self) -> bool {
        match self.state {
            State::Holding | State::Apologising { .. } => true,
            State::Transferring(transfer) => !transfer.is_claim(),
        }
    }

    /// What is tried next when nobody has come.
    pub(crate) fn rung(&self, policy: &Lot) -> Rung {
        if self.parker.is_some() && self.ringbacks < policy.ringback.attempts {
            Rung::Ringback
        } else if policy.fallback.is_some() && !self.fallback_failed {
            Rung::Fallback
        } else {
            Rung::Apology
        }
    }

    pub(crate) fn waited(&self, now: Duration) -> Duration {
        now.saturating_sub(self.since)
    }

    pub(crate) fn view(&self) -> CallView {
        CallView {
            token: self.token,
            leg: self.leg,
            caller: self.caller.clone(),
            parker: self.parker.clone(),
            since: self.since,
            state: match self.state {
                State::Holding => CallState::Holding,
                State::Transferring(transfer) if transfer.is_claim() => CallState::BeingRetrieved,
                State::Transferring(Transfer { to: Target::Fallback, .. }) => CallState::FallingBack,
                State::Transferring(_) => CallState::RingingBack,
                State::Apologising { .. } => CallState::Apologising,
            },
            ringbacks: self.ringbacks,
            deadline: self.deadline(),
        }
    }
}

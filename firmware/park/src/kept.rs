//! What outlives a restart: one parked call as a record needs it, and back.

use crate::occupancy::Occupancy;
use crate::parked_call::{ParkedCall, State, Target};
use crate::server::{ParkServer, Role};
use crate::{LegId, LotId, OrbitNumber, Party, Token};
use std::time::Duration;

/// How soon after a restart it is known which callers are still there.
const PROBED_WITHIN: Duration = Duration::from_secs(2);

/// One parked call without what a restart cuts: nobody is on the way to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCall {
    /// Its identity.
    pub token: Token,
    /// Its orbit.
    pub orbit: OrbitNumber,
    /// The orbit's lot.
    pub lot: LotId,
    /// The caller.
    pub leg: LegId,
    /// Who waits.
    pub caller: Party,
    /// The parker, if known.
    pub parker: Option<Party>,
    /// When it was parked.
    pub since: Duration,
    /// Ringbacks that have come to nothing.
    pub ringbacks: u8,
    /// The fallback did not take the call.
    pub fallback_failed: bool,
    /// When the next rung is due; one that was being tried is due at once. `None` where the lot never rings back.
    pub next_rung: Option<Duration>,
    /// When its life ends.
    pub end_of_life: Duration,
}

impl ParkServer {
    /// What a restart needs of every parked call, oldest episode first.
    pub fn kept(&self) -> impl Iterator<Item = KeptCall> {
        self.calls.values().map(ParkedCall::kept)
    }

    /// Goes on with a parked call of before a restart: it waits again in its orbit, even where no lot has that orbit any more
    /// or it holds as many calls as it may. `false`, with nothing changed, for a token or a leg that is known already.
    pub fn restore(&mut self, now: Duration, kept: KeptCall) -> bool {
        let KeptCall { token, orbit, lot, leg, caller, parker, since, ringbacks, .. } = kept;
        if self.calls.contains_key(&token) || self.roles.contains_key(&leg) || self.policy(lot).is_none() {
            return false;
        }
        let occupancy = self.orbits.entry(orbit).or_insert_with(|| Occupancy::new(lot));
        occupancy.calls.push(token);
        occupancy.calls.sort_unstable();
        let (fallback_failed, end_of_life) = (kept.fallback_failed, kept.end_of_life);
        // Nobody is rung for a caller before it is known whether the caller is still there.
        let next_rung = kept.next_rung.map(|due| due.max(now.saturating_add(PROBED_WITHIN)));
        let state = State::Holding;
        let call = ParkedCall {
            token,
            orbit,
            lot: occupancy.lot,
            leg,
            caller,
            parker,
            since,
            state,
            ringbacks,
            fallback_failed,
            next_rung,
            end_of_life,
        };
        self.roles.insert(leg, Role::Parkee(token));
        self.calls.insert(token, call);
        true
    }

    /// How many legs and tokens have been issued so far.
    pub fn issued(&self) -> (u64, u64) {
        (self.legs_issued, self.tokens_issued)
    }

    /// Issues none of the first so many legs and tokens any more.
    pub fn skip_issued(&mut self, legs: u64, tokens: u64) {
        self.legs_issued = self.legs_issued.max(legs);
        self.tokens_issued = self.tokens_issued.max(tokens);
    }
}

impl ParkedCall {
    fn kept(&self) -> KeptCall {
        // The restart cuts whoever was being called; that attempt has not been made.
        let ringing_back = matches!(self.state, State::Transferring(transfer) if transfer.to == Target::Parker);
        KeptCall {
            token: self.token,
            orbit: self.orbit,
            lot: self.lot,
            leg: self.leg,
            caller: self.caller.clone(),
            parker: self.parker.clone(),
            since: self.since,
            ringbacks: self.ringbacks - u8::from(ringing_back),
            fallback_failed: self.fallback_failed,
            next_rung: self.next_rung,
            end_of_life: self.end_of_life,
        }
    }
}

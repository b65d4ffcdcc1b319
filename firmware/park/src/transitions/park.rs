//! A call is put into an orbit, or refused before it moves.

use crate::parked_call::{ParkedCall, State};
use crate::server::{ParkServer, Role};
use crate::{Action, HangupCause, LegId, Notice, OrbitNumber, Party, Place, Rejection};
use std::time::Duration;

impl ParkServer {
    /// `Hold`, then (for an attended transfer) `Hangup` of the parker's leg, then `Parked`; or one `Reject`.
    pub(crate) fn park(&mut self, now: Duration, leg: LegId, caller: Party, parker: Option<Party>, place: Place) {
        match self.admit(now, leg, place) {
            Ok((orbit, reserver)) => self.occupy(now, leg, caller, parker, orbit, reserver),
            Err(why) => self.reject(leg, why),
        }
    }

    /// The orbit the call may have, with who reserved it.
    fn admit(&mut self, now: Duration, leg: LegId, place: Place) -> Result<(OrbitNumber, Option<Reserver>), Rejection> {
        // A PBX may complete an attended transfer on the parker's own dialog: the leg that reserved is then the call.
        match self.roles.get(&leg) {
            None => {}
            Some(Role::Reserver(_)) if place == Place::ReservedBy(leg) => {}
            Some(Role::Parkee(_) | Role::Target(_) | Role::Reserver(_)) => return Err(Rejection::AlreadyParked),
        }
        match place {
            Place::ReservedBy(reserver) => self.redeem(now, leg, reserver),
            Place::Lot(_) | Place::Orbit(_) if self.draining => Err(Rejection::Draining),
            Place::Lot(lot) if self.policy(lot).is_none() => Err(Rejection::NoSuchOrbit),
            Place::Lot(lot) => Ok((self.choose(lot, now).ok_or(Rejection::LotFull)?, None)),
            Place::Orbit(orbit) => Ok((self.named(orbit)?, None)),
        }
    }

    /// The orbit itself if it has room. A cool-down does not matter to who asks for the number.
    pub(crate) fn named(&self, orbit: OrbitNumber) -> Result<OrbitNumber, Rejection> {
        let occupancy = self.orbits.get(&orbit).filter(|occupancy| self.is_offered(orbit, occupancy.lot));
        let occupancy = occupancy.ok_or(Rejection::NoSuchOrbit)?;
        let capacity = self.policy(occupancy.lot).map_or(0, |policy| policy.capacity);
        if occupancy.load() < capacity { Ok(orbit) } else { Err(Rejection::OrbitBusy) }
    }

    fn redeem(
        &mut self,
        now: Duration,
        leg: LegId,
        reserver: LegId,
    ) -> Result<(OrbitNumber, Option<Reserver>), Rejection> {
        let (orbit, reservation) = self.release_reservation(now, reserver).ok_or(Rejection::NoReservation)?;
        let to_end = (reservation.leg_is_up && reserver != leg).then_some(reserver);
        Ok((orbit, Some(Reserver { parker: reservation.parker, to_end })))
    }

    fn occupy(
        &mut self,
        now: Duration,
        leg: LegId,
        caller: Party,
        parker: Option<Party>,
        orbit: OrbitNumber,
        reserver: Option<Reserver>,
    ) {
        let token = self.issue_token();
        let Some(occupancy) = self.orbits.get_mut(&orbit) else { return };
        let lot = occupancy.lot;
        let Some(policy) = self.lots.get(usize::from(lot.0)) else { return };
        occupancy.calls.push(token);
        occupancy.cooling_until = None;
        let after = policy.ringback.after;
        let end_of_life = now.saturating_add(policy.max_life);
        let (reserved_for, to_end) = reserver.map_or((None, None), |reserver| (Some(reserver.parker), reserver.to_end));
        let call = ParkedCall {
            token,
            orbit,
            lot,
            leg,
            caller,
            parker: parker.or(reserved_for),
            since: now,
            state: State::Holding,
            ringbacks: 0,
            fallback_failed: false,
            next_rung: (!after.is_zero()).then(|| now.saturating_add(after)),
            end_of_life,
        };
        self.roles.insert(leg, Role::Parkee(token));
        self.act(Action::Hold { parkee: leg, orbit, lot });
        if let Some(parkers_leg) = to_end {
            self.act(Action::Hangup { leg: parkers_leg, cause: HangupCause::TransferCompleted });
        }
        self.notify(Notice::Parked { token, orbit, lot, caller: call.caller.clone(), parker: call.parker.clone() });
        self.calls.insert(token, call);
    }
}

/// Who reserved an orbit that a transferred call now takes.
struct Reserver {
    parker: Party,
    /// Their leg, if it is still up and not the call itself.
    to_end: Option<LegId>,
}

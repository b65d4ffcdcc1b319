//! A deadline has come: the next rung of the ladder, the end of a ringing, the end of a life.

use crate::parked_call::{APOLOGY_WITHIN, Rung, State, Target, Transfer};
use crate::server::{ParkServer, Role};
use crate::{Action, DialPurpose, HangupCause, LegId, Notice, Party, Resolution, Token};
use std::time::Duration;

impl ParkServer {
    pub(crate) fn expire(&mut self, now: Duration) {
        let tokens: Vec<Token> = self.calls.keys().copied().collect();
        for token in tokens {
            // Every step moves the call along a ladder of bounded length, so this ends.
            while self.calls.get(&token).is_some_and(|call| call.deadline() <= now) {
                self.expire_call(now, token);
            }
        }
        self.expire_reservations(now);
        for occupancy in self.orbits.values_mut() {
            occupancy.cooling_until = occupancy.cooling_until.filter(|until| now < *until);
        }
    }

    fn expire_call(&mut self, now: Duration, token: Token) {
        let Some(call) = self.calls.get(&token) else { return };
        let life_is_over = call.end_of_life <= now;
        match call.state {
            State::Holding if life_is_over => self.apologise(now, token),
            State::Holding => self.climb(now, token),
            State::Transferring(transfer) if life_is_over && !transfer.answered => {
                self.act(Action::Hangup { leg: transfer.leg, cause: HangupCause::Expired });
                self.roles.remove(&transfer.leg);
                if transfer.is_claim() {
                    self.notify(Notice::Returned { token });
                }
                self.apologise(now, token);
            }
            State::Transferring(transfer) => {
                self.act(Action::Hangup { leg: transfer.leg, cause: HangupCause::NoAnswer });
                self.transfer_failed(now, token, transfer);
            }
            State::Apologising { .. } => self.end_apology(now, token),
        }
    }

    /// Tries the next rung for a call that waits.
    fn climb(&mut self, now: Duration, token: Token) {
        let Some(call) = self.calls.get_mut(&token) else { return };
        let Some(policy) = self.lots.get(usize::from(call.lot.0)) else { return };
        match (call.rung(policy), &call.parker, &policy.fallback) {
            (Rung::Ringback, Some(parker), _) => {
                call.ringbacks += 1;
                let (target, ring_for) = (parker.clone(), policy.ringback.ring_for);
                let purpose = DialPurpose::Ringback { attempt: call.ringbacks };
                self.ring(now, token, Target::Parker, target, ring_for, purpose);
            }
            (Rung::Fallback, _, Some((target, ring_for))) => {
                let (target, ring_for) = (target.clone(), *ring_for);
                self.ring(now, token, Target::Fallback, target, ring_for, DialPurpose::Fallback);
            }
            (Rung::Ringback | Rung::Fallback | Rung::Apology, ..) => self.apologise(now, token),
        }
    }

    fn ring(
        &mut self,
        now: Duration,
        token: Token,
        to: Target,
        target: Party,
        ring_for: Duration,
        purpose: DialPurpose,
    ) {
        let leg = self.next_leg();
        let Some(call) = self.calls.get_mut(&token) else { return };
        let until = now.saturating_add(ring_for);
        call.state = State::Transferring(Transfer { leg, to, answered: false, until });
        let (caller, orbit, waited) = (call.caller.clone(), call.orbit, call.waited(now));
        self.roles.insert(leg, Role::Target(token));
        self.act(Action::Dial { leg, target, caller, orbit, purpose, waited });
    }

    /// The last rung. A retriever may still come; should that fail, the apology is due at once.
    pub(crate) fn apologise(&mut self, now: Duration, token: Token) {
        let Some(call) = self.calls.get_mut(&token) else { return };
        let then = if call.end_of_life <= now { Resolution::Expired } else { Resolution::Dropped };
        call.state = State::Apologising { until: now.saturating_add(APOLOGY_WITHIN), then };
        if then == Resolution::Dropped {
            call.next_rung = Some(now);
        }
        let parkee = call.leg;
        self.act(Action::Apologise { parkee });
    }

    fn expire_reservations(&mut self, now: Duration) {
        let reservations = self.orbits.values().flat_map(|occupancy| &occupancy.reservations);
        let due: Vec<(LegId, bool)> = reservations
            .filter(|reservation| reservation.until <= now)
            .map(|reservation| (reservation.leg, reservation.leg_is_up))
            .collect();
        for (leg, leg_is_up) in due {
            if let Some((orbit, _)) = self.release_reservation(now, leg) {
                self.drop_orphaned(orbit);
            }
            if leg_is_up {
                self.act(Action::Hangup { leg, cause: HangupCause::Expired });
            }
        }
    }
}

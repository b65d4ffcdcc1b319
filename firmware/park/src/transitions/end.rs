//! A leg is gone, or the apology has been spoken.

use crate::parked_call::{State, Target, Transfer};
use crate::server::{ParkServer, Role};
use crate::{Action, HangupCause, LegId, Notice, Resolution, Token};
use std::time::Duration;

impl ParkServer {
    /// The caller: `Hangup` of whoever was being connected, then `Resolved`. A target: see
    /// [`transfer_failed`](Self::transfer_failed). A parker who reserved: nothing yet.
    pub(crate) fn leg_ended(&mut self, now: Duration, leg: LegId) {
        match self.roles.get(&leg).copied() {
            Some(Role::Parkee(token)) => {
                if let Some(State::Transferring(transfer)) = self.calls.get(&token).map(|call| call.state) {
                    self.act(Action::Hangup { leg: transfer.leg, cause: HangupCause::CallerGone });
                }
                self.resolve(now, token, Resolution::Abandoned);
            }
            Some(Role::Target(_)) => {
                if let Some((token, transfer)) = self.transfer_to(leg) {
                    self.transfer_failed(now, token, transfer);
                }
            }
            Some(Role::Reserver(orbit)) => self.reserver_ended(now, leg, orbit),
            None => {}
        }
    }

    /// The caller waits on: `Returned` if others were told of a claim. After a retriever nothing of the ladder has
    /// changed; after a parker the next attempt is an interval away; after the fallback comes the apology.
    pub(crate) fn transfer_failed(&mut self, now: Duration, token: Token, transfer: Transfer) {
        self.roles.remove(&transfer.leg);
        let Some(lot) = self.calls.get(&token).map(|call| call.lot) else { return };
        let interval = self.policy(lot).map_or(Duration::ZERO, |policy| policy.ringback.interval);
        let Some(call) = self.calls.get_mut(&token) else { return };
        call.state = State::Holding;
        match transfer.to {
            Target::Retriever => {}
            Target::Parker => call.next_rung = Some(now.saturating_add(interval)),
            Target::Fallback => call.fallback_failed = true,
        }
        if transfer.is_claim() {
            self.notify(Notice::Returned { token });
        }
        if transfer.to == Target::Fallback {
            self.apologise(now, token);
        }
    }

    /// `Hangup` of the caller, then `Resolved`. Means nothing once a retriever has taken over from the apology.
    pub(crate) fn apologised(&mut self, now: Duration, leg: LegId) {
        if let Some(&Role::Parkee(token)) = self.roles.get(&leg) {
            self.end_apology(now, token);
        }
    }

    pub(crate) fn end_apology(&mut self, now: Duration, token: Token) {
        let Some(call) = self.calls.get(&token) else { return };
        let State::Apologising { then, .. } = call.state else { return };
        self.act(Action::Hangup { leg: call.leg, cause: HangupCause::Expired });
        self.resolve(now, token, then);
    }
}

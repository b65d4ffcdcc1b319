//! A transfer goes forward: the target has answered, and then the two are joined.

use crate::parked_call::{CONNECTS_WITHIN, State, Target, Transfer};
use crate::server::{ParkServer, Role};
use crate::{Action, LegId, Notice, Resolution, Token};
use std::time::Duration;

impl ParkServer {
    /// `Claimed` for a parker or fallback; a retriever's claim was told when it was made.
    pub(crate) fn answered(&mut self, now: Duration, leg: LegId) {
        let Some((token, transfer)) = self.transfer_to(leg) else { return };
        if transfer.answered {
            return;
        }
        let until = now.saturating_add(CONNECTS_WITHIN);
        if let Some(call) = self.calls.get_mut(&token) {
            call.state = State::Transferring(Transfer { answered: true, until, ..transfer });
        }
        if !transfer.is_claim() {
            self.notify(Notice::Claimed { token });
        }
    }

    /// `Connect`, then `Resolved`.
    pub(crate) fn connected(&mut self, now: Duration, leg: LegId) {
        let Some((token, transfer)) = self.transfer_to(leg) else { return };
        let Some(call) = self.calls.get(&token) else { return };
        let resolution = match transfer.to {
            Target::Retriever => Resolution::Retrieved,
            Target::Parker => Resolution::RungBack,
            Target::Fallback => Resolution::FellBack,
        };
        self.act(Action::Connect { parkee: call.leg, with: leg });
        self.resolve(now, token, resolution);
    }

    /// The episode and the transfer this leg is the target of.
    pub(crate) fn transfer_to(&self, leg: LegId) -> Option<(Token, Transfer)> {
        let Some(&Role::Target(token)) = self.roles.get(&leg) else { return None };
        match self.calls.get(&token)?.state {
            State::Transferring(transfer) => Some((token, transfer)),
            State::Holding | State::Apologising { .. } => None,
        }
    }
}

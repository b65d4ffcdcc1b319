//! The party in an orbit is itself transferred: another leg takes its place.

use crate::server::{ParkServer, Role};
use crate::{Action, HangupCause, LegId, Notice, Party, Rejection};

impl ParkServer {
    /// `Hold` of the new leg, `Hangup` of the old one, `Replaced`; or one `Reject`. Orbit, token, age and whatever is
    /// under way for the call stay as they are.
    pub(crate) fn replace(&mut self, old: LegId, leg: LegId, caller: Party, parker: Option<Party>) {
        if self.roles.contains_key(&leg) {
            return self.reject(leg, Rejection::AlreadyParked);
        }
        let token = match self.roles.get(&old) {
            Some(&Role::Parkee(token)) => token,
            Some(Role::Target(_) | Role::Reserver(_)) | None => return self.reject(leg, Rejection::StaleToken),
        };
        let Some(call) = self.calls.get_mut(&token) else { return };
        call.leg = leg;
        call.caller = caller.clone();
        if parker.is_some() {
            call.parker = parker;
        }
        let (orbit, lot) = (call.orbit, call.lot);
        self.roles.remove(&old);
        self.roles.insert(leg, Role::Parkee(token));
        self.act(Action::Hold { parkee: leg, orbit, lot });
        self.act(Action::Hangup { leg: old, cause: HangupCause::TransferCompleted });
        self.notify(Notice::Replaced { token, orbit, caller });
    }
}

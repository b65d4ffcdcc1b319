//! Somebody asks for a parked call: one of them gets it.

use crate::parked_call::{CONNECTS_WITHIN, ParkedCall, RETRIEVER_RINGS_FOR, State, Target, Transfer};
use crate::server::{ParkServer, Role};
use crate::{Action, DialPurpose, HangupCause, LegId, Notice, Party, Rejection, RetrieveBy, Token, Which};
use std::time::Duration;

impl ParkServer {
    /// `Hangup` of a parker or fallback who is only ringing, `Claimed`, then `Answer` or `Dial`; or one `Reject` or
    /// `Decline`. The caller stays in the orbit until the retriever is connected.
    pub(crate) fn retrieve(&mut self, now: Duration, which: Which, by: RetrieveBy) {
        let wanted = match &by {
            RetrieveBy::Leg(leg) if self.roles.contains_key(leg) => Err(Rejection::AlreadyParked),
            RetrieveBy::Leg(_) | RetrieveBy::Calling(_) => self.claimable(which),
        };
        match (wanted, by) {
            (Ok(token), RetrieveBy::Leg(leg)) => self.claim(now, token, leg, None),
            (Ok(token), RetrieveBy::Calling(party)) => {
                let leg = self.next_leg();
                self.claim(now, token, leg, Some(party));
            }
            (Err(why), RetrieveBy::Leg(leg)) => self.reject(leg, why),
            (Err(why), RetrieveBy::Calling(by)) => self.act(Action::Decline { by, why }),
        }
    }

    fn claimable(&self, which: Which) -> Result<Token, Rejection> {
        match which {
            Which::Orbit(orbit) => {
                let occupancy = self.orbits.get(&orbit).ok_or(Rejection::NoSuchOrbit)?;
                oldest_claimable(occupancy.calls.iter().filter_map(|token| self.calls.get(token)))
            }
            Which::Token(token) => {
                let call = self.calls.get(&token).ok_or(Rejection::StaleToken)?;
                oldest_claimable(std::iter::once(call))
            }
            // Tokens are issued in the order of parking.
            Which::LongestWaiting => oldest_claimable(self.calls.values()),
        }
    }

    /// `dial` is whom to call on `leg`; without it the retriever is calling us there.
    fn claim(&mut self, now: Duration, token: Token, leg: LegId, dial: Option<Party>) {
        self.cut_ringing(now, token);
        let Some(call) = self.calls.get_mut(&token) else { return };
        let patience = if dial.is_some() { RETRIEVER_RINGS_FOR } else { CONNECTS_WITHIN };
        let until = now.saturating_add(patience);
        call.state = State::Transferring(Transfer { leg, to: Target::Retriever, answered: dial.is_none(), until });
        let (caller, orbit, waited) = (call.caller.clone(), call.orbit, call.waited(now));
        self.roles.insert(leg, Role::Target(token));
        self.notify(Notice::Claimed { token });
        self.act(match dial {
            Some(target) => Action::Dial { leg, target, caller, orbit, purpose: DialPurpose::Retrieve, waited },
            None => Action::Answer { leg, caller, orbit },
        });
    }

    /// Ends the ringing of a parker or fallback in favour of a retriever. Should the retriever fail, the ladder goes on
    /// one interval from now; a fallback that was cut has not failed and is tried again.
    fn cut_ringing(&mut self, now: Duration, token: Token) {
        let Some(call) = self.calls.get_mut(&token) else { return };
        let State::Transferring(Transfer { leg, .. }) = call.state else { return };
        let lot = call.lot;
        let interval = self.policy(lot).map_or(Duration::ZERO, |policy| policy.ringback.interval);
        if let Some(call) = self.calls.get_mut(&token) {
            call.next_rung = Some(now.saturating_add(interval));
        }
        self.roles.remove(&leg);
        self.act(Action::Hangup { leg, cause: HangupCause::CompletedElsewhere });
    }
}

/// The first that nobody is taking yet.
fn oldest_claimable<'a>(calls: impl Iterator<Item = &'a ParkedCall>) -> Result<Token, Rejection> {
    let mut nobody_waits = true;
    for call in calls {
        if call.is_claimable() {
            return Ok(call.token);
        }
        nobody_waits = false;
    }
    Err(if nobody_waits { Rejection::OrbitEmpty } else { Rejection::AlreadyTaken })
}

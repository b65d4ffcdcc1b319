//! What is remembered of a parked call beside what the park server knows, and the whole in words.

use crate::Switchboard;
use crate::measured;
use orbitbox_park::{CallState, CallView, Lot, OrbitNumber, OrbitState, Party};
use std::time::Duration;

/// One parking episode.
#[derive(Debug)]
pub(crate) struct Episode {
    pub orbit: OrbitNumber,
    pub parker: Option<Party>,
    /// What named the parker, or why nobody is known.
    pub because: String,
}

impl Switchboard {
    /// Why a call is parked there, by whom, by which field, and what happens next and when; one sentence each. Empty for an
    /// orbit that the unit does not have.
    pub fn explain(&self, now: Duration, orbit: OrbitNumber) -> Vec<String> {
        let Some(view) = self.park.orbit(orbit, now) else { return Vec::new() };
        let calls = match view.state {
            OrbitState::Free => return vec![format!("Orbit {orbit} is free.")],
            OrbitState::Reserved => {
                return vec![format!("Orbit {orbit} is kept for a parker who has been told its number.")];
            }
            OrbitState::CoolingDown => {
                return vec![format!("Orbit {orbit} had a call a moment ago, and is not given yet.")];
            }
            OrbitState::Taken(calls) => calls,
        };
        let lot = self.unit.lots.get(usize::from(view.lot.0)).map(|settings| &settings.lot);
        calls.iter().flat_map(|call| self.explain_call(now, orbit, call, lot)).collect()
    }

    fn explain_call(&self, now: Duration, orbit: OrbitNumber, call: &CallView, lot: Option<&Lot>) -> Vec<String> {
        let waited = now.saturating_sub(call.since).as_secs();
        let because = self.episodes.get(&call.token).map_or("", |episode| episode.because.as_str());
        let by = match &call.parker {
            Some(parker) => format!("Parked by {}: {because}.", self.label(parker)),
            None => format!("The parker is not known: {because}."),
        };
        let left = call.deadline.saturating_sub(now).as_secs();
        let next = match call.state {
            CallState::Holding => {
                format!("In {left} s {}.", lot.map_or_else(String::new, |lot| self.next_rung(lot, call)))
            }
            CallState::BeingRetrieved => "Somebody is taking the call.".to_owned(),
            CallState::RingingBack => format!("The parker's phone rings, for {left} s more."),
            CallState::FallingBack => format!("The fallback's phone rings, for {left} s more."),
            CallState::Apologising => "The caller is being told that nobody came.".to_owned(),
        };
        let sound = self.legs.of(call.leg).and_then(|leg| leg.measured.as_ref());
        let sound = sound.map(|stats| format!("Sound: {}.", measured::in_words(stats)));
        let who = format!("{} ({})", self.label(&call.caller), call.caller.address);
        [format!("Orbit {orbit}: {who} has waited {waited} s."), by, next].into_iter().chain(sound).collect()
    }

    /// What the deadline of a waiting call brings.
    pub fn next_rung(&self, lot: &Lot, call: &CallView) -> String {
        let never = lot.ringback.after.is_zero();
        let parker = call.parker.as_ref().filter(|_| call.ringbacks < lot.ringback.attempts);
        match (parker, &lot.fallback) {
            (_, _) if never || call.deadline == call.since + lot.max_life => "the call is ended".to_owned(),
            (Some(parker), _) => {
                let (attempt, of) = (call.ringbacks + 1, lot.ringback.attempts);
                format!("{} is rung back, attempt {attempt} of {of}", self.label(parker))
            }
            (None, Some((fallback, _))) => format!("{} is called as the fallback", self.label(fallback)),
            (None, None) => "the caller is told that nobody came".to_owned(),
        }
    }
}

//! Comparing the witness's picture with what the server shows.

use super::{Owner, Step, Witness};
use crate::Input;
use orbitbox_park::{CallState, LegId, OrbitState, OrbitView};
use std::collections::BTreeSet;

impl Witness {
    /// Draws the consequences of a leg that has ended by itself, and of a reservation nobody speaks of any more.
    pub(super) fn settle(&mut self, step: &Step<'_>, ended: Option<(LegId, Owner)>) -> Result<(), String> {
        if let Some((leg, owner)) = ended {
            match owner {
                Owner::Parked(token) if self.episodes.get(&token).is_some_and(|episode| !episode.over) => {
                    return Err(format!("{leg} has gone, but {token} is not resolved"));
                }
                Owner::Taking(token) => {
                    if self.episodes.get(&token).is_some_and(|episode| episode.target == Some(leg)) {
                        self.end_target(token);
                    }
                }
                Owner::Parked(_) | Owner::Reserver(_) | Owner::Bridge | Owner::Gone => {}
            }
            self.owners.insert(leg, Owner::Gone);
        }
        // A reservation whose leg is gone is given up silently; the orbit's view is all there is to see of it.
        let given_up = |orbit| {
            let shown = step.after.iter().find(|view| view.orbit == orbit).map(|view| &view.state);
            matches!(shown, Some(OrbitState::Free | OrbitState::CoolingDown))
        };
        let quiet: Vec<LegId> = self
            .reservations
            .iter()
            .filter(|(leg, orbit)| given_up(**orbit) && self.owners.get(leg) == Some(&Owner::Gone))
            .map(|(leg, _)| *leg)
            .collect();
        for leg in quiet {
            self.reservations.remove(&leg);
        }
        Ok(())
    }

    pub(super) fn check_view(&self, step: &Step<'_>) -> Result<(), String> {
        let mut shown = BTreeSet::new();
        for view in step.after {
            self.check_orbit(step, view, &mut shown).map_err(|problem| format!("orbit {}: {problem}", view.orbit))?;
        }
        for (leg, owner) in &self.owners {
            if let Owner::Parked(token) = owner
                && !shown.contains(leg)
            {
                return Err(format!("{leg} of {token} was parked and is nowhere"));
            }
            if let Owner::Taking(token) = owner
                && self.episodes.get(token).is_none_or(|episode| episode.target != Some(*leg))
            {
                return Err(format!("{leg} is live and nobody's"));
            }
        }
        if matches!(step.input, Input::Timeout) && step.wakeup.is_some_and(|at| at <= step.now) {
            return Err("the deadlines were run, and one is still due".to_owned());
        }
        Ok(())
    }

    fn check_orbit(&self, step: &Step<'_>, view: &OrbitView, shown: &mut BTreeSet<LegId>) -> Result<(), String> {
        let capacity = self.lot_of(view.orbit).map_or(0, |lot| lot.capacity);
        let reserved_by_live_leg = self
            .reservations
            .iter()
            .any(|(leg, orbit)| *orbit == view.orbit && matches!(self.owners.get(leg), Some(Owner::Reserver(_))));
        let calls = match &view.state {
            OrbitState::Taken(calls) => calls,
            OrbitState::Reserved => {
                if self.reservations.values().any(|orbit| *orbit == view.orbit) {
                    return Ok(());
                }
                return Err("it is reserved for nobody".to_owned());
            }
            OrbitState::Free | OrbitState::CoolingDown if reserved_by_live_leg => {
                return Err("somebody has been told it is theirs".to_owned());
            }
            OrbitState::Free | OrbitState::CoolingDown => return Ok(()),
        };
        if calls.is_empty() || calls.len() > capacity {
            return Err(format!("{} calls, capacity {capacity}", calls.len()));
        }
        if !calls.is_sorted_by_key(|call| call.since) {
            return Err("its calls are not in the order of their age".to_owned());
        }
        for call in calls {
            if !shown.insert(call.leg) {
                return Err(format!("{} is shown twice", call.leg));
            }
            let Some(episode) = self.episodes.get(&call.token) else {
                return Err(format!("{} was never announced", call.token));
            };
            if episode.over || episode.orbit != view.orbit || episode.leg != call.leg || episode.since != call.since {
                return Err(format!("{} is shown otherwise than told", call.token));
            }
            let state_told = match (episode.claimed, episode.target) {
                (true, Some(_)) => call.state == CallState::BeingRetrieved,
                (true, None) => false,
                (false, Some(_)) => matches!(call.state, CallState::RingingBack | CallState::FallingBack),
                (false, None) => matches!(call.state, CallState::Holding | CallState::Apologising),
            };
            if !state_told {
                return Err(format!("{} is shown as {:?}, told as {episode:?}", call.token, call.state));
            }
            if step.wakeup.is_none_or(|at| at > call.deadline) {
                return Err(format!("{} has a deadline that nobody waits for", call.token));
            }
        }
        Ok(())
    }
}

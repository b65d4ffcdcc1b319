//! Whether a refusal tells the truth, by what everybody could see before it.

use super::{Step, Witness};
use crate::Input;
use orbitbox_park::{Action, CallState, Event, OrbitNumber, OrbitState, OrbitView, Place, Rejection, Which};

impl Witness {
    pub(super) fn check_refusals(&self, step: &Step<'_>) -> Result<(), String> {
        for action in step.actions {
            if let Action::Reject { why, .. } | Action::Decline { why, .. } = action
                && !self.is_honest(step, *why)
            {
                return Err(format!("{action:?} is not true"));
            }
        }
        Ok(())
    }

    fn is_honest(&self, step: &Step<'_>, why: Rejection) -> bool {
        let Input::Event(event) = step.input else { return false };
        match (why, event) {
            (
                Rejection::LotFull,
                Event::ParkRequested { place: Place::Lot(lot), .. }
                | Event::ReserveRequested { place: Place::Lot(lot), .. },
            ) => step.before.iter().filter(|view| view.lot == *lot).all(|view| self.is_full(view)),
            (
                Rejection::OrbitBusy,
                Event::ParkRequested { place: Place::Orbit(orbit), .. }
                | Event::ReserveRequested { place: Place::Orbit(orbit), .. },
            ) => step.before.iter().any(|view| view.orbit == *orbit && self.is_full(view)),
            (Rejection::OrbitEmpty, Event::RetrieveRequested { which, .. }) => waiting(step.before, *which).is_empty(),
            (Rejection::AlreadyTaken, Event::RetrieveRequested { which, .. }) => {
                let states = waiting(step.before, *which);
                !states.is_empty() && states.iter().all(|state| *state == CallState::BeingRetrieved)
            }
            (Rejection::StaleToken, Event::RetrieveRequested { which: Which::Token(token), .. }) => {
                self.episodes.get(token).is_none_or(|episode| episode.over)
            }
            (Rejection::StaleToken, Event::ParkeeReplaced { old, .. }) => {
                !self.episodes.values().any(|episode| !episode.over && episode.leg == *old)
            }
            (
                Rejection::NoSuchOrbit,
                Event::ParkRequested { place: Place::Orbit(orbit), .. }
                | Event::ReserveRequested { place: Place::Orbit(orbit), .. }
                | Event::RetrieveRequested { which: Which::Orbit(orbit), .. },
            ) => self.lot_of(*orbit).is_none(),
            (
                Rejection::NoSuchOrbit,
                Event::ParkRequested { place: Place::Lot(lot), .. }
                | Event::ReserveRequested { place: Place::Lot(lot), .. },
            ) => usize::from(lot.0) >= self.lots.len(),
            (Rejection::NoReservation, Event::ParkRequested { place: Place::ReservedBy(leg), .. }) => {
                // A reservation that outlives its leg is given up without a word.
                !self.reservations.contains_key(leg) || self.is_gone(*leg)
            }
            (Rejection::NoReservation, Event::ReserveRequested { place: Place::ReservedBy(_), .. }) => true,
            // Whether it is true is known where legs are followed.
            (Rejection::AlreadyParked, _) => true,
            (Rejection::Draining, _) => self.draining,
            _ => false,
        }
    }

    fn is_full(&self, view: &OrbitView) -> bool {
        let capacity = self.lot_of(view.orbit).map_or(0, |lot| lot.capacity);
        self.load(view.orbit, view) >= capacity
    }

    fn load(&self, orbit: OrbitNumber, view: &OrbitView) -> usize {
        let calls = match &view.state {
            OrbitState::Taken(calls) => calls.len(),
            OrbitState::Free | OrbitState::Reserved | OrbitState::CoolingDown => 0,
        };
        calls + self.reservations.values().filter(|reserved| **reserved == orbit).count()
    }
}

/// What the calls are doing that could have been meant.
fn waiting(before: &[OrbitView], which: Which) -> Vec<CallState> {
    let calls = before.iter().flat_map(|view| match &view.state {
        OrbitState::Taken(calls) => calls.as_slice(),
        OrbitState::Free | OrbitState::Reserved | OrbitState::CoolingDown => &[],
    });
    let orbit_of = |token| {
        let has = |view: &&OrbitView| matches!(&view.state, OrbitState::Taken(calls) if calls.iter().any(|call| call.token == token));
        before.iter().find(has).map(|view| view.orbit)
    };
    let meant = calls.filter(|call| match which {
        Which::Orbit(orbit) => orbit_of(call.token) == Some(orbit),
        Which::Token(token) => call.token == token,
        Which::LongestWaiting => true,
    });
    meant.map(|call| call.state).collect()
}

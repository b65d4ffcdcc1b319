//! Counting coincidences.
//!
//! A race is one orbit at one instant with two or more rivals: different legs, requests or deadlines that each want
//! something of it. What one leg does twice in an instant is no race, nor is the echo of a leg we ended ourselves.

use super::World;
use crate::Input;
use orbitbox_park::{Action, Event, LegId, Notice, OrbitNumber, Place, RetrieveBy, Which};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rival {
    Leg(LegId),
    /// A request at the panel, by its step.
    Panel(u64),
    Deadline,
}

#[derive(Debug, Default)]
pub(super) struct Races {
    rivals: BTreeMap<OrbitNumber, BTreeSet<Rival>>,
    counted: u64,
}

impl Races {
    pub(super) fn next_instant(&mut self) {
        self.counted += self.rivals.values().filter(|rivals| rivals.len() > 1).count() as u64;
        self.rivals.clear();
    }

    pub(super) fn counted(&self) -> u64 {
        self.counted
    }

    fn note(&mut self, orbit: OrbitNumber, rival: Rival) {
        self.rivals.entry(orbit).or_default().insert(rival);
    }
}

impl World {
    /// What can be said before the server has decided.
    pub(super) fn note_race(&mut self, input: &Input) {
        let Input::Event(event) = input else { return };
        match event {
            Event::ParkRequested { leg, place, .. } | Event::ReserveRequested { leg, place, .. } => match place {
                Place::Orbit(orbit) => self.races.note(*orbit, Rival::Leg(*leg)),
                Place::ReservedBy(reserver) => {
                    if let Some(orbit) = self.witness.orbit_of(*reserver) {
                        self.races.note(orbit, Rival::Leg(*leg));
                    }
                }
                Place::Lot(_) => {}
            },
            Event::ParkeeReplaced { old, leg, .. } => {
                if let Some(orbit) = self.witness.orbit_of(*old) {
                    self.races.note(orbit, Rival::Leg(*leg));
                }
            }
            Event::RetrieveRequested { which, by } => {
                let rival = self.asker(by);
                match which {
                    Which::Orbit(orbit) => self.races.note(*orbit, rival),
                    Which::Token(token) => {
                        if let Some(orbit) = self.witness.orbit_of_token(*token) {
                            self.races.note(orbit, rival);
                        }
                    }
                    Which::LongestWaiting => {}
                }
            }
            Event::Answered { leg } | Event::Connected { leg } | Event::Apologised { leg } => self.note_leg(*leg),
            Event::LegEnded { leg } if self.witness.is_gone(*leg) => {}
            Event::LegEnded { leg } => self.note_leg(*leg),
            Event::DrainingSet(_) => {}
        }
    }

    /// What can be said only afterwards: the orbit a request got, the calls whose deadline it was.
    pub(super) fn note_outcome_of_race(&mut self, input: &Input, actions: &[Action]) {
        for action in actions {
            let orbit = match action {
                Action::Hold { orbit, .. }
                | Action::SpeakReservation { orbit, .. }
                | Action::Answer { orbit, .. }
                | Action::Dial { orbit, .. }
                | Action::Notify(Notice::Resolved { orbit, .. }) => Some(*orbit),
                Action::Hangup { leg, .. } | Action::Apologise { parkee: leg } => self.witness.orbit_of(*leg),
                Action::Reject { .. } | Action::Decline { .. } | Action::Connect { .. } | Action::Notify(_) => None,
            };
            let Some(orbit) = orbit else { continue };
            match input {
                Input::Timeout => self.races.note(orbit, Rival::Deadline),
                Input::Event(Event::ParkRequested { leg, .. } | Event::ReserveRequested { leg, .. }) => {
                    self.races.note(orbit, Rival::Leg(*leg))
                }
                Input::Event(Event::RetrieveRequested { by, .. }) => {
                    let rival = self.asker(by);
                    self.races.note(orbit, rival);
                }
                Input::Event(_) => {}
            }
        }
    }

    fn note_leg(&mut self, leg: LegId) {
        if let Some(orbit) = self.witness.orbit_of(leg) {
            self.races.note(orbit, Rival::Leg(leg));
        }
    }

    fn asker(&self, by: &RetrieveBy) -> Rival {
        match by {
            RetrieveBy::Leg(leg) => Rival::Leg(*leg),
            RetrieveBy::Calling(_) => Rival::Panel(self.steps),
        }
    }
}

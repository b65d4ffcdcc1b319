//! How phones and people react to what the server wants done.

use super::lots::party;
use super::{Stimulus, Thing, World};
use crate::Input;
use orbitbox_park::{Action, DialPurpose, Event, LegId, Notice, Party, Place, RetrieveBy};

/// Who calls on this leg: everybody has one leg and one name.
pub(crate) fn caller_of(leg: LegId) -> Party {
    party(&format!("caller-{}", leg.0))
}

impl World {
    pub(super) fn react(&mut self, input: &Input, action: &Action) {
        match action {
            Action::Hold { parkee, .. } => {
                self.leave_bridge(*parkee);
                if self.chance.chance(20) {
                    self.end_leg_within(60, *parkee);
                }
            }
            Action::SpeakReservation { leg, .. } => {
                self.reservers.push(*leg);
                self.use_reservation(*leg);
            }
            Action::Reject { leg, .. } => self.hang_up_if_new(input, *leg),
            Action::Answer { leg, .. } => self.bring_up_media(*leg),
            Action::Dial { leg, purpose, .. } => self.ring(*leg, *purpose),
            Action::Apologise { parkee } => {
                if self.chance.chance(80) {
                    let seconds = self.chance.between(0, 8);
                    self.later(seconds, Thing::Event(Event::Apologised { leg: *parkee }));
                }
            }
            Action::Hangup { leg, .. } => {
                // The end of a leg we ended ourselves may be reported or not.
                if self.chance.chance(50) {
                    self.end_leg_within(2, *leg);
                }
            }
            Action::Connect { parkee, with } => {
                self.bridges.push((*parkee, *with));
                if self.chance.chance(40) {
                    self.end_leg_within(30, *with);
                }
            }
            Action::Notify(Notice::Parked { token, .. }) => self.tokens.push(*token),
            Action::Notify(_) | Action::Decline { .. } => {}
        }
    }

    /// Whoever is refused before answering is gone; a bridge talks on.
    fn hang_up_if_new(&mut self, input: &Input, leg: LegId) {
        let retrieving = matches!(input, Input::Event(Event::RetrieveRequested { by: RetrieveBy::Leg(_), .. }));
        if retrieving && self.chance.chance(20) {
            self.end_leg_within(1, leg);
        }
    }

    fn use_reservation(&mut self, reserver: LegId) {
        let (first, second) = (self.chance.between(0, 8), self.chance.between(0, 12));
        match self.chance.between(1, 10) {
            // The phone completes the transfer; the parker's leg ends before, after or in the same instant.
            1..=5 => {
                self.later(first, Thing::Stimulus(Stimulus::Complete { reserver }));
                self.later(second, Thing::Event(Event::LegEnded { leg: reserver }));
            }
            // The parker thinks better of it.
            6 | 7 => {
                self.later(first, Thing::Event(Event::LegEnded { leg: reserver }));
                self.later(second, Thing::Event(Event::LegEnded { leg: reserver }));
            }
            // A PBX swaps the parties on the parker's dialog.
            8 => {
                let place = Place::ReservedBy(reserver);
                let event = Event::ParkRequested { leg: reserver, caller: caller_of(reserver), parker: None, place };
                self.later(first, Thing::Event(event));
            }
            // Two calls claim the same reservation.
            9 => {
                self.later(first, Thing::Stimulus(Stimulus::Complete { reserver }));
                self.later(first, Thing::Stimulus(Stimulus::Complete { reserver }));
            }
            _ => {}
        }
    }

    fn bring_up_media(&mut self, leg: LegId) {
        match self.chance.between(1, 10) {
            1..=6 => {
                let seconds = self.chance.between(0, 3);
                self.later(seconds, Thing::Event(Event::Connected { leg }));
                if self.chance.chance(30) {
                    self.end_leg_within(5, leg);
                }
            }
            7 | 8 => self.end_leg_within(6, leg),
            _ => {}
        }
    }

    fn ring(&mut self, leg: LegId, purpose: DialPurpose) {
        let patience = if purpose == DialPurpose::Retrieve { 25 } else { 22 };
        let seconds = self.chance.between(0, patience);
        match self.chance.between(1, 20) {
            // Busy, or declined after a while.
            1..=5 => self.end_leg_within(8, leg),
            6..=13 => {
                self.later(seconds, Thing::Event(Event::Answered { leg }));
                if self.chance.chance(15) {
                    self.later(seconds, Thing::Event(Event::Answered { leg }));
                }
                let media = seconds + self.chance.between(0, 3);
                match self.chance.between(1, 10) {
                    1..=6 => self.later(media, Thing::Event(Event::Connected { leg })),
                    7 | 8 => self.later(media, Thing::Event(Event::LegEnded { leg })),
                    _ => {}
                }
            }
            // The media comes up before the answer is reported.
            14 => self.later(seconds, Thing::Event(Event::Connected { leg })),
            _ => {}
        }
    }

    fn end_leg_within(&mut self, seconds: u64, leg: LegId) {
        let seconds = self.chance.between(0, seconds);
        self.later(seconds, Thing::Event(Event::LegEnded { leg }));
    }

    /// One of two who talk has been parked again: the other is alone and hangs up.
    fn leave_bridge(&mut self, parked: LegId) {
        let Some(index) = self.bridges.iter().position(|(one, other)| *one == parked || *other == parked) else {
            return;
        };
        let (one, other) = self.bridges.swap_remove(index);
        self.end_leg_within(3, if one == parked { other } else { one });
    }
}

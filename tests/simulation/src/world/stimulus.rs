//! What somebody who looks at the orbits may do next, and coincidences of such deeds.

use super::lots::party;
use super::{Thing, World, caller_of};
use orbitbox_park::{
    CallState, CallView, Event, LegId, LotId, OrbitNumber, OrbitState, Party, Place, RetrieveBy, Token, Which,
};
use std::time::Duration;

/// A deed that is made into an event when its time comes, by what the orbits look like then.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stimulus {
    /// A call arrives on the pilot of any lot.
    ParkOnPilot,
    /// A call arrives for this orbit.
    ParkOn(OrbitNumber),
    /// A parker wants to hear the number of an orbit.
    Reserve,
    /// A parker wants this orbit.
    ReserveOn(OrbitNumber),
    /// The transferred call arrives.
    Complete { reserver: LegId },
    /// Somebody dials the orbit.
    RetrieveFrom(OrbitNumber),
    /// Somebody presses a key for the orbit.
    CallStationFor(OrbitNumber),
    /// Somebody presses the Retrieve key or dials for the longest waiting call.
    RetrieveLongest,
    /// Somebody uses the token of the orbit's call, or one from the past.
    RetrieveToken(OrbitNumber),
    /// The orbit's caller hangs up.
    CallerHangsUp(OrbitNumber),
    /// The orbit's caller is transferred to somebody else.
    Replace(OrbitNumber),
    /// Whoever rings for the orbit's call does this.
    TargetAnswers(OrbitNumber),
    /// See above.
    TargetConnects(OrbitNumber),
    /// See above.
    TargetEnds(OrbitNumber),
    /// The apology is over, or was never begun.
    ApologyEnds(OrbitNumber),
    /// One of two who talk is parked again.
    ParkAgain(OrbitNumber),
    /// A leg that is in use asks for something.
    AskTwice(OrbitNumber),
    /// The unit is drained, or not.
    Drain,
    /// A number, lot or leg that does not exist.
    Nonsense,
}

impl World {
    /// Thinks of an orbit and an instant, preferably one at which something is due there, and lets two to four things
    /// happen at it.
    pub(super) fn plan_coincidence(&mut self) {
        if self.now > self.busy_until {
            return;
        }
        let deadlines: Vec<(OrbitNumber, Duration)> = self
            .views
            .iter()
            .flat_map(|view| calls_of(&view.state).iter().map(|call| (view.orbit, call.deadline)))
            .filter(|(_, at)| *at >= self.now && *at < self.now + Duration::from_secs(30))
            .collect();
        let any = self.any_orbit();
        let (orbit, at) = match self.chance.pick(&deadlines) {
            Some(due) if self.chance.chance(60) => *due,
            Some(_) | None => (any, self.now + Duration::from_secs(self.chance.between(0, 6))),
        };
        for _ in 0..self.chance.between(2, 4) {
            let stimulus = self.any_deed(orbit);
            let tie_break = self.chance.number();
            self.agenda.put(at, tie_break, Thing::Stimulus(stimulus));
        }
        let pause = self.chance.between(0, 6);
        self.later(pause, Thing::Moment);
    }

    fn any_deed(&mut self, orbit: OrbitNumber) -> Stimulus {
        match self.chance.between(1, 100) {
            1..=16 => Stimulus::ParkOnPilot,
            17..=26 => Stimulus::ParkOn(orbit),
            27..=31 => Stimulus::Reserve,
            32..=34 => Stimulus::ReserveOn(orbit),
            35..=46 => Stimulus::RetrieveFrom(orbit),
            47..=54 => Stimulus::CallStationFor(orbit),
            55..=59 => Stimulus::RetrieveLongest,
            60..=64 => Stimulus::RetrieveToken(orbit),
            65..=68 => Stimulus::CallerHangsUp(orbit),
            69..=70 => Stimulus::Replace(orbit),
            71..=77 => Stimulus::TargetAnswers(orbit),
            78..=83 => Stimulus::TargetConnects(orbit),
            84..=88 => Stimulus::TargetEnds(orbit),
            89..=90 => Stimulus::ApologyEnds(orbit),
            91..=94 => Stimulus::ParkAgain(orbit),
            95..=96 => Stimulus::AskTwice(orbit),
            97..=98 => Stimulus::Drain,
            _ => Stimulus::Nonsense,
        }
    }

    pub(super) fn event_from(&mut self, stimulus: Stimulus) -> Option<Event> {
        Some(match stimulus {
            Stimulus::ParkOnPilot => {
                let place = Place::Lot(self.any_lot());
                self.park_at(place)
            }
            Stimulus::ParkOn(orbit) => self.park_at(Place::Orbit(orbit)),
            Stimulus::Complete { reserver } => self.park_at(Place::ReservedBy(reserver)),
            Stimulus::Reserve => {
                let place = Place::Lot(self.any_lot());
                self.reserve_at(place)
            }
            Stimulus::ReserveOn(orbit) => self.reserve_at(Place::Orbit(orbit)),
            Stimulus::RetrieveFrom(orbit) => self.retrieve_on_new_leg(Which::Orbit(orbit)),
            Stimulus::CallStationFor(orbit) => call_station(Which::Orbit(orbit)),
            Stimulus::RetrieveLongest if self.chance.chance(50) => call_station(Which::LongestWaiting),
            Stimulus::RetrieveLongest => self.retrieve_on_new_leg(Which::LongestWaiting),
            Stimulus::RetrieveToken(orbit) => {
                let which = Which::Token(self.any_token(orbit)?);
                self.retrieve_on_new_leg(which)
            }
            Stimulus::CallerHangsUp(orbit) => Event::LegEnded { leg: self.any_call(orbit)?.leg },
            Stimulus::Replace(orbit) => {
                let old = self.any_call(orbit)?.leg;
                let leg = self.server.next_leg();
                let parker = self.chance.chance(50).then(|| self.any_parker());
                Event::ParkeeReplaced { old, leg, caller: caller_of(leg), parker }
            }
            Stimulus::TargetAnswers(orbit) => Event::Answered { leg: self.target_in(orbit)? },
            Stimulus::TargetConnects(orbit) => Event::Connected { leg: self.target_in(orbit)? },
            Stimulus::TargetEnds(orbit) => Event::LegEnded { leg: self.target_in(orbit)? },
            Stimulus::ApologyEnds(orbit) => Event::Apologised { leg: self.any_call(orbit)?.leg },
            Stimulus::ParkAgain(orbit) => {
                let (one, other) = *self.chance.pick(&self.bridges)?;
                let leg = if self.chance.chance(70) { one } else { other };
                if self.witness.is_gone(leg) {
                    return None;
                }
                let place = if self.chance.chance(50) { Place::Orbit(orbit) } else { Place::Lot(self.any_lot()) };
                Event::ParkRequested { leg, caller: caller_of(leg), parker: Some(self.any_parker()), place }
            }
            Stimulus::AskTwice(orbit) => self.ask_twice(orbit)?,
            Stimulus::Drain => {
                let seconds = self.chance.between(0, 10);
                self.later(seconds, Thing::Event(Event::DrainingSet(false)));
                Event::DrainingSet(true)
            }
            Stimulus::Nonsense => self.nonsense(),
        })
    }

    fn park_at(&mut self, place: Place) -> Event {
        let leg = self.server.next_leg();
        let parker = self.chance.chance(75).then(|| self.any_parker());
        Event::ParkRequested { leg, caller: caller_of(leg), parker, place }
    }

    fn reserve_at(&mut self, place: Place) -> Event {
        let leg = self.server.next_leg();
        Event::ReserveRequested { leg, parker: self.any_parker(), place }
    }

    fn retrieve_on_new_leg(&mut self, which: Which) -> Event {
        let leg = self.server.next_leg();
        Event::RetrieveRequested { which, by: RetrieveBy::Leg(leg) }
    }

    /// A parked leg, or the one that is to take it, asks to be parked or for a call.
    fn ask_twice(&mut self, orbit: OrbitNumber) -> Option<Event> {
        let parkee = self.any_call(orbit)?.leg;
        let leg = if self.chance.chance(60) { parkee } else { self.target_in(orbit)? };
        let place = match self.chance.between(1, 3) {
            1 => Place::Orbit(orbit),
            2 => Place::Lot(self.any_lot()),
            _ => Place::ReservedBy(leg),
        };
        Some(match self.chance.between(1, 3) {
            1 => Event::ParkRequested { leg, caller: caller_of(leg), parker: None, place },
            2 => Event::ReserveRequested { leg, parker: self.any_parker(), place },
            _ => Event::RetrieveRequested { which: Which::Orbit(orbit), by: RetrieveBy::Leg(leg) },
        })
    }

    fn nonsense(&mut self) -> Event {
        let nowhere = "999".parse::<OrbitNumber>().ok();
        let stale = self.chance.pick(&self.reservers).copied();
        match (self.chance.between(1, 7), nowhere, stale) {
            (1, Some(orbit), _) => self.park_at(Place::Orbit(orbit)),
            (2, Some(orbit), _) => self.retrieve_on_new_leg(Which::Orbit(orbit)),
            (3, _, _) => self.park_at(Place::Lot(LotId(99))),
            (4, _, Some(reserver)) => self.park_at(Place::ReservedBy(reserver)),
            (5, _, _) => Event::Connected { leg: LegId(u64::MAX) },
            (6, _, _) => self.retrieve_on_new_leg(Which::Token(Token(u64::MAX))),
            _ => Event::LegEnded { leg: LegId(u64::MAX) },
        }
    }

    fn any_orbit(&mut self) -> OrbitNumber {
        let index = self.chance.between(0, self.views.len() as u64 - 1);
        self.views[index as usize].orbit
    }

    fn any_lot(&mut self) -> LotId {
        LotId(self.chance.between(0, self.server.lots().len() as u64 - 1) as u16)
    }

    fn any_parker(&mut self) -> Party {
        let number = self.chance.between(1, 3);
        party(&format!("parker-{number}"))
    }

    fn any_call(&mut self, orbit: OrbitNumber) -> Option<CallView> {
        let view = self.views.iter().find(|view| view.orbit == orbit)?;
        self.chance.pick(calls_of(&view.state)).cloned()
    }

    fn any_token(&mut self, orbit: OrbitNumber) -> Option<Token> {
        let past = self.chance.pick(&self.tokens).copied();
        let live = self.any_call(orbit).map(|call| call.token);
        if self.chance.chance(60) { live.or(past) } else { past }
    }

    /// Whoever rings, or is being connected, for a call in the orbit.
    fn target_in(&mut self, orbit: OrbitNumber) -> Option<LegId> {
        let call = self.any_call(orbit)?;
        match call.state {
            CallState::BeingRetrieved | CallState::RingingBack | CallState::FallingBack => {
                self.witness.target_of(call.token)
            }
            CallState::Holding | CallState::Apologising => None,
        }
    }
}

fn call_station(which: Which) -> Event {
    Event::RetrieveRequested { which, by: RetrieveBy::Calling(party("station")) }
}

fn calls_of(state: &OrbitState) -> &[CallView] {
    match state {
        OrbitState::Taken(calls) => calls,
        OrbitState::Free | OrbitState::Reserved | OrbitState::CoolingDown => &[],
    }
}

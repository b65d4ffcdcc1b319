//! A park server with a clock that only the test moves.

use orbitbox_park::{
    Action, CallView, Choice, Event, HangupCause, LegId, Lot, LotId, Notice, OrbitNumber, OrbitState, ParkServer,
    Party, Place, Resolution, RetrieveBy, Ringback, Token, Which,
};
use std::time::Duration;

pub const LOT: LotId = LotId(0);

pub fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub fn orbit(text: &str) -> OrbitNumber {
    text.parse().expect("an orbit number")
}

pub fn party(name: &str) -> Party {
    Party { address: format!("sip:{name}@192.0.2.1"), name: name.to_owned() }
}

/// Orbits 71 to 73; ringback after 60 s, three times 20 s, 30 s apart; an operator who is rung for 25 s.
pub fn lot() -> Lot {
    Lot {
        name: "Warehouse".to_owned(),
        orbits: vec![orbit("71"), orbit("72"), orbit("73")],
        choice: Choice::LeastRecentlyUsed,
        capacity: 1,
        ringback: Ringback { after: seconds(60), ring_for: seconds(20), attempts: 3, interval: seconds(30) },
        fallback: Some((party("operator"), seconds(25))),
        reservation_grace: seconds(10),
        cool_down: seconds(15),
        max_life: seconds(1200),
    }
}

pub struct Desk {
    pub server: ParkServer,
    pub now: Duration,
}

impl Desk {
    pub fn new(lot: Lot) -> Self {
        Self::with_lots(vec![lot])
    }

    pub fn with_lots(lots: Vec<Lot>) -> Self {
        Self { server: ParkServer::new(lots, 1).expect("good lots"), now: Duration::ZERO }
    }

    /// Tells the server something now; what it wants done.
    pub fn tell(&mut self, event: Event) -> Vec<Action> {
        self.server.handle(self.now, event);
        self.drain()
    }

    /// Lets time pass up to `until` seconds since the start, deadline by deadline; what the server wants done, and when.
    pub fn wait(&mut self, until: u64) -> Vec<(u64, Action)> {
        let mut done = Vec::new();
        while let Some(at) = self.server.poll_timeout().filter(|at| *at <= seconds(until)) {
            self.now = self.now.max(at);
            self.server.handle_timeout(self.now);
            let at = self.now.as_secs();
            done.extend(self.drain().into_iter().map(|action| (at, action)));
        }
        self.now = seconds(until);
        done
    }

    fn drain(&mut self) -> Vec<Action> {
        std::iter::from_fn(|| self.server.poll_action()).collect()
    }

    /// A new call asks to be parked; Bay 4 sent it.
    pub fn ask_to_park(&mut self, place: Place) -> (LegId, Vec<Action>) {
        let leg = self.server.next_leg();
        let parker = Some(party("bay4"));
        (leg, self.tell(Event::ParkRequested { leg, caller: party("alice"), parker, place }))
    }

    /// A new call is parked on the orbit.
    pub fn park(&mut self, number: &str) -> (LegId, Token) {
        let (leg, _) = self.ask_to_park(Place::Orbit(orbit(number)));
        let call = self.calls(number).into_iter().find(|call| call.leg == leg).expect("the call is parked");
        (leg, call.token)
    }

    /// A parker asks for a reservation.
    pub fn reserve(&mut self, place: Place) -> (LegId, Vec<Action>) {
        let leg = self.server.next_leg();
        (leg, self.tell(Event::ReserveRequested { leg, parker: party("bay4"), place }))
    }

    /// A retriever calls the unit.
    pub fn retrieve(&mut self, which: Which) -> (LegId, Vec<Action>) {
        let leg = self.server.next_leg();
        (leg, self.tell(Event::RetrieveRequested { which, by: RetrieveBy::Leg(leg) }))
    }

    /// Somebody at the panel wants the station to be called.
    pub fn call_station(&mut self, which: Which) -> Vec<Action> {
        self.tell(Event::RetrieveRequested { which, by: RetrieveBy::Calling(party("station")) })
    }

    pub fn state(&self, number: &str) -> OrbitState {
        self.server.orbit(orbit(number), self.now).expect("an orbit of the lot").state
    }

    /// The calls in the orbit, oldest first.
    pub fn calls(&self, number: &str) -> Vec<CallView> {
        match self.state(number) {
            OrbitState::Taken(calls) => calls,
            OrbitState::Free | OrbitState::Reserved | OrbitState::CoolingDown => Vec::new(),
        }
    }

    pub fn call(&self, number: &str) -> CallView {
        self.calls(number).into_iter().next().expect("a call in the orbit")
    }
}

/// The leg of the only `Dial`.
pub fn dialled(actions: &[(u64, Action)]) -> LegId {
    let mut legs = actions.iter().filter_map(|(_, action)| leg_of_dial(action));
    let leg = legs.next().expect("somebody is called");
    assert_eq!(legs.next(), None, "somebody else is called too");
    leg
}

pub fn leg_of_dial(action: &Action) -> Option<LegId> {
    if let Action::Dial { leg, .. } = action { Some(*leg) } else { None }
}

pub fn hangup(leg: LegId, cause: HangupCause) -> Action {
    Action::Hangup { leg, cause }
}

pub fn claimed(token: Token) -> Action {
    Action::Notify(Notice::Claimed { token })
}

pub fn returned(token: Token) -> Action {
    Action::Notify(Notice::Returned { token })
}

pub fn resolved(token: Token, number: &str, resolution: Resolution, waited: u64) -> Action {
    Action::Notify(Notice::Resolved { token, orbit: orbit(number), resolution, waited: seconds(waited) })
}

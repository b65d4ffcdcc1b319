use crate::desk::{Desk, LOT, lot, orbit, party, seconds};
use orbitbox_park::{Action, CallState, Event, LegId, LotId, Notice, OrbitState, Place, Rejection, Which};

#[test]
fn on_the_pilot_holds_the_call_and_then_tells_everybody() {
    let mut desk = Desk::new(lot());
    desk.now = seconds(5);
    let (leg, actions) = desk.ask_to_park(Place::Lot(LOT));
    let call = desk.call("71");
    let (caller, parker) = (party("alice"), Some(party("bay4")));
    assert_eq!(
        actions,
        [
            Action::Hold { parkee: leg, orbit: orbit("71"), lot: LOT },
            Action::Notify(Notice::Parked { token: call.token, orbit: orbit("71"), lot: LOT, caller, parker }),
        ]
    );
    assert_eq!((call.leg, call.since, call.state, call.ringbacks), (leg, seconds(5), CallState::Holding, 0));
    assert_eq!(call.deadline, seconds(65));
}

#[test]
fn on_a_named_orbit_means_that_orbit_or_a_refusal() {
    let mut desk = Desk::new(lot());
    desk.park("72");
    let (leg, actions) = desk.ask_to_park(Place::Orbit(orbit("72")));
    assert_eq!(actions, [Action::Reject { leg, why: Rejection::OrbitBusy }]);
    assert_eq!(desk.calls("72").len(), 1);
    assert_eq!(desk.state("71"), OrbitState::Free);
}

#[test]
fn in_a_full_lot_is_refused() {
    let mut desk = Desk::new(lot());
    for number in ["71", "72", "73"] {
        desk.park(number);
    }
    let (leg, actions) = desk.ask_to_park(Place::Lot(LOT));
    assert_eq!(actions, [Action::Reject { leg, why: Rejection::LotFull }]);
}

#[test]
fn where_no_lot_is_is_refused() {
    let mut desk = Desk::new(lot());
    for place in [Place::Lot(LotId(7)), Place::Orbit(orbit("99")), Place::Orbit(orbit("071"))] {
        let (leg, actions) = desk.ask_to_park(place);
        assert_eq!(actions, [Action::Reject { leg, why: Rejection::NoSuchOrbit }]);
    }
}

#[test]
fn twice_is_refused_and_the_call_stays_where_it_is() {
    let mut desk = Desk::new(lot());
    let (leg, _) = desk.park("71");
    for place in [Place::Lot(LOT), Place::Orbit(orbit("71")), Place::ReservedBy(leg)] {
        let again = Event::ParkRequested { leg, caller: party("alice"), parker: None, place };
        assert_eq!(desk.tell(again), [Action::Reject { leg, why: Rejection::AlreadyParked }]);
    }
    assert_eq!(desk.call("71").leg, leg);
}

#[test]
fn of_a_call_that_was_retrieved_earlier_is_a_new_episode() {
    let mut desk = Desk::new(lot());
    let (leg, first) = desk.park("71");
    let (retriever, _) = desk.retrieve(Which::Orbit(orbit("71")));
    desk.tell(Event::Connected { leg: retriever });
    let place = Place::Orbit(orbit("71"));
    desk.tell(Event::ParkRequested { leg, caller: party("alice"), parker: Some(party("carol")), place });
    assert_eq!(desk.call("71").leg, leg);
    assert_ne!(desk.call("71").token, first);
    // The other side of the bridge can be parked too.
    let place = Place::Lot(LOT);
    desk.tell(Event::ParkRequested { leg: retriever, caller: party("carol"), parker: None, place });
    assert_eq!(desk.call("72").leg, retriever);
}

#[test]
fn fills_an_orbit_up_to_its_capacity_oldest_first() {
    let mut desk = Desk::new(orbitbox_park::Lot { capacity: 2, ..lot() });
    let legs: Vec<LegId> = (0..2).map(|_| desk.park("71").0).collect();
    assert_eq!(desk.calls("71").iter().map(|call| call.leg).collect::<Vec<_>>(), legs);
    let (leg, actions) = desk.ask_to_park(Place::Orbit(orbit("71")));
    assert_eq!(actions, [Action::Reject { leg, why: Rejection::OrbitBusy }]);
}

#[test]
fn is_refused_while_draining_and_accepted_again_afterwards() {
    let mut desk = Desk::new(lot());
    desk.tell(Event::DrainingSet(true));
    for place in [Place::Lot(LOT), Place::Orbit(orbit("71"))] {
        let (leg, actions) = desk.ask_to_park(place);
        assert_eq!(actions, [Action::Reject { leg, why: Rejection::Draining }]);
        let (leg, actions) = desk.reserve(place);
        assert_eq!(actions, [Action::Reject { leg, why: Rejection::Draining }]);
    }
    desk.tell(Event::DrainingSet(false));
    desk.park("71");
}

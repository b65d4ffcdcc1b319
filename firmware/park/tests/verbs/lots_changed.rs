use crate::desk::{Desk, claimed, lot, orbit, party, seconds};
use orbitbox_park::{Action, Event, Lot, LotFault, LotId, OrbitState, Place, Rejection, Ringback, Which};

fn offices() -> Lot {
    Lot { name: "Offices".to_owned(), orbits: vec![orbit("91"), orbit("92")], ..lot() }
}

#[test]
fn who_waits_on_an_orbit_that_is_taken_away_can_be_retrieved_and_nobody_follows() {
    let mut desk = Desk::new(lot());
    let (leg, token) = desk.park("71");
    desk.park("73");
    desk.server.set_lots(vec![Lot { orbits: vec![orbit("72"), orbit("73")], ..lot() }]).unwrap();
    assert_eq!(desk.calls("71").len(), 1);
    let (other, actions) = desk.ask_to_park(Place::Orbit(orbit("71")));
    assert_eq!(actions, [Action::Reject { leg: other, why: Rejection::NoSuchOrbit }]);
    let (_, actions) = desk.retrieve(Which::Orbit(orbit("71")));
    assert!(actions.contains(&claimed(token)), "{actions:?}");
    desk.tell(Event::LegEnded { leg });
    assert_eq!(desk.server.orbit(orbit("71"), desk.now), None, "forgotten when it is empty");
}

#[test]
fn deadlines_that_run_stay_and_what_follows_is_as_the_new_lot_says() {
    let mut desk = Desk::new(lot());
    desk.park("71");
    let once = Ringback { after: seconds(600), attempts: 1, ..lot().ringback };
    desk.server.set_lots(vec![Lot { ringback: once, ..lot() }]).unwrap();
    let rung = |done: Vec<(u64, Action)>| -> Vec<u64> {
        done.into_iter().filter(|(_, action)| matches!(action, Action::Dial { .. })).map(|(at, _)| at).collect()
    };
    // The parker at the time that was set, no second time, then the operator.
    assert_eq!(rung(desk.wait(400)), [60, 110]);
}

#[test]
fn lots_are_known_again_by_their_names() {
    let mut desk = Desk::with_lots(vec![lot(), offices()]);
    desk.park("91");
    desk.park("92");
    desk.park("72");
    // 91 goes to a lot of its own, 92 to nobody.
    let attic = Lot { name: "Attic".to_owned(), orbits: vec![orbit("91")], ..lot() };
    let offices = Lot { orbits: vec![orbit("95")], ..offices() };
    desk.server.set_lots(vec![offices, attic, lot()]).unwrap();
    let of = |number: &str| desk.server.lot_of(orbit(number));
    assert_eq!([of("91"), of("92"), of("72")], [Some(LotId(1)), Some(LotId(0)), Some(LotId(2))]);
    assert!(desk.server.kept().all(|call| Some(call.lot) == desk.server.lot_of(call.orbit)));
}

#[test]
fn a_reservation_of_an_orbit_that_is_taken_away_is_kept_while_it_lasts() {
    let mut desk = Desk::new(lot());
    let (reserver, _) = desk.reserve(Place::Orbit(orbit("71")));
    desk.server.set_lots(vec![offices()]).unwrap();
    let leg = desk.server.next_leg();
    let place = Place::ReservedBy(reserver);
    desk.tell(Event::ParkRequested { leg, caller: party("alice"), parker: None, place });
    assert_eq!(desk.call("71").leg, leg);
    let (reserver, _) = desk.reserve(Place::Orbit(orbit("91")));
    desk.server.set_lots(vec![lot()]).unwrap();
    assert_eq!(desk.state("91"), OrbitState::Reserved);
    desk.tell(Event::LegEnded { leg: reserver });
    desk.wait(30);
    assert_eq!(desk.server.orbit(orbit("91"), desk.now), None);
}

#[test]
fn lots_with_faults_change_nothing() {
    let mut desk = Desk::new(lot());
    let (_, token) = desk.park("71");
    let faults = desk.server.set_lots(vec![Lot { capacity: 0, ..offices() }]).unwrap_err();
    assert_eq!(faults, [LotFault::NoCapacity { lot: LotId(0) }]);
    assert_eq!((desk.call("71").token, desk.server.lots().len()), (token, 1));
    assert_eq!(desk.state("72"), OrbitState::Free);
}

#[test]
fn an_orbit_that_is_given_back_is_offered_again() {
    let mut desk = Desk::new(lot());
    let (leg, _) = desk.park("71");
    desk.server.set_lots(vec![offices()]).unwrap();
    desk.server.set_lots(vec![lot()]).unwrap();
    desk.tell(Event::LegEnded { leg });
    desk.wait(16);
    assert_eq!(desk.state("71"), OrbitState::Free);
}

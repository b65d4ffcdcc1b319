use crate::desk::{Desk, LOT, hangup, lot, orbit, party, seconds};
use orbitbox_park::{Action, Event, HangupCause, Lot, LotId, Notice, OrbitState, Place, Rejection, Which};

#[test]
fn speaks_the_orbit_and_keeps_it() {
    let mut desk = Desk::new(lot());
    let (leg, actions) = desk.reserve(Place::Lot(LOT));
    assert_eq!(actions, [Action::SpeakReservation { leg, orbit: orbit("71") }]);
    assert_eq!(desk.state("71"), OrbitState::Reserved);
    let (other, actions) = desk.ask_to_park(Place::Orbit(orbit("71")));
    assert_eq!(actions, [Action::Reject { leg: other, why: Rejection::OrbitBusy }]);
    // Nobody is ever joined to the announcement.
    let (retriever, actions) = desk.retrieve(Which::Orbit(orbit("71")));
    assert_eq!(actions, [Action::Reject { leg: retriever, why: Rejection::OrbitEmpty }]);
}

#[test]
fn the_transferred_call_takes_the_place_of_the_parkers_leg() {
    let mut desk = Desk::new(lot());
    let (reserver, _) = desk.reserve(Place::Orbit(orbit("72")));
    desk.wait(9);
    let leg = desk.server.next_leg();
    let place = Place::ReservedBy(reserver);
    let actions = desk.tell(Event::ParkRequested { leg, caller: party("alice"), parker: None, place });
    let token = desk.call("72").token;
    let (caller, parker) = (party("alice"), Some(party("bay4")));
    assert_eq!(
        actions,
        [
            Action::Hold { parkee: leg, orbit: orbit("72"), lot: LotId(0) },
            hangup(reserver, HangupCause::TransferCompleted),
            Action::Notify(Notice::Parked { token, orbit: orbit("72"), lot: LotId(0), caller, parker }),
        ]
    );
    assert_eq!(desk.call("72").since, seconds(9), "the wait begins when the caller comes");
    assert_eq!(desk.tell(Event::LegEnded { leg: reserver }), []);
    assert_eq!(desk.call("72").leg, leg);
}

#[test]
fn a_pbx_may_swap_the_parties_on_the_parkers_own_leg() {
    let mut desk = Desk::new(lot());
    let (leg, _) = desk.reserve(Place::Lot(LOT));
    let place = Place::ReservedBy(leg);
    let actions = desk.tell(Event::ParkRequested { leg, caller: party("alice"), parker: None, place });
    assert_eq!(actions[0], Action::Hold { parkee: leg, orbit: orbit("71"), lot: LOT });
    assert!(!actions.iter().any(|action| matches!(action, Action::Hangup { .. })));
    assert_eq!(desk.call("71").parker, Some(party("bay4")));
}

#[test]
fn outlives_the_parkers_leg_by_the_grace_and_no_longer() {
    let mut desk = Desk::new(lot());
    let (reserver, _) = desk.reserve(Place::Lot(LOT));
    desk.wait(100);
    desk.tell(Event::LegEnded { leg: reserver });
    desk.wait(105);
    desk.tell(Event::LegEnded { leg: reserver });
    desk.wait(109);
    assert_eq!(desk.state("71"), OrbitState::Reserved);
    assert_eq!(desk.wait(110), []);
    assert_eq!(desk.state("71"), OrbitState::Free, "no call has ended there, so nothing cools down");
    let (leg, actions) = desk.ask_to_park(Place::ReservedBy(reserver));
    assert_eq!(actions, [Action::Reject { leg, why: Rejection::NoReservation }]);
    assert!(desk.server.is_quiet());
}

#[test]
fn completes_within_the_grace_without_ending_the_leg_a_second_time() {
    let mut desk = Desk::new(lot());
    let (reserver, _) = desk.reserve(Place::Lot(LOT));
    desk.tell(Event::LegEnded { leg: reserver });
    desk.wait(3);
    let (leg, actions) = desk.ask_to_park(Place::ReservedBy(reserver));
    assert_eq!(desk.call("71").leg, leg);
    assert!(!actions.iter().any(|action| matches!(action, Action::Hangup { .. })));
}

#[test]
fn completes_while_draining() {
    let mut desk = Desk::new(lot());
    let (reserver, _) = desk.reserve(Place::Lot(LOT));
    desk.tell(Event::DrainingSet(true));
    let (leg, _) = desk.ask_to_park(Place::ReservedBy(reserver));
    assert_eq!(desk.call("71").leg, leg);
}

#[test]
fn serves_one_call_only() {
    let mut desk = Desk::new(lot());
    let (reserver, _) = desk.reserve(Place::Lot(LOT));
    desk.ask_to_park(Place::ReservedBy(reserver));
    let (leg, actions) = desk.ask_to_park(Place::ReservedBy(reserver));
    assert_eq!(actions, [Action::Reject { leg, why: Rejection::NoReservation }]);
}

#[test]
fn a_parker_who_never_hangs_up_loses_the_orbit_in_the_end() {
    let mut desk = Desk::new(Lot { max_life: seconds(300), ..lot() });
    let (reserver, _) = desk.reserve(Place::Lot(LOT));
    assert_eq!(desk.wait(300), [(300, hangup(reserver, HangupCause::Expired))]);
    assert_eq!(desk.state("71"), OrbitState::Free);
}

#[test]
fn counts_against_the_capacity() {
    let mut desk = Desk::new(Lot { capacity: 2, ..lot() });
    desk.park("71");
    desk.reserve(Place::Orbit(orbit("71")));
    let (leg, actions) = desk.ask_to_park(Place::Orbit(orbit("71")));
    assert_eq!(actions, [Action::Reject { leg, why: Rejection::OrbitBusy }]);
}

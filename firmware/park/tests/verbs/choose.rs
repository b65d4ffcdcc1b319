use crate::desk::{Desk, LOT, lot, orbit};
use orbitbox_park::{Action, Choice, Event, LegId, Lot, OrbitNumber, OrbitState, Place, Rejection};
use std::collections::BTreeSet;
use std::time::Duration;

/// The orbit a call on the pilot gets.
fn on_pilot(desk: &mut Desk) -> (LegId, OrbitNumber) {
    let (leg, actions) = desk.ask_to_park(Place::Lot(LOT));
    let given = actions.iter().find_map(|action| match action {
        Action::Hold { orbit, .. } => Some(*orbit),
        _ => None,
    });
    (leg, given.expect("an orbit"))
}

/// Calls come one at a time, each a minute long, a minute apart.
fn one_by_one(desk: &mut Desk, count: u64) -> Vec<String> {
    let mut given = Vec::new();
    for call in 0..count {
        desk.wait(call * 120);
        let (leg, orbit) = on_pilot(desk);
        desk.wait(call * 120 + 50);
        desk.tell(Event::LegEnded { leg });
        given.push(orbit.to_string());
    }
    given
}

#[test]
fn least_recently_used_goes_round_and_starts_with_the_lowest() {
    let mut desk = Desk::new(lot());
    assert_eq!(one_by_one(&mut desk, 5), ["71", "72", "73", "71", "72"]);
}

#[test]
fn first_takes_the_lowest_that_is_free() {
    let mut desk = Desk::new(Lot { choice: Choice::First, ..lot() });
    assert_eq!(one_by_one(&mut desk, 3), ["71", "71", "71"]);
    desk.wait(1000);
    desk.park("71");
    assert_eq!(on_pilot(&mut desk).1, orbit("72"));
}

#[test]
fn next_goes_on_from_the_last_one_given() {
    let mut desk = Desk::new(Lot { choice: Choice::Next, ..lot() });
    desk.park("72");
    assert_eq!(on_pilot(&mut desk).1, orbit("71"));
    assert_eq!(on_pilot(&mut desk).1, orbit("73"));
}

#[test]
fn random_gives_every_free_orbit_and_no_other_and_the_same_for_a_seed() {
    let random = || Desk::new(Lot { choice: Choice::Random, ..lot() });
    let given = one_by_one(&mut random(), 40);
    assert_eq!(given.iter().map(String::as_str).collect::<BTreeSet<_>>(), BTreeSet::from(["71", "72", "73"]));
    assert_eq!(given, one_by_one(&mut random(), 40));
}

#[test]
fn an_orbit_cools_down_before_it_is_given_again() {
    let mut desk = Desk::new(Lot { choice: Choice::First, ..lot() });
    let (leg, _) = desk.park("71");
    desk.tell(Event::LegEnded { leg });
    assert_eq!(desk.state("71"), OrbitState::CoolingDown);
    assert_eq!(on_pilot(&mut desk).1, orbit("72"));
    assert_eq!(desk.server.poll_timeout(), Some(Duration::from_secs(15)), "the look of the orbit changes then");
    desk.wait(15);
    assert_eq!(desk.state("71"), OrbitState::Free);
}

#[test]
fn who_names_an_orbit_does_not_wait_for_it_to_cool_down() {
    let mut desk = Desk::new(lot());
    let (leg, _) = desk.park("71");
    desk.tell(Event::LegEnded { leg });
    desk.park("71");
}

#[test]
fn when_nothing_else_is_free_the_orbit_that_has_cooled_longest_is_given() {
    let mut desk = Desk::new(lot());
    let legs: Vec<LegId> = ["73", "71", "72"].iter().map(|number| desk.park(number).0).collect();
    for (second, leg) in (1..).zip(&legs[..2]) {
        desk.wait(second);
        desk.tell(Event::LegEnded { leg: *leg });
    }
    assert_eq!(on_pilot(&mut desk).1, orbit("73"));
    assert_eq!(on_pilot(&mut desk).1, orbit("71"));
    let (leg, actions) = desk.ask_to_park(Place::Lot(LOT));
    assert_eq!(actions, [Action::Reject { leg, why: Rejection::LotFull }]);
}

#[test]
fn callers_share_an_orbit_only_when_none_is_empty() {
    let mut desk = Desk::new(Lot { capacity: 2, ..lot() });
    let given: Vec<String> = (0..6).map(|_| on_pilot(&mut desk).1.to_string()).collect();
    assert_eq!(given, ["71", "72", "73", "71", "72", "73"]);
}

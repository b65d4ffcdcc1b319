use crate::desk::{Desk, dialled, hangup, leg_of_dial, lot, orbit, resolved, returned, seconds};
use orbitbox_park::{Action, CallState, Event, HangupCause, Lot, OrbitState, Resolution, Which};

#[test]
fn a_caller_who_hangs_up_frees_the_orbit() {
    let mut desk = Desk::new(lot());
    let (leg, token) = desk.park("71");
    desk.wait(40);
    assert_eq!(desk.tell(Event::LegEnded { leg }), [resolved(token, "71", Resolution::Abandoned, 40)]);
    assert_eq!(desk.state("71"), OrbitState::CoolingDown);
    assert_eq!(desk.wait(1000), []);
    assert!(desk.server.is_quiet());
    assert_eq!(desk.server.poll_timeout(), None);
}

#[test]
fn a_caller_who_hangs_up_stops_whoever_is_being_connected() {
    let mut desk = Desk::new(lot());
    let (leg, token) = desk.park("71");
    let parker = dialled(&desk.wait(60));
    let gone = [hangup(parker, HangupCause::CallerGone), resolved(token, "71", Resolution::Abandoned, 60)];
    assert_eq!(desk.tell(Event::LegEnded { leg }), gone);

    let (leg, token) = desk.park("72");
    let (retriever, _) = desk.retrieve(Which::Orbit(orbit("72")));
    let gone = [hangup(retriever, HangupCause::CallerGone), resolved(token, "72", Resolution::Abandoned, 0)];
    assert_eq!(desk.tell(Event::LegEnded { leg }), gone);
    assert_eq!(desk.tell(Event::Connected { leg: retriever }), []);
}

#[test]
fn a_busy_parker_is_tried_again_after_the_interval() {
    let mut desk = Desk::new(lot());
    desk.park("71");
    let leg = dialled(&desk.wait(60));
    desk.wait(62);
    assert_eq!(desk.tell(Event::LegEnded { leg }), [], "nobody was told of a claim");
    assert_eq!((desk.call("71").ringbacks, desk.call("71").deadline), (1, seconds(92)));
    dialled(&desk.wait(92));
    assert_eq!(desk.call("71").ringbacks, 2);
}

#[test]
fn a_station_that_is_busy_gives_the_call_back() {
    let mut desk = Desk::new(lot());
    let (_, token) = desk.park("71");
    let leg = leg_of_dial(&desk.call_station(Which::LongestWaiting)[1]).expect("the station is called");
    assert_eq!(desk.tell(Event::LegEnded { leg }), [returned(token)]);
    assert_eq!(desk.call("71").state, CallState::Holding);
}

#[test]
fn the_end_of_the_apology_ends_the_call() {
    let mut desk = Desk::new(Lot { max_life: seconds(30), ..lot() });
    let (parkee, token) = desk.park("71");
    assert_eq!(desk.wait(30), [(30, Action::Apologise { parkee })]);
    desk.wait(36);
    let ended = [hangup(parkee, HangupCause::Expired), resolved(token, "71", Resolution::Expired, 36)];
    assert_eq!(desk.tell(Event::Apologised { leg: parkee }), ended);
    assert_eq!(desk.tell(Event::LegEnded { leg: parkee }), []);
}

#[test]
fn a_caller_may_hang_up_during_the_apology() {
    let mut desk = Desk::new(Lot { max_life: seconds(30), ..lot() });
    let (leg, token) = desk.park("71");
    desk.wait(33);
    assert_eq!(desk.tell(Event::LegEnded { leg }), [resolved(token, "71", Resolution::Abandoned, 33)]);
}

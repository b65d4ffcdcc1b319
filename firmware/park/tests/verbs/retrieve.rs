use crate::desk::{Desk, claimed, dialled, hangup, leg_of_dial, lot, orbit, party, resolved, returned, seconds};
use orbitbox_park::{
    Action, CallState, DialPurpose, Event, HangupCause, Lot, Rejection, Resolution, RetrieveBy, Token, Which,
};

#[test]
fn claims_the_call_answers_and_joins_once_the_media_is_up() {
    let mut desk = Desk::new(lot());
    let (parkee, token) = desk.park("71");
    desk.wait(30);
    let (leg, actions) = desk.retrieve(Which::Orbit(orbit("71")));
    assert_eq!(actions, [claimed(token), Action::Answer { leg, caller: party("alice"), orbit: orbit("71") }]);
    assert_eq!(desk.call("71").state, CallState::BeingRetrieved);
    desk.wait(31);
    let actions = desk.tell(Event::Connected { leg });
    let retrieved = resolved(token, "71", Resolution::Retrieved, 31);
    assert_eq!(actions, [Action::Connect { parkee, with: leg }, retrieved]);
    assert_eq!(desk.calls("71"), []);
    desk.wait(60);
    assert!(desk.server.is_quiet());
}

#[test]
fn at_the_panel_calls_the_station() {
    let mut desk = Desk::new(lot());
    let (parkee, token) = desk.park("71");
    desk.wait(12);
    let actions = desk.call_station(Which::LongestWaiting);
    let leg = leg_of_dial(&actions[1]).expect("the station is called");
    let dial = Action::Dial {
        leg,
        target: party("station"),
        caller: party("alice"),
        orbit: orbit("71"),
        purpose: DialPurpose::Retrieve,
        waited: seconds(12),
    };
    assert_eq!(actions, [claimed(token), dial]);
    assert_eq!(desk.tell(Event::Answered { leg }), []);
    assert_eq!(desk.tell(Event::Connected { leg })[0], Action::Connect { parkee, with: leg });
}

#[test]
fn a_station_that_does_not_answer_in_20_seconds_gives_the_call_back() {
    let mut desk = Desk::new(lot());
    let (_, token) = desk.park("71");
    let leg = leg_of_dial(&desk.call_station(Which::LongestWaiting)[1]).expect("the station is called");
    let given_back = [(20, hangup(leg, HangupCause::NoAnswer)), (20, returned(token))];
    assert_eq!(desk.wait(20), given_back);
    assert_eq!((desk.call("71").state, desk.call("71").deadline), (CallState::Holding, seconds(60)));
}

#[test]
fn of_two_exactly_one_wins_and_the_other_is_told_at_once() {
    let mut desk = Desk::new(lot());
    let (_, token) = desk.park("71");
    let (winner, _) = desk.retrieve(Which::Orbit(orbit("71")));
    for which in [Which::Orbit(orbit("71")), Which::Token(token), Which::LongestWaiting] {
        let (loser, actions) = desk.retrieve(which);
        assert_eq!(actions, [Action::Reject { leg: loser, why: Rejection::AlreadyTaken }]);
        let declined = Action::Decline { by: party("station"), why: Rejection::AlreadyTaken };
        assert_eq!(desk.call_station(which), [declined]);
    }
    desk.tell(Event::Connected { leg: winner });
    assert_eq!(desk.calls("71"), []);
}

#[test]
fn a_failure_changes_nothing() {
    let mut desk = Desk::new(lot());
    let (_, token) = desk.park("71");
    let before = desk.call("71");
    desk.wait(20);
    let (leg, _) = desk.retrieve(Which::Orbit(orbit("71")));
    desk.wait(25);
    assert_eq!(desk.tell(Event::LegEnded { leg }), [returned(token)]);
    assert_eq!(desk.call("71"), before);
}

#[test]
fn a_ringback_that_fell_due_meanwhile_comes_at_once_after_a_failure() {
    let mut desk = Desk::new(lot());
    desk.park("71");
    desk.wait(55);
    let (leg, _) = desk.retrieve(Which::Orbit(orbit("71")));
    assert_eq!(desk.wait(70), []);
    desk.tell(Event::LegEnded { leg });
    assert_eq!(desk.call("71").deadline, seconds(60));
    dialled(&desk.wait(70));
    assert_eq!(desk.call("71").state, CallState::RingingBack);
}

#[test]
fn a_retriever_whose_media_never_comes_up_is_let_go() {
    let mut desk =
        Desk::new(Lot { ringback: orbitbox_park::Ringback { after: seconds(0), ..lot().ringback }, ..lot() });
    let (_, token) = desk.park("71");
    let (leg, _) = desk.retrieve(Which::Orbit(orbit("71")));
    assert_eq!(desk.wait(40), [(40, hangup(leg, HangupCause::NoAnswer)), (40, returned(token))]);
    assert_eq!(desk.tell(Event::Connected { leg }), [], "too late");
    assert_eq!(desk.call("71").state, CallState::Holding);
}

#[test]
fn beats_a_parker_who_is_only_ringing() {
    let mut desk = Desk::new(lot());
    let (parkee, token) = desk.park("71");
    let parker = dialled(&desk.wait(60));
    desk.wait(65);
    let (leg, actions) = desk.retrieve(Which::Orbit(orbit("71")));
    let answer = Action::Answer { leg, caller: party("alice"), orbit: orbit("71") };
    assert_eq!(actions, [hangup(parker, HangupCause::CompletedElsewhere), claimed(token), answer]);
    // The parker answers all the same: too late.
    assert_eq!(desk.tell(Event::Answered { leg: parker }), []);
    assert_eq!(desk.tell(Event::Connected { leg: parker }), []);
    assert_eq!(desk.tell(Event::Connected { leg })[0], Action::Connect { parkee, with: leg });
}

#[test]
fn loses_to_a_parker_who_has_answered() {
    let mut desk = Desk::new(lot());
    desk.park("71");
    let parker = dialled(&desk.wait(60));
    desk.tell(Event::Answered { leg: parker });
    let (leg, actions) = desk.retrieve(Which::Orbit(orbit("71")));
    assert_eq!(actions, [Action::Reject { leg, why: Rejection::AlreadyTaken }]);
}

#[test]
fn a_ringback_that_was_cut_goes_on_an_interval_later_if_the_retriever_fails() {
    let mut desk = Desk::new(lot());
    desk.park("71");
    desk.wait(65);
    let (leg, _) = desk.retrieve(Which::Orbit(orbit("71")));
    desk.wait(70);
    desk.tell(Event::LegEnded { leg });
    assert_eq!((desk.call("71").ringbacks, desk.call("71").deadline), (1, seconds(95)));
}

#[test]
fn by_token_never_gets_the_next_caller() {
    let mut desk = Desk::new(lot());
    let (first, stale) = desk.park("71");
    desk.tell(Event::LegEnded { leg: first });
    let (second, token) = desk.park("71");
    let (leg, actions) = desk.retrieve(Which::Token(stale));
    assert_eq!(actions, [Action::Reject { leg, why: Rejection::StaleToken }]);
    let (leg, _) = desk.retrieve(Which::Token(token));
    assert_eq!(desk.tell(Event::Connected { leg })[0], Action::Connect { parkee: second, with: leg });
}

#[test]
fn of_nobody_is_refused() {
    let mut desk = Desk::new(lot());
    let refusals = [
        (Which::Orbit(orbit("71")), Rejection::OrbitEmpty),
        (Which::LongestWaiting, Rejection::OrbitEmpty),
        (Which::Orbit(orbit("99")), Rejection::NoSuchOrbit),
        (Which::Token(Token(1)), Rejection::StaleToken),
    ];
    for (which, why) in refusals {
        let (leg, actions) = desk.retrieve(which);
        assert_eq!(actions, [Action::Reject { leg, why }]);
    }
}

#[test]
fn the_longest_waiting_is_the_oldest_that_nobody_is_taking() {
    let mut desk = Desk::new(lot());
    let (_, first) = desk.park("73");
    let (_, second) = desk.park("71");
    assert_eq!(desk.retrieve(Which::LongestWaiting).1[0], claimed(first));
    assert_eq!(desk.retrieve(Which::LongestWaiting).1[0], claimed(second));
}

#[test]
fn from_a_shared_orbit_takes_the_oldest_that_nobody_is_taking() {
    let mut desk = Desk::new(Lot { capacity: 2, ..lot() });
    let (_, first) = desk.park("71");
    let (_, second) = desk.park("71");
    let (leg, actions) = desk.retrieve(Which::Orbit(orbit("71")));
    assert_eq!(actions[0], claimed(first));
    assert_eq!(desk.retrieve(Which::Orbit(orbit("71"))).1[0], claimed(second));
    desk.tell(Event::Connected { leg });
    assert_eq!(desk.call("71").token, second);
}

#[test]
fn by_a_leg_that_is_parked_itself_is_refused() {
    let mut desk = Desk::new(lot());
    let (leg, _) = desk.park("71");
    desk.park("72");
    let actions = desk.tell(Event::RetrieveRequested { which: Which::Orbit(orbit("72")), by: RetrieveBy::Leg(leg) });
    assert_eq!(actions, [Action::Reject { leg, why: Rejection::AlreadyParked }]);
    assert_eq!(desk.call("71").leg, leg);
}

use crate::desk::{Desk, claimed, dialled, hangup, lot, resolved, returned, seconds};
use orbitbox_park::{Action, CallState, Event, HangupCause, LegId, Resolution};

#[test]
fn a_parker_who_answers_claims_the_call_and_then_has_it() {
    let mut desk = Desk::new(lot());
    let (parkee, token) = desk.park("71");
    let leg = dialled(&desk.wait(60));
    assert_eq!(desk.call("71").state, CallState::RingingBack);
    desk.wait(66);
    assert_eq!(desk.tell(Event::Answered { leg }), [claimed(token)]);
    assert_eq!(desk.call("71").state, CallState::BeingRetrieved);
    desk.wait(67);
    let rung_back = resolved(token, "71", Resolution::RungBack, 67);
    assert_eq!(desk.tell(Event::Connected { leg }), [Action::Connect { parkee, with: leg }, rung_back]);
}

#[test]
fn media_may_come_up_before_the_answer_is_reported() {
    let mut desk = Desk::new(lot());
    let (parkee, _) = desk.park("71");
    let leg = dialled(&desk.wait(60));
    assert_eq!(desk.tell(Event::Connected { leg })[0], Action::Connect { parkee, with: leg });
    assert_eq!(desk.tell(Event::Answered { leg }), []);
}

#[test]
fn a_parker_who_answers_without_media_is_let_go_after_40_seconds() {
    let mut desk = Desk::new(lot());
    let (_, token) = desk.park("71");
    let leg = dialled(&desk.wait(60));
    desk.wait(70);
    desk.tell(Event::Answered { leg });
    desk.wait(100);
    assert_eq!(desk.tell(Event::Answered { leg }), [], "answering twice does not lengthen it");
    assert_eq!(desk.wait(110), [(110, hangup(leg, HangupCause::NoAnswer)), (110, returned(token))]);
    assert_eq!((desk.call("71").state, desk.call("71").deadline), (CallState::Holding, seconds(140)));
}

#[test]
fn legs_nobody_knows_are_ignored() {
    let mut desk = Desk::new(lot());
    let (parkee, _) = desk.park("71");
    let before = desk.call("71");
    let unknown = LegId(4711);
    for event in [
        Event::Answered { leg: unknown },
        Event::Connected { leg: unknown },
        Event::LegEnded { leg: unknown },
        Event::Apologised { leg: unknown },
        Event::Answered { leg: parkee },
        Event::Connected { leg: parkee },
        Event::Apologised { leg: parkee },
    ] {
        assert_eq!(desk.tell(event), []);
    }
    assert_eq!(desk.call("71"), before);
}

use crate::desk::{Desk, claimed, dialled, hangup, lot, orbit, party, resolved, returned, seconds};
use orbitbox_park::{
    Action, CallState, DialPurpose, Event, HangupCause, LegId, Lot, Place, Resolution, Ringback, Which,
};

/// When each of these was done, as short words.
fn ladder(actions: &[(u64, Action)]) -> Vec<(u64, String)> {
    let words = actions.iter().map(|(at, action)| {
        let word = match action {
            Action::Dial { target, purpose, waited, .. } => {
                assert_eq!(*waited, seconds(*at));
                format!("dial {} {purpose:?}", target.name)
            }
            Action::Hangup { cause, .. } => format!("hang up {cause:?}"),
            Action::Apologise { .. } => "apologise".to_owned(),
            Action::Notify(notice) => format!("{notice:?}").chars().take(8).collect(),
            other => format!("{other:?}"),
        };
        (*at, word)
    });
    words.collect()
}

fn read(lines: &[(u64, &str)]) -> Vec<(u64, String)> {
    lines.iter().map(|(at, word)| (*at, (*word).to_owned())).collect()
}

#[test]
fn nobody_comes_and_the_ladder_is_climbed_to_its_end() {
    let mut desk = Desk::new(lot());
    let (parkee, token) = desk.park("71");
    let actions = desk.wait(1000);
    let expected = read(&[
        (60, "dial bay4 Ringback { attempt: 1 }"),
        (80, "hang up NoAnswer"),
        (110, "dial bay4 Ringback { attempt: 2 }"),
        (130, "hang up NoAnswer"),
        (160, "dial bay4 Ringback { attempt: 3 }"),
        (180, "hang up NoAnswer"),
        (210, "dial operator Fallback"),
        (235, "hang up NoAnswer"),
        (235, "apologise"),
        (255, "hang up Expired"),
        (255, "Resolved"),
    ]);
    assert_eq!(ladder(&actions), expected);
    assert_eq!(actions[9].1, hangup(parkee, HangupCause::Expired));
    assert_eq!(actions[10].1, resolved(token, "71", Resolution::Dropped, 255));
}

#[test]
fn an_unknown_parker_means_the_fallback_at_the_time_of_the_first_ringback() {
    let mut desk = Desk::new(lot());
    let leg = desk.server.next_leg();
    let place = Place::Orbit(orbit("71"));
    desk.tell(Event::ParkRequested { leg, caller: party("alice"), parker: None, place });
    let actions = desk.wait(60);
    assert_eq!(ladder(&actions), read(&[(60, "dial operator Fallback")]));
    assert_eq!(desk.call("71").state, CallState::FallingBack);
    let operator = dialled(&actions);
    let token = desk.call("71").token;
    assert_eq!(desk.tell(Event::Answered { leg: operator }), [claimed(token)]);
    let fell_back = resolved(token, "71", Resolution::FellBack, 60);
    assert_eq!(
        desk.tell(Event::Connected { leg: operator }),
        [Action::Connect { parkee: leg, with: operator }, fell_back]
    );
}

#[test]
fn without_a_fallback_the_apology_follows_the_last_ringback() {
    let ringback = Ringback { attempts: 1, ..lot().ringback };
    let mut desk = Desk::new(Lot { fallback: None, ringback, ..lot() });
    desk.park("71");
    let expected = read(&[
        (60, "dial bay4 Ringback { attempt: 1 }"),
        (80, "hang up NoAnswer"),
        (110, "apologise"),
        (130, "hang up Expired"),
        (130, "Resolved"),
    ]);
    assert_eq!(ladder(&desk.wait(1000)), expected);
}

#[test]
fn a_fallback_that_is_busy_or_answers_without_media_leads_to_the_apology_at_once() {
    let ringback = Ringback { attempts: 1, ..lot().ringback };
    let mut desk = Desk::new(Lot { ringback, ..lot() });
    let (parkee, token) = desk.park("71");
    desk.wait(109);
    let operator = dialled(&desk.wait(110));
    desk.tell(Event::Answered { leg: operator });
    let apology = Action::Apologise { parkee };
    let end = [(150, hangup(operator, HangupCause::NoAnswer)), (150, returned(token)), (150, apology.clone())];
    assert_eq!(desk.wait(150), end);

    let (parkee, _) = desk.park("72");
    desk.wait(150 + 109);
    let operator = dialled(&desk.wait(150 + 110));
    assert_eq!(desk.tell(Event::LegEnded { leg: operator }), [Action::Apologise { parkee }]);
}

#[test]
fn a_lot_that_never_rings_back_waits_for_the_end_of_the_life() {
    let ringback = Ringback { after: seconds(0), ..lot().ringback };
    let mut desk = Desk::new(Lot { ringback, ..lot() });
    desk.park("71");
    let expected = read(&[(1200, "apologise"), (1220, "hang up Expired"), (1220, "Resolved")]);
    assert_eq!(ladder(&desk.wait(2000)), expected);
}

#[test]
fn the_end_of_the_life_stops_a_phone_that_rings() {
    let mut desk = Desk::new(Lot { max_life: seconds(65), ..lot() });
    let (parkee, _) = desk.park("71");
    let parker = dialled(&desk.wait(60));
    let end = [(65, hangup(parker, HangupCause::Expired)), (65, Action::Apologise { parkee })];
    assert_eq!(desk.wait(65), end);
}

#[test]
fn the_end_of_the_life_does_not_cut_somebody_who_has_answered() {
    let mut desk = Desk::new(Lot { max_life: seconds(65), ..lot() });
    let (parkee, _) = desk.park("71");
    let parker = dialled(&desk.wait(60));
    desk.tell(Event::Answered { leg: parker });
    assert_eq!(desk.wait(90), []);
    assert_eq!(desk.tell(Event::Connected { leg: parker })[0], Action::Connect { parkee, with: parker });
}

#[test]
fn a_retriever_comes_at_every_rung() {
    // Before the ringback, during it, between two, during the fallback, during the apology.
    for (at, cut) in [(10, false), (65, true), (100, false), (215, true), (240, false)] {
        let mut desk = Desk::new(lot());
        let (parkee, token) = desk.park("71");
        desk.wait(at);
        let (leg, actions) = desk.retrieve(Which::Orbit(orbit("71")));
        let first = usize::from(cut);
        assert_eq!(actions.len(), first + 2, "at {at} s: {actions:?}");
        assert_eq!(actions[first], claimed(token));
        assert_eq!(desk.tell(Event::Connected { leg })[0], Action::Connect { parkee, with: leg });
        desk.wait(1000);
        assert!(desk.server.is_quiet());
    }
}

#[test]
fn a_retriever_who_fails_during_the_apology_lets_it_be_spoken_again() {
    let mut desk = Desk::new(lot());
    let (parkee, token) = desk.park("71");
    desk.wait(240);
    assert_eq!(desk.call("71").state, CallState::Apologising);
    let (leg, _) = desk.retrieve(Which::Orbit(orbit("71")));
    assert_eq!(desk.tell(Event::Apologised { leg: parkee }), [], "a retriever has the call now");
    assert_eq!(desk.tell(Event::LegEnded { leg }), [returned(token)]);
    assert_eq!(desk.wait(240), [(240, Action::Apologise { parkee })]);
}

#[test]
fn a_fallback_that_was_cut_by_a_retriever_who_fails_is_tried_again() {
    let mut desk = Desk::new(lot());
    desk.park("71");
    desk.wait(215);
    let (leg, _) = desk.retrieve(Which::Orbit(orbit("71")));
    desk.tell(Event::LegEnded { leg });
    assert_eq!(ladder(&desk.wait(245)), read(&[(245, "dial operator Fallback")]));
}

#[test]
fn ringing_back_goes_on_while_draining() {
    let mut desk = Desk::new(lot());
    desk.park("71");
    desk.tell(Event::DrainingSet(true));
    dialled(&desk.wait(60));
}

#[test]
fn the_oldest_call_comes_first_when_several_are_due() {
    let mut desk = Desk::new(lot());
    let (first, _) = desk.park("73");
    let (second, _) = desk.park("71");
    let actions = desk.wait(60);
    let orbits: Vec<String> = actions
        .iter()
        .filter_map(|(_, action)| match action {
            Action::Dial { orbit, purpose: DialPurpose::Ringback { .. }, .. } => Some(orbit.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(orbits, ["73", "71"]);
    assert_ne!(first, second);
}

#[test]
fn a_late_timeout_does_not_skip_the_ringing() {
    let mut desk = Desk::new(lot());
    desk.park("71");
    desk.now = seconds(500);
    desk.server.handle_timeout(desk.now);
    let dial = desk.server.poll_action();
    assert!(matches!(dial, Some(Action::Dial { leg: LegId(2), .. })), "{dial:?}");
    assert_eq!(desk.server.poll_action(), None);
    assert_eq!(desk.server.poll_timeout(), Some(seconds(520)));
}

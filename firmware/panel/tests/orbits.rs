//! What lamps and digits show.

mod support;

use orbitbox_panel::{Key, KeyEdge, Lamp, Panel};
use orbitbox_park::{CallState, LotId, OrbitState, OrbitView};
use std::collections::BTreeSet;
use std::time::Duration;
use support::*;

fn lamp(panel: &Panel, at_ms: u64, number: &str) -> Lamp {
    let face = panel.face(ms(at_ms));
    let (_, lamp) = face.lamps.iter().find(|(of, _)| *of == orbit(number)).expect("the panel has this lamp");
    *lamp
}

#[test]
fn lamps_stand_in_the_order_of_the_keys() {
    let face = panel().face(ms(0));
    let order: Vec<_> = face.lamps.iter().map(|(of, _)| of.to_string()).collect();
    assert_eq!(order, ["72", "71", "74", "73"]);
    assert_eq!(face.brightness, 15);
    assert_eq!(face.digits, "");
}

#[test]
fn every_state_has_its_pattern() {
    let mut panel = panel();
    let orbits = [
        holding("71", 90_000),
        parked("72", ms(91_000), CallState::RingingBack),
        parked("73", ms(92_000), CallState::BeingRetrieved),
        holding("74", 10_000),
    ];
    panel.show(ms(100_000), &orbits, Some(orbit("71")));
    assert_eq!(lamp(&panel, 100_000, "71"), Lamp::DoubleBlink);
    assert_eq!(lamp(&panel, 100_000, "72"), Lamp::FastBlink);
    assert_eq!(lamp(&panel, 100_000, "73"), Lamp::On);
    assert_eq!(lamp(&panel, 100_000, "74"), Lamp::SlowBlink);
    panel.show(ms(101_000), &orbits[..1], None);
    assert_eq!(lamp(&panel, 101_000, "71"), Lamp::On, "announced no more");
    assert_eq!(lamp(&panel, 101_000, "72"), Lamp::Off);
}

#[test]
fn a_freed_orbit_is_dark_even_while_its_number_is_still_being_spoken() {
    let mut panel = panel();
    for state in [OrbitState::Free, OrbitState::Reserved, OrbitState::CoolingDown] {
        panel.show(ms(0), &[OrbitView { orbit: orbit("71"), lot: LotId(0), state }], Some(orbit("71")));
        assert_eq!(lamp(&panel, 0, "71"), Lamp::Off);
    }
}

#[test]
fn a_lamp_starts_blinking_slowly_at_the_time_asked_for() {
    let mut panel = panel();
    panel.show(ms(5_000), &[holding("71", 5_000)], None);
    assert_eq!(lamp(&panel, 64_999, "71"), Lamp::On);
    panel.handle_timeout(ms(30_000));
    assert_eq!(panel.poll_timeout(), Some(ms(65_000)));
    panel.handle_timeout(ms(65_000));
    assert_eq!(lamp(&panel, 65_000, "71"), Lamp::SlowBlink);
    assert_eq!(panel.poll_timeout(), None, "then nothing changes by itself");
}

#[test]
fn the_newest_is_shown_for_four_seconds_then_all_take_turns_longest_waiting_first() {
    let mut panel = panel();
    panel.show(ms(1_000), &[holding("72", 1_000)], None);
    panel.show(ms(2_000), &[holding("72", 1_000), holding("74", 2_000)], None);
    panel.show(ms(3_000), &[holding("71", 3_000), holding("72", 1_000), holding("74", 2_000)], None);
    let seen: Vec<_> = [3_000, 6_999, 7_000, 8_999, 9_000, 11_000, 13_000].map(|at| digits(&mut panel, at)).to_vec();
    assert_eq!(seen, ["71", "71", "72", "72", "74", "71", "72"]);
}

#[test]
fn an_unchanged_list_does_not_disturb_the_turn() {
    let mut panel = panel();
    let orbits = [holding("72", 1_000), holding("74", 2_000)];
    panel.show(ms(2_000), &orbits, None);
    assert_eq!(digits(&mut panel, 6_500), "72");
    panel.show(ms(7_900), &orbits, Some(orbit("72")));
    assert_eq!(digits(&mut panel, 7_999), "72");
    assert_eq!(digits(&mut panel, 8_000), "74");
}

#[test]
fn a_retrieved_call_leaves_the_digits_at_once() {
    let mut panel = panel();
    panel.show(ms(1_000), &[holding("72", 500), holding("74", 1_000)], None);
    assert_eq!(digits(&mut panel, 1_000), "74");
    panel.show(ms(2_000), &[holding("72", 500)], None);
    assert_eq!(digits(&mut panel, 2_000), "72");
    panel.show(ms(3_000), &[], None);
    assert_eq!(digits(&mut panel, 3_000), "");
    assert_eq!(panel.poll_timeout(), None);
}

#[test]
fn the_face_may_be_asked_for_late() {
    let mut panel = panel();
    panel.show(ms(0), &[holding("71", 0), holding("72", 0)], None);
    let mut punctual = support::panel();
    punctual.show(ms(0), &[holding("71", 0), holding("72", 0)], None);
    for at in (0..100_000).step_by(777) {
        assert_eq!(panel.face(ms(at)).digits, digits(&mut punctual, at), "at {at} ms");
    }
}

#[test]
fn every_fault_takes_its_turn_on_the_digits_until_it_is_gone() {
    let mut panel = Panel::new(vec!["71".parse().unwrap()], Duration::from_secs(45));
    let at = Duration::from_secs;
    panel.set_amplifier_fault(at(0), true);
    assert_eq!(panel.face(at(0)).digits, "E 2");
    panel.handle_edge(at(1), KeyEdge { key: Key::Park, pressed: true });
    panel.handle_timeout(at(40));
    let shown: BTreeSet<String> = (40..50).map(|second| panel.face(at(second)).digits).collect();
    assert_eq!(shown, ["E 1", "E 2"].map(str::to_owned).into());
    panel.set_amplifier_fault(at(50), false);
    let shown: BTreeSet<String> = (50..60).map(|second| panel.face(at(second)).digits).collect();
    assert_eq!(shown, ["E 1"].map(str::to_owned).into());
    panel.set_safe_mode(at(60));
    let shown: BTreeSet<String> = (60..70).map(|second| panel.face(at(second)).digits).collect();
    assert_eq!(shown, ["E 1", "E 3"].map(str::to_owned).into());
}

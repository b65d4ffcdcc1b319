//! What keys mean.

mod support;

use orbitbox_panel::{Intent, Key, Lamp};
use support::*;

#[test]
fn a_tapped_orbit_key_retrieves_that_orbit_once_it_comes_up() {
    let mut panel = panel();
    let key = Key::Orbit(orbit("71"));
    press(&mut panel, 1_000, key);
    assert_eq!(panel.face(ms(1_000)).digits, "71", "the press is answered at once");
    assert_eq!(intents(&mut panel), []);
    release(&mut panel, 1_200, key);
    assert_eq!(intents(&mut panel), [Intent::Retrieve(orbit("71"))]);
    assert_eq!(digits(&mut panel, 1_900), "71", "the answer does not flicker away");
    assert_eq!(digits(&mut panel, 2_200), "");
}

#[test]
fn a_held_orbit_key_shows_the_time_waited_and_does_not_retrieve() {
    let mut panel = panel();
    panel.show(ms(0), &[holding("71", 0)], None);
    let key = Key::Orbit(orbit("71"));
    press(&mut panel, 64_000, key);
    assert_eq!(digits(&mut panel, 64_999), "71");
    assert_eq!(digits(&mut panel, 65_000), "1.05");
    assert_eq!(digits(&mut panel, 66_000), "1.06", "it counts on");
    release(&mut panel, 66_500, key);
    assert_eq!(intents(&mut panel), []);
    assert_eq!(digits(&mut panel, 66_500), "71", "back to the waiting call");
}

#[test]
fn a_held_key_of_a_free_orbit_shows_that_nobody_waits() {
    let mut panel = panel();
    press(&mut panel, 0, Key::Orbit(orbit("73")));
    assert_eq!(digits(&mut panel, 1_000), "----");
    assert_eq!(panel.poll_timeout(), Some(ms(5_000)), "nothing counts up");
}

#[test]
fn a_tapped_retrieve_key_asks_for_the_longest_waiting_and_shows_which_it_is() {
    let mut panel = panel();
    panel.show(ms(9_000), &[holding("71", 5_000), holding("74", 2_000)], None);
    press(&mut panel, 9_000, Key::Retrieve);
    assert_eq!(panel.face(ms(9_000)).digits, "74");
    release(&mut panel, 9_100, Key::Retrieve);
    assert_eq!(intents(&mut panel), [Intent::RetrieveLongest]);
}

#[test]
fn a_held_retrieve_key_lets_an_orbit_be_chosen() {
    let mut panel = panel();
    panel.show(ms(0), &[holding("71", 0), holding("74", 0)], None);
    press(&mut panel, 5_000, Key::Retrieve);
    assert_eq!(digits(&mut panel, 6_000), "KEY");
    release(&mut panel, 7_000, Key::Retrieve);
    assert_eq!(intents(&mut panel), []);
    press(&mut panel, 8_000, Key::Orbit(orbit("71")));
    assert_eq!(intents(&mut panel), [Intent::Retrieve(orbit("71"))], "down is enough");
    release(&mut panel, 8_100, Key::Orbit(orbit("71")));
    assert_eq!(intents(&mut panel), [], "once is enough");
}

#[test]
fn choosing_ends_by_itself_or_with_another_press_of_retrieve() {
    for give_up_with_retrieve in [true, false] {
        let mut panel = panel();
        press(&mut panel, 0, Key::Retrieve);
        panel.handle_timeout(ms(1_000));
        release(&mut panel, 1_100, Key::Retrieve);
        if give_up_with_retrieve {
            press(&mut panel, 2_000, Key::Retrieve);
            release(&mut panel, 2_100, Key::Retrieve);
        } else {
            assert_eq!(digits(&mut panel, 10_999), "KEY");
        }
        assert_eq!(digits(&mut panel, 11_000), "");
        press(&mut panel, 12_000, Key::Orbit(orbit("71")));
        assert_eq!(intents(&mut panel), [], "an orbit key is an ordinary one again");
    }
}

#[test]
fn an_orbit_key_while_retrieve_is_down_chooses_and_retrieve_means_nothing_more() {
    let mut panel = panel();
    press(&mut panel, 0, Key::Retrieve);
    press(&mut panel, 300, Key::Orbit(orbit("72")));
    release(&mut panel, 400, Key::Orbit(orbit("72")));
    release(&mut panel, 500, Key::Retrieve);
    assert_eq!(intents(&mut panel), [Intent::Retrieve(orbit("72"))]);
    press(&mut panel, 2_000, Key::Retrieve);
    release(&mut panel, 2_100, Key::Retrieve);
    assert_eq!(intents(&mut panel), [Intent::RetrieveLongest]);
}

#[test]
fn park_and_function_ask_when_they_go_down() {
    let mut panel = panel();
    for (key, intent, answer) in [(Key::Park, Intent::Park, "PARK"), (Key::Function, Intent::CancelPage, "STOP")] {
        press(&mut panel, 0, key);
        assert_eq!(intents(&mut panel), [intent]);
        assert_eq!(panel.face(ms(0)).digits, answer);
        release(&mut panel, 0, key);
        assert_eq!(intents(&mut panel), []);
    }
}

#[test]
fn a_tapped_page_key_announces_again_and_a_held_one_is_talked_with() {
    let mut panel = panel();
    press(&mut panel, 0, Key::Page);
    assert_eq!(panel.face(ms(0)).digits, "PAGE", "the press is answered at once");
    assert_eq!(intents(&mut panel), []);
    release(&mut panel, 399, Key::Page);
    assert_eq!(intents(&mut panel), [Intent::PageAgain]);

    press(&mut panel, 1_000, Key::Page);
    panel.handle_timeout(ms(1_400));
    assert_eq!(intents(&mut panel), [Intent::Talk]);
    panel.handle_timeout(ms(9_000));
    release(&mut panel, 9_500, Key::Page);
    assert_eq!(intents(&mut panel), [Intent::TalkEnds]);

    press(&mut panel, 10_000, Key::Page);
    panel.handle_timeout(ms(40_000));
    assert_eq!(intents(&mut panel), [Intent::Talk, Intent::TalkEnds], "nobody talks with a key that is stuck");
}

#[test]
fn a_lifted_handset_is_no_key_that_is_stuck() {
    let mut panel = panel();
    press(&mut panel, 0, Key::Hook);
    panel.handle_timeout(ms(60_000));
    assert_eq!(panel.stuck_keys().count(), 0);
    assert_eq!(panel.poll_timeout(), None);
    release(&mut panel, 90_000, Key::Hook);
    assert_eq!(intents(&mut panel), [Intent::Lift, Intent::HangUp]);
}

#[test]
fn function_held_five_seconds_lights_everything_for_two() {
    let mut panel = panel();
    press(&mut panel, 0, Key::Function);
    digits(&mut panel, 4_999);
    assert_eq!(intents(&mut panel), [Intent::CancelPage]);
    assert_eq!(digits(&mut panel, 5_000), "8.8.8.8.");
    assert_eq!(intents(&mut panel), [Intent::LampTest]);
    assert!(panel.face(ms(5_000)).lamps.iter().all(|(_, lamp)| *lamp == Lamp::On));
    assert_eq!(digits(&mut panel, 7_000), "");
    assert!(panel.face(ms(7_000)).lamps.iter().all(|(_, lamp)| *lamp == Lamp::Off));
}

#[test]
fn a_stuck_key_is_reported_beside_the_waiting_calls_until_it_comes_up() {
    let mut panel = panel();
    press(&mut panel, 0, Key::Orbit(orbit("71")));
    assert_eq!(digits(&mut panel, 29_999), "----");
    assert_eq!(digits(&mut panel, 30_000), "E 1");
    assert_eq!(panel.stuck_keys().collect::<Vec<_>>(), [Key::Orbit(orbit("71"))]);
    panel.show(ms(31_000), &[holding("74", 31_000)], None);
    assert_eq!(digits(&mut panel, 31_000), "74");
    assert_eq!(digits(&mut panel, 35_000), "E 1");
    assert_eq!(digits(&mut panel, 37_000), "74");
    release(&mut panel, 38_000, Key::Orbit(orbit("71")));
    assert_eq!(digits(&mut panel, 39_000), "74");
    assert_eq!(digits(&mut panel, 41_000), "74");
    assert_eq!(intents(&mut panel), []);
}

#[test]
fn the_key_of_an_orbit_that_is_not_mounted_does_nothing() {
    let mut panel = panel();
    press(&mut panel, 0, Key::Orbit(orbit("99")));
    release(&mut panel, 100, Key::Orbit(orbit("99")));
    assert_eq!(intents(&mut panel), []);
    assert_eq!(panel.poll_timeout(), None);
}

#[test]
fn a_flash_comes_before_everything_but_a_new_press() {
    let mut panel = panel();
    panel.show(ms(0), &[holding("71", 0)], None);
    panel.flash(ms(100), "full", ms(1_500));
    assert_eq!(digits(&mut panel, 1_599), "FULL");
    assert_eq!(digits(&mut panel, 1_600), "71");
    panel.flash(ms(2_000), "NO", ms(1_500));
    press(&mut panel, 2_100, Key::Orbit(orbit("72")));
    assert_eq!(panel.face(ms(2_100)).digits, "72");
}

#[test]
fn intents_that_nobody_polls_stay_within_their_limit() {
    let mut panel = panel();
    for round in 0..200 {
        press(&mut panel, round * 10, Key::Park);
        release(&mut panel, round * 10 + 5, Key::Park);
    }
    assert_eq!(intents(&mut panel).len(), orbitbox_panel::Panel::MAX_INTENTS);
}

//! What an input device says, and what becomes of it.

use orbitbox_board::input::{Follower, Happened, KeyCode, KeyDevice};
use orbitbox_board::keys::WiredKeys;
use orbitbox_panel::{Key, KeyEdge};

fn code(name: &str) -> KeyCode {
    name.parse().expect("a key code")
}

fn edge(key: Key, pressed: bool) -> KeyEdge {
    KeyEdge { key, pressed }
}

fn follower() -> Follower {
    let mut follower = Follower::new(&[(code("KEY_KP7"), Key::Park), (code("KEY_ENTER"), Key::Page)]);
    assert!(follower.doubts(), "what is held already is to be looked at first");
    assert_eq!(follower.keys(|_| false), []);
    follower
}

fn told(follower: &mut Follower, happened: &[Happened]) -> Vec<KeyEdge> {
    happened.iter().filter_map(|happened| follower.handle(*happened)).collect()
}

#[test]
fn repeats_and_keys_that_nothing_hangs_on_are_left_out() {
    let mut follower = follower();
    let (seven, eight) = (code("KEY_KP7"), code("KEY_KP8"));
    let events = [
        Happened::Key(seven, 1),
        Happened::Report,
        Happened::Key(eight, 1),
        Happened::Key(seven, 2),
        Happened::Key(seven, 2),
        Happened::Report,
        Happened::Key(seven, 0),
        Happened::Report,
    ];
    assert_eq!(told(&mut follower, &events), [edge(Key::Park, true), edge(Key::Park, false)]);
    assert!(!follower.doubts());
}

#[test]
fn after_lost_events_the_keys_are_as_the_device_says() {
    let mut follower = follower();
    let (seven, enter) = (code("KEY_KP7"), code("KEY_ENTER"));
    assert_eq!(told(&mut follower, &[Happened::Key(seven, 1), Happened::Report]), [edge(Key::Park, true)]);
    // What comes between the loss and the next report is a torn piece.
    let torn = [Happened::Dropped, Happened::Key(seven, 0), Happened::Key(enter, 1)];
    assert_eq!(told(&mut follower, &torn), []);
    assert!(!follower.doubts(), "not before the report");
    assert_eq!(follower.handle(Happened::Report), None);
    assert!(follower.doubts());
    assert_eq!(follower.keys(|code| code == enter), [edge(Key::Park, false), edge(Key::Page, true)]);
    assert!(!follower.doubts());
    assert_eq!(told(&mut follower, &[Happened::Key(enter, 0)]), [edge(Key::Page, false)]);
}

#[test]
fn a_device_that_is_not_there_is_told() {
    let device =
        KeyDevice { name: "No Such Handset".to_owned(), keys: vec![(code("KEY_PHONE"), Key::Park)], grabs: true };
    assert_eq!(device.describe(), "No Such Handset (KEY_PHONE park)");
    assert_eq!(device.open().err().as_deref(), Some("there is no input device of that name"));
}

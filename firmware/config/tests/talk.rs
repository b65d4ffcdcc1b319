//! The talk station as written and as meant.

use orbitbox_config::{Duplex, Microphone, Speaker, TalkSet, TalkStation, read};

fn talk(written: &str) -> Option<TalkStation> {
    read(&format!("[talk]\n{written}"), "unit.toml").expect("a right talk station").talk
}

/// One problem, at this line and key, whose text contains this.
fn one(text: &str, line: usize, key: &str, part: &str) {
    let problems = read(text, "unit.toml").expect_err(text).list;
    assert_eq!(problems.len(), 1, "{text}\n{problems:?}");
    assert_eq!((problems[0].line, problems[0].key.as_str()), (line, key), "{text}\n{problems:?}");
    assert!(problems[0].text.contains(part), "{text}\n{problems:?}");
}

#[test]
fn a_unit_has_no_talk_station_until_it_is_told() {
    assert_eq!(read("", "unit.toml").expect("a unit").talk, None);
    assert_eq!(talk("kind = \"none\""), None);
}

#[test]
fn handset_and_hands_free_are_what_is_written() {
    let card = "plughw:CARD=Handset,DEV=0";
    let written = format!("playback = \"{card}\"\ncapture = \"{card}\"");
    let (playback, capture) = (Speaker::Alsa(card.to_owned()), Microphone::Alsa(card.to_owned()));
    for (kind, set) in [
        ("kind = \"handset\"", TalkSet::Handset),
        ("kind = \"hands-free\"", TalkSet::HandsFree(Duplex::Full)),
        ("kind = \"hands-free\"\nduplex = \"half\"", TalkSet::HandsFree(Duplex::Half)),
    ] {
        let meant = TalkStation { set, playback: playback.clone(), capture: capture.clone(), hook: false };
        assert_eq!(talk(&format!("{kind}\n{written}")), Some(meant));
    }
}

#[test]
fn a_simulated_board_has_a_talk_station_too() {
    let captured = |written: &str| {
        talk(&format!("kind = \"handset\"\nplayback = \"wav:ear.wav\"\ncapture = \"{written}\""))
            .map(|talk| talk.capture)
    };
    assert_eq!(captured("tone:440"), Some(Microphone::Tone(440)));
    assert_eq!(captured("wav:said.wav"), Some(Microphone::Wav("said.wav".into())));
    assert_eq!(captured("silent"), Some(Microphone::Silent));
    assert_eq!(captured("default"), Some(Microphone::Alsa("default".to_owned())));
    let silent = talk("kind = \"handset\"\nplayback = \"silent\"\ncapture = \"silent\"");
    assert_eq!(silent.map(|talk| talk.playback), Some(Speaker::Silent));
}

#[test]
fn a_handset_may_have_a_hook() {
    let set = "kind = \"handset\"\nplayback = \"silent\"\ncapture = \"silent\"";
    assert!(talk(&format!("{set}\nhook = true")).is_some_and(|talk| talk.hook));
    assert!(talk(&format!("{set}\nhook = false")).is_some_and(|talk| !talk.hook));
    let free = set.replace("handset", "hands-free");
    one(&format!("[talk]\n{free}\nhook = true"), 5, "talk.hook", "means nothing for a hands-free set");
    one("[talk]\nhook = true", 2, "talk.hook", "means nothing without kind");
    one(&format!("[talk]\n{set}\nhook = \"yes\""), 5, "talk.hook", "true or false");
}

#[test]
fn wrong_talk_stations_are_named() {
    one("[talk]\nkind = \"headset\"", 2, "talk.kind", "none, handset or hands-free");
    one("[talk]\nkind = \"headset\"\ncapture = \"default\"", 2, "talk.kind", "not `headset`");
    one("[talk]\nkind = \"handset\"\nplayback = \"default\"", 1, "talk.capture", "is missing");
    one("[talk]\nkind = \"handset\"\ncapture = \"default\"", 1, "talk.playback", "is missing");
    one("[talk]\ncapture = \"default\"", 2, "talk.capture", "means nothing without kind");
    one("[talk]\nkind = \"none\"\nduplex = \"half\"", 3, "talk.duplex", "means nothing without kind");
    one("[talk]\nkindd = \"none\"", 2, "talk.kindd", "did you mean `kind`?");
    let handset = |keys: &str| format!("[talk]\nkind = \"handset\"\n{keys}");
    one(&handset("playback = \"silent\"\ncapture = \"tone:5\""), 4, "talk.capture", "tone:300 to tone:3400");
    one(&handset("playback = \"wav:\"\ncapture = \"silent\""), 3, "talk.playback", "wav:FILE");
    one(&handset("playback = \"\"\ncapture = \"silent\""), 3, "talk.playback", "must not be empty");
    one(&handset("playback = \"silent\"\ncapture = \"silent\"\nduplex = \"half\""), 5, "talk.duplex", "for a handset");
}

#[test]
fn devices_that_do_not_go_together_are_named() {
    let two = |kind: &str| {
        format!("[talk]\nkind = \"{kind}\"\nplayback = \"plughw:CARD=Horn\"\ncapture = \"plughw:CARD=Webcam,DEV=0\"")
    };
    one(&two("hands-free"), 4, "talk.capture", "Webcam and Horn have two clocks");
    assert!(read(&two("handset"), "unit.toml").is_ok());
    let horn = "[speaker]\nalsa = \"plughw:CARD=Horn\"\n[talk]\nkind = \"handset\"\nplayback = \"plughw:CARD=Horn\"\ncapture = \"default\"";
    one(horn, 5, "talk.playback", "is the speaker");
    let shared = horn.replace("plughw:CARD=Horn", "dmix:CARD=Horn");
    assert!(read(&shared, "unit.toml").is_ok());
}

#[test]
fn it_is_the_station_beside_the_unit() {
    let set = "[talk]\nkind = \"handset\"\nplayback = \"silent\"\ncapture = \"silent\"\n";
    let station = |keys: &str| format!("{set}[[station]]\nuser = \"9\"\n{keys}\n[panel]\nstation = \"9\"");
    assert!(read(&station(""), "unit.toml").is_ok());
    one(&format!("{set}[[station]]\nuser = \"9\""), 2, "talk.kind", "panel.station must say which one");
    one(&station("password = \"secret-of-nine\""), 2, "talk.kind", "must not have a password");
    one(&station("encryption = \"required\""), 2, "talk.kind", "needs encryption = \"off\"");
    let required = |keys: &str| format!("{}\n[sip]\nencryption = \"required\"", station(keys));
    one(&required(""), 2, "talk.kind", "needs encryption = \"off\"");
    assert!(read(&required("encryption = \"off\""), "unit.toml").is_ok());
}

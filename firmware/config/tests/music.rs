//! What is said of music in a configuration.

use orbitbox_config::{Microphone, Played, read};
use std::time::Duration;

fn longest(written: &str) -> Duration {
    read(&format!("[music]\n{written}"), "unit.toml").expect("right music").music.longest
}

#[test]
fn the_longest_piece_is_half_an_hour_unless_it_is_said() {
    assert_eq!(longest(""), Duration::from_secs(1_800));
    assert_eq!(longest("longest = \"1 h 30 min\""), Duration::from_secs(5_400));
}

#[test]
fn a_piece_of_no_or_endless_length_is_a_problem() {
    for wrong in ["59 s", "2 h 1 s", "for ever"] {
        let text = format!("[music]\nplays = \"off\"\nlongest = \"{wrong}\"");
        let problems = read(&text, "unit.toml").expect_err("a wrong length").list;
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!((problems[0].line, problems[0].key.as_str()), (3, "music.longest"));
    }
}

#[test]
fn live_music_needs_the_device_it_comes_from() {
    let unit = read("[music]\nplays = \"line-in mon-fri, off\"\nline-in = \"plughw:CARD=Line\"", "unit.toml");
    let music = unit.expect("right music").music;
    assert_eq!(music.line_in, Some(Microphone::Alsa("plughw:CARD=Line".to_owned())));
    assert_eq!([0, 6].map(|day| music.plans[0].at(day, 600)), [Played::LineIn, Played::Off]);
    let problems = read("[[lot]]\nmusic = \"line-in\"", "unit.toml").expect_err("no device").list;
    let said = problems.iter().find(|problem| problem.key == "lot.music").expect("named");
    assert!(said.line == 2 && said.text.contains("line-in in [music]"), "{said:?}");
}

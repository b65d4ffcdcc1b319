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

#[test]
fn the_speaker_has_music_of_its_own_only_where_it_is_said() {
    assert_eq!(read("[page]\nlanguages = \"en\"", "unit.toml").expect("right").page.music, None);
    let text = "[page]\nmusic = \"calm mon-fri 08:00-18:00, off\"\n[[playlist]]\nname = \"calm\"\n";
    let unit = read(text, "unit.toml").expect("right music");
    let music = unit.page.music.expect("music");
    assert_eq!((music.plan, music.level_db), (1, -18.0));
    let plan = &unit.music.plans[1];
    assert_eq!([0, 6].map(|day| plan.at(day, 600)), [Played::Playlist("calm".to_owned()), Played::Off]);
    assert_eq!(unit.music.plans[0].at(0, 600), Played::Playlist("everything".to_owned()), "callers hear theirs");
    let same = read("[page]\nmusic = \"everything\"\nmusic-level-db = -27.5", "unit.toml").expect("right").page.music;
    assert_eq!(same.map(|music| (music.plan, music.level_db)), Some((0, -27.5)), "as callers hear");
}

#[test]
fn music_of_the_speaker_that_cannot_be_meant_is_named() {
    for (text, line, key, said) in [
        ("[page]\nmusic = \"clam\"", 2, "page.music", "there is no [[playlist]] with the name `clam`"),
        ("[page]\nmusic = \"line-in\"", 2, "page.music", "line-in in [music]"),
        ("[page]\nmusic = \"\"", 2, "page.music", "must name a playlist"),
        ("[page]\nmusic = true", 2, "page.music", "must be text in quotes"),
        ("[page]\nmusic = \"off\"\nmusic-level-db = -5", 3, "page.music-level-db", "must be from -40 to -6"),
        ("[page]\nmusic-level-db = -20", 2, "page.music-level-db", "means nothing without music"),
    ] {
        let problems = read(text, "unit.toml").expect_err(text).list;
        assert_eq!(problems.len(), 1, "{text}: {problems:?}");
        assert_eq!((problems[0].line, problems[0].key.as_str()), (line, key), "{text}");
        assert!(problems[0].text.contains(said), "{text}: {}", problems[0].text);
    }
}

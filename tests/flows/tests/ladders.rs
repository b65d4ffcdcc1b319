//! Plays every ladder.

use orbitbox_config::Unit;
use orbitbox_flows::{Ladder, play, play_twice};

/// Short times, so that ladders stay readable.
const CONFIGURATION: &str = include_str!("../unit.toml");

fn unit() -> Unit {
    orbitbox_config::read(CONFIGURATION, "unit.toml").unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn every_ladder_comes_true_and_once_more_from_its_trace() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/ladders");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut faults = Vec::new();
    let clean = CONFIGURATION.replace("open sesame", "…").replace("2468", "0000");
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        if let Err(fault) = Ladder::read(&text).and_then(|ladder| play_twice(&ladder, CONFIGURATION, &clean)) {
            faults.push(format!("{}: {fault}", file.file_name().unwrap().display()));
        }
    }
    assert!(files.len() >= 10, "only {} ladders were found", files.len());
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn a_ladder_that_is_not_true_fails_at_its_line() {
    let wrong = "Wrong\nC -> S INVITE 70\n    Referred-By: <sip:101@{unit}>\nS -> C 100\nS -> C 486\n";
    let fault = Ladder::read(wrong).and_then(|ladder| play(&ladder, unit())).unwrap_err();
    assert_eq!(fault.line, 5);
    assert!(fault.text.contains("200"), "{fault}");
}

#[test]
fn what_the_ladder_does_not_show_is_a_fault() {
    let short = "Short\nC -> S INVITE 70\n    Referred-By: <sip:101@{unit}>\nS -> C 100\n";
    let fault = Ladder::read(short).and_then(|ladder| play(&ladder, unit())).unwrap_err();
    assert!(fault.text.contains("also sends"), "{fault}");
}

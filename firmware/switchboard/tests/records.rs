//! Records of every version that was ever written are understood for good: `tests/records/` holds an example of each.

use orbitbox_config::Unit;
use orbitbox_media::{Command, Source, StreamId};
use orbitbox_park::{OrbitState, Token};
use orbitbox_sip::Random;
use orbitbox_switchboard::{Input, Output, Switchboard, ports};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

const V1: &str = include_str!("records/v1.txt");
const NOW: Duration = Duration::from_secs(60);

struct Counting(u64);

impl Random for Counting {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        self.0
    }
}

impl std::fmt::Debug for Counting {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Counting")
    }
}

fn records(text: &str) -> Vec<(String, String)> {
    let split = |line: &str| line.split_once(' ').map(|(key, record)| (key.to_owned(), record.to_owned()));
    text.lines().filter_map(split).collect()
}

/// A unit that starts with these records, and what it wants done.
fn started(records: &[(String, String)]) -> (Switchboard, Vec<Output>) {
    let random = Box::new(Counting(1));
    let address = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    let mut unit = Switchboard::new(Unit::built_in(), address, random).expect("the built-in configuration");
    for port in ports(records).into_iter().chain((0..8).map(|place| 20_000 + 2 * place)) {
        unit.handle_input(NOW, Input::PortBound(port));
    }
    unit.restore(NOW, records);
    let outputs = std::iter::from_fn(|| unit.poll_output()).collect();
    (unit, outputs)
}

fn sent(outputs: &[Output]) -> Vec<String> {
    let text = |output: &Output| match output {
        Output::Transmit(transmit) => Some(String::from_utf8_lossy(&transmit.bytes).into_owned()),
        _ => None,
    };
    outputs.iter().filter_map(text).collect()
}

#[track_caller]
fn one<'a>(sent: &'a [String], begin: &str) -> &'a str {
    let found: Vec<&String> = sent.iter().filter(|message| message.starts_with(begin)).collect();
    assert_eq!(found.len(), 1, "{begin}: {sent:#?}");
    found[0]
}

#[test]
fn the_first_version_is_understood() {
    let (unit, outputs) = started(&records(V1));
    let orbits = unit.orbits(NOW);
    let waiting = |number: &str| {
        let view = orbits.iter().find(|view| view.orbit.to_string() == number).expect("an orbit");
        let OrbitState::Taken(calls) = &view.state else { panic!("{number} is {:?}", view.state) };
        calls[0].clone()
    };
    let alice = waiting("71");
    assert_eq!((alice.token, alice.caller.name.as_str(), alice.ringbacks), (Token(3), "alice", 1));
    assert_eq!((alice.since, alice.deadline), (Duration::from_millis(487), Duration::from_millis(110_487)));
    assert_eq!(waiting("72").deadline, Duration::from_millis(1_200_900));

    let sent = sent(&outputs);
    let asked = one(&sent, "INVITE sip:alice@192.0.2.12:5062");
    for line in [
        "CSeq: 1793 INVITE",
        "Call-ID: call-alice",
        "Route: <sip:192.0.2.40;lr>",
        "o=- 90175587737645 3 IN",
        "m=audio 30002 ",
    ] {
        assert!(asked.contains(line), "{line} is not in\n{asked}");
    }
    assert!(asked.contains("From: <sip:70@192.0.2.1>;tag=ours-alice") && asked.contains("m=video 0 "), "{asked}");
    let protected = one(&sent, "INVITE sip:dave@");
    assert!(protected.contains("RTP/SAVP") && protected.contains("a=crypto:"), "{protected}");
    one(&sent, "INVITE sip:bob@");
    one(&sent, "INVITE sip:carol@");
    let cancel = one(&sent, "CANCEL sip:101@192.0.2.25:5060");
    assert!(cancel.contains("branch=z9hG4bKabc") && cancel.contains("CSeq: 17 CANCEL"), "{cancel}");
    let lamp = one(&sent, "NOTIFY sip:lamp@");
    assert!(lamp.contains("version=\"128\"") && lamp.contains("CSeq: 1793 NOTIFY"), "{lamp}");
    assert!(one(&sent, "NOTIFY sip:lot@").contains("Event: dialog;sla"));
}

#[test]
fn music_and_talks_go_on_before_anybody_has_answered() {
    let (_, outputs) = started(&records(V1));
    let media: Vec<&Command> = outputs
        .iter()
        .filter_map(|output| match output {
            Output::Media(command) => Some(command),
            _ => None,
        })
        .collect();
    let plays = |stream| {
        media.iter().any(|command| {
            matches!(command, Command::Play { stream: of, source: Source::Music(_) } if *of == StreamId(stream))
        })
    };
    let negotiated = |stream| {
        media.iter().any(|command| matches!(command, Command::Negotiate { stream: of, .. } if *of == StreamId(stream)))
    };
    assert!(plays(5) && negotiated(5));
    // Without its keys, which are not on disk, there is nothing to send with yet.
    assert!(plays(8) && !negotiated(8));
    assert!(media.iter().any(|command| {
        matches!(command, Command::Bridge { a, b } if [*a, *b] == [StreamId(6), StreamId(7)] || [*b, *a] == [StreamId(6), StreamId(7)])
    }));
}

#[test]
fn no_key_is_on_disk() {
    let mut told = String::new();
    let (_, outputs) = started(&records(V1));
    for output in &outputs {
        if let Output::Keep(entries) = output {
            told.extend(entries.iter().filter_map(|entry| entry.record.clone()));
        }
    }
    assert!(!told.is_empty() && !told.contains("crypto") && !told.contains("inline"), "{told}");
}

#[test]
fn what_cannot_be_read_is_told_and_removed_and_costs_nobody_else_anything() {
    let mut broken = records(V1);
    for (key, record) in &mut broken {
        if key == "call/3" {
            *record = record.replace("\"v\":1", "\"v\":99");
        }
        if key == "leg/6" {
            *record = "{".to_owned();
        }
    }
    let (unit, outputs) = started(&broken);
    assert_eq!(unit.parked(), 1);
    let told: Vec<&str> = unit.history().map(|line| line.text.as_str()).collect();
    assert!(told.iter().any(|line| line.contains("1 parked calls of before; 1 could not")), "{told:?}");
    // Whoever it was about is not left with a dead line.
    let sent = sent(&outputs);
    one(&sent, "BYE sip:alice@");
    one(&sent, "BYE sip:carol@");
    one(&sent, "INVITE sip:dave@");
    let removed: Vec<&str> = outputs
        .iter()
        .filter_map(|output| match output {
            Output::Keep(entries) => Some(entries),
            _ => None,
        })
        .flatten()
        .filter(|entry| entry.record.is_none())
        .map(|entry| entry.key.as_str())
        .collect();
    for key in ["call/3", "leg/5", "leg/6", "leg/7", "leg/9"] {
        assert!(removed.contains(&key), "{key} is not in {removed:?}");
    }
}

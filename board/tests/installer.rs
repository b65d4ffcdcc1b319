//! The installer's check and the learning of keys, on boards that follow a script.

use orbitbox_board::input::KeyCode;
use orbitbox_board::installer::{BoardCheck, Course, EMPTY, Learn, Learnt, written};
use orbitbox_board::pins::{Bias, InputLine};
use orbitbox_board::revision::{ChipKind, Source, numbered, read};
use orbitbox_panel::{Key, KeyEdge, Lamp};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(20);

fn orbit(number: &str) -> Key {
    Key::Orbit(number.parse().expect("an orbit"))
}

fn s(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn lines(check: &mut BoardCheck) -> Vec<String> {
    std::iter::from_fn(|| check.poll_line()).map(|line| line.to_string()).collect()
}

fn press(check: &mut BoardCheck, at: Duration, key: Key) {
    check.handle_edge(at, KeyEdge { key, pressed: true });
    check.handle_edge(at, KeyEdge { key, pressed: false });
}

#[test]
fn every_relay_is_on_for_a_second_with_the_others_off() {
    let relays = vec!["strobe".to_owned(), "busy".to_owned()];
    let mut check = BoardCheck::new(vec![orbit("71")], vec![Key::Park], LIMIT).with_relays(relays);
    let mut on = Vec::new();
    while check.face().digits != "PARK" {
        let due = check.poll_timeout().expect("it goes on");
        check.handle_timeout(due);
        on.push((due, check.relay()));
    }
    let wanted = [(0.0, None), (1.5, None), (2.2, Some(0)), (3.2, Some(1)), (4.2, None)];
    assert_eq!(on, wanted.map(|(due, relay)| (s(due), relay)));
    let said = lines(&mut check);
    assert_eq!(said[2..4], ["look  the relay strobe is on for a second", "look  the relay busy is on for a second"]);
}

#[test]
fn every_lamp_is_lit_in_turn_and_every_key_asked_for() {
    let orbits = vec![orbit("71"), orbit("72")];
    let mut check = BoardCheck::new(orbits, vec![Key::Park, orbit("71"), orbit("72")], LIMIT);
    check.found("HT16K33 at 0x71", &[orbit("71")], Ok("answers"));
    check.handle_timeout(s(0.0));
    assert_eq!(lines(&mut check), ["pass  HT16K33 at 0x71: answers", "look  the digits show 8.8.8.8."]);
    assert_eq!(check.face().digits, "8.8.8.8.");
    let mut lit = Vec::new();
    while check.face().digits != "PARK" {
        let due = check.poll_timeout().expect("it goes on");
        check.handle_timeout(due);
        lit.push(check.face().lamps.iter().map(|(_, lamp)| *lamp == Lamp::On).collect::<Vec<_>>());
    }
    assert_eq!(lit, [[true, false], [false, true], [false, false]]);
    let wanted = ["look  the lamp of orbit-71 is lit, and no other", "look  the lamp of orbit-72 is lit, and no other"];
    assert_eq!(lines(&mut check), [&wanted[..], &["look  press the key for park"]].concat());
    press(&mut check, s(4.0), Key::Park);
    assert_eq!(check.face().digits, "71");
    // The wires of two keys are crossed.
    press(&mut check, s(5.0), orbit("72"));
    press(&mut check, s(6.0), orbit("72"));
    assert_eq!(
        lines(&mut check),
        ["pass  key park", "look  press the key for orbit-71", "look  orbit-72 came instead"]
    );
    assert_eq!(check.poll_timeout(), Some(s(24.0)));
    check.handle_timeout(s(24.0));
    press(&mut check, s(25.0), orbit("72"));
    let wanted = [
        "FAIL  key orbit-71: it was not pressed within 20 s, and orbit-72 came instead",
        "look  press the key for orbit-72",
        "pass  key orbit-72",
    ];
    assert_eq!(lines(&mut check), wanted);
    assert_eq!((check.poll_timeout(), check.verdict()), (None, (3, 1)));
    assert_eq!(check.face().brightness, 0, "it is left dark");
}

#[test]
fn what_cannot_be_read_is_not_waited_for_and_what_is_held_is_told() {
    let mut check = BoardCheck::new(vec![orbit("71")], vec![Key::Park, Key::Page, Key::Function], LIMIT);
    check.found("GPIO5 (park)", &[Key::Park], Err("it is held by spi0 CS1"));
    check.found("HT16K33 at 0x71", &[orbit("71")], Err("no such device"));
    check.shows_nothing();
    check.handle_edge(s(0.0), KeyEdge { key: Key::Page, pressed: true });
    check.handle_timeout(s(0.0));
    check.handle_timeout(s(20.0));
    check.handle_timeout(s(40.0));
    let wanted = [
        "FAIL  GPIO5 (park): it is held by spi0 CS1",
        "FAIL  HT16K33 at 0x71: no such device",
        "FAIL  key park: it hangs on GPIO5 (park)",
        "look  press the key for page",
        "FAIL  key page: it is down all the time",
        "look  press the key for function",
        "FAIL  key function: it was not pressed within 20 s",
    ];
    assert_eq!(lines(&mut check), wanted);
    assert_eq!((check.poll_timeout(), check.verdict()), (None, (0, 5)));
}

fn moved(learn: &mut Learn, at: Duration, candidate: usize, pressed: bool) {
    let key = numbered(candidate + 1).expect("a candidate");
    learn.handle_edge(at, KeyEdge { key, pressed });
}

fn told(learn: &mut Learn) -> Vec<String> {
    std::iter::from_fn(|| learn.poll_line()).map(|line| line.to_string()).collect()
}

#[test]
fn whatever_is_pressed_is_the_key_that_was_asked_for() {
    let mut learn = Learn::new(["park", "retrieve", "page", "hook", "orbit-1"].map(str::to_owned).to_vec(), LIMIT);
    // Candidate 7 rests closed: a contact that opens when it is pressed.
    moved(&mut learn, s(0.1), 7, true);
    assert_eq!(learn.face().digits, "----");
    learn.handle_timeout(s(1.0));
    assert_eq!(learn.face().digits, "PARK");
    moved(&mut learn, s(2.0), 3, true);
    // Whoever holds it is not asked for the next one yet, and what bounces is not it either.
    assert_eq!(learn.face().digits, "----");
    moved(&mut learn, s(2.1), 4, true);
    moved(&mut learn, s(2.2), 4, false);
    moved(&mut learn, s(2.5), 3, false);
    assert_eq!(learn.face().digits, "RETR");
    moved(&mut learn, s(3.0), 3, true);
    moved(&mut learn, s(3.1), 3, false);
    moved(&mut learn, s(4.0), 7, false);
    moved(&mut learn, s(4.5), 7, true);
    assert_eq!(learn.face().digits, "PAGE");
    assert_eq!(learn.poll_timeout(), Some(s(24.5)));
    learn.handle_timeout(s(24.5));
    assert_eq!(learn.face().digits, "HOOK");
    moved(&mut learn, s(24.7), 8, true);
    moved(&mut learn, s(24.8), 8, false);
    assert_eq!(learn.face().digits, "1");
    moved(&mut learn, s(25.0), 9, true);
    moved(&mut learn, s(25.1), 9, false);
    let wanted = [
        "look  touch no key",
        "look  press the key for park",
        "pass  park",
        "look  press the key for retrieve",
        "look  that is the key for park; press the one for retrieve",
        "pass  retrieve",
        "look  press the key for page",
        "look  page: nothing was pressed, it stays as it is",
        "look  lift the handset",
        "pass  hook",
        "look  press the key for orbit-1",
        "pass  orbit-1",
    ];
    assert_eq!(told(&mut learn), wanted);
    assert_eq!(learn.poll_timeout(), None);
    let learnt = |key: &str, candidate, inverted| Learnt { key: key.to_owned(), candidate, inverted };
    assert_eq!(
        learn.learnt(),
        [learnt("park", 3, false), learnt("retrieve", 7, true), learnt("hook", 8, false), learnt("orbit-1", 9, false)]
    );
}

fn line(name: &str) -> Source {
    let bias = Some(Bias::PullUp);
    Source::Line(InputLine { line: name.to_owned(), active_low: true, bias, debounce: Duration::from_millis(8) })
}

#[test]
fn the_file_keeps_its_comments_and_gets_its_keys() {
    let before = "\
# Aisle 4, mounted by Kim
schema = 1
name = \"aisle-4\" # the big one
extends = \"pi4-reference\"

# The blue key
[key.park]
# it was on the left before
ht16k33 = { contact = 30 } # K5 of KS2

[key.page]
gpio = { line = \"GPIO16\" }

[key.orbit-2]
tm1638 = { key = 3 }

[face.tm1638]
strobe = { line = \"GPIO20\" }
clock = { line = \"GPIO21\" }
data = { line = \"GPIO22\" }
";
    let phone: KeyCode = "KEY_PHONE".parse().unwrap();
    let learnt = [
        ("park".to_owned(), line("GPIO26")),
        ("function".to_owned(), Source::Code("USB Handset".to_owned(), phone)),
        ("orbit-1".to_owned(), Source::Contact(ChipKind::Ht16k33, 12)),
        ("orbit-2".to_owned(), Source::Contact(ChipKind::Tm1638, 12)),
    ];
    let after = written(before, &learnt).unwrap();
    for kept in [
        "# Aisle 4, mounted by Kim\n",
        "name = \"aisle-4\" # the big one\n",
        "# The blue key\n[key.park]\n# it was on the left before\n",
        "gpio = { line = \"GPIO26\", active-low = true, bias = \"pull-up\" } # K5 of KS2\n",
        "[key.page]\ngpio = { line = \"GPIO16\" }\n",
        "[key.function]\ninput = { device = \"USB Handset\", code = \"KEY_PHONE\" }\n",
        "[key.orbit-1]\nht16k33 = { contact = 12 }\n",
        "[key.orbit-2]\ntm1638 = { key = 6 }\n",
    ] {
        assert!(after.contains(kept), "{kept} is not in\n{after}");
    }
    assert!(!after.contains("contact = 30"), "{after}");
    let revision = read(&after, "board.toml").unwrap();
    assert!(revision.lines().any(|line| line.line == "GPIO26" && line.active_low));
    assert_eq!(written(&after, &learnt).unwrap(), after, "once more changes nothing");
}

#[test]
fn a_new_file_and_one_with_keys_in_one_section_are_written_too() {
    let learnt = [("park".to_owned(), line("GPIO26"))];
    let new = written(EMPTY, &learnt).unwrap();
    assert_eq!(
        new,
        format!("{EMPTY}\n[key.park]\ngpio = {{ line = \"GPIO26\", active-low = true, bias = \"pull-up\" }}\n")
    );
    read(&new, "board.toml").unwrap();
    let section = format!("{EMPTY}[key]\npark.ht16k33 = {{ contact = 1 }} # left\npage.ht16k33 = {{ contact = 20 }}\n");
    let after = written(&section, &learnt).unwrap();
    assert!(
        after.contains("park.gpio = { line = \"GPIO26\", active-low = true, bias = \"pull-up\" } # left\n"),
        "{after}"
    );
    assert!(after.contains("page.ht16k33 = { contact = 20 }"), "{after}");
    read(&after, "board.toml").unwrap();
    assert!(written("key = 3\n", &learnt).unwrap_err().contains("must be a table"));
    assert!(written("key = \n", &learnt).is_err());
}

#[test]
fn everything_that_is_free_is_a_candidate() {
    let text = format!("{EMPTY}[hat]\nname = \"MiniAmp\"\n");
    let revision = read(&text, "board.toml").unwrap();
    let phone: KeyCode = "KEY_PHONE".parse().unwrap();
    let devices = [("USB Handset".to_owned(), vec![phone])];
    let (all, sources) = revision.with_candidates(&["GPIO5".to_owned()], &devices);
    assert_eq!(sources.len(), 39 + 1 + 1);
    assert_eq!(sources.last(), Some(&Source::Code("USB Handset".to_owned(), phone)));
    let names: Vec<String> = all.wired_keys(numbered).iter().map(|wired| wired.describe()).collect();
    assert_eq!(names, ["GPIO5 (orbit-40)", "USB Handset (KEY_PHONE orbit-41)"]);
    assert_eq!(all.layout(&all.chips[0], numbered).key(38), numbered(39));
}

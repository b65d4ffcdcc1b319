//! Revision files: what is read, and what is named when it cannot be meant.

use orbitbox_board::pins::{Bias, InputLine};
use orbitbox_board::revision::{Problems, Reach, read};
use orbitbox_panel::{Face, Key, Lamp};
use std::time::Duration;

fn problems(text: &str) -> Vec<String> {
    let Err(Problems { list, .. }) = read(text, "board.toml") else { panic!("it is right: {text}") };
    list.iter().map(|problem| format!("{} {}: {}", problem.line, problem.key, problem.text)).collect()
}

const REFERENCE: &str = "schema = 1\nname = \"aisle-4\"\nextends = \"pi4-reference\"\n";

#[test]
fn a_file_says_only_what_differs_from_a_built_in_one() {
    let text = format!("{REFERENCE}[bus.panel]\ni2c = {{ path = \"/dev/i2c-7\" }}\n[key.park]\nht16k33.contact = 30\n");
    let revision = read(&text, "board.toml").unwrap();
    let [chip] = revision.chips.as_slice() else { panic!("one chip: {:?}", revision.chips) };
    assert_eq!(revision.name, "aisle-4");
    assert_eq!(chip.reach, Reach::Ht16k33 { bus: "/dev/i2c-7".into(), address: 0x71 });
    assert_eq!(chip.reach.to_string(), "HT16K33 at 0x71 on /dev/i2c-7");
    let orbits = ["71", "72"];
    let orbit = |number: usize| Some(Key::Orbit(orbits.get(number - 1)?.parse().unwrap()));
    let layout = revision.layout(chip, orbit);
    assert_eq!(layout.key(30), Some(Key::Park));
    assert_eq!(layout.key(1), orbit(2));
    assert_eq!(layout.key(2), None, "the unit has two orbit keys");
    let lamps = orbits.map(|number| (number.parse().unwrap(), Lamp::On)).to_vec();
    let picture = layout.paint(&Face { digits: "71".to_owned(), lamps, brightness: 15 }, Duration::ZERO);
    assert_eq!(picture[..9], [0, 0, 0, 0, 0x07, 0, 0x06, 0, 0b11]);
}

#[test]
fn everything_wrong_is_named_at_once_with_its_line() {
    let text = format!(
        "{REFERENCE}[face.ht16k33]\nbus = \"side\"\naddress = 0x43\ndigits = [0, 2, 2, 99]\n\
         [lamp.orbit-1]\nht16k33 = {{ byte = 2, bit = 3 }}\n[lamp.left]\nht16k33 = {{ byte = 9, bit = 8 }}\n\
         [key.orbit-9]\nht16k33.contact = 0\n[key.lamp]\nht16k33.contact = 39\n"
    );
    let found = problems(&text);
    for wanted in [
        "5 face.ht16k33.bus: there is no [bus.side]",
        "6 face.ht16k33.address: 0x43 is not from 0x70 to 0x77",
        "7 face.ht16k33.digits: byte 2 is given to two digits",
        "7 face.ht16k33.digits: 99 is no byte of the chip: 0 to 15",
        "8 lamp.orbit-1: byte 2, bit 3 is that of face.ht16k33.digits",
        "10 lamp.left: byte 9, bit 8: the chip has bytes",
        "10 lamp.left: must be orbit-1",
        "12 key.orbit-9: there is no lamp.orbit-9",
        "14 key.lamp: key 39: the chip has keys 0 to 38",
        "14 key.lamp: must be park",
        "contact 0 is that of key.orbit-9",
    ] {
        assert!(found.iter().any(|problem| problem.contains(wanted)), "{wanted} is not in {found:#?}");
    }
}

#[test]
fn what_cannot_be_read_is_named_where_it_stands() {
    assert_eq!(problems("schema = 1\nname = \"x\"\ncolour = 3\n").len(), 1);
    assert!(problems("schema = 1\nname = \"x\"\ncolour = 3\n")[0].starts_with("3 : unknown field `colour`"));
    assert_eq!(problems("schema = 1\nname = \"x\"\n"), ["1 face.ht16k33: is missing"]);
    assert!(
        problems("schema = 2\nname = \"x\"\nextends = \"pi9\"\n")
            .contains(&"1 schema: must be 1, the only one there is".to_owned())
    );
    assert!(
        problems("schema = 1\nname = \"x\"\nextends = \"pi9\"\n")
            .contains(&"3 extends: `pi9` is none of pi4-reference".to_owned())
    );
    let gap = format!("{REFERENCE}[lamp.orbit-10]\nht16k33 = {{ byte = 9, bit = 0 }}\n");
    assert_eq!(problems(&gap), ["1 lamp.orbit-9: is missing, and there is an orbit-10"]);
    let fault = read("schema = 1\n=", "board.toml").unwrap_err().to_string();
    assert!(fault.starts_with("board.toml:2: "), "{fault}");
}

fn wired(text: &str) -> Vec<String> {
    let revision = read(text, "board.toml").expect("a right revision");
    let orbit = |number: usize| Some(Key::Orbit(["71", "72"].get(number - 1)?.parse().expect("an orbit")));
    revision.wired_keys(orbit).iter().map(|wired| wired.describe()).collect()
}

#[test]
fn keys_hang_on_contacts_lines_and_input_devices_side_by_side() {
    let reference = ["GPIO12 (function)", "GPIO13 (page)", "GPIO5 (park)", "GPIO6 (retrieve)"];
    assert_eq!(wired(REFERENCE), reference, "as the reference unit is wired");
    let text = format!(
        "{REFERENCE}[key.park]\ninput = {{ device = \"USB Handset\", code = \"KEY_PHONE\" }}\n\
         [key.retrieve]\nht16k33.contact = 13\n\
         [key.orbit-1]\ninput = {{ device = \"USB Handset\", code = \"KEY_KP7\" }}\n\
         [key.orbit-3]\ngpio = {{ line = \"GPIO16\" }}\n"
    );
    // The unit has no third orbit.
    let wanted = ["GPIO12 (function)", "GPIO13 (page)", "USB Handset (KEY_KP7 orbit-71, KEY_PHONE park)"];
    assert_eq!(wired(&text), wanted);
}

#[test]
fn a_line_is_as_the_file_says() {
    let key = |line: &str| format!("{REFERENCE}[key.park]\ngpio = {{ {line} }}\n");
    let line = |text: &str| {
        let revision = read(text, "board.toml").unwrap();
        revision.lines().find(|line| line.line == "EXP-A0").cloned().unwrap()
    };
    let plain =
        InputLine { line: "EXP-A0".to_owned(), active_low: false, bias: None, debounce: Duration::from_millis(8) };
    assert_eq!(line(&key("line = \"EXP-A0\"")), plain);
    let full = key("line = \"EXP-A0\", active-low = true, bias = \"pull-up\", debounce-ms = 20");
    let wanted = InputLine { active_low: true, bias: Some(Bias::PullUp), debounce: Duration::from_millis(20), ..plain };
    assert_eq!(line(&full), wanted);
}

#[test]
fn lines_and_codes_that_cannot_be_had_are_named() {
    let text = format!(
        "{REFERENCE}[hat]\nname = \"MiniAmp\"\n\
         [key.park]\ngpio = {{ line = \"GPIO2\" }}\n\
         [key.page]\ngpio = {{ line = \"GPIO16\", debounce-ms = 900 }}\n\
         [key.orbit-1]\ngpio.line = \"GPIO1\"\n\
         [key.orbit-2]\ngpio.line = \"GPIO19\"\n\
         [key.orbit-3]\ngpio.line = \"GPIO12\"\n\
         [key.orbit-4]\ninput = {{ device = \"Keypad\", code = \"KEY_KP77\" }}\n\
         [key.orbit-5]\ninput = {{ device = \"Keypad\", code = \"KEY_KP5\" }}\n\
         [key.orbit-6]\ninput = {{ device = \"Keypad\", code = \"KEY_KP5\" }}\n\
         [key.orbit-7]\ninput = {{ device = \"Other\", code = \"KEY_KP5\" }}\n"
    );
    let found = problems(&text);
    let wanted = [
        "1 key.function: line GPIO12 is that of key.orbit-3",
        "7 key.park: line GPIO2 is that of bus.panel",
        "9 key.page.gpio.debounce-ms: must be 0 to 200",
        "9 key.page: line GPIO16 is that of the HAT MiniAmp",
        "11 key.orbit-1: line GPIO1 is that of the memory of HATs",
        "13 key.orbit-2: line GPIO19 is that of the HAT MiniAmp",
        "17 key.orbit-4.input.code: there is no key code `KEY_KP77`; was `KEY_KP7` meant?",
        "21 key.orbit-6: KEY_KP5 of Keypad is that of key.orbit-5",
    ];
    for wanted in wanted {
        assert!(found.iter().any(|problem| problem == wanted), "{wanted} is not in {found:#?}");
    }
    assert_eq!(found.len(), wanted.len(), "{found:#?}");
    let hat = problems(&format!("{REFERENCE}[hat]\nname = \"digiamp\"\n"));
    let wanted =
        "5 hat.name: `digiamp` is none of AMP100, AMP4 Pro, DigiAMP+, I2S, MAX98357A, MiniAmp; was `DigiAMP+` meant?";
    assert_eq!(hat, [wanted]);
}

//! Revision files: what is read, and what is named when it cannot be meant.

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
    assert_eq!(layout.key(13), None);
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

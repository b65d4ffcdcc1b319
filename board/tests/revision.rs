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
        "14 key.lamp: contact 39: the chip has contacts 0 to 38",
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
    assert!(
        problems("schema = 2\nname = \"x\"\nextends = \"pi9\"\n")
            .contains(&"1 schema: must be 1, the only one there is".to_owned())
    );
    assert!(
        problems("schema = 1\nname = \"x\"\nextends = \"pi9\"\n")
            .contains(&"3 extends: `pi9` is none of pi4-reference, pi4-tm1638".to_owned())
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
    let reference = ["GPIO12 (function)", "GPIO7 (hook)", "GPIO13 (page)", "GPIO5 (park)", "GPIO6 (retrieve)"];
    assert_eq!(wired(REFERENCE), reference, "as the reference unit is wired");
    let text = format!(
        "{REFERENCE}[key.park]\ninput = {{ device = \"USB Handset\", code = \"KEY_PHONE\" }}\n\
         [key.retrieve]\nht16k33.contact = 13\n\
         [key.orbit-1]\ninput = {{ device = \"USB Handset\", code = \"KEY_KP7\" }}\n\
         [key.orbit-3]\ngpio = {{ line = \"GPIO16\" }}\n"
    );
    // The unit has no third orbit.
    let wanted =
        ["GPIO12 (function)", "GPIO7 (hook)", "GPIO13 (page)", "USB Handset (KEY_KP7 orbit-71, KEY_PHONE park)"];
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

/// On one bus, the digits at an address and the lamps at another.
fn addresses(digits: u8, lamps: u8) -> String {
    format!(
        "schema = 1\nname = \"x\"\n[bus.one]\ni2c = {{ path = \"/dev/i2c-1\" }}\n[bus.other]\ni2c = {{ path = \"/dev/i2c-1\" }}\n\
         [face.ht16k33]\nbus = \"one\"\naddress = {digits:#x}\ndigits = [0, 2, 4, 6]\n\
         [face.pca9685]\nbus = \"other\"\naddress = {lamps:#x}\n"
    )
}

#[test]
fn two_chips_at_one_address_are_refused_and_the_all_call_address_counts() {
    assert!(read(&addresses(0x71, 0x43), "board.toml").is_ok());
    // What would be sub-addresses are off.
    assert!(read(&addresses(0x74, 0x43), "board.toml").is_ok());
    let wanted = "13 face.pca9685.address: address 0x71 on /dev/i2c-1 is that of face.ht16k33.address";
    assert_eq!(problems(&addresses(0x71, 0x71)), [wanted]);
    let wanted = "13 face.pca9685.address: address 0x70, where every PCA9685 answers until it is told not to, on \
                  /dev/i2c-1 is that of face.ht16k33.address";
    assert_eq!(problems(&addresses(0x70, 0x43)), [wanted]);
    let wanted =
        "13 face.pca9685.address: 0x70, where every PCA9685 answers until it is told not to, cannot be its own";
    assert_eq!(problems(&addresses(0x71, 0x70)), [wanted]);
    assert_eq!(problems(&addresses(0x71, 0x3f)), ["13 face.pca9685.address: 0x3f is not from 0x40 to 0x77"]);
    // On two buses, both may have one address.
    let apart = addresses(0x70, 0x43).replacen("i2c-1", "i2c-3", 1);
    assert!(read(&apart, "board.toml").is_ok());
}

#[test]
fn several_chips_at_once_each_have_what_names_them() {
    let text = format!(
        "{REFERENCE}[bus.spi]\nspi = {{ path = \"/dev/spidev0.0\" }}\n\
         [face.max7219]\nbus = \"spi\"\ndigits = [3, 2, 1, 0]\n\
         [face.pca9685]\nbus = \"panel\"\naddress = 0x43\ninverted = true\n\
         [lamp]\norbit-1.pca9685 = {{ channel = 15 }}\norbit-2.max7219 = {{ digit = 7, bit = 7 }}\n"
    );
    let revision = read(&text, "board.toml").unwrap();
    let orbits = ["71", "72", "73"];
    let orbit = |number: usize| Some(Key::Orbit(orbits.get(number - 1)?.parse().unwrap()));
    let lamps = orbits.map(|number| (number.parse().unwrap(), Lamp::On)).to_vec();
    let face = Face { digits: "8".to_owned(), lamps, brightness: 15 };
    let drawn = revision.chips.iter().map(|chip| {
        let picture = revision.layout(chip, orbit).paint(&face, Duration::ZERO);
        let lit = (0..).zip(picture).filter(|(_, byte)| *byte != 0).collect::<Vec<(u8, u8)>>();
        (chip.reach.to_string(), lit)
    });
    let wanted = [
        ("HT16K33 at 0x71 on /dev/i2c-1", vec![(6, 0x7f), (8, 0b100)]),
        ("MAX7219 on /dev/spidev0.0", vec![(0, 0x7f), (7, 0x80)]),
        ("PCA9685 at 0x43 on /dev/i2c-1", vec![(15, 1)]),
    ];
    assert_eq!(drawn.collect::<Vec<_>>(), wanted.map(|(name, lit)| (name.to_owned(), lit)));
    let Reach::Pca9685 { inverted, .. } = revision.chips[2].reach else { panic!("{:?}", revision.chips) };
    assert!(inverted);
}

#[test]
fn what_a_chip_does_not_have_or_has_once_is_named_where_it_is_wanted() {
    let text = "schema = 1\nname = \"x\"\n[bus.spi]\nspi = { path = \"/dev/spidev0.0\" }\n\
        [face.tm1638]\nstrobe = { line = \"GPIO5\" }\nclock = { line = \"GPIO5\" }\ndata = { line = \"GPIO13\" }\ndigits = [0, 6, 7, 7]\n\
        [face.pca9685]\nbus = \"spi\"\naddress = 0x43\n\
        [face.max7219]\nbus = \"none\"\ndigits = [0, 1, 2, 8]\n\
        [lamp]\norbit-1.tm1638 = { lamp = 0 }\norbit-2.tm1638 = { lamp = 2 }\norbit-3.tm1638 = { lamp = 2 }\n\
        orbit-4.pca9685 = { channel = 16 }\norbit-5.max7219 = { digit = 2, bit = 0 }\norbit-6.ht16k33 = { byte = 0, bit = 0 }\n\
        [key]\npark.tm1638 = { key = 9 }\npage.tm1638 = { key = 3 }\nretrieve.tm1638 = { key = 3 }\nfunction.ht16k33 = { contact = 3 }\n";
    let wanted = [
        "7 face.tm1638.clock: line GPIO5 is that of face.tm1638.strobe",
        "9 face.tm1638.digits: 0 is no digit of the chip: 1 to 8, from the left",
        "9 face.tm1638.digits: digit 7 is given to two digits",
        "11 face.pca9685.bus: [bus.spi] is no I2C bus",
        "14 face.max7219.bus: there is no [bus.none]",
        "15 face.max7219.digits: 8 is no digit of the chip: 0 to 7",
        "17 lamp.orbit-1: lamp 0: the chip has lamps 1 to 8",
        "19 lamp.orbit-3: lamp 2 is that of lamp.orbit-2",
        "20 lamp.orbit-4: channel 16: the chip has channels 0 to 15",
        "21 lamp.orbit-5: digit 2, bit 0 is that of face.max7219.digits",
        "22 lamp.orbit-6: there is no [face.ht16k33]",
        "24 key.park: key 9: the chip has keys 1 to 8",
        "26 key.retrieve: key 3 is that of key.page",
        "27 key.function: there is no [face.ht16k33]",
    ];
    assert_eq!(problems(text), wanted);
    for names in ["tm1638 = { key = 1 }\nht16k33 = { contact = 1 }\n", ""] {
        let text = format!("schema = 1\nname = \"x\"\n[key.park]\n{names}");
        assert_eq!(problems(&text), ["3 : must hang on one thing, not on more or none"]);
    }
    let other = "schema = 1\nname = \"x\"\n[lamp.orbit-1]\npca9865 = { channel = 1 }\n";
    assert!(problems(other)[0].starts_with("4 : unknown variant `pca9865`, expected one of"), "{:?}", problems(other));
}

#[test]
fn an_orbits_key_needs_a_lamp_or_digits() {
    let text = |digits| {
        format!(
            "schema = 1\nname = \"x\"\nextends = \"pi4-tm1638\"\n[key.orbit-5]\ntm1638 = {{ key = 8 }}\n[key.function]\n\
             tm1638 = {{ key = 5 }}\n[key.park]\ntm1638 = {{ key = 7 }}\n[key.page]\ntm1638 = {{ key = 6 }}\n\
             [key.retrieve]\ntm1638 = {{ key = 4 }}\n[key.orbit-4]\ntm1638 = {{ key = 3 }}\n[key.orbit-3]\ntm1638 = {{ key = 2 }}\n\
             [key.orbit-2]\ntm1638 = {{ key = 1 }}\n[key.orbit-1]\ntm1638 = {{ key = 8 }}\n\
             [face.tm1638]\nstrobe.line = \"A\"\nclock.line = \"B\"\ndata.line = \"C\"\n{digits}"
        )
    };
    let twice = "4 key.orbit-5: key 8 is that of key.orbit-1";
    assert_eq!(problems(&text("digits = [1, 2, 3, 4]\n")), [twice]);
    assert_eq!(problems(&text("")), [twice, "4 key.orbit-5: there is no lamp.orbit-5, and no chip has digits"]);
}

#[test]
fn built_in_revisions_are_right() {
    for name in ["pi4-reference", "pi4-tm1638"] {
        let text = format!("schema = 1\nname = \"x\"\nextends = \"{name}\"\n");
        assert_eq!(read(&text, "board.toml").map(|revision| revision.chips.len()), Ok(1), "{name}");
    }
}

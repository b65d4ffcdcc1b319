//! How a revision file says that the amplifier is switched.

use orbitbox_board::revision::{Problems, WiredAmplifier, read};
use orbitbox_board::{MixerControl, Pins};
use std::time::Duration;

fn problems(text: &str) -> Vec<String> {
    let Err(Problems { list, .. }) = read(text, "board.toml") else { panic!("it is right: {text}") };
    list.iter().map(|problem| format!("{} {}: {}", problem.line, problem.key, problem.text)).collect()
}

const REFERENCE: &str = "schema = 1\nname = \"aisle-4\"\nextends = \"pi4-reference\"\n";

#[test]
fn an_amplifier_is_switched_in_one_way() {
    let amplifier = |written: &str| read(&format!("{REFERENCE}{written}"), "board.toml").unwrap().amplifier;
    let pins = |enable: &str, active_low| Pins {
        enable: (enable.to_owned(), active_low),
        fault: None,
        settle: Duration::from_millis(300),
    };
    let reference =
        Pins { fault: Some(("GPIO24".to_owned(), true)), settle: Duration::from_millis(120), ..pins("GPIO23", false) };
    assert_eq!(amplifier(""), WiredAmplifier::Pin(reference));
    assert_eq!(
        amplifier("[amplifier.pin]\nenable = { line = \"GPIO22\", active-low = true }\nsettle-ms = 300\n"),
        WiredAmplifier::Pin(pins("GPIO22", true))
    );
    assert_eq!(amplifier("[amplifier.none]\n"), WiredAmplifier::None);
    assert_eq!(
        amplifier("[amplifier.mixer]\ncard = \"DigiAMP\"\ncontrol = \"Digital\"\nvolume-db = -6.0\n"),
        WiredAmplifier::Mixer(MixerControl {
            card: "DigiAMP".to_owned(),
            control: "Digital".to_owned(),
            volume_db: Some(-6.0),
            settle: Duration::from_millis(120),
        })
    );
}

#[test]
fn what_an_amplifier_cannot_be_is_named() {
    let found = problems(&format!(
        "{REFERENCE}[amplifier.pin]\nenable = {{ line = \"GPIO5\" }}\nfault = {{ line = \"\" }}\nsettle-ms = 2001\n\
         [amplifier.mixer]\ncard = \"Card\"\ncontrol = \"\"\nvolume-db = 30.0\n"
    ));
    for wanted in [
        "5 amplifier.pin.enable: line GPIO5 is that of key.park",
        "6 amplifier.pin.fault.line: must be the name of a line",
        "7 amplifier.pin.settle-ms: must be 0 to 2000",
        "8 amplifier.mixer: there is one already",
    ] {
        assert!(found.iter().any(|problem| problem.contains(wanted)), "{wanted} is not in {found:#?}");
    }
    let found = problems(&format!("{REFERENCE}[amplifier.mixer]\ncard = \"Card\"\ncontrol = \"\"\nvolume-db = 30.0\n"));
    assert!(found[0].contains("6 amplifier.mixer.control: must be a name"), "{found:#?}");
    assert!(found[1].contains("7 amplifier.mixer.volume-db: must be from -100 to 20"), "{found:#?}");
}

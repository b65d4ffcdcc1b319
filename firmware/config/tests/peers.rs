//! Trunks and registrations as they are written.

use orbitbox_config::{Who, read};

fn problems(text: &str) -> Vec<(String, String)> {
    read(text, "unit.toml")
        .map_or_else(|problems| problems.list, |_| Vec::new())
        .into_iter()
        .map(|problem| (problem.key, problem.text))
        .collect()
}

#[test]
fn a_trunk_and_a_registration_are_read() {
    let unit = read(
        "[[trunk]]\nname = \"PBX\"\nnetworks = \"192.0.2.5, 2001:db8::/32\"\nparker-header = \"X-Parker\"\ndefault-parker = \"101\"\n\
         park-prefix = \"8\"\nuser = \"box\"\npassword = \"secret\"\n\
         [[registration]]\nuser = \"700\"\npassword = \"hidden\"\nregistrar = \"sip:192.0.2.5\"\nfor = \"70\"\nexpires = \"5 min\"\n\
         [[lot]]\npilot = \"70\"\norbits = \"71-78\"\npark-by = \"stations, trunks, 10.0.0.0/8\"\n",
        "unit.toml",
    )
    .unwrap_or_else(|problems| panic!("{problems}"));
    let trunk = &unit.trunks[0];
    assert_eq!((trunk.networks.len(), trunk.networks[0].bits, trunk.networks[1].bits), (2, 32, 32));
    assert!(trunk.default_parker.as_ref().is_some_and(|parker| parker.name == "Office"));
    let registration = &unit.registrations[0];
    assert_eq!((registration.number.as_str(), registration.expires.as_secs()), ("70", 300));
    assert!(matches!(unit.lots[0].park_by.as_slice(), [Who::Stations, Who::Trunks, Who::Network(_)]));
    let printed = format!("{unit:?}");
    assert!(!printed.contains("secret") && !printed.contains("hidden"), "passwords are not printed");
}

#[test]
fn what_is_missing_or_wrong_is_named_all_at_once() {
    let found = problems(
        "[[trunk]]\nname = \"PBX\"\nuser = \"a\"\n[[registration]]\nuser = \"700\"\npassword = \"x\"\nregistrar = \"pbx\"\nfor = \"999\"\n",
    );
    let keys: Vec<&str> = found.iter().map(|(key, _)| key.as_str()).collect();
    for key in ["trunk.networks", "trunk.user", "registration.registrar", "registration.for"] {
        assert!(keys.contains(&key), "{key} is not among {found:?}");
    }
    assert_eq!(found.len(), 4, "{found:?}");
}

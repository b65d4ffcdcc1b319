//! Wrong configurations: every problem is named, with its line and key.

use orbitbox_config::{OWN_HOST, Problem, Speaker, Unit, read};
use std::time::Duration;

fn problems(text: &str) -> Vec<(usize, String, String)> {
    let list: Vec<Problem> = read(text, "unit.toml").map_or_else(|problems| problems.list, |_| Vec::new());
    list.into_iter().map(|problem| (problem.line, problem.key, problem.text)).collect()
}

/// One problem, at this line and key, whose text contains this.
fn one(text: &str, line: usize, key: &str, part: &str) {
    let found = problems(text);
    assert_eq!(found.len(), 1, "{text}\n{found:?}");
    assert_eq!((found[0].0, found[0].1.as_str()), (line, key), "{text}\n{found:?}");
    assert!(found[0].2.contains(part), "{text}\n{found:?}");
}

/// The same for a key of a lot that is otherwise right; the key is in line 4.
fn in_lot(written: &str, key: &str, part: &str) {
    one(&format!("[[lot]]\npilot = \"70\"\norbits = \"71-78\"\n{written}"), 4, key, part);
}

#[test]
fn an_empty_file_is_a_whole_unit() {
    let unit = read("", "unit.toml").unwrap();
    assert_eq!(unit.lots[0].lot.orbits.len(), 8);
    assert_eq!(unit.stations.len(), 6);
    assert_eq!(unit.panel.station.as_deref(), Some("102"));
}

#[test]
fn the_built_in_file_says_the_defaults() {
    let mut built_in = Unit::built_in();
    assert!(built_in.lots[0].lot.fallback.take().is_some());
    assert_eq!(built_in, read("", "unit.toml").unwrap());
}

#[test]
fn what_is_written_is_what_is_meant() {
    let text = "name = \"Dock\"\n[sip]\nlisten = \"127.0.0.1:5070\"\naddress = \"10.0.0.7\"\nrtp-ports = \"40000-40099\"\n\
                media-wait = \"500 ms\"\n[[station]]\nuser = \"9\"\n[[lot]]\nname = \"Yard\"\npilot = \"*7\"\n\
                orbits = \"81, 71-72\"\nringback-after = \"1 min 30 s\"\nringback-attempts = 10\nfallback = \"9\"\n\
                fallback-ring = \"5 s\"\ncapacity = 2\nself-park = true\n[panel]\norbit-keys = \"81, 71\"\nstation = \"9\"\n\
                [speaker]\nwav = \"page.wav\"\n[web]\nlisten = \"[::1]:80\"\n";
    let unit = read(text, "unit.toml").unwrap();
    let lot = &unit.lots[0].lot;
    assert_eq!(lot.orbits.iter().map(ToString::to_string).collect::<Vec<_>>(), ["71", "72", "81"]);
    assert_eq!((lot.ringback.after, lot.ringback.attempts, lot.capacity), (Duration::from_secs(90), 10, 2));
    let (party, ring_for) = lot.fallback.clone().unwrap();
    assert_eq!((party.address, party.name.as_str()), (format!("sip:9@{OWN_HOST}"), "9"));
    assert_eq!(ring_for, Duration::from_secs(5));
    assert_eq!(unit.panel.orbit_keys.iter().map(ToString::to_string).collect::<Vec<_>>(), ["81", "71"]);
    assert_eq!((unit.sip.media_wait, unit.lots[0].self_park), (Duration::from_millis(500), true));
    assert_eq!(unit.speaker, Speaker::Wav("page.wav".into()));
    assert_eq!(unit.web.listen.to_string(), "[::1]:80");
}

#[test]
fn wrong_values_are_named() {
    one("name = 3", 1, "name", "text in quotes, not a number");
    one("name = \" \"", 1, "name", "1 to 64 letters");
    one("naem = \"x\"", 1, "naem", "did you mean `name`?");
    one("colour = \"x\"", 1, "colour", "there is no such key");
    one("[sip]\nlisten = \"5060\"", 2, "sip.listen", "address with a port");
    one("[sip]\naddress = \"0.0.0.0\"", 2, "sip.address", "cannot send to");
    one("[sip]\naddress = \"2001:db8::1\"", 2, "sip.address", "same family");
    one(
        "[sip]\nlisten = \"[::]:5060\"\naddress = \"10.0.0.7, 10.0.0.8\"",
        3,
        "sip.address",
        "one of IPv4 and one of IPv6",
    );
    one("[sip]\nname-servers = \"10.0.0.1, dns\"", 2, "sip.name-servers", "`dns` is no address");
    one("[sip]\nrtp_ports = \"30000-30999\"", 2, "sip.rtp_ports", "did you mean `rtp-ports`?");
    one("[sip]\nrtp-ports = \"30001-30999\"", 2, "sip.rtp-ports", "even port");
    one("[sip]\nrtp-ports = \"30999-30000\"", 2, "sip.rtp-ports", "run upwards");
    one("[sip]\nrtp-ports = \"30000-30010\"", 2, "sip.rtp-ports", "at least 64 ports, not 11");
    one("[sip]\nmedia-wait = \"2 m\"", 2, "sip.media-wait", "is no time");
    one("[sip]\nmedia-wait = \"2 min\"", 2, "sip.media-wait", "from 0 s to 10 s");
    one("sip = 5", 1, "sip", "write [sip]");
    one("[speaker]\nalsa = \"default\"\nsilent = true", 3, "speaker.silent", "only one");
    one("[speaker]\nalsa = \"\"", 2, "speaker.alsa", "must not be empty");
    one("[speaker]\nsilent = false", 2, "speaker.silent", "must be true");
    one("[web]\nlisten = 8080", 2, "web.listen", "not a number");
    one("[[station]]\nname = \"Nobody\"", 1, "station.user", "is missing");
    one("[[station]]\nuser = 101", 2, "station.user", "text in quotes");
    one("[[station]]\nuser = \"a b\"", 2, "station.user", "letters, digits");
}

#[test]
fn wrong_lots_are_named() {
    one("lot = []", 1, "lot", "at least one");
    one("[lot]\npilot = \"70\"", 1, "lot", "two brackets");
    one("[[lot]]\npilot = \"70\"", 1, "lot.orbits", "is missing");
    one("[[lot]]\npilot = \"70\"\norbits = \"78-71\"", 3, "lot.orbits", "run upwards");
    one("[[lot]]\npilot = \"70\"\norbits = \"1000-9999\"", 3, "lot.orbits", "no more than 1000");
    one("[[lot]]\npilot = \"seventy\"\norbits = \"71\"", 2, "lot.pilot", "digits");
    in_lot("ringback-attempts = 11", "lot.ringback-attempts", "from 1 to 10");
    in_lot("ringback-attempts = -1", "lot.ringback-attempts", "from 1 to 10");
    in_lot("ringback-atempts = 3", "lot.ringback-atempts", "did you mean `ringback-attempts`?");
    in_lot("ringback-ring = \"0 s\"", "lot.ringback-ring", "from 1 s to 1 h");
    in_lot("max-life = \"25 h\"", "lot.max-life", "from 1 s to 24 h");
    in_lot("capacity = 0", "lot.capacity", "from 1 to 100");
    in_lot("page-repeats = 300", "lot.page-repeats", "from 0 to 20");
    in_lot("page-louder-db = 7", "lot.page-louder-db", "from 0 to 6");
    one("[page]\nquiet = \"22-6\"", 2, "page.quiet", "`22-6` is neither days such as mon-fri nor a time");
    one("[page]\nlanguages = \"en, it\"", 2, "page.languages", "`it` is no language of the unit: en, es, fr, de");
    one("[page]\nlanguages = \"en, en\"", 2, "page.languages", "names en twice");
    one("[page]\nlanguages = \"\"", 2, "page.languages", "at least one language");
    one("[page]\nmulticast = \"239.192.7.1:5005\"", 2, "page.multicast", "with an even port");
    one("[page]\nmulticast = \"192.168.7.1:5004\"", 2, "page.multicast", "no multicast group");
    one("[page]\nmulticast-ttl = 3", 2, "page.multicast-ttl", "means nothing without multicast");
    let opus = "[page]\nmulticast = \"239.192.7.1:5004\"\nmulticast-codec = \"opus\"";
    one(opus, 3, "page.multicast-codec", "none of PCMU, PCMA and G722");
    one("[[zone]]\nname = \"Yard\"", 1, "zone.extension", "is missing");
    let both = "[[zone]]\nextension = \"90\"\n[[ringer]]\nextension = \"90\"";
    one(both, 4, "ringer.extension", "90 is also the extension of a zone (line 2)");
    let twice = "[[zone]]\nextension = \"101\"";
    one(twice, 2, "zone.extension", "101 is also a station");
    in_lot("choice = \"last\"", "lot.choice", "least-recently-used");
    in_lot("fallback = \"909\"", "lot.fallback", "one of the stations");
    in_lot("self-park = 1", "lot.self-park", "true or false");
    in_lot("retrieve-by = \"all\"", "lot.retrieve-by", "must be stations, trunks, anyone or a network");
    in_lot("park-by = \"stations, 10.0.0.0/33\"", "lot.park-by", "10.0.0.0/33");
    in_lot("pin = \"12a\"", "lot.pin", "digits");
}

#[test]
fn values_that_do_not_go_together_are_named() {
    one("[sip]\nrtp-ports = \"5000-5999\"", 2, "sip.rtp-ports", "the port of SIP itself");
    let large =
        "[sip]\nrtp-ports = \"30000-30099\"\n[[lot]]\npilot = \"70\"\norbits = \"100-199\"\n[[station]]\nuser = \"9\"";
    one(large, 2, "sip.rtp-ports", "204 ports are needed");
    one("[[lot]]\npilot = \"71\"\norbits = \"71-78\"", 3, "lot.orbits", "71 is also the pilot of a lot (line 2)");
    one("[[lot]]\npilot = \"101\"\norbits = \"71-78\"", 2, "lot.pilot", "101 is also a station");
    one("[[lot]]\npilot = \"70\"\norbits = \"100-102\"", 3, "lot.orbits", "101, 102 are each also a station");
    one("[[lot]]\npilot = \"70\"\norbits = \"71, 71\"", 3, "lot.orbits", "also an orbit");
    one("[[station]]\nuser = \"1\"\n[[station]]\nuser = \"1\"", 4, "station.user", "also a station (line 2)");
    let two = |second: &str| format!("[[lot]]\nname = \"A\"\npilot = \"70\"\norbits = \"71-74\"\n[[lot]]\n{second}");
    one(&two("pilot = \"80\"\norbits = \"73-76\""), 7, "lot.orbits", "73, 74 are each also an orbit of lot A (line 4)");
    one(&two("pilot = \"70\"\norbits = \"81\""), 6, "lot.pilot", "also the pilot of lot A (line 3)");
    one("[panel]\nstation = \"909\"", 2, "panel.station", "no station 909");
    one("[panel]\norbit-keys = \"71-79\"", 2, "panel.orbit-keys", "no lot has orbit 79");
    one("[panel]\norbit-keys = \"71, 72, 71\"", 2, "panel.orbit-keys", "71 has more than one key");
}

#[test]
fn one_mistake_does_not_raise_others() {
    // What refers to something unreadable is not wrong itself.
    one("[[lot]]\npilot = \"70\"\norbits = \"81-8x\"\n[panel]\norbit-keys = \"81\"", 3, "lot.orbits", "cannot stand");
    one("[[station]]\nuser = \"a b\"\n[panel]\nstation = \"a b\"", 2, "station.user", "letters");
    let text = "[[lot]]\npilot = \"x\"\norbits = \"71\"\n[[lot]]\npilot = \"80\"\norbits = \"81\"\n[panel]\norbit-keys = \"81\"";
    one(text, 2, "lot.pilot", "digits");
}

#[test]
fn lines_that_are_not_toml_are_named_with_the_rest() {
    one("name = \"unclosed", 1, "name", "is not TOML");
    one("name = Dock", 1, "name", "must stand in \"quotes\"");
    one("name = \"a\"\nname = \"b\"", 2, "name", "second time");
    let found = problems("name = Dock\n[sip]\nmedia-wait = 10 s\nlisten = \"x\"\n[web]\nlisten = 1");
    let lines: Vec<usize> = found.iter().map(|problem| problem.0).collect();
    assert_eq!(lines, [1, 3, 4, 6], "{found:?}");
    // After a broken header nobody knows whose the next keys are.
    one("[sip\nmedia-wait = \"nonsense\"", 1, "", "is not TOML");
}

#[test]
fn ten_faults_are_ten_problems() {
    let text = "nam = \"x\"\n[sip]\nlisten = 1\nrtp-ports = \"1-2\"\nmedia-wait = \"soon\"\n[[lot]]\npilot = \"70\"\norbits = \"71-x\"\n\
                capacity = 0\nringback-attempts = 0\ncool-down = \"9\"\n[panel]\nstation = \"999\"\n[web]\nport = 80\n";
    let found = problems(text);
    let lines: Vec<usize> = found.iter().map(|problem| problem.0).collect();
    assert_eq!(lines, [1, 3, 4, 5, 8, 9, 10, 11, 13, 15], "{found:#?}");
    let told = read(text, "unit.toml").unwrap_err().to_string();
    assert!(told.starts_with("10 problems in unit.toml\n  unit.toml:1: nam: there is no such key"), "{told}");
    assert_eq!(told.lines().count(), 11);
}

/// A slip of the finger anywhere in the reference gives a unit or at least one problem, and never a panic.
#[test]
fn no_slip_of_the_finger_goes_unanswered() {
    let reference = include_str!("../src/default.toml");
    let places = (0..reference.len()).filter(|at| reference.is_char_boundary(*at));
    for (at, slip) in places.zip(["", "\"", "[", "9", "\n", "=", "x"].into_iter().cycle()) {
        let mut text = reference.to_owned();
        text.replace_range(at..=at, slip);
        if let Err(problems) = read(&text, "unit.toml") {
            assert!(!problems.list.is_empty(), "at {at}: {slip:?}");
            let lines = text.lines().count();
            assert!(problems.list.iter().all(|problem| (1..=lines + 1).contains(&problem.line)), "at {at}: {slip:?}");
        }
    }
}

#[test]
fn a_unit_that_is_reached_by_both_families_has_an_address_of_each() {
    let text =
        "[sip]\nlisten = \"[::]:5060\"\naddress = \"10.0.0.7, fd00::7\"\nname-servers = \"10.0.0.1, [fd00::1]:5353\"";
    let sip = read(text, "unit.toml").unwrap().sip;
    let text = |address: Option<std::net::IpAddr>| address.map(|address| address.to_string());
    assert_eq!((text(sip.address).as_deref(), text(sip.other_address).as_deref()), (Some("10.0.0.7"), Some("fd00::7")));
    let servers: Vec<String> = sip.name_servers.iter().map(ToString::to_string).collect();
    assert_eq!(servers, ["10.0.0.1:53", "[fd00::1]:5353"]);
}

#[test]
fn a_configuration_is_fetched_from_https_alone() {
    let settings = |text| read(text, "unit.toml").unwrap().provisioning;
    assert_eq!((settings("").enabled, settings("").url), (true, None));
    let text = "[provisioning]\nenabled = false\nurl = \"https://files.example/{mac}.toml\"";
    assert_eq!(
        (settings(text).enabled, settings(text).url.as_deref()),
        (false, Some("https://files.example/{mac}.toml"))
    );
    let wrong = |url, part| one(&format!("[provisioning]\nurl = \"{url}\""), 2, "provisioning.url", part);
    for url in ["", "http://files.example/", "files.example", "https:///unit.toml", "tftp://10.0.0.1"] {
        wrong(url, "must be an address such as https://");
    }
    wrong("https://me:dock-4711@files.example/", "no name and password");
    wrong("https://files.example/my unit.toml", "blanks");
    one("[provisioning]\nenable = false", 2, "provisioning.enable", "did you mean `enabled`?");
}

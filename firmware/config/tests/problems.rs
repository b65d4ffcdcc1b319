//! Wrong configurations: every problem is named, with its line and key.

use orbitbox_config::{Problem, Unit, read};

fn problems(text: &str) -> Vec<(usize, String, String)> {
    let list: Vec<Problem> = read(text, "unit.toml").map_or_else(|problems| problems.list, |_| Vec::new());
    list.into_iter().map(|problem| (problem.line, problem.key, problem.text)).collect()
}

/// One problem, at this line and key, whose text contains this.
fn one(text: &str, line: usize, key: &str, part: &str) {
    let found = problems(text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0, found[0].1.as_str()), (line, key), "{found:?}");
    assert!(found[0].2.contains(part), "{found:?}");
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
fn each_kind_of_problem_is_named() {
    one("name = 3", 1, "name", "text in quotes, not integer");
    one("naem = \"x\"", 1, "naem", "did you mean `name`?");
    one("[sip]\nlisten = \"5060\"", 2, "sip.listen", "address with a port");
    one("[sip]\nrtp-ports = \"30001-30999\"", 2, "sip.rtp-ports", "even port");
    one("[sip]\nrtp-ports = \"30000-30010\"", 2, "sip.rtp-ports", "room for 32 calls");
    one("[sip]\nrtp-ports = \"5000-5999\"", 2, "sip.rtp-ports", "holds the SIP port");
    one("[sip]\nmedia-wait = \"2 m\"", 2, "sip.media-wait", "is no time");
    one("[[lot]]\npilot = \"70\"", 1, "lot.orbits", "is missing");
    one("[[lot]]\npilot = \"70\"\norbits = \"78-71\"", 3, "lot.orbits", "run upwards");
    one("[[lot]]\npilot = \"seventy\"\norbits = \"71\"", 2, "lot.pilot", "digits");
    one("[[lot]]\npilot = \"71\"\norbits = \"71-78\"", 3, "lot.orbits", "also the pilot");
    one("[[lot]]\npilot = \"101\"\norbits = \"71-78\"", 2, "lot.pilot", "also a station");
    one("[[lot]]\npilot = \"70\"\norbits = \"71, 71\"", 3, "lot.orbits", "also an orbit");
    one(
        "[[lot]]\npilot = \"70\"\norbits = \"71-78\"\nringback-attempts = 11",
        4,
        "lot.ringback-attempts",
        "from 1 to 10",
    );
    one("[[lot]]\npilot = \"70\"\norbits = \"71-78\"\nchoice = \"last\"", 4, "lot.choice", "least-recently-used");
    one("[[lot]]\npilot = \"70\"\norbits = \"71-78\"\nfallback = \"909\"", 4, "lot.fallback", "neither");
    one("[[lot]]\npilot = \"70\"\norbits = \"71-78\"\nself-park = 1", 4, "lot.self-park", "true or false");
    one("[[station]]\nname = \"Nobody\"", 1, "station.user", "is missing");
    one("[[station]]\nuser = \"1\"\n[[station]]\nuser = \"1\"", 4, "station.user", "also the station of line 2");
    one("[panel]\nstation = \"909\"", 2, "panel.station", "no station 909");
    one("[panel]\norbit-keys = \"71-79\"", 2, "panel.orbit-keys", "no lot has orbit 79");
    one("[speaker]\nalsa = \"default\"\nsilent = true", 3, "speaker.silent", "only one");
    one("[web]\nlisten = 8080", 2, "web.listen", "not integer");
    one("name = \"unclosed", 1, "", "");
}

#[test]
fn ten_faults_are_ten_problems() {
    let text = "nam = \"x\"\n[sip]\nlisten = 1\nrtp-ports = \"1-2\"\nmedia-wait = \"soon\"\n[[lot]]\npilot = \"70\"\norbits = \"71-x\"\n\
                capacity = 0\nringback-attempts = 0\ncool-down = \"9\"\n[panel]\nstation = \"999\"\n[web]\nport = 80\n";
    let found = problems(text);
    let lines: Vec<usize> = found.iter().map(|problem| problem.0).collect();
    assert_eq!(lines, [1, 3, 4, 5, 8, 9, 10, 11, 13, 15], "{found:#?}");
}

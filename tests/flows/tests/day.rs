//! A day of traffic, faults, power cuts and other configurations leaves nothing behind.

use orbitbox_config::Unit;
use orbitbox_flows::Day;

const CONFIGURATION: &str = include_str!("../unit.toml");

fn unit(text: &str) -> Unit {
    orbitbox_config::read(text, "unit.toml").unwrap_or_else(|problems| panic!("{problems}"))
}

/// Fewer orbits, and one station less.
fn other() -> String {
    let fewer = CONFIGURATION.replace("71-78", "73-76");
    fewer.replace("[[station]]\nuser = \"103\"\nname = \"Bay 2\"\n", "")
}

#[test]
fn after_a_day_everything_is_as_it_was_after_its_first_hour() {
    assert_ne!(unit(CONFIGURATION), unit(&other()));
    let seeds: u64 = std::env::var("ORBITBOX_DAYS").ok().and_then(|days| days.parse().ok()).unwrap_or(1);
    for seed in 1..=seeds {
        let mut day = Day::new(seed, [unit(CONFIGURATION), unit(&other())]).unwrap();
        day.pass(1).unwrap_or_else(|left| panic!("seed {seed}, the first hour: {left}"));
        let before = day.size();
        let tally = day.pass(24).unwrap_or_else(|left| panic!("seed {seed}: {left}"));
        let after = day.size();
        println!("seed {seed}: {tally:?}; {before} characters before, {after} after");
        assert!(tally.parked > 1_000 && tally.joined > 200 && tally.rung > 300 && tally.cuts > 50, "{tally:?}");
        assert!(tally.configured > 50 && tally.outages > 30 && tally.lost > 500, "{tally:?}");
        assert!(after < before + before / 4, "the unit remembers {before} characters before the day, {after} after it");
    }
}

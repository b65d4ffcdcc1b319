//! What is done to everything that is heard overhead.

use orbitbox_config::{ChainSettings, Equalizer, read};

fn problems(text: &str) -> Vec<String> {
    let list = read(text, "unit.toml").map_or_else(|problems| problems.list, |_| Vec::new());
    list.iter().map(|problem| format!("{}: {}: {}", problem.line, problem.key, problem.text)).collect()
}

#[test]
fn a_chain_is_read_with_whole_and_broken_decibels() {
    let text = "[speaker]\nequalizer = \"flat\"\nclarity-db = 6.5\ndrive-db = 18\nceiling-db = -1.5\nlevel-db = -6.0";
    let chain =
        ChainSettings { equalizer: Equalizer::Flat, clarity_db: 6.5, drive_db: 18.0, ceiling_db: -1.5, level_db: -6.0 };
    assert_eq!(read(text, "unit.toml").unwrap().chain, chain);
    assert_eq!(read("", "unit.toml").unwrap().chain, ChainSettings::default());
}

#[test]
fn every_problem_of_a_chain_is_named_at_once() {
    let found = problems(
        "[speaker]\nequalizer = \"trumpet\"\ndrive-db = 25\nceiling-db = 0\nlevel-db = \"soft\"\ncieling-db = -2\nclarity-db = 13",
    );
    for said in [
        "2: speaker.equalizer: must be horn or flat, not `trumpet`",
        "3: speaker.drive-db: must be from 0 to 24",
        "4: speaker.ceiling-db: must be from -20 to -0.5",
        "5: speaker.level-db: must be a number of decibels such as -1.5, not text",
        "7: speaker.clarity-db: must be from 0 to 12",
        "6: speaker.cieling-db: there is no such key; did you mean `ceiling-db`?",
    ] {
        assert!(found.iter().any(|problem| problem.contains(said)), "{said}\n{found:#?}");
    }
    assert_eq!(found.len(), 6, "{found:#?}");
    for level in ["nan", "inf", "1", "0x1", "-60.1"] {
        assert_eq!(problems(&format!("[speaker]\nlevel-db = {level}")).len(), 1, "{level}");
    }
}

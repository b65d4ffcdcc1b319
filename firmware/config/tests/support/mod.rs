//! A configuration that is right, and one that has one problem.

use orbitbox_config::{Problem, Unit, read};

pub fn unit(text: &str) -> Unit {
    match read(text, "unit.toml") {
        Ok(unit) => unit,
        Err(problems) => panic!("{problems}"),
    }
}

#[track_caller]
pub fn one(text: &str, line: usize, key: &str, part: &str) {
    let found: Vec<Problem> = read(text, "unit.toml").map_or_else(|problems| problems.list, |_| Vec::new());
    assert_eq!(found.len(), 1, "{text}\n{found:?}");
    assert_eq!((found[0].line, found[0].key.as_str()), (line, key), "{text}\n{found:?}");
    assert!(found[0].text.contains(part), "{text}\n{found:?}");
}

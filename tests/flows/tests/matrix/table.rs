//! The matrix as a table for people.

use crate::cell::{Before, Cell, Outcome};
use std::collections::BTreeMap;

const STATES: [Before; 4] = [Before::Free, Before::Occupied, Before::Reserved, Before::RingingBack];

/// A row for each way, number and parker; each entry says what came of it and over how many transports and offers.
pub fn table(outcomes: &[(Cell, Outcome)]) -> String {
    let mut rows: Vec<(String, BTreeMap<usize, Vec<Outcome>>)> = Vec::new();
    for (cell, outcome) in outcomes {
        let name = format!("{} | {} | {}", cell.way, cell.number, cell.parker);
        let column = STATES.iter().position(|state| *state == cell.before).unwrap_or(STATES.len());
        match rows.iter_mut().find(|(known, _)| *known == name) {
            Some((_, columns)) => columns.entry(column).or_default().push(*outcome),
            None => rows.push((name, BTreeMap::from([(column, vec![*outcome])]))),
        }
    }
    let mut text = "| way | number | parker named by | free | occupied | reserved | ringing back |\n".to_owned();
    text.push_str("|---|---|---|---|---|---|---|\n");
    for (name, columns) in rows {
        text.push_str(&format!("| {name} |"));
        for outcomes in columns.values() {
            let Some(first) = outcomes.first() else { continue };
            assert!(outcomes.iter().all(|outcome| outcome == first), "{name}: transport or offer changes the outcome");
            text.push_str(&format!(" {first} ({}) |", outcomes.len()));
        }
        text.push('\n');
    }
    text
}

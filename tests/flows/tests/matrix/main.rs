//! Every way to park, onto every kind of number, in every state of the orbit: the whole unit in virtual time.

mod cell;
mod script;

use cell::Cell;
use orbitbox_flows::{Ladder, play};

#[test]
fn every_cell_comes_out_as_the_rule_says() {
    let unit =
        orbitbox_config::read(include_str!("../../unit.toml"), "unit.toml").unwrap_or_else(|faults| panic!("{faults}"));
    let mut faults = Vec::new();
    let mut count = 0;
    for cell in Cell::all() {
        count += 1;
        let text = script::ladder(cell);
        let fault = Ladder::read(&text).and_then(|ladder| play(&ladder, unit.clone())).err();
        if let Some(fault) = fault {
            let upto: Vec<&str> = text.lines().take(fault.line).collect();
            faults.push(format!("{cell}: {fault}\n{}", upto.join("\n")));
        }
    }
    assert!(
        faults.is_empty(),
        "{} of {count} cells fail:\n{}",
        faults.len(),
        faults.iter().take(3).cloned().collect::<Vec<_>>().join("\n\n")
    );
}

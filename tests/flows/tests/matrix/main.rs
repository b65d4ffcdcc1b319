//! Every way to park, onto every kind of number, in every state of the orbit: the whole unit in virtual time.

mod cell;
mod script;
mod table;

use cell::Cell;
use orbitbox_flows::{Ladder, play};

/// Where the table stands for people; `ORBITBOX_WRITE=1` writes it anew.
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/interop.md");
const BEGIN: &str = "<!-- the matrix -->\n";
const END: &str = "<!-- end of the matrix -->\n";

#[test]
fn every_cell_comes_out_as_the_rule_says() {
    let unit =
        orbitbox_config::read(include_str!("../../unit.toml"), "unit.toml").unwrap_or_else(|faults| panic!("{faults}"));
    let mut faults = Vec::new();
    let mut outcomes = Vec::new();
    for cell in Cell::all() {
        let text = script::ladder(cell);
        let fault = Ladder::read(&text).and_then(|ladder| play(&ladder, unit.clone())).err();
        match fault {
            Some(fault) => {
                let upto: Vec<&str> = text.lines().take(fault.line).collect();
                faults.push(format!("{cell}: {fault}\n{}", upto.join("\n")));
            }
            None => outcomes.push((cell, cell.expected())),
        }
    }
    let first: Vec<&str> = faults.iter().take(3).map(String::as_str).collect();
    assert!(
        faults.is_empty(),
        "{} of {} cells fail:\n{}",
        faults.len(),
        faults.len() + outcomes.len(),
        first.join("\n\n")
    );
    assert_documented(&table::table(&outcomes));
}

fn assert_documented(table: &str) {
    let document = std::fs::read_to_string(DOCUMENT).unwrap_or_default();
    let parts = document
        .split_once(BEGIN)
        .and_then(|(before, rest)| rest.split_once(END).map(|(written, after)| (before, written, after)));
    let Some((before, written, after)) = parts else { panic!("docs/interop.md has no place for the matrix") };
    if std::env::var_os("ORBITBOX_WRITE").is_some() {
        std::fs::write(DOCUMENT, format!("{before}{BEGIN}{table}{END}{after}")).expect("the document can be written");
    } else {
        assert!(written == table, "docs/interop.md shows another table; ORBITBOX_WRITE=1 writes it anew");
    }
}

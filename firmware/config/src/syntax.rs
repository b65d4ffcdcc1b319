//! From text to tables. Where a mistake stays within its line, the rest of the file is read all the same.

use crate::table::Reading;
use toml::Spanned;
use toml::de::{DeTable, Error};

/// The tables of the text, or nothing when its mistakes may have moved or hidden other lines. Every mistake is noted.
pub(crate) fn tables<'t>(reading: &Reading<'t>) -> Option<Spanned<DeTable<'t>>> {
    let (tree, errors) = DeTable::parse_recoverable(reading.text);
    let mut trustworthy = true;
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        let line = reading.line(at);
        reading.note_broken(line, in_words(error));
        trustworthy &= stays_in_its_line(reading.text, line);
    }
    trustworthy.then_some(tree)
}

fn in_words(error: &Error) -> String {
    match error.message() {
        message if message.starts_with("string values must be quoted") => "text must stand in \"quotes\"".to_owned(),
        "duplicate key" => "stands here for the second time".to_owned(),
        message => format!("is not TOML: {message}"),
    }
}

/// A mistake after `key =` leaves the other lines alone; one in a header, or in text over several lines, does not.
fn stays_in_its_line(text: &str, line: usize) -> bool {
    let written = text.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim_start();
    let runs_on = ["\"\"\"", "'''", "["].iter().any(|start| written.contains(start));
    written.contains('=') && !runs_on
}

//! What contacts of the board do.

use crate::meaning;
use crate::table::Table;

/// More than any board has.
const MOST: usize = 16;
/// The most letters that are said.
const LONGEST: usize = 200;

/// A contact into the unit, and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// As the revision of the board names it.
    pub name: String,
    /// When it closes, or while it is closed.
    pub does: Does,
    /// Where its name is written.
    pub line: usize,
}

/// What a contact does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Does {
    /// While it is closed these are quiet hours, whatever the clock says.
    Night,
    /// When it closes, the page that is being said is stopped.
    Cancel,
    /// While it is closed an alarm is heard overhead, before everything else.
    Emergency {
        /// What is said after it, in recorded words, and the line on which that is written.
        says: Option<(String, usize)>,
    },
}

impl Does {
    /// As it is written.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Night => "night",
            Self::Cancel => "cancel",
            Self::Emergency { .. } => "emergency",
        }
    }
}

/// Reads every `[[contact]]`.
pub(crate) fn contacts(tables: &[Table<'_>]) -> Vec<Contact> {
    meaning::each_once(tables, MOST, "contact");
    tables.iter().filter_map(contact).collect()
}

fn contact(table: &Table<'_>) -> Option<Contact> {
    table.require("name");
    table.require("does");
    let name = table.text("name", meaning::wired_name);
    let says = table.text("says", says).map(|text| (text, table.line_of("says")));
    let is_emergency = table.raw("does") == Some("emergency");
    let does = table.text("does", |text| match text {
        "night" => Ok(Does::Night),
        "cancel" => Ok(Does::Cancel),
        "emergency" => Ok(Does::Emergency { says }),
        _ => Err(format!("must be night, cancel or emergency, not `{text}`")),
    });
    if table.has("says") && does.is_some() && !is_emergency {
        table.note("says", "means nothing without does = \"emergency\"");
    }
    table.finish();
    Some(Contact { name: name?, does: does?, line: table.line_of("name") })
}

fn says(text: &str) -> Result<String, String> {
    let length = text.chars().count();
    let right = !text.trim().is_empty() && length <= LONGEST && !text.chars().any(char::is_control);
    if right { Ok(text.to_owned()) } else { Err(format!("must be 1 to {LONGEST} letters")) }
}

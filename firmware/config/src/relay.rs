//! What relays of the board follow.

use crate::meaning;
use crate::table::Table;
use std::time::Duration;

/// More than any board has.
const MOST: usize = 16;
const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(86_400);

/// A relay out of the unit, and what it follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// As the revision of the board names it.
    pub name: String,
    /// It is on as long as this is so.
    pub follows: Follows,
    /// Where its name is written.
    pub line: usize,
}

/// Something that is so, or is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follows {
    /// Something is heard overhead, but for background music.
    Page,
    /// A call is parked, on any orbit.
    Parked,
    /// A call has been parked for longer than this, 1 s to a day.
    WaitingLong {
        /// Default: as the lamps, after the shortest `waiting-long-after` of the lots.
        after: Duration,
    },
}

impl Follows {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Parked => "parked",
            Self::WaitingLong { .. } => "waiting-long",
        }
    }
}

/// Reads every `[[relay]]`. A lamp blinks slowly once its call has waited for `waiting_long`.
pub(crate) fn relays(tables: &[Table<'_>], waiting_long: Duration) -> Vec<Relay> {
    meaning::each_once(tables, MOST, "relay");
    tables.iter().filter_map(|table| relay(table, waiting_long)).collect()
}

fn relay(table: &Table<'_>, waiting_long: Duration) -> Option<Relay> {
    table.require("name");
    table.require("follows");
    let name = table.text("name", meaning::wired_name);
    let follows = table.text("follows", |text| match text {
        "page" => Ok(Follows::Page),
        "parked" => Ok(Follows::Parked),
        "waiting-long" => Ok(Follows::WaitingLong { after: waiting_long }),
        _ => Err(format!("must be page, parked or waiting-long, not `{text}`")),
    });
    let after = table.time("after", SECOND, DAY);
    let follows = match (follows, after) {
        (Some(Follows::WaitingLong { .. }), Some(after)) => Some(Follows::WaitingLong { after }),
        (Some(other @ (Follows::Page | Follows::Parked)), Some(_)) => {
            table.note("after", "means nothing without follows = \"waiting-long\"");
            Some(other)
        }
        (follows, _) => follows,
    };
    table.finish();
    Some(Relay { name: name?, follows: follows?, line: table.line_of("name") })
}

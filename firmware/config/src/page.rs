//! When announcements are heard, and who speaks overhead.

use crate::access::{self, Who};
use crate::hours::Hours;
use crate::meaning;
use crate::table::Table;
use std::time::Duration;

/// What holds for every page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageSettings {
    /// When orbits are shown and not said. Default: never.
    pub quiet: Vec<Hours>,
}

impl PageSettings {
    /// Whether a minute after midnight of a day (0 is Monday) is a quiet one.
    pub fn is_quiet(&self, weekday: u8, minute: u16) -> bool {
        self.quiet.iter().any(|hours| hours.holds(weekday, minute))
    }
}

/// An extension whose caller is heard overhead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// What is dialled: digits with an optional `*` or `#`.
    pub extension: String,
    /// Shown to people.
    pub name: String,
    /// Who may. Default: stations.
    pub page_by: Vec<Who>,
    /// How long one page may be, 5 s to 10 min. Default 60 s.
    pub longest: Duration,
}

/// Reads a `[[zone]]`.
pub(crate) fn zone(table: &Table<'_>) -> Option<Zone> {
    const SECOND: Duration = Duration::from_secs(1);
    table.require("extension");
    let extension = table.text("extension", meaning::dialled);
    let name = table.text("name", meaning::name);
    let page_by = table.text("page-by", access::who).unwrap_or_else(|| vec![Who::Stations]);
    let longest = table.time("longest", 5 * SECOND, 600 * SECOND).unwrap_or(60 * SECOND);
    table.finish();
    let extension = extension?;
    Some(Zone { name: name.unwrap_or_else(|| extension.clone()), extension, page_by, longest })
}

/// Reads `[page]`.
pub(crate) fn settings(table: &Table<'_>) -> PageSettings {
    let quiet = table.text("quiet", |text| {
        meaning::list(text)?.iter().map(|hours| Hours::read(hours.split_whitespace())).collect::<Result<_, _>>()
    });
    table.finish();
    PageSettings { quiet: quiet.unwrap_or_default() }
}

//! When announcements are heard.

use crate::hours::Hours;
use crate::meaning;
use crate::table::Table;

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

/// Reads `[page]`.
pub(crate) fn settings(table: &Table<'_>) -> PageSettings {
    let quiet = table.text("quiet", |text| {
        meaning::list(text)?.iter().map(|hours| Hours::read(hours.split_whitespace())).collect::<Result<_, _>>()
    });
    table.finish();
    PageSettings { quiet: quiet.unwrap_or_default() }
}

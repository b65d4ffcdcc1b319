//! When the unit is backed up, and onto what.

use crate::meaning;
use crate::table::Table;
use std::path::PathBuf;

/// All that is said of backups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupSettings {
    /// Where a stick appears when it is mounted, or a folder that plays one. Without it nothing is backed up by itself.
    pub stick: Option<PathBuf>,
    /// Every day at this minute after midnight, where a stick is there.
    pub at: Option<u16>,
    /// The newest generations that stay. Default 7.
    pub keep: usize,
    /// Beside those, one of each of so many weeks. Default 4.
    pub keep_weeks: usize,
    /// The file whose first line is the passphrase for secrets; without it they are not backed up.
    pub passphrase_file: Option<PathBuf>,
}

/// Reads `[backup]`.
pub(crate) fn backup(table: &Table<'_>) -> BackupSettings {
    let path = |key| table.text(key, meaning::some).map(PathBuf::from);
    let settings = BackupSettings {
        stick: path("stick"),
        at: table.text("at", time_of_day).unwrap_or(Some(3 * 60)),
        keep: usize::from(table.number("keep", 1u8, 100).unwrap_or(7)),
        keep_weeks: usize::from(table.number("keep-weeks", 0u8, 100).unwrap_or(4)),
        passphrase_file: path("passphrase-file"),
    };
    table.finish();
    settings
}

fn time_of_day(text: &str) -> Result<Option<u16>, String> {
    if text == "never" {
        return Ok(None);
    }
    let minute = crate::hours::minute(text).filter(|minute| *minute < 24 * 60);
    minute.map(Some).ok_or_else(|| format!("must be a time such as 03:00, or never, not `{text}`"))
}

//! Whether everything that announcements say is recorded.

use super::load;
use anyhow::Result;
use orbitbox_config::{Problems, Unit};
use orbitbox_paging::Vocabulary;
use orbitbox_switchboard::unrecorded;
use std::path::Path;

/// Looks for a recording of every word; `file` is only named in problems.
///
/// # Errors
/// Every word without one, with its line and key.
pub fn check(unit: &Unit, file: &Path) -> Result<()> {
    if unit.lots.iter().all(|lot| lot.wordings.is_empty()) {
        return Ok(());
    }
    let own = load(&unit.data_directory).into_iter().map(|(language, name, _)| (language, name));
    let list = unrecorded(unit, &Vocabulary::built_in().with_own(own));
    if list.is_empty() { Ok(()) } else { Err(Problems { file: file.display().to_string(), list }.into()) }
}

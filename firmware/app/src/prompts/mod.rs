//! Somebody's own recordings: what the command line does with them, and how the unit comes to speak with them.

mod check;
mod desk;
mod errand;
mod import;
mod list;
mod load;
mod worker;

pub use check::check;
pub use desk::desk;
pub use import::{Wanted, import};
pub use list::{list, remove};
pub use load::{MOST_FILES, State, load, most_in_a_folder, state};
pub use worker::work;

use anyhow::{Result, bail};
use orbitbox_paging::Language;
use std::path::{Path, PathBuf};

/// Where the recordings of a unit lie, a folder for each language.
pub fn folder(data: &Path, language: Language) -> PathBuf {
    data.join("prompts").join(language.code())
}

/// A language by its two letters.
///
/// # Errors
/// The unit has no voice in it.
pub fn language(code: &str) -> Result<Language> {
    match Language::ALL.into_iter().find(|language| language.code() == code) {
        Some(language) => Ok(language),
        None => bail!("`{code}` is no language of the unit: {}", Language::ALL.map(Language::code).join(", ")),
    }
}

//! The last configuration that the unit has lived with, in its data. It may hold passwords: nobody else reads it.

use crate::replace::replace;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

fn file(data: &Path) -> PathBuf {
    data.join("last-good.toml")
}

/// It, if there is one.
pub fn read(data: &Path) -> Option<String> {
    fs::read_to_string(file(data)).ok()
}

/// Puts it in the place of the one before, as a whole.
///
/// # Errors
/// It is not on disk.
pub fn keep(data: &Path, text: &str) -> io::Result<()> {
    if read(data).as_deref() == Some(text) { Ok(()) } else { replace(&file(data), text) }
}

//! Backups: what the command line does with them, and the thread that takes them by itself.

mod orders;
mod thread;

pub use orders::{Place, list, mark, now, restore, verify};
pub use thread::{BackupPlane, backup_thread};

use crate::clock;
use anyhow::{Context, Result};
use orbitbox_backup::{Folder, Generation, Keep, Order, Sources, take};
use orbitbox_config::{BackupSettings, Unit};
use std::fs::File;
use std::path::{Path, PathBuf};

/// The program, as manifests name it.
const PROGRAM: &str = concat!("Orbitbox ", env!("CARGO_PKG_VERSION"));

/// Bytes of a passphrase.
const MOST_PASSPHRASE: usize = 1_000;

/// Where the parts of a unit lie. `configuration` is the file it was started with.
pub fn sources(unit: &Unit, configuration: Option<&Path>) -> Sources {
    Sources { data: unit.data_directory.clone(), configuration: configuration.map(Path::to_owned) }
}

/// Takes a backup onto the stick at `place`.
fn onto(place: &Path, unit: &str, sources: &Sources, settings: &BackupSettings) -> Result<Generation> {
    let mut stick = Folder::marked(place)?;
    let passphrase = settings.passphrase_file.as_deref().map(passphrase).transpose()?;
    let order = Order {
        unit,
        now: clock::unix_time(),
        name: &clock::wall_name(),
        program: PROGRAM,
        sources,
        keep: Keep { last: settings.keep, weeks: settings.keep_weeks },
        passphrase: passphrase.as_deref(),
    };
    let generation = take(&mut stick, &order)?;
    // Folders too: then the stick can be pulled without another word.
    File::open(place).and_then(|folder| Ok(rustix::fs::syncfs(folder)?)).context("the stick")?;
    Ok(generation)
}

/// The first line of a file.
fn passphrase(path: &Path) -> Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let line = text.lines().next().unwrap_or_default().trim();
    anyhow::ensure!(!line.is_empty() && line.len() <= MOST_PASSPHRASE, "{}: no passphrase in it", path.display());
    Ok(line.to_owned())
}

/// Where the stick is.
fn place_of(settings: &BackupSettings, given: Option<PathBuf>) -> Result<PathBuf> {
    given
        .or_else(|| settings.stick.clone())
        .context("where is the stick? Say --stick FOLDER, or backup.stick in the configuration")
}

//! `orbitbox backup` and `orbitbox restore`.

use super::{onto, passphrase, place_of, sources};
use anyhow::{Context, Result, bail};
use orbitbox_backup::{BackupFault, Folder, Generation, Part, Stick, generations};
use orbitbox_config::Unit;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Of which unit, and on which stick.
pub struct Place<'a> {
    /// The unit.
    pub unit: &'a Unit,
    /// The file it was configured with.
    pub configuration: Option<&'a Path>,
    /// Where the stick is, where the configuration does not say.
    pub stick: Option<PathBuf>,
}

/// Marks a stick for backups.
///
/// # Errors
/// There is none, or it cannot be written.
pub fn mark(place: Place<'_>, mut out: impl Write) -> Result<()> {
    let path = place_of(&place.unit.backup, place.stick)?;
    Folder::mark(&path)?;
    Ok(writeln!(out, "{} takes backups from now on", path.display())?)
}

/// Takes a backup.
///
/// # Errors
/// It was not taken; why, in words.
pub fn now(place: Place<'_>, mut out: impl Write) -> Result<()> {
    let sources = sources(place.unit, place.configuration);
    let path = place_of(&place.unit.backup, place.stick)?;
    let generation = onto(&path, &place.unit.name, &sources, &place.unit.backup)?;
    writeln!(out, "{}", line(&generation))?;
    Ok(writeln!(out, "it is whole, and the stick can be taken out")?)
}

/// Tells every generation on the stick, whosever it is.
///
/// # Errors
/// The stick cannot be read.
pub fn list(place: Place<'_>, mut out: impl Write) -> Result<()> {
    let stick = Folder::marked(&place_of(&place.unit.backup, place.stick)?)?;
    let all = generations(&stick, None)?;
    for generation in &all {
        writeln!(out, "{}", line(generation))?;
    }
    if all.is_empty() {
        writeln!(out, "no backup")?;
    }
    Ok(())
}

/// Reads generations back and compares every file: the one that is named, or all whole ones.
///
/// # Errors
/// One of them is not what its manifest says.
pub fn verify(place: Place<'_>, name: Option<&str>, mut out: impl Write) -> Result<()> {
    let stick = Folder::marked(&place_of(&place.unit.backup, place.stick)?)?;
    let all = generations(&stick, None)?;
    let chosen: Vec<&Generation> = match name {
        Some(name) => vec![find(&all, Some(name))?],
        None => all.iter().filter(|generation| generation.manifest.is_some()).collect(),
    };
    if chosen.is_empty() {
        return Err(BackupFault::NoGeneration(None).into());
    }
    let mut damaged = 0;
    for generation in &chosen {
        match orbitbox_backup::verify(&stick, generation) {
            Ok(_) => writeln!(out, "right    {}", line(generation))?,
            Err(fault) => {
                damaged += 1;
                writeln!(out, "DAMAGED  {}: {fault}", line(generation))?;
            }
        }
    }
    if damaged > 0 { bail!("{damaged} of {} backups are damaged", chosen.len()) } else { Ok(()) }
}

/// Brings a generation back: the one that is named, or the newest of any unit. The unit must not be running.
///
/// # Errors
/// Nothing was replaced, or only whole parts of it; why, in words.
pub fn restore(
    place: Place<'_>,
    name: Option<&str>,
    only: &[String],
    passphrase_file: Option<&Path>,
    rehearse: bool,
    mut out: impl Write,
) -> Result<()> {
    let parts = only.iter().map(|name| part(name)).collect::<Result<Vec<Part>>>()?;
    let parts = if parts.is_empty() { Part::ALL.to_vec() } else { parts };
    let sources = sources(place.unit, place.configuration);
    let stick: Box<dyn Stick> = Box::new(Folder::marked(&place_of(&place.unit.backup, place.stick)?)?);
    let all = generations(stick.as_ref(), None)?;
    let generation = find(&all, name)?;
    let file = passphrase_file.or(place.unit.backup.passphrase_file.as_deref());
    let passphrase = file.map(passphrase).transpose()?;
    let restored =
        orbitbox_backup::restore(stick.as_ref(), generation, &sources, &parts, passphrase.as_deref(), rehearse)?;
    let names: Vec<&str> = restored.parts.iter().map(|part| part.name()).collect();
    let done = if rehearse { "could be restored (nothing has changed)" } else { "restored" };
    writeln!(out, "{}\n{done}: {}", line(generation), names.join(", "))?;
    if restored.without_secrets {
        writeln!(out, "the configuration came without its passwords: enter them again")?;
    }
    Ok(())
}

fn part(name: &str) -> Result<Part> {
    let restorable = || Part::ALL.into_iter().filter(|part| *part != Part::Secrets);
    let known = || restorable().map(Part::name).collect::<Vec<_>>().join(", ");
    restorable().find(|part| part.name() == name).with_context(|| format!("`{name}` is none of {}", known()))
}

fn find<'g>(all: &'g [Generation], name: Option<&str>) -> Result<&'g Generation, BackupFault> {
    let mut whole: Vec<&Generation> = all.iter().filter(|generation| generation.manifest.is_some()).collect();
    whole.sort_by(|a, b| a.name.cmp(&b.name));
    let found = match name {
        Some(name) => whole.iter().find(|generation| generation.name == name || path(generation) == name),
        None => whole.last(),
    };
    found.copied().ok_or_else(|| BackupFault::NoGeneration(name.map(str::to_owned)))
}

fn path(generation: &Generation) -> String {
    format!("{}/{}", generation.unit, generation.name)
}

fn line(generation: &Generation) -> String {
    let path = path(generation);
    match &generation.manifest {
        Some(manifest) => {
            let files: usize = manifest.parts.iter().map(|entry| entry.files.len()).sum();
            format!("{path}  {files} files, {:.1} MB", generation.bytes() as f64 / 1e6)
        }
        None => format!("{path}  NOT WHOLE: begun, and never finished"),
    }
}

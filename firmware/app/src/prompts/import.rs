//! `orbitbox prompt import`.

use super::errand::sound_of;
use super::folder;
use super::load::{Found, look};
use anyhow::{Context, Result, bail, ensure};
use orbitbox_audio::{Pcm, wav};
use orbitbox_paging::{Language, recording_name};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What is to be imported.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// Files, or folders laid out as a sound pack.
    pub files: &'a [PathBuf],
    /// Which language they are in.
    pub language: Language,
    /// What a single file is a recording of; else that is told by its path.
    pub name: Option<&'a str>,
}

/// Imports recordings. Each has a line in the end.
///
/// # Errors
/// At least one was refused, or there is none.
pub fn import(data: &Path, wanted: &Wanted<'_>, mut out: impl Write) -> Result<()> {
    let Wanted { files, language, name } = *wanted;
    let mut found = Vec::new();
    for path in files {
        if path.is_dir() {
            ensure!(name.is_none(), "--as is for one file, and {} is a folder", path.display());
            let (inside, others) = look(path, language);
            if others > 0 {
                writeln!(out, "  {}: {others} files are of nothing that the unit says", path.display())?;
            }
            found.extend(inside);
        } else {
            ensure!(name.is_none() || files.len() == 1, "--as is for one file");
            found.push(Found { language, name: named(path, name)?, path: path.clone() });
        }
    }
    ensure!(!found.is_empty(), "there is no recording to import");
    let paths: Vec<PathBuf> = found.iter().map(|found| found.path.clone()).collect();
    let (mut refused, count) = (0, found.len());
    for (Found { name, path, .. }, sound) in found.into_iter().zip(sound_of(&std::env::current_exe()?, &paths)) {
        match sound {
            Ok(pcm) => {
                keep(&folder(data, language), &name, &pcm)?;
                let seconds = pcm.duration().as_secs_f64();
                writeln!(out, "  {}: {name} ({seconds:.1} s)", language.code())?;
            }
            Err(reason) => {
                refused += 1;
                writeln!(out, "  refused: {}: {reason}", path.display())?;
            }
        }
    }
    if refused > 0 {
        bail!("{refused} of {count} recordings refused");
    }
    Ok(())
}

/// What a file is a recording of.
fn named(path: &Path, name: Option<&str>) -> Result<String> {
    if let Some(name) = name {
        return recording_name(name)
            .with_context(|| format!("the unit says nothing called `{name}`; see docs/voices.md for the names"));
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let above = path.parent().and_then(Path::file_name).map(|above| above.to_string_lossy());
    let within = above.and_then(|above| recording_name(&format!("{above}/{stem}")));
    within.or_else(|| recording_name(&stem)).with_context(|| {
        format!("what is {} a recording of? Say --as digits/7, --as words/{stem} or --as lots/{stem}", path.display())
    })
}

/// Puts a recording into its place, instead of any that is there; by one rename.
pub(super) fn keep(folder: &Path, name: &str, pcm: &Pcm) -> Result<()> {
    let path = folder.join(format!("{name}.wav"));
    let place = path.parent().context("a name without a folder")?;
    let new = place.join(".new.wav");
    let written = || -> std::io::Result<()> {
        fs::create_dir_all(place)?;
        let mut file = File::create(&new)?;
        file.write_all(&wav::write(pcm))?;
        file.sync_all()?;
        fs::rename(&new, &path)?;
        File::open(place)?.sync_all()
    };
    written().with_context(|| format!("{} cannot be kept", path.display()))?;
    discard(folder, name, Some(&path)).map(|_| ())
}

/// Removes every file of that name, but the one that is to stay; how many there were.
pub(super) fn discard(folder: &Path, name: &str, stays: Option<&Path>) -> Result<usize> {
    let place = folder.join(name);
    let entries = fs::read_dir(place.parent().unwrap_or(folder)).into_iter().flatten().filter_map(Result::ok);
    let mut removed = 0;
    for path in entries.map(|entry| entry.path()) {
        let within = path.strip_prefix(folder).unwrap_or(&path).with_extension("");
        let same = recording_name(&within.to_string_lossy()).is_some_and(|other| other == name);
        if same && path.is_file() && stays != Some(path.as_path()) {
            fs::remove_file(&path).with_context(|| path.display().to_string())?;
            removed += 1;
        }
    }
    Ok(removed)
}

//! Reads the recordings of a unit.

use super::errand::sound_of;
use super::folder;
use orbitbox_audio::Pcm;
use orbitbox_paging::{Language, recording_name};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Files of one folder that are looked at; a sound pack of a PBX has a few hundred, most of which the unit never says.
pub const MOST_FILES: usize = 2_000;
/// Folders of a pack.
const FOLDERS: [&str; 4] = ["digits", "words", "lots", "parkers"];

/// A file that is a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub language: Language,
    /// Of what.
    pub name: String,
    pub path: PathBuf,
}

/// Everything that a pack at `folder` has, by name; and how many files are none that the unit would ever say.
pub(super) fn look(folder: &Path, language: Language) -> (Vec<Found>, usize) {
    let mut files: Vec<(String, PathBuf)> = Vec::new();
    for inside in std::iter::once("").chain(FOLDERS) {
        let entries = fs::read_dir(folder.join(inside)).into_iter().flatten().filter_map(Result::ok);
        for path in entries.map(|entry| entry.path()).take(MOST_FILES) {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_file() && !stem.starts_with('.') {
                files.push((if inside.is_empty() { stem } else { format!("{inside}/{stem}") }, path));
            }
        }
    }
    files.sort();
    let (count, mut found) = (files.len(), BTreeMap::new());
    let mut used = 0;
    for (stem, path) in files {
        if let Some(name) = recording_name(&stem) {
            used += 1;
            // Of two files of one name the first is heard, always the same.
            found.entry(name).or_insert(path);
        }
    }
    let found = found.into_iter().map(|(name, path)| Found { language, name, path }).collect();
    (found, count - used)
}

fn all(data: &Path) -> Vec<Found> {
    Language::ALL.into_iter().flat_map(|language| look(&folder(data, language), language).0).collect()
}

/// How many files are in the folder of recordings that has most of them.
pub fn most_in_a_folder(data: &Path) -> usize {
    let folders = Language::ALL.into_iter().map(|language| folder(data, language));
    let inside = folders.flat_map(|pack| std::iter::once("").chain(FOLDERS).map(move |part| pack.join(part)));
    let files = |path: PathBuf| {
        let entries = fs::read_dir(path).into_iter().flatten().filter_map(Result::ok);
        entries.filter(|entry| entry.path().is_file()).count()
    };
    inside.map(files).max().unwrap_or_default()
}

/// Every recording of a unit, ready to be spoken. One that cannot be used is named in the log, and the built-in word stays.
pub fn load(data: &Path) -> Vec<(Language, String, Pcm)> {
    let found = all(data);
    if found.is_empty() {
        return Vec::new();
    }
    let Ok(program) = std::env::current_exe() else { return Vec::new() };
    let files: Vec<PathBuf> = found.iter().map(|found| found.path.clone()).collect();
    let sounds = sound_of(&program, &files);
    let taken = found.into_iter().zip(sounds).filter_map(|(Found { language, name, path }, sound)| match sound {
        Ok(pcm) => Some((language, name, pcm)),
        Err(reason) => {
            tracing::warn!(reason, "{} is not heard; the built-in word is, where there is one", path.display());
            None
        }
    });
    let taken: Vec<_> = taken.collect();
    tracing::info!("{} own recordings are spoken", taken.len());
    taken
}

/// Files, their lengths, and when they were written last.
pub type State = Vec<(PathBuf, u64, Option<SystemTime>)>;

/// What the recordings of a unit are at this moment: when it has changed, they are to be loaded anew.
pub fn state(data: &Path) -> State {
    let about = |found: Found| {
        let about = fs::metadata(&found.path).ok()?;
        Some((found.path, about.len(), about.modified().ok()))
    };
    all(data).into_iter().filter_map(about).collect()
}

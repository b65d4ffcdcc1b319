use crate::{BackupFault, Manifest, ROOT, Stick};
use std::io::Read;
use std::path::{Path, PathBuf};

pub(crate) const MANIFEST: &str = "manifest.json";

/// One folder of a backup on a stick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// The unit it is of, as its folder is called.
    pub unit: String,
    /// By when it was begun: `2026-11-24T01-57-02`. Sorts by time.
    pub name: String,
    /// What it says of itself; `None` where it was not finished, or cannot be read.
    pub manifest: Option<Manifest>,
}

impl Generation {
    pub(crate) fn folder(&self) -> PathBuf {
        Path::new(ROOT).join(&self.unit).join(&self.name)
    }

    /// Bytes on the stick, as far as the manifest says.
    pub fn bytes(&self) -> u64 {
        let parts = self.manifest.iter().flat_map(|manifest| &manifest.parts);
        parts.flat_map(|part| &part.pieces).map(|piece| piece.bytes).sum()
    }
}

/// How many generations stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// The newest; at least 1.
    pub last: usize,
    /// Beside those, the newest of each of so many weeks.
    pub weeks: usize,
}

impl Default for Keep {
    fn default() -> Self {
        Self { last: 7, weeks: 4 }
    }
}

/// Every generation of a unit, or of all units, the oldest first; unfinished ones too.
///
/// # Errors
/// The stick says so.
pub fn generations(stick: &dyn Stick, unit: Option<&str>) -> Result<Vec<Generation>, BackupFault> {
    let root = Path::new(ROOT);
    let units = match unit {
        Some(unit) => vec![unit.to_owned()],
        None => stick.names(root).map_err(BackupFault::of_stick)?,
    };
    let mut found = Vec::new();
    for unit in units.into_iter().filter(|unit| unit != "STICK") {
        for name in stick.names(&root.join(&unit)).map_err(BackupFault::of_stick)? {
            let generation = Generation { unit: unit.clone(), name, manifest: None };
            let manifest = manifest_of(stick, &generation).ok();
            found.push(Generation { manifest, ..generation });
        }
    }
    Ok(found)
}

/// What a generation says of itself.
pub(crate) fn manifest_of(stick: &dyn Stick, generation: &Generation) -> Result<Manifest, BackupFault> {
    let path = generation.folder().join(MANIFEST);
    let length = stick.length(&path).map_err(|error| BackupFault::Manifest(error.to_string()))?;
    if length > Manifest::MOST_BYTES {
        return Err(BackupFault::Manifest(format!("{length} bytes")));
    }
    let mut text = String::new();
    let file = stick.open(&path).map_err(BackupFault::of_stick)?;
    file.take(length).read_to_string(&mut text).map_err(|error| BackupFault::Manifest(error.to_string()))?;
    Manifest::read(&text)
}

/// Removes what a cut has left, and generations that the rule does not keep. The newest whole one stays whatever the rule
/// says. Returns what was removed.
///
/// # Errors
/// The stick says so; what was not removed is there.
pub fn make_room(stick: &mut dyn Stick, unit: &str, keep: Keep) -> Result<Vec<Generation>, BackupFault> {
    let all = generations(stick, Some(unit))?;
    let (whole, unfinished): (Vec<_>, Vec<_>) = all.into_iter().partition(|generation| generation.manifest.is_some());
    let kept = kept(&whole, keep);
    let too_many = whole.into_iter().filter(|generation| !kept.contains(&generation.name));
    let removed: Vec<Generation> = unfinished.into_iter().chain(too_many).collect();
    for generation in &removed {
        remove(stick, generation)?;
    }
    Ok(removed)
}

/// The manifest goes first: what is half gone does not pretend to be whole.
pub(crate) fn remove(stick: &mut dyn Stick, generation: &Generation) -> Result<(), BackupFault> {
    if generation.manifest.is_some() {
        stick.remove(&generation.folder().join(MANIFEST)).map_err(BackupFault::of_stick)?;
    }
    stick.remove(&generation.folder()).map_err(BackupFault::of_stick)
}

/// Names of the generations that stay; `whole` is sorted by time.
fn kept(whole: &[Generation], keep: Keep) -> Vec<String> {
    const WEEK: u64 = 7 * 86_400;
    let mut kept: Vec<String> = whole.iter().rev().take(keep.last.max(1)).map(|one| one.name.clone()).collect();
    let week = |generation: &Generation| generation.manifest.as_ref().map_or(0, |manifest| manifest.taken / WEEK);
    let mut weeks: Vec<u64> = Vec::new();
    for generation in whole.iter().rev() {
        let week = week(generation);
        if weeks.len() < keep.weeks && !weeks.contains(&week) {
            weeks.push(week);
            kept.push(generation.name.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stay_and_one_of_each_week() {
        let generation = |day: u64| Generation {
            unit: "unit".to_owned(),
            name: format!("{day:03}"),
            manifest: Some(Manifest {
                schema: 1,
                unit: "unit".to_owned(),
                taken: day * 86_400,
                program: String::new(),
                parts: Vec::new(),
            }),
        };
        let whole: Vec<Generation> = (0..40).map(generation).collect();
        let mut names = kept(&whole, Keep { last: 3, weeks: 4 });
        names.sort();
        names.dedup();
        // Weeks end with days 6, 13, 20, 27, 34; the newest of the present one is 39.
        assert_eq!(names, ["020", "027", "034", "037", "038", "039"]);
        assert_eq!(kept(&whole, Keep { last: 0, weeks: 0 }), ["039"]);
        assert!(kept(&[], Keep::default()).is_empty());
    }
}

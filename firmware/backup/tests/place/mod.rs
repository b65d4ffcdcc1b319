//! A unit with something to back up, and a stick beside it.
#![allow(dead_code, reason = "each test binary uses its part")]

use orbitbox_backup::{BackupFault, Folder, Generation, Keep, Order, Part, Restored, Sources, Stick, restore, take};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub const CONFIGURATION: &str = "name = \"Hall 3\"\n[[station]]\nuser = \"101\"\npassword = \"s3cret-of-bay-1\"\n";

pub struct Place {
    folder: TempDir,
    pub keep: Keep,
}

impl Place {
    /// With three tracks and a record.
    pub fn new() -> Self {
        let place =
            Self { folder: TempDir::new().unwrap_or_else(|error| panic!("{error}")), keep: Keep { last: 3, weeks: 0 } };
        for number in 1..=3usize {
            place.put(&format!("data/music/tracks/{number}/source.mp3"), &noise(number as u32, 40_000 * number));
            place.put(&format!("data/music/tracks/{number}/track.toml"), format!("number = {number}").as_bytes());
        }
        place.put("data/records/2026.jsonl", &noise(9, 3000));
        place.put("unit.toml", CONFIGURATION.as_bytes());
        fs::create_dir(place.path("stick")).unwrap_or_else(|error| panic!("{error}"));
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        let written =
            fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).and_then(|()| fs::write(&path, bytes));
        written.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    pub fn sources(&self) -> Sources {
        Sources { data: self.path("data"), configuration: Some(self.path("unit.toml")) }
    }

    pub fn stick(&self) -> Folder {
        Folder::mark(&self.path("stick")).unwrap_or_else(|fault| panic!("{fault}"))
    }

    pub fn take_on(&self, stick: &mut dyn Stick, n: u64, passphrase: Option<&str>) -> Result<Generation, BackupFault> {
        let name = format!("2026-11-24T00-{:02}-{:02}", n / 60, n % 60);
        let order = Order {
            unit: "Hall 3",
            now: 1_795_000_000 + n,
            name: &name,
            program: "Orbitbox test",
            sources: &self.sources(),
            keep: self.keep,
            passphrase,
        };
        take(stick, &order)
    }

    pub fn restore(
        &self,
        generation: &Generation,
        to: &Sources,
        passphrase: Option<&str>,
    ) -> Result<Restored, BackupFault> {
        restore(&self.stick(), generation, to, &Part::ALL, passphrase, false)
    }
}

/// Every file under a folder, and what is in it.
pub fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.clone(), fs::read(&path).unwrap_or_default());
            }
        }
    }
    found
}

/// Bytes that do not compress.
pub fn noise(seed: u32, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761).max(1);
    let step = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    };
    std::iter::repeat_with(step).take(length).collect()
}

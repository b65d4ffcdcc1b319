//! What the unit and the helpers of the system (system/bin/update, system/bin/good) write for one another.

use crate::replace::replace;
use orbitbox_update::{Attempt, Job, Request, Slots};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Where the helpers write.
const TOLD_IN: &str = "/run/orbitbox-update";

/// Both folders.
#[derive(Debug)]
pub struct Files {
    ours: PathBuf,
    told: PathBuf,
    /// When what was read of the slots was written.
    slots: Option<SystemTime>,
}

impl Files {
    /// Those of a unit that keeps its data there. `ORBITBOX_UPDATE` names another folder for what the helpers tell.
    pub fn of(data: &Path) -> Self {
        let told = std::env::var_os("ORBITBOX_UPDATE").map_or_else(|| PathBuf::from(TOLD_IN), PathBuf::from);
        Self::within(data.join("update"), told)
    }

    pub(super) fn within(ours: PathBuf, told: PathBuf) -> Self {
        Self { ours, told, slots: None }
    }

    /// The slots, where they have been told anew.
    pub fn new_slots(&mut self) -> Option<Slots> {
        let path = self.told.join("slots.json");
        let written = path.metadata().ok()?.modified().ok();
        if written == self.slots {
            return None;
        }
        self.slots = written;
        Slots::read(&fs::read_to_string(path).ok()?)
    }

    /// How it stands with the request of that number.
    pub fn job(&self, number: u64) -> Option<Job> {
        let (of, job) = Job::read(&fs::read_to_string(self.told.join("job")).ok()?)?;
        (of == number).then_some(job)
    }

    /// The version in use has been confirmed.
    pub fn has_served(&self) -> bool {
        self.told.join("good").exists()
    }

    /// What is against the version in the other slot. Told before the slots.
    pub fn against(&self) -> Option<String> {
        let text = fs::read_to_string(self.told.join("against")).ok()?;
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// What was to be remembered.
    pub fn attempt(&self) -> Option<Attempt> {
        Attempt::read(&fs::read_to_string(self.ours.join("attempt.json")).ok()?)
    }

    /// Remembers it, or nothing any more.
    ///
    /// # Errors
    /// It is not on disk.
    pub fn remember(&self, attempt: Option<&Attempt>) -> io::Result<()> {
        let path = self.ours.join("attempt.json");
        match attempt {
            Some(attempt) => replace(&path, &attempt.written()),
            None => gone(&path),
        }
    }

    /// Requests it, and says by which number it can be asked for.
    ///
    /// # Errors
    /// It is not on disk.
    pub fn request(&self, request: Request) -> io::Result<u64> {
        let path = self.ours.join("request");
        let last = fs::read_to_string(&path).ok();
        let last = last.and_then(|line| line.split(' ').next()?.parse::<u64>().ok()).unwrap_or(0);
        replace(&path, &format!("{} {}\n", last + 1, request.word()))?;
        Ok(last + 1)
    }

    /// A bundle begins to come; one that has not come to its end is forgotten.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin(&self) -> io::Result<File> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.ours)?;
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(self.ours.join("bundle.part"))
    }

    /// It is there.
    ///
    /// # Errors
    /// It is not on disk.
    pub fn end(&self, mut file: File) -> io::Result<()> {
        file.flush()?;
        file.sync_all()?;
        fs::rename(self.ours.join("bundle.part"), self.bundle())
    }

    /// One has come and is not installed yet.
    pub fn has_bundle(&self) -> bool {
        self.bundle().exists()
    }

    /// Nobody needs it any more.
    pub fn remove_bundle(&self) -> io::Result<()> {
        gone(&self.bundle())
    }

    /// The rest of one that did not come to its end.
    pub fn remove_part(&self) {
        fs::remove_file(self.ours.join("bundle.part")).ok();
    }

    fn bundle(&self) -> PathBuf {
        self.ours.join("bundle.raucb")
    }
}

fn gone(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

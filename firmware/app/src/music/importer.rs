//! The thread that sends a worker for one file after another.

use super::desk::Shown;
use super::errand::{Errand, Leash, title_of};
use super::worker::Work;
use anyhow::Result;
use orbitbox_admin::Stage;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// The longest piece that could ever be taken: what was taken once is mended, whatever the configuration says today.
const ANY: Duration = Duration::from_secs(2 * 60 * 60);

/// A file that is on the disk and not yet in the library. It goes with this.
#[derive(Debug)]
pub struct Arrival {
    /// A folder for it alone.
    pub folder: PathBuf,
    /// The file.
    pub file: PathBuf,
    /// Its name, as it came.
    pub name: String,
    /// Its bytes so far.
    pub bytes: u64,
    /// The bytes of all of them.
    pub held: Arc<AtomicU64>,
}

impl Drop for Arrival {
    fn drop(&mut self) {
        self.held.fetch_sub(self.bytes, Ordering::Relaxed);
        // What cannot be removed now is swept later.
        fs::remove_dir_all(&self.folder).ok();
    }
}

/// What a worker is to be sent for.
#[derive(Debug)]
pub enum Job {
    /// A file, with the number of its import.
    Import(u32, Arrival),
    /// A track whose prepared files are damaged or missing.
    Mend(u32),
}

/// Everything the thread owns.
#[derive(Debug)]
pub struct Importer {
    /// This program.
    pub program: PathBuf,
    /// The unit's data.
    pub data: PathBuf,
    /// The longest piece that is taken.
    pub longest: Duration,
    /// One after another.
    pub queue: Receiver<Job>,
    /// What people are shown.
    pub shown: Shown,
    /// For a stop in the middle.
    pub leash: Arc<Leash>,
}

impl Importer {
    /// Runs until nobody can send another job.
    pub fn run(self) {
        while let Ok(job) = self.queue.recv() {
            let done = match job {
                Job::Import(number, arrival) => self.import(number, arrival),
                Job::Mend(track) => self.mend(track),
            };
            // Broken off: the unit stops, and what waits goes with it.
            if done.is_none() {
                return;
            }
        }
    }

    fn import(&self, number: u32, arrival: Arrival) -> Option<()> {
        let file = &arrival.name;
        self.shown.stage(number, Stage::Importing { percent: 0 });
        let work = Work::Import { file: arrival.file.clone(), title: title_of(file) };
        let stage =
            match self.send(&work, self.longest, |percent| self.shown.stage(number, Stage::Importing { percent }))? {
                Ok(track) => {
                    tracing::info!(track, file, "music imported");
                    Stage::Imported { track }
                }
                Err(error) => {
                    let reason = format!("{error:#}");
                    tracing::info!(reason, file, "music refused");
                    Stage::Refused { reason }
                }
            };
        drop(arrival);
        self.shown.stage(number, stage);
        Some(())
    }

    fn mend(&self, track: u32) -> Option<()> {
        match self.send(&Work::Mend(track), ANY, |_| {})? {
            Ok(_) => tracing::info!(track, "prepared anew"),
            Err(error) => tracing::warn!(track, "cannot be prepared anew: {error:#}"),
        }
        Some(())
    }

    /// None when it was broken off.
    fn send(&self, work: &Work, longest: Duration, progress: impl FnMut(u8)) -> Option<Result<u32>> {
        match Errand::begin(&self.program, &self.data, work, longest) {
            Ok(errand) => self.leash.run(errand, progress),
            Err(error) => Some(Err(error)),
        }
    }
}

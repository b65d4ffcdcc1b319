//! The thread that sends a worker for one file after another.

use super::desk::Shown;
use super::errand::{Errand, Leash};
use orbitbox_admin::Stage;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;

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

/// Everything the thread owns.
#[derive(Debug)]
pub struct Importer {
    /// This program.
    pub program: PathBuf,
    /// The unit's data.
    pub data: PathBuf,
    /// Files, with the numbers of their imports.
    pub queue: Receiver<(u32, Arrival)>,
    /// What people are shown.
    pub shown: Shown,
    /// For a stop in the middle.
    pub leash: Arc<Leash>,
}

impl Importer {
    /// Runs until nobody can send another file.
    pub fn run(self) {
        while let Ok((number, arrival)) = self.queue.recv() {
            self.shown.stage(number, Stage::Importing { percent: 0 });
            let errand = Errand::begin(&self.program, &self.data, &arrival.file, &arrival.name);
            let ended = match errand {
                Ok(errand) => self.leash.run(errand, |percent| self.shown.stage(number, Stage::Importing { percent })),
                Err(error) => Some(Err(error)),
            };
            // Broken off: the unit stops, and those that wait go with it.
            let Some(ended) = ended else { return };
            let stage = match ended {
                Ok(track) => {
                    tracing::info!(track, file = arrival.name, "music imported");
                    Stage::Imported { track }
                }
                Err(error) => {
                    let reason = format!("{error:#}");
                    tracing::info!(reason, file = arrival.name, "music refused");
                    Stage::Refused { reason }
                }
            };
            drop(arrival);
            self.shown.stage(number, stage);
        }
    }
}

//! The music library of the unit: what the command line does with it, and the process that takes a file in.

mod desk;
mod errand;
mod import;
mod importer;
mod list;
mod play;
pub mod stock;
pub mod turntable;
mod worker;

pub use desk::{MusicDesk, desk};
pub use import::import;
pub use importer::Job;
pub use list::{list, remove};
pub use play::play;
pub use worker::{Work, confine, work};

use std::path::{Path, PathBuf};

/// Where the library of a unit lies.
pub fn folder(data: &Path) -> PathBuf {
    data.join("music")
}

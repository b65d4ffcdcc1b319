//! Music on hold on disk: the library of tracks, how a file becomes one, and what a playlist is made of.
//!
//! Files and blocking calls; no clock, thread or socket. Nothing here runs in a hurry: a file is decoded once, in a process
//! of its own that may be killed at any moment without harm.

mod fault;
mod files;
mod import;
mod library;
mod measure;
mod prepare;
mod track;

pub use fault::{ImportFault, LibraryFault};
pub use files::{Disk, Files};
pub use import::{Import, Limits, import, mend};
pub use library::{Library, MOST_TRACKS};
pub use measure::TARGET_LUFS;
pub use track::{Track, TrackId};

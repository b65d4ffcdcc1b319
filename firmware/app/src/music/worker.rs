//! Takes one file in. The file may be hostile, so that this runs in a process of its own, with little time and memory.

use crate::clock;
use anyhow::{Context, Result};
use orbitbox_moh::{Disk, Import, Library, Limits, TrackId, import, mend};
use rustix::process::{Resource, Rlimit, nice, setrlimit};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Bytes of memory: the prepared payloads of two hours take 240 MB.
const MOST_MEMORY: u64 = 512 << 20;
/// Seconds of processor time, and a second more for every six of the longest piece: half an hour of music takes 15 on a desk
/// computer.
const MOST_SECONDS: u64 = 60;
const SECONDS_OF: u64 = 6;

/// What a worker says, a line each, on its standard output.
pub const PROGRESS: &str = "progress ";
/// The last line of a worker that was successful: the number of the track follows.
pub const TRACK: &str = "track ";

/// What a worker is sent for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// To make a track of a file.
    Import {
        /// The file.
        file: PathBuf,
        /// What people call it.
        title: String,
    },
    /// To prepare a track anew.
    Mend(TrackId),
}

/// Takes from this process what a file does not need, before it looks at one.
pub fn confine(longest: Duration) {
    // Refused, the work goes on: these only guard against files that nobody has seen yet.
    nice(10).ok();
    let most = |limit| Rlimit { current: Some(limit), maximum: Some(limit) };
    setrlimit(Resource::As, most(MOST_MEMORY)).ok();
    setrlimit(Resource::Cpu, most(MOST_SECONDS + longest.as_secs() / SECONDS_OF)).ok();
}

/// The work of that process. `longest` is the longest piece that is taken.
///
/// # Errors
/// Why it was not done.
pub fn work(folder: &Path, work: &Work, longest: Duration, mut out: impl Write) -> Result<()> {
    confine(longest);
    let library = Library::open(folder, &mut Disk).context("the music library cannot be opened")?;
    let mut told = 0;
    let mut progress = |percent| {
        if percent > told {
            told = percent;
            // Nobody has to listen.
            writeln!(out, "{PROGRESS}{percent}").and_then(|()| out.flush()).ok();
        }
    };
    let limits = Limits { longest, ..Limits::default() };
    let track = match work {
        Work::Import { file, title } => {
            let order = Import { file, title, now: clock::unix_time(), limits };
            import(&library, &mut Disk, order, &mut progress)?
        }
        Work::Mend(number) => mend(&library, &mut Disk, *number, limits, &mut progress)?,
    };
    writeln!(out, "{TRACK}{}", track.number)?;
    Ok(())
}

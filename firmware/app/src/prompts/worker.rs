//! Decodes recordings in a process of its own, see [`crate::music::confine`].

use anyhow::{Result, ensure};
use orbitbox_audio::{Pcm, decode};
use orbitbox_paging::{Voice, fitted};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Begins the line before the samples of a recording; their count follows.
pub(super) const TAKEN: &str = "taken ";
/// Begins the line of one that is not taken; the reason follows.
pub(super) const REFUSED: &str = "refused ";

/// Bytes of a file.
pub(super) const LARGEST: u64 = 20 << 20;
/// A word may have silence before and behind it.
const WITH_SILENCE: Duration = Duration::from_secs(20);

/// Tells of each file what has become of it, in order.
///
/// # Errors
/// Nobody listens.
pub fn work(files: &[PathBuf], mut out: impl Write) -> Result<()> {
    for file in files {
        match recording(file) {
            Ok(pcm) => {
                writeln!(out, "{TAKEN}{}", pcm.samples.len())?;
                let bytes: Vec<u8> = pcm.samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
                out.write_all(&bytes)?;
            }
            Err(error) => writeln!(out, "{REFUSED}{}", format!("{error:#}").replace('\n', " "))?,
        }
        // What has been told is told, whatever the next file does to this process.
        out.flush()?;
    }
    Ok(())
}

fn recording(file: &Path) -> Result<Pcm> {
    let about = fs::metadata(file)?;
    ensure!(about.is_file(), "not a file");
    ensure!(about.len() <= LARGEST, "larger than {} MB", LARGEST >> 20);
    Ok(fitted(&decode::decode(fs::read(file)?, Voice::LONGEST + WITH_SILENCE)?)?)
}

//! `orbitbox music list` and `orbitbox music remove`.

use super::folder;
use anyhow::Result;
use orbitbox_moh::{Disk, Library, Track};
use std::io::Write;
use std::path::Path;

/// Tells every track, a line each.
///
/// # Errors
/// The library cannot be read.
pub fn list(data: &Path, mut out: impl Write) -> Result<()> {
    let tracks = Library::look(&folder(data)).tracks()?;
    for track in &tracks {
        writeln!(out, "  {}", line(track))?;
    }
    if tracks.is_empty() {
        writeln!(out, "  no track: callers hear the unit's own piece of music")?;
    }
    Ok(())
}

/// Takes tracks out of the library.
///
/// # Errors
/// One of them is not there; those before it are gone.
pub fn remove(data: &Path, names: &[String], mut out: impl Write) -> Result<()> {
    let library = Library::open(&folder(data), &mut Disk)?;
    for name in names {
        let track = library.track(name)?;
        library.remove(&mut Disk, track.number)?;
        writeln!(out, "  removed: {} ({})", track.number, track.title)?;
    }
    Ok(())
}

pub(super) fn line(track: &Track) -> String {
    let seconds = track.seconds.round() as u64;
    let (number, title, loudness, gain) = (track.number, &track.title, track.loudness, track.gain);
    format!("{number:>4}  {title} ({}:{:02}, {loudness:.1} LUFS after {gain:+.1} dB)", seconds / 60, seconds % 60)
}

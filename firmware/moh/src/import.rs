use crate::measure::measure;
use crate::prepare::prepare;
use crate::{Files, ImportFault, Library, Track, TrackId};
use orbitbox_audio::decode::Reader;
use orbitbox_audio::frames::Writer;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

/// What is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest piece.
    pub longest: Duration,
    /// Bytes of the largest file.
    pub largest: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { longest: Duration::from_secs(30 * 60), largest: 1 << 30 }
    }
}

/// One file to be imported.
#[derive(Debug, Clone, Copy)]
pub struct Import<'a> {
    /// Where it is.
    pub file: &'a Path,
    /// What people call it.
    pub title: &'a str,
    /// Seconds since 1970.
    pub now: u64,
    /// What is taken.
    pub limits: Limits,
}

/// Makes a track of a file. `progress` is told how much of the work is done, from 0 to 100.
///
/// # Errors
/// See [`ImportFault`]; the library is as it was.
pub fn import(
    library: &Library,
    files: &mut dyn Files,
    import: Import<'_>,
    progress: &mut dyn FnMut(u8),
) -> Result<Track, ImportFault> {
    let Import { file: path, title, now, limits } = import;
    let hash = hash_of(path, &limits)?;
    let source_hash = hash.to_hex().to_string();
    if let Some(known) = library.tracks()?.into_iter().find(|track| track.source_hash == source_hash) {
        return Err(ImportFault::Known { number: known.number, title: known.title });
    }
    let made = make(path, &hash, &limits, progress)?;
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("audio").to_lowercase();
    let extension: String = extension.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    let track = Track {
        number: 0,
        title: title.to_owned(),
        seconds: made.seconds,
        loudness: made.loudness,
        gain: made.gain,
        source: format!("source.{extension}"),
        source_hash,
        imported: now,
        prepared: made.hashes(),
    };
    let track = library.add(files, track, path, &made.written)?;
    progress(100);
    Ok(track)
}

/// Prepares a track anew from the file it was made from, and puts it in its own place: for one whose prepared files are
/// damaged, missing, or of another version.
///
/// # Errors
/// See [`ImportFault`]; the library is as it was.
pub fn mend(
    library: &Library,
    files: &mut dyn Files,
    number: TrackId,
    limits: Limits,
    progress: &mut dyn FnMut(u8),
) -> Result<Track, ImportFault> {
    let mut track = library.track(&number.to_string())?;
    let source = library.source_of(&track);
    let hash = hash_of(&source, &limits)?;
    if hash.to_hex().as_str() != track.source_hash {
        return Err(ImportFault::SourceDamaged);
    }
    let made = make(&source, &hash, &limits, progress)?;
    (track.seconds, track.loudness, track.gain) = (made.seconds, made.loudness, made.gain);
    track.prepared = made.hashes();
    let track = library.replace(files, track, &made.written)?;
    progress(100);
    Ok(track)
}

/// What becomes of a file.
struct Made {
    seconds: f64,
    loudness: f32,
    gain: f32,
    /// Name and bytes of each prepared file.
    written: Vec<(String, Vec<u8>)>,
}

impl Made {
    fn hashes(&self) -> BTreeMap<String, String> {
        self.written.iter().map(|(name, bytes)| (name.clone(), blake3::hash(bytes).to_hex().to_string())).collect()
    }
}

fn open(path: &Path) -> Result<File, ImportFault> {
    File::open(path).map_err(ImportFault::Unreadable)
}

fn hash_of(path: &Path, limits: &Limits) -> Result<blake3::Hash, ImportFault> {
    let about = open(path)?.metadata().map_err(ImportFault::Unreadable)?;
    if !about.is_file() {
        return Err(ImportFault::Unreadable(std::io::Error::other("not a file")));
    }
    if about.len() > limits.largest {
        return Err(ImportFault::TooLarge { bytes: about.len(), most: limits.largest });
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(open(path)?).map_err(ImportFault::Unreadable)?;
    Ok(hasher.finalize())
}

fn make(path: &Path, hash: &blake3::Hash, limits: &Limits, progress: &mut dyn FnMut(u8)) -> Result<Made, ImportFault> {
    // How long it is shows only at the end of the first time through: until then the share is a guess that never goes back.
    let mut share = 0.0f64;
    let mut first = |heard: Duration| {
        share = share.max(40.0 * (1.0 - (-heard.as_secs_f64() / 120.0).exp()));
        progress(share as u8);
    };
    let measured = measure(&mut Reader::open(open(path)?)?, limits, &mut first)?;
    let whole = measured.to as f64 / f64::from(measured.rate);
    let mut second = |done: Duration| progress((40.0 + 55.0 * (done.as_secs_f64() / whole).min(1.0)) as u8);
    let prepared = prepare(&mut Reader::open(open(path)?)?, &measured, &mut second)?;
    let file =
        |(codec, writer): (_, Writer)| (Track::file_of(codec), writer.finish(prepared.loudness, *hash.as_bytes()));
    Ok(Made {
        seconds: (prepared.seconds * 1000.0).round() / 1000.0,
        loudness: prepared.loudness,
        gain: measured.gain as f32,
        written: prepared.frames.into_iter().map(file).collect(),
    })
}

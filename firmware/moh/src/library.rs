use crate::{Files, LibraryFault, Track, TrackId};
use orbitbox_audio::codec::Codec;
use orbitbox_audio::frames::Frames;
use rustix::fs::{FlockOperation, flock};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Tracks of one unit.
pub const MOST_TRACKS: usize = 1_000;

/// Bytes of a description that are read.
const MOST_DESCRIPTION: u64 = 64 * 1024;

/// The tracks on disk, each in a folder of its own under `tracks`.
///
/// A track comes and goes by one rename: whoever looks sees it whole or not at all, and a power cut leaves either. What a
/// cut leaves elsewhere is swept away when the library is opened.
#[derive(Debug, Clone)]
pub struct Library {
    folder: PathBuf,
}

impl Library {
    /// The library in a folder, which is made where it is not there.
    ///
    /// # Errors
    /// The folder cannot be made or read.
    pub fn open(folder: &Path, files: &mut dyn Files) -> Result<Self, LibraryFault> {
        let library = Self { folder: folder.to_owned() };
        for part in ["tracks", "incoming", "removed"] {
            let path = library.folder.join(part);
            files.make_folder(&path).map_err(|error| LibraryFault::Io(path, error))?;
        }
        if let Ok(_lock) = library.lock() {
            library.sweep(files);
        }
        Ok(library)
    }

    /// The library in a folder that somebody else may be writing to; nothing is changed.
    pub fn look(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// All tracks by number. What is no track is passed over.
    ///
    /// # Errors
    /// The folder cannot be read. One that is not there has no tracks.
    pub fn tracks(&self) -> Result<Vec<Track>, LibraryFault> {
        let folder = self.folder.join("tracks");
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(LibraryFault::Io(folder, error)),
        };
        let mut tracks: Vec<Track> =
            entries.take(2 * MOST_TRACKS).filter_map(|entry| described(&entry.ok()?.path())).collect();
        tracks.sort_by_key(|track| track.number);
        tracks.dedup_by_key(|track| track.number);
        Ok(tracks)
    }

    /// How many there are, without reading them.
    pub fn count(&self) -> usize {
        let entries = fs::read_dir(self.folder.join("tracks")).into_iter().flatten().filter_map(Result::ok);
        entries.filter(|entry| entry.path().join("track.toml").is_file()).count()
    }

    /// A track by its number or title.
    ///
    /// # Errors
    /// There is none, or the library cannot be read.
    pub fn track(&self, name: &str) -> Result<Track, LibraryFault> {
        let tracks = self.tracks()?;
        let by_number = tracks.iter().find(|track| name.parse() == Ok(track.number));
        let found = by_number.or_else(|| tracks.iter().find(|track| track.is_called(name)));
        found.cloned().ok_or_else(|| LibraryFault::NoSuchTrack(name.to_owned()))
    }

    /// The payloads of a track in one codec, as long as its file is what was written. The whole file is read into memory.
    pub fn frames(&self, track: &Track, codec: Codec) -> Option<Frames> {
        let name = Track::file_of(codec);
        let bytes = fs::read(self.folder_of(track.number).join(&name)).ok()?;
        let wanted = track.prepared.get(&name)?;
        let right = blake3::hash(&bytes).to_hex().as_str() == wanted;
        let frames = Frames::open(Arc::new(bytes)).ok().filter(|_| right)?;
        (frames.description().codec == codec).then_some(frames)
    }

    /// Where the file lies that a track was made from.
    pub fn source_of(&self, track: &Track) -> PathBuf {
        self.folder_of(track.number).join(&track.source)
    }

    /// A new folder for a file that has yet to come, for as long as this process runs; the library never looks into it.
    /// `name` must not have been given before.
    ///
    /// # Errors
    /// The disk says so.
    pub fn room(&self, files: &mut dyn Files, name: &str) -> Result<PathBuf, LibraryFault> {
        let path = self.folder.join("incoming").join(format!("{}-{name}", std::process::id()));
        files.make_folder(&path).map_err(|error| LibraryFault::Io(path.clone(), error))?;
        Ok(path)
    }

    /// Adds a track with its files, and gives it its number.
    ///
    /// # Errors
    /// The disk says so, or the library is full; it is as it was then.
    pub(crate) fn add(
        &self,
        files: &mut dyn Files,
        mut track: Track,
        source: &Path,
        prepared: &[(String, Vec<u8>)],
    ) -> Result<Track, LibraryFault> {
        let incoming = self.room(files, &track.source_hash[..16])?;
        let added = (|| {
            fill(files, &incoming, &track, source, prepared)?;
            let _lock = self.lock()?;
            let tracks = self.tracks()?;
            if tracks.len() >= MOST_TRACKS {
                return Err(LibraryFault::Full(MOST_TRACKS));
            }
            track.number = tracks.last().map_or(1, |last| last.number + 1);
            describe(files, &incoming, &track)?;
            let place = self.folder_of(track.number);
            files.rename(&incoming, &place).map_err(fault(&place))
        })();
        if added.is_err() {
            files.remove(&incoming).ok();
        }
        added.map(|()| track)
    }

    /// Puts a track that was prepared anew in the place of the old one, at one moment.
    ///
    /// # Errors
    /// The disk says so, or the old one has gone meanwhile; the library is as it was then.
    pub(crate) fn replace(
        &self,
        files: &mut dyn Files,
        track: Track,
        prepared: &[(String, Vec<u8>)],
    ) -> Result<Track, LibraryFault> {
        let place = self.folder_of(track.number);
        let incoming = self.room(files, &format!("mend-{}", track.number))?;
        let replaced = (|| {
            fill(files, &incoming, &track, &place.join(&track.source), prepared)?;
            describe(files, &incoming, &track)?;
            let _lock = self.lock()?;
            if described(&place).is_none_or(|old| old.source_hash != track.source_hash) {
                return Err(LibraryFault::NoSuchTrack(track.number.to_string()));
            }
            files.exchange(&incoming, &place).map_err(fault(&place))
        })();
        // Either what was new, or what is old now.
        files.remove(&incoming).ok();
        replaced.map(|()| track)
    }

    /// Takes a track out. Who plays it at this moment plays it to its end.
    ///
    /// # Errors
    /// There is none with that number, or the disk says so; the track is there then.
    pub fn remove(&self, files: &mut dyn Files, number: TrackId) -> Result<(), LibraryFault> {
        let _lock = self.lock()?;
        let place = self.folder_of(number);
        if described(&place).is_none() {
            return Err(LibraryFault::NoSuchTrack(number.to_string()));
        }
        let removed = self.folder.join("removed").join(format!("{number}-{}", std::process::id()));
        files.rename(&place, &removed).map_err(|error| LibraryFault::Io(place, error))?;
        // Should this be cut short, the rest is swept the next time.
        files.remove(&removed).ok();
        Ok(())
    }

    fn folder_of(&self, number: TrackId) -> PathBuf {
        self.folder.join("tracks").join(number.to_string())
    }

    /// One writer at a time; let go when it is dropped, or its process ends.
    fn lock(&self) -> Result<File, LibraryFault> {
        let path = self.folder.join("lock");
        let locked = || -> io::Result<File> {
            let file = File::options().create(true).truncate(false).write(true).open(&path)?;
            flock(&file, FlockOperation::LockExclusive)?;
            Ok(file)
        };
        locked().map_err(|error| LibraryFault::Io(path.clone(), error))
    }

    /// Removes what a cut has left, but nothing that somebody who still runs is writing.
    fn sweep(&self, files: &mut dyn Files) {
        for part in ["incoming", "removed"] {
            let entries = fs::read_dir(self.folder.join(part)).into_iter().flatten().flatten();
            for entry in entries {
                let name = entry.file_name().to_string_lossy().into_owned();
                let writer = name.split('-').next().filter(|_| part == "incoming").unwrap_or_default();
                let runs = !writer.is_empty()
                    && writer != std::process::id().to_string()
                    && Path::new("/proc").join(writer).exists();
                if !runs {
                    files.remove(&entry.path()).ok();
                }
            }
        }
    }
}

fn fault(path: &Path) -> impl FnOnce(io::Error) -> LibraryFault {
    let path = path.to_owned();
    move |error| LibraryFault::Io(path, error)
}

/// Writes everything of a track but its description.
fn fill(
    files: &mut dyn Files,
    folder: &Path,
    track: &Track,
    source: &Path,
    prepared: &[(String, Vec<u8>)],
) -> Result<(), LibraryFault> {
    let place = folder.join(&track.source);
    files.copy(source, &place).map_err(fault(&place))?;
    for (name, bytes) in prepared {
        let place = folder.join(name);
        files.write(&place, bytes).map_err(fault(&place))?;
    }
    Ok(())
}

fn describe(files: &mut dyn Files, folder: &Path, track: &Track) -> Result<(), LibraryFault> {
    let place = folder.join("track.toml");
    let text = toml::to_string(track).map_err(|error| LibraryFault::Io(place.clone(), io::Error::other(error)))?;
    files.write(&place, text.as_bytes()).map_err(fault(&place))
}

/// The description in a folder, if that is a track's.
fn described(folder: &Path) -> Option<Track> {
    let number: TrackId = folder.file_name()?.to_str()?.parse().ok()?;
    let path = folder.join("track.toml");
    let length = fs::metadata(&path).ok()?.len();
    let text = fs::read_to_string(&path).ok().filter(|_| length <= MOST_DESCRIPTION)?;
    toml::from_str(&text).ok().filter(|track: &Track| track.number == number && !track.source.contains('/'))
}

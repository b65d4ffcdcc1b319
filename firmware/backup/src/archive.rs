//! Archives: tar, compressed by zstd.

use crate::{BackupFault, FileEntry};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};

/// zstd's usual level: sound is compressed already.
const LEVEL: i32 = 3;

/// Files of one part.
const MOST_FILES: usize = 100_000;

/// Folders within each other.
const DEEPEST: usize = 16;

/// Why an archive was not written.
pub(crate) enum WriteFault {
    /// The stick.
    Stick(io::Error),
    /// A file of the unit; where it has changed or gone meanwhile, the whole part is to be read again.
    Unit(PathBuf, io::Error),
    Changed(PathBuf),
}

impl From<WriteFault> for BackupFault {
    fn from(fault: WriteFault) -> Self {
        match fault {
            WriteFault::Stick(error) => BackupFault::of_stick(error),
            WriteFault::Unit(path, error) => BackupFault::Unit(path, error),
            WriteFault::Changed(path) => BackupFault::Changing(path),
        }
    }
}

/// Every file under a folder, sorted. Links and devices are left out: a backup follows nothing out of its folder.
pub(crate) fn files_under(folder: &Path) -> Result<Vec<PathBuf>, WriteFault> {
    let mut found = Vec::new();
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let fault = |error| WriteFault::Unit(folder.clone(), error);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(fault(error)),
        };
        for entry in entries {
            let entry = entry.map_err(fault)?;
            let kind = entry.file_type().map_err(fault)?;
            if kind.is_dir() && depth < DEEPEST {
                folders.push((entry.path(), depth + 1));
            } else if kind.is_file() && found.len() < MOST_FILES {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Writes files, named by their path under `root`, and what is given as bytes.
pub(crate) fn write(
    out: impl Write,
    root: &Path,
    files: &[PathBuf],
    given: &[(&str, &[u8])],
) -> Result<Vec<FileEntry>, WriteFault> {
    let mut compressed = zstd::Encoder::new(out, LEVEL).map_err(WriteFault::Stick)?;
    compressed.include_checksum(true).map_err(WriteFault::Stick)?;
    let mut archive = tar::Builder::new(compressed);
    let mut entries = Vec::new();
    for path in files {
        entries.push(add_file(&mut archive, root, path)?);
    }
    for (name, bytes) in given {
        let mut header = header(bytes.len() as u64, 0);
        archive.append_data(&mut header, name, *bytes).map_err(WriteFault::Stick)?;
        let blake3 = blake3::hash(bytes).to_hex().to_string();
        entries.push(FileEntry { path: (*name).to_owned(), bytes: bytes.len() as u64, blake3 });
    }
    let compressed = archive.into_inner().map_err(WriteFault::Stick)?;
    compressed.finish().and_then(|mut out| out.flush()).map_err(WriteFault::Stick)?;
    entries.sort();
    Ok(entries)
}

fn add_file(archive: &mut tar::Builder<impl Write>, root: &Path, path: &Path) -> Result<FileEntry, WriteFault> {
    let unit = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => WriteFault::Changed(path.to_owned()),
        _ => WriteFault::Unit(path.to_owned(), error),
    };
    let file = File::open(path).map_err(unit)?;
    let before = file.metadata().map_err(unit)?;
    let name = path.strip_prefix(root).unwrap_or(path);
    let modified = before.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    let mut header = header(before.len(), modified.map_or(0, |at| at.as_secs()));
    let mut source = Hashing { file: &file, hasher: blake3::Hasher::new(), left: before.len(), fault: None };
    let written = archive.append_data(&mut header, name, &mut source);
    if let Some(error) = source.fault.take() {
        return Err(unit(error));
    }
    written.map_err(WriteFault::Stick)?;
    let (left, hash) = (source.left, source.hasher.finalize());
    let after = file.metadata().map_err(unit)?;
    if left > 0 || after.len() != before.len() || after.modified().ok() != before.modified().ok() {
        return Err(WriteFault::Changed(path.to_owned()));
    }
    let path = name.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    Ok(FileEntry { path, bytes: before.len(), blake3: hash.to_hex().to_string() })
}

fn header(bytes: u64, modified: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o644);
    header.set_mtime(modified);
    header
}

/// A file of the unit on its way into an archive. A file that has become shorter is filled up, since its length stands
/// before it; `left` tells.
struct Hashing<'f> {
    file: &'f File,
    hasher: blake3::Hasher,
    left: u64,
    fault: Option<io::Error>,
}

impl Read for Hashing<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.left).unwrap_or(usize::MAX).min(into.len());
        match self.file.read(&mut into[..room]) {
            Ok(length) => {
                self.hasher.update(&into[..length]);
                self.left -= length as u64;
                Ok(length)
            }
            Err(error) => {
                self.fault = Some(io::Error::from(error.kind()));
                Err(error)
            }
        }
    }
}

/// Goes through an archive. Each file is handed to `take` with its path; what does not look like a file of ours, or is not
/// in `expected`, is refused before anything of it is read.
pub(crate) fn read(
    archive: impl Read,
    expected: &[FileEntry],
    take: &mut dyn FnMut(&Path, &mut dyn Read) -> Result<(), BackupFault>,
) -> Result<(), BackupFault> {
    let damaged = |error: io::Error| BackupFault::Damaged(error.to_string());
    let total: u64 = expected.iter().map(|file| file.bytes).sum();
    // Headers and padding: two blocks a file, and long names twice that.
    let most = total + 4096 * (expected.len() as u64 + 8);
    let plain = zstd::Decoder::new(archive).map_err(damaged)?.take(most);
    let mut archive = tar::Archive::new(plain);
    let mut missing: BTreeMap<&str, &FileEntry> = expected.iter().map(|file| (file.path.as_str(), file)).collect();
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let path = entry.path().map_err(damaged)?.into_owned();
        let name = path.to_string_lossy().into_owned();
        let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
        if !plain || !entry.header().entry_type().is_file() {
            return Err(BackupFault::Suspicious(format!("{name} is no plain file in its folder")));
        }
        let Some(file) = missing.remove(name.as_str()) else {
            return Err(BackupFault::Suspicious(format!("{name} is not in the manifest")));
        };
        if entry.size() != file.bytes {
            return Err(BackupFault::Damaged(format!("{name} has another length than the manifest says")));
        }
        let mut hashing = Verifying { entry: &mut entry, hasher: blake3::Hasher::new() };
        take(&path, &mut hashing)?;
        if hashing.hasher.finalize().to_hex().as_str() != file.blake3 {
            return Err(BackupFault::Damaged(format!("{name} is not what the manifest says")));
        }
    }
    match missing.keys().next() {
        Some(path) => Err(BackupFault::Damaged(format!("{path} is missing"))),
        None => Ok(()),
    }
}

struct Verifying<'e, R> {
    entry: &'e mut R,
    hasher: blake3::Hasher,
}

impl<R: Read> Read for Verifying<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.entry.read(into)?;
        self.hasher.update(&into[..length]);
        Ok(length)
    }
}

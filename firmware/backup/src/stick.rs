//! What a backup does to a stick, so that a test can pull it out at any byte.

use crate::BackupFault;
use rustix::fs::{Advice, fadvise};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// A file that is written on a stick.
pub trait StickWrite: Write {
    /// Waits until everything is on the stick.
    ///
    /// # Errors
    /// It is not.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// A stick, or what plays one. Paths are relative to it.
pub trait Stick {
    /// A new file; an old one of that name is replaced.
    ///
    /// # Errors
    /// The stick says so.
    fn create(&mut self, path: &Path) -> io::Result<Box<dyn StickWrite>>;

    /// Reads a file from the stick itself, as far as the system can be made to forget what it has in memory.
    ///
    /// # Errors
    /// The stick says so.
    fn open(&self, path: &Path) -> io::Result<Box<dyn Read>>;

    /// Bytes of a file.
    ///
    /// # Errors
    /// It is not there.
    fn length(&self, path: &Path) -> io::Result<u64>;

    /// Makes a folder and those above it.
    ///
    /// # Errors
    /// The stick says so.
    fn make_folder(&mut self, path: &Path) -> io::Result<()>;

    /// The names in a folder, sorted; none where there is no folder.
    ///
    /// # Errors
    /// The stick says so.
    fn names(&self, path: &Path) -> io::Result<Vec<String>>;

    /// Gives a file another name, and waits until that is on the stick.
    ///
    /// # Errors
    /// The stick says so; nothing has changed then.
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file, or a folder with all in it.
    ///
    /// # Errors
    /// The stick says so.
    fn remove(&mut self, path: &Path) -> io::Result<()>;
}

/// A stick that is mounted in a folder, or a folder that plays one.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// The stick at `path`.
    ///
    /// # Errors
    /// There is none, or it is not marked for backups.
    pub fn marked(path: &Path) -> Result<Self, BackupFault> {
        if !path.is_dir() {
            return Err(BackupFault::NoStick);
        }
        if path.join(crate::MARK).is_file() { Ok(Self(path.to_owned())) } else { Err(BackupFault::NotMarked) }
    }

    /// Marks the stick at `path` for backups.
    ///
    /// # Errors
    /// There is none, or it cannot be written.
    pub fn mark(path: &Path) -> Result<Self, BackupFault> {
        if !path.is_dir() {
            return Err(BackupFault::NoStick);
        }
        let mut stick = Self(path.to_owned());
        let marked = stick.make_folder(Path::new(crate::ROOT)).and_then(|()| stick.create(Path::new(crate::MARK)));
        let marked = marked.and_then(|mut file| {
            file.write_all(b"This stick takes backups of Orbitbox units. Remove this file to stop that.\r\n")?;
            file.finish()
        });
        marked.map_err(BackupFault::of_stick)?;
        Ok(stick)
    }
}

struct Written(File);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl StickWrite for Written {
    fn finish(self: Box<Self>) -> io::Result<()> {
        self.0.sync_all()
    }
}

impl Stick for Folder {
    fn create(&mut self, path: &Path) -> io::Result<Box<dyn StickWrite>> {
        Ok(Box::new(Written(File::create(self.0.join(path))?)))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Read>> {
        let file = File::open(self.0.join(path))?;
        // A wish; where it is not granted what is read is at least what the system believes to be there.
        fadvise(&file, 0, None, Advice::DontNeed).ok();
        Ok(Box::new(file))
    }

    fn length(&self, path: &Path) -> io::Result<u64> {
        fs::metadata(self.0.join(path)).map(|about| about.len())
    }

    fn make_folder(&mut self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(self.0.join(path))
    }

    fn names(&self, path: &Path) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(self.0.join(path)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let names = entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()));
        let mut names = names.collect::<io::Result<Vec<String>>>()?;
        names.sort();
        Ok(names)
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let (from, to) = (self.0.join(from), self.0.join(to));
        fs::rename(&from, &to)?;
        match to.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        let path = self.0.join(path);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
    }
}

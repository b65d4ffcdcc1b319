//! What the library does to the disk, so that a test can cut the power between any two steps.

use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// A disk as the library uses it. What has been written and synced is there after a power cut; a rename is there as a
/// whole or not at all.
pub trait Files {
    /// Makes a folder and those above it.
    ///
    /// # Errors
    /// The disk says so.
    fn make_folder(&mut self, path: &Path) -> io::Result<()>;

    /// Writes a new file, and waits until it is on the disk.
    ///
    /// # Errors
    /// The disk says so; the file may then be there in part.
    fn write(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Copies a file, and waits until the copy is on the disk.
    ///
    /// # Errors
    /// The disk says so; the copy may then be there in part.
    fn copy(&mut self, from: &Path, to: &Path) -> io::Result<()>;

    /// Gives a file or folder another name, and waits until that is on the disk.
    ///
    /// # Errors
    /// The disk says so; nothing has changed then.
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()>;

    /// Lets two folders change their names, at one moment, and waits until that is on the disk.
    ///
    /// # Errors
    /// The disk says so; nothing has changed then.
    fn exchange(&mut self, one: &Path, other: &Path) -> io::Result<()>;

    /// Removes a folder with all that is in it.
    ///
    /// # Errors
    /// The disk says so; a part may be gone then.
    fn remove(&mut self, path: &Path) -> io::Result<()>;
}

/// The real one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Files for Disk {
    fn make_folder(&mut self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn write(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = File::create_new(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn copy(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let mut source = File::open(from)?;
        let mut copy = File::create_new(to)?;
        io::copy(&mut source, &mut copy)?;
        copy.sync_all()
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        // What is in the folder is on the disk before its name is.
        if from.is_dir() {
            File::open(from)?.sync_all()?;
        }
        fs::rename(from, to)?;
        sync_parent(to)
    }

    fn exchange(&mut self, one: &Path, other: &Path) -> io::Result<()> {
        File::open(one)?.sync_all()?;
        renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?;
        sync_parent(one)?;
        sync_parent(other)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        fs::remove_dir_all(path)
    }
}

fn sync_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

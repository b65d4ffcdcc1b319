use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a backup was not made, or not restored, in words for somebody who stands before the unit.
#[derive(Debug)]
pub enum BackupFault {
    /// There is no stick.
    NoStick,
    /// Somebody's stick, but not for backups.
    NotMarked,
    /// It cannot be written.
    ReadOnly,
    /// There is no room for another generation.
    Full,
    /// It was taken out, or has failed, on the way.
    Gone(io::Error),
    /// What was read back differs from what was written.
    ReadBack(String),
    /// A file of the unit kept changing while it was read.
    Changing(PathBuf),
    /// A file of the unit cannot be read or written.
    Unit(PathBuf, io::Error),
    /// There is no such generation, or none at all.
    NoGeneration(Option<String>),
    /// A generation that is not what its manifest says: which file, and how.
    Damaged(String),
    /// The manifest cannot be read.
    Manifest(String),
    /// The manifest was written by a newer program.
    Newer(u32),
    /// An archive has something in it that no backup has.
    Suspicious(String),
    /// There are secrets in it, and the passphrase is missing or wrong.
    Passphrase,
}

impl BackupFault {
    /// For four digits.
    pub fn digits(&self) -> &'static str {
        match self {
            BackupFault::NoStick => "USB-",
            BackupFault::NotMarked => "USb?",
            BackupFault::ReadOnly => "rEAd",
            BackupFault::Full => "FULL",
            BackupFault::Gone(_) => "GonE",
            BackupFault::ReadBack(_)
            | BackupFault::Damaged(_)
            | BackupFault::Manifest(_)
            | BackupFault::Suspicious(_) => "bAd ",
            BackupFault::Changing(_) | BackupFault::Unit(..) => "Err ",
            BackupFault::NoGeneration(_) => "nonE",
            BackupFault::Newer(_) => "nEW ",
            BackupFault::Passphrase => "CodE",
        }
    }

    /// What the stick says, as a fault of the stick.
    pub(crate) fn of_stick(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => BackupFault::Full,
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => BackupFault::ReadOnly,
            _ => BackupFault::Gone(error),
        }
    }
}

impl fmt::Display for BackupFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BackupFault::NoStick => f.write_str("there is no stick"),
            BackupFault::NotMarked => {
                write!(f, "the stick is not marked for backups: `orbitbox backup mark` does that")
            }
            BackupFault::ReadOnly => f.write_str("the stick cannot be written: it is write-protected, or not allowed"),
            BackupFault::Full => f.write_str("the stick is full, and no old backup can make enough room"),
            BackupFault::Gone(error) => write!(f, "the stick has gone or failed on the way: {error}"),
            BackupFault::ReadBack(file) => write!(f, "the stick did not keep what was written to {file}: replace it"),
            BackupFault::Changing(path) => write!(f, "{} kept changing while it was read", path.display()),
            BackupFault::Unit(path, error) => write!(f, "{}: {error}", path.display()),
            BackupFault::NoGeneration(Some(name)) => write!(f, "there is no whole backup {name}"),
            BackupFault::NoGeneration(None) => f.write_str("there is no whole backup on the stick"),
            BackupFault::Damaged(what) => write!(f, "the backup is damaged: {what}"),
            BackupFault::Manifest(what) => write!(f, "the manifest cannot be read: {what}"),
            BackupFault::Newer(schema) => write!(f, "the backup was made by a newer program (schema {schema})"),
            BackupFault::Suspicious(what) => write!(f, "the backup is refused: {what}"),
            BackupFault::Passphrase => f.write_str("the passphrase is missing or wrong"),
        }
    }
}

impl std::error::Error for BackupFault {}

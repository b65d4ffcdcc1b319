use rusqlite::ErrorCode;
use std::path::{Path, PathBuf};
use std::{fmt, io};

/// Why the journal could not do what it was told. What was on disk before is there still.
#[derive(Debug)]
pub enum Fault {
    /// There is no room left on the disk.
    Full,
    /// Another program has it open.
    InUse,
    /// What is in it is not what was written; how that shows.
    Damaged(String),
    /// A file or folder of it, and what the system said.
    Io(PathBuf, io::Error),
    /// What else the database said.
    Database(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Full => f.write_str("the disk is full"),
            Fault::InUse => f.write_str("another program has the journal open"),
            Fault::Damaged(how) => write!(f, "the journal is damaged: {how}"),
            Fault::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Fault::Database(error) => f.write_str(error),
        }
    }
}

impl std::error::Error for Fault {}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error.to_string()),
            _ => Self::Database(error.to_string()),
        }
    }
}

impl Fault {
    /// What the system said of a file or folder.
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io(path.to_owned(), error),
        }
    }

    /// What is wrong while a file is read that this program has written: all but what has nothing to do with its bytes.
    pub(crate) fn while_reading(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(
                ErrorCode::DiskFull
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::ReadOnly
                | ErrorCode::OutOfMemory,
            ) => error.into(),
            _ => Self::Damaged(error.to_string()),
        }
    }
}

//! The folder the journal lies in: which files there are, and how they take each other's places.

use crate::database::{Contents, Database};
use crate::fault::Fault;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The folder.
#[derive(Debug)]
pub struct Place {
    folder: PathBuf,
}

impl Place {
    /// Makes the folder where there is none. Records hold keys of calls: it is the unit's alone.
    pub fn new(folder: &Path) -> Result<Self, Fault> {
        let place = Self { folder: folder.to_owned() };
        if !folder.is_dir() {
            DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(Fault::io(folder))?;
            if let Some(parent) = folder.parent().filter(|parent| parent.is_dir()) {
                sync(parent)?;
            }
        }
        Ok(place)
    }

    /// The database.
    pub fn main(&self) -> PathBuf {
        self.folder.join("journal")
    }

    /// Its log.
    fn log(&self) -> PathBuf {
        beside(&self.main(), "-wal")
    }

    /// Its last good copy.
    pub fn copy(&self) -> PathBuf {
        self.folder.join("journal.copy")
    }

    /// What a database is made in before it takes its place.
    fn new_one(&self) -> PathBuf {
        self.folder.join("journal.new")
    }

    /// Where the last broken one lies, for whoever looks into it.
    fn broken(&self) -> PathBuf {
        self.folder.join("journal.broken")
    }

    /// Whether any part of a journal is here: then a missing database is damage, and not a new unit.
    pub fn is_used(&self) -> bool {
        self.main().exists() || self.log().exists() || self.copy().exists()
    }

    /// Opens the database and reads all that is in it.
    pub fn read(&self) -> Result<(Database, Contents), Fault> {
        let main = self.main();
        match fs::metadata(&main) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(Fault::Damaged("its file is gone".to_owned()));
            }
            Err(error) => return Err(Fault::io(&main)(error)),
            // SQLite would take it for a new one.
            Ok(found) if found.len() == 0 => return Err(Fault::Damaged("its file is empty".to_owned())),
            Ok(_) => {}
        }
        let database = Database::open(&main)?;
        let contents = database.contents()?;
        Ok((database, contents))
    }

    /// What is in the last good copy.
    pub fn read_copy(&self) -> Result<Contents, Fault> {
        Database::open_copy(&self.copy())?.contents()
    }

    /// Moves a broken database away, in the place of an older broken one.
    pub fn set_aside(&self) -> Result<(), Fault> {
        self.drop_broken()?;
        // The log first: a later one must never be taken for another database's.
        for (from, to) in [(self.log(), beside(&self.broken(), "-wal")), (self.main(), self.broken())] {
            absent_is_fine(fs::rename(&from, to)).map_err(Fault::io(&from))?;
        }
        sync(&self.folder)
    }

    /// Removes what was set aside.
    pub fn drop_broken(&self) -> Result<(), Fault> {
        for path in [beside(&self.broken(), "-wal"), self.broken()] {
            absent_is_fine(fs::remove_file(&path)).map_err(Fault::io(&path))?;
        }
        Ok(())
    }

    /// Puts a database with these contents where none is.
    pub fn put(&self, contents: &Contents) -> Result<(), Fault> {
        let (new, log) = (self.empty_new()?, self.log());
        Database::build(&new, contents)?;
        absent_is_fine(fs::remove_file(&log)).map_err(Fault::io(&log))?;
        sync(&self.folder)?;
        fs::rename(&new, self.main()).map_err(Fault::io(&new))?;
        sync(&self.folder)
    }

    /// Lets a copy of the database take the place of the last one, once it has been read back.
    pub fn renew_copy(&self, database: &Database) -> Result<(), Fault> {
        let new = self.empty_new()?;
        database.copy(&new)?;
        Database::open_copy(&new)?.contents()?;
        fs::rename(&new, self.copy()).map_err(Fault::io(&new))?;
        sync(&self.folder)
    }

    fn empty_new(&self) -> Result<PathBuf, Fault> {
        let new = self.new_one();
        for path in [beside(&new, "-wal"), beside(&new, "-journal"), new.clone()] {
            absent_is_fine(fs::remove_file(&path)).map_err(Fault::io(&path))?;
        }
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new).map_err(Fault::io(&new))?;
        Ok(new)
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}

fn absent_is_fine(done: std::io::Result<()>) -> std::io::Result<()> {
    match done {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

fn sync(folder: &Path) -> Result<(), Fault> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(Fault::io(folder))
}

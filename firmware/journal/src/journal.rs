use crate::database::{Contents, Database};
use crate::fault::Fault;
use crate::place::Place;
use crate::stamp::Stamp;
use std::fmt;
use std::path::Path;
use std::time::Duration;

/// The least time between two copies, for the sake of the flash.
const COPY_EVERY: Duration = Duration::from_secs(60);

/// One record put or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it is about.
    pub key: String,
    /// The whole record; `None` removes it.
    pub record: Option<String>,
}

/// What was in the journal when it was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// When it was written last; `None` when it never was.
    pub stamp: Option<Stamp>,
    /// Key and record, in order of keys: all as of one and the same moment.
    pub records: Vec<(String, String)>,
    /// What had to be done to it.
    pub mended: Option<Mended>,
}

/// A damaged journal was put aside, and what took its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// How the damage showed.
    pub damage: String,
    /// The last good copy took its place; otherwise an empty journal did.
    pub from_copy: bool,
}

impl fmt::Display for Mended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let now = if self.from_copy { "calls are as in its last good copy" } else { "it begins anew, without calls" };
        write!(f, "The journal of parked calls was damaged ({}): {now}", self.damage)
    }
}

/// An open journal. Nobody else can open it meanwhile.
#[derive(Debug)]
pub struct Journal {
    database: Database,
    place: Place,
    /// Records have changed since the last copy.
    changed: bool,
    copied: Option<Duration>,
}

impl Journal {
    /// Opens the journal in a folder, and makes both where there is none. A damaged one is put aside, and what is found is
    /// that of its last good copy.
    ///
    /// # Errors
    /// The folder or its disk cannot be used, or another program has the journal open. Damage is no error.
    pub fn open(folder: &Path) -> Result<(Self, Found), Fault> {
        let place = Place::new(folder)?;
        if !place.is_used() {
            place.put(&Contents::default())?;
        }
        let (mended, (database, contents)) = match place.read() {
            Ok(read) => (None, read),
            Err(Fault::Damaged(damage)) => {
                let mended = mend(&place, damage)?;
                (Some(mended), place.read()?)
            }
            Err(fault) => return Err(fault),
        };
        let journal = Self { database, place, changed: false, copied: None };
        Ok((journal, Found { stamp: contents.stamp, records: contents.records, mended }))
    }

    /// Writes changes, all or none of them; when this returns well they are on disk. Of several to one key the last one
    /// holds. Without changes it writes the stamp alone.
    ///
    /// # Errors
    /// The disk or the database says so. None of the changes has been made; the same may be tried again.
    pub fn write(&mut self, stamp: Stamp, changes: &[Change]) -> Result<(), Fault> {
        let each = changes.iter().map(|change| (change.key.as_str(), change.record.as_deref()));
        self.database.write(stamp, false, each)?;
        self.changed |= !changes.is_empty();
        Ok(())
    }

    /// Makes these records, by key, all that is in the journal, at one moment.
    ///
    /// # Errors
    /// As of [`Journal::write`]: what was there before is there still.
    pub fn write_whole<'r>(
        &mut self,
        stamp: Stamp,
        records: impl IntoIterator<Item = (&'r str, &'r str)>,
    ) -> Result<(), Fault> {
        self.database.write(stamp, true, records.into_iter().map(|(key, record)| (key, Some(record))))?;
        self.changed = true;
        Ok(())
    }

    /// Renews the copy that a damaged journal is restored from, when records have changed and the last copy is a minute
    /// old. To be called when nothing waits; `true` when it did.
    ///
    /// # Errors
    /// The disk or the database says so. The last copy is there still.
    pub fn renew_copy(&mut self, now: Duration) -> Result<bool, Fault> {
        if !self.changed || self.copied.is_some_and(|copied| now < copied + COPY_EVERY) {
            return Ok(false);
        }
        // One that fails is not tried again at once either.
        self.copied = Some(now);
        self.place.renew_copy(&self.database)?;
        self.changed = false;
        Ok(true)
    }
}

fn mend(place: &Place, damage: String) -> Result<Mended, Fault> {
    let copy = place.read_copy();
    place.set_aside()?;
    let from_copy = copy.is_ok();
    let contents = copy.unwrap_or_default();
    match place.put(&contents) {
        // What is broken takes room that what is whole can use.
        Err(Fault::Full) => {
            place.drop_broken()?;
            place.put(&contents)?;
        }
        put => put?,
    }
    Ok(Mended { damage, from_copy })
}

#[cfg(test)]
mod tests;

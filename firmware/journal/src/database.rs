//! One file of SQLite: how it is opened, what is in it, and that it is what was written.

use crate::fault::Fault;
use crate::stamp::Stamp;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, params};
use std::fmt::Write;
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

/// Bytes of a page. A commit writes whole pages, and a record has a kilobyte or two.
const PAGE: u32 = 1_024;
/// Frames of the write-ahead log before they are brought into the database: about a megabyte.
const CHECKPOINT_AFTER: u32 = 1_000;
/// How the tables are laid out.
const LAYOUT: u32 = 1;
/// How long another program may have it open that is just ending.
const PATIENCE: Duration = Duration::from_secs(1);
/// Bytes of a check sum.
const SUM: usize = 8;

const TABLES: &str = "
    CREATE TABLE kept (key TEXT PRIMARY KEY, record TEXT NOT NULL, sum BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE stamp (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL, wall INTEGER NOT NULL, sum BLOB NOT NULL);
";

/// All that is in one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// When it was written last.
    pub stamp: Option<Stamp>,
    /// Key and record, in order of keys.
    pub records: Vec<(String, String)>,
}

/// An open one.
#[derive(Debug)]
pub struct Database {
    connection: Connection,
}

impl Database {
    /// Opens one that is there, for this program alone. Changes of a log beside it are taken in as far as they are whole.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        // Without trust in what a power cut does to the rest of a block: then no block is written again that holds
        // something acknowledged.
        let connection = Connection::open_with_flags(
            uri(path, "psow=0"),
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.busy_timeout(PATIENCE)?;
        let database = Self { connection };
        database.set_up().map_err(Fault::while_reading)?;
        Ok(database)
    }

    fn set_up(&self) -> rusqlite::Result<()> {
        let settings = format!(
            "PRAGMA locking_mode = EXCLUSIVE;
             PRAGMA page_size = {PAGE};
             PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA wal_autocheckpoint = {CHECKPOINT_AFTER};
             PRAGMA journal_size_limit = {};
             PRAGMA temp_store = MEMORY;
             PRAGMA cell_size_check = ON;
             PRAGMA trusted_schema = OFF;",
            CHECKPOINT_AFTER * PAGE
        );
        self.connection.execute_batch(&settings)
    }

    /// Opens a file that nothing writes, without a log.
    pub fn open_copy(path: &Path) -> Result<Self, Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(uri(path, "immutable=1"), flags)?;
        Ok(Self { connection })
    }

    /// Makes an empty file one with these contents, and waits until it is on disk.
    pub fn build(path: &Path, contents: &Contents) -> Result<(), Fault> {
        let mut database = Self::open(path)?;
        database.connection.execute_batch(TABLES)?;
        database.connection.pragma_update(None, "user_version", LAYOUT)?;
        if let Some(stamp) = contents.stamp {
            let records = contents.records.iter().map(|(key, record)| (key.as_str(), Some(record.as_str())));
            database.write(stamp, false, records)?;
        }
        database.connection.close().map_err(|(_, error)| error)?;
        File::open(path).and_then(|file| file.sync_all()).map_err(Fault::io(path))
    }

    /// All that is in it, when every part of it is what was written.
    pub fn contents(&self) -> Result<Contents, Fault> {
        let layout = self.connection.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0));
        match layout.map_err(Fault::while_reading)? {
            LAYOUT => {}
            other => return Err(Fault::Damaged(format!("it is laid out in way {other}, and {LAYOUT} is known"))),
        }
        let checked = self.connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0));
        let checked = checked.map_err(Fault::while_reading)?;
        if checked != "ok" {
            return Err(Fault::Damaged(checked));
        }
        Ok(Contents { stamp: self.stamp()?, records: self.records()? })
    }

    fn stamp(&self) -> Result<Option<Stamp>, Fault> {
        let mut statement = self.connection.prepare("SELECT at, wall, sum FROM stamp").map_err(Fault::while_reading)?;
        let row =
            |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, Vec<u8>>(2)?));
        let mut rows = statement.query_map([], row).map_err(Fault::while_reading)?;
        let Some(row) = rows.next() else { return Ok(None) };
        let (at, wall, sum) = row.map_err(Fault::while_reading)?;
        if sum != stamp_sum(at, wall) {
            return Err(Fault::Damaged("the time it was written at is not what was written".to_owned()));
        }
        Ok(Some(Stamp { at: time(at), wall: time(wall) }))
    }

    fn records(&self) -> Result<Vec<(String, String)>, Fault> {
        let all = "SELECT key, record, sum FROM kept ORDER BY key";
        let mut statement = self.connection.prepare(all).map_err(Fault::while_reading)?;
        let row = |row: &rusqlite::Row<'_>| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, Vec<u8>>(2)?))
        };
        let rows = statement.query_map([], row).map_err(Fault::while_reading)?;
        let mut records = Vec::new();
        for row in rows {
            let (key, record, sum) = row.map_err(Fault::while_reading)?;
            if sum != record_sum(&key, &record) {
                return Err(Fault::Damaged(format!("the record {key} is not what was written")));
            }
            records.push((key, record));
        }
        Ok(records)
    }

    /// One transaction. When this returns well it is on disk. `anew` forgets all that was there.
    pub fn write<'c>(
        &mut self,
        stamp: Stamp,
        anew: bool,
        changes: impl Iterator<Item = (&'c str, Option<&'c str>)>,
    ) -> Result<(), Fault> {
        let written = self.transact(stamp, anew, changes);
        if matches!(written, Err(Fault::Full)) {
            // What the log takes may be all the room there is: the next try has it.
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).ok();
        }
        written
    }

    fn transact<'c>(
        &mut self,
        stamp: Stamp,
        anew: bool,
        changes: impl Iterator<Item = (&'c str, Option<&'c str>)>,
    ) -> Result<(), Fault> {
        let transaction = Transaction::new(&mut self.connection, TransactionBehavior::Immediate)?;
        if anew {
            transaction.execute("DELETE FROM kept", [])?;
        }
        {
            let mut put = transaction.prepare("INSERT OR REPLACE INTO kept VALUES (?1, ?2, ?3)")?;
            let mut remove = transaction.prepare("DELETE FROM kept WHERE key = ?1")?;
            for (key, record) in changes {
                match record {
                    Some(record) => put.execute(params![key, record, record_sum(key, record)])?,
                    None => remove.execute([key])?,
                };
            }
        }
        let (at, wall) = (number(stamp.at), number(stamp.wall));
        let written = "INSERT OR REPLACE INTO stamp VALUES (1, ?1, ?2, ?3)";
        transaction.execute(written, params![at, wall, stamp_sum(at, wall)])?;
        Ok(transaction.commit()?)
    }

    /// Copies it as it is into an empty file, and waits until that is on disk.
    pub fn copy(&self, to: &Path) -> Result<(), Fault> {
        self.connection.execute("VACUUM INTO ?1", [uri(to, "")])?;
        File::open(to).and_then(|file| file.sync_all()).map_err(Fault::io(to))
    }

    #[cfg(test)]
    pub fn connection(&self) -> &Connection {
        &self.connection
    }
}

/// The way to a file as SQLite takes parameters with it, whatever bytes are in it.
fn uri(path: &Path, parameters: &str) -> String {
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            // Writing into a string does not fail.
            write!(uri, "%{byte:02X}").ok();
        }
    }
    if !parameters.is_empty() {
        uri.push('?');
        uri.push_str(parameters);
    }
    uri
}

fn record_sum(key: &str, record: &str) -> [u8; SUM] {
    let length = (key.len() as u64).to_le_bytes();
    sum(&[&length, key.as_bytes(), record.as_bytes()])
}

fn stamp_sum(at: i64, wall: i64) -> [u8; SUM] {
    sum(&[&at.to_le_bytes(), &wall.to_le_bytes()])
}

/// SQLite keeps no sums of what is in a database, only of its log.
fn sum(parts: &[&[u8]]) -> [u8; SUM] {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    let mut sum = [0; SUM];
    sum.copy_from_slice(&hasher.finalize().as_bytes()[..SUM]);
    sum
}

/// Nanoseconds: enough for 292 years.
fn number(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

fn time(number: i64) -> Duration {
    Duration::from_nanos(number.max(0).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_byte_of_a_path_is_a_parameter() {
        assert_eq!(uri(Path::new("/data/unit 4?/journal"), "psow=0"), "file:/data/unit%204%3F/journal?psow=0");
        assert_eq!(uri(Path::new("/a%b#c"), ""), "file:/a%25b%23c");
    }

    #[test]
    fn a_sum_tells_key_from_record() {
        assert_ne!(record_sum("call/7", "1x"), record_sum("call/71", "x"));
        assert_eq!(time(number(Duration::from_nanos(5))), Duration::from_nanos(5));
        assert_eq!(number(Duration::MAX), i64::MAX);
    }
}

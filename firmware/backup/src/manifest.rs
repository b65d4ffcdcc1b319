use crate::{BackupFault, Part};
use serde::{Deserialize, Serialize};

/// What every generation says of itself, in `manifest.json`, written last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Of this description; a program reads none that is newer than its own.
    pub schema: u32,
    /// Whose backup it is.
    pub unit: String,
    /// When it was taken, in seconds since 1970.
    pub taken: u64,
    /// The program that took it.
    pub program: String,
    /// Its archives.
    pub parts: Vec<PartEntry>,
}

/// One archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartEntry {
    /// What is in it.
    pub part: Part,
    /// The files on the stick that are the archive, one after another.
    pub pieces: Vec<Piece>,
    /// The files in the archive.
    pub files: Vec<FileEntry>,
}

/// A file on the stick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// In the folder of the generation.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// In hexadecimal.
    pub blake3: String,
}

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileEntry {
    /// With `/` between folders.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// In hexadecimal.
    pub blake3: String,
}

impl Manifest {
    /// The newest description that this program knows.
    pub const SCHEMA: u32 = 1;

    /// Bytes of a manifest that are read: that of a thousand tracks has 2 MB.
    pub const MOST_BYTES: u64 = 64 << 20;

    /// Reads one.
    ///
    /// # Errors
    /// It is none, or one of a newer program.
    pub fn read(text: &str) -> Result<Self, BackupFault> {
        #[derive(Deserialize)]
        struct Schema {
            schema: u32,
        }
        let schema: Schema = serde_json::from_str(text).map_err(|error| BackupFault::Manifest(error.to_string()))?;
        if schema.schema > Self::SCHEMA {
            return Err(BackupFault::Newer(schema.schema));
        }
        let manifest: Self = serde_json::from_str(text).map_err(|error| BackupFault::Manifest(error.to_string()))?;
        let plain = |name: &str| !name.is_empty() && !name.contains(['/', '\\']) && name != "..";
        match manifest.parts.iter().flat_map(|part| &part.pieces).find(|piece| !plain(&piece.name)) {
            Some(piece) => Err(BackupFault::Suspicious(format!("{} is no name of a file", piece.name))),
            None => Ok(manifest),
        }
    }

    /// As written.
    pub fn write(&self) -> String {
        // Strings and numbers can always be written.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

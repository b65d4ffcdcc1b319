//! What the interface wants of the music library, and what it shows of it. Whoever runs the unit keeps the library; nothing
//! here touches a disk.

use axum::body::Bytes;
use serde::Serialize;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};

/// A good size for the queue of [`MusicOrder`]s: pieces of files are among them, and wait in memory.
pub const MUSIC_BACKLOG: usize = 16;

/// The library, as the interface reaches it.
#[derive(Debug, Clone)]
pub struct Music {
    /// What is to be done. Whoever takes them answers each, or drops what the answer goes through when the unit stops.
    pub orders: mpsc::Sender<MusicOrder>,
    /// Files on their way into the library, and the last that have come to an end; oldest first.
    pub imports: watch::Receiver<Arc<Vec<Import>>>,
    /// Bytes of the largest file that is taken.
    pub largest: u64,
}

/// Goes back to whoever asked.
pub type Answer<T> = oneshot::Sender<Result<T, MusicRefusal>>;

/// What is to be done with the library.
#[derive(Debug)]
pub enum MusicOrder {
    /// Tell every track.
    List(Answer<Vec<Track>>),
    /// Take a track out.
    Remove {
        /// Its number.
        number: u32,
        /// When it is out.
        answer: Answer<()>,
    },
    /// A file begins to come. Nobody wants it any more when the other end of `answer` is gone.
    Begin {
        /// Another number for each.
        upload: u64,
        /// The name of the file, without folders.
        name: String,
        /// The number of its import, once the file is there; or at any time before, why it is not taken.
        answer: Answer<u32>,
    },
    /// The next bytes of it.
    Piece {
        /// Of which file.
        upload: u64,
        /// The bytes.
        bytes: Bytes,
    },
    /// It is there.
    End {
        /// Which file.
        upload: u64,
    },
}

/// Why something was not done, in words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MusicRefusal {
    /// It is not there.
    Absent(String),
    /// Not now.
    Busy(String),
    /// The disk does not do it.
    Disk(String),
}

/// A track of the library.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Track {
    /// Its number.
    pub number: u32,
    /// What people call it.
    pub title: String,
    /// How long it plays.
    pub seconds: f64,
    /// How loud it is on a telephone, in LUFS.
    #[serde(rename = "loudness_lufs")]
    pub loudness: f32,
    /// What was done to its loudness, in dB.
    #[serde(rename = "gain_db")]
    pub gain: f32,
    /// When it was imported, in seconds since 1970.
    pub imported: u64,
}

/// A file on its way into the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Import {
    /// Its number; not that of a track.
    pub import: u32,
    /// The name of the file.
    pub name: String,
    /// How far it has come.
    #[serde(flatten)]
    pub stage: Stage,
}

/// How far an import has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "stage", rename_all = "kebab-case")]
pub enum Stage {
    /// The file is there; others are before it.
    Waiting,
    /// It is being prepared.
    Importing {
        /// How much of the work is done, 0 to 100.
        percent: u8,
    },
    /// It is in the library.
    Imported {
        /// As this track.
        track: u32,
    },
    /// It was not taken.
    Refused {
        /// Why.
        reason: String,
    },
}

impl Stage {
    /// Nothing more will happen.
    pub fn is_final(&self) -> bool {
        matches!(self, Stage::Imported { .. } | Stage::Refused { .. })
    }
}

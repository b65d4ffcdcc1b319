//! What the interface wants of updates of the whole system, and what it shows of them. Whoever runs the unit carries them out; nothing
//! here touches a disk.

use axum::body::Bytes;
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

/// A good size for the queue of [`UpdateOrder`]s: pieces of bundles are among them, and wait in memory.
pub const UPDATE_BACKLOG: usize = 16;

/// Updates, as the interface reaches them.
#[derive(Debug, Clone)]
pub struct Updates {
    /// What is to be done. Whoever takes them answers, or drops what the answer goes through when the unit stops.
    pub orders: mpsc::Sender<UpdateOrder>,
    /// Bytes of the largest bundle that is taken.
    pub largest: u64,
}

/// Why something was not done, in words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpdateRefusal {
    /// Not now, or not on this machine.
    Busy(String),
    /// The disk does not do it.
    Disk(String),
}

/// What is to be done.
#[derive(Debug)]
pub enum UpdateOrder {
    /// A bundle begins to come. Nobody wants it any more when the other end of `answer` is gone.
    Begin {
        /// Another number for each.
        upload: u64,
        /// Once it is there, or at any time before why it is not taken.
        answer: oneshot::Sender<Result<(), UpdateRefusal>>,
    },
    /// The next bytes of it.
    Piece {
        /// Of which bundle.
        upload: u64,
        /// The bytes.
        bytes: Bytes,
    },
    /// It is there.
    End {
        /// Which bundle.
        upload: u64,
    },
    /// An installed version is to be begun.
    Start {
        /// At once; otherwise when the last call has ended, and none is parked any more until then.
        now: bool,
    },
    /// An installed version is not to be begun.
    Keep,
}

/// How an update stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UpdateStatus {
    /// `idle`, `installing`, `waiting-for-time`, `waiting-for-calls`, `restarting`, `proving`.
    pub stage: &'static str,
    /// The version in use.
    pub version: String,
    /// The version that is to take its place.
    pub next: Option<String>,
    /// How much of it is installed, 0 to 100, while it is.
    pub percent: Option<u8>,
    /// What came of the last one, or why it waits.
    pub text: Option<String>,
}

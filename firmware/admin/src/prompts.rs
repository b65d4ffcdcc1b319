//! What the interface wants of the unit's own recordings. Whoever runs the unit keeps them; nothing here touches a disk.

use axum::body::Bytes;
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

/// A good size for the queue of [`PromptOrder`]s: each may hold a file.
pub const PROMPT_BACKLOG: usize = 4;

/// The recordings, as the interface reaches them.
#[derive(Debug, Clone)]
pub struct Prompts {
    /// What is to be done. Whoever takes them answers each, or drops what the answer goes through when the unit stops.
    pub orders: mpsc::Sender<PromptOrder>,
    /// Bytes of the largest file that is taken.
    pub largest: usize,
}

/// Goes back to whoever asked.
pub type PromptAnswer<T> = oneshot::Sender<Result<T, PromptRefusal>>;

/// Why something was not done, in words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromptRefusal {
    /// It is not there.
    Absent(String),
    /// The file, its language or its name is not taken.
    Unfit(String),
    /// The disk does not do it.
    Disk(String),
}

/// What is to be done with the recordings.
#[derive(Debug)]
pub enum PromptOrder {
    /// Tell every one.
    List(PromptAnswer<Vec<Prompt>>),
    /// Take one in, or refuse it.
    Add {
        /// Of the language: two letters.
        language: String,
        /// What it is a recording of: `digits/7`.
        name: String,
        /// The file.
        bytes: Bytes,
        /// Once it is in its place.
        answer: PromptAnswer<Prompt>,
    },
    /// Take one out.
    Remove {
        /// Of the language.
        language: String,
        /// What it is a recording of.
        name: String,
        /// When it is out.
        answer: PromptAnswer<()>,
    },
}

/// A recording.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prompt {
    /// Two letters.
    pub language: String,
    /// What it is a recording of.
    pub name: String,
    /// How long it is; none where it cannot be heard.
    pub seconds: Option<f64>,
    /// Why it is not heard, in words; the built-in word is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

//! Overhead pages: what is said, when again, and until when. The engine decides, the player renders.
//!
//! Pure: no clock, thread or device. `now` is the monotonic time since the unit started.
#![deny(clippy::wildcard_enum_match_arm)]

mod arbiter;
mod bell;
mod built_in;
mod chain;
mod clarity;
mod command;
mod ducking;
mod filter;
mod leveller;
mod music;
mod numbers;
mod outlet;
mod paging;
mod player;
mod recorded;
mod recording;
mod script;
mod talk;
mod vocabulary;
mod voice;
mod wake;
mod word;

pub use arbiter::{Arbiter, Level, SourceId};
pub use command::{Command, Event, PageId, Ruling};
pub use orbitbox_audio::{Language, Numbers};
pub use paging::{Announcement, Paging};
pub use player::{BLOCK, BLOCK_TIME, Player};
pub use recording::{RecordingFault, fitted, recording_name};
pub use script::{Part, Script};
pub use vocabulary::Vocabulary;
pub use voice::Voice;
pub use wake::{AmplifierOrder, Wake};
pub use word::{Word, slug};

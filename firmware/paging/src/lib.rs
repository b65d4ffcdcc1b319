//! Overhead pages: what is said, when again, and until when. The engine decides, the player renders.
//!
//! Pure: no clock, thread or device. `now` is the monotonic time since the unit started.
#![deny(clippy::wildcard_enum_match_arm)]

mod arbiter;
mod bell;
mod chain;
mod command;
mod leveller;
mod paging;
mod player;
mod script;
mod talk;
mod voice;
mod wake;

pub use arbiter::{Arbiter, Level, SourceId};
pub use command::{Command, Event, PageId, Ruling};
pub use orbitbox_audio::Language;
pub use paging::{Announcement, Paging};
pub use player::{BLOCK, BLOCK_TIME, Player};
pub use script::{Part, Script, Word};
pub use voice::Voice;
pub use wake::{AmplifierOrder, Wake};

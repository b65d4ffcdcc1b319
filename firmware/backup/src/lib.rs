//! Backup of a unit to a stick, and back.
//!
//! A backup is a *generation*: a folder of compressed archives that any desk computer can open, and a manifest that is
//! written last, when everything has been read back from the stick and found right. What has no manifest is no backup.
//!
//! Files and blocking calls; no clock, thread or socket.

mod archive;
mod fault;
mod generations;
mod manifest;
mod pieces;
mod restore;
mod secrets;
mod sources;
mod stick;
mod take;
mod verify;

pub use fault::BackupFault;
pub use generations::{Generation, Keep, generations, make_room};
pub use manifest::{FileEntry, Manifest, PartEntry, Piece};
pub use restore::{Restored, recover, restore};
pub use secrets::{with_secrets_struck_out, without_secrets};
pub use sources::{Part, Sources};
pub use stick::{Folder, Stick, StickWrite};
pub use take::{Order, take};
pub use verify::verify;

/// The folder of all backups on a stick.
pub const ROOT: &str = "orbitbox-backup";

/// Marks a stick as meant for backups; whatever is in it.
pub const MARK: &str = "orbitbox-backup/STICK";

//! Park logic: who waits on which orbit, who may take them, and what happens when nobody does.
//!
//! Pure: no clock, thread, socket or dependency. `now` is the monotonic time since the unit started.
#![deny(clippy::wildcard_enum_match_arm)]

mod action;
mod event;
mod lot;
mod orbit;
mod party;
mod rejection;
mod resolution;
mod view;

pub use action::{Action, DialPurpose, HangupCause, Notice};
pub use event::{Event, Place, RetrieveBy, Which};
pub use lot::{Choice, Lot, LotId, Ringback};
pub use orbit::{OrbitNumber, OrbitNumberFault};
pub use party::{LegId, Party, Token};
pub use rejection::Rejection;
pub use resolution::Resolution;
pub use view::{CallState, CallView, OrbitState, OrbitView};

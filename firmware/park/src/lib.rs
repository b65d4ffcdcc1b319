//! Park logic: who waits on which orbit, who may take them, and what happens when nobody does.
//!
//! Pure: no clock, thread, socket or dependency. `now` is the monotonic time since the unit started.
#![deny(clippy::wildcard_enum_match_arm)]

mod action;
mod choose;
mod event;
mod fault;
mod lot;
mod occupancy;
mod orbit;
mod parked_call;
mod party;
mod random;
mod rejection;
mod resolution;
mod server;
mod transitions;
mod view;

pub use action::{Action, DialPurpose, HangupCause, Notice};
pub use event::{Event, Place, RetrieveBy, Which};
pub use fault::LotFault;
pub use lot::{Choice, Lot, LotId, Ringback};
pub use orbit::{OrbitNumber, OrbitNumberFault};
pub use party::{LegId, Party, Token};
pub use rejection::Rejection;
pub use resolution::Resolution;
pub use server::ParkServer;
pub use view::{CallState, CallView, OrbitState, OrbitView};

//! Park logic: who waits on which orbit, who may take them, and what happens when nobody does.
//!
//! Pure: no clock, thread, socket or dependency. `now` is the monotonic time since the unit started.
//!
//! Give [`ParkServer`] an [`Event`] or its timeout, carry out every [`Action`], ask for the next deadline:
//!
//! ```
//! use orbitbox_park::{Action, Choice, Event, Lot, LotId, ParkServer, Party, Place, Ringback};
//! use std::time::Duration;
//!
//! let minutes = |count: u64| Duration::from_secs(60 * count);
//! let lot = Lot {
//!     name: "Warehouse".to_owned(),
//!     orbits: vec!["71".parse().unwrap(), "72".parse().unwrap()],
//!     choice: Choice::default(),
//!     capacity: 1,
//!     ringback: Ringback { after: minutes(1), ring_for: minutes(1), attempts: 3, interval: minutes(1) },
//!     fallback: None,
//!     reservation_grace: minutes(1),
//!     cool_down: minutes(1),
//!     max_life: minutes(20),
//! };
//! let mut server = ParkServer::new(vec![lot], 1).unwrap();
//! let leg = server.next_leg();
//! let place = Place::Lot(LotId(0));
//! server.handle(minutes(0), Event::ParkRequested { leg, caller: Party::default(), parker: None, place });
//! assert!(matches!(server.poll_action(), Some(Action::Hold { parkee, .. }) if parkee == leg));
//! assert!(matches!(server.poll_action(), Some(Action::Notify(_))));
//! assert_eq!(server.poll_timeout(), Some(minutes(1)));
//! ```
//!
//! A call waits (`Holding`), is being moved to somebody (`Transferring`), or hears the apology. A transfer is the same
//! thing whoever it goes to: it keeps the orbit until it connects, and when it fails the call waits on.
#![deny(clippy::wildcard_enum_match_arm)]

mod action;
mod choose;
mod event;
mod fault;
mod kept;
mod lot;
mod lots_changed;
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
pub use kept::KeptCall;
pub use lot::{Choice, Lot, LotId, Ringback};
pub use orbit::{OrbitNumber, OrbitNumberFault};
pub use party::{LegId, Party, Token};
pub use rejection::Rejection;
pub use resolution::Resolution;
pub use server::ParkServer;
pub use view::{CallState, CallView, OrbitState, OrbitView};

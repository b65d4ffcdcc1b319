//! Keys, lamps and digits as one thing: edges become gestures, gestures become intents; orbits become a face.
//!
//! Pure: no clock, thread or pin. `now` is the monotonic time since the unit started.
#![deny(clippy::wildcard_enum_match_arm)]

mod contact;
mod digits;
mod face;
mod gesture;
mod intent;
mod key;
mod orbit_board;
mod panel;

pub use contact::ContactEdge;
pub use face::{Face, Lamp};
pub use gesture::Gesture;
pub use intent::Intent;
pub use key::{Key, KeyEdge};
pub use panel::Panel;

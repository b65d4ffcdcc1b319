//! Keys, lamps and digits as one thing: edges become gestures, gestures become intents; orbits become a face.
//!
//! Pure: no clock, thread or pin. `now` is the monotonic time since the unit started.
#![deny(clippy::wildcard_enum_match_arm)]

mod face;
mod intent;
mod key;

pub use face::{Face, Lamp};
pub use intent::Intent;
pub use key::{Key, KeyEdge};

//! The front of the unit: digits, lamps and keys, whatever chips they hang on.

mod blink;
mod chip;
mod driven;
mod layout;
mod matrix;
mod open;
mod part;
mod scan;
mod wired;

pub use blink::is_lit;
pub use chip::{Answer, Chip, Contacts};
pub use layout::{Layout, Picture, Spot};
pub use matrix::doubtful;
pub use open::{answers, wired};
pub use part::{Opener, Part};
pub use scan::Scan;
pub use wired::WiredFront;

//! The front of the unit: digits, lamps and keys, whatever chip they hang on.

mod blink;
mod layout;
mod matrix;
mod open;
mod scan;
mod wired;

pub use blink::{is_lit, next_change};
pub use layout::{Layout, LayoutFault, Spot};
pub use matrix::doubtful;
pub use open::{RealFront, answers, open};
pub use scan::Scan;
pub use wired::WiredFront;

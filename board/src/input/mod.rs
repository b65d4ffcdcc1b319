//! Keys of input devices: a keypad or a handset at USB.

mod code;
mod device;
mod follow;

pub use code::KeyCode;
pub use device::{KeyDevice, devices};
pub use follow::{Follower, Happened};

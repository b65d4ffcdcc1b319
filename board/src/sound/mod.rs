//! The speaker role.

pub mod alsa;
mod pace;
pub mod silent;
pub mod speaker;
pub mod tee;
pub mod wav;

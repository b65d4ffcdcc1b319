//! The speaker and microphone roles.

pub mod alsa;
pub mod looped;
pub mod microphone;
mod pace;
pub mod silent;
pub mod speaker;
pub mod tee;
pub mod wav;

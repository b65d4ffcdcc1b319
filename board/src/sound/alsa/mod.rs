//! Sound cards through ALSA, by name. They may come and go.

mod device;
pub mod microphone;
mod reopened;
pub mod speaker;

//! Sound cards through ALSA, by name. They may come and go.

mod device;
pub mod microphone;
pub(crate) mod mixer;
mod reopened;
pub mod speaker;

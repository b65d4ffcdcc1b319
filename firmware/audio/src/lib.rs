//! Sound as samples: codecs, levels, tones, files in memory. Bytes and samples in, bytes and samples out.
//!
//! Pure: no clock, thread, file or device. Everything is mono.

mod chain_settings;
pub mod codec;
pub mod convert;
pub mod decode;
pub mod detect;
pub mod echo;
pub mod frame;
pub mod frames;
pub mod gain;
mod language;
pub mod limiter;
mod pcm;
pub mod prepare;
pub mod resample;
pub mod tone;
pub mod wav;

pub use chain_settings::{ChainSettings, Equalizer};
pub use language::{Language, Numbers};
pub use pcm::Pcm;

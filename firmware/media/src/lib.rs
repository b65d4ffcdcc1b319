//! RTP media: SDP offer and answer for the control plane; packets and ticks in, packets and events out for the audio plane.
//!
//! Pure: no clock, thread or socket. `now` is the monotonic time since the unit started.
#![deny(clippy::wildcard_enum_match_arm)]

mod command;
mod engine;
mod library;
pub mod rtp;
mod sdp;
mod stats;

pub use command::{ClipId, Codec, Command, Direction, Event, Negotiated, Source, StreamId};
pub use engine::{AudioEngine, MOST_EVENTS, MOST_STREAMS, SLOTS};
pub use library::{Library, Track};
pub use sdp::{Negotiation, SdpFault};
pub use stats::{EngineStats, StreamStats};

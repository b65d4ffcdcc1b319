//! RTP media: SDP offer and answer for the control plane; packets and ticks in, packets and events out for the audio plane.
//!
//! Pure: no clock, thread or socket. `now` is the monotonic time since the unit started.
#![deny(clippy::wildcard_enum_match_arm)]

mod built_in;
mod command;
mod engine;
mod inlets;
mod library;
mod live;
mod overhead;
pub mod poly;
mod recording;
mod rtcp;
pub mod rtp;
mod sdp;
pub mod srtp;
mod stats;

pub use built_in::built_in_music;
pub use command::{ClipId, Command, Direction, Event, KeyEvents, Keys, MusicId, Negotiated, Source, StreamId};
pub use engine::{AudioEngine, Channel, MOST_EVENTS, MOST_RECORDINGS, MOST_STREAMS, SLOTS};
pub use inlets::{Encoded, InletEvent, InletId, InletKind, InletStats, Inlets};
pub use library::{Library, Music, Track};
pub use live::LiveFrame;
pub use orbitbox_audio::codec::Codec;
pub use overhead::{OVERHEAD_RATE, OVERHEAD_SAMPLES};
pub use sdp::{MediaRecord, Negotiation, Protection, SdpFault, SettledRecord, Terms};
pub use stats::{EngineStats, Far, StreamStats};

//! RTP (RFC 3550): packets, and what one stream remembers between them.

mod crossing;
mod hearing;
mod incoming;
mod jitter;
mod latch;
mod outgoing;
mod packet;
mod player;
mod stream;

pub(crate) use hearing::Hearing;
pub use packet::{Header, NotRtp, Packet, is_report};
pub(crate) use stream::{Kind, Relayed, Stream, Tick};

/// Bytes of the header we write.
pub const HEADER_BYTES: usize = 12;

/// Bytes of the largest payload that is relayed: 180 ms of G.711, and still one datagram on any link when it is encrypted.
pub const MOST_PAYLOAD: usize = 1440;

use crate::Codec;
pub use crate::rtcp::Far;
use std::net::SocketAddr;
use std::time::Duration;

/// What a stream has done so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StreamStats {
    /// Our RTP port.
    pub port: u16,
    /// In which of the slots it sends, 0 to 19.
    pub slot: u32,
    /// Packets of sound and telephone events taken from the other side.
    pub packets_in: u64,
    /// Packets sent, relayed ones among them.
    pub packets_out: u64,
    /// Packets missing in the other side's numbering.
    pub lost_in: u64,
    /// Packets that came too late to be played; only where they are decoded here.
    pub late_in: u64,
    /// How unevenly packets come (RFC 3550 section 6.4.1).
    pub jitter_in: Duration,
    /// What the other side says of ours (RTCP), once it has.
    pub far: Option<Far>,
    /// What was agreed, once it was.
    pub codec: Option<Codec>,
    /// Both ways are encrypted.
    pub protected: bool,
    /// Datagrams not taken: no RTP, with a wrong tag, unknown payload type, another source, too large, before offer and answer.
    pub ignored_in: u64,
    /// Where the other side's packets come from, once there were any.
    pub source: Option<SocketAddr>,
    /// Where ours go.
    pub destination: Option<SocketAddr>,
}

/// What the engine as a whole has refused, since its limits were reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EngineStats {
    /// Streams not opened.
    pub streams_refused: u64,
    /// Events nobody fetched in time.
    pub events_lost: u64,
    /// Datagrams for streams that do not exist.
    pub packets_astray: u64,
}

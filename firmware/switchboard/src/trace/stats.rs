//! How it stood with a stream.

use orbitbox_media::{Codec, Far, StreamStats};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::time::Duration;

const CODECS: [Codec; 4] = [Codec::Pcmu, Codec::Pcma, Codec::G722, Codec::Opus];

/// A [`StreamStats`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stats {
    port: u16,
    slot: u32,
    packets_in: u64,
    packets_out: u64,
    lost_in: u64,
    late_in: u64,
    jitter_in: Duration,
    /// Lost, jitter, there and back.
    far: Option<(u64, u32, Option<Duration>)>,
    codec: Option<String>,
    protected: bool,
    ignored_in: u64,
    source: Option<SocketAddr>,
    destination: Option<SocketAddr>,
}

impl Stats {
    pub fn of(stats: &StreamStats) -> Self {
        let StreamStats { port, slot, packets_in, packets_out, lost_in, late_in, jitter_in, .. } = *stats;
        let StreamStats { far, codec, protected, ignored_in, source, destination, .. } = *stats;
        let far = far.map(|Far { lost, jitter, round_trip }| (lost, jitter, round_trip));
        let codec = codec.map(|codec| codec.name().to_owned());
        Self {
            port,
            slot,
            packets_in,
            packets_out,
            lost_in,
            late_in,
            jitter_in,
            far,
            codec,
            protected,
            ignored_in,
            source,
            destination,
        }
    }

    pub fn read(&self) -> StreamStats {
        StreamStats {
            port: self.port,
            slot: self.slot,
            packets_in: self.packets_in,
            packets_out: self.packets_out,
            lost_in: self.lost_in,
            late_in: self.late_in,
            jitter_in: self.jitter_in,
            far: self.far.map(|(lost, jitter, round_trip)| Far { lost, jitter, round_trip }),
            codec: CODECS.into_iter().find(|codec| Some(codec.name()) == self.codec.as_deref()),
            protected: self.protected,
            ignored_in: self.ignored_in,
            source: self.source,
            destination: self.destination,
        }
    }
}

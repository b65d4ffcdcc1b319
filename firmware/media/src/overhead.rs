//! What one party says, for the overhead speaker.

use crate::rtp::{Hearing, Kind, Packet};
use crate::{Codec, StreamId};
use std::time::Duration;

/// Samples a second of what goes to the speaker.
pub const OVERHEAD_RATE: u32 = 48_000;
/// 20 ms of it.
pub const OVERHEAD_SAMPLES: usize = 960;

/// The stream that is heard overhead.
#[derive(Debug)]
pub(crate) struct Overhead {
    pub stream: StreamId,
    /// Made for the codec of the first packet, and again where another one comes.
    hearing: Option<(Codec, Box<Hearing>)>,
}

impl Overhead {
    pub fn new(stream: StreamId) -> Self {
        Self { stream, hearing: None }
    }

    pub fn hear(&mut self, now: Duration, packet: &Packet<'_>, kind: Kind) {
        match kind {
            Kind::Sound(codec) => {
                if self.hearing.as_ref().is_none_or(|(known, _)| *known != codec) {
                    self.hearing = Some((codec, Box::new(Hearing::new(codec, OVERHEAD_RATE))));
                }
                if let Some((_, hearing)) = &mut self.hearing {
                    hearing.hear(now, packet.header.ssrc, packet.header.sequence, packet.payload);
                }
            }
            Kind::ComfortNoise => {
                if let Some((_, hearing)) = &mut self.hearing {
                    hearing.rest(packet.payload);
                }
            }
            Kind::KeyEvent(_) => {}
        }
    }

    /// The next 20 ms; `false` while nothing is said.
    pub fn fill(&mut self, now: Duration, samples: &mut [i16; OVERHEAD_SAMPLES]) -> bool {
        self.hearing.as_mut().is_some_and(|(_, hearing)| hearing.fill(now, samples))
    }
}

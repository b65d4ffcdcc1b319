//! What a telephone has heard lately.

use orbitbox_audio::codec::{pcma, pcmu};
use orbitbox_media::rtp::Packet;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// The last second of what a telephone has heard, 8000 Hz.
#[derive(Debug, Clone, Default)]
pub struct Ear(Arc<Mutex<VecDeque<i16>>>);

impl Ear {
    const KEPT: usize = 8_000;

    /// Decodes one RTP packet; anything else than G.711 is not heard.
    pub(super) fn hear(&self, packet: &[u8]) {
        let Ok(packet) = Packet::read(packet) else { return };
        let decode: fn(u8) -> i16 = match packet.header.payload_type {
            0 => pcmu::decode,
            8 => pcma::decode,
            _ => return,
        };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(packet.payload.iter().map(|byte| decode(*byte)));
        let surplus = kept.len().saturating_sub(Self::KEPT);
        kept.drain(..surplus);
    }

    /// The last samples, oldest first.
    pub fn samples(&self) -> Vec<i16> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }

    /// Forgets everything heard so far.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

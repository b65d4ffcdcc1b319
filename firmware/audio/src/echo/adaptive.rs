//! An adaptive filter that learns the room, with a suppressor for what it cannot model. Both sides may talk.

use super::{BLOCK, EchoCanceller, HalfDuplex, RATE};
use sonora::config::{EchoCanceller as Cancelling, NoiseSuppression};
use sonora::{AudioProcessing, Config, StreamConfig};

/// Finds the delay of card and room by itself, up to about half a second. A suppressor of steady noise stands behind it: it
/// takes away what the filter leaves, and the ventilators of a hall. Delays by 8 ms; nothing below 100 Hz comes through.
#[derive(Debug)]
pub struct AdaptiveCanceller {
    room: AudioProcessing,
    half_duplex: HalfDuplex,
}

impl Default for AdaptiveCanceller {
    fn default() -> Self {
        let config = Config {
            echo_canceller: Some(Cancelling::default()),
            noise_suppression: Some(NoiseSuppression::default()),
            ..Config::default()
        };
        let mono = StreamConfig::new(RATE, 1);
        let room = AudioProcessing::builder().config(config).capture_config(mono).render_config(mono).build();
        Self { room, half_duplex: HalfDuplex::default() }
    }
}

impl EchoCanceller for AdaptiveCanceller {
    fn process(&mut self, near: &mut [f32; BLOCK], far: &[f32; BLOCK]) {
        // What has gone to the loudspeaker already is not changed any more.
        let (heard, mut unused) = (*near, [0.0; BLOCK]);
        let learned = self.room.process_render_f32(&[far], &mut [&mut unused]);
        let cancelled = learned.and_then(|()| self.room.process_capture_f32(&[&heard], &mut [near]));
        if cancelled.is_err() {
            *near = heard;
            self.half_duplex.process(near, far);
        }
    }
}

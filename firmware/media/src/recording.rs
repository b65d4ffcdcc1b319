//! What one party says, kept.

use crate::StreamId;
use crate::overhead::{OVERHEAD_RATE, OVERHEAD_SAMPLES, Overhead};
use crate::rtp::{Kind, Packet};
use std::sync::Arc;
use std::time::Duration;

/// Softer frames than this (RMS, of 1.0) are silence: -45 dB.
const SOFTEST: f32 = 0.0056;
/// Frames that are kept of the silence before the first word, and of that after the last.
const BEFORE: usize = 5;
const AFTER: usize = 10;
/// Nobody says anything in fewer frames: a click.
const LEAST: usize = 10;
const LONGEST: Duration = Duration::from_secs(120);

/// What has been said so far.
#[derive(Debug)]
pub(crate) struct Recording {
    overhead: Overhead,
    samples: Vec<i16>,
    most: usize,
    /// Frames that are not silent.
    spoken: usize,
    /// Where the last of them ends.
    last: usize,
}

impl Recording {
    /// The memory for all of it is taken now, so that no frame has to.
    pub fn new(stream: StreamId, longest: Duration) -> Self {
        let most = longest.min(LONGEST).as_millis() as usize * OVERHEAD_RATE as usize / 1_000;
        Self { overhead: Overhead::new(stream), samples: Vec::with_capacity(most), most, spoken: 0, last: 0 }
    }

    pub fn hear(&mut self, now: Duration, packet: &Packet<'_>, kind: Kind) {
        self.overhead.hear(now, packet, kind);
    }

    /// 20 ms are over.
    pub fn keep(&mut self, now: Duration) {
        let mut frame = [0; OVERHEAD_SAMPLES];
        self.overhead.fill(now, &mut frame);
        let spoken = power(&frame) >= SOFTEST * SOFTEST;
        if self.spoken == 0 && !spoken && self.samples.len() >= BEFORE * OVERHEAD_SAMPLES {
            self.samples.drain(..OVERHEAD_SAMPLES);
        }
        if self.samples.len() + OVERHEAD_SAMPLES > self.most {
            return;
        }
        self.samples.extend_from_slice(&frame);
        if spoken {
            self.spoken += 1;
            self.last = self.samples.len();
        }
    }

    /// All of it.
    pub fn finish(mut self) -> Arc<Vec<i16>> {
        let end = if self.spoken < LEAST { 0 } else { self.last + AFTER * OVERHEAD_SAMPLES };
        self.samples.truncate(end);
        Arc::new(self.samples)
    }
}

fn power(frame: &[i16]) -> f32 {
    let sum: f32 = frame.iter().map(|sample| f32::from(*sample) * f32::from(*sample)).sum();
    sum / frame.len().max(1) as f32 / (32_768.0 * 32_768.0)
}

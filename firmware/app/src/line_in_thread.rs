//! The thread that hears live music and encodes it, once for all callers.

use crate::overhead::Speaking;
use orbitbox_audio::codec::Encoder;
use orbitbox_audio::convert::Converter;
use orbitbox_board::{BLOCK, Microphone, RATE};
use orbitbox_media::{Codec, Command, LiveFrame};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

/// Samples of 20 ms at the rate of the card.
const FRAME: usize = 2 * BLOCK;

/// Everything the thread owns.
pub struct LineInThread {
    source: Box<dyn Microphone>,
    codecs: [(Converter, Encoder); Codec::ALL.len()],
    orders: mpsc::Sender<Command>,
    overhead: Option<Speaking>,
}

impl LineInThread {
    /// What `source` hears goes to `orders`, and as it is to `overhead`; `run` is to be called on a thread of its own.
    pub fn new(source: Box<dyn Microphone>, orders: mpsc::Sender<Command>, overhead: Option<Speaking>) -> Self {
        let codecs = Codec::ALL.map(|codec| {
            let encoder = Encoder::for_music(codec);
            (Converter::new(RATE, encoder.sample_rate()), encoder)
        });
        Self { source, codecs, orders, overhead }
    }

    /// Runs until nobody takes orders any more. The card sets the pace; one that has gone is opened again behind `read`.
    pub fn run(mut self) {
        let mut samples = [0; FRAME];
        loop {
            for half in samples.chunks_exact_mut(BLOCK) {
                let mut block = [0.0; BLOCK];
                if let Err(fault) = self.source.read(&mut block) {
                    tracing::warn!(%fault, "live music cannot be heard");
                }
                half.iter_mut().zip(block).for_each(|(whole, float)| *whole = (float * 32_767.0).round() as i16);
            }
            if let Some(overhead) = &mut self.overhead {
                overhead.put(samples);
            }
            let frame = self.encoded(&samples);
            // Where nobody takes it in time, it is too late for it anyway.
            if let Err(TrySendError::Closed(_)) = self.orders.try_send(Command::Live(Box::new(frame))) {
                return;
            }
        }
    }

    fn encoded(&mut self, samples: &[i16; FRAME]) -> LiveFrame {
        let mut codecs = self.codecs.iter_mut();
        LiveFrame::new(|_| {
            let Some((converter, encoder)) = codecs.next() else { return Vec::new() };
            let mut converted = [0; FRAME];
            let length = converter.convert(samples, &mut converted);
            let mut payload = [0; Encoder::MOST_BYTES];
            let length = encoder.encode(&converted[..length], &mut payload);
            payload[..length].to_vec()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::overhead::overhead;
    use orbitbox_audio::codec::Decoder;
    use orbitbox_audio::detect;
    use orbitbox_board::LoopedMicrophone;
    use std::thread;

    #[test]
    fn a_tone_at_the_socket_is_a_tone_in_every_codec() {
        let (orders, mut taken) = mpsc::channel(4);
        let (overhead, mut spoken) = overhead();
        let frames: Vec<Box<LiveFrame>> = thread::scope(|scope| {
            scope.spawn(|| LineInThread::new(Box::new(LoopedMicrophone::tone(600)), orders, Some(overhead)).run());
            let next = |_| match taken.blocking_recv() {
                Some(Command::Live(frame)) => frame,
                other => panic!("{other:?}"),
            };
            let frames = (0..25).map(next).collect();
            // It ends when nobody listens.
            drop(taken);
            frames
        });
        let played: Vec<i16> = std::iter::from_fn(|| spoken.take()).flatten().collect();
        assert!(played.len() >= 4 * FRAME);
        let level = detect::tone_db(&played, RATE, 600.0);
        assert!((level + 18.0).abs() < 1.0, "overhead: {level}");
        for codec in Codec::ALL {
            let mut decoder = Decoder::new(codec);
            let mut heard = Vec::new();
            for frame in &frames {
                let mut pcm = [0; Decoder::MOST_SAMPLES];
                let payload = frame.payload(codec).expect("in every codec");
                let length = decoder.decode(payload, &mut pcm).expect("readable");
                heard.extend_from_slice(&pcm[..length]);
            }
            let rate = codec.sample_rate();
            assert_eq!(heard.len(), 25 * codec.frame_samples());
            let level = detect::tone_db(&heard[rate as usize / 5..], rate, 600.0);
            assert!((level + 18.0).abs() < 1.0, "{codec:?}: {level}");
        }
    }
}

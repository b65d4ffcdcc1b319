use super::packet::{PolyHeader, PolyPacket, PolySound};
use orbitbox_audio::codec::{Codec, Encoder};
use orbitbox_audio::convert::Converter;
use std::collections::VecDeque;

/// Blocks of 10 ms between two alerts, or two ends.
const APART: u32 = 3;
const ALERTS: u32 = 31;
const ENDS: u32 = 12;
/// Blocks after the last sound before the first end.
const PAUSE: u32 = 5;
/// Blocks of silence after which the page is over, so that no last word is cut off.
const TAIL: u32 = 20;
/// Frames that wait while the phones are alerted; more than alerts and the ends of another page take.
const MOST_WAITING: usize = 100;

/// The samples of 10 ms at 48,000 Hz.
const BLOCK: usize = 480;

/// Makes pages to one channel of what is heard overhead.
///
/// Phones are alerted for almost a second before they take sound; until then it waits, and nothing of it is lost.
#[derive(Debug)]
pub struct PolySender {
    header: PolyHeader,
    encoder: Encoder,
    converter: Converter,
    /// At the rate of the codec.
    ready: Vec<i16>,
    waiting: VecDeque<Waiting>,
    previous: Vec<u8>,
    timestamp: u32,
    stage: Stage,
    /// Blocks since there was sound.
    silent: u32,
    datagram: Vec<u8>,
}

/// An encoded frame.
#[derive(Debug)]
struct Waiting {
    timestamp: u32,
    bytes: Vec<u8>,
    /// There has been no sound for so long that the page could end here.
    past: bool,
}

/// With blocks since it began.
#[derive(Debug, Clone, Copy)]
enum Stage {
    Silent,
    Alerting(u32),
    Talking(u32),
    Ending(u32),
}

impl PolySender {
    /// Of sound in G.711 µ-law or G.722; the first time stamp is random.
    pub fn new(header: PolyHeader, codec: Codec, timestamp: u32) -> Self {
        let codec = if codec == Codec::G722 { Codec::G722 } else { Codec::Pcmu };
        Self {
            header,
            encoder: Encoder::new(codec),
            converter: Converter::new(crate::OVERHEAD_RATE, codec.sample_rate()),
            ready: Vec::with_capacity(2 * BLOCK),
            waiting: VecDeque::with_capacity(MOST_WAITING + 1),
            previous: Vec::new(),
            timestamp,
            stage: Stage::Silent,
            silent: TAIL + 1,
            datagram: Vec::new(),
        }
    }

    /// The next 10 ms at 48,000 Hz; what is to be sent now goes to `send`, one datagram at most.
    pub fn block(&mut self, samples: &[i16; BLOCK], send: impl FnOnce(&[u8])) {
        let sounds = samples.iter().any(|sample| *sample != 0);
        self.silent = if sounds { 0 } else { self.silent.saturating_add(1) };
        self.encode(samples);
        if matches!(self.stage, Stage::Silent) && sounds {
            self.stage = Stage::Alerting(0);
        }
        let packet = match &mut self.stage {
            Stage::Silent => None,
            Stage::Alerting(blocks) => {
                let due = blocks.is_multiple_of(APART);
                *blocks += 1;
                if *blocks == ALERTS * APART {
                    self.previous.clear();
                    self.stage = Stage::Talking(0);
                }
                due.then_some(PolyPacket::Alert(self.header))
            }
            Stage::Talking(blocks) => {
                let due = blocks.is_multiple_of(2);
                *blocks += 1;
                if due && self.waiting.iter().all(|waiting| waiting.past) {
                    self.waiting.clear();
                    self.stage = Stage::Ending(0);
                } else if due && let Some(waiting) = self.waiting.pop_front() {
                    return self.transmit(&waiting, send);
                }
                None
            }
            Stage::Ending(blocks) => {
                let since = blocks.checked_sub(PAUSE);
                let due = since.is_some_and(|since| since.is_multiple_of(APART));
                *blocks += 1;
                if since == Some((ENDS - 1) * APART) {
                    // What was to be heard meanwhile is a page of its own.
                    self.stage = if self.waiting.is_empty() { Stage::Silent } else { Stage::Alerting(0) };
                }
                due.then_some(PolyPacket::End(self.header))
            }
        };
        if let Some(packet) = packet {
            packet.write(&mut self.datagram);
            send(&self.datagram);
        }
    }

    fn transmit(&mut self, waiting: &Waiting, send: impl FnOnce(&[u8])) {
        let length = self.previous.len();
        self.previous.extend_from_slice(&waiting.bytes);
        let (sound, timestamp) = (PolySound::Known(self.encoder.codec()), waiting.timestamp);
        let packet = PolyPacket::Transmit { header: self.header, sound, timestamp, frames: &self.previous };
        packet.write(&mut self.datagram);
        send(&self.datagram);
        self.previous.drain(..length);
    }

    /// Within a page silence is sent like sound: phones mind a leap in the time stamps.
    fn encode(&mut self, samples: &[i16; BLOCK]) {
        let mut converted = [0; BLOCK];
        let length = self.converter.convert(samples, &mut converted);
        self.ready.extend_from_slice(&converted[..length]);
        let codec = self.encoder.codec();
        if self.ready.len() < codec.frame_samples() {
            return;
        }
        let mut bytes = vec![0; Encoder::MOST_BYTES];
        let length = self.encoder.encode(&self.ready[..codec.frame_samples()], &mut bytes);
        bytes.truncate(length);
        self.ready.drain(..codec.frame_samples());
        let past = self.silent > TAIL;
        if !past || matches!(self.stage, Stage::Alerting(_) | Stage::Talking(_)) {
            self.waiting.push_back(Waiting { timestamp: self.timestamp, bytes, past });
        }
        if self.waiting.len() > MOST_WAITING {
            self.waiting.pop_front();
        }
        self.timestamp = self.timestamp.wrapping_add(codec.frame_clock());
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Caller, Frames};
    use super::*;
    use orbitbox_audio::codec::Decoder;
    use orbitbox_audio::{detect, tone};
    use std::time::Duration;

    fn header() -> PolyHeader {
        PolyHeader { channel: 26, serial: 0x0102_0304, caller: Caller::new("Orbitbox") }
    }

    /// Datagrams, each with the block in which it was sent.
    fn sent(sender: &mut PolySender, samples: &[i16]) -> Vec<(usize, Vec<u8>)> {
        let mut all = Vec::new();
        for (at, block) in samples.chunks_exact(BLOCK).enumerate() {
            sender.block(&std::array::from_fn(|n| block[n]), |bytes| all.push((at, bytes.to_vec())));
        }
        all
    }

    fn seconds(seconds: usize) -> Vec<i16> {
        vec![0; 48_000 * seconds]
    }

    fn tone(ms: u64) -> Vec<i16> {
        tone::sine(48_000, 1_000.0, -10.0, Duration::from_millis(ms)).samples
    }

    #[test]
    fn a_page_is_alerts_sound_and_ends_with_every_frame_twice() {
        for codec in [Codec::Pcmu, Codec::G722] {
            let mut sender = PolySender::new(header(), codec, u32::MAX - 400);
            let packets = sent(&mut sender, &[seconds(1), tone(600), seconds(3)].concat());
            let read: Vec<_> = packets.iter().map(|(at, bytes)| (*at, PolyPacket::read(bytes).unwrap())).collect();
            assert!(read.iter().all(|(_, packet)| *packet.header() == header()));
            let at = |wanted: fn(&PolyPacket<'_>) -> bool| -> Vec<usize> {
                read.iter().filter(|(_, packet)| wanted(packet)).map(|(at, _)| *at).collect()
            };
            let alerts = at(|packet| matches!(packet, PolyPacket::Alert(_)));
            assert_eq!(alerts, (0..31).map(|n| 100 + 3 * n).collect::<Vec<_>>());
            let sounds = at(|packet| matches!(packet, PolyPacket::Transmit { .. }));
            assert_eq!(sounds[0], 193);
            assert!(sounds.windows(2).all(|pair| pair[1] - pair[0] == 2));
            assert_eq!(sounds.len(), 30 + 10, "the tone and 200 ms after it");
            let ends = at(|packet| matches!(packet, PolyPacket::End(_)));
            let pause = ends[0] - sounds[sounds.len() - 1];
            assert!((5..=8).contains(&pause), "{pause}0 ms before the end");
            assert_eq!(ends, (0..12).map(|n| ends[0] + 3 * n).collect::<Vec<_>>());

            // What a phone makes of it that has lost every second packet.
            let (mut frames, mut decoder, mut heard) = (Frames::default(), Decoder::new(codec), Vec::new());
            let transmits = read.iter().filter_map(|(_, packet)| match packet {
                PolyPacket::Transmit { sound, timestamp, frames, .. } => Some((*sound, *timestamp, *frames)),
                PolyPacket::Alert(_) | PolyPacket::End(_) => None,
            });
            for (n, (sound, timestamp, bytes)) in transmits.enumerate() {
                assert_eq!(sound, PolySound::Known(codec));
                assert_eq!(bytes.len(), if n == 0 { 160 } else { 320 });
                if n > 0 && n % 2 == 0 {
                    continue;
                }
                for (_, frame) in frames.take(timestamp, bytes).into_iter().flatten() {
                    let mut pcm = [0; Decoder::MOST_SAMPLES];
                    let length = decoder.decode(frame, &mut pcm).unwrap();
                    heard.extend_from_slice(&pcm[..length]);
                }
            }
            let rate = codec.sample_rate();
            let level = detect::tone_db(&heard[rate as usize / 10..rate as usize / 2], rate, 1_000.0);
            assert!((level + 10.0).abs() < 1.0, "{codec:?}: {level} dB");
        }
    }

    #[test]
    fn a_short_silence_is_part_of_the_page_and_what_comes_after_the_end_is_another() {
        let mut sender = PolySender::new(header(), Codec::Pcmu, 0);
        // Silent for longer than the tail, but before the first word has even been sent.
        let packets = sent(&mut sender, &[tone(200), vec![0; 24_000], tone(200), seconds(2)].concat());
        let stamps: Vec<u32> = packets
            .iter()
            .filter_map(|(_, bytes)| match PolyPacket::read(bytes).unwrap() {
                PolyPacket::Transmit { timestamp, .. } => Some(timestamp),
                PolyPacket::Alert(_) | PolyPacket::End(_) => None,
            })
            .collect();
        assert_eq!(stamps.len(), (200 + 500 + 200 + 200) / 20);
        assert!(stamps.windows(2).all(|pair| pair[1] - pair[0] == 160), "{stamps:?}");
        // Somebody speaks while the ends are being sent.
        let packets = sent(&mut sender, &[tone(100), vec![0; 48_000 * 13 / 10], tone(100), seconds(4)].concat());
        let kinds: Vec<u8> = packets.iter().map(|(_, bytes)| bytes[0]).collect();
        let turns: Vec<u8> = kinds.chunk_by(|a, b| a == b).map(|turn| turn[0]).collect();
        assert_eq!(turns, [0x0f, 0x10, 0xff, 0x0f, 0x10, 0xff]);
        assert_eq!(kinds.iter().filter(|kind| **kind == 0x10).count(), 2 * (100 + 200) / 20);
    }

    #[test]
    fn in_silence_nothing_is_sent() {
        let mut sender = PolySender::new(header(), Codec::Pcmu, 0);
        assert!(sent(&mut sender, &seconds(5)).is_empty());
    }
}

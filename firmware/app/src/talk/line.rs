//! What the telephone of the talk station says and hears: the frames of the station, in packets.

use super::LineEnds;
use super::ends::FRAME;
use crate::phone::Sound;
use crate::system_random::SystemRandom;
use orbitbox_audio::codec::{Decoder, Encoder};
use orbitbox_audio::convert::Converter;
use orbitbox_audio::echo;
use orbitbox_media::rtp::{HEADER_BYTES, Header, Packet};
use orbitbox_media::{Codec, Negotiated};
use orbitbox_sip::Random;
use std::net::SocketAddr;

/// G.722 has the station's own sample rate.
const CODECS: [Codec; 3] = [Codec::G722, Codec::Pcmu, Codec::Pcma];
/// Lost packets that are guessed; after more a new stretch of sound has begun.
const MOST_GUESSES: u16 = 3;

/// The line of the talk station.
pub struct TalkLine {
    ends: LineEnds,
    call: Option<Call>,
}

struct Call {
    negotiated: Negotiated,
    encoder: Encoder,
    decoder: Decoder,
    /// From and to the rate of the codec.
    narrowed: Converter,
    widened: Converter,
    header: Header,
    /// The number of the packet that comes next.
    next: Option<u16>,
    /// What makes up no frame yet.
    ready: Vec<i16>,
}

impl TalkLine {
    /// A line that is free.
    pub fn new(ends: LineEnds) -> Self {
        Self { ends, call: None }
    }
}

impl Sound for TalkLine {
    fn codecs(&self) -> &[Codec] {
        &CODECS
    }

    fn begin(&mut self, _port: u16, negotiated: Negotiated) {
        // What was said before belongs to nobody.
        while self.ends.from_station.pop().is_ok() {}
        self.call = Some(Call::new(negotiated));
    }

    fn end(&mut self) {
        self.call = None;
    }

    fn hear(&mut self, _from: SocketAddr, packet: &mut [u8]) {
        let (Some(call), Ok(packet)) = (&mut self.call, Packet::read(packet)) else { return };
        call.hear(&packet);
        while call.ready.len() >= FRAME {
            let mut frame = [0; FRAME];
            frame.copy_from_slice(&call.ready[..FRAME]);
            call.ready.drain(..FRAME);
            // A station that does not play has no use for it later.
            self.ends.to_station.push(frame).ok();
        }
    }

    fn say(&mut self, send: &mut dyn FnMut(SocketAddr, &[u8])) {
        let Some(call) = &mut self.call else { return };
        // As many as there are: the sound card's clock is that of the stream.
        while let Ok(frame) = self.ends.from_station.pop() {
            call.say(&frame, send);
        }
    }
}

impl Call {
    fn new(negotiated: Negotiated) -> Self {
        let (codec, bits) = (negotiated.codec, SystemRandom::default().next());
        let header = Header {
            payload_type: negotiated.payload_type,
            marker: true,
            sequence: (bits >> 48) as u16,
            timestamp: 0,
            ssrc: bits as u32,
        };
        Self {
            negotiated,
            encoder: Encoder::new(codec),
            decoder: Decoder::new(codec),
            narrowed: Converter::new(echo::RATE, codec.sample_rate()),
            widened: Converter::new(codec.sample_rate(), echo::RATE),
            header,
            next: None,
            ready: Vec::with_capacity(2 * Decoder::MOST_SAMPLES),
        }
    }

    fn say(&mut self, frame: &[i16; FRAME], send: &mut dyn FnMut(SocketAddr, &[u8])) {
        let mut pcm = [0; FRAME];
        let samples = self.narrowed.convert(frame, &mut pcm);
        let mut packet = [0; HEADER_BYTES + Encoder::MOST_BYTES];
        packet[..HEADER_BYTES].copy_from_slice(&self.header.write());
        let length = self.encoder.encode(&pcm[..samples], &mut packet[HEADER_BYTES..]);
        send(self.negotiated.remote, &packet[..HEADER_BYTES + length]);
        self.header.marker = false;
        self.header.sequence = self.header.sequence.wrapping_add(1);
        self.header.timestamp = self.header.timestamp.wrapping_add(self.negotiated.codec.frame_clock());
    }

    /// Packets come in order, over loopback; what was lost before they came to the unit is guessed.
    fn hear(&mut self, packet: &Packet<'_>) {
        let sequence = packet.header.sequence;
        let lost = self.next.map_or(0, |next| sequence.wrapping_sub(next));
        if lost > u16::MAX / 2 {
            // Older than one that was played.
            return;
        }
        self.next = Some(sequence.wrapping_add(1));
        if packet.header.payload_type != self.negotiated.payload_type {
            return;
        }
        let mut pcm = [0; Decoder::MOST_SAMPLES];
        if lost <= MOST_GUESSES {
            for _ in 0..lost {
                let guess = &mut pcm[..self.negotiated.codec.frame_samples()];
                self.decoder.conceal(None, guess);
                self.ready.extend(widen(&mut self.widened, guess));
            }
        }
        if let Ok(samples) = self.decoder.decode(packet.payload, &mut pcm) {
            self.ready.extend(widen(&mut self.widened, &pcm[..samples]));
        }
    }
}

fn widen(converter: &mut Converter, pcm: &[i16]) -> impl Iterator<Item = i16> + use<> {
    let mut wide = [0; 2 * Decoder::MOST_SAMPLES];
    let length = converter.convert(pcm, &mut wide);
    wide.into_iter().take(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talk::{TalkEnds, rings};
    use orbitbox_audio::{detect, tone};
    use std::time::Duration;

    /// Two stations that talk with each other.
    fn pair(codec: Codec) -> [(TalkLine, TalkEnds); 2] {
        let payload_type = if codec == Codec::G722 { 9 } else { 0 };
        [4000, 4002].map(|port| {
            let (talk, line) = rings();
            let mut line = TalkLine::new(line);
            let remote = SocketAddr::from(([127, 0, 0, 1], port));
            line.begin(port, Negotiated::plain(codec, payload_type, remote));
            (line, talk)
        })
    }

    /// Says a second of a tone on the one side; returns what is played on the other, where some packets are lost.
    fn through(codec: Codec, is_lost: impl Fn(usize) -> bool) -> Vec<i16> {
        let [(mut one, mut talker), (mut other, mut listener)] = pair(codec);
        let tone = tone::sine(16_000, 700.0, -12.0, Duration::from_secs(1)).samples;
        let mut played = Vec::new();
        for (number, frame) in tone.as_chunks::<FRAME>().0.iter().enumerate() {
            talker.to_engine.push(*frame).expect("room for a frame");
            let mut packets = Vec::new();
            one.say(&mut |_, packet| packets.push(packet.to_vec()));
            assert_eq!(packets.len(), 1);
            let from = SocketAddr::from(([127, 0, 0, 1], 4000));
            packets.iter_mut().filter(|_| !is_lost(number)).for_each(|packet| other.hear(from, packet));
            played.extend(std::iter::from_fn(|| listener.from_engine.pop().ok()).flatten());
        }
        played
    }

    #[test]
    fn what_is_said_is_played_in_either_codec() {
        for codec in [Codec::G722, Codec::Pcmu] {
            let played = through(codec, |_| false);
            assert_eq!(played.len(), 16_000);
            let level = detect::tone_db(&played[1_600..], 16_000, 700.0);
            assert!((level + 12.0).abs() < 0.5, "{codec:?}: {level} dB");
        }
    }

    #[test]
    fn a_lost_packet_is_guessed_and_no_time_is_lost() {
        let played = through(Codec::G722, |number| number % 20 == 10);
        assert_eq!(played.len(), 16_000);
        let level = detect::tone_db(&played[1_600..], 16_000, 700.0);
        assert!((level + 12.0).abs() < 1.0, "{level} dB");
    }

    #[test]
    fn a_long_gap_is_no_loss_and_an_old_packet_is_not_played() {
        assert_eq!(through(Codec::G722, |number| (10..20).contains(&number)).len(), 40 * FRAME);
        let [(mut one, mut talker), (mut other, mut listener)] = pair(Codec::Pcmu);
        let mut packets = Vec::new();
        for _ in 0..2 {
            talker.to_engine.push([1000; FRAME]).expect("room for a frame");
            one.say(&mut |_, packet| packets.push(packet.to_vec()));
        }
        let from = SocketAddr::from(([127, 0, 0, 1], 4000));
        for order in [1, 0, 1] {
            other.hear(from, &mut packets[order].clone());
        }
        assert_eq!(std::iter::from_fn(|| listener.from_engine.pop().ok()).count(), 1);
    }

    #[test]
    fn a_line_that_is_free_takes_nothing_and_says_nothing() {
        let [(mut one, mut talker), _] = pair(Codec::G722);
        one.end();
        talker.to_engine.push([1000; FRAME]).expect("room for a frame");
        one.say(&mut |_, _| panic!("a packet"));
        let [(mut other, mut speaking), _] = pair(Codec::G722);
        speaking.to_engine.push([1000; FRAME]).expect("room for a frame");
        let mut packets = Vec::new();
        other.say(&mut |_, packet| packets.push(packet.to_vec()));
        one.hear(SocketAddr::from(([127, 0, 0, 1], 4000)), &mut packets[0]);
        assert!(talker.from_engine.is_empty());
        // What was said before a call is not heard in it.
        one.begin(4000, Negotiated::plain(Codec::Pcmu, 0, SocketAddr::from(([127, 0, 0, 1], 4000))));
        one.say(&mut |_, _| panic!("a packet"));
    }
}

//! What is heard overhead, sent to the loudspeakers and phones of the network as well.

use crate::sockets::own_addresses;
use crate::system_random::SystemRandom;
use anyhow::{Context, Result};
use orbitbox_audio::codec::{Codec, Encoder};
use orbitbox_audio::convert::Converter;
use orbitbox_board::{BLOCK, RATE};
use orbitbox_config::{MulticastSettings, PolySettings, SipSettings, Unit};
use orbitbox_media::poly::{Caller, PolyHeader, PolySender};
use orbitbox_media::rtp::{HEADER_BYTES, Header};
use orbitbox_sip::Random;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

/// Silent blocks of 10 ms after which nothing is sent, so that no last word is cut off.
const TAIL: u32 = 20;
/// Blocks after which it is looked anew which interface leads to the groups: 5 s.
const LOOKS_EVERY: u32 = 500;

/// Sends pages to multicast groups, as RTP (RFC 3551) and as pages of Poly phones, as long as they are not silent.
pub struct Multicast {
    sip: SipSettings,
    rtp: Option<(Way, Packets)>,
    poly: Option<(Way, PolySender)>,
    blocks: u32,
}

impl Multicast {
    /// To the groups that the configuration names. `own` is the SSRC, and the serial number among Poly phones.
    ///
    /// # Errors
    /// No socket can be bound.
    pub fn new(unit: &Unit, own: u32) -> Result<Self> {
        let from = source(&unit.sip);
        let rtp = unit.page.multicast.as_ref().map(|settings| rtp(from, settings, own));
        let poly = unit.poly.as_ref().and_then(|settings| Some(poly(from, settings, settings.send?, own)));
        Ok(Self {
            sip: unit.sip.clone(),
            rtp: rtp.transpose().context("page.multicast")?,
            poly: poly.transpose().context("poly.send")?,
            blocks: 0,
        })
    }

    /// The network may have come after the unit, or with another address.
    fn look(&mut self) {
        self.blocks += 1;
        if !self.blocks.is_multiple_of(LOOKS_EVERY) {
            return;
        }
        let from = source(&self.sip);
        let ways = self.rtp.as_mut().map(|(way, _)| way).into_iter().chain(self.poly.as_mut().map(|(way, _)| way));
        for way in ways.filter(|way| way.from != from) {
            // Without the new one the old one is as good as before.
            if let Ok(new) = Way::new(from, way.groups.clone(), way.ttl) {
                *way = new;
            }
        }
    }

    /// The next 10 ms.
    pub fn send(&mut self, block: &[f32; BLOCK]) {
        self.look();
        let samples = block.map(|sample| (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16);
        if let Some((way, packets)) = &mut self.rtp
            && let Some(packet) = packets.next(&samples)
        {
            way.send(packet);
        }
        if let Some((way, sender)) = &mut self.poly {
            sender.block(&samples, |datagram| way.send(datagram));
        }
    }
}

/// The way to some groups.
struct Way {
    socket: UdpSocket,
    from: Ipv4Addr,
    groups: Vec<SocketAddr>,
    ttl: u8,
}

impl Way {
    /// By the interface with the address `from`.
    fn new(from: Ipv4Addr, groups: Vec<SocketAddr>, ttl: u8) -> io::Result<Self> {
        let socket = UdpSocket::bind((from, 0))?;
        socket.set_nonblocking(true)?;
        socket.set_multicast_ttl_v4(ttl.into())?;
        Ok(Self { socket, from, groups, ttl })
    }

    fn send(&self, datagram: &[u8]) {
        for group in &self.groups {
            // A network that is down loses this packet and no other.
            self.socket.send_to(datagram, group).ok();
        }
    }
}

fn rtp(from: Ipv4Addr, settings: &MulticastSettings, own: u32) -> io::Result<(Way, Packets)> {
    let way = Way::new(from, settings.groups.clone(), settings.ttl)?;
    Ok((way, Packets::new(settings.codec, own, SystemRandom::default().next())))
}

fn poly(from: Ipv4Addr, settings: &PolySettings, channel: u8, own: u32) -> io::Result<(Way, PolySender)> {
    let header = PolyHeader { channel, serial: own, caller: Caller::new(&settings.caller) };
    let sender = PolySender::new(header, settings.codec, SystemRandom::default().next() as u32);
    Ok((Way::new(from, vec![settings.group], settings.ttl)?, sender))
}

/// The interface that groups are reached by is the one with this address.
pub fn source(sip: &SipSettings) -> Ipv4Addr {
    let (own, other) = own_addresses(sip.listen);
    let known = [sip.address, sip.other_address, Some(own), other];
    let four = known.into_iter().flatten().find_map(|address| match address {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    });
    four.unwrap_or(Ipv4Addr::UNSPECIFIED)
}

/// RTP out of blocks of sound.
struct Packets {
    converter: Converter,
    encoder: Encoder,
    /// Of the next packet.
    header: Header,
    /// At the rate of the codec.
    ready: Vec<i16>,
    silent: u32,
    buffer: Vec<u8>,
}

impl Packets {
    /// First sequence number and first time stamp are made of `bits`, which are random (RFC 3550 section 5.1).
    fn new(codec: Codec, ssrc: u32, bits: u64) -> Self {
        let payload_type = match codec {
            Codec::Pcmu | Codec::Opus => 0,
            Codec::Pcma => 8,
            Codec::G722 => 9,
        };
        let (sequence, timestamp) = ((bits >> 32) as u16, (bits >> 16) as u32);
        Self {
            converter: Converter::new(RATE, codec.sample_rate()),
            encoder: Encoder::new(codec),
            header: Header { payload_type, marker: true, sequence, timestamp, ssrc },
            ready: Vec::with_capacity(2 * BLOCK),
            silent: TAIL,
            buffer: vec![0; HEADER_BYTES + Encoder::MOST_BYTES],
        }
    }

    /// A packet for every two blocks; none in silence. Time stamps go on all the while, and the first packet after
    /// silence is marked (RFC 3551 section 4.1).
    fn next(&mut self, samples: &[i16; BLOCK]) -> Option<&[u8]> {
        let sounds = samples.iter().any(|sample| *sample != 0);
        self.silent = if sounds { 0 } else { self.silent.saturating_add(1) };
        let mut converted = [0; BLOCK];
        let length = self.converter.convert(samples, &mut converted);
        self.ready.extend_from_slice(&converted[..length]);
        let (codec, frame) = (self.encoder.codec(), self.encoder.codec().frame_samples());
        if self.ready.len() < frame {
            return None;
        }
        let length = self.encoder.encode(&self.ready[..frame], &mut self.buffer[HEADER_BYTES..]);
        self.ready.drain(..frame);
        let header = self.header;
        self.header.timestamp = header.timestamp.wrapping_add(codec.frame_clock());
        if self.silent > TAIL {
            self.header.marker = true;
            return None;
        }
        self.header.marker = false;
        self.header.sequence = header.sequence.wrapping_add(1);
        self.buffer[..HEADER_BYTES].copy_from_slice(&header.write());
        self.buffer.get(..HEADER_BYTES + length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orbitbox_audio::codec::Decoder;
    use orbitbox_audio::{detect, tone};
    use orbitbox_media::rtp::Packet;
    use std::time::Duration;

    #[test]
    fn what_is_heard_overhead_is_in_the_packets_and_silence_in_none() {
        for (codec, payload_type) in [(Codec::Pcmu, 0), (Codec::Pcma, 8), (Codec::G722, 9)] {
            let mut packets = Packets::new(codec, 0x0c0f_fee0, 0x1234_ffff_5678_9abc);
            let sine = tone::sine(RATE, 1_000.0, -10.0, Duration::from_millis(500)).samples;
            let blocks = sine.chunks_exact(BLOCK).map(|block| std::array::from_fn(|n| block[n]));
            // 1 s of silence, the tone, and silence again; twice.
            let silence = || std::iter::repeat_n([0; BLOCK], 100);
            let once: Vec<[i16; BLOCK]> = silence().chain(blocks).chain(silence()).collect();
            let mut headers = Vec::new();
            let mut heard = Vec::new();
            let mut decoder = Decoder::new(codec);
            for block in once.iter().chain(&once) {
                let Some(bytes) = packets.next(block) else { continue };
                let packet = Packet::read(bytes).unwrap();
                let mut pcm = [0; Decoder::MOST_SAMPLES];
                let length = decoder.decode(packet.payload, &mut pcm).unwrap();
                heard.extend_from_slice(&pcm[..length]);
                headers.push(packet.header);
            }
            assert_eq!(headers.len(), 2 * (25 + 10), "the tone and 200 ms after it, {codec:?}");
            let marked: Vec<usize> = (0..headers.len()).filter(|place| headers[*place].marker).collect();
            assert_eq!(marked, [0, 35]);
            for pair in headers.windows(2) {
                assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
                // 1.8 s of silence between the two.
                let frames = if pair[1].marker { 91 } else { 1 };
                assert_eq!(pair[1].timestamp.wrapping_sub(pair[0].timestamp), frames * codec.frame_clock());
                assert_eq!((pair[1].ssrc, pair[1].payload_type), (0x0c0f_fee0, payload_type));
            }
            let rate = codec.sample_rate();
            let level = detect::tone_db(&heard[rate as usize / 10..rate as usize * 4 / 10], rate, 1_000.0);
            assert!((level + 10.0).abs() < 1.0, "{codec:?}: {level} dB");
        }
    }
}

//! An audio engine with a shell that has no clock and no sockets: time runs in steps of one millisecond.
#![allow(dead_code, reason = "each test binary uses its part")]

use orbitbox_audio::codec::Encoder;
use orbitbox_audio::prepare::Shape;
use orbitbox_audio::{Pcm, frame, tone};
use orbitbox_media::rtp::{Header, Packet};
use orbitbox_media::{
    AudioEngine, Channel, Codec, Command, Event, KeyEvents, Library, Music, MusicId, Negotiated, OVERHEAD_SAMPLES,
    SLOTS, Source, StreamId, Track,
};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// A packet that left the engine.
#[derive(Debug, Clone)]
pub struct Sent {
    pub at: Duration,
    pub stream: StreamId,
    pub to: SocketAddr,
    pub header: Header,
    pub payload: Vec<u8>,
}

/// A report that left the engine.
#[derive(Debug, Clone)]
pub struct Report {
    pub at: Duration,
    pub stream: StreamId,
    pub to: SocketAddr,
    pub bytes: Vec<u8>,
}

pub struct World {
    pub engine: AudioEngine,
    pub now: Duration,
    pub sent: Vec<Sent>,
    pub reports: Vec<Report>,
    /// Packets as bytes, where they are encrypted.
    pub raw: Option<Vec<(StreamId, Vec<u8>)>>,
    /// What went to the speaker, and when.
    pub overhead: Vec<(Duration, Vec<i16>)>,
}

pub const G711: [Codec; 2] = [Codec::Pcmu, Codec::Pcma];
pub const MUSIC: MusicId = MusicId(0);

/// Key presses as nearly everybody sends them.
pub const KEYS: Option<KeyEvents> = Some(KeyEvents { payload_type: 101, clock: 8000 });

/// 2.5 s whose every frame differs from all others.
pub fn music() -> Track {
    let mut music = Pcm { rate: 8000, samples: Vec::new() };
    for frame in 0..125 {
        let tone = tone::sine(8000, 300.0 + 10.0 * f64::from(frame), -10.0, frame::DURATION);
        music.samples.extend(tone.samples);
    }
    Track::prepare(&music, &G711, Shape::Loop)
}

/// 100 ms, 50 ms (two and a half frames), none.
pub fn clips() -> [Track; 3] {
    let clip = |hz, ms| Track::prepare(&tone::sine(8000, hz, -10.0, Duration::from_millis(ms)), &G711, Shape::Once);
    [clip(1000.0, 100), clip(1500.0, 50), Track::default()]
}

/// All of that.
pub fn library() -> Library {
    let library = Library::new(&G711).with_music(MUSIC, Music::Tracks(vec![Arc::new(music())]));
    clips().into_iter().fold(library, Library::with_clip)
}

pub fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 7], port))
}

pub fn negotiated(codec: Codec, port: u16) -> Negotiated {
    let payload_type = match codec {
        Codec::Pcmu => 0,
        Codec::Pcma => 8,
        Codec::G722 => 9,
        Codec::Opus => 96,
    };
    Negotiated { key_events: KEYS, ..Negotiated::plain(codec, payload_type, address(port)) }
}

/// What stream `id` was opened with: near both wraps.
pub fn first(id: u64) -> (u32, u16, u32) {
    (0xaaaa_0000 + id as u32, 65_500, u32::MAX - 1000)
}

impl World {
    pub fn new() -> Self {
        Self {
            engine: AudioEngine::new(library()),
            now: Duration::from_secs(100),
            sent: Vec::new(),
            reports: Vec::new(),
            raw: None,
            overhead: Vec::new(),
        }
    }

    /// With streams 1, 2, ... opened and negotiated with ports 1001, 1002, ... of the other side.
    pub fn with_streams(codecs: &[Codec]) -> Self {
        let mut world = Self::new();
        for (id, codec) in (1..).zip(codecs) {
            world.open(id);
            world.negotiate(id, negotiated(*codec, 1000 + id as u16));
        }
        world
    }

    pub fn open(&mut self, id: u64) {
        let (ssrc, first_sequence, first_timestamp) = first(id);
        self.command(Command::Open {
            stream: StreamId(id),
            port: 20_000 + 2 * id as u16,
            ssrc,
            first_sequence,
            first_timestamp,
        });
    }

    pub fn negotiate(&mut self, id: u64, negotiated: Negotiated) {
        self.command(Command::Negotiate { stream: StreamId(id), negotiated });
    }

    pub fn play(&mut self, id: u64, source: Source) {
        self.command(Command::Play { stream: StreamId(id), source });
    }

    pub fn bridge(&mut self, a: u64, b: u64) {
        self.command(Command::Bridge { a: StreamId(a), b: StreamId(b) });
    }

    pub fn command(&mut self, command: Command) {
        self.shell(|engine, now, send| engine.handle_command(now, command, &mut |a, b, c, d: &[u8]| send(a, b, c, d)));
    }

    pub fn run_ms(&mut self, ms: u64) {
        for _ in 0..ms {
            let slot = (self.now.as_millis() % u128::from(SLOTS)) as u32;
            self.shell(|engine, now, send| engine.tick(now, slot, &mut |a, b, c, d: &[u8]| send(a, b, c, d)));
            let mut frame = [0; OVERHEAD_SAMPLES];
            if self.engine.overhead(self.now, slot, &mut frame) {
                self.overhead.push((self.now, frame.to_vec()));
            }
            self.now += Duration::from_millis(1);
        }
    }

    /// A datagram from the other side of stream `id`.
    pub fn datagram(&mut self, id: u64, from: SocketAddr, bytes: &[u8]) {
        self.datagram_on((StreamId(id), Channel::Rtp), from, bytes);
    }

    pub fn datagram_on(&mut self, to: (StreamId, Channel), from: SocketAddr, bytes: &[u8]) {
        let mut bytes = bytes.to_vec();
        self.shell(|engine, now, send| {
            engine.handle_packet(now, to, from, &mut bytes, &mut |a, b, c, d: &[u8]| send(a, b, c, d));
        });
    }

    fn shell(
        &mut self,
        order: impl FnOnce(&mut AudioEngine, Duration, &mut dyn FnMut(StreamId, Channel, SocketAddr, &[u8])),
    ) {
        let Self { engine, now, sent, reports, raw, .. } = self;
        let now = *now;
        let mut send = |stream, channel, to, bytes: &[u8]| match (channel, &mut *raw) {
            (Channel::Rtcp, _) => reports.push(Report { at: now, stream, to, bytes: bytes.to_vec() }),
            (Channel::Rtp, Some(raw)) => raw.push((stream, bytes.to_vec())),
            (Channel::Rtp, None) => sent.push(read(now, stream, to, bytes)),
        };
        order(engine, now, &mut send);
    }

    /// A packet from where stream `id` was negotiated with by [`Self::with_streams`].
    pub fn packet(&mut self, id: u64, header: Header, payload: &[u8]) {
        self.datagram(id, address(1000 + id as u16), &bytes(header, payload));
    }

    /// What was reported, measurements left out.
    pub fn events(&mut self) -> Vec<Event> {
        let events = std::iter::from_fn(|| self.engine.poll_event());
        events.filter(|event| !matches!(event, Event::Measured { .. })).collect()
    }

    /// What was sent on a stream since the last call for it.
    pub fn take(&mut self, id: u64) -> Vec<Sent> {
        let (taken, left) = self.sent.drain(..).partition(|sent| sent.stream == StreamId(id));
        self.sent = left;
        taken
    }
}

fn read(at: Duration, stream: StreamId, to: SocketAddr, bytes: &[u8]) -> Sent {
    let Ok(packet) = Packet::read(bytes) else { panic!("the engine sent what is no RTP: {bytes:?}") };
    Sent { at, stream, to, header: packet.header, payload: packet.payload.to_vec() }
}

pub fn bytes(header: Header, payload: &[u8]) -> Vec<u8> {
    [&header.write(), payload].concat()
}

/// A party that talks in a tone.
pub struct Talker {
    pub encoder: Encoder,
    pub sound: Vec<i16>,
    pub sent: u32,
}

impl Talker {
    pub fn new(codec: Codec, hz: f64) -> Self {
        let sound = tone::sine(codec.sample_rate(), hz, -10.0, Duration::from_secs(20)).samples;
        Self { encoder: Encoder::new(codec), sound, sent: 0 }
    }

    pub fn next(&mut self) -> (Header, Vec<u8>) {
        let codec = self.encoder.codec();
        let (frame, at) = (codec.frame_samples(), self.sent as usize);
        let mut payload = [0; Encoder::MOST_BYTES];
        let length = self.encoder.encode(&self.sound[at * frame..][..frame], &mut payload);
        let header = Header {
            payload_type: negotiated(codec, 0).payload_type,
            marker: self.sent == 0,
            sequence: 65_500u16.wrapping_add(self.sent as u16),
            timestamp: self.sent * codec.frame_clock(),
            ssrc: 77,
        };
        self.sent += 1;
        (header, payload[..length].to_vec())
    }
}

/// The nth packet of a talker who sends 20 ms each.
pub fn nth(payload_type: u8, n: u32) -> Header {
    Header {
        payload_type,
        marker: n == 0,
        sequence: 7000u16.wrapping_add(n as u16),
        timestamp: 90_000u32.wrapping_add(n.wrapping_mul(160)),
        ssrc: 0x1234_5678,
    }
}

/// One source, numbers rising by one, time stamps never going back.
pub fn assert_unbroken(packets: &[Sent]) {
    for pair in packets.windows(2) {
        let (before, after) = (&pair[0].header, &pair[1].header);
        assert_eq!(after.ssrc, before.ssrc);
        assert_eq!(after.sequence, before.sequence.wrapping_add(1), "{before:?} {after:?}");
        let step = after.timestamp.wrapping_sub(before.timestamp) as i32;
        assert!(step > 0, "{before:?} {after:?}");
    }
}

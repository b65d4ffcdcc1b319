use crate::live::Live;
use crate::overhead::{OVERHEAD_SAMPLES, Overhead};
use crate::recording::Recording;
use crate::rtp::{self, HEADER_BYTES, Header, Kind, MOST_PAYLOAD, Packet, Relayed, Stream, Tick};
use crate::{Codec, Command, EngineStats, Event, Library, Source, StreamId, StreamStats, srtp};
use orbitbox_audio::codec::{PCMA_TO_PCMU, PCMU_TO_PCMA};
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Streams are spread over this many slots, one for each millisecond of a frame.
pub const SLOTS: u32 = 20;

/// Streams open at once; more are refused.
pub const MOST_STREAMS: usize = 2048;

/// Streams that are recorded at one time; of further ones nothing is kept.
pub const MOST_RECORDINGS: usize = 4;

/// Events that wait to be fetched; more are lost.
pub const MOST_EVENTS: usize = 2 * MOST_STREAMS;

/// Which of the two ports of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// The even one.
    Rtp,
    /// The odd one above it.
    Rtcp,
}

/// The audio plane's whole logic: commands, packets and ticks in, packets and events out.
///
/// The shell calls [`Self::tick`] for slot *n* once every 20 ms, at the *n*th millisecond of the frame, for the slots in
/// use. Neither a tick nor a packet allocates, but the first packet of a bridge between two codecs.
#[derive(Debug)]
pub struct AudioEngine {
    library: Arc<Library>,
    live: Live,
    overhead: Option<Overhead>,
    recordings: BTreeMap<StreamId, Recording>,
    streams: BTreeMap<StreamId, Stream>,
    slots: [Vec<StreamId>; SLOTS as usize],
    events: VecDeque<Event>,
    stats: EngineStats,
    buffer: [u8; HEADER_BYTES + MOST_PAYLOAD + srtp::MOST_GROWTH],
}

impl AudioEngine {
    /// With everything it can play.
    pub fn new(library: Library) -> Self {
        Self {
            library: Arc::new(library),
            live: Live::default(),
            overhead: None,
            recordings: BTreeMap::new(),
            streams: BTreeMap::new(),
            slots: Default::default(),
            events: VecDeque::with_capacity(1024),
            stats: EngineStats::default(),
            buffer: [0; HEADER_BYTES + MOST_PAYLOAD + srtp::MOST_GROWTH],
        }
    }

    /// Obeys. A stream that closes says farewell through `send`.
    pub fn handle_command(
        &mut self,
        now: Duration,
        command: Command,
        send: &mut impl FnMut(StreamId, Channel, SocketAddr, &[u8]),
    ) {
        match command {
            Command::Open { stream, port, ssrc, first_sequence, first_timestamp } => {
                self.open(stream, port, (now, ssrc, first_sequence, first_timestamp));
            }
            Command::Negotiate { stream, negotiated } => {
                if let Some(stream) = self.streams.get_mut(&stream) {
                    stream.negotiate(now, negotiated);
                }
            }
            Command::Play { stream, source } => self.play(stream, source),
            Command::Bridge { a, b } => self.bridge(a, b),
            Command::Stock(library) => self.library = library,
            Command::Live(frame) => self.live.put(frame),
            Command::Overhead { stream } => self.overhead = stream.map(Overhead::new),
            Command::Record { stream, longest } => self.record(stream, longest),
            Command::Close { stream } => self.close(now, stream, send),
        }
    }

    /// A datagram has come in on one of the stream's ports; it may be decrypted in place. What is relayed goes out through
    /// `send` at once.
    pub fn handle_packet(
        &mut self,
        now: Duration,
        to: (StreamId, Channel),
        from: SocketAddr,
        bytes: &mut [u8],
        send: &mut impl FnMut(StreamId, Channel, SocketAddr, &[u8]),
    ) {
        let (stream, channel) = to;
        let Some(hearing) = self.streams.get_mut(&stream) else {
            self.stats.packets_astray += 1;
            return;
        };
        let is_report = channel == Channel::Rtcp || (hearing.is_multiplexed() && rtp::is_report(bytes));
        if is_report {
            hearing.ignored += u64::from(!hearing.hear_report(now, from, bytes));
            return;
        }
        let known = hearing.open(bytes).and_then(|length| Packet::read(bytes.get(..length)?).ok());
        let known = known.filter(|packet| packet.payload.len() <= MOST_PAYLOAD);
        let known = known.and_then(|packet| Some((packet, hearing.kind(packet.header.payload_type)?)));
        let Some((packet, kind)) = known else {
            hearing.ignored += 1;
            return;
        };
        let Some(first) = hearing.receive(now, from, &packet.header, kind) else {
            hearing.ignored += 1;
            return;
        };
        let listens = hearing.listens();
        let peer = hearing.peer().filter(|_| listens);
        let digit = if matches!(kind, Kind::KeyEvent(_)) { hearing.digit(&packet) } else { None };
        if first {
            self.report(Event::Heard { stream });
        }
        if let Some(digit) = digit {
            self.report(Event::Digit { stream, digit });
        }
        if let Some(overhead) = self.overhead.as_mut().filter(|overhead| overhead.stream == stream && listens) {
            overhead.hear(now, &packet, kind);
        }
        if let Some(recording) = self.recordings.get_mut(&stream).filter(|_| listens) {
            recording.hear(now, &packet, kind);
        }
        let Some(peer) = peer else { return };
        let Some(speaking) = self.streams.get_mut(&peer) else { return };
        let Some(Relayed::Now { to, header, codec, key_clock }) = speaking.relay(now, &packet, kind) else { return };
        write(&mut self.buffer, &header, packet.payload, conversion(kind, codec));
        let length = HEADER_BYTES + packet.payload.len();
        if let (Kind::KeyEvent(theirs), Some(ours)) = (kind, key_clock) {
            rescale(&mut self.buffer[HEADER_BYTES..length], theirs, ours);
        }
        if let Some(length) = speaking.protect(&mut self.buffer, length) {
            send(peer, Channel::Rtp, to, &self.buffer[..length]);
        }
    }

    /// One frame of every stream of a slot, 0 to 19.
    pub fn tick(&mut self, now: Duration, slot: u32, send: &mut impl FnMut(StreamId, Channel, SocketAddr, &[u8])) {
        let streams = self.slots.get(slot as usize).map_or(0, Vec::len);
        for index in 0..streams {
            let id = self.slots[slot as usize][index];
            let Some(stream) = self.streams.get_mut(&id) else { continue };
            let Tick { frame, clips_ended, music_stuck } = stream.tick(now, &self.library, &self.live);
            if let Some(frame) = frame {
                let (to, length) = (frame.to, HEADER_BYTES + frame.payload.len());
                write(&mut self.buffer, &frame.header, frame.payload, None);
                if let Some(length) = stream.protect(&mut self.buffer, length) {
                    send(id, Channel::Rtp, to, &self.buffer[..length]);
                }
            }
            if clips_ended {
                self.report(Event::ClipsEnded { stream: id });
            }
            if music_stuck {
                let music = self.streams.get(&id).map(|stream| stream.player.music()).unwrap_or_default();
                self.report(Event::MusicSilent { music });
            }
            if let Some(recording) = self.recordings.get_mut(&id) {
                recording.keep(now);
            }
            self.control(now, id, send);
        }
    }

    /// The next 20 ms for the speaker, at [`crate::OVERHEAD_RATE`]; to be asked after each [`Self::tick`] of a slot. `false`
    /// when the stream that is heard overhead is not in that slot, or says nothing.
    pub fn overhead(&mut self, now: Duration, slot: u32, samples: &mut [i16; OVERHEAD_SAMPLES]) -> bool {
        let Some(overhead) = &mut self.overhead else { return false };
        let here = self.streams.get(&overhead.stream).is_some_and(|stream| stream.slot() == slot);
        here && overhead.fill(now, samples)
    }

    /// Tells the other side how it stands, and the control plane too, when that is due.
    fn control(&mut self, now: Duration, id: StreamId, send: &mut impl FnMut(StreamId, Channel, SocketAddr, &[u8])) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        if !stream.control.is_due(now) {
            return;
        }
        if let Some((to, length)) = stream.report(now, &mut self.buffer, false) {
            let channel = if stream.is_multiplexed() { Channel::Rtp } else { Channel::Rtcp };
            send(id, channel, to, &self.buffer[..length]);
        }
        let stats = stream.stats();
        self.report(Event::Measured { stream: id, stats });
    }

    /// The shell came too late for so many frames of a slot. They are not made up for: time stamps leap ahead to the wall
    /// clock, music and clips go on where they were.
    pub fn skipped(&mut self, slot: u32, frames: u32) {
        for id in self.slots.get(slot as usize).into_iter().flatten() {
            if let Some(stream) = self.streams.get_mut(id) {
                stream.skip(frames);
            }
        }
    }

    /// The slots that need their tick, in order. None when no stream is open: the shell may sleep.
    pub fn slots_in_use(&self) -> impl Iterator<Item = u32> + '_ {
        (0..SLOTS).filter(|slot| !self.slots[*slot as usize].is_empty())
    }

    /// What has happened since; `None` when everything has been told.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Whether the stream hears another one.
    pub fn is_bridged(&self, stream: StreamId) -> bool {
        self.streams.get(&stream).is_some_and(|stream| stream.peer().is_some())
    }

    /// Figures of one stream; `None` when it is not open.
    pub fn stats(&self, stream: StreamId) -> Option<StreamStats> {
        self.streams.get(&stream).map(Stream::stats)
    }

    /// Figures of the engine.
    pub fn engine_stats(&self) -> EngineStats {
        self.stats
    }

    /// Streams open.
    pub fn streams(&self) -> usize {
        self.streams.len()
    }

    fn open(&mut self, id: StreamId, port: u16, outgoing: (Duration, u32, u16, u32)) {
        if self.streams.len() >= MOST_STREAMS || self.streams.contains_key(&id) {
            self.stats.streams_refused += 1;
            return;
        }
        // The least loaded slot, so that no millisecond carries more than its share.
        let slot = (0..SLOTS).min_by_key(|slot| self.slots[*slot as usize].len()).unwrap_or(0);
        self.slots[slot as usize].push(id);
        self.streams.insert(id, Stream::new(slot, port, outgoing));
    }

    fn play(&mut self, id: StreamId, source: Source) {
        self.part(id);
        let place = match source {
            Source::MusicOf(other) => self.streams.get(&other).map(|other| other.player.place()),
            Source::Music(_) | Source::Silence | Source::Clips { .. } => None,
        };
        if let Some(stream) = self.streams.get_mut(&id) {
            stream.player.play(source);
            if let Some(place) = place {
                stream.player.go_to(place);
            }
        }
    }

    fn bridge(&mut self, a: StreamId, b: StreamId) {
        let joined = self.streams.get(&a).is_some_and(|stream| stream.peer() == Some(b));
        if joined || a == b || !self.streams.contains_key(&a) || !self.streams.contains_key(&b) {
            return;
        }
        for (id, peer) in [(a, b), (b, a)] {
            self.part(id);
            if let Some(stream) = self.streams.get_mut(&id) {
                stream.join(Some(peer));
                stream.player.fall_silent();
            }
        }
    }

    fn close(&mut self, now: Duration, id: StreamId, send: &mut impl FnMut(StreamId, Channel, SocketAddr, &[u8])) {
        self.part(id);
        let Some(mut stream) = self.streams.remove(&id) else { return };
        self.slots[stream.slot() as usize].retain(|other| *other != id);
        if let Some((to, length)) = stream.report(now, &mut self.buffer, true) {
            let channel = if stream.is_multiplexed() { Channel::Rtp } else { Channel::Rtcp };
            send(id, channel, to, &self.buffer[..length]);
        }
        self.report(Event::Measured { stream: id, stats: stream.stats() });
        if let Some(recording) = self.recordings.remove(&id) {
            self.report(Event::Recorded { stream: id, sound: recording.finish() });
        }
    }

    fn record(&mut self, id: StreamId, longest: Duration) {
        if self.recordings.len() < MOST_RECORDINGS && self.streams.contains_key(&id) {
            self.recordings.insert(id, Recording::new(id, longest));
        }
    }

    /// Ends the bridge a stream is in; both sides are left with silence.
    fn part(&mut self, id: StreamId) {
        let peer = self.streams.get(&id).and_then(Stream::peer);
        for id in peer.into_iter().chain(peer.map(|_| id)) {
            if let Some(stream) = self.streams.get_mut(&id) {
                stream.join(None);
                stream.player.fall_silent();
            }
        }
    }

    fn report(&mut self, event: Event) {
        if self.events.len() < MOST_EVENTS {
            self.events.push_back(event);
        } else {
            self.stats.events_lost += 1;
        }
    }
}

/// How the bytes of a payload become those of the codec the receiver expects.
fn conversion(kind: Kind, to: Codec) -> Option<&'static [u8; 256]> {
    match (kind, to) {
        (Kind::Sound(Codec::Pcmu), Codec::Pcma) => Some(&PCMU_TO_PCMA),
        (Kind::Sound(Codec::Pcma), Codec::Pcmu) => Some(&PCMA_TO_PCMU),
        (Kind::Sound(_) | Kind::KeyEvent(_) | Kind::ComfortNoise, _) => None,
    }
}

/// A key press lasts for as many ticks of the other side's clock (RFC 4733 section 2.3.5).
fn rescale(event: &mut [u8], from: u32, to: u32) {
    if let [_, _, high, low, ..] = event
        && from != to
    {
        let ticks = u64::from(u16::from_be_bytes([*high, *low])) * u64::from(to) / u64::from(from);
        [*high, *low] = u16::try_from(ticks).unwrap_or(u16::MAX).to_be_bytes();
    }
}

fn write(buffer: &mut [u8], header: &Header, payload: &[u8], conversion: Option<&[u8; 256]>) {
    buffer[..HEADER_BYTES].copy_from_slice(&header.write());
    let body = &mut buffer[HEADER_BYTES..HEADER_BYTES + payload.len()];
    match conversion {
        None => body.copy_from_slice(payload),
        Some(table) => body.iter_mut().zip(payload).for_each(|(out, code)| *out = table[usize::from(*code)]),
    }
}

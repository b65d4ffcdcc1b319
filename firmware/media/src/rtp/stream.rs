use super::crossing::Crossing;
use super::incoming::Incoming;
use super::latch::Latch;
use super::outgoing::Outgoing;
use super::packet::{Header, Packet};
use super::player::Player;
use crate::live::Live;
use crate::rtcp::{self, Control};
use crate::sdp::TELEPHONE_EVENT;
use crate::srtp::{Inbound, Outbound};
use crate::{Codec, Direction, Keys, Library, Negotiated, StreamId, StreamStats};
use orbitbox_audio::codec::comfort_noise;
use std::net::SocketAddr;
use std::time::Duration;

/// While a key is pressed its sound is not sent beside it; for so long after the last packet of the press.
const KEY_HELD: Duration = Duration::from_millis(100);

/// Everything about one stream.
#[derive(Debug)]
pub(crate) struct Stream {
    port: u16,
    slot: u32,
    negotiated: Option<Negotiated>,
    peer: Option<StreamId>,
    /// The way here from a peer with another codec.
    crossing: Option<Box<Crossing>>,
    latch: Latch,
    incoming: Incoming,
    outgoing: Outgoing,
    pub player: Player,
    pub control: Control,
    protection: Option<(Keys, Box<(Outbound, Inbound)>)>,
    heard: bool,
    /// The time stamp of the last key press.
    pressed: Option<u32>,
    /// The peer's last packet of a key press.
    key_at: Option<Duration>,
    pub ignored: u64,
}

/// What a payload type carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sound(Codec),
    /// On this clock.
    KeyEvent(u32),
    ComfortNoise,
}

/// A frame of our own, ready to go.
pub(crate) struct Frame<'l> {
    pub to: SocketAddr,
    pub header: Header,
    pub payload: &'l [u8],
}

/// What a tick has brought.
pub(crate) struct Tick<'l> {
    pub frame: Option<Frame<'l>>,
    pub clips_ended: bool,
    pub music_stuck: bool,
}

/// How a packet of the peer goes on.
pub(crate) enum Relayed {
    /// At once, under this header.
    Now { to: SocketAddr, header: Header, codec: Codec, key_clock: Option<u32> },
    /// In the ticks to come, or not at all.
    Later,
}

impl Stream {
    pub fn new(slot: u32, port: u16, outgoing: (Duration, u32, u16, u32)) -> Self {
        let (now, ssrc, sequence, timestamp) = outgoing;
        Self {
            port,
            slot,
            negotiated: None,
            peer: None,
            crossing: None,
            latch: Latch::default(),
            incoming: Incoming::default(),
            outgoing: Outgoing::new(now, ssrc, sequence, timestamp),
            player: Player::new(),
            control: Control::new(now),
            protection: None,
            heard: false,
            pressed: None,
            key_at: None,
            ignored: 0,
        }
    }

    pub fn slot(&self) -> u32 {
        self.slot
    }

    pub fn peer(&self) -> Option<StreamId> {
        self.peer
    }

    pub fn negotiate(&mut self, now: Duration, negotiated: Negotiated) {
        self.latch.signal(now, negotiated.remote);
        self.outgoing.keep_time_for(negotiated.codec);
        // Keys that stay keep their numbering; new ones begin anew.
        if self.protection.as_ref().map(|(keys, _)| *keys) != negotiated.keys {
            let made = |keys: Keys| (Outbound::new(keys.suite, &keys.ours), Inbound::new(keys.suite, &keys.theirs));
            let before = self.protection.take();
            self.protection = negotiated.keys.map(|keys| {
                let (mut outbound, inbound) = made(keys);
                if let Some((_, before)) = before.filter(|(before, _)| before.ours == keys.ours) {
                    outbound.go_on_from(&before.0);
                }
                (keys, Box::new((outbound, inbound)))
            });
        }
        if self.crossing.as_ref().is_some_and(|crossing| !crossing.is_to(negotiated.codec)) {
            self.crossing = None;
        }
        self.negotiated = Some(negotiated);
    }

    /// Hears another stream from now on, or (`None`) what it plays itself.
    pub fn join(&mut self, peer: Option<StreamId>) {
        if self.peer != peer {
            self.peer = peer;
            self.crossing = None;
            self.key_at = None;
            self.outgoing.change_source();
        }
    }

    /// One tick.
    pub fn tick<'l>(&'l mut self, now: Duration, library: &'l Library, live: &'l Live) -> Tick<'l> {
        self.outgoing.tick(now);
        let nothing = Tick { frame: None, clips_ended: false, music_stuck: false };
        let Some(negotiated) = self.negotiated else { return nothing };
        let to = self.latch.destination().filter(|_| sends(negotiated.direction));
        if self.peer.is_some() {
            let Some(crossing) = &mut self.crossing else { return nothing };
            let held = self.key_at.is_some_and(|at| now.saturating_sub(at) < KEY_HELD);
            let Some((payload, to)) = crossing.frame(now).zip(to).filter(|_| !held) else {
                self.outgoing.rest();
                return nothing;
            };
            let header = self.outgoing.own(negotiated.payload_type, payload.len());
            return Tick { frame: Some(Frame { to, header, payload }), ..nothing };
        }
        let Some(to) = to else {
            self.outgoing.rest();
            return Tick { clips_ended: self.player.pass(library), ..nothing };
        };
        let step = self.player.step(library, live, negotiated.codec);
        let header = self.outgoing.own(negotiated.payload_type, step.payload.len());
        let frame = Some(Frame { to, header, payload: step.payload });
        Tick { frame, clips_ended: step.ended, music_stuck: step.stuck }
    }

    pub fn skip(&mut self, frames: u32) {
        self.outgoing.skip(frames);
    }

    /// What a payload type means in this stream. Static types are known even where another one was settled: phones change
    /// between them. A side that answered our offer with another number for telephone-event still sends ours.
    pub fn kind(&self, payload_type: u8) -> Option<Kind> {
        let negotiated = self.negotiated.as_ref()?;
        if payload_type == negotiated.payload_type {
            return Some(Kind::Sound(negotiated.codec));
        }
        if let Some(events) = negotiated.key_events
            && (payload_type == events.payload_type || payload_type == TELEPHONE_EVENT)
        {
            return Some(Kind::KeyEvent(events.clock));
        }
        match payload_type {
            0 => Some(Kind::Sound(Codec::Pcmu)),
            8 => Some(Kind::Sound(Codec::Pcma)),
            9 => Some(Kind::Sound(Codec::G722)),
            comfort_noise::PAYLOAD_TYPE => Some(Kind::ComfortNoise),
            _ => None,
        }
    }

    /// The key of a telephone-event, unless the press is known: every packet of one has the time stamp of its beginning
    /// (RFC 4733 section 2.3.5).
    pub fn digit(&mut self, packet: &Packet<'_>) -> Option<char> {
        const KEYS: &[u8; 16] = b"0123456789*#ABCD";
        let key = KEYS.get(usize::from(*packet.payload.first()?))?;
        let known = self.pressed.replace(packet.header.timestamp) == Some(packet.header.timestamp);
        (!known).then_some(char::from(*key))
    }

    /// Decrypts a datagram, in place; how long it is then. `None` where its tag is wrong, or where there is none.
    pub fn open(&mut self, bytes: &mut [u8]) -> Option<usize> {
        match &mut self.protection {
            Some((_, both)) => both.1.open(bytes),
            None => Some(bytes.len()),
        }
    }

    /// Encrypts what is to be sent, in place; how long it is then.
    pub fn protect(&mut self, bytes: &mut [u8], length: usize) -> Option<usize> {
        match &mut self.protection {
            Some((_, both)) => both.0.protect(bytes, length),
            None => Some(length),
        }
    }

    /// Takes note of a packet with a payload type we know. `None` when it comes from the wrong source; else whether it is
    /// the first ever.
    pub fn receive(&mut self, now: Duration, from: SocketAddr, header: &Header, kind: Kind) -> Option<bool> {
        if !self.latch.admits(now, from) {
            return None;
        }
        self.incoming.note(header.ssrc, header.sequence);
        if let Kind::Sound(codec) = kind {
            self.incoming.time(now, header.timestamp, codec.clock_rate());
        }
        Some(!std::mem::replace(&mut self.heard, true))
    }

    /// A datagram on the port of RTCP.
    pub fn hear_report(&mut self, now: Duration, from: SocketAddr, bytes: &mut [u8]) -> bool {
        // Only from where the sound comes from, or was said to come from.
        if self.latch.destination().is_none_or(|known| known.ip() != from.ip()) {
            return false;
        }
        let length = match &mut self.protection {
            Some((_, both)) => both.1.open_report(bytes),
            None => Some(bytes.len()),
        };
        let heard = length.and_then(|length| bytes.get(..length));
        if let Some(report) = heard {
            self.control.hear(now, self.outgoing.ssrc(), report);
        }
        heard.is_some()
    }

    /// The next report, and where it goes; its length is that of the datagram. `None` before there is anybody to tell.
    pub fn report(&mut self, now: Duration, into: &mut [u8], farewell: bool) -> Option<(SocketAddr, usize)> {
        let negotiated = self.negotiated?;
        let near = self.incoming.near();
        if self.outgoing.packets() == 0 && near.is_none() {
            return None;
        }
        let known = self.latch.destination()?;
        let (room, _) = into.split_first_chunk_mut::<{ rtcp::MOST_BYTES }>()?;
        let outgoing = &self.outgoing;
        let sender = (now, outgoing.time_stamp(now), outgoing.packets(), outgoing.octets());
        let length = self.control.report(room, outgoing.ssrc(), sender, near, farewell);
        let length = match &mut self.protection {
            Some((_, both)) => both.0.protect_report(into, length)?,
            None => length,
        };
        // Behind a translator of addresses its port is a guess, and reports may be lost.
        Some((SocketAddr::new(known.ip(), negotiated.control_port), length))
    }

    /// RTP and RTCP share one port.
    pub fn is_multiplexed(&self) -> bool {
        self.negotiated.is_some_and(|negotiated| negotiated.control_port == negotiated.remote.port())
    }

    /// Whether what this party sends is for anybody's ears.
    pub fn listens(&self) -> bool {
        self.negotiated.is_some_and(|negotiated| match negotiated.direction {
            Direction::SendRecv | Direction::RecvOnly => true,
            Direction::SendOnly | Direction::Inactive => false,
        })
    }

    /// What becomes of a packet of the peer; `None` when it cannot reach this party.
    pub fn relay(&mut self, now: Duration, packet: &Packet<'_>, kind: Kind) -> Option<Relayed> {
        let negotiated = self.negotiated.filter(|negotiated| sends(negotiated.direction))?;
        let to = self.latch.destination()?;
        let (from, codec, bytes) = (&packet.header, negotiated.codec, packet.payload.len());
        let now_with = |header, key_clock| Some(Relayed::Now { to, header, codec, key_clock });
        match kind {
            Kind::Sound(theirs) if passes(theirs, codec) => {
                self.crossing = None;
                let ticks = match theirs.frame_bytes() {
                    Some(_) => bytes as u32,
                    None => theirs.payload_clock(packet.payload).unwrap_or(theirs.frame_clock()),
                };
                let header = self.outgoing.relayed(now, from, negotiated.payload_type, Some(ticks), bytes)?;
                now_with(header, None)
            }
            Kind::Sound(theirs) => {
                if !self.crossing.as_ref().is_some_and(|crossing| crossing.is_from(theirs)) {
                    self.outgoing.change_source();
                    self.crossing = Some(Box::new(Crossing::new(theirs, codec)));
                }
                let crossing = self.crossing.as_mut()?;
                crossing.hear(now, from.ssrc, from.sequence, packet.payload);
                Some(Relayed::Later)
            }
            Kind::KeyEvent(_) => {
                let events = negotiated.key_events?;
                self.key_at = Some(now);
                let header = if self.crossing.is_some() {
                    self.outgoing.key_event(now, events.payload_type, from.timestamp, bytes)
                } else {
                    self.outgoing.relayed(now, from, events.payload_type, None, bytes)?
                };
                now_with(header, Some(events.clock))
            }
            Kind::ComfortNoise => match (&mut self.crossing, negotiated.comfort_noise) {
                (Some(crossing), _) => {
                    crossing.rest(packet.payload);
                    Some(Relayed::Later)
                }
                (None, Some(number)) => now_with(self.outgoing.relayed(now, from, number, None, bytes)?, None),
                (None, None) => None,
            },
        }
    }

    pub fn stats(&self) -> StreamStats {
        let clock = self.negotiated.map_or(Codec::Pcmu, |negotiated| negotiated.codec).clock_rate();
        StreamStats {
            port: self.port,
            slot: self.slot,
            packets_in: self.incoming.packets(),
            packets_out: self.outgoing.packets(),
            lost_in: self.incoming.lost(),
            late_in: self.crossing.as_ref().map_or(0, |crossing| crossing.late()),
            jitter_in: Duration::from_secs(self.incoming.jitter().into()) / clock,
            far: self.control.far(),
            codec: self.negotiated.map(|negotiated| negotiated.codec),
            protected: self.protection.is_some(),
            ignored_in: self.ignored,
            source: self.latch.learned(),
            destination: self.latch.destination(),
        }
    }
}

/// Whether sound in one codec reaches a party with another one as it is, or by a table.
fn passes(from: Codec, to: Codec) -> bool {
    from == to || matches!((from, to), (Codec::Pcmu | Codec::Pcma, Codec::Pcmu | Codec::Pcma))
}

fn sends(direction: Direction) -> bool {
    match direction {
        Direction::SendRecv | Direction::SendOnly => true,
        Direction::RecvOnly | Direction::Inactive => false,
    }
}

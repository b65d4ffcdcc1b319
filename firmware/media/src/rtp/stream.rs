use super::incoming::Incoming;
use super::latch::Latch;
use super::outgoing::Outgoing;
use super::packet::Header;
use super::player::Player;
use crate::sdp::TELEPHONE_EVENT;
use crate::{Codec, Direction, Library, Negotiated, StreamId, StreamStats};
use std::net::SocketAddr;
use std::time::Duration;

/// Everything about one stream.
#[derive(Debug)]
pub(crate) struct Stream {
    port: u16,
    slot: u32,
    negotiated: Option<Negotiated>,
    peer: Option<StreamId>,
    latch: Latch,
    incoming: Incoming,
    outgoing: Outgoing,
    pub player: Player,
    heard: bool,
    /// The time stamp of the last key press.
    pressed: Option<u32>,
    pub ignored: u64,
}

/// What a payload type carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sound(Codec),
    TelephoneEvent,
}

/// A frame of our own, ready to go.
pub(crate) struct Frame<'l> {
    pub to: SocketAddr,
    pub header: Header,
    pub payload: &'l [u8],
}

impl Stream {
    pub fn new(slot: u32, port: u16, outgoing: (Duration, u32, u16, u32)) -> Self {
        let (now, ssrc, sequence, timestamp) = outgoing;
        Self {
            port,
            slot,
            negotiated: None,
            peer: None,
            latch: Latch::default(),
            incoming: Incoming::default(),
            outgoing: Outgoing::new(now, ssrc, sequence, timestamp),
            player: Player::new(),
            heard: false,
            pressed: None,
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
        self.negotiated = Some(negotiated);
    }

    /// Hears another stream from now on, or (`None`) what it plays itself.
    pub fn join(&mut self, peer: Option<StreamId>) {
        if self.peer != peer {
            self.peer = peer;
            self.outgoing.change_source();
        }
    }

    /// One tick. The frame to send, if any, and whether clips have come to their end.
    pub fn tick<'l>(&mut self, now: Duration, library: &'l Library) -> (Option<Frame<'l>>, bool) {
        self.outgoing.tick(now);
        let Some(negotiated) = self.negotiated.filter(|_| self.peer.is_none()) else {
            return (None, false);
        };
        let Some(to) = self.latch.destination().filter(|_| sends(negotiated.direction)) else {
            self.outgoing.rest();
            return (None, self.player.pass(library));
        };
        let step = self.player.step(library, negotiated.codec);
        let header = self.outgoing.own(negotiated.payload_type);
        (Some(Frame { to, header, payload: step.payload }), step.ended)
    }

    pub fn skip(&mut self, frames: u32) {
        self.outgoing.skip(frames);
    }

    /// What a payload type means in this stream. Both static types are known even where one was settled: phones change
    /// between them. A side that answered our offer with another number for telephone-event still sends ours.
    pub fn kind(&self, payload_type: u8) -> Option<Kind> {
        let negotiated = self.negotiated.as_ref()?;
        if payload_type == negotiated.payload_type {
            return Some(Kind::Sound(negotiated.codec));
        }
        if negotiated.telephone_event == Some(payload_type) {
            return Some(Kind::TelephoneEvent);
        }
        match payload_type {
            0 => Some(Kind::Sound(Codec::Pcmu)),
            8 => Some(Kind::Sound(Codec::Pcma)),
            TELEPHONE_EVENT if negotiated.telephone_event.is_some() => Some(Kind::TelephoneEvent),
            _ => None,
        }
    }

    /// The key of a telephone-event, unless the press is known: every packet of one has the time stamp of its beginning
    /// (RFC 4733 section 2.3.5).
    pub fn digit(&mut self, packet: &crate::rtp::Packet<'_>) -> Option<char> {
        const KEYS: &[u8; 16] = b"0123456789*#ABCD";
        let key = KEYS.get(usize::from(*packet.payload.first()?))?;
        let known = self.pressed.replace(packet.header.timestamp) == Some(packet.header.timestamp);
        (!known).then_some(char::from(*key))
    }

    /// Takes note of a packet with a payload type we know. `None` when it comes from the wrong source; else whether it is
    /// the first ever.
    pub fn receive(&mut self, now: Duration, from: SocketAddr, header: &Header) -> Option<bool> {
        if !self.latch.admits(now, from) {
            return None;
        }
        self.incoming.note(header.ssrc, header.sequence);
        Some(!std::mem::replace(&mut self.heard, true))
    }

    /// Whether what this party sends is for anybody's ears.
    pub fn listens(&self) -> bool {
        self.negotiated.is_some_and(|negotiated| match negotiated.direction {
            Direction::SendRecv | Direction::RecvOnly => true,
            Direction::SendOnly | Direction::Inactive => false,
        })
    }

    /// Where a packet of the peer goes, and under which header; with it the codec this party expects.
    pub fn relay(
        &mut self,
        now: Duration,
        from: &Header,
        kind: Kind,
        bytes: usize,
    ) -> Option<(SocketAddr, Header, Codec)> {
        let negotiated = self.negotiated.filter(|negotiated| sends(negotiated.direction))?;
        let to = self.latch.destination()?;
        let (payload_type, sound) = match kind {
            Kind::Sound(_) => (negotiated.payload_type, Some(bytes as u32)),
            Kind::TelephoneEvent => (negotiated.telephone_event?, None),
        };
        let header = self.outgoing.relayed(now, from, payload_type, sound)?;
        Some((to, header, negotiated.codec))
    }

    pub fn stats(&self) -> StreamStats {
        StreamStats {
            port: self.port,
            slot: self.slot,
            packets_in: self.incoming.packets(),
            packets_out: self.outgoing.packets(),
            lost_in: self.incoming.lost(),
            ignored_in: self.ignored,
            source: self.latch.learned(),
            destination: self.latch.destination(),
        }
    }
}

fn sends(direction: Direction) -> bool {
    match direction {
        Direction::SendRecv | Direction::SendOnly => true,
        Direction::RecvOnly | Direction::Inactive => false,
    }
}

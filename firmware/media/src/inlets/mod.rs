//! Pages that come in over the network, for the speaker: from multicast groups by RTP, and from Poly phones.
//!
//! Of each inlet one talker is heard at a time; who is played of several inlets is decided elsewhere.

mod inlet;

use crate::poly::{Caller, PolyPacket, PolySound};
use crate::rtp::{MOST_PAYLOAD, Packet};
use crate::{Codec, OVERHEAD_SAMPLES};
use inlet::{Inlet, Talker};
use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Duration;

/// Events that wait to be fetched; more are lost.
const MOST_EVENTS: usize = 256;
/// Payload types of RTP (RFC 3551 section 6, RFC 3389).
const PCMU: u8 = 0;
const PCMA: u8 = 8;
const G722: u8 = 9;
const COMFORT_NOISE: u8 = 13;

/// One way in, by its place in what [`Inlets::new`] was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InletId(pub u16);

/// What comes in by an inlet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InletKind {
    /// RTP of one multicast group.
    Rtp,
    /// What Poly phones send to this channel.
    Poly {
        /// See [`crate::poly::CHANNELS`].
        channel: u8,
    },
}

/// What has happened at an inlet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InletEvent {
    /// The first sound has come.
    Opened {
        /// Where.
        inlet: InletId,
        /// Who it is, where they say so.
        caller: Option<Caller>,
    },
    /// It is over.
    Closed {
        /// Where.
        inlet: InletId,
    },
    /// Somebody speaks, and cannot be played. Told once a minute for an inlet.
    Unplayable {
        /// Where.
        inlet: InletId,
        /// Who it is, where they say so.
        caller: Option<Caller>,
        /// How their sound is encoded.
        encoded: Encoded,
    },
}

/// A way to encode sound that the unit does not play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoded {
    /// A payload type of RTP.
    PayloadType(u8),
    /// G.726 of old Poly phones.
    ReversedG726,
}

/// What has come in and was left out, in datagrams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InletStats {
    /// Played, or kept for it.
    pub taken: u64,
    /// Neither RTP nor a packet of a Poly phone, or too long to be one.
    pub garbage: u64,
    /// Encoded in a way that is not played.
    pub unplayable: u64,
    /// Of somebody who speaks where somebody else does already.
    pub second: u64,
    /// Sent by this unit.
    pub own: u64,
    /// Of channels that are not listened to.
    pub elsewhere: u64,
    /// Events that nobody fetched.
    pub events_lost: u64,
}

/// All inlets of a unit.
///
/// The shell hands in datagrams as they come, asks for frames and events whenever the time of [`Self::poll_timeout`] has
/// come, and may leave out datagrams when there are too many.
#[derive(Debug)]
pub struct Inlets {
    inlets: Vec<Inlet>,
    /// What this unit sends is not played.
    own: u32,
    heard: Option<InletId>,
    events: VecDeque<InletEvent>,
    stats: InletStats,
}

impl Inlets {
    /// `own` is the SSRC by RTP and the serial number among Poly phones of what this unit sends.
    pub fn new(kinds: &[InletKind], own: u32) -> Self {
        let inlets = kinds.iter().map(|kind| Inlet::new(*kind)).collect();
        Self { inlets, own, heard: None, events: VecDeque::new(), stats: InletStats::default() }
    }

    /// A datagram has come in the group of an inlet of RTP.
    pub fn handle_rtp(&mut self, now: Duration, inlet: InletId, from: IpAddr, bytes: &[u8]) {
        self.handle_timeout(now);
        let packet = Packet::read(bytes).ok().filter(|packet| (1..=MOST_PAYLOAD).contains(&packet.payload.len()));
        let Some(packet) = packet else {
            self.stats.garbage += 1;
            return;
        };
        let talker = Talker { from, id: packet.header.ssrc };
        if self.is_own(talker) {
            return;
        }
        let Self { inlets, stats, .. } = self;
        let Some(place) = inlets.get_mut(usize::from(inlet.0)) else { return };
        let (header, payload) = (packet.header, packet.payload);
        let codec = match header.payload_type {
            PCMU => Codec::Pcmu,
            PCMA => Codec::Pcma,
            G722 => Codec::G722,
            COMFORT_NOISE => {
                // Alone it is no page; within one the talker is silent, and still there.
                if place.lasts(now, talker) {
                    stats.taken += 1;
                    place.rest(payload);
                }
                return;
            }
            other => return self.unplayable(now, inlet, None, Encoded::PayloadType(other)),
        };
        if !place.locks(now, talker) {
            stats.second += 1;
            return;
        }
        stats.taken += 1;
        if place.hear(now, codec, [Some((header.sequence, payload)), None]) {
            self.tell(InletEvent::Opened { inlet, caller: None });
        }
    }

    /// A datagram has come in the group of Poly phones.
    pub fn handle_poly(&mut self, now: Duration, from: IpAddr, bytes: &[u8]) {
        self.handle_timeout(now);
        let packet = match PolyPacket::read(bytes) {
            Ok(packet) if bytes.len() <= MOST_PAYLOAD => packet,
            Ok(_) | Err(_) => {
                self.stats.garbage += 1;
                return;
            }
        };
        let header = *packet.header();
        let wanted = InletKind::Poly { channel: header.channel };
        let Some(place) = self.inlets.iter().position(|inlet| inlet.kind() == wanted) else {
            self.stats.elsewhere += 1;
            return;
        };
        let inlet = InletId(u16::try_from(place).unwrap_or(u16::MAX));
        let talker = Talker { from, id: header.serial };
        let caller = Some(header.caller).filter(|caller| !caller.text().is_empty());
        if self.is_own(talker) {
            return;
        }
        let Some(place) = self.inlets.get_mut(place) else { return };
        let taken = match packet {
            PolyPacket::Alert(_) => place.alerts(now, talker),
            PolyPacket::End(_) => place.ends(now, talker),
            PolyPacket::Transmit { sound: PolySound::ReversedG726, .. } => {
                return self.unplayable(now, inlet, caller, Encoded::ReversedG726);
            }
            PolyPacket::Transmit { sound: PolySound::Known(codec), timestamp, frames, .. } => {
                let locked = place.locks(now, talker);
                if locked && place.hear_poly(now, codec, timestamp, frames) {
                    self.tell(InletEvent::Opened { inlet, caller });
                }
                locked
            }
        };
        *(if taken { &mut self.stats.taken } else { &mut self.stats.second }) += 1;
    }

    /// Which inlet goes to the speaker from now on.
    pub fn hear(&mut self, inlet: Option<InletId>) {
        self.heard = inlet;
    }

    /// The next 20 ms of the inlet that goes to the speaker, at [`crate::OVERHEAD_RATE`]; to be asked until there is none.
    /// Whoever is not heard goes on unheard.
    pub fn poll_frame(&mut self, now: Duration, samples: &mut [i16; OVERHEAD_SAMPLES]) -> Option<InletId> {
        let heard = self.heard;
        for (id, inlet) in (0..).map(InletId).zip(&mut self.inlets) {
            while inlet.is_due(now) {
                if inlet.fill(now, samples) && heard == Some(id) {
                    return Some(id);
                }
            }
        }
        None
    }

    /// Closes what has ended.
    pub fn handle_timeout(&mut self, now: Duration) {
        for place in 0..self.inlets.len() {
            if self.inlets[place].expires(now) {
                self.tell(InletEvent::Closed { inlet: InletId(u16::try_from(place).unwrap_or(u16::MAX)) });
            }
        }
    }

    /// When [`Self::handle_timeout`] and [`Self::poll_frame`] are due; `None` while nobody speaks.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.inlets.iter().filter_map(Inlet::deadline).min()
    }

    /// What has happened since.
    pub fn poll_event(&mut self) -> Option<InletEvent> {
        self.events.pop_front()
    }

    /// Figures since the start.
    pub fn stats(&self) -> InletStats {
        self.stats
    }

    fn is_own(&mut self, talker: Talker) -> bool {
        let own = talker.id == self.own;
        self.stats.own += u64::from(own);
        own
    }

    fn unplayable(&mut self, now: Duration, inlet: InletId, caller: Option<Caller>, encoded: Encoded) {
        self.stats.unplayable += 1;
        if self.inlets.get_mut(usize::from(inlet.0)).is_some_and(|place| place.tells_unplayable(now)) {
            self.tell(InletEvent::Unplayable { inlet, caller, encoded });
        }
    }

    fn tell(&mut self, event: InletEvent) {
        if self.events.len() < MOST_EVENTS {
            self.events.push_back(event);
        } else {
            self.stats.events_lost += 1;
        }
    }
}

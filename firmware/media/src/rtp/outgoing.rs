use super::packet::Header;
use orbitbox_audio::codec::Codec;
use orbitbox_audio::frame;
use std::time::Duration;

/// Beyond these the sender has begun a new numbering (RFC 3550 appendix A.1).
const MOST_DROPOUT: u16 = 3000;
const MOST_MISORDER: u16 = 100;

/// A time stamp may part from the time of arrival by this much between two packets.
const MOST_LEAP: Duration = Duration::from_secs(1);

/// What we send of one stream: one source, one numbering, one line of time stamps, whatever the sound comes from.
///
/// Frames of our own carry the time stamp of their tick. Relayed packets keep their distances in number and time, moved
/// to follow on what was sent before, so that losses, silence and reordering reach the receiver as they were.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    ssrc: u32,
    /// Ticks of the RTP clock in a frame.
    frame: u32,
    /// Of the next packet.
    sequence: u16,
    /// Time stamp of the present tick.
    clock: u32,
    ticked_at: Duration,
    /// Time stamp that follows the last sent sample.
    end: Option<u32>,
    /// The receiver has had nothing from us for a while, or from another source: the next packet bears the marker.
    fresh: bool,
    relay: Option<Relay>,
    /// The key press that is passed on: when it began, by their clock and by ours.
    pressed: Option<(u32, u32)>,
    packets: u64,
    octets: u64,
}

/// How the numbers of a relayed sender become ours.
#[derive(Debug, Clone)]
struct Relay {
    ssrc: u32,
    highest: u16,
    /// How far `highest` has come since the first packet.
    advanced: u32,
    sequence_offset: u16,
    timestamp_offset: u32,
    /// Of the last packet of sound.
    timestamp: u32,
    arrived_at: Duration,
}

impl Outgoing {
    pub fn new(now: Duration, ssrc: u32, sequence: u16, timestamp: u32) -> Self {
        let frame = Codec::Pcmu.frame_clock();
        Self {
            ssrc,
            frame,
            sequence,
            clock: timestamp.wrapping_sub(frame),
            ticked_at: now,
            end: None,
            fresh: true,
            relay: None,
            pressed: None,
            packets: 0,
            octets: 0,
        }
    }

    /// Time stamps go on from where they are, at the clock of this codec.
    pub fn keep_time_for(&mut self, codec: Codec) {
        if self.frame != codec.frame_clock() {
            self.frame = codec.frame_clock();
            self.change_source();
        }
    }

    /// Another 20 ms.
    pub fn tick(&mut self, now: Duration) {
        self.clock = self.clock.wrapping_add(self.frame);
        self.ticked_at = now;
    }

    /// So many ticks did not take place.
    pub fn skip(&mut self, frames: u32) {
        self.clock = self.clock.wrapping_add(frames.wrapping_mul(self.frame));
        self.fresh = true;
    }

    /// Nothing is sent in this tick.
    pub fn rest(&mut self) {
        self.fresh = true;
    }

    /// What is sent comes from elsewhere from now on.
    pub fn change_source(&mut self) {
        self.relay = None;
        self.fresh = true;
    }

    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Bytes of payload (RFC 3550 section 6.4.1).
    pub fn octets(&self) -> u64 {
        self.octets
    }

    /// The time stamp that this moment has.
    pub fn time_stamp(&self, now: Duration) -> u32 {
        let since_tick = now.saturating_sub(self.ticked_at).min(frame::DURATION).as_micros();
        self.clock.wrapping_add((since_tick * u128::from(self.frame) / frame::DURATION.as_micros()) as u32)
    }

    /// The header of a frame of our own in the present tick.
    pub fn own(&mut self, payload_type: u8, bytes: usize) -> Header {
        self.clock = self.not_before_end(self.clock);
        let header = Header {
            payload_type,
            marker: self.fresh,
            sequence: self.sequence,
            timestamp: self.clock,
            ssrc: self.ssrc,
        };
        self.sequence = self.sequence.wrapping_add(1);
        self.end = Some(self.clock.wrapping_add(self.frame));
        self.fresh = false;
        self.count(bytes);
        header
    }

    /// The header of a packet of a key press among frames of our own. `began` is its time stamp at the other side.
    pub fn key_event(&mut self, now: Duration, payload_type: u8, began: u32, bytes: usize) -> Header {
        let known = self.pressed.filter(|(theirs, _)| *theirs == began);
        let (_, timestamp) = *self.pressed.insert(known.unwrap_or((began, self.time_stamp(now))));
        let marker = known.is_none();
        let header = Header { payload_type, marker, sequence: self.sequence, timestamp, ssrc: self.ssrc };
        self.sequence = self.sequence.wrapping_add(1);
        self.count(bytes);
        header
    }

    fn count(&mut self, bytes: usize) {
        self.packets += 1;
        self.octets += bytes as u64;
    }

    /// The header of another party's packet on its way through. `sound` is its length by the clock of its codec,
    /// `None` for a telephone event, whose time stamp stays at its start. `None` when it is too late to be numbered.
    pub fn relayed(
        &mut self,
        now: Duration,
        from: &Header,
        payload_type: u8,
        sound: Option<u32>,
        bytes: usize,
    ) -> Option<Header> {
        let rate = self.frame * frame::PER_SECOND;
        if !self.relay.as_ref().is_some_and(|relay| relay.goes_on(now, from, sound.is_some(), rate)) {
            self.start_relay(now, from);
        }
        let relay = self.relay.as_mut()?;
        let ahead = from.sequence.wrapping_sub(relay.highest);
        if ahead < MOST_DROPOUT {
            relay.highest = from.sequence;
            relay.advanced = relay.advanced.saturating_add(u32::from(ahead));
        } else if u32::from(ahead.wrapping_neg()) > relay.advanced {
            // Its number was used before the relay began.
            return None;
        }
        let sequence = from.sequence.wrapping_add(relay.sequence_offset);
        let timestamp = from.timestamp.wrapping_add(relay.timestamp_offset);
        if let Some(samples) = sound {
            relay.timestamp = from.timestamp;
            relay.arrived_at = now;
            let end = timestamp.wrapping_add(samples);
            if self.end.is_none_or(|known| end.wrapping_sub(known) as i32 > 0) {
                self.end = Some(end);
            }
        }
        if sequence.wrapping_sub(self.sequence) < MOST_DROPOUT {
            self.sequence = sequence.wrapping_add(1);
        }
        let marker = from.marker || self.fresh;
        self.fresh = false;
        self.count(bytes);
        Some(Header { payload_type, marker, sequence, timestamp, ssrc: self.ssrc })
    }

    fn start_relay(&mut self, now: Duration, from: &Header) {
        let present = self.time_stamp(now);
        self.relay = Some(Relay {
            ssrc: from.ssrc,
            highest: from.sequence,
            advanced: 0,
            sequence_offset: self.sequence.wrapping_sub(from.sequence),
            timestamp_offset: self.not_before_end(present).wrapping_sub(from.timestamp),
            timestamp: from.timestamp,
            arrived_at: now,
        });
        self.fresh = true;
    }

    /// Time stamps never go back.
    fn not_before_end(&self, timestamp: u32) -> u32 {
        self.end.filter(|end| (timestamp.wrapping_sub(*end) as i32) < 0).unwrap_or(timestamp)
    }
}

impl Relay {
    /// Whether a packet continues what was relayed so far.
    fn goes_on(&self, now: Duration, from: &Header, is_sound: bool, rate: u32) -> bool {
        let ahead = from.sequence.wrapping_sub(self.highest);
        let numbered = ahead < MOST_DROPOUT || ahead.wrapping_neg() <= MOST_MISORDER;
        let step = i64::from(from.timestamp.wrapping_sub(self.timestamp) as i32);
        let elapsed = now.saturating_sub(self.arrived_at).as_micros() * u128::from(rate) / 1_000_000;
        let most = u128::from(rate) * MOST_LEAP.as_millis() / 1000;
        let timely = !is_sound || (step - elapsed as i64).abs() <= most as i64;
        from.ssrc == self.ssrc && numbered && timely
    }
}

/// An audio codec of the telephone side, one channel, in frames of 20 ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Codec {
    /// G.711 mu-law, 64 kbit/s, static payload type 0 (RFC 3551).
    Pcmu,
    /// G.711 A-law, 64 kbit/s, static payload type 8 (RFC 3551).
    Pcma,
    /// G.722, 64 kbit/s, static payload type 9 (RFC 3551).
    G722,
    /// Opus (RFC 6716), dynamic payload type (RFC 7587).
    Opus,
}

impl Codec {
    /// All of them.
    pub const ALL: [Codec; 4] = [Codec::Pcmu, Codec::Pcma, Codec::G722, Codec::Opus];

    /// Frames in the longest payload that is taken: 120 ms.
    pub(super) const MOST_FRAMES: u32 = 6;

    /// Its encoding name in SDP.
    pub const fn name(self) -> &'static str {
        match self {
            Codec::Pcmu => "PCMU",
            Codec::Pcma => "PCMA",
            Codec::G722 => "G722",
            Codec::Opus => "opus",
        }
    }

    /// Samples a second of live sound, before encoding and after decoding. Opus runs at the widest rate that any other
    /// party of a bridge can hear.
    pub const fn sample_rate(self) -> u32 {
        match self {
            Codec::Pcmu | Codec::Pcma => 8_000,
            Codec::G722 | Codec::Opus => 16_000,
        }
    }

    /// Ticks a second of its RTP time stamps. That of G.722 is 8000 for historical reasons (RFC 3551 section 4.5.2), that
    /// of Opus always 48000 (RFC 7587 section 4.1).
    pub const fn clock_rate(self) -> u32 {
        match self {
            Codec::Pcmu | Codec::Pcma | Codec::G722 => 8_000,
            Codec::Opus => 48_000,
        }
    }

    /// Samples of live sound in a frame.
    pub const fn frame_samples(self) -> usize {
        self.sample_rate() as usize / crate::frame::PER_SECOND as usize
    }

    /// Ticks of its RTP clock in a frame.
    pub const fn frame_clock(self) -> u32 {
        self.clock_rate() / crate::frame::PER_SECOND
    }

    /// Bytes of every frame; `None` where they vary.
    pub const fn frame_bytes(self) -> Option<usize> {
        match self {
            Codec::Pcmu | Codec::Pcma | Codec::G722 => Some(160),
            Codec::Opus => None,
        }
    }

    /// How many ticks of its clock a payload lasts; `None` where it cannot be told, or is beyond 120 ms.
    pub fn payload_clock(self, payload: &[u8]) -> Option<u32> {
        let ticks = match self {
            // One byte a tick: G.722 has two samples in it, on a clock of half its rate.
            Codec::Pcmu | Codec::Pcma | Codec::G722 => u32::try_from(payload.len()).ok()?,
            Codec::Opus => super::opus::ticks(payload)?,
        };
        (ticks > 0 && ticks <= Self::MOST_FRAMES * self.frame_clock()).then_some(ticks)
    }
}

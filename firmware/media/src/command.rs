//! What the audio plane is told, and what it reports.

use crate::srtp::{MasterKey, Suite};
use crate::{Library, LiveFrame, StreamStats};
use orbitbox_audio::codec::Codec;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// One RTP stream of the unit with one party. Never re-used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub u64);

/// One prepared piece of speech or tone, by its place in the library the engine was made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClipId(pub u16);

/// Some music by its name; 0 is that of the whole unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct MusicId(pub u16);

/// Which way media flows, from the unit's side (RFC 3264 section 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Both ways.
    #[default]
    SendRecv,
    /// We send only.
    SendOnly,
    /// We receive only.
    RecvOnly,
    /// Neither.
    Inactive,
}

/// How key presses are sent (RFC 4733).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyEvents {
    /// Of telephone-event.
    pub payload_type: u8,
    /// Ticks a second: 8000, or 48,000 beside Opus.
    pub clock: u32,
}

/// Keys of SRTP, one for each way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keys {
    /// For both ways.
    pub suite: Suite,
    /// For what we send.
    pub ours: MasterKey,
    /// For what they send.
    pub theirs: MasterKey,
}

/// What offer and answer have settled for one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Negotiated {
    /// For both ways.
    pub codec: Codec,
    /// The payload type the other side expects (what we send).
    pub payload_type: u8,
    /// Where the other side said it listens; symmetric RTP may learn better.
    pub remote: SocketAddr,
    /// Their port for RTCP; that of `remote` where both share one (RFC 5761).
    pub control_port: u16,
    /// From the unit's side.
    pub direction: Direction,
    /// Telephone events, when agreed.
    pub key_events: Option<KeyEvents>,
    /// Payload type of comfort noise (RFC 3389), when agreed.
    pub comfort_noise: Option<u8>,
    /// Plain RTP without them.
    pub keys: Option<Keys>,
}

impl Negotiated {
    /// Plain RTP both ways, and nothing beside.
    pub fn plain(codec: Codec, payload_type: u8, remote: SocketAddr) -> Self {
        Self {
            codec,
            payload_type,
            remote,
            control_port: remote.port().saturating_add(1),
            direction: Direction::SendRecv,
            key_events: None,
            comfort_noise: None,
            keys: None,
        }
    }
}

/// What a stream that is not bridged sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Music, from where this stream left it.
    Music(MusicId),
    /// Music, from where that other stream has it.
    MusicOf(StreamId),
    /// Encoded silence.
    Silence,
    /// These clips in order, once; then `Event::ClipsEnded`, then what `then_music` says.
    Clips {
        /// In order.
        clips: Vec<ClipId>,
        /// What follows: this music, or silence.
        then_music: Option<MusicId>,
    },
}

/// An order to the audio plane. One naming an unknown stream is ignored.
#[derive(Debug, Clone)]
pub enum Command {
    /// A new stream. It sends nothing until `Negotiate`.
    Open {
        /// Its identity.
        stream: StreamId,
        /// The local RTP port, already bound.
        port: u16,
        /// RFC 3550 section 5.1: SSRC and first sequence number and timestamp are random.
        ssrc: u32,
        /// See `ssrc`.
        first_sequence: u16,
        /// See `ssrc`.
        first_timestamp: u32,
    },
    /// Offer and answer are settled, the first time or again. Sequence, timestamps and the place in the music go on.
    Negotiate {
        /// Which stream.
        stream: StreamId,
        /// What was settled.
        negotiated: Negotiated,
    },
    /// Send this from now on. Takes the stream out of its bridge, and leaves its former peer with silence.
    Play {
        /// Which stream.
        stream: StreamId,
        /// What.
        source: Source,
    },
    /// Each of the two hears the other from now on.
    Bridge {
        /// One.
        a: StreamId,
        /// The other.
        b: StreamId,
    },
    /// Play from this library from now on. Streams go on where they are.
    Stock(Arc<Library>),
    /// The next 20 ms of [`crate::Music::Live`].
    Live(Box<LiveFrame>),
    /// What this party says goes to the speaker from now on, as [`crate::AudioEngine::overhead`] gives it; what another
    /// one says no longer does. `None` for nobody.
    Overhead {
        /// Which stream.
        stream: Option<StreamId>,
    },
    /// Keep what this party says from now on, until the stream closes: then `Event::Recorded` follows. What is said after
    /// `longest` is not kept. No effect where [`crate::MOST_RECORDINGS`] are being made.
    Record {
        /// Which stream.
        stream: StreamId,
        /// 2 min at most.
        longest: Duration,
    },
    /// The stream is over; a last `Event::Measured` follows.
    Close {
        /// Which stream.
        stream: StreamId,
    },
}

/// What has happened in the audio plane.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The first valid RTP packet of the stream has come. Reported once for a stream.
    Heard {
        /// Which stream.
        stream: StreamId,
    },
    /// A key was pressed (RFC 4733): `0` to `9`, `*`, `#`, `A` to `D`. Reported once a press, when its first packet comes.
    Digit {
        /// Which stream.
        stream: StreamId,
        /// The key.
        digit: char,
    },
    /// The clips of a `Source::Clips` have been sent to the end.
    ClipsEnded {
        /// Which stream.
        stream: StreamId,
    },
    /// What was kept of a stream that has closed.
    Recorded {
        /// Which stream.
        stream: StreamId,
        /// At [`crate::OVERHEAD_RATE`], without the silence before and after; empty when nothing was said.
        sound: Arc<Vec<i16>>,
    },
    /// How it stands with the stream: every five seconds, and when it ends.
    Measured {
        /// Which stream.
        stream: StreamId,
        /// So far.
        stats: StreamStats,
    },
    /// Music has been silent for ten seconds, and the comfort tone has taken its place.
    MusicSilent {
        /// Which.
        music: MusicId,
    },
}

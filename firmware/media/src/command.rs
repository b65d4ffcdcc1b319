//! What the audio plane is told, and what it reports.

use std::net::SocketAddr;

/// One RTP stream of the unit with one party. Never re-used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub u64);

/// One prepared piece of speech or tone, by its place in the library the engine was made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClipId(pub u16);

/// An audio codec at 8000 Hz, 64 kbit/s (RFC 3551).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Codec {
    /// G.711 mu-law, static payload type 0.
    Pcmu,
    /// G.711 A-law, static payload type 8.
    Pcma,
}

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

/// What offer and answer have settled for one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Negotiated {
    /// For both ways.
    pub codec: Codec,
    /// The payload type the other side expects (what we send).
    pub payload_type: u8,
    /// Where the other side said it listens; symmetric RTP may learn better.
    pub remote: SocketAddr,
    /// From the unit's side.
    pub direction: Direction,
    /// Payload type of telephone-event (RFC 4733), when agreed.
    pub telephone_event: Option<u8>,
}

/// What a stream that is not bridged sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Music, from where this stream left it.
    Music,
    /// Music, from where that other stream has it.
    MusicOf(StreamId),
    /// Encoded silence.
    Silence,
    /// These clips in order, once; then `Event::ClipsEnded`, then what `then_music` says: music or silence.
    Clips {
        /// In order.
        clips: Vec<ClipId>,
        /// What follows.
        then_music: bool,
    },
}

/// An order to the audio plane. One naming an unknown stream is ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The stream is over.
    Close {
        /// Which stream.
        stream: StreamId,
    },
}

/// What has happened in the audio plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}

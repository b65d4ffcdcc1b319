//! What outlives a restart of what was agreed on with one party. Keys do not: they are made anew by the next offer.

use super::negotiation::Line;
use super::{Negotiation, Protection, Terms};
use crate::{Direction, KeyEvents, Negotiated};
use orbitbox_audio::codec::Codec;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// Offer and answer of one leg so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaRecord {
    /// Of the session description's origin (RFC 8866 section 5.2).
    pub session: u64,
    /// Of the description that was sent last.
    pub version: u64,
    /// Where the unit receives RTP.
    pub local: SocketAddr,
    /// Every media line so far: kind, protocol, formats.
    pub lines: Vec<(String, String, String)>,
    /// Which of the lines is the audio.
    pub audio: usize,
    /// Payload type of telephone-event in our offers.
    pub telephone_event: u8,
    /// The same of Opus.
    pub opus: u8,
    /// It was SRTP, and has to be again.
    pub protected: bool,
    /// What was settled last; `None` before the first answer.
    pub settled: Option<SettledRecord>,
}

/// What offer and answer have settled, without keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettledRecord {
    /// By its name in a session description.
    pub codec: String,
    /// What we send.
    pub payload_type: u8,
    /// Where the other side said it listens.
    pub remote: SocketAddr,
    /// Their port for RTCP.
    pub control_port: u16,
    /// The unit sends; it receives.
    pub ways: (bool, bool),
    /// Payload type and clock of telephone events.
    pub key_events: Option<(u8, u32)>,
    /// Payload type of comfort noise.
    pub comfort_noise: Option<u8>,
}

impl Negotiation {
    /// What a restart needs.
    pub fn record(&self) -> MediaRecord {
        MediaRecord {
            session: self.session_id,
            version: self.version,
            local: self.local,
            lines: self
                .lines
                .iter()
                .map(|line| (line.media.clone(), line.proto.clone(), line.formats.clone()))
                .collect(),
            audio: self.audio,
            telephone_event: self.telephone_event,
            opus: self.opus,
            protected: self.settled.is_some_and(|settled| settled.keys.is_some()),
            settled: self.settled.map(SettledRecord::of),
        }
    }

    /// Goes on from a record with other terms, and where it may be on another port; the next description has the next
    /// version. `None` where the record makes no sense.
    pub fn restored(record: &MediaRecord, local: SocketAddr, mut terms: Terms) -> Option<Self> {
        if record.protected {
            terms.protection = Protection::Always;
        }
        let line = |(media, proto, formats): &(String, String, String)| Line {
            media: media.clone(),
            proto: proto.clone(),
            formats: formats.clone(),
        };
        record.lines.get(record.audio)?;
        let settled = match &record.settled {
            Some(settled) => Some(settled.negotiated()?),
            None => None,
        };
        Some(Self {
            session_id: record.session,
            local,
            terms,
            preferred: settled.map(|settled| settled.codec),
            version: record.version,
            // Unlike anything that is sent next.
            sent: Some(Vec::new()),
            lines: record.lines.iter().map(line).collect(),
            audio: record.audio,
            telephone_event: record.telephone_event,
            opus: record.opus,
            offered: false,
            // Without their keys there is nothing to go on with.
            settled: settled.filter(|_| !record.protected),
        })
    }
}

impl SettledRecord {
    fn of(settled: Negotiated) -> Self {
        let Negotiated { codec, payload_type, remote, control_port, direction, key_events, comfort_noise, keys: _ } =
            settled;
        let ways = match direction {
            Direction::SendRecv => (true, true),
            Direction::SendOnly => (true, false),
            Direction::RecvOnly => (false, true),
            Direction::Inactive => (false, false),
        };
        Self {
            codec: codec.name().to_owned(),
            payload_type,
            remote,
            control_port,
            ways,
            key_events: key_events.map(|events| (events.payload_type, events.clock)),
            comfort_noise,
        }
    }

    fn negotiated(&self) -> Option<Negotiated> {
        Some(Negotiated {
            codec: Codec::ALL.into_iter().find(|codec| codec.name() == self.codec)?,
            payload_type: self.payload_type,
            remote: self.remote,
            control_port: self.control_port,
            direction: match self.ways {
                (true, true) => Direction::SendRecv,
                (true, false) => Direction::SendOnly,
                (false, true) => Direction::RecvOnly,
                (false, false) => Direction::Inactive,
            },
            key_events: self.key_events.map(|(payload_type, clock)| KeyEvents { payload_type, clock }),
            comfort_noise: self.comfort_noise,
            keys: None,
        })
    }
}

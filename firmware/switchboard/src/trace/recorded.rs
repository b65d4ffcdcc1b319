//! An input as it is written down, and back.

use super::redact::{Keypad, Redactor};
use super::stats::Stats;
use crate::{Input, Limit, Switchboard};
use orbitbox_media::poly::Caller;
use orbitbox_media::{Encoded, Event as Heard, InletEvent, InletId, MusicId, StreamId};
use orbitbox_paging::{Event as Spoken, PageId, Vocabulary};
use orbitbox_panel::{ContactEdge, Key, KeyEdge};
use orbitbox_sip::{Flow, LookupId, Transport};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Transport, our address, theirs.
type Way = (String, SocketAddr, SocketAddr);

/// Bytes, as text where they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Bytes {
    Text(String),
    Raw(Vec<u8>),
}

/// One thing that has happened outside, or that the shell has asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Recorded {
    Datagram(Way, Bytes),
    Stream(Way, Bytes),
    StreamClosed(Way),
    /// Of the question, ways, microseconds.
    Resolved(u64, Vec<(String, SocketAddr)>, u64),
    Key(String, bool),
    Contact(u16, bool),
    Told(String, String),
    Wall(u8, u16),
    /// Name, in use, most.
    Limits(Vec<(String, usize, usize)>),
    Heard(u64),
    Digit(u64, char),
    ClipsEnded(u64),
    /// A recorded page, by the number of its samples: what was said is not here.
    Recording(u64, usize),
    Measured(u64, Box<Stats>),
    MusicSilent(u16),
    InletOpened(u16, Option<String>),
    InletClosed(u16),
    /// The payload type, where it is one.
    Unplayable(u16, Option<String>, Option<u8>),
    PageEnded(u64),
    ChimeBegun,
    Amplifier(Option<String>),
    SafeMode,
    Draining(bool),
    /// That the configuration has changed, not into what.
    Configured,
    PortBound(u16),
    Timeout,
    /// What was kept of before the start.
    Restored(Vec<(String, String)>),
    /// The unit was told to end its calls.
    Stopped,
    /// Recordings of one's own, by language and name.
    Vocabulary(Vec<(String, String)>),
}

impl Recorded {
    pub fn of(input: &Input<'_>, redactor: &mut Redactor) -> Self {
        match input {
            Input::Datagram { flow, bytes } => Self::Datagram(way(*flow), written(redactor.datagram(*flow, bytes))),
            Input::Stream { flow, bytes } => Self::Stream(way(*flow), written(redactor.piece(*flow, bytes))),
            Input::StreamClosed(flow) => {
                redactor.closed(*flow);
                Self::StreamClosed(way(*flow))
            }
            Input::Resolved { id, ways, fresh_for } => {
                let ways = ways.iter().map(|(transport, to)| (transport.name().to_owned(), *to)).collect();
                Self::Resolved(id.0, ways, micros(*fresh_for))
            }
            Input::Key(KeyEdge { key, pressed }) => Self::Key(key.to_string(), *pressed),
            Input::Contact(ContactEdge { contact, closed }) => Self::Contact(*contact, *closed),
            Input::Told { digits, text } => Self::Told((*digits).to_owned(), (*text).to_owned()),
            Input::Wall { weekday, minute } => Self::Wall(*weekday, *minute),
            Input::Limits(limits) => {
                Self::Limits(limits.iter().map(|limit| (limit.name.clone(), limit.used, limit.most)).collect())
            }
            Input::Media(event) => Self::of_media(event, redactor),
            Input::Inlet(InletEvent::Opened { inlet, caller }) => {
                Self::InletOpened(inlet.0, caller.map(|caller| caller.text()))
            }
            Input::Inlet(InletEvent::Closed { inlet }) => Self::InletClosed(inlet.0),
            Input::Inlet(InletEvent::Unplayable { inlet, caller, encoded }) => {
                let payload_type = match encoded {
                    Encoded::PayloadType(number) => Some(*number),
                    Encoded::ReversedG726 => None,
                };
                Self::Unplayable(inlet.0, caller.map(|caller| caller.text()), payload_type)
            }
            Input::Speaker(Spoken::Ended { page }) => Self::PageEnded(page.0),
            Input::Speaker(Spoken::ChimeBegun) => Self::ChimeBegun,
            Input::Amplifier { fault } => Self::Amplifier(fault.map(str::to_owned)),
            Input::SafeMode => Self::SafeMode,
            Input::Draining(draining) => Self::Draining(*draining),
            Input::Configured(_) => Self::Configured,
            Input::PortBound(port) => Self::PortBound(*port),
            Input::Timeout => Self::Timeout,
        }
    }

    fn of_media(event: &Heard, redactor: &mut Redactor) -> Self {
        match event {
            Heard::Heard { stream } => Self::Heard(stream.0),
            Heard::Digit { stream, digit } => Self::Digit(stream.0, redactor.key(Keypad::Stream(stream.0), *digit)),
            Heard::ClipsEnded { stream } => Self::ClipsEnded(stream.0),
            Heard::Recorded { stream, sound } => Self::Recording(stream.0, sound.len()),
            Heard::Measured { stream, stats } => Self::Measured(stream.0, Box::new(Stats::of(stats))),
            Heard::MusicSilent { music } => Self::MusicSilent(music.0),
        }
    }

    pub fn of_vocabulary(vocabulary: &Vocabulary) -> Self {
        Self::Vocabulary(
            vocabulary.own().map(|(language, name)| (language.code().to_owned(), name.to_owned())).collect(),
        )
    }

    /// Hands it in again. What makes no sense is left out, which its outputs then tell.
    pub fn play(&self, now: Duration, unit: &mut Switchboard) {
        let mut hand_in = |input: Input<'_>| unit.handle_input(now, input);
        let media = |event: Heard| Input::Media(event);
        let caller = |text: &Option<String>| text.as_deref().map(Caller::new);
        match self {
            Self::Datagram(way, bytes) => {
                if let Some(flow) = flow(way) {
                    hand_in(Input::Datagram { flow, bytes: bytes.read() });
                }
            }
            Self::Stream(way, bytes) => {
                if let Some(flow) = flow(way) {
                    hand_in(Input::Stream { flow, bytes: bytes.read() });
                }
            }
            Self::StreamClosed(way) => {
                if let Some(flow) = flow(way) {
                    hand_in(Input::StreamClosed(flow));
                }
            }
            Self::Resolved(id, ways, fresh_for) => {
                let ways: Vec<_> = ways.iter().filter_map(|(name, to)| Some((transport(name)?, *to))).collect();
                let fresh_for = Duration::from_micros(*fresh_for);
                hand_in(Input::Resolved { id: LookupId(*id), ways: &ways, fresh_for });
            }
            Self::Key(name, pressed) => {
                if let Some(key) = key(name) {
                    hand_in(Input::Key(KeyEdge { key, pressed: *pressed }));
                }
            }
            Self::Contact(contact, closed) => {
                hand_in(Input::Contact(ContactEdge { contact: *contact, closed: *closed }));
            }
            Self::Told(digits, text) => hand_in(Input::Told { digits, text }),
            Self::Limits(limits) => {
                let limits: Vec<_> = limits.iter().map(|(name, used, most)| Limit::of(name, *used, *most)).collect();
                hand_in(Input::Limits(&limits));
            }
            Self::Wall(weekday, minute) => hand_in(Input::Wall { weekday: *weekday, minute: *minute }),
            Self::Heard(stream) => hand_in(media(Heard::Heard { stream: StreamId(*stream) })),
            Self::Digit(stream, digit) => hand_in(media(Heard::Digit { stream: StreamId(*stream), digit: *digit })),
            Self::ClipsEnded(stream) => hand_in(media(Heard::ClipsEnded { stream: StreamId(*stream) })),
            Self::Recording(stream, samples) => {
                // More than two minutes is never kept.
                let sound = Arc::new(vec![0; (*samples).min(LONGEST_RECORDING)]);
                hand_in(media(Heard::Recorded { stream: StreamId(*stream), sound }));
            }
            Self::Measured(stream, stats) => {
                hand_in(media(Heard::Measured { stream: StreamId(*stream), stats: stats.read() }));
            }
            Self::MusicSilent(music) => hand_in(media(Heard::MusicSilent { music: MusicId(*music) })),
            Self::InletOpened(inlet, text) => {
                hand_in(Input::Inlet(InletEvent::Opened { inlet: InletId(*inlet), caller: caller(text) }));
            }
            Self::InletClosed(inlet) => hand_in(Input::Inlet(InletEvent::Closed { inlet: InletId(*inlet) })),
            Self::Unplayable(inlet, text, payload_type) => {
                let encoded = payload_type.map_or(Encoded::ReversedG726, Encoded::PayloadType);
                let (inlet, caller) = (InletId(*inlet), caller(text));
                hand_in(Input::Inlet(InletEvent::Unplayable { inlet, caller, encoded }));
            }
            Self::PageEnded(page) => hand_in(Input::Speaker(Spoken::Ended { page: PageId(*page) })),
            Self::ChimeBegun => hand_in(Input::Speaker(Spoken::ChimeBegun)),
            Self::Amplifier(fault) => hand_in(Input::Amplifier { fault: fault.as_deref() }),
            Self::SafeMode => hand_in(Input::SafeMode),
            Self::Draining(draining) => hand_in(Input::Draining(*draining)),
            Self::Configured => {
                let unit_now = unit.unit().clone();
                unit.handle_input(now, Input::Configured(&unit_now));
            }
            Self::PortBound(port) => hand_in(Input::PortBound(*port)),
            Self::Timeout => hand_in(Input::Timeout),
            Self::Restored(records) => unit.restore(now, records),
            Self::Stopped => unit.close_all(now),
            Self::Vocabulary(own) => {
                let known = orbitbox_paging::Language::ALL;
                let of = |(code, name): &(String, String)| {
                    known.into_iter().find(|language| language.code() == code).map(|language| (language, name.clone()))
                };
                unit.set_vocabulary(Vocabulary::built_in().with_own(own.iter().filter_map(of)));
            }
        }
    }

    /// For people: what it is.
    pub fn words(&self) -> String {
        match self {
            Self::Datagram(way, bytes) | Self::Stream(way, bytes) => {
                let first = String::from_utf8_lossy(bytes.read()).lines().next().unwrap_or_default().to_owned();
                format!("{first} from {} {}", way.0, way.2)
            }
            Self::StreamClosed(way) => format!("stream closed from {} {}", way.0, way.2),
            Self::Restored(records) => format!("{} records of before the start", records.len()),
            Self::Measured(stream, _) => format!("measured stream {stream}"),
            Self::Configured => "another configuration, which is not in the trace".to_owned(),
            other => format!("{other:?}"),
        }
    }
}

/// Two minutes, see [`orbitbox_media::Command::Record`].
const LONGEST_RECORDING: usize = 120 * orbitbox_media::OVERHEAD_RATE as usize;

impl Bytes {
    fn read(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Raw(bytes) => bytes,
        }
    }
}

fn written(bytes: Vec<u8>) -> Bytes {
    String::from_utf8(bytes).map_or_else(|odd| Bytes::Raw(odd.into_bytes()), Bytes::Text)
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn way(flow: Flow) -> Way {
    (flow.transport.name().to_owned(), flow.local, flow.remote)
}

fn flow((name, local, remote): &Way) -> Option<Flow> {
    Some(Flow { transport: transport(name)?, local: *local, remote: *remote })
}

fn transport(name: &str) -> Option<Transport> {
    [Transport::Udp, Transport::Tcp, Transport::Tls].into_iter().find(|transport| transport.name() == name)
}

fn key(name: &str) -> Option<Key> {
    let plain = [Key::Park, Key::Retrieve, Key::Page, Key::Function, Key::Hook];
    let orbit = || name.strip_prefix("orbit-")?.parse().ok().map(Key::Orbit);
    plain.into_iter().find(|key| key.to_string() == name).or_else(orbit)
}

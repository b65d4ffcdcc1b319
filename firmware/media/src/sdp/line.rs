//! What one audio line of the other side says.

use super::crypto::{self, Crypto};
use crate::{Codec, Direction, KeyEvents};
use orbitbox_audio::codec::comfort_noise;
use sdp_types::{Attribute, Media, Session};
use std::net::SocketAddr;

/// Formats read of one line; later ones are not looked at.
const MOST_FORMATS: usize = 64;

/// An audio line we could use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AudioLine {
    /// Where they listen; unspecified means the old way of hold (RFC 3264 section 8.4).
    pub remote: SocketAddr,
    /// Our codecs among theirs, in their order, with their payload types. Never empty.
    pub codecs: Vec<(Codec, u8)>,
    /// Their payload types of telephone-event, each with its clock.
    pub key_events: Vec<KeyEvents>,
    /// Their payload type of comfort noise at 8000 Hz.
    pub comfort_noise: Option<u8>,
    /// Their keys that we can use.
    pub keys: Vec<Crypto>,
    /// The line is for SRTP alone.
    pub secured: bool,
    /// Their port for RTCP, on the host of `remote`.
    pub control_port: u16,
    /// They take RTCP on the port of RTP (RFC 5761).
    pub multiplexed: bool,
    /// From our side.
    pub direction: Direction,
}

/// Reads a line. `None` when it is no audio, switched off, neither RTP nor SRTP, without a codec of ours, or without a
/// unicast address.
pub(super) fn read(session: &Session, media: &Media) -> Option<AudioLine> {
    let secured = is_secured(&media.proto)?;
    if !media.media.eq_ignore_ascii_case("audio") || media.port == 0 {
        return None;
    }
    let connection = media.connections.first().or(session.connection.as_ref())?;
    let ip = connection.try_address().ok()?.ip;
    // Sending to a group or a broadcast address because somebody asked for it would make us an amplifier.
    if ip.is_multicast() || ip == std::net::Ipv4Addr::BROADCAST {
        return None;
    }
    let Formats { codecs, key_events, comfort_noise } = formats(media);
    if codecs.is_empty() {
        return None;
    }
    let theirs = direction(&media.attributes).or_else(|| direction(&session.attributes)).unwrap_or_default();
    let direction = match (mirrored(theirs), ip.is_unspecified()) {
        (Direction::SendRecv, true) => Direction::RecvOnly,
        (Direction::SendOnly, true) => Direction::Inactive,
        (ours, _) => ours,
    };
    // A host named there is not believed: reports would go where nobody asked for them.
    let control = value(media, "rtcp").and_then(|value| value.split_ascii_whitespace().next()?.parse().ok());
    Some(AudioLine {
        remote: SocketAddr::new(ip, media.port),
        codecs,
        key_events,
        comfort_noise,
        keys: crypto::read(media),
        secured,
        control_port: control.filter(|port| *port > 0).unwrap_or_else(|| media.port.saturating_add(1)),
        multiplexed: media.attributes.iter().any(|attribute| attribute.attribute.eq_ignore_ascii_case("rtcp-mux")),
        direction,
    })
}

/// AVPF (RFC 4585) differs from AVP in feedback over RTCP only, which is never sent here. `None` of what is no RTP.
fn is_secured(proto: &str) -> Option<bool> {
    match proto.to_ascii_uppercase().as_str() {
        "RTP/AVP" | "RTP/AVPF" => Some(false),
        "RTP/SAVP" | "RTP/SAVPF" => Some(true),
        _ => None,
    }
}

fn value<'m>(media: &'m Media, name: &str) -> Option<&'m str> {
    let found = media.attributes.iter().find(|attribute| attribute.attribute.eq_ignore_ascii_case(name));
    found?.value.as_deref().map(str::trim)
}

#[derive(Default)]
struct Formats {
    codecs: Vec<(Codec, u8)>,
    key_events: Vec<KeyEvents>,
    comfort_noise: Option<u8>,
}

fn formats(media: &Media) -> Formats {
    let mut formats = Formats::default();
    let listed = media.fmt.split_ascii_whitespace().take(MOST_FORMATS);
    for payload_type in listed.filter_map(|format| format.parse::<u8>().ok()).filter(|number| *number < 128) {
        match meaning(media, payload_type) {
            Some(Meaning::Audio(codec)) if formats.codecs.iter().all(|(known, _)| *known != codec) => {
                formats.codecs.push((codec, payload_type));
            }
            Some(Meaning::KeyEvents(clock)) if formats.key_events.iter().all(|known| known.clock != clock) => {
                formats.key_events.push(KeyEvents { payload_type, clock });
            }
            Some(Meaning::ComfortNoise) => formats.comfort_noise = formats.comfort_noise.or(Some(payload_type)),
            Some(Meaning::Audio(_) | Meaning::KeyEvents(_)) | None => {}
        }
    }
    formats
}

enum Meaning {
    Audio(Codec),
    /// At this clock.
    KeyEvents(u32),
    ComfortNoise,
}

/// By its rtpmap; static types may come without one (RFC 3551 section 6).
fn meaning(media: &Media, payload_type: u8) -> Option<Meaning> {
    let mapped = media.attributes.iter().filter(|attribute| attribute.attribute.eq_ignore_ascii_case("rtpmap"));
    for value in mapped.filter_map(|attribute| attribute.value.as_deref()) {
        let Some((number, encoding)) = value.trim().split_once([' ', '\t']) else { continue };
        if number.parse() == Ok(payload_type) {
            return named(encoding.trim());
        }
    }
    match payload_type {
        0 => Some(Meaning::Audio(Codec::Pcmu)),
        8 => Some(Meaning::Audio(Codec::Pcma)),
        9 => Some(Meaning::Audio(Codec::G722)),
        comfort_noise::PAYLOAD_TYPE => Some(Meaning::ComfortNoise),
        _ => None,
    }
}

/// `name/rate` or `name/rate/channels`.
fn named(encoding: &str) -> Option<Meaning> {
    let mut parts = encoding.split('/').map(str::trim);
    let (name, clock) = (parts.next()?, parts.next()?.parse::<u32>().ok()?);
    let channels = parts.next().unwrap_or("1");
    if name.eq_ignore_ascii_case("telephone-event") {
        return (channels == "1" && matches!(clock, 8_000 | 48_000)).then_some(Meaning::KeyEvents(clock));
    }
    if name.eq_ignore_ascii_case("CN") {
        return (channels == "1" && clock == 8_000).then_some(Meaning::ComfortNoise);
    }
    let codec = Codec::ALL.into_iter().find(|codec| codec.name().eq_ignore_ascii_case(name))?;
    (clock == codec.clock_rate() && channels == channels_of(codec)).then_some(Meaning::Audio(codec))
}

/// Opus always says two channels, whatever is in the packets (RFC 7587 section 7).
pub(super) fn channels_of(codec: Codec) -> &'static str {
    match codec {
        Codec::Pcmu | Codec::Pcma | Codec::G722 => "1",
        Codec::Opus => "2",
    }
}

fn direction(attributes: &[Attribute]) -> Option<Direction> {
    attributes.iter().find_map(|attribute| match attribute.attribute.as_str() {
        "sendrecv" => Some(Direction::SendRecv),
        "sendonly" => Some(Direction::SendOnly),
        "recvonly" => Some(Direction::RecvOnly),
        "inactive" => Some(Direction::Inactive),
        _ => None,
    })
}

fn mirrored(theirs: Direction) -> Direction {
    match theirs {
        Direction::SendRecv => Direction::SendRecv,
        Direction::SendOnly => Direction::RecvOnly,
        Direction::RecvOnly => Direction::SendOnly,
        Direction::Inactive => Direction::Inactive,
    }
}

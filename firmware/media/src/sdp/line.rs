//! What one audio line of the other side says.

use crate::{Codec, Direction};
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
    /// Their payload type of telephone-event at 8000 Hz.
    pub telephone_event: Option<u8>,
    /// From our side.
    pub direction: Direction,
}

/// Reads a line. `None` when it is no audio, switched off, not plain RTP, without a codec of ours, or without a unicast
/// address.
pub(super) fn read(session: &Session, media: &Media) -> Option<AudioLine> {
    if !media.media.eq_ignore_ascii_case("audio") || media.port == 0 || !is_plain(&media.proto) {
        return None;
    }
    let connection = media.connections.first().or(session.connection.as_ref())?;
    let ip = connection.try_address().ok()?.ip;
    // Sending to a group or a broadcast address because somebody asked for it would make us an amplifier.
    if ip.is_multicast() || ip == std::net::Ipv4Addr::BROADCAST {
        return None;
    }
    let (codecs, telephone_event) = formats(media);
    if codecs.is_empty() {
        return None;
    }
    let theirs = direction(&media.attributes).or_else(|| direction(&session.attributes)).unwrap_or_default();
    let direction = match (mirrored(theirs), ip.is_unspecified()) {
        (Direction::SendRecv, true) => Direction::RecvOnly,
        (Direction::SendOnly, true) => Direction::Inactive,
        (ours, _) => ours,
    };
    Some(AudioLine { remote: SocketAddr::new(ip, media.port), codecs, telephone_event, direction })
}

/// AVPF (RFC 4585) differs from AVP in feedback over RTCP only, which is never sent here.
fn is_plain(proto: &str) -> bool {
    proto.eq_ignore_ascii_case("RTP/AVP") || proto.eq_ignore_ascii_case("RTP/AVPF")
}

fn formats(media: &Media) -> (Vec<(Codec, u8)>, Option<u8>) {
    let mut codecs: Vec<(Codec, u8)> = Vec::new();
    let mut telephone_event = None;
    let listed = media.fmt.split_ascii_whitespace().take(MOST_FORMATS);
    for payload_type in listed.filter_map(|format| format.parse::<u8>().ok()).filter(|number| *number < 128) {
        match meaning(media, payload_type) {
            Some(Meaning::Audio(codec)) if codecs.iter().all(|(known, _)| *known != codec) => {
                codecs.push((codec, payload_type));
            }
            Some(Meaning::TelephoneEvent) if telephone_event.is_none() => telephone_event = Some(payload_type),
            Some(Meaning::Audio(_) | Meaning::TelephoneEvent) | None => {}
        }
    }
    (codecs, telephone_event)
}

enum Meaning {
    Audio(Codec),
    TelephoneEvent,
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
        _ => None,
    }
}

/// `name/rate` or `name/rate/channels`.
fn named(encoding: &str) -> Option<Meaning> {
    let mut parts = encoding.split('/').map(str::trim);
    let name = parts.next()?;
    if parts.next()? != "8000" || parts.next().is_some_and(|channels| channels != "1") {
        return None;
    }
    if name.eq_ignore_ascii_case("PCMU") {
        Some(Meaning::Audio(Codec::Pcmu))
    } else if name.eq_ignore_ascii_case("PCMA") {
        Some(Meaning::Audio(Codec::Pcma))
    } else if name.eq_ignore_ascii_case("telephone-event") {
        Some(Meaning::TelephoneEvent)
    } else {
        None
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

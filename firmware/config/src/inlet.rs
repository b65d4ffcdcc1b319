//! Pages over the network: what comes in for the speaker, and what goes out to Poly phones.

use crate::meaning;
use crate::page::MulticastSettings;
use crate::table::Table;
use orbitbox_audio::codec::Codec;
use std::net::{Ipv4Addr, SocketAddr};

/// The default of Poly phones.
const POLY_GROUP: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(224, 0, 1, 116)), 5001);
/// The most `[[multicast]]` sections.
const MOST_GROUPS: usize = 16;
/// Characters of the caller that Poly phones show.
const LONGEST_CALLER: usize = 13;

/// How urgent a page from the network is, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PageLevel {
    /// Background music: whatever else is heard comes before it.
    Music,
    /// A page like those of a telephone.
    Page,
    /// Before all other pages.
    Priority,
    /// Before everything.
    Emergency,
}

/// One way in for pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inlet {
    /// Where they come from.
    pub way: InletWay,
    /// How urgent they are.
    pub level: PageLevel,
    /// Shown to people.
    pub name: String,
}

/// Where pages come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InletWay {
    /// RTP to a multicast group of IPv4, on an even port.
    Group(SocketAddr),
    /// A channel of Poly phones: 1 to 25 push-to-talk, 26 to 50 page groups.
    Poly(u8),
}

/// Group pages and push-to-talk of Poly phones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolySettings {
    /// The multicast group of IPv4 for all channels. Default 224.0.1.116:5001.
    pub group: SocketAddr,
    /// The channel that hears what is heard overhead, if one does: 1 to 50.
    pub send: Option<u8>,
    /// PCMU or G.722. Default PCMU.
    pub codec: Codec,
    /// Who pages, as phones show it: at most 13 characters of ASCII. Default: the name of the unit.
    pub caller: String,
    /// Routers that a packet may pass, and one: 1 to 255. Default 1.
    pub ttl: u8,
}

/// Reads every `[[multicast]]` and `[poly]`.
pub(crate) fn inlets(
    groups: &[Table<'_>],
    poly: &Table<'_>,
    sent_to: Option<&MulticastSettings>,
    unit: &str,
) -> (Vec<Inlet>, Option<PolySettings>) {
    let (mut inlets, settings) = self::poly(poly, unit);
    let poly_group = settings.as_ref().map(|settings| settings.group);
    if poly_group.is_some_and(|group| sends(sent_to, group)) {
        poly.note("group", "is also one of page.multicast: phones would take RTP for pages");
    }
    let mut read: Vec<Inlet> = Vec::new();
    for (place, table) in groups.iter().enumerate() {
        if place == MOST_GROUPS {
            table.note("group", format!("{MOST_GROUPS} groups are the most"));
        }
        let Some((inlet, group)) = group(table) else { continue };
        if sends(sent_to, group) {
            table.note("group", format!("{group} is also in page.multicast: the unit would hear itself"));
        }
        if poly_group == Some(group) {
            table.note("group", format!("{group} is also poly.group: what comes there is no RTP"));
        }
        if read.iter().any(|other| other.way == inlet.way) {
            table.note("group", format!("names {group} twice"));
        }
        read.push(inlet);
    }
    read.append(&mut inlets);
    (read, settings)
}

fn sends(sent_to: Option<&MulticastSettings>, group: SocketAddr) -> bool {
    sent_to.is_some_and(|settings| settings.groups.contains(&group))
}

fn group(table: &Table<'_>) -> Option<(Inlet, SocketAddr)> {
    table.require("group");
    let group = table.text("group", meaning::group);
    let level = table.text("level", level).unwrap_or(PageLevel::Page);
    let name = table.text("name", meaning::name);
    table.finish();
    let group = group?;
    let name = name.unwrap_or_else(|| group.to_string());
    Some((Inlet { way: InletWay::Group(group), level, name }, group))
}

fn poly(table: &Table<'_>, unit: &str) -> (Vec<Inlet>, Option<PolySettings>) {
    let group = table.text("group", any_group).unwrap_or(POLY_GROUP);
    let heard = table.text("hear", channels).unwrap_or_default();
    let send = table.number("send", 1, 50);
    let codec = table.text("codec", codec).unwrap_or(Codec::Pcmu);
    let caller = table.text("caller", caller);
    let ttl = table.number("ttl", 1, 255).unwrap_or(1);
    table.finish();
    if let Some(send) = send.filter(|send| heard.iter().any(|(channel, _)| channel == send)) {
        table.note("hear", format!("names {send}, to which the unit itself sends: it would hear itself"));
    }
    if !table.has("send") {
        for key in ["codec", "caller", "ttl"].into_iter().filter(|key| table.has(key)) {
            table.note(key, "means nothing without send");
        }
        if table.has("group") && !table.has("hear") {
            table.note("group", "means nothing without hear or send");
        }
    }
    let names = |channel: u8| match channel {
        1..=25 => format!("Poly channel {channel}"),
        _ => format!("Poly page group {}", channel - 25),
    };
    let inlet = |(channel, level)| Inlet { way: InletWay::Poly(channel), level, name: names(channel) };
    let caller = caller.unwrap_or_else(|| unit.chars().filter(char::is_ascii).take(LONGEST_CALLER).collect());
    let settings = PolySettings { group, send, codec, caller, ttl };
    let used = send.is_some() || !heard.is_empty();
    (heard.into_iter().map(inlet).collect(), used.then_some(settings))
}

fn level(text: &str) -> Result<PageLevel, String> {
    match text {
        "music" => Ok(PageLevel::Music),
        "page" => Ok(PageLevel::Page),
        "priority" => Ok(PageLevel::Priority),
        "emergency" => Ok(PageLevel::Emergency),
        _ => Err(format!("must be music, page, priority or emergency, not `{text}`")),
    }
}

/// `26, 49, 1 = music`: channels, with their levels where those are not the phones' own.
fn channels(text: &str) -> Result<Vec<(u8, PageLevel)>, String> {
    let mut channels: Vec<(u8, PageLevel)> = Vec::new();
    for item in meaning::list(text)? {
        let (written, given) = item.split_once('=').map_or((item.as_str(), None), |(one, level)| (one, Some(level)));
        let channel = written.trim().parse().ok().filter(|channel| (1..=50).contains(channel));
        let channel: u8 = channel.ok_or_else(|| format!("`{}` is no channel from 1 to 50", written.trim()))?;
        let usual = match channel {
            25 | 50 => PageLevel::Emergency,
            24 | 49 => PageLevel::Priority,
            _ => PageLevel::Page,
        };
        if channels.iter().any(|(known, _)| *known == channel) {
            return Err(format!("names {channel} twice"));
        }
        channels.push((channel, given.map_or(Ok(usual), |level| self::level(level.trim()))?));
    }
    if channels.is_empty() { Err("must name at least one channel".to_owned()) } else { Ok(channels) }
}

/// A group of which the port may be odd.
fn any_group(text: &str) -> Result<SocketAddr, String> {
    let address: Option<SocketAddr> = text.parse().ok();
    let right = |address: &SocketAddr| address.is_ipv4() && address.ip().is_multicast() && address.port() != 0;
    address.filter(right).ok_or_else(|| format!("`{text}` is no multicast group of IPv4, such as {POLY_GROUP}"))
}

/// What Poly phones understand.
fn codec(text: &str) -> Result<Codec, String> {
    let known = [Codec::Pcmu, Codec::G722];
    let named = known.into_iter().find(|codec| codec.name().eq_ignore_ascii_case(text));
    named.ok_or_else(|| format!("`{text}` is none of PCMU and G722"))
}

fn caller(text: &str) -> Result<String, String> {
    let right =
        !text.is_empty() && text.len() <= LONGEST_CALLER && text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if right { Ok(text.to_owned()) } else { Err(format!("must be 1 to {LONGEST_CALLER} characters of ASCII")) }
}

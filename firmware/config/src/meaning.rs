//! What single values mean.

use crate::table::Table;
use crate::unit::{Encryption, OWN_HOST, Sources, Station};
use orbitbox_audio::codec::Codec;
use orbitbox_park::{Choice, Party};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

/// The most letters a name shown to people may have.
const LONGEST_NAME: usize = 64;

/// A name shown to people.
pub(crate) fn name(text: &str) -> Result<String, String> {
    let length = text.chars().count();
    if text.trim().is_empty() || length > LONGEST_NAME || text.chars().any(char::is_control) {
        return Err(format!("must be a name of 1 to {LONGEST_NAME} letters"));
    }
    Ok(text.to_owned())
}

/// A name by which a revision of the board knows a relay or a contact.
pub(crate) fn wired_name(text: &str) -> Result<String, String> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    let right = (1..=32).contains(&text.len()) && text.chars().all(plain);
    if right { Ok(text.to_owned()) } else { Err(format!("must be 1 to 32 letters, digits, - and _, not `{text}`")) }
}

/// Notes names that stand in several of these tables, and what are too many of them.
pub(crate) fn each_once(tables: &[Table<'_>], most: usize, what: &str) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for table in tables {
        let Some(name) = table.raw("name") else { continue };
        let line = *first.entry(name).or_insert_with(|| table.line_of("name"));
        if line != table.line_of("name") {
            table.note("name", format!("there is a {what} {name} already (line {line})"));
        }
    }
    if let Some(table) = tables.get(most) {
        table.note("name", format!("is one too many: {most} are the most"));
    }
}

/// Whom the unit listens to.
pub(crate) fn sources(text: &str) -> Result<Sources, String> {
    match text {
        "anybody" => Ok(Sources::Anybody),
        "local" => Ok(Sources::Local),
        "known" => Ok(Sources::Known),
        _ => Err(format!("must be local, known or anybody, not `{text}`")),
    }
}

/// Whether sound may be overheard.
pub(crate) fn encryption(text: &str) -> Result<Encryption, String> {
    match text {
        "off" => Ok(Encryption::Off),
        "optional" => Ok(Encryption::Optional),
        "required" => Ok(Encryption::Required),
        _ => Err(format!("must be off, optional or required, not `{text}`")),
    }
}

/// A multicast group for RTP.
pub(crate) fn group(text: &str) -> Result<SocketAddr, String> {
    let address: Option<SocketAddr> = text.parse().ok();
    let right = |address: &SocketAddr| {
        address.is_ipv4() && address.ip().is_multicast() && address.port() != 0 && address.port().is_multiple_of(2)
    };
    address
        .filter(right)
        .ok_or_else(|| format!("`{text}` is no multicast group of IPv4 with an even port, such as 239.192.7.1:5004"))
}

/// Codecs in order, each once.
pub(crate) fn codecs(text: &str) -> Result<Vec<Codec>, String> {
    let mut codecs = Vec::new();
    for name in list(text)? {
        let known = Codec::ALL.into_iter().find(|codec| codec.name().eq_ignore_ascii_case(&name));
        let names = Codec::ALL.map(Codec::name).join(", ");
        let codec = known.ok_or_else(|| format!("`{name}` is no codec of the unit: {names}"))?;
        if codecs.contains(&codec) {
            return Err(format!("names {} twice", codec.name()));
        }
        codecs.push(codec);
    }
    if codecs.is_empty() { Err("must name at least one codec".to_owned()) } else { Ok(codecs) }
}

/// A SIP address that can be called.
pub(crate) fn sip_uri(text: &str) -> Result<String, String> {
    if is_sip_uri(text) {
        Ok(text.to_owned())
    } else {
        Err(format!("must be a SIP address such as sip:192.168.1.5, not `{text}`"))
    }
}

/// Keys that people press after the orbit.
pub(crate) fn pin(text: &str) -> Result<String, String> {
    let right = (1..=12).contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_digit());
    if right { Ok(text.to_owned()) } else { Err("must be 1 to 12 digits".to_owned()) }
}

/// Anything but nothing.
pub(crate) fn some(text: &str) -> Result<String, String> {
    if text.is_empty() { Err("must not be empty".to_owned()) } else { Ok(text.to_owned()) }
}

/// Items with commas between them; none at all is fine.
pub(crate) fn list(text: &str) -> Result<Vec<String>, String> {
    let items: Vec<String> = text.split(',').map(|item| item.trim().to_owned()).collect();
    match items.as_slice() {
        [only] if only.is_empty() => Ok(Vec::new()),
        items if items.iter().any(String::is_empty) => Err(format!("`{text}` has a comma with nothing beside it")),
        _ => Ok(items),
    }
}

/// Keys of a phone, up to eight; none at all is fine.
pub(crate) fn keys(text: &str) -> Result<String, String> {
    let right = text.len() <= 8 && text.chars().all(|key| "0123456789*#".contains(key));
    if right { Ok(text.to_owned()) } else { Err(format!("must be up to eight of 0 to 9, * and #, not `{text}`")) }
}

/// An address with a port.
pub(crate) fn socket(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("`{text}` is no address with a port, such as 0.0.0.0:5060"))
}

/// Name servers: addresses, with their port where it is not 53.
pub(crate) fn name_servers(text: &str) -> Result<Vec<SocketAddr>, String> {
    let read = |item: &String| {
        let plain = || item.parse().ok().map(|ip: IpAddr| SocketAddr::new(ip, 53));
        item.parse().ok().or_else(plain).ok_or_else(|| format!("`{item}` is no address, such as 192.168.1.1"))
    };
    list(text)?.iter().map(read).collect()
}

/// Addresses that phones can send to: one of each family at most.
pub(crate) fn reachables(text: &str) -> Result<Vec<IpAddr>, String> {
    let addresses = text.split(',').map(|item| reachable(item.trim())).collect::<Result<Vec<IpAddr>, String>>()?;
    match addresses.as_slice() {
        [_] => Ok(addresses),
        [one, other] if one.is_ipv4() != other.is_ipv4() => Ok(addresses),
        _ => Err(format!("must be one address, or one of IPv4 and one of IPv6, not `{text}`")),
    }
}

fn reachable(text: &str) -> Result<IpAddr, String> {
    let address: IpAddr = text.parse().map_err(|_| format!("`{text}` is no address, such as 192.168.1.20"))?;
    if address.is_unspecified() || address.is_multicast() {
        return Err(format!("phones cannot send to {address}"));
    }
    Ok(address)
}

pub(crate) fn choice(text: &str) -> Result<Choice, String> {
    match text {
        "least-recently-used" => Ok(Choice::LeastRecentlyUsed),
        "first" => Ok(Choice::First),
        "next" => Ok(Choice::Next),
        "random" => Ok(Choice::Random),
        _ => Err(format!("must be least-recently-used, first, next or random, not `{text}`")),
    }
}

/// A number that can be dialled: 1 to 20 digits after an optional `*` or `#`.
pub(crate) fn dialled(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix(['*', '#']).unwrap_or(text);
    let right = (1..=20).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    if right {
        Ok(text.to_owned())
    } else {
        Err(format!("must be 1 to 20 digits after an optional * or #, not `{text}`"))
    }
}

/// The user part of a station's address: what a phone registers as.
pub(crate) fn user(text: &str) -> Result<String, String> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.+*#".contains(letter);
    let right = (1..=32).contains(&text.len()) && text.chars().all(plain);
    if right {
        Ok(text.to_owned())
    } else {
        Err(format!("must be 1 to 32 letters, digits and - _ . + * #, not `{text}`"))
    }
}

/// A station by its user part, or a SIP URI. `users` are all that were written, those that could not be read included.
pub(crate) fn destination(text: &str, stations: &[Station], users: &[String]) -> Result<Party, String> {
    let station = stations.iter().find(|station| station.user == text);
    if station.is_some() || users.iter().any(|user| user == text) {
        let name = station.map(|station| station.name.clone()).unwrap_or_default();
        return Ok(Party { address: format!("sip:{text}@{OWN_HOST}"), name });
    }
    if is_sip_uri(text) {
        return Ok(Party { address: text.to_owned(), name: String::new() });
    }
    Err(format!("must be one of the stations or a SIP address such as sip:0@192.168.1.5, not `{text}`"))
}

/// A `sip:` URI with a host (RFC 3261 section 19.1.1), as strictly as is needed to call it.
fn is_sip_uri(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("sip:") else { return false };
    let plain = rest.chars().all(|letter| letter.is_ascii_graphic() && !"<>\"`{}|\\^".contains(letter));
    let (user, place) = rest.rsplit_once('@').map_or((None, rest), |(user, place)| (Some(user), place));
    let place = place.split([';', '?']).next().unwrap_or_default();
    let (host, port) = match place.strip_prefix('[') {
        Some(bracketed) => match bracketed.split_once(']') {
            Some((host, "")) => (host, None),
            Some((host, port)) => (host, port.strip_prefix(':').or(Some(""))),
            None => return false,
        },
        None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    };
    let host_is_right = if place.starts_with('[') {
        host.parse::<std::net::Ipv6Addr>().is_ok()
    } else {
        !host.is_empty() && host.chars().all(|letter| letter.is_ascii_alphanumeric() || "-.".contains(letter))
    };
    plain && host_is_right && user != Some("") && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sip_addresses_are_told_from_other_text() {
        for right in
            ["sip:0@192.168.1.5", "sip:op@pbx.example:5070", "sip:pbx", "sip:a@[2001:db8::1]:5060;transport=udp"]
        {
            assert!(is_sip_uri(right), "{right}");
        }
        for wrong in ["", "0", "sip:", "sip:@host", "sip:a@", "sip:a@host:", "sip:a@host:0", "sip:a@host:99999"] {
            assert!(!is_sip_uri(wrong), "{wrong}");
        }
        for wrong in
            ["sip:a b@host", "<sip:a@host>", "sips:a@host", "tel:123", "sip:a@[::1", "sip:a@[host]", "sip:a@h_o"]
        {
            assert!(!is_sip_uri(wrong), "{wrong}");
        }
    }
}

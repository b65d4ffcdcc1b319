//! Who may do something, and where peers are.

use std::fmt;
use std::net::IpAddr;

/// A range of addresses: `10.0.0.0/8`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// Any address in it.
    pub address: IpAddr,
    /// Bits that all its addresses share.
    pub bits: u8,
}

/// Somebody who may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Everybody who is listened to.
    Anyone,
    /// Stations of the unit.
    Stations,
    /// Whoever comes over a trunk, or from a PBX the unit is registered with.
    Trunks,
    /// Whoever sends from there.
    Network(Network),
}

/// A password. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// The text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("***")
    }
}

pub(crate) fn password(text: &str) -> Result<Password, String> {
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err("must be a password of one letter or more".to_owned());
    }
    Ok(Password(text.to_owned()))
}

pub(crate) fn network(text: &str) -> Result<Network, String> {
    let wrong = || format!("`{text}` is no address and no network such as 10.0.0.0/8");
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let address: IpAddr = address.trim().parse().map_err(|_| wrong())?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Ok(most), |bits| bits.trim().parse::<u8>().map_err(|_| wrong()))?;
    if bits > most { Err(wrong()) } else { Ok(Network { address, bits }) }
}

pub(crate) fn networks(text: &str) -> Result<Vec<Network>, String> {
    crate::meaning::list(text)?.iter().map(|one| network(one)).collect()
}

pub(crate) fn who(text: &str) -> Result<Vec<Who>, String> {
    let one = |word: &String| match word.as_str() {
        "anyone" => Ok(Who::Anyone),
        "stations" => Ok(Who::Stations),
        "trunks" => Ok(Who::Trunks),
        other => network(other)
            .map(Who::Network)
            .map_err(|_| format!("`{other}` must be stations, trunks, anyone or a network such as 10.0.0.0/8")),
    };
    crate::meaning::list(text)?.iter().map(one).collect()
}

//! The network cards of this machine that have an address.

use anyhow::{Context, Result};
use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;
use orbitbox_provision::CardAddress;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// As the system calls it: `eth0`.
    pub name: String,
    /// Its own address.
    pub card: CardAddress,
    /// Its first one in the network.
    pub address: Ipv4Addr,
}

/// All that are up and can be broadcast from, by name. One that has none but a link-local address (RFC 3927) has met no
/// DHCP server.
///
/// # Errors
/// The system does not say.
pub fn cards() -> Result<Vec<Card>> {
    let mut found: BTreeMap<String, (Option<CardAddress>, Option<Ipv4Addr>)> = BTreeMap::new();
    for entry in getifaddrs().context("network cards")? {
        let wanted = InterfaceFlags::IFF_UP | InterfaceFlags::IFF_BROADCAST;
        if !entry.flags.contains(wanted) || entry.flags.contains(InterfaceFlags::IFF_LOOPBACK) {
            continue;
        }
        let Some(address) = entry.address else { continue };
        let (card, own) = found.entry(entry.interface_name).or_default();
        if let Some(link) = address.as_link_addr() {
            *card = card.or(link.addr().map(CardAddress));
        } else if let Some(four) = address.as_sockaddr_in().map(|four| four.ip()).filter(|four| !four.is_link_local()) {
            *own = own.or(Some(four));
        }
    }
    let whole =
        |(name, (card, address)): (String, (Option<_>, Option<_>))| Some(Card { name, card: card?, address: address? });
    Ok(found.into_iter().filter_map(whole).collect())
}

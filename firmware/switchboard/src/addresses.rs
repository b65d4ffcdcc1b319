//! The unit's own addresses, and its stations as parties.

use orbitbox_config::Unit;
use orbitbox_park::Party;
use orbitbox_sip::message::{NameAddr, Uri};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Stands for "this unit" in the address of a station, so that a station's address does not change with the network.
pub(crate) const OWN_HOST: &str = "unit.invalid";

/// What the unit calls itself, and whom it knows.
#[derive(Debug)]
pub(crate) struct Addresses {
    /// Shown to peers that are not on loopback.
    pub advertised: IpAddr,
    /// To those of the other family, where the unit is reached by both.
    pub other: Option<IpAddr>,
}

impl Addresses {
    /// Our address as `remote` sees it.
    pub(crate) fn facing(&self, remote: IpAddr) -> IpAddr {
        match remote {
            IpAddr::V4(remote) if remote.is_loopback() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(remote) if remote.is_loopback() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => {
                self.other.filter(|_| ip.is_ipv4() != self.advertised.is_ipv4()).unwrap_or(self.advertised)
            }
        }
    }

    /// Whether a URI's host names this unit.
    pub(crate) fn is_ours(&self, host: &str) -> bool {
        host == OWN_HOST
            || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback() || ip == self.advertised || Some(ip) == self.other)
    }
}

/// The party that stands for a station of the unit.
pub(crate) fn station_party(unit: &Unit, user: &str) -> Option<Party> {
    let station = unit.stations.iter().find(|station| station.user == user)?;
    Some(Party { address: format!("sip:{user}@{OWN_HOST}"), name: station.name.clone() })
}

/// The party behind a name and address that is no station of ours.
pub(crate) fn outside_party(who: &NameAddr) -> Party {
    let name = if who.display.is_empty() { who.uri.user_decoded().unwrap_or_default() } else { who.display.clone() };
    Party { address: who.uri.as_str().to_owned(), name }
}

/// The station's user part when the party is one of ours.
pub(crate) fn station_user(party: &Party) -> Option<String> {
    let uri = Uri::parse(&party.address).ok()?;
    (uri.host() == OWN_HOST).then(|| uri.user_decoded()).flatten()
}

/// How people call the party: its name, else the number, else the address.
pub(crate) fn spoken_name(party: &Party) -> String {
    if party.name.is_empty() { party.address.clone() } else { party.name.clone() }
}

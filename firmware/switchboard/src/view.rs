//! What the edges may see of the unit.

use crate::Switchboard;
use crate::addresses::station_user;
use crate::leg::Role;
use orbitbox_config::{Contact, Relay, Unit};
use orbitbox_panel::Key;
use orbitbox_park::{OrbitNumber, OrbitView, Party, Token};
use std::net::IpAddr;
use std::time::Duration;

/// A phone known to the unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationView {
    /// User part of its address of record.
    pub user: String,
    /// Shown to people.
    pub name: String,
    /// It has a contact.
    pub registered: bool,
}

/// A relay of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelayView<'s> {
    /// As it is configured.
    pub relay: &'s Relay,
    /// What it follows is so.
    pub on: bool,
}

/// A contact of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactView<'s> {
    /// As it is configured.
    pub contact: &'s Contact,
    /// As far as has been told.
    pub closed: bool,
}

impl Switchboard {
    /// The configuration in force.
    pub fn unit(&self) -> &Unit {
        &self.unit
    }

    /// What peers off loopback call the unit.
    pub fn address(&self) -> IpAddr {
        self.addresses.advertised
    }

    /// What this peer calls the unit.
    pub fn address_for(&self, remote: IpAddr) -> IpAddr {
        self.addresses.facing(remote)
    }

    /// Every orbit, by lot and number.
    pub fn orbits(&self, now: Duration) -> Vec<OrbitView> {
        self.park.orbits(now)
    }

    /// Every station, in the order of the configuration.
    pub fn stations(&self) -> impl Iterator<Item = StationView> + '_ {
        self.unit.stations.iter().map(|station| StationView {
            user: station.user.clone(),
            name: station.name.clone(),
            registered: self.sip.contact_of(&station.user).is_some(),
        })
    }

    /// Calls that are there, parked or not, each side by itself.
    pub fn calls(&self) -> usize {
        self.legs.len()
    }

    /// Calls that are parked.
    pub fn parked(&self) -> usize {
        self.park.kept().count()
    }

    /// Whether new calls are refused.
    pub fn is_draining(&self) -> bool {
        self.park.is_draining()
    }

    /// The orbit that is being announced now.
    pub fn speaking(&self) -> Option<OrbitNumber> {
        self.paging.speaking().and_then(|token| self.episodes.get(&Token(token))).map(|episode| episode.orbit)
    }

    /// Every relay, in the order of the configuration.
    pub fn relays(&self) -> impl Iterator<Item = RelayView<'_>> {
        let view = move |(place, relay)| RelayView { relay, on: self.relays.is_on(place) };
        self.unit.relays.iter().enumerate().map(view)
    }

    /// Every contact, in the order of the configuration.
    pub fn contacts(&self) -> impl Iterator<Item = ContactView<'_>> {
        let view = move |(place, contact)| ContactView { contact, closed: self.closed.contains(&place) };
        (0u16..).zip(&self.unit.contacts).map(view)
    }

    /// What is wrong with the amplifier.
    pub fn amplifier_fault(&self) -> Option<&str> {
        self.amplifier_fault.as_deref()
    }

    /// Keys that have been down for 30 s, and are ignored until they come up.
    pub fn stuck_keys(&self) -> impl Iterator<Item = Key> + '_ {
        self.stuck.iter().copied()
    }

    /// Legs and episodes in being, for leak checks: both are zero on a unit at rest.
    pub fn load(&self) -> (usize, usize) {
        (self.legs.len() + self.fetches.len() + self.ringing.len() + self.transfers.len(), self.episodes.len())
    }

    /// Lamps of phones that are followed.
    pub fn watchers(&self) -> usize {
        self.watchers.len()
    }

    /// Two parties that are talking through the unit: who waited, and who took the call.
    pub fn bridges(&self) -> impl Iterator<Item = (&Party, &Party)> {
        self.legs.iter().filter_map(|leg| {
            let peer = self.legs.of(leg.peer?)?;
            matches!(leg.role, Role::Parkee).then_some((&leg.party, &peer.party))
        })
    }

    /// How a party is shown in text: `Bay 1 (102)`, or its name or address.
    pub fn label(&self, party: &Party) -> String {
        match station_user(party) {
            Some(user) if !party.name.is_empty() => format!("{} ({user})", party.name),
            Some(user) => user,
            None if party.name.is_empty() => party.address.clone(),
            None => party.name.clone(),
        }
    }
}

//! What an endpoint is told at the start, and how much it takes on.

use crate::{Registration, Secret, Transport};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

/// What an endpoint is told at the start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Port of our UDP and TCP sockets.
    pub listen_port: u16,
    /// Port of our TLS socket, if there is one.
    pub tls_port: Option<u16>,
    /// Our address for peers that are not on loopback; those see the loopback address of their family.
    pub address: IpAddr,
    /// The same of the other family, where we are reached by both.
    pub other_address: Option<IpAddr>,
    /// User parts that may register.
    pub stations: Vec<String>,
    /// Passwords of those that have one.
    pub passwords: BTreeMap<String, Secret>,
    /// Parts of the User-Agent of phones that break off at an algorithm they do not know: they are asked by MD5 alone.
    pub md5_only: Vec<String>,
    /// What we call ourselves when we ask for a password.
    pub realm: String,
    /// Registrars that we register with.
    pub registrations: Vec<Registration>,
    /// Whom we listen to at all.
    pub sources: Sources,
    /// How long a call may go without a sign of life, where the other side has session timers; 90 s or more.
    pub session_expires: Duration,
    /// How often others are asked; zero for never.
    pub probe_every: Duration,
    /// How often a phone behind a router hears from us; zero for never.
    pub keep_alive: Duration,
    /// See [`Limits`].
    pub limits: Limits,
    /// Server and User-Agent.
    pub server_name: String,
}

impl Settings {
    /// Those of an endpoint at this address that has no station, no PBX and no TLS, and listens to everybody.
    pub fn at(address: SocketAddr) -> Self {
        Self {
            listen_port: address.port(),
            tls_port: None,
            address: address.ip(),
            other_address: None,
            stations: Vec::new(),
            passwords: BTreeMap::new(),
            md5_only: Vec::new(),
            realm: String::new(),
            registrations: Vec::new(),
            sources: Sources { anybody: true, ..Sources::default() },
            session_expires: Duration::from_secs(1_800),
            probe_every: Duration::ZERO,
            keep_alive: Duration::ZERO,
            limits: Limits::default(),
            server_name: "Orbitbox".to_owned(),
        }
    }
}

/// A range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// Any address in it.
    pub address: IpAddr,
    /// Bits that all its addresses share: 0 to 32, or 128 for IPv6.
    pub bits: u8,
}

impl Network {
    /// Whether the address is in it.
    pub fn holds(&self, address: IpAddr) -> bool {
        let differ = match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => u128::from(u32::from(ours) ^ u32::from(theirs)) << 96,
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => u128::from(ours) ^ u128::from(theirs),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => return false,
        };
        differ.leading_zeros() >= u32::from(self.bits)
    }
}

/// Whom we listen to. Whoever else sends a request outside a dialog gets a 403, and no state is made for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sources {
    /// Everybody.
    pub anybody: bool,
    /// Private, link-local and loopback addresses.
    pub local: bool,
    /// These.
    pub networks: Vec<Network>,
}

impl Sources {
    /// Whether requests from there are served.
    pub(crate) fn admit(&self, address: IpAddr) -> bool {
        let local = match address {
            IpAddr::V4(ip) => ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_documentation(),
            IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
        };
        self.anybody || (self.local && local) || self.networks.iter().any(|network| network.holds(address))
    }
}

/// Bounds of everything that traffic can make grow. Past one, a request is answered with a stateless 503.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Transactions of either kind.
    pub transactions: usize,
    /// INVITE usages.
    pub usages: usize,
    /// Contacts of one station.
    pub contacts: usize,
    /// Subscriptions of all watchers.
    pub subscriptions: usize,
    /// Subscriptions from one address.
    pub subscriptions_of_one: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { transactions: 48_000, usages: 2_000, contacts: 4, subscriptions: 24_000, subscriptions_of_one: 2_000 }
    }
}

impl Settings {
    /// Whether an address is ours.
    pub(crate) fn is_own(&self, ip: IpAddr) -> bool {
        ip.is_loopback() || ip == self.address || Some(ip) == self.other_address
    }

    /// Our address as `remote` sees it.
    pub(crate) fn facing(&self, remote: SocketAddr, transport: Transport) -> SocketAddr {
        let ip = match remote.ip() {
            IpAddr::V4(ip) if ip.is_loopback() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_loopback() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => {
                self.other_address.filter(|_| ip.is_ipv4() != self.address.is_ipv4()).unwrap_or(self.address)
            }
        };
        let port = match transport {
            Transport::Udp | Transport::Tcp => self.listen_port,
            Transport::Tls => self.tls_port.unwrap_or(Transport::Tls.default_port()),
        };
        SocketAddr::new(ip, port)
    }
}

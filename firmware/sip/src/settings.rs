//! What an endpoint is told at the start, and how much it takes on.

use crate::Transport;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What an endpoint is told at the start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Port of our UDP and TCP sockets.
    pub listen_port: u16,
    /// Port of our TLS socket, if there is one.
    pub tls_port: Option<u16>,
    /// Our address for peers that are not on loopback; those see the loopback address of their family.
    pub address: IpAddr,
    /// User parts that may register.
    pub stations: Vec<String>,
    /// See [`Limits`].
    pub limits: Limits,
    /// Server and User-Agent.
    pub server_name: String,
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
        Self { transactions: 8_000, usages: 2_000, contacts: 4, subscriptions: 24_000, subscriptions_of_one: 2_000 }
    }
}

impl Settings {
    /// Our address as `remote` sees it.
    pub(crate) fn facing(&self, remote: SocketAddr, transport: Transport) -> SocketAddr {
        let ip = match remote.ip() {
            IpAddr::V4(ip) if ip.is_loopback() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_loopback() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            IpAddr::V4(_) | IpAddr::V6(_) => self.address,
        };
        let port = match transport {
            Transport::Udp | Transport::Tcp => self.listen_port,
            Transport::Tls => self.tls_port.unwrap_or(Transport::Tls.default_port()),
        };
        SocketAddr::new(ip, port)
    }
}

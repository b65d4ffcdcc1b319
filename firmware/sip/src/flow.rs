//! Where bytes come from and go to.

use std::net::SocketAddr;

/// A pair of UDP addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flow {
    /// Our socket's address, as bound.
    pub local: SocketAddr,
    /// The peer's address.
    pub remote: SocketAddr,
}

/// One datagram to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// From where to where.
    pub flow: Flow,
    /// The whole message.
    pub bytes: Vec<u8>,
}

//! The SIP socket, and RTP ports bound ahead of need.

use anyhow::{Context, Result};
use socket2::{Domain, Protocol, Socket, Type};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;

/// Room for a burst of calls, as far as the kernel's limit allows.
const RECEIVE_BUFFER: usize = 1 << 20;

/// Binds the SIP socket.
///
/// # Errors
/// The address is taken or not this machine's.
pub fn bind_sip(listen: SocketAddr) -> Result<tokio::net::UdpSocket> {
    let socket = Socket::new(Domain::for_address(listen), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER).ok();
    socket.bind(&listen.into()).with_context(|| format!("sip.listen: UDP {listen} cannot be bound"))?;
    Ok(tokio::net::UdpSocket::from_std(socket.into())?)
}

/// The address that peers off this machine see: that of the interface with the default route. No packet is sent.
pub fn own_address(listen: SocketAddr) -> IpAddr {
    if !listen.ip().is_unspecified() {
        return listen.ip();
    }
    let documentation_net = SocketAddr::from((Ipv4Addr::new(192, 0, 2, 1), 9));
    let routed = || -> std::io::Result<IpAddr> {
        let probe = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        probe.connect(documentation_net)?;
        Ok(probe.local_addr()?.ip())
    };
    routed().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

/// Hands out bound sockets on even ports, round and round through a range (RFC 3550 section 11).
#[derive(Debug)]
pub struct RtpPorts {
    ip: IpAddr,
    range: RangeInclusive<u16>,
    next: u16,
}

impl RtpPorts {
    /// Sockets are bound to the address the SIP socket listens on.
    pub fn new(listen: IpAddr, range: RangeInclusive<u16>) -> Self {
        let next = range.start().next_multiple_of(2);
        Self { ip: listen, range, next }
    }

    /// The next free even port, bound and non-blocking; `None` when all are taken.
    pub fn bind(&mut self) -> Option<(u16, UdpSocket)> {
        let tries = self.range.len() / 2;
        for _ in 0..=tries {
            let port = self.next;
            self.next = match port.checked_add(2) {
                Some(next) if self.range.contains(&next) => next,
                Some(_) | None => self.range.start().next_multiple_of(2),
            };
            if let Ok(socket) = UdpSocket::bind((self.ip, port))
                && socket.set_nonblocking(true).is_ok()
            {
                return Some((port, socket));
            }
        }
        None
    }
}

/// The loopback address of the same family.
pub fn loopback_like(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_even_in_range_and_skip_what_is_taken() {
        let mut ports = RtpPorts::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 39_701..=39_706);
        let first = ports.bind().unwrap();
        let second = ports.bind().unwrap();
        let third = ports.bind().unwrap();
        assert_eq!([first.0, second.0, third.0], [39_702, 39_704, 39_706]);
        assert!(ports.bind().is_none());
        drop(second);
        assert_eq!(ports.bind().unwrap().0, 39_704);
    }
}

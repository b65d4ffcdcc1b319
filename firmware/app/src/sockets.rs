//! The sockets for SIP, and RTP ports bound ahead of need.

use anyhow::{Context, Result};
use orbitbox_media::Channel;
use socket2::{Domain, Socket, Type};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::os::fd::{AsFd, BorrowedFd};

/// Room for a burst of calls, as far as the kernel's limit allows.
const RECEIVE_BUFFER: usize = 1 << 20;

/// Connections that may wait to be accepted.
const BACKLOG: i32 = 128;

/// A UDP socket; one that is bound to `[::]` speaks IPv4 as well, and nobody has to know.
#[derive(Debug)]
pub struct Datagrams<S> {
    socket: S,
    six: bool,
}

impl Datagrams<tokio::net::UdpSocket> {
    /// Binds the SIP socket.
    ///
    /// # Errors
    /// The address is taken or not this machine's.
    pub fn bind_sip(listen: SocketAddr) -> Result<Self> {
        let socket = bind(listen, Type::DGRAM).with_context(|| format!("sip.listen: UDP {listen} cannot be bound"))?;
        socket.set_recv_buffer_size(RECEIVE_BUFFER).ok();
        Ok(Self { socket: tokio::net::UdpSocket::from_std(socket.into())?, six: listen.is_ipv6() })
    }

    /// Where it is bound.
    ///
    /// # Errors
    /// The socket is broken.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// The next datagram.
    ///
    /// # Errors
    /// An ICMP error of an earlier one, among others.
    pub async fn recv_from(&self, into: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        let (length, from) = self.socket.recv_from(into).await?;
        Ok((length, canonical(from)))
    }

    /// The next datagram, if one waits.
    ///
    /// # Errors
    /// None waits, or an ICMP error of an earlier one.
    pub fn try_recv_from(&self, into: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        let (length, from) = self.socket.try_recv_from(into)?;
        Ok((length, canonical(from)))
    }

    /// Sends one.
    ///
    /// # Errors
    /// It cannot be sent.
    pub async fn send_to(&self, bytes: &[u8], to: SocketAddr) -> io::Result<usize> {
        self.socket.send_to(bytes, reached_by(self.six, to)).await
    }
}

impl Datagrams<UdpSocket> {
    /// The next datagram; does not wait.
    ///
    /// # Errors
    /// There is none, or an ICMP error of an earlier one.
    pub fn recv_from(&self, into: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        let (length, from) = self.socket.recv_from(into)?;
        Ok((length, canonical(from)))
    }

    /// Sends one.
    ///
    /// # Errors
    /// It cannot be sent.
    pub fn send_to(&self, bytes: &[u8], to: SocketAddr) -> io::Result<usize> {
        self.socket.send_to(bytes, reached_by(self.six, to))
    }
}

impl<S: AsFd> AsFd for Datagrams<S> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// Listens for connections; on `[::]` for those of IPv4 as well.
///
/// # Errors
/// The address is taken or not this machine's.
pub fn bind_tcp(listen: SocketAddr) -> io::Result<tokio::net::TcpListener> {
    let socket = bind(listen, Type::STREAM)?;
    socket.listen(BACKLOG)?;
    tokio::net::TcpListener::from_std(socket.into())
}

fn bind(listen: SocketAddr, kind: Type) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(listen), kind, None)?;
    socket.set_nonblocking(true)?;
    if listen.is_ipv6() {
        socket.set_only_v6(!listen.ip().is_unspecified())?;
    }
    if kind == Type::STREAM {
        // The connections of a unit that was stopped a moment ago do not keep the next one from starting.
        socket.set_reuse_address(true)?;
    }
    socket.bind(&listen.into())?;
    Ok(socket)
}

/// An IPv4 address that an IPv6 socket has wrapped, as itself.
pub fn canonical(address: SocketAddr) -> SocketAddr {
    match address.ip().to_canonical() {
        ip @ IpAddr::V4(_) => SocketAddr::new(ip, address.port()),
        // With its scope, which link-local addresses need.
        IpAddr::V6(_) => address,
    }
}

fn reached_by(six: bool, to: SocketAddr) -> SocketAddr {
    match to.ip() {
        IpAddr::V4(ip) if six => SocketAddr::new(IpAddr::V6(ip.to_ipv6_mapped()), to.port()),
        IpAddr::V4(_) | IpAddr::V6(_) => to,
    }
}

/// Hears one multicast group of IPv4.
#[derive(Debug)]
pub struct GroupSocket {
    socket: UdpSocket,
    group: Ipv4Addr,
    /// The interface it was last joined on.
    joined: Option<Ipv4Addr>,
}

impl GroupSocket {
    /// Binds it, beside others of this machine that hear the same group. It hears nothing until it has joined.
    ///
    /// # Errors
    /// Somebody else has taken the port for themselves alone, or it is no group of IPv4.
    pub fn bind(group: SocketAddr) -> io::Result<Self> {
        let IpAddr::V4(address) = group.ip() else { return Err(io::ErrorKind::InvalidInput.into()) };
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
        socket.set_nonblocking(true)?;
        socket.set_reuse_address(true)?;
        socket.bind(&group.into())?;
        Ok(Self { socket: socket.into(), group: address, joined: None })
    }

    /// Joins on the interface with this address, where it is not joined there already. An interface that was taken away
    /// and came back is joined anew.
    ///
    /// # Errors
    /// There is no such interface at present.
    pub fn join(&mut self, interface: Ipv4Addr) -> io::Result<()> {
        if let Some(old) = self.joined.filter(|old| *old != interface) {
            self.socket.leave_multicast_v4(&self.group, &old).ok();
        }
        self.joined = None;
        match self.socket.join_multicast_v4(&self.group, &interface) {
            Err(error) if error.kind() != io::ErrorKind::AddrInUse => return Err(error),
            Ok(()) | Err(_) => {}
        }
        self.joined = Some(interface);
        Ok(())
    }

    /// The next datagram, if one waits, and who sent it.
    pub fn receive(&self, into: &mut [u8]) -> Option<(usize, IpAddr)> {
        self.socket.recv_from(into).ok().map(|(length, from)| (length, from.ip()))
    }
}

impl AsFd for GroupSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// The addresses that peers off this machine see: those of the interfaces with the default routes, IPv4 first, as far as the
/// unit is reached by them. No packet is sent.
pub fn own_addresses(listen: SocketAddr) -> (IpAddr, Option<IpAddr>) {
    let documentation_nets =
        [IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))];
    let routed = |to: IpAddr| -> io::Result<IpAddr> {
        let probe = UdpSocket::bind((unspecified_like(to), 0))?;
        probe.connect((to, 9))?;
        Ok(probe.local_addr()?.ip())
    };
    match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => {
            (routed(documentation_nets[0]).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), None)
        }
        IpAddr::V6(ip) if ip.is_unspecified() => {
            let mut found = documentation_nets.into_iter().filter_map(|to| routed(to).ok());
            (found.next().unwrap_or(IpAddr::V6(Ipv6Addr::LOCALHOST)), found.next())
        }
        ip => (ip, None),
    }
}

fn unspecified_like(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    }
}

/// The two sockets of one stream.
#[derive(Debug)]
pub struct RtpSockets {
    /// On the even port.
    pub rtp: Datagrams<UdpSocket>,
    /// On the odd port above it.
    pub rtcp: Datagrams<UdpSocket>,
}

impl RtpSockets {
    /// One of the two.
    pub fn on(&self, channel: Channel) -> &Datagrams<UdpSocket> {
        match channel {
            Channel::Rtp => &self.rtp,
            Channel::Rtcp => &self.rtcp,
        }
    }
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

    /// The next free even port and the odd one above it, for RTP and RTCP, bound and non-blocking; `None` when all are
    /// taken.
    pub fn bind(&mut self) -> Option<(u16, RtpSockets)> {
        let tries = self.range.len() / 2;
        for _ in 0..=tries {
            let port = self.next;
            self.next = match port.checked_add(2) {
                Some(next) if self.range.contains(&next) => next,
                Some(_) | None => self.range.start().next_multiple_of(2),
            };
            if let Some(sockets) = self.bind_again(port) {
                return Some((port, sockets));
            }
        }
        None
    }

    /// This port, which a call had before a restart; `None` when it is taken, or odd.
    pub fn bind_again(&self, port: u16) -> Option<RtpSockets> {
        let bound = |port| bind(SocketAddr::new(self.ip, port), Type::DGRAM);
        let (rtp, rtcp) = bound(port).ok().zip(bound(port | 1).ok()).filter(|_| port.is_multiple_of(2))?;
        let datagrams = |socket: Socket| Datagrams { socket: socket.into(), six: self.ip.is_ipv6() };
        Some(RtpSockets { rtp: datagrams(rtp), rtcp: datagrams(rtcp) })
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
        let mut ports = RtpPorts::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 39_701..=39_707);
        let first = ports.bind().unwrap();
        let second = ports.bind().unwrap();
        let third = ports.bind().unwrap();
        assert_eq!([first.0, second.0, third.0], [39_702, 39_704, 39_706]);
        assert!(ports.bind().is_none());
        drop(second);
        assert_eq!(ports.bind().unwrap().0, 39_704);
    }

    #[test]
    fn a_group_is_joined_anew_as_often_as_one_likes_and_survives_an_interface_that_is_not_there() {
        let group = SocketAddr::from(([239, 192, 7, 77], 39_712));
        let sender = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let mut socket = GroupSocket::bind(group).unwrap();
        let mut other = GroupSocket::bind(group).unwrap();
        let hears = |socket: &mut GroupSocket| {
            sender.send_to(b"page", group).unwrap();
            let mut bytes = [0; 8];
            // Loopback delivers while it sends.
            socket
                .receive(&mut bytes)
                .is_some_and(|(length, from)| bytes[..length] == *b"page" && from == IpAddr::V4(Ipv4Addr::LOCALHOST))
        };
        assert!(socket.join(Ipv4Addr::new(192, 0, 2, 1)).is_err(), "no such interface");
        for _ in 0..3 {
            socket.join(Ipv4Addr::LOCALHOST).unwrap();
            assert!(hears(&mut socket));
        }
        other.join(Ipv4Addr::LOCALHOST).unwrap();
        assert!(hears(&mut other), "beside another one");
        assert!(socket.join(Ipv4Addr::new(192, 0, 2, 1)).is_err());
        socket.join(Ipv4Addr::LOCALHOST).unwrap();
        assert!(hears(&mut socket), "it has come back");
        assert!(GroupSocket::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, 39_712))).is_err());
    }
}

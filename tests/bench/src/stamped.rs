//! A UDP socket whose packets carry the kernel's time of arrival, so that a reader may be late.

use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg, setsockopt, sockopt};
use std::io::{self, IoSliceMut};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Room for some seconds of one caller's packets, as far as the kernel's limit allows.
const RECEIVE_BUFFER: usize = 1 << 20;
const MOST_BYTES: usize = 4_096;

/// One datagram.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Time since the Unix epoch, as the kernel noted it.
    pub at: Duration,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// A socket on loopback with time stamps.
#[derive(Debug)]
pub struct StampedSocket {
    socket: UdpSocket,
    /// Where it is.
    pub address: SocketAddr,
}

impl StampedSocket {
    /// On any free port.
    ///
    /// # Errors
    /// The system has no port or refuses time stamps.
    pub fn open() -> io::Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket2::SockRef::from(&socket).set_recv_buffer_size(RECEIVE_BUFFER)?;
        setsockopt(&socket, sockopt::ReceiveTimestampns, &true)?;
        let address = socket.local_addr()?;
        Ok(Self { socket, address })
    }

    /// Sends a datagram; returns the time just before.
    ///
    /// # Errors
    /// It cannot be sent.
    pub fn send(&self, bytes: &[u8], to: SocketAddr) -> io::Result<Duration> {
        let before = now();
        self.socket.send_to(bytes, to)?;
        Ok(before)
    }

    /// What has arrived already.
    ///
    /// # Errors
    /// The socket is broken.
    pub fn arrived(&self) -> io::Result<Option<Arrival>> {
        self.socket.set_nonblocking(true)?;
        self.receive()
    }

    /// The next datagram, or nothing within `patience`.
    ///
    /// # Errors
    /// The socket is broken.
    pub fn next(&self, patience: Duration) -> io::Result<Option<Arrival>> {
        self.socket.set_nonblocking(false)?;
        self.socket.set_read_timeout(Some(patience))?;
        self.receive()
    }

    fn receive(&self) -> io::Result<Option<Arrival>> {
        let mut bytes = vec![0u8; MOST_BYTES];
        let mut control = nix::cmsg_space!(nix::sys::time::TimeSpec);
        let mut parts = [IoSliceMut::new(&mut bytes)];
        let received = recvmsg::<()>(self.socket.as_raw_fd(), &mut parts, Some(&mut control), MsgFlags::empty());
        let (length, at) = match received {
            Ok(message) => {
                let stamp = message.cmsgs()?.find_map(|control| match control {
                    ControlMessageOwned::ScmTimestampns(stamp) => Some(Duration::from(stamp)),
                    _ => None,
                });
                (message.bytes, stamp.ok_or_else(|| io::Error::other("a packet without a time stamp"))?)
            }
            // Nothing there, or an ICMP error of an earlier datagram.
            Err(nix::Error::EAGAIN | nix::Error::EINTR | nix::Error::ECONNREFUSED) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        bytes.truncate(length);
        Ok(Some(Arrival { at, bytes }))
    }
}

/// Time since the Unix epoch, on the clock of the stamps.
#[expect(clippy::disallowed_methods, reason = "a bench measures time as it passes")]
pub fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

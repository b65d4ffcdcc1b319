//! Asks the DHCP servers around a card. The system's own client asks for an address; this asks, with that address, for what it
//! does not hand on.

use super::cards::Card;
use crate::clock::Clock;
use crate::system_random::SystemRandom;
use anyhow::{Context, Result};
use orbitbox_provision::{Inquiry, Named};
use orbitbox_sip::Random;
use socket2::{Domain, Socket, Type};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

/// How long an answer is waited for before it is asked again.
const WAITS: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(3)];
/// Ports of servers and clients (RFC 2131 section 4.1).
const SERVER: u16 = 67;
const CLIENT: u16 = 68;
/// No answer is longer than a frame.
const LONGEST: usize = 1_500;

/// Who answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// A server, and names places.
    Named(Vec<Named>),
    /// A server, and names none.
    Nothing,
    /// None.
    Silence,
}

/// Asks, for six seconds at most. The first answer that names something counts.
///
/// # Errors
/// The port cannot be had, or the card has gone.
pub fn ask(card: &Card) -> Result<Asked> {
    let socket = bind(card).with_context(|| format!("UDP port {CLIENT} at {} ({})", card.address, card.name))?;
    // All that is asked is one question: whichever of its copies is answered, the answer holds.
    let number = u32::try_from(SystemRandom::default().next() >> 32).unwrap_or_default();
    let inquiry = Inquiry { number, card: card.card, address: card.address };
    let mut asked = Asked::Silence;
    for wait in WAITS {
        let sent = socket.send_to(&inquiry.written(), (Ipv4Addr::BROADCAST, SERVER));
        sent.with_context(|| format!("nothing can be sent by {}", card.name))?;
        match listen(&socket, &inquiry, wait)? {
            Asked::Silence => {}
            answered => {
                asked = answered;
                break;
            }
        }
    }
    Ok(asked)
}

/// Bound to the card and its very address: nothing that is broadcast comes here, and of sockets that share the port with
/// the system's own client the last one has what is sent to it.
fn bind(card: &Card) -> std::io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.set_reuse_address(true)?;
    socket.set_broadcast(true)?;
    socket.bind_device(Some(card.name.as_bytes()))?;
    socket.bind(&SocketAddr::from((card.address, CLIENT)).into())?;
    Ok(socket.into())
}

/// Waits for so long; a server that names nothing may have a neighbour that does.
fn listen(socket: &UdpSocket, inquiry: &Inquiry, wait: Duration) -> Result<Asked> {
    let clock = Clock::start();
    let mut asked = Asked::Silence;
    let mut datagram = [0; LONGEST];
    while let Some(left) = wait.checked_sub(clock.now()).filter(|left| !left.is_zero()) {
        socket.set_read_timeout(Some(left))?;
        match socket.recv_from(&mut datagram) {
            Ok((length, from)) if from.port() == SERVER => match inquiry.answer(&datagram[..length]) {
                Some(named) if named.is_empty() => asked = Asked::Nothing,
                Some(named) => return Ok(Asked::Named(named)),
                None => {}
            },
            Ok(_) => {}
            // Somebody says by ICMP that nobody listens there.
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(asked)
}

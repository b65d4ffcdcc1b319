//! What a unit that has an address asks the DHCP servers around it (RFC 2131 section 4.4.3), and what is an answer to that.

use crate::CardAddress;
use crate::options::{self, Named, PLACES};
use std::net::Ipv4Addr;

/// The shortest message that every relay takes: BOOTP's (RFC 951 section 3).
pub const SHORTEST: usize = 300;
/// The longest answer that is read: what an Ethernet frame holds.
const LONGEST: u16 = 1472;

/// BOOTREQUEST and BOOTREPLY, and Ethernet (RFC 2131 section 2).
const REQUEST: u8 = 1;
const REPLY: u8 = 2;
const ETHERNET: u8 = 1;
/// Where the fields of a message are (RFC 2131 section 2).
const XID: usize = 4;
const CIADDR: usize = 12;
const CHADDR: usize = 28;
const SNAME: usize = 44;
const FILE: usize = 108;
const COOKIE: usize = 236;
const OPTIONS: usize = 240;
/// What options begin with (RFC 2131 section 3).
const MAGIC: [u8; 4] = [99, 130, 83, 99];

/// Options and values (RFC 2132 sections 9.6, 9.7, 9.8, 9.10, 9.13, 9.14).
const OVERLOAD: u8 = 52;
const MESSAGE_TYPE: u8 = 53;
const WANTED: u8 = 55;
const SIZE: u8 = 57;
const VENDOR: u8 = 60;
const CLIENT: u8 = 61;
const INFORM: u8 = 8;
const ACK: u8 = 5;

/// What a server may know units by (option 60), so that other devices can be told of other places.
const NAME: &[u8] = b"Orbitbox";

/// One question, and what its answers are known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inquiry {
    /// Unguessable: the answer repeats it.
    pub number: u32,
    /// Who asks.
    pub card: CardAddress,
    /// The address that the card has.
    pub address: Ipv4Addr,
}

impl Inquiry {
    /// The DHCPINFORM, to be sent from port 68 to port 67.
    pub fn written(&self) -> Vec<u8> {
        let mut message = vec![0; COOKIE];
        message[..3].copy_from_slice(&[REQUEST, ETHERNET, 6]);
        message[XID..XID + 4].copy_from_slice(&self.number.to_be_bytes());
        message[CIADDR..CIADDR + 4].copy_from_slice(&self.address.octets());
        message[CHADDR..CHADDR + 6].copy_from_slice(&self.card.0);
        message.extend(MAGIC);
        let mut client = vec![ETHERNET];
        client.extend(self.card.0);
        for (code, value) in [
            (MESSAGE_TYPE, &[INFORM][..]),
            (CLIENT, &client),
            (SIZE, &LONGEST.to_be_bytes()),
            (VENDOR, NAME),
            (WANTED, &PLACES),
        ] {
            message.push(code);
            message.extend(u8::try_from(value.len()));
            message.extend(value);
        }
        message.push(options::END);
        message.resize(message.len().max(SHORTEST), 0);
        message
    }

    /// What a datagram from a server's port names; `None` where it is no answer to this question, or not whole. Options may
    /// go on in the fields for a server's name and a file (RFC 2131 section 4.1), and be in several pieces (RFC 3396).
    pub fn answer(&self, datagram: &[u8]) -> Option<Vec<Named>> {
        let field = |at, length| datagram.get(at..at + length);
        let is_ours = field(0, 3)? == [REPLY, ETHERNET, 6]
            && field(XID, 4)? == self.number.to_be_bytes()
            && field(CHADDR, 6)? == self.card.0
            && field(COOKIE, 4)? == MAGIC;
        if !is_ours {
            return None;
        }
        let mut found = options::read(datagram.get(OPTIONS..)?)?;
        let overload = found.get(&OVERLOAD).map_or(Some(0), |value| value.first().copied())?;
        if overload & 1 != 0 {
            options::append(&mut found, options::read(field(FILE, 128)?)?);
        }
        if overload & 2 != 0 {
            options::append(&mut found, options::read(field(SNAME, 64)?)?);
        }
        (*found.get(&MESSAGE_TYPE)? == [ACK]).then(|| options::named(&found))
    }
}

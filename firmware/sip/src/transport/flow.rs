//! Where bytes come from and go to.

use crate::message::{NameAddr, Uri};
use std::net::SocketAddr;

/// What carries the bytes (RFC 3261 section 18).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// A stream.
    Tcp,
    /// A stream under TLS.
    Tls,
}

impl Transport {
    /// As a Via names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
        }
    }

    /// What a URI asks for: its `transport` parameter, else TLS for `sips:`, else UDP.
    pub fn of(uri: &Uri) -> Self {
        match uri.param("transport").map(str::to_ascii_lowercase).as_deref() {
            Some("tcp") => Self::Tcp,
            Some("tls") => Self::Tls,
            Some(_) | None if uri.scheme() == "sips" => Self::Tls,
            Some(_) | None => Self::Udp,
        }
    }

    /// The port of a URI that names none (RFC 3261 section 19.1.2).
    pub fn default_port(self) -> u16 {
        match self {
            Self::Udp | Self::Tcp => 5060,
            Self::Tls => 5061,
        }
    }

    /// Nothing that is sent is lost without a word.
    pub fn is_stream(self) -> bool {
        self != Self::Udp
    }
}

/// A way between the unit and a peer. Of a stream, transport and `remote` name the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flow {
    /// See [`Transport`].
    pub transport: Transport,
    /// The address we listen on, as the peer sees it.
    pub local: SocketAddr,
    /// The peer's address.
    pub remote: SocketAddr,
}

impl Flow {
    /// Our Contact for a peer at the other end.
    pub(crate) fn contact(&self, user: Option<&str>) -> NameAddr {
        let uri = Uri::sip(user, self.local);
        NameAddr::new(match self.transport {
            Transport::Udp => uri,
            Transport::Tcp => uri.with_param("transport", Some("tcp")),
            Transport::Tls => uri.with_param("transport", Some("tls")),
        })
    }
}

/// One message to send. A stream to a peer that none leads to is opened for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// From where to where.
    pub flow: Flow,
    /// The whole message.
    pub bytes: Vec<u8>,
}

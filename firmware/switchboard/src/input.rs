//! What the shell tells the unit.

use crate::Limit;
use orbitbox_panel::{ContactEdge, KeyEdge};
use orbitbox_sip::{Flow, LookupId, Transport};
use std::net::SocketAddr;
use std::time::Duration;

/// One thing that has happened outside.
#[derive(Debug, Clone)]
pub enum Input<'a> {
    /// A datagram on the SIP socket.
    Datagram {
        /// From where to where; `local` is our address as that peer sees it.
        flow: Flow,
        /// The whole datagram.
        bytes: &'a [u8],
    },
    /// Bytes on a SIP stream.
    Stream {
        /// Of the connection.
        flow: Flow,
        /// As they came; messages need not be whole.
        bytes: &'a [u8],
    },
    /// A SIP stream is closed, or could not be opened.
    StreamClosed(Flow),
    /// Where a host is.
    Resolved {
        /// Of the question.
        id: LookupId,
        /// Best first; none when nobody knows.
        ways: &'a [(Transport, SocketAddr)],
        /// For how long that holds.
        fresh_for: Duration,
    },
    /// A key went down or came up.
    Key(KeyEdge),
    /// A contact has closed or opened.
    Contact(ContactEdge),
    /// Something that people at the unit should see.
    Told {
        /// For the digits.
        digits: &'a str,
        /// For the history.
        text: &'a str,
    },
    /// The day and time by the clock on the wall, told at least once a minute.
    Wall {
        /// 0 is Monday.
        weekday: u8,
        /// After midnight.
        minute: u16,
    },
    /// What there is only so much of outside, all of it, and how much of that is in use. Told when it
    /// has changed.
    Limits(&'a [Limit]),
    /// The audio plane reports.
    Media(orbitbox_media::Event),
    /// What has happened where pages come in from the network.
    Inlet(orbitbox_media::InletEvent),
    /// The speaker plane reports.
    Speaker(orbitbox_paging::Event),
    /// Something is wrong with the amplifier, in words; `None` when it is well again.
    Amplifier {
        /// The fault.
        fault: Option<&'a str>,
    },
    /// The unit runs in safe mode, as long as it runs.
    SafeMode,
    /// New calls are refused from now on (`true`), or parked again.
    Draining(bool),
    /// The configuration has changed, in what [`orbitbox_config::change`] calls live.
    Configured(&'a orbitbox_config::Unit),
    /// An RTP port has been bound and can be promised in an answer. The shell keeps a few in stock.
    PortBound(u16),
    /// The deadline of `poll_timeout` has come.
    Timeout,
}

impl Input<'_> {
    /// What kind of thing it is, and nothing of what is in it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Datagram { .. } => "datagram",
            Self::Stream { .. } => "piece of a stream",
            Self::StreamClosed(_) => "stream closed",
            Self::Resolved { .. } => "answer about a name",
            Self::Key(_) => "key",
            Self::Contact(_) => "contact",
            Self::Told { .. } => "told",
            Self::Wall { .. } => "time of day",
            Self::Limits(_) => "limits",
            Self::Media(_) => "report of the audio plane",
            Self::Inlet(_) => "report of an inlet",
            Self::Speaker(_) => "report of the speaker plane",
            Self::Amplifier { .. } => "amplifier",
            Self::SafeMode => "safe mode",
            Self::Draining(_) => "draining",
            Self::Configured(_) => "the configuration",
            Self::PortBound(_) => "port bound",
            Self::Timeout => "deadline",
        }
    }
}

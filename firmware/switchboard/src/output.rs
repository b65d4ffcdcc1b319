//! What the unit wants the shell to do.

use orbitbox_panel::Face;
use orbitbox_sip::{Flow, Lookup, Transmit};

/// One order to the shell. Orders are to be performed in the order they come.
#[derive(Debug, Clone)]
pub enum Output {
    /// Send a message: a datagram on the SIP socket, or on a stream, which is opened if there is none.
    Transmit(Transmit),
    /// Close a stream that cannot be followed any more.
    CloseStream(Flow),
    /// Find out where a host is (RFC 3263), and hand in `Input::Resolved` in any case.
    Lookup(Lookup),
    /// For the audio plane. After `Command::Open` the shell binds another port and reports `PortBound`.
    Media(orbitbox_media::Command),
    /// Which of the inlets goes to the speaker from now on.
    Hear(Option<orbitbox_media::InletId>),
    /// For the speaker plane.
    Page(orbitbox_paging::Command),
    /// Digits and lamps have changed.
    Face(Face),
    /// Remember these changes for a restart, all or none. What comes after them in the queue may only be done once they are on
    /// disk, unless all of them are removals.
    Keep(Vec<Entry>),
    /// How the relays are to be from now on, each as `true` where it is on, in the order of the configuration. All are off
    /// before the first.
    Relays(Vec<bool>),
    /// The handset of the talk station was lifted, or put back.
    Handset {
        /// It is off its hook.
        lifted: bool,
    },
}

/// One change of what a restart is rebuilt from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is about: `call/71`, at most 100 characters, letters, digits and punctuation of ASCII.
    pub key: String,
    /// The whole record, as JSON with its version; `None` when there is nothing to go on with any more.
    pub record: Option<String>,
}

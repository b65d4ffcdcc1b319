//! What the unit wants the shell to do.

use orbitbox_panel::Face;
use orbitbox_sip::Transmit;

/// One order to the shell. Orders are to be performed in the order they come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Send a datagram on the SIP socket.
    Transmit(Transmit),
    /// For the audio plane. After `Command::Open` the shell binds another port and reports `PortBound`.
    Media(orbitbox_media::Command),
    /// For the speaker plane.
    Page(orbitbox_paging::Command),
    /// Digits and lamps have changed.
    Face(Face),
}

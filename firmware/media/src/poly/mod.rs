//! The group pages and push-to-talk of Poly and Spectralink phones, as published (Polycom Engineering Advisory 70568): alerts,
//! then sound, then ends, each a datagram of its own. It is no RTP.

mod frames;
mod packet;
mod sender;

pub(crate) use frames::Frames;
pub use packet::{CHANNELS, Caller, NotPoly, PolyHeader, PolyPacket, PolySound};
pub use sender::PolySender;

//! RTCP (RFC 3550 section 6): reports of what was sent and heard, once every five seconds.

mod control;
mod packet;

pub use control::Far;
pub(crate) use control::{Control, Near};
pub(crate) use packet::MOST_BYTES;

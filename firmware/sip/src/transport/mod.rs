//! Ways to peers, and messages out of streams. No sockets.

mod flow;
pub mod framing;
pub(crate) mod streams;

pub use flow::{Flow, Transmit, Transport};

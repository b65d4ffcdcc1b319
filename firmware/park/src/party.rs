//! Who and what a parked call is made of.

use std::fmt;

/// One dialog of the unit with one party. Issued by [`crate::ParkServer::next_leg`], never re-used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegId(pub u64);

/// The identity of one parking episode. An orbit is re-used, a token never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub u64);

/// Somebody who can be named and called. Opaque to the park logic; compared by `address` only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Party {
    /// Where to call, as the edge understands it (a SIP URI).
    pub address: String,
    /// The name to show; empty when unknown.
    pub name: String,
}

impl fmt::Display for LegId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "leg {}", self.0)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "token {}", self.0)
    }
}

//! Keys and their edges.

use orbitbox_park::OrbitNumber;
use std::fmt;

/// A key of the panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The key of an orbit.
    Orbit(OrbitNumber),
    /// Park.
    Park,
    /// Retrieve.
    Retrieve,
    /// Page / talk.
    Page,
    /// Function.
    Function,
    /// The hook of the handset: down while the handset is lifted.
    Hook,
}

/// `orbit-71`, `park`, `retrieve`, `page`, `function`, `hook`.
impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Orbit(orbit) => write!(out, "orbit-{orbit}"),
            Self::Park => out.write_str("park"),
            Self::Retrieve => out.write_str("retrieve"),
            Self::Page => out.write_str("page"),
            Self::Function => out.write_str("function"),
            Self::Hook => out.write_str("hook"),
        }
    }
}

/// A key went down or came up. Sources (pins, input devices, web, tests) merge into one stream; none is special.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyEdge {
    /// Which key.
    pub key: Key,
    /// Down (`true`) or up.
    pub pressed: bool,
}

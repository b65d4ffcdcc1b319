//! The address of a network card.

use std::fmt;

/// Six bytes, shown as provisioning files are named: `b827eb000001`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardAddress(pub [u8; 6]);

impl fmt::Display for CardAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

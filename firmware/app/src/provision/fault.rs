//! Why a round came to nothing.

use std::fmt;

/// In a line; and whether it is worth another round soon.
#[derive(Debug)]
pub struct Fault {
    text: String,
    may_pass: bool,
}

impl Fault {
    /// The exit status that says "later" (`EX_TEMPFAIL` of sysexits.h): `orbitbox-provision.service` waits for it.
    const LATER: u8 = 75;

    /// It will be the same until somebody changes something.
    pub(super) fn stays(text: impl Into<String>) -> Self {
        Self { text: text.into(), may_pass: false }
    }

    /// It may go by itself.
    pub(super) fn may_pass(text: impl Into<String>) -> Self {
        Self { text: text.into(), may_pass: true }
    }

    /// The same, said of what.
    pub(super) fn about(self, what: &str) -> Self {
        Self { text: format!("{what} {}", self.text), ..self }
    }

    /// With which the program ends.
    pub fn exit_status(&self) -> u8 {
        if self.may_pass { Self::LATER } else { 1 }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl std::error::Error for Fault {}

impl From<anyhow::Error> for Fault {
    fn from(error: anyhow::Error) -> Self {
        Self::stays(format!("{error:#}"))
    }
}

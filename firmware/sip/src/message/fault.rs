//! What was wrong with a message or a header field.

use std::fmt;

use super::response::Response;
use super::uri::UriFault;

/// Why a header field's value was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderFault {
    /// Canonical name; empty while the value is read on its own.
    pub header: String,
    /// What is wrong, in a few words.
    pub problem: String,
}

impl HeaderFault {
    pub(super) fn new(problem: impl Into<String>) -> Self {
        Self { header: String::new(), problem: problem.into() }
    }

    pub(super) fn of(mut self, header: &str) -> Self {
        self.header = header.to_owned();
        self
    }
}

impl fmt::Display for HeaderFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.header.is_empty() {
            true => f.write_str(&self.problem),
            false => write!(f, "{}: {}", self.header, self.problem),
        }
    }
}

impl std::error::Error for HeaderFault {}

impl From<UriFault> for HeaderFault {
    fn from(fault: UriFault) -> Self {
        Self::new(fault.to_string())
    }
}

/// Why a datagram is no message for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadFault {
    /// Names the header or the line.
    pub problem: String,
    /// The answer that is due. `None` when the datagram is to be dropped without one: keep-alives, responses, ACKs, and
    /// what has too little of a request to be answered.
    pub answer: Option<Box<Answerable>>,
}

impl fmt::Display for ReadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)
    }
}

impl std::error::Error for ReadFault {}

/// A response that can be sent to where the datagram came from, without any state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answerable {
    /// 400 or 505.
    pub status: u16,
    /// Has what the request had of Via, From, To (with a tag), Call-ID and CSeq, as it was written.
    pub response: Response,
}

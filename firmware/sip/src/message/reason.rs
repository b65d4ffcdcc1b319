//! Reason (RFC 3326).

use std::fmt;

use super::fault::HeaderFault;
use super::params::Params;
use super::scan;

/// Why a request was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// `SIP`, `Q.850`, …
    pub protocol: String,
    /// A status or cause of that protocol.
    pub cause: Option<u16>,
    /// For people; empty when there is none.
    pub text: String,
}

impl Reason {
    /// Reads one value (no comma-separated list).
    ///
    /// # Errors
    /// When the protocol is no token, a parameter is none, or the cause is no number.
    pub fn parse(text: &str) -> Result<Self, HeaderFault> {
        let (protocol, params) = text.split_at(text.find(';').unwrap_or(text.len()));
        let protocol = scan::trim(protocol);
        if !scan::is_token(protocol) {
            return Err(HeaderFault::new("bad protocol"));
        }
        let params = Params::parse(params).map_err(HeaderFault::new)?;
        let cause = match params.value("cause") {
            None => None,
            Some(cause) => {
                let cause = scan::number(cause).and_then(|cause| u16::try_from(cause).ok());
                Some(cause.ok_or_else(|| HeaderFault::new("bad cause"))?)
            }
        };
        let text = params.value("text").unwrap_or_default().to_owned();
        Ok(Self { protocol: protocol.to_owned(), cause, text })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.protocol)?;
        if let Some(cause) = self.cause {
            write!(f, ";cause={cause}")?;
        }
        match self.text.is_empty() {
            true => Ok(()),
            false => write!(f, ";text={}", scan::quote(&self.text)),
        }
    }
}

//! CSeq (RFC 3261 section 20.16).

use std::fmt;

use super::fault::HeaderFault;
use super::{Method, scan};

/// The order of requests within a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CSeq {
    /// Less than 2^31.
    pub number: u32,
    /// The request's method.
    pub method: Method,
}

impl CSeq {
    /// Reads the field's value.
    ///
    /// # Errors
    /// When the number is not less than 2^31 or the method is no token.
    pub fn parse(text: &str) -> Result<Self, HeaderFault> {
        let text = scan::trim(text);
        let (number, method) = text.split_at(text.find(scan::is_space).unwrap_or(text.len()));
        let number = scan::number(number).ok_or_else(|| HeaderFault::new("bad number"))?;
        let number = u32::try_from(number).ok().filter(|number| *number < 1 << 31);
        let number = number.ok_or_else(|| HeaderFault::new("number is not below 2^31"))?;
        let method = scan::trim(method);
        if !scan::is_token(method) {
            return Err(HeaderFault::new("bad method"));
        }
        Ok(Self { number, method: Method::from(method) })
    }
}

impl fmt::Display for CSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.method)
    }
}

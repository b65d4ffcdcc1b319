//! Replaces (RFC 3891).

use std::fmt;

use super::fault::HeaderFault;
use super::params::Params;
use super::scan;

/// The dialog that an INVITE is to take the place of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaces {
    /// Of that dialog.
    pub call_id: String,
    /// The recipient's tag: ours, when the sender has it right.
    pub to_tag: String,
    /// The other side's tag.
    pub from_tag: String,
    /// Only a dialog that is not confirmed may be replaced.
    pub early_only: bool,
}

impl Replaces {
    /// Reads the field's value.
    ///
    /// # Errors
    /// When the Call-ID is empty or a tag is missing or there twice.
    pub fn parse(text: &str) -> Result<Self, HeaderFault> {
        let text = scan::trim(text);
        let (call_id, params) = text.split_at(text.find(';').unwrap_or(text.len()));
        let call_id = scan::trim(call_id);
        if call_id.is_empty() || call_id.contains(|c: char| scan::is_space(c) || c.is_control() || c == ',') {
            return Err(HeaderFault::new("bad call-id"));
        }
        let params = Params::parse(params).map_err(HeaderFault::new)?;
        let tag = |name: &str| {
            let mut tags = params.iter().filter(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value);
            match (tags.next().flatten(), tags.next()) {
                (Some(tag), None) => Ok(tag.to_owned()),
                (Some(_), Some(_)) => Err(HeaderFault::new(format!("{name} is there twice"))),
                (None, _) => Err(HeaderFault::new(format!("no {name}"))),
            }
        };
        let (to_tag, from_tag) = (tag("to-tag")?, tag("from-tag")?);
        let early_only = params.has("early-only");
        Ok(Self { call_id: call_id.to_owned(), to_tag, from_tag, early_only })
    }
}

impl fmt::Display for Replaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};to-tag={};from-tag={}", self.call_id, self.to_tag, self.from_tag)?;
        match self.early_only {
            true => f.write_str(";early-only"),
            false => Ok(()),
        }
    }
}

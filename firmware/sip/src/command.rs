//! What the endpoint is asked to do.

use crate::Account;
use crate::message::{NameAddr, Uri};

/// A message body with its media type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// `application/sdp`, …
    pub content_type: String,
    /// Verbatim.
    pub bytes: Vec<u8>,
}

/// How we present ourselves, or the party we speak for, to the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Shown by the phone; sent as From on requests and as P-Asserted-Identity (RFC 3325) on both.
    pub display: String,
    /// Its URI.
    pub uri: Uri,
}

/// A call we make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Whom. Resolved through the registrar when its user and host are one of our stations; else the host must be an address.
    pub target: Uri,
    /// From and P-Asserted-Identity.
    pub from: Identity,
    /// The offer.
    pub offer: Body,
    /// Further header fields (Call-Info, Alert-Info, Answer-Mode …), in order.
    pub headers: Vec<(String, String)>,
    /// Who we are there, if the other side asks.
    pub account: Option<Account>,
    /// Referred-By of the original parker, for the record.
    pub referred_by: Option<NameAddr>,
}

/// How to end a usage, whatever its state: CANCEL, BYE, or a final response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// Final status for an INVITE we have not answered (ignored otherwise).
    pub status: u16,
    /// Goes into a Reason header (RFC 3326), e.g. `SIP;cause=200;text="Call completed elsewhere"`; and as Reason-Phrase text.
    pub reason: Option<String>,
}

//! Responses.

use rsip::headers::Headers;

use super::head::Head;
use super::request::asserted_identity;
use super::{CSeq, NameAddr, Request, ResponseBuilder, Via, body, fields};

/// A response that has been read or built.
///
/// One that answers a request which could not be read ([`super::Answerable`]) has what that request had; for fields that
/// are missing there the typed view gives stand-ins, which are not printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    model: rsip::Response,
    status: u16,
    reason: String,
    head: Head,
}

impl Response {
    /// Starts the response to a request, with its Vias, From, To, Call-ID and CSeq (RFC 3261 section 8.2.6.2).
    /// `reason` is the Reason-Phrase; the usual one when it is `None`.
    pub fn builder_for(request: &Request, status: u16, reason: Option<&str>) -> ResponseBuilder {
        ResponseBuilder::new(request.headers(), status, reason)
    }

    /// From parts that belong together: `head` is the view of `headers`.
    pub(super) fn from_parts(status: u16, reason: &str, mut headers: Headers, head: Head, body: Vec<u8>) -> Self {
        fields::replace(&mut headers, "Content-Length", &body.len().to_string());
        let status_code = rsip::StatusCode::Other(status, reason.to_owned());
        let model = rsip::Response { status_code, version: rsip::Version::V2, headers, body };
        Self { model, status, reason: reason.to_owned(), head }
    }

    /// 100 to 699.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The Reason-Phrase; it may be empty.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The first line of that name; lists are not split. Any case, compact names too.
    pub fn header(&self, name: &str) -> Option<&str> {
        fields::first(&self.model.headers, name)
    }

    /// All values of that name; lists are split at their commas. Any case, compact names too.
    pub fn header_values(&self, name: &str) -> Vec<&str> {
        fields::values(&self.model.headers, name)
    }

    /// The Via of the one who is to get the response: ours, when we get it.
    pub fn top_via(&self) -> &Via {
        &self.head.vias[0]
    }

    /// All Vias, top first.
    pub fn vias(&self) -> &[Via] {
        &self.head.vias
    }

    /// From.
    pub fn from(&self) -> &NameAddr {
        &self.head.from
    }

    /// To.
    pub fn to(&self) -> &NameAddr {
        &self.head.to
    }

    /// Call-ID.
    pub fn call_id(&self) -> &str {
        &self.head.call_id
    }

    /// CSeq.
    pub fn cseq(&self) -> &CSeq {
        &self.head.cseq
    }

    /// The first Contact.
    pub fn contact(&self) -> Option<&NameAddr> {
        self.head.contacts.first()
    }

    /// Every Contact.
    pub fn contacts(&self) -> &[NameAddr] {
        &self.head.contacts
    }

    /// Record-Route, top first.
    pub fn record_routes(&self) -> &[NameAddr] {
        &self.head.record_routes
    }

    /// P-Asserted-Identity (RFC 3325; a `sip:` one before a `tel:` one), else Remote-Party-ID.
    pub fn asserted_identity(&self) -> Option<NameAddr> {
        asserted_identity(&self.model.headers)
    }

    /// Verbatim.
    pub fn body(&self) -> &[u8] {
        &self.model.body
    }

    /// Content-Type with its parameters.
    pub fn content_type(&self) -> Option<&str> {
        self.header("Content-Type")
    }

    /// The body when it is of this media type (in lower case), or the first such part of a multipart body.
    pub fn body_part(&self, media_type: &str) -> Option<&[u8]> {
        body::part(self.content_type()?, self.body(), media_type)
    }

    /// The message for the wire: the head as the model prints it, then the body's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = rsip::Response {
            status_code: self.model.status_code.clone(),
            version: self.model.version.clone(),
            headers: self.model.headers.clone(),
            body: Vec::new(),
        }
        .to_string();
        [head.as_bytes(), self.body()].concat()
    }
}

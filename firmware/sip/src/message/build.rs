//! Building messages.

use rsip::headers::Headers;

use super::head::Head;
use super::phrase::phrase;
use super::{CSeq, Method, NameAddr, Request, Response, Uri, Via, fields, scan};

/// Builds a request. Via, From, To, Call-ID and CSeq have to be given. Content-Length is ours, and so is Max-Forwards
/// (70) unless it is given.
#[derive(Debug, Clone)]
#[must_use]
pub struct RequestBuilder {
    method: Method,
    uri: Uri,
    headers: Headers,
    body: Vec<u8>,
}

impl RequestBuilder {
    pub(super) fn new(method: Method, uri: Uri) -> Self {
        Self { method, uri, headers: Headers::default(), body: Vec::new() }
    }

    /// Adds a Via below those that are there.
    pub fn via(self, via: Via) -> Self {
        self.header("Via", &via.to_string())
    }

    /// Adds a Route below those that are there.
    pub fn route(self, route: &NameAddr) -> Self {
        self.header("Route", &route.to_string())
    }

    /// From.
    pub fn from(self, from: &NameAddr) -> Self {
        self.header("From", &from.to_string())
    }

    /// To.
    pub fn to(self, to: &NameAddr) -> Self {
        self.header("To", &to.to_string())
    }

    /// Call-ID.
    pub fn call_id(self, call_id: &str) -> Self {
        self.header("Call-ID", call_id)
    }

    /// CSeq; the method of an ACK or CANCEL is the request's own (RFC 3261 section 8.1.1.5).
    pub fn cseq(self, number: u32, method: Method) -> Self {
        self.header("CSeq", &CSeq { number, method }.to_string())
    }

    /// Max-Forwards.
    pub fn max_forwards(mut self, hops: u8) -> Self {
        fields::replace(&mut self.headers, "Max-Forwards", &hops.to_string());
        self
    }

    /// Adds a Contact.
    pub fn contact(self, contact: &NameAddr) -> Self {
        self.header("Contact", &contact.to_string())
    }

    /// Adds a header field. Line ends in the value become spaces; a field whose name is none is left out.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        push(&mut self.headers, name, value);
        self
    }

    /// The body and its Content-Type.
    pub fn body(mut self, content_type: &str, bytes: &[u8]) -> Self {
        set_body(&mut self.headers, &mut self.body, content_type, bytes);
        self
    }

    /// The request.
    pub fn build(mut self) -> Request {
        if fields::first(&self.headers, "Max-Forwards").is_none() {
            push(&mut self.headers, "Max-Forwards", "70");
        }
        let head = Head::read_loosely(&self.headers);
        Request::from_parts(self.method, self.uri, self.headers, head, self.body)
    }
}

/// Builds a response. It has the request's Vias, From, To, Call-ID and CSeq, as they were written.
#[derive(Debug, Clone)]
#[must_use]
pub struct ResponseBuilder {
    status: u16,
    reason: String,
    headers: Headers,
    body: Vec<u8>,
}

impl ResponseBuilder {
    pub(super) fn new(request: &Headers, status: u16, reason: Option<&str>) -> Self {
        let mut headers = Headers::default();
        for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
            for line in fields::lines(request, name) {
                push(&mut headers, name, line);
            }
        }
        Self { status, reason: one_line(reason.unwrap_or_else(|| phrase(status))), headers, body: Vec::new() }
    }

    /// Gives To this tag, unless it has one.
    pub fn to_tag(mut self, tag: &str) -> Self {
        let to = fields::first(&self.headers, "To").map(str::to_owned);
        let untagged = to.filter(|to| NameAddr::parse(to).is_ok_and(|address| address.tag().is_none()));
        if let Some(to) = untagged {
            fields::replace(&mut self.headers, "To", &format!("{to};tag={tag}"));
        }
        self
    }

    /// Adds a Contact.
    pub fn contact(self, contact: &NameAddr) -> Self {
        self.header("Contact", &contact.to_string())
    }

    /// Copies the request's Record-Routes, as a response that sets up a dialog must (RFC 3261 section 12.1.1).
    pub fn record_routes_of(mut self, request: &Request) -> Self {
        for line in fields::lines(request.headers(), "Record-Route") {
            push(&mut self.headers, "Record-Route", line);
        }
        self
    }

    /// Adds a header field. Line ends in the value become spaces; a field whose name is none is left out.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        push(&mut self.headers, name, value);
        self
    }

    /// The body and its Content-Type.
    pub fn body(mut self, content_type: &str, bytes: &[u8]) -> Self {
        set_body(&mut self.headers, &mut self.body, content_type, bytes);
        self
    }

    /// The response.
    pub fn build(self) -> Response {
        let head = Head::read_loosely(&self.headers);
        Response::from_parts(self.status, &self.reason, self.headers, head, self.body)
    }
}

fn push(headers: &mut Headers, name: &str, value: &str) {
    if scan::is_token(name) {
        fields::push(headers, name, &one_line(value));
    }
}

fn set_body(headers: &mut Headers, body: &mut Vec<u8>, content_type: &str, bytes: &[u8]) {
    fields::replace(headers, "Content-Type", &one_line(content_type));
    *body = bytes.to_vec();
}

/// No text of ours or of a peer may begin a line of its own.
fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

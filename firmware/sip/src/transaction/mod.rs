//! The four transaction machines of RFC 3261 section 17, as amended by RFC 6026.

pub mod client;
pub mod server;
pub mod timers;

use crate::message::{Method, Request, Response};

/// What a client transaction is found by (RFC 3261 section 17.1.3).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClientKey {
    branch: String,
    method: String,
}

impl ClientKey {
    /// The key of our request.
    pub fn of_request(request: &Request) -> Self {
        Self::new(request.top_via().branch(), request.method())
    }

    /// The key that a response names.
    pub fn of_response(response: &Response) -> Self {
        Self::new(response.top_via().branch(), &response.cseq().method)
    }

    /// Of an INVITE.
    pub fn is_invite(&self) -> bool {
        self.method == Method::Invite.as_str()
    }

    fn new(branch: Option<&str>, method: &Method) -> Self {
        Self { branch: branch.unwrap_or_default().to_owned(), method: method.as_str().to_owned() }
    }
}

/// What tells that two requests are one that has come by two paths (RFC 3261 section 8.2.2.2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    call_id: String,
    cseq: u32,
    method: String,
    tag: String,
}

impl Origin {
    /// Of a request outside a dialog.
    pub fn of(request: &Request) -> Self {
        Self {
            call_id: request.call_id().to_owned(),
            cseq: request.cseq().number,
            method: request.method().as_str().to_owned(),
            tag: request.from().tag().unwrap_or_default().to_owned(),
        }
    }
}

/// What a server transaction is found by (RFC 3261 section 17.2.3). Requests of RFC 2543 without the magic cookie are
/// told apart by Call-ID, CSeq and From tag instead of the branch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerKey {
    branch: String,
    sent_by: String,
    method: String,
}

impl ServerKey {
    /// The key of a request; an ACK and a CANCEL find the INVITE they are about with `about_invite`.
    pub fn of(request: &Request, about_invite: bool) -> Self {
        let via = request.top_via();
        let branch = match via.branch() {
            Some(branch) if branch.starts_with("z9hG4bK") => branch.to_owned(),
            Some(_) | None => {
                let tag = request.from().tag().unwrap_or_default();
                format!("{} {} {tag}", request.call_id(), request.cseq().number)
            }
        };
        let method = if about_invite { Method::Invite.as_str() } else { request.method().as_str() };
        let sent_by = format!("{}:{}", via.host.to_ascii_lowercase(), via.port.unwrap_or(5060));
        Self { branch, sent_by, method: method.to_owned() }
    }
}

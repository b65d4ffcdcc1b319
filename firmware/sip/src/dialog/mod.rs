//! Dialogs (RFC 3261 section 12).

mod router;

use crate::Flow;
use crate::message::{Method, NameAddr, Request, RequestBuilder, Response, Uri, Via};

/// What a dialog is found by, from our side.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DialogId {
    /// Call-ID.
    pub call_id: String,
    /// Our tag.
    pub local_tag: String,
    /// The other side's tag; empty for RFC 2543 peers that have none.
    pub remote_tag: String,
}

/// One dialog.
#[derive(Debug, Clone)]
pub struct Dialog {
    /// Its identity.
    pub id: DialogId,
    /// Us, with our tag.
    pub local: NameAddr,
    /// Them, with their tag.
    pub remote: NameAddr,
    /// Number of our last request.
    pub local_cseq: u32,
    /// Number of their last request.
    pub remote_cseq: Option<u32>,
    /// Where requests go: their Contact.
    pub target: Uri,
    /// Routes to set, nearest first.
    pub routes: Vec<NameAddr>,
    /// Our Contact.
    pub contact: NameAddr,
    /// The way its first message took; the last one, where that is the only way.
    pub flow: Flow,
    /// They do not know their own address: requests go the way they were heard.
    pub(crate) behind_router: bool,
}

impl Dialog {
    /// The dialog that an INVITE sets up with us as its server (RFC 3261 section 12.1.1).
    pub fn of_request(request: &Request, local_tag: &str, contact: NameAddr, first_cseq: u32, flow: Flow) -> Self {
        let remote = request.from().clone();
        let local = request.to().with_tag(local_tag);
        let target = request.contact().map_or_else(|| remote.uri.clone(), |contact| contact.uri.clone());
        Self {
            id: DialogId {
                call_id: request.call_id().to_owned(),
                local_tag: local_tag.to_owned(),
                remote_tag: remote.tag().unwrap_or_default().to_owned(),
            },
            local,
            remote,
            local_cseq: first_cseq,
            remote_cseq: Some(request.cseq().number),
            behind_router: router::stands_before(request, &target, flow),
            target,
            routes: request.record_routes().to_vec(),
            contact,
            flow,
        }
    }

    /// The dialog that a 2xx to our INVITE sets up (RFC 3261 section 12.1.2).
    pub fn of_response(request: &Request, response: &Response, flow: Flow) -> Self {
        let local = request.from().clone();
        let remote = response.to().clone();
        let mut routes = response.record_routes().to_vec();
        routes.reverse();
        let target = response.contact().map_or_else(|| request.uri().clone(), |contact| contact.uri.clone());
        Self {
            id: DialogId {
                call_id: request.call_id().to_owned(),
                local_tag: local.tag().unwrap_or_default().to_owned(),
                remote_tag: remote.tag().unwrap_or_default().to_owned(),
            },
            behind_router: router::stood_before(request, response, &target, flow),
            target,
            contact: request.contact().cloned().unwrap_or_else(|| local.clone()),
            local,
            remote,
            local_cseq: request.cseq().number,
            remote_cseq: None,
            routes,
            flow,
        }
    }

    /// The number of our next request; ACK and CANCEL re-use the INVITE's.
    pub fn next_cseq(&mut self) -> u32 {
        self.local_cseq += 1;
        self.local_cseq
    }

    /// Where the next request goes by what the other side has said.
    fn next_hop(&self) -> std::net::SocketAddr {
        let next_hop = self.routes.first().map_or(&self.target, |first| &first.uri);
        next_hop.socket_addr(self.flow.transport.default_port()).unwrap_or(self.flow.remote)
    }

    /// The stream it used is closed: the next request opens another one, to where the other side listens.
    pub fn flow_is_gone(&mut self) {
        self.flow.remote = self.next_hop();
    }

    /// The other side has sent a request by this way. Where theirs is the only one, ours takes it from now on.
    pub fn heard(&mut self, flow: Flow) {
        if flow.transport == self.flow.transport && (flow.transport.is_stream() || self.behind_router) {
            self.flow = flow;
        }
    }

    /// A request within the dialog (RFC 3261 section 12.2.1.1), and the way it takes. A first route without `lr` is a
    /// strict router: it becomes the Request-URI.
    pub fn request(&self, method: Method, cseq: u32, branch: &str) -> (RequestBuilder, Flow) {
        let strict = self.routes.first().filter(|first| first.uri.param("lr").is_none());
        let uri = strict.map_or(&self.target, |first| &first.uri).without_headers();
        let mut builder = Request::builder(method.clone(), uri)
            .via(Via::new(self.flow.transport.name(), self.flow.local, branch))
            .from(&self.local)
            .to(&self.remote)
            .call_id(&self.id.call_id)
            .cseq(cseq, method)
            .contact(&self.contact);
        for route in self.routes.iter().skip(usize::from(strict.is_some())) {
            builder = builder.route(route);
        }
        if strict.is_some() {
            builder = builder.route(&NameAddr::new(self.target.clone()));
        }
        // A stream leads to the peer, or to the proxy it came from, whatever they call themselves.
        let only = self.flow.transport.is_stream() || self.behind_router;
        let remote = if only { self.flow.remote } else { self.next_hop() };
        (builder, Flow { remote, ..self.flow })
    }
}

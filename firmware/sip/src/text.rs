//! Short texts to a phone's display (RFC 3428).

use crate::Identity;
use crate::endpoint::Endpoint;
use crate::message::{Method, NameAddr, Request, Uri, Via};
use crate::transaction::client::Owner;
use std::time::Duration;

impl Endpoint {
    /// Sends a MESSAGE. Nothing is reported: a phone that does not take it, or cannot be reached, misses no more than the
    /// text.
    pub fn send_text(&mut self, now: Duration, target: &Uri, from: &Identity, text: &str) {
        let Some((uri, flow)) = self.route(target) else { return };
        let sender = NameAddr::new(self.presentable(&from.uri)).with_display(&from.display);
        let (branch, tag, call_id) = (self.branch(), self.token(), self.token());
        let request = Request::builder(Method::Message, uri.without_headers())
            .via(Via::new(flow.transport.name(), flow.local, &branch))
            .from(&sender.with_tag(&tag))
            .to(&NameAddr::new(self.presentable(target)))
            .call_id(&call_id)
            .cseq(self.first_cseq(), Method::Message)
            .header("User-Agent", &self.settings.server_name)
            .body("text/plain;charset=utf-8", text.as_bytes())
            .build();
        self.send(now, request, flow, Owner::Nobody);
    }
}

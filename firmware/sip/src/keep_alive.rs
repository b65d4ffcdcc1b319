//! A word now and then to phones behind a router that translates addresses, so that it still knows the way to them when
//! somebody calls (RFC 5626 section 4.4 in spirit: those phones do not do it themselves).

use crate::endpoint::Endpoint;
use crate::message::{Method, NameAddr, Request, Uri, Via};
use crate::transaction::client::Owner;
use crate::transaction::timers::Due;
use std::time::Duration;

/// Phones that are asked at one time; a router's table is not filled by us.
const MAX_AT_ONCE: usize = 500;

impl Endpoint {
    /// Begins with it when there is somebody to keep in reach.
    pub(crate) fn keep_in_reach(&mut self, now: Duration) {
        let every = self.settings.keep_alive;
        if !every.is_zero() && !self.keeping_alive && self.registrar.behind_routers().next().is_some() {
            self.keeping_alive = true;
            self.agenda.add(Some(now + every), Due::KeepAlive);
        }
    }

    /// Everybody is sent an OPTIONS: its answer goes out through the router, which is what counts.
    pub(crate) fn keep_alive_due(&mut self, now: Duration) {
        self.keeping_alive = false;
        let contacts: Vec<_> =
            self.registrar.behind_routers().map(|(uri, flow)| (uri.clone(), flow)).take(MAX_AT_ONCE).collect();
        for (uri, flow) in contacts {
            let (branch, tag, call_id) = (self.branch(), self.token(), self.token());
            let request = Request::builder(Method::Options, uri.without_headers())
                .via(Via::new(flow.transport.name(), flow.local, &branch))
                .from(&NameAddr::new(Uri::sip(None, flow.local)).with_tag(&tag))
                .to(&NameAddr::new(uri))
                .call_id(&call_id)
                .cseq(self.first_cseq(), Method::Options)
                .header("User-Agent", &self.settings.server_name)
                .build();
            self.send(now, request, flow, Owner::Nobody);
        }
        self.keep_in_reach(now);
    }
}

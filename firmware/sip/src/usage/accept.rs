//! Calls to us: invited, ringing, answered, refused, cancelled.

use super::refresh::supports;
use super::{Stage, Unacknowledged, Usage};
use crate::dialog::Dialog;
use crate::endpoint::{ALLOW, Endpoint, SDP, SUPPORTED};
use crate::message::{NameAddr, Request, Response};
use crate::transaction::ServerKey;
use crate::{Body, Cause, Event, Flow, Identity, InviteId, Invited};
use std::time::Duration;

impl Endpoint {
    /// An INVITE outside a dialog.
    pub(crate) fn invited(&mut self, now: Duration, key: ServerKey, request: &Request, flow: Flow) {
        let offer = match offer_of(request) {
            Ok(offer) => offer,
            Err(()) => return self.reply_with(now, &key, 415, None, &[("Accept", SDP)]),
        };
        if Self::too_brief(request) {
            return self.reply_with(now, &key, 422, None, &[("Min-SE", &super::refresh::MIN_SE.to_string())]);
        }
        let replaces = match self.replaced(request) {
            Ok(replaced) => replaced,
            Err(status) => return self.reply(now, &key, status),
        };
        if self.usages.len() >= self.settings.limits.usages {
            return self.reply_with(now, &key, 503, None, &[("Retry-After", "10")]);
        }
        let id = self.next_id();
        let tag = self.token();
        let contact = flow.contact(request.uri().user());
        let first_cseq = self.first_cseq();
        let dialog = Dialog::of_request(request, &tag, contact, first_cseq, flow);
        let mut usage = Usage::new(Stage::Incoming(key.clone()));
        usage.offerless = offer.is_none();
        usage.who = request.asserted_identity();
        usage.takes_update = supports(&request.header_values("Allow"), "UPDATE");
        self.dialogs.insert(dialog.id.clone(), id);
        usage.dialog = Some(dialog);
        self.usages.insert(id, usage);
        if let Some(server) = self.servers.get_mut(&key) {
            server.usage = Some(id);
        }
        self.reply(now, &key, 100);
        let invited = Invited {
            id,
            request_uri: request.uri().clone(),
            from: request.from().clone(),
            to: request.to().clone(),
            asserted: request.asserted_identity(),
            referred_by: request.referred_by(),
            diversion: request.diversion(),
            replaces,
            offer,
            flow,
            request: request.clone(),
        };
        self.events.push_back(Event::Invited(Box::new(invited)));
    }

    /// Rings: 180, or 183 with a body.
    pub fn ring(&mut self, now: Duration, id: InviteId, body: Option<Body>) {
        let Some((key, tag)) = self.incoming(id) else { return };
        let status = if body.is_some() { 183 } else { 180 };
        self.answer(now, &key, status, &tag, id, body, None);
    }

    /// Answers with 200. The 2xx is repeated until its ACK comes (RFC 3261 section 13.3.1.4); without one in 32 s the call
    /// ends with [`Cause::NoAck`]. Ignored when the caller has gone meanwhile.
    pub fn accept(&mut self, now: Duration, id: InviteId, body: Body, identity: Option<Identity>) {
        let Some((key, tag)) = self.incoming(id) else { return };
        let described = Some(body.clone());
        let request = self.servers.get(&key).and_then(|server| server.request.as_ref());
        let timer = request.map(|request| self.timer_of(now, request).0);
        let Some((bytes, flow, cseq)) = self.answer(now, &key, 200, &tag, id, Some(body), identity) else { return };
        if let Some(usage) = self.usages.get_mut(&id) {
            usage.stage = Stage::Up;
            usage.described = described;
            usage.timer = timer.unwrap_or(usage.timer);
            usage.unacknowledged = Some(Unacknowledged::new(now, bytes, flow, cseq, usage.offerless, false));
        }
        self.schedule_usage(id);
    }

    /// Our Contact in what follows: the same address with this user part, or, for a caller that asked for `park`, with
    /// this value of the parameter `orbit`.
    pub fn name_orbit(&mut self, id: InviteId, orbit: &str, as_parameter: bool) {
        let Some(dialog) = self.usages.get_mut(&id).and_then(|usage| usage.dialog.as_mut()) else { return };
        let uri = &dialog.contact.uri;
        dialog.contact = NameAddr::new(match as_parameter {
            true => uri.with_param("orbit", Some(orbit)),
            false => uri.with_user(orbit),
        });
    }

    /// Refuses with a final status (300 to 699). [`Cause::Closed`] follows.
    pub fn refuse(
        &mut self,
        now: Duration,
        id: InviteId,
        status: u16,
        reason: Option<&str>,
        headers: &[(String, String)],
    ) {
        let Some((key, tag)) = self.incoming(id) else { return };
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.reply_tagged(now, &key, status.clamp(300, 699), reason, &headers, &tag);
        self.end(now, id, Cause::Closed);
    }

    /// The INVITE was cancelled (RFC 3261 section 9.2).
    pub(crate) fn cancelled(&mut self, now: Duration, id: InviteId) {
        if let Some((key, tag)) = self.incoming(id) {
            self.reply_tagged(now, &key, 487, None, &[], &tag);
            self.end(now, id, Cause::Cancelled);
        }
    }

    /// The transaction and our tag of a call that we have not answered.
    pub(crate) fn incoming(&self, id: InviteId) -> Option<(ServerKey, String)> {
        let usage = self.usages.get(&id)?;
        let Stage::Incoming(key) = &usage.stage else { return None };
        Some((key.clone(), usage.dialog.as_ref()?.id.local_tag.clone()))
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one response")]
    fn answer(
        &mut self,
        now: Duration,
        key: &ServerKey,
        status: u16,
        tag: &str,
        id: InviteId,
        body: Option<Body>,
        identity: Option<Identity>,
    ) -> Option<(Vec<u8>, Flow, u32)> {
        let request = self.servers.get(key)?.request.clone()?;
        let contact = self.usages.get(&id)?.dialog.as_ref()?.contact.clone();
        let mut response = Response::builder_for(&request, status, None)
            .to_tag(tag)
            .record_routes_of(&request)
            .contact(&contact)
            .header("Allow", ALLOW)
            .header("Supported", SUPPORTED)
            .header("Server", &self.settings.server_name);
        if let Some(identity) = identity {
            let asserted = NameAddr::new(self.presentable(&identity.uri)).with_display(&identity.display);
            response = response.header("P-Asserted-Identity", &asserted.to_string());
        }
        if status >= 200 {
            for (name, value) in self.timer_of(now, &request).1 {
                response = response.header(name, &value);
            }
        }
        if let Some(body) = body {
            response = response.body(&body.content_type, &body.bytes);
        }
        let response = response.build();
        let cseq = request.cseq().number;
        let (bytes, flow) = self.respond(now, key, &response)?;
        Some((bytes, flow, cseq))
    }
}

/// The offer of an INVITE or UPDATE; an error when it has a body that is none.
pub(crate) fn offer_of(request: &Request) -> Result<Option<Body>, ()> {
    if request.body().is_empty() {
        return Ok(None);
    }
    let bytes = request.body_part(SDP).ok_or(())?.to_vec();
    Ok(Some(Body { content_type: SDP.to_owned(), bytes }))
}

//! Calls of ours: invited, ringing, answered, refused.

use super::elsewhere::Elsewhere;
use super::refresh::supports;
use super::{Stage, Usage};
use crate::dialog::Dialog;
use crate::digest::answer;
use crate::endpoint::{ALLOW, Endpoint, SDP, SUPPORTED};
use crate::message::{Method, NameAddr, Request, Response, Uri, Via};
use crate::names::Ways;
use crate::transaction::ClientKey;
use crate::transaction::client::Owner;
use crate::{Account, Body, Cause, Event, Flow, InviteId, Outgoing};
use std::time::Duration;

impl Endpoint {
    /// Calls somebody. A target that cannot be reached, and a full endpoint, are reported as [`Cause::Refused`].
    pub fn invite(&mut self, now: Duration, call: Outgoing) -> InviteId {
        let id = self.next_id();
        if self.usages.len() >= self.settings.limits.usages {
            return self.stillborn(id, 503);
        }
        match self.ways(now, &call.target) {
            Ways::Known(uri, flows) => self.call(now, id, call, &uri, flows),
            Ways::Awaited(name) => {
                self.usages.insert(id, Usage::new(Stage::Looking(name, Box::new(call))));
            }
            Ways::None => return self.stillborn(id, 480),
        }
        id
    }

    /// Sends the INVITE by the first of the ways.
    pub(super) fn call(&mut self, now: Duration, id: InviteId, call: Outgoing, uri: &Uri, mut flows: Vec<Flow>) {
        if flows.is_empty() {
            return;
        }
        let mut flow = flows.remove(0);
        let from = NameAddr::new(self.presentable(&call.from.uri)).with_display(&call.from.display);
        let (branch, tag, call_id) = (self.branch(), self.token(), self.token());
        let mut request = Request::builder(Method::Invite, uri.without_headers())
            .via(Via::new(flow.transport.name(), flow.local, &branch))
            .from(&from.with_tag(&tag))
            .to(&NameAddr::new(self.presentable(&call.target)))
            .call_id(&call_id)
            .cseq(self.first_cseq(), Method::Invite)
            .contact(&flow.contact(call.from.uri.user()))
            .header("Allow", ALLOW)
            .header("Supported", SUPPORTED)
            .header("User-Agent", &self.settings.server_name)
            .header("P-Asserted-Identity", &from.to_string());
        if let Some(referred_by) = &call.referred_by {
            request = request.header("Referred-By", &referred_by.to_string());
        }
        for (name, value) in self.wanted_timer() {
            request = request.header(name, &value);
        }
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        let request = request.body(&call.offer.content_type, &call.offer.bytes).build();
        let request = self.by_stream_if_large(request, &mut flow, &mut flows);
        let elsewhere = Elsewhere::new(&request, flow, flows, call.account.as_ref());
        let invite = self.send(now, request, flow, Owner::Call(id));
        let mut usage = Usage::new(Stage::Outgoing { invite: invite.clone(), cancelled: false });
        usage.account = call.account;
        usage.described = Some(call.offer);
        usage.elsewhere = elsewhere;
        self.usages.insert(id, usage);
        self.hurry_call(now, id, &invite);
    }

    fn stillborn(&mut self, id: InviteId, status: u16) -> InviteId {
        self.events.push_back(Event::Ended { id, cause: Cause::Refused(status) });
        id
    }

    /// A response to an INVITE of ours; a non-2xx final one has been acknowledged.
    pub(crate) fn invite_response(&mut self, now: Duration, key: &ClientKey, response: &Response, flow: Flow) {
        let Some(client) = self.clients.get(key) else { return };
        let (request, status) = (client.request.clone(), response.status());
        let Owner::Call(id) = client.owner else { return };
        let id = Some(id).filter(|id| self.usages.contains_key(id));
        match (status, id) {
            (200..300, id) => {
                let fresh = Dialog::of_response(&request, response, flow);
                self.acknowledge(&fresh, &request);
                self.connected(now, id, fresh, response);
            }
            (100..200, Some(id)) => {
                let reported = self.usages.get(&id).is_some_and(|usage| usage.reported);
                if status > 100
                    && let Some(usage) = self.usages.get_mut(&id)
                {
                    usage.elsewhere = None;
                }
                if status > 100 && !reported {
                    self.events.push_back(Event::Ringing { id, answer: answer_of(response) });
                }
                self.cancel_if_closed(now, id);
            }
            (422, Some(id)) if self.invite_longer(now, key, id, response) => {}
            (401 | 407, Some(id)) if self.invite_again(now, key, id, response) => {}
            (503, Some(id)) if self.goes_elsewhere(now, id) => {}
            (300.., Some(id)) => self.end(now, id, Cause::Refused(status)),
            (_, _) => {}
        }
    }

    /// The other side wants to know who we are: the same INVITE with the answer (RFC 3261 section 22.2). `false` when there is
    /// none, or it was given before.
    fn invite_again(&mut self, now: Duration, key: &ClientKey, id: InviteId, response: &Response) -> bool {
        let Some(usage) = self.usages.get_mut(&id).filter(|usage| !usage.reported) else { return false };
        let Some(account) = usage.account.take() else { return false };
        let Some((request, flow)) = self.clients.get(key).map(|client| (client.request.clone(), client.flow)) else {
            return false;
        };
        let Some(again) = self.with_credentials(&request, response, &account) else { return false };
        let invite = self.send(now, again, flow, Owner::Call(id));
        if let Some(usage) = self.usages.get_mut(&id) {
            usage.stage = Stage::Outgoing { invite, cancelled: false };
        }
        true
    }

    /// The other side wants a longer session timer (RFC 4028 section 7.4): asked for once.
    fn invite_longer(&mut self, now: Duration, key: &ClientKey, id: InviteId, response: &Response) -> bool {
        let Some((request, flow)) = self.clients.get(key).map(|client| (client.request.clone(), client.flow)) else {
            return false;
        };
        let least: Option<u32> = response.header("Min-SE").and_then(|text| text.split(';').next()?.trim().parse().ok());
        let Some(least) = least.filter(|least| request.header("Min-SE") != Some(least.to_string().as_str())) else {
            return false;
        };
        let branch = self.branch();
        let wanted = u64::from(least).max(self.settings.session_expires.as_secs());
        let again = request
            .again(&branch, request.cseq().number + 1, "Session-Expires", &format!("{wanted};refresher=uac"))
            .again(&branch, request.cseq().number + 1, "Min-SE", &least.to_string());
        let invite = self.send(now, again, flow, Owner::Call(id));
        if let Some(usage) = self.usages.get_mut(&id).filter(|usage| !usage.reported) {
            usage.stage = Stage::Outgoing { invite, cancelled: false };
            return true;
        }
        false
    }

    /// ACK of the 2xx to a re-INVITE of ours.
    pub(crate) fn acknowledge_again(&mut self, id: InviteId, invite: &Request) {
        if let Some(dialog) = self.usages.get(&id).and_then(|usage| usage.dialog.clone()) {
            self.acknowledge(&dialog, invite);
        }
    }

    /// The request once more, with the answer to the challenge of its refusal.
    pub(crate) fn with_credentials(
        &mut self,
        request: &Request,
        refusal: &Response,
        account: &Account,
    ) -> Option<Request> {
        let (asked, answered) = match refusal.status() {
            401 => ("WWW-Authenticate", "Authorization"),
            _ => ("Proxy-Authenticate", "Proxy-Authorization"),
        };
        let (client_nonce, branch) = (self.token(), self.branch());
        let challenges = refusal.header_values(asked);
        let (method, uri) = (request.method().as_str(), request.uri().as_str());
        let value = answer(&challenges, account, method, uri, &client_nonce, 1)?;
        Some(request.again(&branch, request.cseq().number + 1, answered, &value))
    }

    /// A 2xx has come and is acknowledged.
    fn connected(&mut self, now: Duration, id: Option<InviteId>, fresh: Dialog, response: &Response) {
        let timer = self.timer_by(now, response);
        // Without a usage the call is over, and the BYE of its dialog has gone out already.
        let Some((id, usage)) = id.and_then(|id| Some((id, self.usages.get_mut(&id)?))) else { return };
        match &usage.dialog {
            None => {
                usage.stage = Stage::Up;
                usage.outgoing = true;
                usage.takes_update = supports(&response.header_values("Allow"), "UPDATE");
                usage.timer = timer;
                self.dialogs.insert(fresh.id.clone(), id);
                usage.dialog = Some(fresh);
                if usage.reported {
                    return self.hang_up(now, id);
                }
                let remote = response.asserted_identity().unwrap_or_else(|| response.to().clone());
                self.events.push_back(Event::Answered { id, answer: answer_of(response), remote });
                self.schedule_usage(id);
            }
            // The same 2xx again.
            Some(dialog) if dialog.id == fresh.id => {}
            // A second phone has answered a forked call: it is told at once that somebody else has.
            Some(_) => self.bye(now, fresh, None),
        }
    }

    /// Nobody has answered our INVITE at all.
    pub(crate) fn invite_gave_up(&mut self, now: Duration, id: InviteId, status: u16) {
        if self.goes_elsewhere(now, id) {
            return;
        }
        self.end(now, id, Cause::Refused(status));
    }

    /// ACK of a 2xx: a request of its own, outside any transaction (RFC 3261 section 13.2.2.4).
    pub(crate) fn acknowledge(&mut self, dialog: &Dialog, invite: &Request) {
        let branch = self.branch();
        let (request, flow) = dialog.request(Method::Ack, invite.cseq().number, &branch);
        let bytes = request.build().to_bytes();
        self.transmit(flow, bytes);
    }
}

pub(super) fn answer_of(response: &Response) -> Option<Body> {
    let bytes = response.body_part(SDP)?.to_vec();
    (!bytes.is_empty()).then(|| Body { content_type: SDP.to_owned(), bytes })
}

//! The other side changes a call: re-INVITE (RFC 3261 section 14.2) and UPDATE (RFC 3311).

use super::accept::offer_of;
use super::refresh::supports;
use super::{Change, Stage, Unacknowledged};
use crate::endpoint::{ALLOW, Endpoint, SDP, SUPPORTED};
use crate::message::{Method, Request, Response};
use crate::transaction::{ClientKey, ServerKey};
use crate::{Body, Event, InviteId};
use std::time::Duration;

impl Endpoint {
    /// A re-INVITE or UPDATE within the usage's dialog; its CSeq has been checked.
    pub(crate) fn change(&mut self, now: Duration, id: InviteId, key: ServerKey, request: &Request) {
        if Self::too_brief(request) {
            return self.reply_with(now, &key, 422, None, &[("Min-SE", &super::refresh::MIN_SE.to_string())]);
        }
        let timer = self.timer_of(now, request);
        let Ok(offer) = offer_of(request) else {
            return self.reply_with(now, &key, 415, None, &[("Accept", SDP)]);
        };
        let Some(usage) = self.usages.get_mut(&id) else { return };
        // Who changes the call has had our 2xx, even if the ACK was lost; one that was to carry an answer is still needed.
        let implied = |waiting: &mut Unacknowledged| !waiting.change && !waiting.offered;
        if *request.method() == Method::Invite && usage.unacknowledged.take_if(implied).is_some() {
            self.events.push_back(Event::Acknowledged { id, answer: None });
        }
        let Some(usage) = self.usages.get_mut(&id) else { return };
        let method = request.method().clone();
        let unanswered = usage.change.as_ref().map(|change| change.method.clone());
        let early = matches!(usage.stage, Stage::Incoming(_) | Stage::Outgoing { .. });
        let ours_pending = usage.refreshing.as_ref().is_some_and(ClientKey::is_invite);
        let offers_pending = ours_pending || usage.unacknowledged.as_ref().is_some_and(|waiting| waiting.offered);
        match unanswered {
            Some(_) => return self.reply_with(now, &key, 500, None, &[("Retry-After", "2")]),
            None if (early || offers_pending) && (method == Method::Invite || offer.is_some()) => {
                return self.reply(now, &key, 491);
            }
            None => {}
        }
        if let Some(dialog) = usage.dialog.as_mut() {
            if let Some(contact) = request.contact() {
                dialog.target = contact.uri.clone();
            }
            let who = request.asserted_identity().unwrap_or_else(|| request.from().clone());
            if !who.uri.is_equivalent(&usage.who.as_ref().unwrap_or(&dialog.remote).uri) {
                usage.who = Some(who.clone());
                self.events.push_back(Event::Identified { id, who });
            }
        }
        if supports(&request.header_values("Supported"), "timer") && !early {
            usage.timer = timer.0;
        } else {
            usage.heard_from(now);
        }
        self.schedule_usage(id);
        if method == Method::Update && offer.is_none() {
            let fields: Vec<(&str, &str)> = timer.1.iter().map(|(name, value)| (*name, value.as_str())).collect();
            return self.reply_with(now, &key, 200, None, &fields);
        }
        let Some(usage) = self.usages.get_mut(&id) else { return };
        usage.change = Some(Change { transaction: key.clone(), method: method.clone(), offerless: offer.is_none() });
        if method == Method::Invite {
            self.reply(now, &key, 100);
        }
        self.events.push_back(Event::ChangeRequested { id, offer });
    }

    /// Answers the change with 200 and this body.
    pub fn accept_change(&mut self, now: Duration, id: InviteId, body: Body) {
        let Some(usage) = self.usages.get_mut(&id) else { return };
        let Some(change) = usage.change.take() else { return };
        usage.described = Some(body.clone());
        let contact = usage.dialog.as_ref().map(|dialog| dialog.contact.clone());
        let Some(request) = self.servers.get(&change.transaction).and_then(|server| server.request.clone()) else {
            return;
        };
        let mut response = Response::builder_for(&request, 200, None)
            .record_routes_of(&request)
            .header("Allow", ALLOW)
            .header("Supported", SUPPORTED)
            .header("Server", &self.settings.server_name);
        for (name, value) in self.timer_of(now, &request).1 {
            response = response.header(name, &value);
        }
        response = response.body(&body.content_type, &body.bytes);
        if let Some(contact) = contact {
            response = response.contact(&contact);
        }
        let sent = self.respond(now, &change.transaction, &response.build());
        if let (Some((bytes, flow)), Method::Invite) = (sent, change.method)
            && let Some(usage) = self.usages.get_mut(&id)
        {
            let cseq = request.cseq().number;
            usage.unacknowledged = Some(Unacknowledged::new(now, bytes, flow, cseq, change.offerless, true));
            self.schedule_usage(id);
        }
    }

    /// Refuses the change; the call goes on as it was (RFC 3261 section 14.2).
    pub fn refuse_change(&mut self, now: Duration, id: InviteId, status: u16) {
        let change = self.usages.get_mut(&id).and_then(|usage| usage.change.take());
        if let Some(change) = change {
            self.reply(now, &change.transaction, status.clamp(300, 699));
        }
    }

    /// An ACK within the usage's dialog.
    pub(crate) fn acknowledged(&mut self, now: Duration, id: InviteId, request: &Request) {
        let Some(usage) = self.usages.get_mut(&id) else { return };
        let Some(waiting) = usage.unacknowledged.take_if(|waiting| waiting.cseq == request.cseq().number) else {
            return;
        };
        if usage.reported {
            return self.hang_up(now, id);
        }
        let answer = match offer_of(request) {
            Ok(body) if waiting.offered => body,
            Ok(_) | Err(()) => None,
        };
        match (waiting.change, waiting.offered) {
            (false, _) => self.events.push_back(Event::Acknowledged { id, answer }),
            (true, true) => self.events.push_back(Event::ChangeAcknowledged { id, answer }),
            (true, false) => {}
        }
        self.schedule_usage(id);
    }
}

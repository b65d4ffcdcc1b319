//! INVITEs that a restart has cut: taken back, and their late answers acknowledged and hung up on.

use super::InviteRecord;
use crate::dialog::Dialog;
use crate::endpoint::Endpoint;
use crate::message::{Method, NameAddr, Request, RequestBuilder, Response, Uri, Via};
use crate::transaction::client::Owner;
use crate::usage::Stage;
use crate::{Flow, InviteId};
use std::time::Duration;

/// INVITEs of before the restart that late answers are looked for of.
const MOST_ORPHANS: usize = 500;

impl Endpoint {
    /// What a restart needs of a call of ours that nobody has answered; `None` for any other.
    pub fn invite_record(&self, id: InviteId) -> Option<InviteRecord> {
        let Stage::Outgoing { invite, .. } = &self.usages.get(&id)?.stage else { return None };
        let client = self.clients.get(invite)?;
        let request = &client.request;
        Some(InviteRecord {
            uri: request.uri().as_str().to_owned(),
            branch: request.top_via().branch()?.to_owned(),
            from: request.from().to_string(),
            to: request.to().to_string(),
            call_id: request.call_id().to_owned(),
            cseq: request.cseq().number,
            flow: client.flow.into(),
        })
    }

    /// Takes back an INVITE of before the restart: CANCEL, and if it is answered all the same, ACK and BYE (RFC 3261 sections
    /// 9.1 and 13.2.2.4).
    pub fn take_back(&mut self, now: Duration, record: InviteRecord) {
        let Some((cancel, flow)) = record.request(Method::Cancel) else { return };
        if self.orphans.len() < MOST_ORPHANS {
            self.orphans.insert(record.call_id.clone(), record);
        }
        self.send(now, cancel.build(), flow, Owner::Nobody);
    }

    /// A response that no transaction waits for.
    pub(crate) fn answered_too_late(&mut self, now: Duration, response: &Response) {
        let invites = response.cseq().method == Method::Invite && (200..300).contains(&response.status());
        let Some(record) = self.orphans.get(response.call_id()).filter(|_| invites).cloned() else { return };
        let ours = NameAddr::parse(&record.from).is_ok_and(|from| from.tag() == response.from().tag());
        let Some((invite, flow)) = record.request(Method::Invite).filter(|_| ours) else { return };
        let invite = invite.build();
        let dialog = Dialog::of_response(&invite, response, flow);
        self.acknowledge(&dialog, &invite);
        self.orphans.remove(&record.call_id);
        self.bye(now, dialog, Some("SIP;cause=200;text=\"The unit has started anew\""));
    }
}

impl InviteRecord {
    fn request(&self, method: Method) -> Option<(RequestBuilder, Flow)> {
        let flow = self.flow.flow()?;
        let builder = Request::builder(method.clone(), Uri::parse(&self.uri).ok()?)
            .via(Via::new(flow.transport.name(), flow.local, &self.branch))
            .from(&NameAddr::parse(&self.from).ok()?)
            .to(&NameAddr::parse(&self.to).ok()?)
            .call_id(&self.call_id)
            .cseq(self.cseq, method);
        Some((builder, flow))
    }
}

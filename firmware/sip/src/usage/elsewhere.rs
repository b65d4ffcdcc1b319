//! Calls of ours to a host that has several addresses: the next one is tried when one fails (RFC 3263 section 4.3).

use super::Stage;
use crate::endpoint::Endpoint;
use crate::message::{Request, Via};
use crate::names::Name;
use crate::transaction::ClientKey;
use crate::transaction::client::Owner;
use crate::transaction::timers::Due;
use crate::{Account, Cause, Flow, InviteId};
use std::collections::VecDeque;
use std::time::Duration;

/// An address that says nothing at all for so long is left for the next one.
const PATIENCE: Duration = Duration::from_secs(4);
/// Bytes of a message that surely fit into one packet on the way.
const MOST_IN_A_DATAGRAM: usize = 1_300;

/// Where else an INVITE can go.
#[derive(Debug)]
pub(crate) struct Elsewhere {
    request: Request,
    /// Where it is now.
    flow: Flow,
    flows: VecDeque<Flow>,
    /// Each server may ask for itself who we are.
    account: Option<Account>,
}

impl Elsewhere {
    /// `None` when there is nothing else.
    pub(super) fn new(request: &Request, flow: Flow, flows: Vec<Flow>, account: Option<&Account>) -> Option<Box<Self>> {
        let (request, account) = (request.clone(), account.cloned());
        (!flows.is_empty()).then(|| Box::new(Self { request, flow, flows: flows.into(), account }))
    }
}

impl Endpoint {
    /// A name has been resolved, or cannot be: whoever waits for it calls, or has failed.
    pub(crate) fn resolved(&mut self, now: Duration, name: &Name) {
        let waits = |stage: &Stage| matches!(stage, Stage::Looking(awaited, _) if awaited == name);
        let waiting: Vec<InviteId> =
            self.usages.iter().filter(|(_, usage)| waits(&usage.stage)).map(|(id, _)| *id).collect();
        let flows = self.ways_after_answer(name);
        for id in waiting {
            if flows.is_empty() {
                self.end(now, id, Cause::Refused(503));
            } else if let Some(Stage::Looking(_, call)) = self.usages.remove(&id).map(|usage| usage.stage) {
                let uri = call.target.clone();
                self.call(now, id, *call, &uri, flows.clone());
            }
        }
        self.registrar_resolved(now, name, flows.first().copied());
    }

    /// The INVITE has failed where it went, before anybody rang: it goes to the next address. `false` when there is none.
    pub(super) fn goes_elsewhere(&mut self, now: Duration, id: InviteId) -> bool {
        let branch = self.branch();
        let Some(usage) = self.usages.get_mut(&id).filter(|usage| !usage.reported) else { return false };
        let Some(elsewhere) = &mut usage.elsewhere else { return false };
        let Some(flow) = elsewhere.flows.pop_front() else { return false };
        let via = Via::new(flow.transport.name(), flow.local, &branch);
        let contact = flow.contact(elsewhere.request.contact().and_then(|contact| contact.uri.user()));
        let request = elsewhere.request.by(&via, Some(&contact));
        let failed = std::mem::replace(&mut elsewhere.flow, flow);
        usage.account.clone_from(&elsewhere.account);
        self.names.shun(now, failed);
        let invite = self.send(now, request, flow, Owner::Call(id));
        if let Some(usage) = self.usages.get_mut(&id) {
            usage.stage = Stage::Outgoing { invite: invite.clone(), cancelled: false };
        }
        self.hurry_call(now, id, &invite);
        true
    }

    /// What may not fit into one packet goes by a stream, where one of the ways is one (RFC 3261 section 18.1.1). A host that
    /// says nothing of streams gets its datagram all the same: most that say nothing have none.
    pub(super) fn by_stream_if_large(&mut self, request: Request, flow: &mut Flow, others: &mut Vec<Flow>) -> Request {
        let large = !flow.transport.is_stream() && request.to_bytes().len() > MOST_IN_A_DATAGRAM;
        let Some(place) = others.iter().position(|other| large && other.transport.is_stream()) else { return request };
        let datagrams = std::mem::replace(flow, others.remove(place));
        others.insert(0, datagrams);
        let via = Via::new(flow.transport.name(), flow.local, &self.branch());
        let user = request.contact().and_then(|contact| contact.uri.user());
        request.by(&via, Some(&flow.contact(user)))
    }

    /// While there is another way, this one has little time.
    pub(super) fn hurry_call(&mut self, now: Duration, id: InviteId, invite: &ClientKey) {
        let others = self.usages.get(&id).and_then(|usage| usage.elsewhere.as_ref());
        if others.is_some_and(|some| !some.flows.is_empty()) {
            self.hurry(now, invite, PATIENCE);
        }
    }

    /// The request is given up when nothing at all comes back within that time.
    pub(crate) fn hurry(&mut self, now: Duration, key: &ClientKey, patience: Duration) {
        let Some(client) = self.clients.get_mut(key) else { return };
        let before = client.deadline();
        client.hurry(now + patience);
        let after = client.deadline();
        self.agenda.remove(before, Due::Client(key.clone()));
        self.agenda.add(after, Due::Client(key.clone()));
    }
}

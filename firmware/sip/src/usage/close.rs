//! The end of a call: CANCEL, BYE or a final response, whichever its state asks for.

use super::Stage;
use crate::dialog::Dialog;
use crate::endpoint::Endpoint;
use crate::message::{Method, NameAddr, Request, Via};
use crate::transaction::client::Owner;
use crate::transaction::timers::PATIENCE;
use crate::{Cause, Close, Event, InviteId};
use std::time::Duration;

impl Endpoint {
    /// Ends the usage. [`Cause::Closed`] is reported at once; what is left on the wire is finished by the endpoint.
    pub fn close(&mut self, now: Duration, id: InviteId, close: Close) {
        if let Some((key, tag)) = self.incoming(id) {
            let reason: Vec<(&str, &str)> = close.reason.iter().map(|reason| ("Reason", reason.as_str())).collect();
            self.reply_tagged(now, &key, close.status.clamp(300, 699), None, &reason, &tag);
            return self.end(now, id, Cause::Closed);
        }
        let Some(usage) = self.usages.get_mut(&id).filter(|usage| !usage.reported) else { return };
        if let Stage::Looking(..) = usage.stage {
            return self.end(now, id, Cause::Closed);
        }
        usage.reported = true;
        usage.elsewhere = None;
        usage.reason = close.reason;
        let wait_for_ack = usage.unacknowledged.as_ref().is_some_and(|waiting| !waiting.change);
        let up = usage.stage == Stage::Up;
        self.events.push_back(Event::Ended { id, cause: Cause::Closed });
        if !up {
            self.cancel_if_closed(now, id);
        } else if !wait_for_ack {
            // A BYE may not overtake the ACK of the 2xx that set the dialog up (RFC 3261 section 15).
            self.hang_up(now, id);
        }
    }

    /// Sends the CANCEL of a call of ours that was closed, as soon as a provisional response allows it.
    pub(crate) fn cancel_if_closed(&mut self, now: Duration, id: InviteId) {
        let Some(usage) = self.usages.get_mut(&id).filter(|usage| usage.reported) else { return };
        let Stage::Outgoing { invite, cancelled } = &mut usage.stage else { return };
        let Some(client) = self.clients.get_mut(invite).filter(|client| client.is_proceeding() && !*cancelled) else {
            return;
        };
        *cancelled = true;
        client.give_up_at(now + PATIENCE);
        let (deadline, key) = (client.deadline(), invite.clone());
        let (flow, invited, reason) = (client.flow, client.request.clone(), usage.reason.clone());
        self.agenda.add(deadline, crate::transaction::timers::Due::Client(key));
        let via: Via = invited.top_via().clone();
        let mut cancel = Request::builder(Method::Cancel, invited.uri().clone())
            .via(via)
            .from(invited.from())
            .to(invited.to())
            .call_id(invited.call_id())
            .cseq(invited.cseq().number, Method::Cancel);
        if let Some(reason) = reason {
            cancel = cancel.header("Reason", &reason);
        }
        self.send(now, cancel.build(), flow, Owner::Nobody);
    }

    /// Sends BYE and forgets the usage; it has been reported.
    pub(crate) fn hang_up(&mut self, now: Duration, id: InviteId) {
        let Some(usage) = self.usages.remove(&id) else { return };
        self.drop_change(now, &usage);
        if let Some(dialog) = usage.dialog {
            self.dialogs.remove(&dialog.id);
            self.bye(now, dialog, usage.reason.as_deref());
        }
    }

    pub(crate) fn bye(&mut self, now: Duration, mut dialog: Dialog, reason: Option<&str>) {
        let branch = self.branch();
        let cseq = dialog.next_cseq();
        let (mut request, flow) = dialog.request(Method::Bye, cseq, &branch);
        if let Some(reason) = reason {
            request = request.header("Reason", reason);
        }
        self.send(now, request.build(), flow, Owner::Nobody);
    }

    /// The other side has sent BYE.
    pub(crate) fn hung_up(&mut self, now: Duration, id: InviteId) {
        if let Some((key, tag)) = self.incoming(id) {
            self.reply_tagged(now, &key, 487, None, &[], &tag);
        }
        self.end(now, id, Cause::HungUp);
    }

    /// The 2xx was never acknowledged.
    pub(crate) fn not_acknowledged(&mut self, now: Duration, id: InviteId) {
        if let Some(usage) = self.usages.get_mut(&id).filter(|usage| !usage.reported) {
            usage.reported = true;
            self.events.push_back(Event::Ended { id, cause: Cause::NoAck });
        }
        self.hang_up(now, id);
    }

    /// Reports the end, unless that was done, and forgets the usage.
    pub(crate) fn end(&mut self, now: Duration, id: InviteId, cause: Cause) {
        let Some(usage) = self.usages.remove(&id) else { return };
        self.drop_change(now, &usage);
        if let Some(dialog) = &usage.dialog {
            self.dialogs.remove(&dialog.id);
        }
        if !usage.reported {
            self.events.push_back(Event::Ended { id, cause });
        }
    }

    /// A change that nobody will answer any more is refused, so that its transaction ends.
    fn drop_change(&mut self, now: Duration, usage: &super::Usage) {
        if let Some(change) = &usage.change {
            self.reply(now, &change.transaction, 487);
        }
    }

    /// An address that others can see: our stand-in host becomes our own address.
    pub fn presentable(&self, uri: &crate::message::Uri) -> crate::message::Uri {
        if uri.host() == crate::endpoint::OWN_HOST {
            let own = std::net::SocketAddr::new(self.settings.address, self.settings.listen_port);
            crate::message::Uri::sip(uri.user(), own)
        } else {
            NameAddr::new(uri.without_headers()).uri
        }
    }
}

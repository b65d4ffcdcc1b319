//! Offers of ours in mid-call (RFC 3261 section 14.1).

use super::refresh::AFTER_GLARE;
use super::{Stage, connect};
use crate::endpoint::{ALLOW, Endpoint, SUPPORTED};
use crate::message::{Method, Response};
use crate::transaction::client::Owner;
use crate::{Body, Event, InviteId};
use std::time::Duration;

/// How long an offer waits for what else goes on in its dialog.
const AFTER_OTHERS: Duration = Duration::from_millis(500);

/// An offer that has no answer yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offer {
    /// It goes out then.
    Waits(Duration),
    /// It is on its way.
    Sent,
}

impl Offer {
    pub(super) fn deadline(self) -> Option<Duration> {
        match self {
            Self::Waits(until) => Some(until),
            Self::Sent => None,
        }
    }
}

impl Endpoint {
    /// Offers the other side new media by a re-INVITE, again after a glare (491). [`Event::ChangeAnswered`] follows, or the
    /// end of the call where the other side knows nothing of it any more (408, 481).
    pub fn offer_change(&mut self, now: Duration, id: InviteId, offer: Body) {
        let Some(usage) = self.usages.get_mut(&id).filter(|usage| usage.stage == Stage::Up && !usage.reported) else {
            return;
        };
        usage.described = Some(offer);
        self.send_offer(now, id);
    }

    pub(crate) fn send_offer(&mut self, now: Duration, id: InviteId) {
        let branch = self.branch();
        let timer = self.wanted_timer();
        let Some(usage) = self.usages.get_mut(&id) else { return };
        let busy = usage.refreshing.is_some() || usage.change.is_some() || usage.unacknowledged.is_some();
        let Some((dialog, offer)) = usage.dialog.as_mut().zip(usage.described.clone()).filter(|_| !busy) else {
            usage.offer = Some(Offer::Waits(now + AFTER_OTHERS));
            return self.schedule_usage(id);
        };
        let cseq = dialog.next_cseq();
        let (mut request, flow) = dialog.request(Method::Invite, cseq, &branch);
        request = request.header("Allow", ALLOW).header("Supported", SUPPORTED);
        request = timer.iter().fold(request, |request, (name, value)| request.header(name, value));
        let request = request.body(&offer.content_type, &offer.bytes).build();
        let key = self.send(now, request, flow, Owner::Refresh(id));
        if let Some(usage) = self.usages.get_mut(&id) {
            usage.refreshing = Some(key);
            usage.offer = Some(Offer::Sent);
        }
        self.schedule_usage(id);
    }

    /// A final answer to a re-INVITE has come; whether an offer has its outcome by it, or goes out once more.
    pub(super) fn offer_answered(&mut self, now: Duration, id: InviteId, response: &Response) -> bool {
        let timer = self.timer_by(now, response);
        let Some(usage) = self.usages.get_mut(&id).filter(|usage| !usage.reported) else { return false };
        match (usage.offer, response.status()) {
            (Some(Offer::Sent), 200..300) => {
                usage.timer = timer;
                if let Some((dialog, contact)) = usage.dialog.as_mut().zip(response.contact()) {
                    dialog.target = contact.uri.clone();
                }
                usage.offer = None;
                self.events.push_back(Event::ChangeAnswered { id, answer: connect::answer_of(response) });
            }
            (Some(Offer::Sent), 491) => {
                usage.offer = Some(Offer::Waits(now + AFTER_GLARE[usize::from(usage.outgoing)]))
            }
            (Some(Offer::Sent), status) if !matches!(status, 408 | 481) => {
                usage.offer = None;
                self.events.push_back(Event::ChangeAnswered { id, answer: None });
            }
            (Some(Offer::Sent | Offer::Waits(_)) | None, _) => return false,
        }
        self.schedule_usage(id);
        true
    }
}

//! Offers and answers in mid-call. Music, sequence numbers and bridges go on.

use crate::Switchboard;
use crate::addresses::spoken_name;
use orbitbox_sip::{Body, Cause, InviteId};
use std::time::Duration;

pub(crate) const SDP: &str = "application/sdp";

impl Switchboard {
    pub(crate) fn change_requested(&mut self, now: Duration, usage: InviteId, offer: Option<&Body>) {
        let found = self.legs.by_usage(usage);
        let Some(leg) = found.and_then(|id| self.legs.of_mut(id)) else { return };
        let id = leg.id;
        let Some(offer) = offer else {
            let bytes = leg.negotiation.offer();
            return self.sip.accept_change(now, usage, Body { content_type: SDP.to_owned(), bytes });
        };
        match leg.negotiation.answer(&offer.bytes) {
            Ok((bytes, negotiated)) => {
                let before = leg.negotiated;
                self.sip.accept_change(now, usage, Body { content_type: SDP.to_owned(), bytes });
                self.negotiate(id, negotiated);
                self.media_moved(now, id, before);
            }
            Err(_) => self.sip.refuse_change(now, usage, 488),
        }
    }

    /// An offer of ours has its answer. Where there is none the call stands as it was, unless it has no key for that any more.
    pub(crate) fn change_answered(&mut self, now: Duration, usage: InviteId, answer: Option<&Body>) {
        let Some(id) = self.legs.by_usage(usage) else { return };
        self.probed.remove(&id);
        if self.take_answer(id, answer) || self.legs.of(id).is_some_and(|leg| leg.negotiated.is_some()) {
            return;
        }
        self.hang_up(now, id, "The media could not be agreed on again");
        self.ended(now, id);
    }

    /// Who was to be there after a restart is not.
    pub(crate) fn probe_failed(&mut self, now: Duration, usage: InviteId, cause: Cause) {
        let Some(leg) = self.legs.by_usage(usage).and_then(|id| self.legs.of(id)) else { return };
        if self.probed.contains(&leg.id) && cause == Cause::Lost {
            self.note(now, format!("{} has gone while the unit was off", spoken_name(&leg.party)));
        }
    }

    pub(crate) fn change_acknowledged(&mut self, now: Duration, usage: InviteId, answer: Option<&Body>) {
        let Some(id) = self.legs.by_usage(usage) else { return };
        let before = self.legs.of(id).and_then(|leg| leg.negotiated);
        if self.take_answer(id, answer) {
            self.media_moved(now, id, before);
        } else {
            self.note(now, "A phone left our offer without a usable answer; its media stays as it was".to_owned());
        }
    }
}

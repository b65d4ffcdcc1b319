//! Offers and answers in mid-call. Music, sequence numbers and bridges go on.

use crate::Switchboard;
use orbitbox_sip::{Body, InviteId};
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

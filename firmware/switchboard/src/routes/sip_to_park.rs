//! What the wire reports, for the park server.

use crate::Switchboard;
use crate::leg::{Role, Stage};
use orbitbox_media::{Command, Negotiated, Source};
use orbitbox_park::{Event, LegId};
use orbitbox_sip::{Body, Close, InviteId};
use std::time::Duration;

impl Switchboard {
    pub(crate) fn sip_event(&mut self, now: Duration, event: orbitbox_sip::Event) {
        use orbitbox_sip::Event as Sip;
        match event {
            Sip::Invited(invited) => self.invited(now, *invited),
            Sip::Acknowledged { id, answer } => self.acknowledged(now, id, answer.as_ref()),
            Sip::Ringing { id, .. } => {
                if let Some(leg) = self.legs.by_usage(id) {
                    self.station_rings(now, leg);
                }
            }
            Sip::Answered { id, answer, .. } => self.answered(now, id, answer.as_ref()),
            Sip::Digit { id, digit } => {
                if let Some(leg) = self.legs.by_usage(id) {
                    self.digit(now, leg, digit);
                }
            }
            Sip::Identified { id, who } => self.identified(now, id, &who),
            Sip::ChangeRequested { id, offer } => self.change_requested(now, id, offer.as_ref()),
            Sip::ChangeAcknowledged { id, answer } => self.change_acknowledged(now, id, answer.as_ref()),
            Sip::ChangeAnswered { id, answer } => self.change_answered(now, id, answer.as_ref()),
            Sip::Ended { id, cause } => {
                self.probe_failed(now, id, cause);
                if let Some(leg) = self.legs.by_usage(id).filter(|leg| !self.station_refused(now, *leg, cause)) {
                    self.fetch_ended(now, leg, cause);
                    self.ended(now, leg);
                }
            }
            Sip::Referred(referred) => self.referred(now, &referred),
            Sip::Subscribed(asked) => self.subscribed(now, &asked),
            Sip::StateWanted { id } => self.state_wanted(now, id),
            Sip::SubscriptionEnded { id } => self.watchers.remove(id),
            Sip::RegistrationChanged { index, up } => {
                let user = self.unit.registrations.get(index).map_or("", |registration| registration.user.as_str());
                let how = if up { "is registered with its PBX" } else { "is not registered with its PBX any more" };
                self.note(now, format!("Extension {user} {how}"));
            }
            Sip::Registered { station } => self.note(now, format!("Station {station} has registered")),
            Sip::Unregistered { station } => self.note(now, format!("Station {station} is gone")),
        }
    }

    fn acknowledged(&mut self, now: Duration, usage: InviteId, answer: Option<&Body>) {
        let Some(id) = self.legs.by_usage(usage) else { return };
        let media_wait = self.unit.sip.media_wait;
        let Some(leg) = self.legs.of_mut(id) else { return };
        leg.stage = Stage::Up { until: now + media_wait };
        let role = leg.role;
        if leg.negotiated.is_none() && !self.take_answer(id, answer) {
            self.hang_up(now, id, "The answer in the ACK cannot be used");
            return self.ended(now, id);
        }
        if let Role::Reserver(Some(orbit)) = role {
            self.speak_reservation(now, id, orbit);
        }
        self.connect_if_heard(now, id);
    }

    fn answered(&mut self, now: Duration, usage: InviteId, answer: Option<&Body>) {
        let Some(id) = self.legs.by_usage(usage) else { return };
        if !self.take_answer(id, answer) {
            self.hang_up(now, id, "The answer cannot be used");
            return self.ended(now, id);
        }
        if self.legs.of(id).is_some_and(|leg| leg.role == Role::Fetched) {
            if let Some(leg) = self.legs.of_mut(id) {
                leg.stage = Stage::Connected;
            }
            return self.fetched(now, id);
        }
        if self.station_answered(now, id) {
            return;
        }
        let until = now + self.unit.sip.media_wait;
        if let Some(leg) = self.legs.of_mut(id) {
            leg.stage = Stage::Up { until };
        }
        self.media(Command::Play { stream: crate::leg::stream_of(id), source: Source::Silence });
        self.park_event(now, Event::Answered { leg: id });
        self.connect_if_heard(now, id);
    }

    /// Gives the other side's answer to the leg's stream; `false` when there is none or it cannot be used.
    pub(crate) fn take_answer(&mut self, id: LegId, answer: Option<&Body>) -> bool {
        let Some(leg) = self.legs.of_mut(id) else { return false };
        let Some(Ok(negotiated)) = answer.map(|answer| leg.negotiation.accept_answer(&answer.bytes)) else {
            return false;
        };
        self.negotiate(id, negotiated);
        true
    }

    pub(crate) fn negotiate(&mut self, id: LegId, negotiated: Negotiated) {
        if let Some(leg) = self.legs.of_mut(id) {
            let held = leg.holds();
            leg.negotiated = Some(negotiated);
            let (stream, changed) = (leg.stream(), leg.holds() != held);
            self.media(Command::Negotiate { stream, negotiated });
            if changed {
                self.hold_changed(id);
            }
        }
    }

    /// The leg is gone from the wire. Who was talking to it is hung up on, too.
    pub(crate) fn ended(&mut self, now: Duration, id: LegId) {
        self.stop_ringing_for(now, id);
        self.pager_gone(now, id);
        let peer = self.forget(id).and_then(|leg| leg.peer);
        self.park_event(now, Event::LegEnded { leg: id });
        // Who is being transferred waits for the answer, even when the transferor has hung up.
        if let Some(peer) = peer.filter(|peer| self.ringing.waited_for_by(*peer).is_none()) {
            self.hang_up(now, peer, "The other party has hung up");
            self.forget(peer);
            self.park_event(now, Event::LegEnded { leg: peer });
        }
    }

    /// Ends the leg's dialog, whatever its state.
    pub(crate) fn hang_up(&mut self, now: Duration, id: LegId, why: &str) {
        if let Some(leg) = self.legs.of(id) {
            let reason = format!("SIP;cause=200;text=\"{why}\"");
            self.sip.close(now, leg.usage, Close { status: 480, reason: Some(reason) });
        }
    }
}

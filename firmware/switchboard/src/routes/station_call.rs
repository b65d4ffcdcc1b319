//! Stations call each other, with the unit in between: so that either can be held, transferred and parked.

use crate::Switchboard;
use crate::addresses::{spoken_name, station_party};
use crate::leg::{Role, Stage, stream_of};
use crate::ringing::Ring;
use crate::routes::dial::Call;
use crate::routes::park_to_sip::identity;
use orbitbox_media::{Command, MusicId, Source};
use orbitbox_park::{LegId, Party};
use orbitbox_sip::{Cause, SubscriptionId};
use std::time::Duration;

/// Somebody to be called for a leg that waits.
pub(crate) struct Errand {
    pub waits: LegId,
    pub to: Party,
    pub refer: Option<SubscriptionId>,
    pub transferor: Option<Party>,
    pub headers: Vec<(String, String)>,
}

impl Switchboard {
    /// A station has called another one's number.
    pub(crate) fn call_station(&mut self, now: Duration, waits: LegId, user: &str) {
        let called = station_party(&self.unit, user);
        let errand = called.map(|to| Errand { waits, to, refer: None, transferor: None, headers: Vec::new() });
        if !errand.is_some_and(|errand| self.ring_for(now, errand)) {
            self.refuse_waiting(now, waits, 480, "Station cannot be called");
        }
    }

    /// Calls somebody for a leg; `false` when that cannot even be begun.
    pub(crate) fn ring_for(&mut self, now: Duration, errand: Errand) -> bool {
        let Errand { waits, to, refer, transferor, headers } = errand;
        let Some(leg) = self.legs.of(waits) else { return false };
        let codec = leg.negotiated.map(|negotiated| negotiated.codec);
        let Some(from) = identity(&leg.party, &spoken_name(&leg.party)) else { return false };
        self.note(now, format!("{} calls {}", from.display, spoken_name(&to)));
        let rings = self.park.next_leg();
        let call = Call { leg: rings, to, role: Role::Station, from, headers, referred_by: None, codec };
        if !self.call(now, call) {
            return false;
        }
        let until = now + self.unit.phones.ring_for;
        self.ringing.insert(rings, Ring { waits, refer, transferor, until });
        true
    }

    /// The called phone rings.
    pub(crate) fn station_rings(&mut self, now: Duration, rings: LegId) {
        let Some(ring) = self.ringing.of(rings) else { return };
        let (waits, refer) = (ring.waits, ring.refer);
        if let Some(leg) = self.legs.of(waits).filter(|leg| leg.stage == Stage::Offered) {
            self.sip.ring(now, leg.usage, None);
        }
        if let Some(refer) = refer {
            self.sip.report_refer(now, refer, 180, "Ringing", None);
        }
    }

    /// The called phone has answered: both are joined. `false` when it was not called for anybody.
    pub(crate) fn station_answered(&mut self, now: Duration, rings: LegId) -> bool {
        let Some(ring) = self.ringing.remove(rings) else { return false };
        if let Some(leg) = self.legs.of_mut(rings) {
            leg.stage = Stage::Connected;
        }
        let called = self.legs.of(rings).map(|leg| leg.party.clone()).unwrap_or_default();
        if let Some(refer) = ring.refer {
            self.sip.report_refer(now, refer, 200, "OK", None);
        }
        if let Some(transferor) = self.legs.unpair(ring.waits) {
            self.hang_up(now, transferor, "Transfer completed");
            self.forget(transferor);
        }
        self.accept(now, ring.waits, identity(&called, &spoken_name(&called)));
        self.join(ring.waits, rings);
        true
    }

    /// Both learn who they talk to, where that is somebody else than before.
    pub(crate) fn introduce(&mut self, now: Duration, a: LegId, b: LegId) {
        for (one, other) in [(a, b), (b, a)] {
            let Some((leg, party)) = self.legs.of(one).zip(self.legs.of(other).map(|leg| leg.party.clone())) else {
                continue;
            };
            let usage = leg.usage;
            if let Some(identity) = identity(&party, &spoken_name(&party)) {
                self.sip.tell_identity(now, usage, &identity);
            }
        }
    }

    /// Two legs talk to each other from now on.
    pub(crate) fn join(&mut self, a: LegId, b: LegId) {
        self.legs.pair(a, b);
        self.hold_changed(a);
    }

    /// The called phone is gone before it was joined to anybody. `false` when it was not called for anybody.
    pub(crate) fn station_refused(&mut self, now: Duration, rings: LegId, cause: Cause) -> bool {
        let Some(ring) = self.ringing.remove(rings) else { return false };
        self.forget(rings);
        let status = match cause {
            Cause::Refused(status) => status,
            Cause::HungUp | Cause::Cancelled | Cause::NoAck | Cause::Lost | Cause::Closed => 480,
        };
        self.nobody_came(now, ring, status);
        true
    }

    fn nobody_came(&mut self, now: Duration, ring: Ring, status: u16) {
        if let Some(refer) = ring.refer {
            self.sip.report_refer(now, refer, status, "Not answered", None);
        }
        let Some(leg) = self.legs.of(ring.waits) else { return };
        if leg.stage == Stage::Offered {
            return self.refuse_waiting(now, ring.waits, status, "Not answered");
        }
        if let Some(transferor) = leg.peer {
            return self.join(ring.waits, transferor);
        }
        // Who transferred has hung up meanwhile: the call comes back to them, once.
        let back = ring.transferor.map(|to| Errand {
            waits: ring.waits,
            to,
            refer: None,
            transferor: None,
            headers: Vec::new(),
        });
        if !back.is_some_and(|errand| self.ring_for(now, errand)) {
            self.hang_up(now, ring.waits, "Nobody took the call");
            self.forget(ring.waits);
        }
    }

    /// The leg that waits has ended: nobody needs to ring for it.
    pub(crate) fn stop_ringing_for(&mut self, now: Duration, waits: LegId) {
        if let Some(rings) = self.ringing.waited_for_by(waits) {
            if let Some(Ring { refer: Some(refer), .. }) = self.ringing.remove(rings) {
                self.sip.report_refer(now, refer, 487, "The caller has hung up", None);
            }
            self.hang_up(now, rings, "The caller has hung up");
            self.forget(rings);
        }
    }

    pub(crate) fn expire_ringing(&mut self, now: Duration) {
        for rings in self.ringing.due(now) {
            let Some(ring) = self.ringing.remove(rings) else { continue };
            self.hang_up(now, rings, "No answer");
            self.forget(rings);
            self.nobody_came(now, ring, 480);
        }
    }

    fn refuse_waiting(&mut self, now: Duration, waits: LegId, status: u16, reason: &str) {
        if let Some(leg) = self.forget(waits) {
            self.sip.refuse(now, leg.usage, status, Some(reason), &[]);
        }
    }

    /// One side has put the call on hold, or taken it up again: the other hears music meanwhile.
    pub(crate) fn hold_changed(&mut self, id: LegId) {
        let Some((leg, peer)) = self.legs.of(id).and_then(|leg| Some((leg, self.legs.of(leg.peer?)?))) else { return };
        let (a, b, held, peer_held) = (leg.id, peer.id, leg.holds(), peer.holds());
        match (held, peer_held) {
            (false, false) => self.media(Command::Bridge { a: stream_of(a), b: stream_of(b) }),
            (true, _) => self.media(Command::Play { stream: stream_of(b), source: Source::Music(MusicId::default()) }),
            (false, true) => {
                self.media(Command::Play { stream: stream_of(a), source: Source::Music(MusicId::default()) })
            }
        }
    }
}

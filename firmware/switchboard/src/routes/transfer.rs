//! A transfer asked for within a call that goes through the unit.

use crate::Switchboard;
use crate::addresses::station_user;
use crate::dialled::Dialled;
use crate::leg::{Role, stream_of};
use crate::routes::station_call::Errand;
use orbitbox_media::{Command, MusicId, Source};
use orbitbox_park::{Event, LegId, OrbitNumber, Party, Place, Rejection};
use orbitbox_sip::message::Uri;
use orbitbox_sip::{InviteId, Referred};
use std::time::Duration;

/// Who wants whom moved.
struct Move {
    refer: orbitbox_sip::SubscriptionId,
    transferor: LegId,
    transferee: LegId,
    by: Party,
}

impl Switchboard {
    pub(crate) fn transfer_asked(&mut self, now: Duration, usage: InviteId, referred: &Referred) {
        let transferor = self.legs.by_usage(usage).and_then(|id| self.legs.of(id));
        let Some((transferor, transferee)) = transferor.and_then(|leg| Some((leg, leg.peer?))) else {
            return self.sip.refuse_refer(now, referred.id, 603, "There is nobody to transfer");
        };
        if station_user(&transferor.party).is_none() {
            return self.sip.refuse_refer(now, referred.id, 403, "Only stations may transfer");
        }
        let wanted = Move { refer: referred.id, transferor: transferor.id, transferee, by: transferor.party.clone() };
        match (&referred.replaces, referred.replaced) {
            (Some(_), Some(other)) => self.join_calls(now, wanted, other),
            (Some(_), None) => self.sip.refuse_refer(now, referred.id, 481, "That call is not one of the unit"),
            (None, _) => self.move_to(now, wanted, &referred.refer_to.uri),
        }
    }

    /// Blind: to a pilot, an orbit or a station.
    fn move_to(&mut self, now: Duration, wanted: Move, target: &Uri) {
        let refer = wanted.refer;
        if !self.addresses.is_ours(target.host()) && !self.is_contact(target) {
            return self.sip.refuse_refer(now, refer, 403, "Calls are transferred to numbers of the unit only");
        }
        match self.dialled(target) {
            Some(Dialled::Pilot(lot)) => return self.park_for(now, wanted, Place::Lot(lot)),
            Some(Dialled::Orbit(orbit)) => return self.park_for(now, wanted, Place::Orbit(orbit)),
            Some(Dialled::Retrieve(_)) => {
                return self.sip.refuse_refer(now, refer, 403, "A call cannot be joined to a parked one");
            }
            None => {}
        }
        let station = target.user_decoded().and_then(|user| crate::addresses::station_party(&self.unit, &user));
        let Some(to) = station else { return self.sip.refuse_refer(now, refer, 404, "No such number on this unit") };
        self.sip.accept_refer(now, refer);
        let waits = wanted.transferee;
        // Whoever is transferred hears music, whether or not the transferor stays on the line.
        self.media(Command::Play { stream: stream_of(waits), source: Source::Music(MusicId::default()) });
        let errand = Errand { waits, to, refer: Some(refer), transferor: Some(wanted.by), headers: Vec::new() };
        if !self.ring_for(now, errand) {
            self.sip.report_refer(now, refer, 480, "Station cannot be called", None);
            self.join(waits, wanted.transferor);
        }
    }

    fn is_contact(&self, target: &Uri) -> bool {
        let contact = target.user_decoded().and_then(|user| self.sip.contact_of(&user));
        contact.is_some_and(|contact| contact.host() == target.host())
    }

    /// The other side of the call is parked; the transferor is let go once it is.
    fn park_for(&mut self, now: Duration, wanted: Move, place: Place) {
        let Some(leg) = self.legs.of(wanted.transferee) else { return };
        let caller = leg.party.clone();
        self.sip.accept_refer(now, wanted.refer);
        self.transfers.insert(wanted.transferee, wanted.refer);
        let parker = Some(wanted.by);
        self.park_event(now, Event::ParkRequested { leg: wanted.transferee, caller, parker, place });
    }

    /// Attended: the two far ends of the transferor's two calls.
    fn join_calls(&mut self, now: Duration, wanted: Move, other: InviteId) {
        let other = self.legs.by_usage(other).and_then(|id| self.legs.of(id));
        let Some((id, role, peer)) = other.map(|leg| (leg.id, leg.role, leg.peer)) else {
            return self.sip.refuse_refer(now, wanted.refer, 481, "That call has ended");
        };
        if let Role::Reserver(_) = role {
            return self.park_for(now, wanted, Place::ReservedBy(id));
        }
        if let Some(rings) = self.ringing.waited_for_by(id) {
            return self.wait_instead(now, &wanted, id, rings);
        }
        let Some(far) = peer.filter(|peer| *peer != wanted.transferee) else {
            return self.sip.refuse_refer(now, wanted.refer, 603, "There is nobody at the other end");
        };
        self.sip.accept_refer(now, wanted.refer);
        self.sip.report_refer(now, wanted.refer, 200, "OK", None);
        for leg in [wanted.transferor, id] {
            self.legs.unpair(leg);
            self.hang_up(now, leg, "Transfer completed");
            self.forget(leg);
        }
        self.join(wanted.transferee, far);
        self.introduce(now, wanted.transferee, far);
    }

    /// The consultation still rings: it rings for the transferred party from now on.
    fn wait_instead(&mut self, now: Duration, wanted: &Move, asked: LegId, rings: LegId) {
        self.sip.accept_refer(now, wanted.refer);
        if let Some(ring) = self.ringing.of_mut(rings) {
            ring.waits = wanted.transferee;
            ring.refer = Some(wanted.refer);
            ring.transferor = Some(wanted.by.clone());
        }
        self.media(Command::Play { stream: stream_of(wanted.transferee), source: Source::Music(MusicId::default()) });
        self.hang_up(now, asked, "Transferred while ringing");
        self.forget(asked);
    }

    /// The transferred call is in its orbit.
    pub(crate) fn transfer_parked(&mut self, now: Duration, leg: LegId, orbit: OrbitNumber) {
        if let Some(refer) = self.transfers.remove(&leg) {
            let own = Uri::parse(&format!("sip:{orbit}@{}", crate::addresses::OWN_HOST)).ok();
            let contact = own.map(|uri| self.sip.presentable(&uri));
            self.sip.report_refer(now, refer, 200, "OK", contact.as_ref());
        }
    }

    /// There is no place for it: the call goes on as it was. `false` when nobody has transferred the leg.
    pub(crate) fn transfer_rejected(&mut self, now: Duration, leg: LegId, status: u16, why: Rejection) -> bool {
        let Some(refer) = self.transfers.remove(&leg) else { return false };
        self.sip.report_refer(now, refer, status, &why.to_string(), None);
        true
    }
}

//! Somebody asks the unit to fetch a call and park it (RFC 5359 section 2.13).

use crate::Switchboard;
use crate::addresses::{OWN_HOST, outside_party};
use crate::dialled::Dialled;
use crate::leg::Role;
use crate::routes::dial::Call;
use orbitbox_park::{Event, LegId, OrbitNumber, Party, Place, Rejection};
use orbitbox_sip::message::{NameAddr, Uri};
use orbitbox_sip::{Cause, Identity, Referred, SubscriptionId};
use std::time::Duration;

/// A call that is being fetched.
#[derive(Debug)]
pub(crate) struct Fetch {
    refer: SubscriptionId,
    caller: Party,
    parker: Party,
    /// Verbatim, for the INVITE.
    replaces: String,
    /// Kept for the call, once the park server has chosen it.
    orbit: Option<OrbitNumber>,
}

impl Switchboard {
    pub(crate) fn referred(&mut self, now: Duration, referred: &Referred) {
        if let Some(usage) = referred.within {
            return self.transfer_asked(now, usage, referred);
        }
        let Some(parker) = self.own_station(&referred.from, referred.flow) else {
            return self.sip.refuse_refer(now, referred.id, 403, "Only stations may have calls fetched");
        };
        let place = match self.dialled(&referred.request_uri) {
            Some(Dialled::Pilot(lot)) => Place::Lot(lot),
            Some(Dialled::Orbit(orbit)) => Place::Orbit(orbit),
            Some(Dialled::Retrieve(_)) | None => {
                return self.sip.refuse_refer(now, referred.id, 404, "Calls are parked on pilots and orbits");
            }
        };
        let Some(replaces) = &referred.replaces else {
            return self.sip.refuse_refer(now, referred.id, 403, "Refer-To names no call to take over");
        };
        let leg = self.park.next_leg();
        let target = NameAddr { uri: referred.refer_to.uri.without_headers(), ..referred.refer_to.clone() };
        let fetch = Fetch {
            refer: referred.id,
            caller: outside_party(&target),
            parker: parker.clone(),
            replaces: replaces.to_string(),
            orbit: None,
        };
        self.fetches.insert(leg, fetch);
        // The orbit is kept first: a call is not taken from its parker's phone to be refused afterwards.
        self.park_event(now, Event::ReserveRequested { leg, parker, place });
    }

    /// The orbit is kept: the call is fetched. `false` when the leg is none of a fetch.
    pub(crate) fn fetch(&mut self, now: Duration, leg: LegId, orbit: OrbitNumber) -> bool {
        let Some(fetch) = self.fetches.get_mut(&leg) else { return false };
        fetch.orbit = Some(orbit);
        let (refer, caller, replaces) = (fetch.refer, fetch.caller.clone(), fetch.replaces.clone());
        self.sip.accept_refer(now, refer);
        let own = Uri::parse(&format!("sip:{orbit}@{OWN_HOST}"));
        let headers = vec![("Replaces".to_owned(), replaces), ("Require".to_owned(), "replaces".to_owned())];
        let begun = own.is_ok_and(|uri| {
            let from = Identity { display: format!("Orbit {orbit}"), uri };
            let role = Role::Fetched;
            self.call(now, Call { leg, to: caller, role, from, headers, referred_by: None, codec: None })
        });
        if !begun {
            self.fetch_failed(now, leg, 503);
        }
        true
    }

    /// The call has come over to us: it is parked, and the referrer learns where.
    pub(crate) fn fetched(&mut self, now: Duration, leg: LegId) {
        let Some(fetch) = self.fetches.remove(&leg) else { return };
        let (caller, parker) = (fetch.caller, Some(fetch.parker));
        self.park_event(now, Event::ParkRequested { leg, caller, parker, place: Place::ReservedBy(leg) });
        let own = fetch.orbit.and_then(|orbit| Uri::parse(&format!("sip:{orbit}@{OWN_HOST}")).ok());
        let contact = own.map(|uri| self.sip.presentable(&uri));
        self.sip.report_refer(now, fetch.refer, 200, "OK", contact.as_ref());
    }

    /// The other phone would not: the referrer is told why, and the call is where it was.
    pub(crate) fn fetch_ended(&mut self, now: Duration, leg: LegId, cause: Cause) {
        let status = match cause {
            Cause::Refused(status) => status,
            Cause::HungUp | Cause::Cancelled | Cause::NoAck | Cause::Lost | Cause::Closed => 500,
        };
        self.report_fetch(now, leg, status);
    }

    /// The park server has no orbit for it. `false` when the leg is none of a fetch.
    pub(crate) fn fetch_rejected(&mut self, now: Duration, leg: LegId, status: u16, why: Rejection) -> bool {
        let Some(fetch) = self.fetches.remove(&leg) else { return false };
        self.sip.refuse_refer(now, fetch.refer, status, &why.to_string());
        true
    }

    fn fetch_failed(&mut self, now: Duration, leg: LegId, status: u16) {
        self.report_fetch(now, leg, status);
        self.park_event(now, Event::LegEnded { leg });
    }

    fn report_fetch(&mut self, now: Duration, leg: LegId, status: u16) {
        if let Some(fetch) = self.fetches.remove(&leg) {
            self.sip.report_refer(now, fetch.refer, status, "The call could not be fetched", None);
        }
    }
}

//! The park-or-retrieve decision: what a call wants, by all that it brings.

use crate::Switchboard;
use crate::dialled::{Dialled, dialled_pin};
use crate::leg::Role;
use orbitbox_park::{OrbitNumber, OrbitState, Party, Place, Token, Which};
use orbitbox_sip::Invited;
use std::time::Duration;

/// What a caller wants.
pub(crate) enum Wish {
    Park {
        place: Place,
        parker: Option<Party>,
        because: String,
    },
    Reserve {
        place: Place,
    },
    Retrieve {
        which: Which,
    },
    /// A station is called.
    Call {
        user: String,
    },
    /// Somebody wants to speak overhead.
    Page {
        /// By its place.
        zone: usize,
    },
    /// A night ringer is called.
    Ring,
    /// Wait where somebody waits who has been transferred.
    TakePlace {
        of: orbitbox_park::LegId,
        parker: Option<Party>,
    },
    /// The orbit is reserved and its call may arrive any moment.
    RetrieveSoon {
        orbit: OrbitNumber,
    },
    Refuse {
        status: u16,
        reason: &'static str,
    },
}

impl Wish {
    pub(crate) fn refuse(status: u16, reason: &'static str) -> Self {
        Self::Refuse { status, reason }
    }
}

impl Switchboard {
    pub(crate) fn wish(&self, now: Duration, invited: &Invited) -> Wish {
        if let Some(replaced) = invited.replaces {
            return self.wish_to_replace(now, replaced.id, invited);
        }
        let uri = self.number_of(invited);
        let Some(user) = uri.user_decoded() else { return Wish::refuse(404, "No number given") };
        let (parker, because) = self.parker(invited);
        // Also by somebody whom the unit does not know: it is no wish to retrieve.
        let transferred = parker.is_some() || invited.referred_by.is_some() || invited.diversion.is_some();
        let operation = uri.param("operation");
        let told = |wanted: &str| operation.is_some_and(|operation| operation.eq_ignore_ascii_case(wanted));
        if let Some(zone) = self.unit.zones.iter().position(|zone| zone.extension == user) {
            let may = self.unit.zones.get(zone).is_some_and(|zone| self.may(&zone.page_by, invited));
            return if may { Wish::Page { zone } } else { Wish::refuse(403, "Not allowed to page here") };
        }
        if let Some(ringer) = self.unit.ringers.iter().find(|ringer| ringer.extension == user) {
            let may = self.may(&ringer.ring_by, invited);
            return if may { Wish::Ring } else { Wish::refuse(403, "Not allowed to ring here") };
        }
        match self.dialled(&uri) {
            Some(Dialled::Pilot(lot)) => {
                let place = Place::Lot(lot);
                let asks = parker.is_none() && self.own_station(&invited.from, invited.flow).is_some();
                return match self.may_park(place, invited) {
                    false => Wish::refuse(403, "Not allowed to park here"),
                    true if asks => Wish::Reserve { place },
                    true => Wish::Park { place, parker, because },
                };
            }
            Some(Dialled::Orbit(orbit)) if (transferred && !told("retrieve")) || told("park") => {
                let place = Place::Orbit(orbit);
                return match self.may_park(place, invited) {
                    true => Wish::Park { place, parker, because },
                    false => Wish::refuse(403, "Not allowed to park here"),
                };
            }
            Some(Dialled::Orbit(orbit)) => {
                return self.wish_to_retrieve(now, orbit, !told("retrieve"), invited);
            }
            Some(Dialled::Retrieve(orbit)) => return self.wish_to_retrieve(now, orbit, false, invited),
            None => {}
        }
        if self.unit.stations.iter().any(|station| station.user == user) {
            let from_station = self.own_station(&invited.from, invited.flow).is_some();
            let by_station = self.local_parker(invited).is_some() || self.trunk_of(invited.flow).is_some();
            return match self.sip.contact_of(&user) {
                Some(_) if from_station || by_station => Wish::Call { user },
                Some(_) => Wish::refuse(403, "Only stations may call stations"),
                None => Wish::refuse(480, "Station is not registered"),
            };
        }
        Wish::refuse(404, "No such number on this unit")
    }

    /// Somebody without a parker calls an orbit. `may_park` when nothing says that they want to retrieve.
    fn wish_to_retrieve(&self, now: Duration, orbit: OrbitNumber, may_park: bool, invited: &Invited) -> Wish {
        let settings = self.park.lot_of(orbit).and_then(|lot| self.unit.lots.get(usize::from(lot.0)));
        let caller = self.own_station(&invited.from, invited.flow);
        let retrieves = settings.is_some_and(|lot| self.may(&lot.retrieve_by, invited));
        let pin = settings.and_then(|lot| lot.pin.as_ref());
        if retrieves && pin.is_some_and(|pin| dialled_pin(&invited.request_uri).as_deref() != Some(pin.reveal())) {
            return Wish::refuse(403, "The orbit's PIN has to follow it");
        }
        if let Some(token) = invited.request_uri.param("token").filter(|_| retrieves) {
            // Who names the call gets that one, or nobody.
            let token = token.parse().map_or(Token(u64::MAX), Token);
            return Wish::Retrieve { which: Which::Token(token) };
        }
        match self.state_of(now, orbit) {
            // It may be a transfer that does not say so; its caller must not meet the one who waits.
            Some(OrbitState::Taken(_) | OrbitState::Reserved) if !retrieves => Wish::refuse(486, "Orbit busy"),
            Some(OrbitState::Taken(_)) => Wish::Retrieve { which: Which::Orbit(orbit) },
            Some(OrbitState::Reserved) => Wish::RetrieveSoon { orbit },
            Some(OrbitState::Free | OrbitState::CoolingDown) | None => {
                if may_park && caller.is_some() && settings.is_some_and(|lot| lot.self_park) {
                    let because = "the station parked itself there".to_owned();
                    Wish::Park { place: Place::Orbit(orbit), parker: caller, because }
                } else {
                    Wish::refuse(404, "No call on that orbit")
                }
            }
        }
    }

    fn wish_to_replace(&self, now: Duration, usage: orbitbox_sip::InviteId, invited: &Invited) -> Wish {
        let referred = invited.referred_by.is_some();
        let Some(replaced) = self.legs.by_usage(usage).and_then(|id| self.legs.of(id)) else {
            return Wish::refuse(481, "Call/Transaction Does Not Exist");
        };
        let parked = |token_of: &orbitbox_park::OrbitView| match &token_of.state {
            OrbitState::Taken(calls) => calls.iter().find(|call| call.leg == replaced.id).map(|call| call.token),
            OrbitState::Free | OrbitState::Reserved | OrbitState::CoolingDown => None,
        };
        let token: Option<Token> = self.park.taken(now).iter().find_map(parked);
        match (replaced.role, token) {
            (Role::Reserver(_), _) => {
                let because = "they had asked for the orbit before".to_owned();
                let parker = Some(replaced.party.clone());
                Wish::Park { place: Place::ReservedBy(replaced.id), parker, because }
            }
            // The parked party itself has been transferred: whoever comes waits in its place.
            (Role::Parkee, Some(_)) if referred => {
                Wish::TakePlace { of: replaced.id, parker: self.local_parker(invited) }
            }
            (Role::Parkee, Some(_)) if !self.may(&self.retrievers_of(now, replaced.id), invited) => {
                Wish::refuse(403, "Not allowed to retrieve")
            }
            (Role::Parkee, Some(token)) => Wish::Retrieve { which: Which::Token(token) },
            (
                Role::Parkee
                | Role::Pager
                | Role::Ringer
                | Role::Retriever
                | Role::Fetched
                | Role::Station
                | Role::ToldOrbit(_)
                | Role::Dialled(_),
                _,
            ) => Wish::refuse(603, "That call is not parked"),
        }
    }
}

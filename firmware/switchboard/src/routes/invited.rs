//! A call comes in: park, reserve, retrieve or refuse (the park-or-retrieve decision).

use crate::Switchboard;
use crate::addresses::{OWN_HOST, outside_party, station_party};
use crate::dialled::{Dialled, PARK};
use crate::leg::{Leg, Role, Stage};
use orbitbox_media::Codec;
use orbitbox_media::Negotiation;
use orbitbox_park::{Event, OrbitNumber, OrbitState, Party, Place, RetrieveBy, Token, Which};
use orbitbox_sip::message::NameAddr;
use orbitbox_sip::{Flow, Invited};
use std::net::SocketAddr;
use std::time::Duration;

/// How long a retriever is held who comes after the orbit was spoken and before the call is in it.
const EARLY_RETRIEVER_HELD: Duration = Duration::from_secs(3);

/// What a caller wants.
enum Wish {
    Park {
        place: Place,
        parker: Option<Party>,
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
    fn refuse(status: u16, reason: &'static str) -> Self {
        Self::Refuse { status, reason }
    }
}

impl Switchboard {
    pub(crate) fn invited(&mut self, now: Duration, invited: Invited) {
        let caller = self.party(invited.asserted.as_ref().unwrap_or(&invited.from), invited.flow);
        let wish = self.wish(now, &invited);
        if let Wish::Refuse { status, reason } = wish {
            self.sip.refuse(now, invited.id, status, Some(reason), &[]);
            return;
        }
        let role = match wish {
            Wish::Reserve { .. } => Role::Reserver(None),
            Wish::Call { .. } => Role::Station,
            Wish::Retrieve { .. } | Wish::RetrieveSoon { .. } => Role::Retriever,
            Wish::Park { .. } | Wish::TakePlace { .. } | Wish::Refuse { .. } => Role::Parkee,
        };
        let preferred = match wish {
            Wish::Retrieve { which } => self.codec_in(now, which),
            Wish::Park { .. }
            | Wish::Call { .. }
            | Wish::TakePlace { .. }
            | Wish::Reserve { .. }
            | Wish::RetrieveSoon { .. }
            | Wish::Refuse { .. } => None,
        };
        let Some(leg) = self.arriving_leg(now, &invited, caller.clone(), role, preferred) else { return };
        match wish {
            Wish::Park { place, parker } => self.park_event(now, Event::ParkRequested { leg, caller, parker, place }),
            Wish::Call { user } => self.call_station(now, leg, &user),
            Wish::TakePlace { of, parker } => {
                if let Some(leg) = self.legs.of_mut(leg) {
                    leg.in_place_of = Some(of);
                }
                self.park_event(now, Event::ParkeeReplaced { old: of, leg, caller, parker });
            }
            Wish::Reserve { place } => self.park_event(now, Event::ReserveRequested { leg, parker: caller, place }),
            Wish::Retrieve { which } => {
                self.park_event(now, Event::RetrieveRequested { which, by: RetrieveBy::Leg(leg) });
            }
            Wish::RetrieveSoon { orbit } => {
                self.early_retrievers.insert(leg, (now + EARLY_RETRIEVER_HELD, orbit));
            }
            Wish::Refuse { .. } => {}
        }
    }

    /// A leg for the call, with its answer (or offer) prepared; a call whose offer fits nothing is refused here,
    /// before anything is decided about it.
    fn arriving_leg(
        &mut self,
        now: Duration,
        invited: &Invited,
        party: Party,
        role: Role,
        preferred: Option<Codec>,
    ) -> Option<orbitbox_park::LegId> {
        let Some(port) = self.take_port() else {
            let retry = [("Retry-After".to_owned(), "5".to_owned())];
            self.sip.refuse(now, invited.id, 503, Some("No media port free"), &retry);
            return None;
        };
        let local = SocketAddr::new(invited.flow.local.ip(), port);
        let mut negotiation = Negotiation::new(self.session_id(), local);
        if let Some(codec) = preferred {
            negotiation.prefer(codec);
        }
        let (description, negotiated) = match &invited.offer {
            None => (negotiation.offer(), None),
            Some(offer) => match negotiation.answer(&offer.bytes) {
                Ok((answer, negotiated)) => (answer, Some(negotiated)),
                Err(fault) => {
                    self.return_port(port);
                    self.sip.refuse(now, invited.id, 488, Some(&fault.to_string()), &[]);
                    return None;
                }
            },
        };
        let id = self.park.next_leg();
        let leg = Leg {
            id,
            usage: invited.id,
            party,
            role,
            stage: Stage::Offered,
            negotiation,
            description,
            negotiated,
            heard: false,
            in_place_of: None,
            asked_for_park: invited.request_uri.user() == Some(PARK),
            peer: None,
        };
        self.open(leg, port);
        Some(id)
    }

    fn wish(&self, now: Duration, invited: &Invited) -> Wish {
        if let Some(replaced) = invited.replaces {
            return self.wish_to_replace(now, replaced.id, invited);
        }
        let Some(user) = invited.request_uri.user_decoded() else { return Wish::refuse(404, "No number given") };
        let sent_by = invited.referred_by.as_ref().or(invited.diversion.as_ref());
        let parker = sent_by.map(|who| self.party(who, invited.flow));
        let operation = invited.request_uri.param("operation");
        let told = |wanted: &str| operation.is_some_and(|operation| operation.eq_ignore_ascii_case(wanted));
        match self.dialled(&invited.request_uri) {
            Some(Dialled::Pilot(lot)) => {
                let place = Place::Lot(lot);
                let asks = parker.is_none() && self.own_station(&invited.from, invited.flow).is_some();
                return if asks { Wish::Reserve { place } } else { Wish::Park { place, parker } };
            }
            Some(Dialled::Orbit(orbit)) if parker.is_some() && !told("retrieve") => {
                return Wish::Park { place: Place::Orbit(orbit), parker };
            }
            Some(Dialled::Orbit(orbit)) if told("park") => {
                return Wish::Park { place: Place::Orbit(orbit), parker: None };
            }
            Some(Dialled::Orbit(orbit)) => {
                return self.wish_to_retrieve(now, orbit, !told("retrieve"), invited);
            }
            Some(Dialled::Retrieve(orbit)) => return self.wish_to_retrieve(now, orbit, false, invited),
            None => {}
        }
        if self.unit.stations.iter().any(|station| station.user == user) {
            let from_station = self.own_station(&invited.from, invited.flow).is_some();
            let by_station = self.local_parker(invited).is_some();
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
        let retrieves = caller.is_some() || settings.is_some_and(|lot| lot.anyone_retrieves);
        match self.state_of(now, orbit) {
            // It may be a transfer that does not say so; its caller must not meet the one who waits.
            Some(OrbitState::Taken(_) | OrbitState::Reserved) if !retrieves => Wish::refuse(486, "Orbit busy"),
            Some(OrbitState::Taken(_)) => Wish::Retrieve { which: Which::Orbit(orbit) },
            Some(OrbitState::Reserved) => Wish::RetrieveSoon { orbit },
            Some(OrbitState::Free | OrbitState::CoolingDown) | None => {
                if may_park && caller.is_some() && settings.is_some_and(|lot| lot.self_park) {
                    Wish::Park { place: Place::Orbit(orbit), parker: caller }
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
        let token: Option<Token> = self.park.orbits(now).iter().find_map(parked);
        match (replaced.role, token) {
            (Role::Reserver(_), _) => {
                Wish::Park { place: Place::ReservedBy(replaced.id), parker: Some(replaced.party.clone()) }
            }
            // The parked party itself has been transferred: whoever comes waits in its place.
            (Role::Parkee, Some(_)) if referred => {
                Wish::TakePlace { of: replaced.id, parker: self.local_parker(invited) }
            }
            (Role::Parkee, Some(token)) => Wish::Retrieve { which: Which::Token(token) },
            (
                Role::Parkee | Role::Retriever | Role::Fetched | Role::Station | Role::ToldOrbit(_) | Role::Dialled(_),
                _,
            ) => Wish::refuse(603, "That call is not parked"),
        }
    }

    pub(crate) fn state_of(&self, now: Duration, orbit: OrbitNumber) -> Option<OrbitState> {
        self.park.orbit(orbit, now).map(|view| view.state)
    }

    /// The codec of the call that is asked for, so that the bridge need not transcode.
    fn codec_in(&self, now: Duration, which: Which) -> Option<Codec> {
        let orbits = self.park.orbits(now);
        let calls = orbits.iter().filter_map(|view| match &view.state {
            OrbitState::Taken(calls) => Some((view.orbit, calls)),
            OrbitState::Free | OrbitState::Reserved | OrbitState::CoolingDown => None,
        });
        let call = match which {
            Which::Orbit(wanted) => calls.filter(|(orbit, _)| *orbit == wanted).find_map(|(_, calls)| calls.first()),
            Which::Token(token) => calls.flat_map(|(_, calls)| calls).find(|call| call.token == token),
            Which::LongestWaiting => calls.flat_map(|(_, calls)| calls).min_by_key(|call| call.since),
        };
        Some(self.legs.of(call?.leg)?.negotiated?.codec)
    }

    /// Who transferred a call here, if that is a station of ours.
    fn local_parker(&self, invited: &Invited) -> Option<Party> {
        self.own_station(invited.referred_by.as_ref()?, invited.flow)
    }

    /// The party behind a name and address: a station of ours, or somebody outside.
    fn party(&self, who: &NameAddr, flow: Flow) -> Party {
        self.own_station(who, flow).unwrap_or_else(|| outside_party(who))
    }

    /// The station that the address means: its user part is a station's, and its host is the unit, the station's
    /// own contact, or (phones that call directly from address to address) nothing else than the sender.
    pub(crate) fn own_station(&self, who: &NameAddr, flow: Flow) -> Option<Party> {
        let user = who.uri.user_decoded()?;
        let host = who.uri.host();
        let contact = self.sip.contact_of(&user);
        let known = self.addresses.is_ours(host)
            || host == flow.local.ip().to_string()
            || contact.is_some_and(|contact| contact.host() == host);
        (known && host != OWN_HOST).then(|| station_party(&self.unit, &user)).flatten()
    }
}

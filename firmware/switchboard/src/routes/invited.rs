//! A call comes in: park, reserve, retrieve or refuse (the park-or-retrieve decision).

use crate::Switchboard;
use crate::addresses::{OWN_HOST, outside_party, station_party};
use crate::dialled::PARK;
use crate::leg::{Leg, Role, Stage};
use crate::routes::wish::Wish;
use orbitbox_media::Codec;
use orbitbox_media::Negotiation;
use orbitbox_park::{Event, OrbitNumber, OrbitState, Party, RetrieveBy, Which};
use orbitbox_sip::message::NameAddr;
use orbitbox_sip::{Flow, Invited, Transport};
use std::net::SocketAddr;
use std::time::Duration;

/// How long a retriever is held who comes after the orbit was spoken and before the call is in it.
const EARLY_RETRIEVER_HELD: Duration = Duration::from_secs(3);

impl Switchboard {
    pub(crate) fn invited(&mut self, now: Duration, invited: Invited) {
        let named = self.parker(&invited).1.contains("P-Asserted-Identity");
        let who = invited.asserted.as_ref().filter(|_| !named).unwrap_or(&invited.from);
        let caller = self.party(who, invited.flow);
        let wish = self.wish(now, &invited);
        if let Wish::Refuse { status, reason } = wish {
            self.sip.refuse(now, invited.id, status, Some(reason), &[]);
            return;
        }
        let role = match wish {
            Wish::Reserve { .. } => Role::Reserver(None),
            Wish::Call { .. } => Role::Station,
            Wish::Page { .. } => Role::Pager,
            Wish::Ring => Role::Ringer,
            Wish::Retrieve { .. } | Wish::RetrieveSoon { .. } => Role::Retriever,
            Wish::Park { .. } | Wish::TakePlace { .. } | Wish::Refuse { .. } => Role::Parkee,
        };
        let preferred = match wish {
            Wish::Retrieve { which } => self.codec_in(now, which),
            Wish::Park { .. }
            | Wish::Call { .. }
            | Wish::Page { .. }
            | Wish::Ring
            | Wish::TakePlace { .. }
            | Wish::Reserve { .. }
            | Wish::RetrieveSoon { .. }
            | Wish::Refuse { .. } => None,
        };
        let Some(leg) = self.arriving_leg(now, &invited, caller.clone(), role, preferred) else { return };
        match wish {
            Wish::Park { place, parker, because } => {
                if let Some(leg) = self.legs.of_mut(leg) {
                    leg.because = because;
                }
                self.park_event(now, Event::ParkRequested { leg, caller, parker, place });
            }
            Wish::Ring => self.call_to_ringer(now, leg),
            Wish::Page { zone } => self.call_to_zone(now, leg, zone),
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
        let by = self.trunk_of(invited.flow).map_or_else(|| self.encryption_of(&party), |trunk| trunk.encryption);
        let terms = self.terms(by, invited.flow.transport == Transport::Tls);
        let mut negotiation = Negotiation::new(self.session_id(), local).on(terms);
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
            measured: None,
            in_place_of: None,
            because: String::new(),
            asked_for_park: invited.request_uri.user() == Some(PARK),
            peer: None,
        };
        self.open(leg, port);
        Some(id)
    }

    pub(crate) fn state_of(&self, now: Duration, orbit: OrbitNumber) -> Option<OrbitState> {
        self.park.orbit(orbit, now).map(|view| view.state)
    }

    /// The codec of the call that is asked for, so that the bridge need not transcode.
    fn codec_in(&self, now: Duration, which: Which) -> Option<Codec> {
        let orbits = self.park.taken(now);
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
        if self.trunk_of(flow).is_some() {
            return self.station_by_number(who);
        }
        let known = self.addresses.is_ours(host)
            || host == flow.local.ip().to_string()
            || contact.is_some_and(|contact| contact.host() == host);
        (known && host != OWN_HOST).then(|| station_party(&self.unit, &user)).flatten()
    }
}

//! The unit calls somebody.

use crate::Switchboard;
use crate::leg::{Leg, Role, Stage};
use crate::routes::sip_to_media::SDP;
use orbitbox_media::{Codec, Negotiation};
use orbitbox_park::{LegId, Party};
use orbitbox_sip::message::{NameAddr, Uri};
use orbitbox_sip::{Body, Identity, Outgoing};
use std::net::SocketAddr;
use std::time::Duration;

/// A call that the unit is to make.
pub(crate) struct Call {
    /// Its leg, issued by the park server.
    pub leg: LegId,
    pub to: Party,
    pub role: Role,
    pub from: Identity,
    pub headers: Vec<(String, String)>,
    pub referred_by: Option<NameAddr>,
    /// Put first, so that a bridge need not transcode.
    pub codec: Option<Codec>,
}

impl Switchboard {
    /// Calls somebody; `false`, with nothing begun, when there is no port left or the address is none.
    pub(crate) fn call(&mut self, now: Duration, call: Call) -> bool {
        let Some((port, target)) = self.take_port().zip(Uri::parse(&call.to.address).ok()) else { return false };
        let local = self.facing(&target);
        let by = self.trunk_to(&target).map_or_else(|| self.encryption_of(&call.to), |trunk| trunk.encryption);
        let terms = self.terms(by, self.is_reached_by_tls(&target));
        let mut negotiation = Negotiation::new(self.session_id(), SocketAddr::new(local, port)).on(terms);
        if let Some(codec) = call.codec {
            negotiation.prefer(codec);
        }
        let offer = Body { content_type: SDP.to_owned(), bytes: negotiation.offer() };
        let Call { leg: id, to, role, from, headers, referred_by, codec: _ } = call;
        let target = self.by_proxy(target);
        let account = self.account_for(&target);
        let usage = self.sip.invite(now, Outgoing { target, from, offer, headers, account, referred_by });
        let leg = Leg {
            id,
            usage,
            party: to,
            role,
            stage: Stage::Dialling,
            negotiation,
            description: Vec::new(),
            negotiated: None,
            heard: false,
            measured: None,
            in_place_of: None,
            because: String::new(),
            asked_for_park: false,
            peer: None,
        };
        self.open(leg, port);
        true
    }

    /// Our address as whoever answers there will see it.
    pub(crate) fn facing(&self, target: &Uri) -> std::net::IpAddr {
        let contact = target.user_decoded().filter(|_| target.host() == crate::addresses::OWN_HOST);
        let reached = contact.and_then(|user| self.sip.contact_of(&user)).unwrap_or_else(|| target.clone());
        self.sip.address_of(&reached).map_or(self.addresses.advertised, |ip| self.addresses.facing(ip))
    }
}

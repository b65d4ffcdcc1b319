//! Who may do what.

use crate::Switchboard;
use crate::addresses::OWN_HOST;
use orbitbox_config::{Encryption, Network, Trunk, Who};
use orbitbox_park::{LegId, OrbitState, Party, Place};
use orbitbox_sip::message::Uri;
use orbitbox_sip::{Account, Flow, Invited, Secret};
use std::net::IpAddr;
use std::time::Duration;

impl Switchboard {
    /// The trunk a message came over.
    pub(crate) fn trunk_of(&self, flow: Flow) -> Option<&Trunk> {
        self.unit.trunks.iter().find(|trunk| trunk.networks.iter().any(|network| holds(network, flow.remote.ip())))
    }

    /// It came over a trunk, or from a PBX the unit is registered with.
    pub(crate) fn is_from_pbx(&self, flow: Flow) -> bool {
        self.trunk_of(flow).is_some() || self.registrars().any(|host| host == flow.remote.ip())
    }

    /// Whether one of the list is who sends the call.
    pub(crate) fn may(&self, list: &[Who], invited: &Invited) -> bool {
        list.iter().any(|who| match who {
            Who::Anyone => true,
            Who::Stations => self.own_station(&invited.from, invited.flow).is_some(),
            Who::Trunks => self.is_from_pbx(invited.flow),
            Who::Network(network) => holds(network, invited.flow.remote.ip()),
        })
    }

    /// Whether the caller may be parked there; a caller whom a station transfers has that station's right.
    pub(crate) fn may_park(&self, place: Place, invited: &Invited) -> bool {
        let lot = match place {
            Place::Lot(lot) => Some(lot),
            Place::Orbit(orbit) => self.park.lot_of(orbit),
            Place::ReservedBy(_) => None,
        };
        let Some(settings) = lot.and_then(|lot| self.unit.lots.get(usize::from(lot.0))) else { return true };
        let by_station = self.local_parker(invited).is_some() && settings.park_by.contains(&Who::Stations);
        by_station || self.may(&settings.park_by, invited)
    }

    /// Who may retrieve the call on that leg.
    pub(crate) fn retrievers_of(&self, now: Duration, leg: LegId) -> Vec<Who> {
        let has = |state: &OrbitState| match state {
            OrbitState::Taken(calls) => calls.iter().any(|call| call.leg == leg),
            OrbitState::Free | OrbitState::Reserved | OrbitState::CoolingDown => false,
        };
        let view = self.park.taken(now).into_iter().find(|view| has(&view.state));
        let settings = view.and_then(|view| self.unit.lots.get(usize::from(view.lot.0)));
        settings.map(|settings| settings.retrieve_by.clone()).unwrap_or_default()
    }

    /// The number that a call is for: as it was dialled, or what a trunk's prefix or an extension of ours stands for.
    pub(crate) fn number_of(&self, invited: &Invited) -> Uri {
        let uri = &invited.request_uri;
        let Some(user) = uri.user_decoded() else { return uri.clone() };
        let extension = self.unit.registrations.iter().find(|registration| registration.user == user);
        if let Some(registration) = extension.filter(|_| self.is_from_pbx(invited.flow)) {
            return uri.with_user(&registration.number);
        }
        let Some(trunk) = self.trunk_of(invited.flow) else { return uri.clone() };
        let behind = |prefix: &Option<String>| {
            let orbit = user.strip_prefix(prefix.as_deref()?)?;
            self.orbit(orbit).map(|_| orbit.to_owned())
        };
        if let Some(orbit) = behind(&trunk.park_prefix) {
            return uri.with_user(&orbit).with_param("operation", Some("park"));
        }
        if let Some(orbit) = behind(&trunk.retrieve_prefix) {
            return uri.with_user(&orbit).with_param("operation", Some("retrieve"));
        }
        uri.clone()
    }

    /// What the party's station says of encryption.
    pub(crate) fn encryption_of(&self, party: &Party) -> Option<Encryption> {
        let uri = Uri::parse(&party.address).ok().filter(|uri| uri.host() == OWN_HOST)?;
        let user = uri.user_decoded()?;
        self.unit.stations.iter().find(|station| station.user == user)?.encryption
    }

    /// The trunk behind an address.
    pub(crate) fn trunk_to(&self, target: &Uri) -> Option<&Trunk> {
        let ip: IpAddr = target.host().parse().ok()?;
        self.unit.trunks.iter().find(|trunk| trunk.networks.iter().any(|network| holds(network, ip)))
    }

    /// Whether a request to that address goes out under TLS.
    pub(crate) fn is_reached_by_tls(&self, target: &Uri) -> bool {
        let contact = target.user_decoded().filter(|_| target.host() == OWN_HOST);
        let reached = contact.and_then(|user| self.sip.contact_of(&user)).unwrap_or_else(|| target.clone());
        reached.scheme() == "sips" || reached.param("transport").is_some_and(|by| by.eq_ignore_ascii_case("tls"))
    }

    /// The same address by way of its trunk's proxy, where it names no port of its own.
    pub(crate) fn by_proxy(&self, target: Uri) -> Uri {
        let ip: Option<IpAddr> = target.host().parse().ok().filter(|_| target.port().is_none());
        let of = |ip| self.unit.trunks.iter().find(|trunk| trunk.networks.iter().any(|network| holds(network, ip)));
        let proxy = ip.and_then(of).and_then(|trunk| trunk.proxy.as_deref());
        let by = proxy.and_then(|proxy| {
            let proxy = Uri::parse(proxy).ok()?;
            Some(proxy.with_user(&target.user_decoded()?))
        });
        by.unwrap_or(target)
    }

    /// Who the unit is to whoever answers at that address.
    pub(crate) fn account_for(&self, target: &Uri) -> Option<Account> {
        let ip: IpAddr = target.host().parse().ok()?;
        let account = |user: &str, password: &orbitbox_config::Password| Account {
            user: user.to_owned(),
            password: Secret::new(password.reveal()),
        };
        let by_trunk = self.unit.trunks.iter().find(|trunk| trunk.networks.iter().any(|network| holds(network, ip)));
        let of_trunk = by_trunk.and_then(|trunk| trunk.account.as_ref());
        let registered = self.unit.registrations.iter().find(|registration| {
            registration.registrars.iter().any(|uri| Uri::parse(uri).is_ok_and(|uri| uri.host() == target.host()))
        });
        of_trunk
            .map(|(user, password)| account(user, password))
            .or_else(|| registered.map(|registration| account(&registration.user, &registration.password)))
    }

    fn registrars(&self) -> impl Iterator<Item = IpAddr> {
        let uris = self.unit.registrations.iter().flat_map(|registration| &registration.registrars);
        uris.filter_map(|uri| Uri::parse(uri).ok()?.host().parse().ok())
    }
}

/// As the SIP endpoint understands it.
pub(crate) fn network(network: &Network) -> orbitbox_sip::Network {
    orbitbox_sip::Network { address: network.address, bits: network.bits }
}

fn holds(one: &Network, address: IpAddr) -> bool {
    network(one).holds(address)
}

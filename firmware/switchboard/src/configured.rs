//! What the configuration is to the engines, and another one while calls wait.

use crate::policy::network;
use crate::{Switchboard, unrecorded};
use orbitbox_config::Unit;
use orbitbox_park::LotId;
use orbitbox_sip::message::Uri;
use orbitbox_sip::{Account, Limits, Registration, Secret, Settings, Sources};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

impl Switchboard {
    /// Goes on by another configuration, as a whole or not at all. Whoever waits, rings or talks goes on; see
    /// [`orbitbox_park::ParkServer::set_lots`] and [`orbitbox_sip::Endpoint::set_settings`] for what becomes of orbits and
    /// stations that are gone. Of the network only what [`orbitbox_config::change`] calls live is taken over.
    pub(crate) fn configure(&mut self, now: Duration, mut unit: Unit) {
        // What the shell has bound, and found out about itself.
        let bound = &self.unit.sip;
        (unit.sip.listen, unit.sip.tls) = (bound.listen, bound.tls.clone());
        (unit.sip.address, unit.sip.other_address) = (bound.address, bound.other_address);
        let lots = unit.lots.iter().map(|settings| settings.lot.clone()).collect();
        if let Err(faults) = self.park.set_lots(lots) {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            return self.note(now, format!("The configuration stays as it was: {}", faults.join("; ")));
        }
        let moved = |old: LotId| {
            let name = &self.unit.lots.get(usize::from(old.0))?.lot.name;
            let place = unit.lots.iter().position(|lot| lot.lot.name == *name)?;
            Some(LotId(place as u16))
        };
        self.watchers.lots_moved(moved);
        self.panel.set_keys(now, unit.panel.orbit_keys.clone(), waiting_long_after(&unit));
        self.sip.set_settings(settings(&unit, self.addresses.advertised));
        self.unit = unit;
        if let Some(recorder) = &self.recorder {
            recorder.know(&self.unit);
        }
        for problem in unrecorded(&self.unit, &self.vocabulary) {
            self.note(now, format!("{}: {}; it is left out", problem.key, problem.text));
        }
        self.orbits_changed = true;
        self.parked_changed = true;
        self.note(now, "The configuration has changed".to_owned());
    }
}

/// When the lamp of any lot's call blinks slowly.
pub(crate) fn waiting_long_after(unit: &Unit) -> Duration {
    unit.lots.iter().map(|lot| lot.waiting_long_after).min().unwrap_or(Duration::MAX)
}

/// What the SIP endpoint is told. `address` is what peers that are not on loopback see.
pub(crate) fn settings(unit: &Unit, address: IpAddr) -> Settings {
    Settings {
        listen_port: unit.sip.listen.port(),
        tls_port: unit.sip.tls.as_ref().map(|tls| tls.listen.port()),
        address,
        other_address: unit.sip.other_address,
        stations: unit.stations.iter().map(|station| station.user.clone()).collect(),
        passwords: unit
            .stations
            .iter()
            .filter_map(|station| Some((station.user.clone(), Secret::new(station.password.as_ref()?.reveal()))))
            .collect(),
        md5_only: unit.phones.md5_only.clone(),
        realm: "Orbitbox".to_owned(),
        registrations: unit.registrations.iter().filter_map(registration).collect(),
        sources: sources(unit),
        session_expires: unit.sip.session_timer,
        probe_every: unit.sip.probe_every,
        keep_alive: unit.sip.keep_alive,
        limits: Limits::default(),
        server_name: concat!("Orbitbox/", env!("CARGO_PKG_VERSION")).to_owned(),
    }
}

/// A registration as the SIP endpoint understands it.
fn registration(written: &orbitbox_config::Registration) -> Option<Registration> {
    let registrars: Vec<Uri> = written.registrars.iter().filter_map(|uri| Uri::parse(uri).ok()).collect();
    let account = Account { user: written.user.clone(), password: Secret::new(written.password.reveal()) };
    let expires = u32::try_from(written.expires.as_secs()).unwrap_or(u32::MAX);
    (!registrars.is_empty()).then_some(Registration { account, registrars, expires })
}

/// Whom the endpoint listens to: what is configured, and every PBX.
fn sources(unit: &Unit) -> Sources {
    let trunks = unit.trunks.iter().flat_map(|trunk| &trunk.networks);
    let registrars = unit.registrations.iter().flat_map(|registration| &registration.registrars);
    let hosts = registrars.filter_map(|uri| Uri::parse(uri).ok()?.host().parse().ok());
    // The talk station is a telephone on the unit's own interface.
    let own = match unit.sip.listen.ip() {
        one if one.is_unspecified() => vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)],
        one => vec![one],
    };
    let own = own.into_iter().filter(|_| unit.talk.is_some());
    let hosts = hosts.chain(own);
    let hosts =
        hosts.map(|address: IpAddr| orbitbox_sip::Network { address, bits: if address.is_ipv4() { 32 } else { 128 } });
    Sources {
        anybody: unit.sip.sources == orbitbox_config::Sources::Anybody,
        local: unit.sip.sources == orbitbox_config::Sources::Local,
        networks: trunks.chain(&unit.sip.networks).map(network).chain(hosts).collect(),
    }
}

//! Other settings, while calls are up.

use crate::{Endpoint, Event, Settings};

impl Endpoint {
    /// Goes on with other stations, passwords, sources, periods and limits. Calls that are up keep the timers they agreed on.
    /// Stations that are gone are called no more. Addresses, ports, realm and registrations stay as they were: they are of the
    /// sockets, and of what others have been told.
    pub fn set_settings(&mut self, settings: Settings) {
        let gone: Vec<String> = self.registrar.registered().map(str::to_owned).collect();
        for station in gone.into_iter().filter(|station| !settings.stations.contains(station)) {
            self.registrar.forget(&station);
            self.touched_stations.insert(station.clone());
            self.events.push_back(Event::Unregistered { station });
        }
        let before = &self.settings;
        self.settings = Settings {
            listen_port: before.listen_port,
            tls_port: before.tls_port,
            address: before.address,
            other_address: before.other_address,
            realm: before.realm.clone(),
            registrations: before.registrations.clone(),
            ..settings
        };
    }
}

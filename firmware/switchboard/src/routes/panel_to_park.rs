//! What people ask for at the panel.

use crate::Switchboard;
use crate::addresses::{spoken_name, station_party};
use crate::leg::Role;
use orbitbox_panel::Intent;
use orbitbox_park::{Event, LegId, LotId, Party, Place, RetrieveBy, Which};
use std::time::Duration;

/// How long a refusal stands on the digits.
const FLASH: Duration = Duration::from_secs(2);

impl Switchboard {
    pub(crate) fn intent(&mut self, now: Duration, intent: Intent) {
        match intent {
            Intent::Retrieve(orbit) => self.retrieve_to_station(now, Which::Orbit(orbit)),
            Intent::RetrieveLongest => self.retrieve_to_station(now, Which::LongestWaiting),
            Intent::Park => self.park_from_station(now),
            Intent::PageAgain => {
                let waiting: Vec<u64> = self.episodes.keys().map(|token| token.0).collect();
                for token in waiting {
                    self.paging.again(now, token);
                }
            }
            Intent::CancelPage => self.paging.cancel_current(now),
            Intent::LampTest => {}
        }
    }

    fn retrieve_to_station(&mut self, now: Duration, which: Which) {
        let Some((user, station)) = self.station_beside() else {
            self.panel.flash(now, "NO", FLASH);
            return self.note(now, "No station beside the unit is configured".to_owned());
        };
        if self.sip.contact_of(&user).is_none() {
            self.panel.flash(now, "NO", FLASH);
            return self
                .note(now, format!("{}, the station beside the unit, is not registered", spoken_name(&station)));
        }
        self.park_event(now, Event::RetrieveRequested { which, by: RetrieveBy::Calling(station) });
    }

    /// Parks again the call that the unit has brought to the station beside it.
    fn park_from_station(&mut self, now: Duration) {
        let station = self.station_beside().map(|(_, station)| station);
        let caller = station.as_ref().and_then(|station| self.call_of(station));
        let Some((leg, caller)) = caller else {
            self.panel.flash(now, "NO", FLASH);
            return self
                .note(now, "Park was pressed, but the station beside the unit is in no call of the unit".to_owned());
        };
        self.park_event(now, Event::ParkRequested { leg, caller, parker: station, place: Place::Lot(LotId(0)) });
    }

    fn call_of(&self, station: &Party) -> Option<(LegId, Party)> {
        let talks = |role: Role| matches!(role, Role::Dialled(_) | Role::Retriever | Role::Station);
        let theirs =
            self.legs.iter().find(|leg| talks(leg.role) && leg.party.address == station.address && leg.peer.is_some());
        let caller = self.legs.of(theirs?.peer?)?;
        Some((caller.id, caller.party.clone()))
    }

    fn station_beside(&self) -> Option<(String, Party)> {
        let user = self.unit.panel.station.clone()?;
        let party = station_party(&self.unit, &user)?;
        Some((user, party))
    }
}

//! What people ask for at the panel.

use crate::addresses::{spoken_name, station_party};
use crate::leg::Role;
use crate::{Output, Switchboard};
use orbitbox_paging::{Announcement, Script};
use orbitbox_panel::{Intent, Key};
use orbitbox_park::{Event, LegId, LotId, Party, Place, RetrieveBy, Which};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long a refusal stands on the digits.
const FLASH: Duration = Duration::from_secs(2);
/// What the test of the speaker is announced for: no episode has this token.
const TEST: u64 = u64::MAX;

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
            Intent::CancelPage if self.cancel_page(now) => {}
            Intent::CancelPage => self.hang_up_talk_station(now),
            Intent::Talk => self.talk_from_panel(now),
            Intent::TalkEnds => self.end_talk(now),
            Intent::Lift => self.output(Output::Handset { lifted: true }),
            Intent::HangUp => self.output(Output::Handset { lifted: false }),
            Intent::LampTest => self.test_speaker(now),
        }
    }

    /// Somebody has heard enough of what is announced or played. `false` where nothing is.
    pub(crate) fn cancel_page(&mut self, now: Duration) -> bool {
        if self.paging.speaking().is_none() {
            return self.cancel_recording(now);
        }
        self.paging.cancel_current(now);
        true
    }

    /// At the level of announcements, and only where nobody is heard or waits to be.
    fn test_speaker(&mut self, now: Duration) {
        if self.paging.is_quiet() {
            return self.note(now, "The speaker is not tested: these are quiet hours".to_owned());
        }
        if !self.paging.is_idle() {
            return self.note(now, "The speaker is not tested: somebody is heard".to_owned());
        }
        let script = Script::test(&self.unit.page.languages);
        let once = Announcement { token: TEST, script, repeats: 1, interval: Duration::ZERO, louder_db: 0 };
        // The one before is over.
        self.paging.release(now, TEST);
        self.paging.announce(now, once);
        self.note(now, "Lamps and speaker are tested".to_owned());
    }

    /// Writes down which keys have got stuck and which are free again, once.
    pub(crate) fn note_stuck_keys(&mut self, now: Duration) {
        let stuck: BTreeSet<Key> = self.panel.stuck_keys().collect();
        if stuck == self.stuck {
            return;
        }
        let before = std::mem::replace(&mut self.stuck, stuck.clone());
        for key in stuck.difference(&before) {
            self.note(now, format!("The key {key} is stuck: it has been down for 30 s"));
        }
        for key in before.difference(&stuck) {
            self.note(now, format!("The key {key} is free again"));
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

    /// A phone beside the unit has a hook of its own.
    fn hang_up_talk_station(&mut self, now: Duration) {
        let Some((_, station)) = self.station_beside().filter(|_| self.unit.talk.is_some()) else { return };
        let Some(leg) = self.legs.iter().find(|leg| calls(leg.role) && leg.party.address == station.address) else {
            return;
        };
        let id = leg.id;
        self.note(now, format!("The call of {} was ended by its key", spoken_name(&station)));
        self.hang_up(now, id, "Hung up at the unit");
        self.ended(now, id);
    }

    fn call_of(&self, station: &Party) -> Option<(LegId, Party)> {
        let theirs =
            self.legs.iter().find(|leg| calls(leg.role) && leg.party.address == station.address && leg.peer.is_some());
        let caller = self.legs.of(theirs?.peer?)?;
        Some((caller.id, caller.party.clone()))
    }

    pub(crate) fn station_beside(&self) -> Option<(String, Party)> {
        let user = self.unit.panel.station.clone()?;
        let party = station_party(&self.unit, &user)?;
        Some((user, party))
    }
}

/// The leg of a station that talks, or is being called to.
fn calls(role: Role) -> bool {
    matches!(role, Role::Dialled(_) | Role::Retriever | Role::Station)
}

//! What has become true of parked calls, for the overhead pages and the history.

use crate::Switchboard;
use crate::addresses::spoken_name;
use crate::episode::Episode;
use crate::wording;
use orbitbox_paging::{Announcement, Language, Script};
use orbitbox_park::{
    Event, LegId, LotId, Notice, OrbitNumber, OrbitState, Party, Resolution, RetrieveBy, Token, Which,
};
use std::time::Duration;

impl Switchboard {
    pub(crate) fn notice(&mut self, now: Duration, notice: Notice) {
        match notice {
            Notice::Parked { token, orbit, lot, caller, parker } => {
                let by =
                    parker.as_ref().map(|parker: &Party| format!(" by {}", spoken_name(parker))).unwrap_or_default();
                self.note(now, format!("{} is parked on orbit {orbit}{by}", spoken_name(&caller)));
                if let Some(parker) = &parker {
                    let unheard = if self.paging.is_quiet() { "; not announced at this time" } else { "" };
                    let text = format!("{} is parked on {orbit}{unheard}", spoken_name(&caller));
                    self.tell_parker(now, parker, &orbit.to_string(), &text);
                }
                let because = self.because(now, orbit, token);
                let name = parker.as_ref().map(|parker| parker.name.clone()).unwrap_or_default();
                self.episodes.insert(token, Episode { orbit, parker, because });
                self.announce(now, token, (orbit, lot), &name);
                self.retry_early_retrievers(now, orbit);
            }
            Notice::Replaced { orbit, caller, .. } => {
                self.note(now, format!("{} waits on orbit {orbit} from now on", spoken_name(&caller)));
            }
            Notice::Claimed { token } => self.paging.claim(now, token.0),
            Notice::Returned { token } => {
                self.paging.unclaim(now, token.0);
                self.panel.flash(now, "----", Duration::from_secs(1));
            }
            Notice::Resolved { token, orbit, resolution, waited } => {
                self.paging.release(now, token.0);
                if let Some(parker) = self.episodes.remove(&token).and_then(|episode| episode.parker) {
                    let text = format!("Orbit {orbit}: {}", outcome(resolution));
                    self.tell_parker(now, &parker, &orbit.to_string(), &text);
                }
                self.note(now, format!("Orbit {orbit}: {} after {} s", outcome(resolution), waited.as_secs()));
            }
        }
    }

    /// What named the parker of a call that was just parked.
    fn because(&mut self, now: Duration, orbit: OrbitNumber, token: Token) -> String {
        let call = match self.state_of(now, orbit) {
            Some(OrbitState::Taken(calls)) => calls.iter().find(|call| call.token == token).map(|call| call.leg),
            Some(OrbitState::Free | OrbitState::Reserved | OrbitState::CoolingDown) | None => None,
        };
        let leg = call.and_then(|leg| self.legs.of_mut(leg));
        let because = leg.map(|leg| std::mem::take(&mut leg.because)).unwrap_or_default();
        if because.is_empty() { "in a call of the unit".to_owned() } else { because }
    }

    pub(crate) fn announce(&mut self, now: Duration, token: Token, (orbit, lot): (OrbitNumber, LotId), parker: &str) {
        let Some(settings) = self.unit.lots.get(usize::from(lot.0)) else { return };
        if settings.page_repeats == 0 {
            return;
        }
        let about = wording::About { lot: settings, orbit: &orbit.digits().collect::<Vec<_>>(), parker };
        let said = |language: &Language| wording::said(&self.vocabulary, *language, self.unit.page.numbers, &about);
        let script = Script::of(self.unit.page.languages.iter().map(said));
        let announcement = Announcement {
            token: token.0,
            script,
            repeats: settings.page_repeats,
            interval: settings.page_interval,
            louder_db: settings.page_louder_db,
        };
        self.paging.announce(now, announcement);
    }

    /// The call that somebody came too early for is here.
    fn retry_early_retrievers(&mut self, now: Duration, orbit: OrbitNumber) {
        let came: Vec<LegId> =
            self.early_retrievers.iter().filter(|(_, (_, wanted))| *wanted == orbit).map(|(leg, _)| *leg).collect();
        for leg in came {
            self.early_retrievers.remove(&leg);
            self.park_event(now, Event::RetrieveRequested { which: Which::Orbit(orbit), by: RetrieveBy::Leg(leg) });
        }
    }
}

fn outcome(resolution: Resolution) -> &'static str {
    match resolution {
        Resolution::Retrieved => "retrieved",
        Resolution::RungBack => "taken back by the parker",
        Resolution::FellBack => "taken by the fallback",
        Resolution::Abandoned => "abandoned by the caller",
        Resolution::Expired => "ended at its maximum life",
        Resolution::Dropped => "ended because nobody came",
    }
}

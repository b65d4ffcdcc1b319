//! What the audio plane reports, for the park server.

use crate::Switchboard;
use crate::leg::{Role, Stage, leg_of};
use crate::measured;
use orbitbox_park::{Event, LegId};
use std::time::Duration;

impl Switchboard {
    pub(crate) fn media_event(&mut self, now: Duration, event: orbitbox_media::Event) {
        match event {
            orbitbox_media::Event::Heard { stream } => {
                let id = leg_of(stream);
                if let Some(leg) = self.legs.of_mut(id) {
                    leg.heard = true;
                }
                self.connect_if_heard(now, id);
            }
            orbitbox_media::Event::Digit { stream, digit } => self.digit(now, leg_of(stream), digit),
            orbitbox_media::Event::Measured { stream, stats } => {
                let id = leg_of(stream);
                if let Some(leg) = self.legs.of_mut(id) {
                    leg.measured = Some(stats);
                } else if let Some(who) = self.gone.take(id) {
                    self.note(now, format!("Sound of {who}: {}", measured::in_words(&stats)));
                }
            }
            orbitbox_media::Event::Recorded { stream, sound } => self.recorded(now, stream, sound),
            orbitbox_media::Event::MusicSilent { .. } => {
                self.note(now, "The music was silent for ten seconds; callers hear a tone instead".to_owned());
            }
            // The only clips a parkee is played are the apology; the park server knows whether it waits for that.
            orbitbox_media::Event::ClipsEnded { stream } => {
                let id = leg_of(stream);
                self.told_orbit(now, id);
                if self.legs.of(id).is_some_and(|leg| leg.role == Role::Parkee) {
                    self.park_event(now, Event::Apologised { leg: id });
                }
            }
        }
    }

    /// Reports the leg as connected once its signalling and its media are up.
    pub(crate) fn connect_if_heard(&mut self, now: Duration, id: LegId) {
        let Some(leg) = self.legs.of_mut(id) else { return };
        let Stage::Up { until } = leg.stage else { return };
        if !leg.heard && now < until {
            return;
        }
        leg.stage = Stage::Connected;
        match leg.role {
            Role::Retriever | Role::Dialled(_) => self.park_event(now, Event::Connected { leg: id }),
            Role::Pager => self.pager_connected(now, id),
            Role::Parkee | Role::Reserver(_) | Role::Ringer | Role::Fetched | Role::Station | Role::ToldOrbit(_) => {}
        }
    }

    pub(crate) fn expire_media_waits(&mut self, now: Duration) {
        let due: Vec<LegId> = self
            .legs
            .iter()
            .filter(|leg| matches!(leg.stage, Stage::Up { until } if until <= now))
            .map(|leg| leg.id)
            .collect();
        for id in due {
            self.connect_if_heard(now, id);
        }
    }
}

//! Keys that people press on their phones in mid-call.

use crate::Switchboard;
use crate::addresses::station_user;
use crate::leg::{Role, stream_of};
use orbitbox_media::{Command, Source};
use orbitbox_park::{Event, LegId, LotId, OrbitNumber, Place};
use std::time::Duration;

/// Keys further apart than this belong to different codes.
const BETWEEN_KEYS: Duration = Duration::from_secs(3);

/// What somebody has pressed so far.
#[derive(Debug, Default)]
pub(crate) struct Pressed {
    keys: String,
    last: Duration,
}

impl Switchboard {
    pub(crate) fn digit(&mut self, now: Duration, id: LegId, digit: char) {
        if self.pager_digit(now, id, digit) {
            return;
        }
        let code = self.unit.phones.park_code.clone();
        let Some(leg) = self.legs.of(id) else { return };
        if code.is_empty() || leg.peer.is_none() || station_user(&leg.party).is_none() {
            return;
        }
        let pressed = self.pressed.entry(id).or_default();
        if now > pressed.last + BETWEEN_KEYS {
            pressed.keys.clear();
        }
        pressed.last = now;
        pressed.keys.push(digit);
        // No more than the end can be the code.
        let surplus = pressed.keys.len().saturating_sub(code.len());
        pressed.keys.drain(..surplus);
        if pressed.keys == code {
            self.pressed.remove(&id);
            self.park_other_side(now, id);
        }
    }

    /// The other side of the station's call is parked; the station hears where.
    fn park_other_side(&mut self, now: Duration, id: LegId) {
        let Some((leg, other)) = self.legs.of(id).and_then(|leg| Some((leg, self.legs.of(leg.peer?)?))) else { return };
        let (parker, caller, other) = (Some(leg.party.clone()), other.party.clone(), other.id);
        if let Some(leg) = self.legs.of_mut(id) {
            leg.role = Role::ToldOrbit(None);
        }
        let place = Place::Lot(LotId(0));
        self.park_event(now, Event::ParkRequested { leg: other, caller, parker, place });
    }

    /// The other side is in its orbit. `false` when the leg has not parked by a code.
    pub(crate) fn tell_orbit(&mut self, id: LegId, orbit: OrbitNumber) -> bool {
        let Some(leg) = self.legs.of_mut(id).filter(|leg| matches!(leg.role, Role::ToldOrbit(_))) else { return false };
        leg.role = Role::ToldOrbit(Some(orbit));
        let clips = self.speech().orbit_twice(orbit.digits());
        let source = Source::Clips { clips, then_music: None };
        self.media(Command::Play { stream: stream_of(id), source });
        true
    }

    /// The parker has heard the orbit, and is let go.
    pub(crate) fn told_orbit(&mut self, now: Duration, id: LegId) {
        if self.legs.of(id).is_some_and(|leg| matches!(leg.role, Role::ToldOrbit(Some(_)))) {
            self.hang_up(now, id, "Call parked");
            self.forget(id);
        }
    }
}

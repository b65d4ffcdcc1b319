//! How relays are to be: on as long as what they follow is so.

use orbitbox_config::{Follows, Relay};
use orbitbox_paging::Level;
use orbitbox_park::{OrbitState, OrbitView};
use std::time::Duration;

/// Every relay, and what is known of what they follow.
#[derive(Debug, Default)]
pub(crate) struct Relays {
    follow: Vec<Follows>,
    on: Vec<bool>,
    /// Since when the call waits that has waited longest.
    longest: Option<Duration>,
}

impl Relays {
    /// All off.
    pub fn new(relays: &[Relay]) -> Self {
        let follow: Vec<Follows> = relays.iter().map(|relay| relay.follows).collect();
        Self { on: vec![false; follow.len()], follow, longest: None }
    }

    /// How the orbits are now.
    pub fn see(&mut self, orbits: &[OrbitView]) {
        let calls = orbits.iter().flat_map(|orbit| match &orbit.state {
            OrbitState::Taken(calls) => calls.as_slice(),
            OrbitState::Free | OrbitState::Reserved | OrbitState::CoolingDown => &[],
        });
        self.longest = calls.map(|call| call.since).min();
    }

    /// How they are to be while that is heard overhead, in the order of the configuration; `None` where none changes.
    pub fn look(&mut self, now: Duration, heard: Option<Level>) -> Option<Vec<bool>> {
        let is_so = |follows: &Follows| match follows {
            Follows::Page => heard.is_some_and(|level| level > Level::Music),
            Follows::Parked => self.longest.is_some(),
            Follows::WaitingLong { after } => self.due(*after).is_some_and(|due| due <= now),
        };
        let on: Vec<bool> = self.follow.iter().map(is_so).collect();
        if on == self.on {
            return None;
        }
        self.on.clone_from(&on);
        Some(on)
    }

    /// When the next of them changes by itself.
    pub fn deadline(&self) -> Option<Duration> {
        let off = self.follow.iter().zip(&self.on).filter(|(_, on)| !**on);
        let due = off.filter_map(|(follows, _)| match follows {
            Follows::WaitingLong { after } => self.due(*after),
            Follows::Page | Follows::Parked => None,
        });
        due.min()
    }

    /// Of a place in the configuration.
    pub fn is_on(&self, place: usize) -> bool {
        self.on.get(place).is_some_and(|on| *on)
    }

    fn due(&self, after: Duration) -> Option<Duration> {
        self.longest.map(|since| since + after)
    }
}

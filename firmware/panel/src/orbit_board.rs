//! Orbits become lamps, and the number that the digits show when no key is touched.

use crate::Lamp;
use orbitbox_park::{CallState, CallView, OrbitNumber, OrbitState, OrbitView, Token};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long the digits stay with a call that has just been parked.
const NEWEST_FOR: Duration = Duration::from_secs(4);
/// How long the digits stay with each waiting call after that.
const EACH_FOR: Duration = Duration::from_secs(2);

/// What the digits can rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// An orbit with a call in it.
    Orbit(OrbitNumber),
    /// A fault number, taking its turn among the waiting calls.
    Fault(u8),
}

/// The calls of one orbit, as far as the panel cares.
#[derive(Debug, Clone)]
struct Waiting {
    orbit: OrbitNumber,
    /// When the oldest call was parked.
    since: Duration,
    ringing: bool,
}

/// Follows the orbits. The longest waiting comes first in the cycle.
#[derive(Debug)]
pub(crate) struct OrbitBoard {
    waiting_long_after: Duration,
    waiting: Vec<Waiting>,
    known: BTreeSet<Token>,
    announced: Option<OrbitNumber>,
    faults: BTreeSet<u8>,
    /// What the digits rest on until `until`; what follows is worked out from there.
    resting_on: Option<Shown>,
    until: Duration,
}

impl OrbitBoard {
    pub(crate) fn new(waiting_long_after: Duration) -> Self {
        Self {
            waiting_long_after,
            waiting: Vec::new(),
            known: BTreeSet::new(),
            announced: None,
            faults: BTreeSet::new(),
            resting_on: None,
            until: Duration::ZERO,
        }
    }

    pub(crate) fn set_waiting_long_after(&mut self, after: Duration) {
        self.waiting_long_after = after;
    }

    /// Takes over how things are now. A call not seen before is shown first.
    pub(crate) fn show(&mut self, now: Duration, orbits: &[OrbitView], announced: Option<OrbitNumber>) {
        self.settle(now);
        let calls: Vec<(OrbitNumber, &[CallView])> = orbits
            .iter()
            .map(|view| (view.orbit, calls_of(&view.state)))
            .filter(|(_, calls)| !calls.is_empty())
            .collect();
        let newest = calls
            .iter()
            .flat_map(|(orbit, calls)| calls.iter().map(move |call| (call.since, call.token, *orbit)))
            .filter(|(_, token, _)| !self.known.contains(token))
            .max();
        self.known = calls.iter().flat_map(|(_, calls)| calls.iter().map(|call| call.token)).collect();
        self.waiting = calls.iter().filter_map(|(orbit, calls)| Waiting::of(*orbit, calls)).collect();
        self.waiting.sort_by_key(|waiting| (waiting.since, waiting.orbit));
        self.announced = announced;
        match newest {
            Some((_, _, orbit)) => self.rest_on(Shown::Orbit(orbit), now.saturating_add(NEWEST_FOR)),
            None => self.repair(now),
        }
    }

    /// Sets or clears a fault that takes its turn on the digits.
    pub(crate) fn set_fault(&mut self, now: Duration, fault: u8, is_there: bool) {
        if self.faults.contains(&fault) != is_there {
            self.settle(now);
            if is_there {
                self.faults.insert(fault);
            } else {
                self.faults.remove(&fault);
            }
            self.repair(now);
        }
    }

    /// What the digits rest on at `now`; `None` when nobody waits.
    pub(crate) fn shown(&self, now: Duration) -> Option<Shown> {
        self.shown_until(now).map(|(shown, _)| shown)
    }

    /// The pattern of the orbit's lamp.
    pub(crate) fn lamp(&self, now: Duration, orbit: OrbitNumber) -> Lamp {
        let Some(waiting) = self.find(orbit) else {
            return Lamp::Off;
        };
        if self.announced == Some(orbit) {
            Lamp::DoubleBlink
        } else if waiting.ringing {
            Lamp::FastBlink
        } else if now >= self.long_from(waiting) {
            Lamp::SlowBlink
        } else {
            Lamp::On
        }
    }

    /// When the oldest call of the orbit was parked.
    pub(crate) fn waiting_since(&self, orbit: OrbitNumber) -> Option<Duration> {
        self.find(orbit).map(|waiting| waiting.since)
    }

    /// The orbit whose call has waited longest.
    pub(crate) fn longest_waiting(&self) -> Option<OrbitNumber> {
        self.waiting.first().map(|waiting| waiting.orbit)
    }

    /// When the digits or a lamp change by themselves next, after `now`.
    pub(crate) fn next_change(&self, now: Duration) -> Option<Duration> {
        let digits = if self.turns() > 1 { self.shown_until(now).map(|(_, until)| until) } else { None };
        let lamps = self.waiting.iter().map(|waiting| self.long_from(waiting)).filter(|at| *at > now);
        lamps.chain(digits).min()
    }

    fn find(&self, orbit: OrbitNumber) -> Option<&Waiting> {
        self.waiting.iter().find(|waiting| waiting.orbit == orbit)
    }

    fn long_from(&self, waiting: &Waiting) -> Duration {
        waiting.since.saturating_add(self.waiting_long_after)
    }

    fn turns(&self) -> usize {
        self.waiting.len() + self.faults.len()
    }

    fn turn(&self, index: usize) -> Option<Shown> {
        match self.waiting.get(index) {
            Some(waiting) => Some(Shown::Orbit(waiting.orbit)),
            None => self.faults.iter().nth(index - self.waiting.len()).copied().map(Shown::Fault),
        }
    }

    fn place_of(&self, shown: Shown) -> Option<usize> {
        (0..self.turns()).find(|index| self.turn(*index) == Some(shown))
    }

    fn shown_until(&self, now: Duration) -> Option<(Shown, Duration)> {
        let resting_on = self.resting_on?;
        if now < self.until {
            return Some((resting_on, self.until));
        }
        let gone_by = (now - self.until).as_millis() / EACH_FOR.as_millis();
        let place = self.place_of(resting_on)? as u128 + 1 + gone_by;
        let shown = self.turn((place % self.turns() as u128) as usize)?;
        let spent = Duration::from_millis(((now - self.until).as_millis() % EACH_FOR.as_millis()) as u64);
        // Counted from whole milliseconds, so that the end lies after `now` and never drifts from the two-second grid.
        let begun = Duration::from_millis((now - self.until).as_millis() as u64) - spent;
        Some((shown, self.until.saturating_add(begun).saturating_add(EACH_FOR)))
    }

    /// Makes `resting_on` what is shown at `now`, so that the list may change under it.
    fn settle(&mut self, now: Duration) {
        if let Some((shown, until)) = self.shown_until(now) {
            self.rest_on(shown, until);
        }
    }

    fn rest_on(&mut self, shown: Shown, until: Duration) {
        self.resting_on = Some(shown);
        self.until = until;
    }

    /// What the digits rested on may be gone: then the cycle starts again with the longest waiting.
    fn repair(&mut self, now: Duration) {
        if self.resting_on.and_then(|shown| self.place_of(shown)).is_none() {
            self.resting_on = self.turn(0);
            self.until = now.saturating_add(EACH_FOR);
        }
    }
}

impl Waiting {
    fn of(orbit: OrbitNumber, calls: &[CallView]) -> Option<Self> {
        let since = calls.iter().map(|call| call.since).min()?;
        let ringing = calls.iter().any(|call| match call.state {
            CallState::RingingBack | CallState::FallingBack => true,
            CallState::Holding | CallState::BeingRetrieved | CallState::Apologising => false,
        });
        Some(Self { orbit, since, ringing })
    }
}

fn calls_of(state: &OrbitState) -> &[CallView] {
    match state {
        OrbitState::Taken(calls) => calls,
        OrbitState::Free | OrbitState::Reserved | OrbitState::CoolingDown => &[],
    }
}

//! The power goes, and comes back.

use super::{Stage, new_unit};
use orbitbox_park::{LegId, OrbitState, Token};
use orbitbox_switchboard::{Entry, Input, Switchboard, ports};
use std::collections::BTreeMap;
use std::time::Duration;

/// Who waits where, and since when, in milliseconds.
type Waiting = BTreeMap<String, Vec<(Token, LegId, String, u128)>>;

impl Stage {
    pub(super) fn keep(&mut self, entries: Vec<Entry>) {
        for Entry { key, record } in entries {
            match record {
                Some(record) => drop(self.kept.insert(key, record)),
                None => drop(self.kept.remove(&key)),
            }
        }
    }

    /// `power cut`, or `power cut 90 s`: nothing is said to anybody, and the unit is off for so long.
    pub(super) fn cut_power(&mut self, off_for: &[&str]) -> Result<(), String> {
        self.nothing_more()?;
        if let [seconds, "s"] = off_for {
            self.now += Duration::from_secs(seconds.parse().map_err(|_| "a time is written 90 s".to_owned())?);
        }
        self.streams.clear();
        (self.speaking, self.overhead, self.inlet) = (None, None, None);
        self.recorded.clear();
        self.relays.clear();
        let mut unit = self.fresh_unit()?;
        self.restore(&mut unit);
        self.unit = unit;
        self.drain();
        Ok(())
    }

    /// After every step: a unit that starts from what is on disk has the same callers in the same orbits.
    pub(super) fn would_survive_a_power_cut(&self) -> Result<(), String> {
        let (before, after) = (waiting(&self.unit, self.now), waiting(&self.restarted()?, self.now));
        if before == after { Ok(()) } else { Err(format!("a power cut now turns {before:?} into {after:?}")) }
    }

    fn restarted(&self) -> Result<Switchboard, String> {
        let mut unit = new_unit(&self.configuration, self.seed())?;
        self.restore(&mut unit);
        Ok(unit)
    }

    pub(super) fn seed(&self) -> u64 {
        self.now.as_nanos() as u64 | 1
    }

    fn restore(&self, unit: &mut Switchboard) {
        let records: Vec<(String, String)> = self.kept.clone().into_iter().collect();
        let spare = (0..Switchboard::PORTS_AHEAD as u16).map(|place| 20_000 + 2 * place);
        for port in ports(&records).into_iter().chain(spare) {
            unit.handle_input(self.now, Input::PortBound(port));
        }
        unit.restore(self.now, &records);
    }
}

fn waiting(unit: &Switchboard, now: Duration) -> Waiting {
    let of = |view: orbitbox_park::OrbitView| match view.state {
        OrbitState::Taken(calls) => {
            let calls =
                calls.into_iter().map(|call| (call.token, call.leg, call.caller.address, call.since.as_millis()));
            Some((view.orbit.to_string(), calls.collect()))
        }
        OrbitState::Free | OrbitState::Reserved | OrbitState::CoolingDown => None,
    };
    unit.orbits(now).into_iter().filter_map(of).collect()
}

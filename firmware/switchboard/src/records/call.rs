//! A parked call.

use super::written::{self, Who, millis};
use crate::Switchboard;
use crate::episode::Episode;
use orbitbox_park::{KeptCall, LegId, LotId, Party, Token};
use serde::{Deserialize, Serialize};
use std::time::Duration;

pub(super) const KIND: &str = "call/";

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CallRecord {
    orbit: String,
    /// By its name: places in the configuration change.
    lot: String,
    pub(super) leg: u64,
    caller: Who,
    parker: Option<Who>,
    because: String,
    since: u64,
    ringbacks: u8,
    fallback_failed: bool,
    next_rung: Option<u64>,
    end_of_life: u64,
}

impl Switchboard {
    pub(super) fn call_record(&self, call: &KeptCall) -> Option<String> {
        let lot = self.unit.lots.get(usize::from(call.lot.0))?;
        let because = self.episodes.get(&call.token).map(|episode| episode.because.clone()).unwrap_or_default();
        written::write(&CallRecord {
            orbit: call.orbit.to_string(),
            lot: lot.lot.name.clone(),
            leg: call.leg.0,
            caller: (&call.caller).into(),
            parker: call.parker.as_ref().map(Who::from),
            because,
            since: millis(call.since),
            ringbacks: call.ringbacks,
            fallback_failed: call.fallback_failed,
            next_rung: call.next_rung.map(millis),
            end_of_life: millis(call.end_of_life),
        })
    }

    /// The call waits again, and is announced again. `false` where that cannot be.
    pub(super) fn restore_call(&mut self, now: Duration, token: Token, record: CallRecord) -> bool {
        let Ok(orbit) = record.orbit.parse() else { return false };
        let at = Duration::from_millis;
        let named = self.unit.lots.iter().position(|lot| lot.lot.name == record.lot);
        // Where the lot is gone, the calls in it are those of whichever lot has the orbit now, or of the first.
        let lot = named.map(|place| LotId(place as u16)).or(self.park.lot_of(orbit)).unwrap_or(LotId(0));
        let parker: Option<Party> = record.parker.map(Party::from);
        let kept = KeptCall {
            token,
            orbit,
            lot,
            leg: LegId(record.leg),
            caller: record.caller.into(),
            parker: parker.clone(),
            since: at(record.since),
            ringbacks: record.ringbacks,
            fallback_failed: record.fallback_failed,
            next_rung: record.next_rung.map(at),
            end_of_life: at(record.end_of_life),
        };
        if !self.park.restore(now, kept) {
            return false;
        }
        let name = parker.as_ref().map(|parker| parker.name.clone()).unwrap_or_default();
        self.episodes.insert(token, Episode { orbit, parker, because: record.because });
        self.announce(now, token, (orbit, lot), &name);
        true
    }
}

//! What the shell has been told to keep, so that it is told of changes and of nothing else.

use super::{call, counters, leg, station};
use crate::output::Entry;
use crate::{Output, Switchboard};
use orbitbox_park::{KeptCall, LegId, Token};
use orbitbox_sip::SubscriptionId;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// By key: a hash of the record.
    kept: BTreeMap<String, u64>,
    calls: BTreeMap<Token, KeptCall>,
    waiting: BTreeSet<LegId>,
    lamps: BTreeMap<SubscriptionId, String>,
}

impl Ledger {
    /// Whether the leg is that of a parked call.
    pub(super) fn waits(&self, leg: LegId) -> bool {
        self.waiting.contains(&leg)
    }

    /// What was read is kept already.
    pub(super) fn read(&mut self, records: &[(String, String)]) {
        self.kept = records.iter().map(|(key, record)| (key.clone(), hash(record))).collect();
    }

    pub(super) fn lamps(&self) -> impl Iterator<Item = &String> {
        self.lamps.values()
    }

    pub(super) fn reads_lamp(&mut self, id: SubscriptionId, key: String) {
        self.lamps.insert(id, key);
    }

    /// The change, if it is one.
    fn entry(&mut self, key: String, record: Option<String>) -> Option<Entry> {
        let before = self.kept.get(&key).copied();
        let after = record.as_deref().map(hash);
        if before == after {
            return None;
        }
        match after {
            Some(after) => self.kept.insert(key.clone(), after),
            None => self.kept.remove(&key),
        };
        Some(Entry { key, record })
    }

    /// Keys that stand for nothing any more.
    pub(super) fn drop_others(&mut self, live: &BTreeSet<String>) -> Vec<Entry> {
        let dead: Vec<String> = self.kept.keys().filter(|key| !live.contains(*key)).cloned().collect();
        dead.into_iter().filter_map(|key| self.entry(key, None)).collect()
    }
}

impl Switchboard {
    /// What has to be on disk before anybody hears of what was decided: whatever is new or different, and calls that are over
    /// together with what they have become.
    pub(crate) fn keep_before(&mut self) {
        let mut entries = Vec::new();
        self.keep_calls(&mut entries);
        while let Some(usage) = self.sip.poll_touched() {
            if let Some(leg) = self.legs.by_usage(usage) {
                self.legs.touch(leg);
            }
        }
        let legs: Vec<LegId> = self.legs.touched().collect();
        for id in legs {
            if let Some(record) = self.leg_record(id) {
                self.legs.settle(id);
                entries.extend(self.ledger.entry(format!("{}{}", leg::KIND, id.0), Some(record)));
            }
        }
        for id in self.watchers.take_touched() {
            let key = match self.lamp_record(id) {
                Some((key, record)) => {
                    self.ledger.lamps.insert(id, key.clone());
                    entries.extend(self.ledger.entry(key, Some(record)));
                    continue;
                }
                None => self.ledger.lamps.remove(&id),
            };
            entries.extend(key.and_then(|key| self.ledger.entry(key, None)));
        }
        while let Some(name) = self.sip.poll_registered() {
            let record = self.station_record(&name);
            entries.extend(self.ledger.entry(format!("{}{name}", station::KIND), record));
        }
        if !entries.is_empty() {
            let counters = self.counters_record();
            entries.extend(self.ledger.entry(counters::KEY.to_owned(), counters));
            self.output(Output::Keep(entries));
        }
    }

    /// What is over may be forgotten afterwards: should the unit stop in between, the other side says that it is.
    pub(crate) fn keep_after(&mut self) {
        let legs: Vec<LegId> = self.legs.touched().collect();
        let mut entries = Vec::new();
        for id in legs {
            self.legs.settle(id);
            let record = self.leg_record(id);
            entries.extend(self.ledger.entry(format!("{}{}", leg::KIND, id.0), record));
        }
        if !entries.is_empty() {
            self.output(Output::Keep(entries));
        }
    }

    fn keep_calls(&mut self, entries: &mut Vec<Entry>) {
        if !std::mem::take(&mut self.parked_changed) {
            return;
        }
        let calls: BTreeMap<Token, KeptCall> = self.park.kept().map(|call| (call.token, call)).collect();
        let waiting: BTreeSet<LegId> = calls.values().map(|call| call.leg).collect();
        for leg in self.ledger.waiting.symmetric_difference(&waiting) {
            self.legs.touch(*leg);
        }
        self.ledger.waiting = waiting;
        let before = std::mem::take(&mut self.ledger.calls);
        for (token, kept) in &calls {
            if before.get(token) != Some(kept) {
                let record = self.call_record(kept);
                entries.extend(self.ledger.entry(format!("{}{}", call::KIND, token.0), record));
            }
        }
        for token in before.keys().filter(|token| !calls.contains_key(token)) {
            entries.extend(self.ledger.entry(format!("{}{}", call::KIND, token.0), None));
        }
        self.ledger.calls = calls;
    }
}

fn hash(record: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    record.hash(&mut hasher);
    hasher.finish()
}

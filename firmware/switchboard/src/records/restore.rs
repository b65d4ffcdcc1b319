//! The unit goes on after a restart.

use super::call::CallRecord;
use super::leg::{LegRecord, UpRecord};
use super::{call, counters, lamp, leg, station, written};
use crate::routes::sip_to_media::SDP;
use crate::switchboard::whole;
use crate::{Output, Switchboard};
use orbitbox_park::{LegId, Token};
use orbitbox_sip::Body;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The RTP ports that the legs in these records had. The shell binds them before anything else, tells of each, and then hands
/// the records to [`Switchboard::restore`].
pub fn ports(records: &[(String, String)]) -> Vec<u16> {
    legs(records).iter().filter_map(|(_, record)| up(record)).map(UpRecord::port).collect()
}

fn up(record: &LegRecord) -> Option<&UpRecord> {
    match record {
        LegRecord::Up(up) => Some(up),
        LegRecord::Rings(_) => None,
    }
}

fn legs(records: &[(String, String)]) -> Vec<(LegId, LegRecord)> {
    let of = |(key, text): &(String, String)| {
        let id = key.strip_prefix(leg::KIND)?.parse().ok()?;
        Some((LegId(id), written::read(text)?))
    };
    records.iter().filter_map(of).collect()
}

impl Switchboard {
    /// Goes on from the records of before a restart: callers wait in their orbits again and hear music, those who talked do,
    /// lamps are right. Then every party is asked by a re-INVITE whether it is still there, with the media anew; who is not
    /// frees their orbit. Phones that rang stop ringing. `now` is later than every time at which the records were written.
    ///
    /// Call it once, after the ports are bound and before anybody is answered.
    pub fn restore(&mut self, now: Duration, records: &[(String, String)]) {
        let now = whole(now);
        if let Some(recorder) = &self.recorder {
            recorder.restored(now, records);
        }
        self.ledger.read(records);
        let of = |kind: &str| -> Vec<(String, String)> {
            let named = |(key, text): &(String, String)| Some((key.strip_prefix(kind)?.to_owned(), text.clone()));
            records.iter().filter_map(named).collect()
        };
        for (_, text) in records.iter().filter(|(key, _)| key == counters::KEY) {
            self.restore_counters(text);
        }
        for (station, text) in of(station::KIND) {
            self.restore_station(now, &station, &text);
        }
        let peers = self.restore_legs(now, records);
        let mut back = 0;
        let mut lost = 0;
        for (token, text) in of(call::KIND) {
            let record = token.parse().ok().zip(written::read::<CallRecord>(&text));
            let restored = record.is_some_and(|(token, record)| self.resume(now, Token(token), record));
            if restored { back += 1 } else { lost += 1 }
        }
        self.resume_bridges(now, &peers);
        self.hang_up_leftovers(now, &peers);
        // Watchers are told once how it stands, and not of it as of a change.
        self.watchers.changed(&self.park.taken(now));
        for (tag, text) in of(lamp::KIND) {
            if let Some(id) = self.restore_lamp(now, &text) {
                self.ledger.reads_lamp(id, format!("{}{tag}", lamp::KIND));
            }
        }
        self.probe(now);
        if back + lost > 0 {
            let lost = if lost > 0 { format!("; {lost} could not be taken up again") } else { String::new() };
            self.note(now, format!("The unit has started anew, with {back} parked calls of before{lost}"));
        }
        self.parked_changed = true;
        self.orbits_changed = true;
        self.forget_dead(records);
        self.settle(now);
    }

    /// By leg: whom it talked to.
    fn restore_legs(&mut self, now: Duration, records: &[(String, String)]) -> BTreeMap<LegId, Option<LegId>> {
        let mut peers = BTreeMap::new();
        let mut highest = 0;
        for (id, record) in legs(records) {
            highest = highest.max(id.0);
            match record {
                LegRecord::Rings(invite) => self.sip.take_back(now, *invite),
                LegRecord::Up(up) => {
                    let peer = up.peer.map(LegId);
                    if self.restore_leg(now, id, *up) {
                        peers.insert(id, peer);
                    }
                }
            }
        }
        self.park.skip_issued(highest, 0);
        peers
    }

    fn resume(&mut self, now: Duration, token: Token, record: CallRecord) -> bool {
        let id = LegId(record.leg);
        self.park.skip_issued(0, token.0);
        if self.legs.of(id).is_none() || !self.restore_call(now, token, record) {
            return false;
        }
        if let Some(orbit) = self.episodes.get(&token).map(|episode| episode.orbit) {
            self.play_again(id, orbit);
        }
        true
    }

    fn resume_bridges(&mut self, now: Duration, peers: &BTreeMap<LegId, Option<LegId>>) {
        for (a, peer) in peers {
            let Some(b) = peer.filter(|b| *a < *b && peers.get(b) == Some(&Some(*a))) else { continue };
            self.join(*a, b);
            self.note(now, "Two who were talking when the unit stopped are joined again".to_owned());
        }
    }

    /// Legs that neither wait nor talk: what they were part of was over, and the last word to them was lost.
    fn hang_up_leftovers(&mut self, now: Duration, peers: &BTreeMap<LegId, Option<LegId>>) {
        let waiting: BTreeSet<LegId> = self.park.kept().map(|call| call.leg).collect();
        for id in peers.keys().filter(|id| !waiting.contains(id)) {
            if self.legs.of(*id).is_some_and(|leg| leg.peer.is_none()) {
                self.hang_up(now, *id, "The unit has started anew");
                self.forget(*id);
            }
        }
    }

    /// Asks everybody whether they are still there.
    fn probe(&mut self, now: Duration) {
        let legs: Vec<LegId> = self.legs.iter().map(|leg| leg.id).collect();
        for id in legs {
            let Some(leg) = self.legs.of_mut(id) else { continue };
            let (usage, bytes) = (leg.usage, leg.negotiation.offer());
            self.sip.offer_change(now, usage, Body { content_type: SDP.to_owned(), bytes });
            self.probed.insert(id);
        }
    }

    /// Records of what did not come back.
    fn forget_dead(&mut self, records: &[(String, String)]) {
        let live_leg =
            |key: &str| key.strip_prefix(leg::KIND)?.parse().ok().map(|id| self.legs.of(LegId(id)).is_some());
        let calls: BTreeSet<String> = self.park.kept().map(|call| format!("{}{}", call::KIND, call.token.0)).collect();
        let lamps: BTreeSet<String> = self.ledger.lamps().cloned().collect();
        let is_live = |key: &str| {
            live_leg(key).unwrap_or_else(|| {
                calls.contains(key)
                    || lamps.contains(key)
                    || key == counters::KEY
                    || key.strip_prefix(station::KIND).is_some_and(|station| self.sip.contact_of(station).is_some())
            })
        };
        let live: BTreeSet<String> = records.iter().map(|(key, _)| key.clone()).filter(|key| is_live(key)).collect();
        let dead = self.ledger.drop_others(&live);
        if !dead.is_empty() {
            self.output(Output::Keep(dead));
        }
    }
}

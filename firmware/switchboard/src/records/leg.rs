//! A leg: somebody who waits or talks, or a phone that rings.

use super::written::{self, Who};
use crate::Switchboard;
use crate::leg::{Leg, Role, Stage};
use orbitbox_config::Encryption;
use orbitbox_media::{Command, MediaRecord, Negotiation};
use orbitbox_park::LegId;
use orbitbox_sip::{InviteRecord, UsageRecord};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::time::Duration;

pub(super) const KIND: &str = "leg/";

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum LegRecord {
    /// Its dialog is confirmed.
    Up(Box<UpRecord>),
    /// The unit calls; nobody has answered.
    Rings(Box<InviteRecord>),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct UpRecord {
    party: Who,
    /// It waits, or has waited.
    parkee: bool,
    /// Whom it talks to.
    pub(super) peer: Option<u64>,
    asked_for_park: bool,
    usage: UsageRecord,
    media: MediaRecord,
}

impl UpRecord {
    /// The RTP port it had.
    pub(super) fn port(&self) -> u16 {
        self.media.local.port()
    }
}

impl Switchboard {
    pub(super) fn leg_record(&self, id: LegId) -> Option<String> {
        let leg = self.legs.of(id)?;
        let record = match self.sip.invite_record(leg.usage) {
            Some(invite) => LegRecord::Rings(Box::new(invite)),
            None => LegRecord::Up(Box::new(self.up_record(leg)?)),
        };
        written::write(&record)
    }

    /// Legs that wait, and those that talk to each other once both are confirmed.
    fn up_record(&self, leg: &Leg) -> Option<UpRecord> {
        let usage = self.sip.usage_record(leg.usage)?;
        let peer = leg.peer.and_then(|peer| self.legs.of(peer));
        let talks = peer.is_some_and(|peer| self.sip.usage_record(peer.usage).is_some());
        if !talks && !self.ledger.waits(leg.id) {
            return None;
        }
        Some(UpRecord {
            party: (&leg.party).into(),
            parkee: leg.role == Role::Parkee,
            peer: leg.peer.filter(|_| talks).map(|peer| peer.0),
            asked_for_park: leg.asked_for_park,
            usage,
            media: leg.negotiation.record(),
        })
    }

    /// The leg is there again, on its old port where the shell could bind it. It sends nothing yet. `false` where it cannot be.
    pub(super) fn restore_leg(&mut self, now: Duration, id: LegId, record: UpRecord) -> bool {
        let Some(port) = self.take_port_again(record.port()) else { return false };
        let local = SocketAddr::new(record.media.local.ip(), port);
        let terms = self.terms(Some(Encryption::Optional), false);
        let negotiation = Negotiation::restored(&record.media, local, terms);
        let restored =
            negotiation.and_then(|negotiation| Some((negotiation, self.sip.restore_usage(now, &record.usage)?)));
        let Some((negotiation, usage)) = restored else {
            self.return_port(port);
            return false;
        };
        let leg = Leg {
            id,
            usage,
            party: record.party.into(),
            role: if record.parkee { Role::Parkee } else { Role::Station },
            stage: Stage::Connected,
            negotiated: negotiation.settled(),
            negotiation,
            description: Vec::new(),
            heard: true,
            measured: None,
            because: String::new(),
            in_place_of: None,
            asked_for_park: record.asked_for_park,
            peer: None,
        };
        self.open(leg, port);
        true
    }

    /// Plays to a caller who waits.
    pub(super) fn play_again(&mut self, id: LegId, orbit: orbitbox_park::OrbitNumber) {
        let source = orbitbox_media::Source::Music(self.music_of(orbit));
        self.media(Command::Play { stream: crate::leg::stream_of(id), source });
    }
}

//! An attended transfer that a PBX completes by itself: on the dialog of the parker, who has heard the orbit, the caller
//! turns up. Nothing says so but another identity, or media that comes from elsewhere.

use crate::Switchboard;
use crate::addresses::outside_party;
use crate::leg::Role;
use orbitbox_media::Negotiated;
use orbitbox_park::{Event, LegId, Party, Place};
use orbitbox_sip::InviteId;
use orbitbox_sip::message::NameAddr;
use std::time::Duration;

/// How long a parker who has heard the orbit may stay on the line before whoever is there is taken for the caller.
pub(crate) const UNDECIDED_FOR: Duration = Duration::from_secs(30);

impl Switchboard {
    /// Somebody else is on the leg from now on.
    pub(crate) fn identified(&mut self, now: Duration, usage: InviteId, who: &NameAddr) {
        let Some(id) = self.legs.by_usage(usage) else { return };
        let Some(leg) = self.legs.of_mut(id) else { return };
        let party = outside_party(who);
        if party.address == leg.party.address {
            return;
        }
        match leg.role {
            Role::Reserver(Some(_)) => self.swap(now, id, party),
            Role::Parkee
            | Role::Reserver(None)
            | Role::Retriever
            | Role::Fetched
            | Role::Pager
            | Role::Ringer
            | Role::Station
            | Role::ToldOrbit(_)
            | Role::Dialled(_) => {
                leg.party = party;
            }
        }
    }

    /// The leg's media was re-negotiated. A phone that holds its parker stays where it is; a PBX that has swapped the party
    /// names another address. `0.0.0.0` is an old way to hold (RFC 2543).
    pub(crate) fn media_moved(&mut self, now: Duration, id: LegId, before: Option<Negotiated>) {
        let Some(leg) = self.legs.of(id).filter(|leg| matches!(leg.role, Role::Reserver(Some(_)))) else { return };
        let elsewhere = before.zip(leg.negotiated).is_some_and(|(before, after)| {
            let named = [before, after].iter().all(|side| !side.remote.ip().is_unspecified());
            named && before.remote != after.remote
        });
        if elsewhere {
            self.swap(now, id, unknown());
        }
    }

    /// Parkers who have stayed on the line for so long are taken for their callers: then at least somebody is told.
    pub(crate) fn expire_undecided(&mut self, now: Duration) {
        let due: Vec<LegId> = self.undecided.iter().filter(|(_, until)| **until <= now).map(|(leg, _)| *leg).collect();
        for leg in due {
            self.swap(now, leg, unknown());
        }
    }

    /// The leg that reserved the orbit is the call from now on.
    fn swap(&mut self, now: Duration, id: LegId, caller: Party) {
        self.undecided.remove(&id);
        let Some(leg) = self.legs.of_mut(id).filter(|leg| matches!(leg.role, Role::Reserver(Some(_)))) else { return };
        let parker = Some(std::mem::replace(&mut leg.party, caller.clone()));
        self.park_event(now, Event::ParkRequested { leg: id, caller, parker, place: Place::ReservedBy(id) });
    }
}

fn unknown() -> Party {
    Party { address: "sip:anonymous@anonymous.invalid".to_owned(), name: "Unknown caller".to_owned() }
}

//! What people ask for.

use super::{Call, Doing, Kept, Model, Seen, Who};
use orbitbox_park::{
    Action, DialPurpose, HangupCause, LegId, Notice, OrbitNumber, Party, Place, Rejection, RetrieveBy, Which,
};
use std::time::Duration;

impl Model {
    pub(super) fn park(
        &mut self,
        now: Duration,
        (leg, caller, parker): (LegId, Party, Option<Party>),
        place: Place,
        seen: &Seen<'_>,
        out: &mut Vec<Action>,
    ) {
        let own_reservation = place == Place::ReservedBy(leg) && self.kept.iter().any(|kept| kept.leg == leg);
        let found = if self.in_use(leg) && !own_reservation {
            Err(Rejection::AlreadyParked)
        } else {
            self.find_place(now, place, seen)
        };
        let (orbit, used) = match found {
            Ok(found) => found,
            Err(why) => return out.push(Action::Reject { leg, why }),
        };
        let Some((lot, _)) = self.lot_of(orbit) else { return };
        let token = seen.token();
        let parker = parker.or(used.as_ref().map(|kept| kept.parker.clone()));
        out.push(Action::Hold { parkee: leg, orbit, lot });
        if let Some(kept) = used
            && kept.leg != leg
            && kept.leg_ended.is_none()
        {
            out.push(Action::Hangup { leg: kept.leg, cause: HangupCause::TransferCompleted });
        }
        out.push(Action::Notify(Notice::Parked { token, orbit, lot, caller: caller.clone(), parker: parker.clone() }));
        if let Some(past) = self.past.get_mut(&orbit) {
            past.call_left = None;
        }
        self.calls.push(Call {
            token,
            lot,
            orbit,
            leg,
            caller,
            parker,
            parked_at: now,
            doing: Doing::Waiting,
            ringbacks: 0,
            last_try_ended: None,
            fallback_failed: false,
            ladder_ended: None,
        });
    }

    fn find_place(
        &mut self,
        now: Duration,
        place: Place,
        seen: &Seen<'_>,
    ) -> Result<(OrbitNumber, Option<Kept>), Rejection> {
        match place {
            Place::ReservedBy(leg) => {
                let Some(index) = self.kept.iter().position(|kept| kept.leg == leg) else {
                    return Err(Rejection::NoReservation);
                };
                let kept = self.kept.remove(index);
                Ok((kept.orbit, Some(kept)))
            }
            Place::Lot(_) | Place::Orbit(_) if self.draining => Err(Rejection::Draining),
            Place::Lot(lot) => Ok((self.place_in(now, lot, seen)?, None)),
            Place::Orbit(orbit) => Ok((self.named_place(orbit)?, None)),
        }
    }

    pub(super) fn reserve(
        &mut self,
        now: Duration,
        (leg, parker): (LegId, Party),
        place: Place,
        seen: &Seen<'_>,
        out: &mut Vec<Action>,
    ) {
        let found = match place {
            _ if self.in_use(leg) => Err(Rejection::AlreadyParked),
            Place::ReservedBy(_) => Err(Rejection::NoReservation),
            _ if self.draining => Err(Rejection::Draining),
            Place::Lot(lot) => self.place_in(now, lot, seen),
            Place::Orbit(orbit) => self.named_place(orbit),
        };
        match found {
            Ok(orbit) => {
                self.kept.push(Kept { orbit, leg, parker, since: now, leg_ended: None });
                out.push(Action::SpeakReservation { leg, orbit });
            }
            Err(why) => out.push(Action::Reject { leg, why }),
        }
    }

    pub(super) fn retrieve(
        &mut self,
        now: Duration,
        which: Which,
        by: RetrieveBy,
        seen: &mut Seen<'_>,
        out: &mut Vec<Action>,
    ) {
        let wanted = match &by {
            RetrieveBy::Leg(leg) if self.in_use(*leg) => Err(Rejection::AlreadyParked),
            _ => self.wanted(which),
        };
        let index = match (wanted, &by) {
            (Ok(index), _) => index,
            (Err(why), RetrieveBy::Leg(leg)) => return out.push(Action::Reject { leg: *leg, why }),
            (Err(why), RetrieveBy::Calling(by)) => return out.push(Action::Decline { by: by.clone(), why }),
        };
        let call = &mut self.calls[index];
        if let Doing::Ringing { leg, .. } = call.doing {
            out.push(Action::Hangup { leg, cause: HangupCause::CompletedElsewhere });
            call.last_try_ended = Some(now);
        }
        out.push(Action::Notify(Notice::Claimed { token: call.token }));
        let (caller, orbit) = (call.caller.clone(), call.orbit);
        match by {
            RetrieveBy::Leg(leg) => {
                call.doing = Doing::Joining { who: Who::Retriever, leg, since: now };
                out.push(Action::Answer { leg, caller, orbit });
            }
            RetrieveBy::Calling(target) => {
                let leg = seen.dialled();
                let (purpose, waited) = (DialPurpose::Retrieve, now - call.parked_at);
                call.doing = Doing::Ringing { who: Who::Retriever, leg, since: now };
                out.push(Action::Dial { leg, target, caller, orbit, purpose, waited });
            }
        }
    }

    fn wanted(&self, which: Which) -> Result<usize, Rejection> {
        let fits = |call: &Call| match which {
            Which::Orbit(orbit) => call.orbit == orbit,
            Which::Token(token) => call.token == token,
            Which::LongestWaiting => true,
        };
        let can_be_had = |call: &Call| match call.doing {
            Doing::Waiting | Doing::Sorry { .. } => true,
            Doing::Ringing { who, .. } => who != Who::Retriever,
            Doing::Joining { .. } => false,
        };
        if let Which::Orbit(orbit) = which
            && self.lot_of(orbit).is_none()
        {
            return Err(Rejection::NoSuchOrbit);
        }
        if let Some(index) = self.calls.iter().position(|call| fits(call) && can_be_had(call)) {
            return Ok(index);
        }
        Err(match which {
            _ if self.calls.iter().any(fits) => Rejection::AlreadyTaken,
            Which::Token(_) => Rejection::StaleToken,
            Which::Orbit(_) | Which::LongestWaiting => Rejection::OrbitEmpty,
        })
    }
}

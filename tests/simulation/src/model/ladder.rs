//! What time does to those who wait.

use super::{APOLOGY_PATIENCE, Call, Doing, MEDIA_PATIENCE, Model, STATION_RINGS, Seen, Who};
use orbitbox_park::{Action, DialPurpose, HangupCause, LegId, Lot, Notice, Resolution};
use std::time::Duration;

impl Model {
    pub(super) fn time_passed(&mut self, now: Duration, seen: &mut Seen<'_>, out: &mut Vec<Action>) {
        let tokens: Vec<_> = self.calls.iter().map(|call| call.token).collect();
        for token in tokens {
            while let Some(index) = self.calls.iter().position(|call| call.token == token) {
                if self.call_due(&self.calls[index]) > now {
                    break;
                }
                self.push_along(now, index, seen, out);
            }
        }
        self.give_up_reservations(now, out);
        let cooled: Vec<_> = self.past.keys().copied().filter(|orbit| !self.cooling(*orbit, now)).collect();
        for orbit in cooled {
            self.past.entry(orbit).or_default().call_left = None;
        }
    }

    fn push_along(&mut self, now: Duration, index: usize, seen: &mut Seen<'_>, out: &mut Vec<Action>) {
        let call = &self.calls[index];
        let too_old = now >= call.parked_at + self.lots[usize::from(call.lot.0)].max_life;
        match call.doing {
            Doing::Waiting if too_old => self.say_sorry(now, index, out),
            Doing::Waiting => self.next_try(now, index, seen, out),
            Doing::Ringing { leg, who, .. } if too_old => {
                out.push(Action::Hangup { leg, cause: HangupCause::Expired });
                if who == Who::Retriever {
                    out.push(Action::Notify(Notice::Returned { token: call.token }));
                }
                self.say_sorry(now, index, out);
            }
            Doing::Ringing { leg, .. } | Doing::Joining { leg, .. } => {
                out.push(Action::Hangup { leg, cause: HangupCause::NoAnswer });
                self.try_failed(now, index, out);
            }
            Doing::Sorry { .. } => self.end_sorry(now, index, out),
        }
    }

    fn next_try(&mut self, now: Duration, index: usize, seen: &mut Seen<'_>, out: &mut Vec<Action>) {
        let lot = &self.lots[usize::from(self.calls[index].lot.0)];
        let call = &mut self.calls[index];
        let attempts_left = call.ringbacks < lot.ringback.attempts;
        let (who, target, purpose) = match (&call.parker, &lot.fallback) {
            (Some(parker), _) if attempts_left => {
                call.ringbacks += 1;
                // One that had ended goes on for somebody who came in the caller's place and brought a parker.
                call.ladder_ended = None;
                (Who::Parker, parker.clone(), DialPurpose::Ringback { attempt: call.ringbacks })
            }
            (_, Some((fallback, _))) if !call.fallback_failed => {
                (Who::Fallback, fallback.clone(), DialPurpose::Fallback)
            }
            _ => return self.say_sorry(now, index, out),
        };
        let leg = seen.dialled();
        call.doing = Doing::Ringing { who, leg, since: now };
        let (caller, orbit, waited) = (call.caller.clone(), call.orbit, now - call.parked_at);
        out.push(Action::Dial { leg, target, caller, orbit, purpose, waited });
    }

    /// Whoever was to take the call will not.
    fn try_failed(&mut self, now: Duration, index: usize, out: &mut Vec<Action>) {
        let call = &mut self.calls[index];
        let (who, answered) = match call.doing {
            Doing::Ringing { who, .. } => (who, false),
            Doing::Joining { who, .. } => (who, true),
            Doing::Waiting | Doing::Sorry { .. } => return,
        };
        call.doing = Doing::Waiting;
        if answered || who == Who::Retriever {
            out.push(Action::Notify(Notice::Returned { token: call.token }));
        }
        match who {
            Who::Retriever => {}
            Who::Parker => call.last_try_ended = Some(now),
            Who::Fallback => {
                call.fallback_failed = true;
                self.say_sorry(now, index, out);
            }
        }
    }

    fn say_sorry(&mut self, now: Duration, index: usize, out: &mut Vec<Action>) {
        let too_old = now >= self.calls[index].parked_at + self.lots[usize::from(self.calls[index].lot.0)].max_life;
        let call = &mut self.calls[index];
        let ends = if too_old { Resolution::Expired } else { Resolution::Dropped };
        if !too_old {
            call.ladder_ended = Some(now);
        }
        call.doing = Doing::Sorry { since: now, ends };
        out.push(Action::Apologise { parkee: call.leg });
    }

    pub(super) fn end_sorry(&mut self, now: Duration, index: usize, out: &mut Vec<Action>) {
        let Doing::Sorry { ends, .. } = self.calls[index].doing else { return };
        out.push(Action::Hangup { leg: self.calls[index].leg, cause: HangupCause::Expired });
        self.leave(now, index, ends, out);
    }

    pub(super) fn leg_ended(&mut self, now: Duration, leg: LegId, out: &mut Vec<Action>) {
        if let Some(index) = self.calls.iter().position(|call| call.leg == leg) {
            if let Doing::Ringing { leg, .. } | Doing::Joining { leg, .. } = self.calls[index].doing {
                out.push(Action::Hangup { leg, cause: HangupCause::CallerGone });
            }
            self.leave(now, index, Resolution::Abandoned, out);
        } else if let Some((index, _)) = self.taken_by(leg) {
            self.try_failed(now, index, out);
        } else if let Some(kept) = self.kept.iter_mut().find(|kept| kept.leg == leg) {
            kept.leg_ended = kept.leg_ended.or(Some(now));
        }
    }

    fn give_up_reservations(&mut self, now: Duration, out: &mut Vec<Action>) {
        let orbits: Vec<_> = self.past.keys().copied().collect();
        for orbit in orbits {
            while let Some(index) =
                self.kept.iter().position(|kept| kept.orbit == orbit && self.kept_until(kept) <= now)
            {
                let kept = self.kept.remove(index);
                if kept.leg_ended.is_none() {
                    out.push(Action::Hangup { leg: kept.leg, cause: HangupCause::Expired });
                }
                self.note_if_empty(now, kept.orbit);
            }
        }
    }

    pub(super) fn kept_until(&self, kept: &super::Kept) -> Duration {
        let Some((_, lot)) = self.lot_of(kept.orbit) else { return Duration::MAX };
        match kept.leg_ended {
            Some(ended) => ended + lot.reservation_grace,
            None => kept.since + lot.max_life,
        }
    }

    /// When something happens to the call by itself.
    pub(super) fn call_due(&self, call: &Call) -> Duration {
        let lot = &self.lots[usize::from(call.lot.0)];
        let too_old = call.parked_at + lot.max_life;
        match call.doing {
            Doing::Waiting => next_try_at(call, lot).map_or(too_old, |at| at.min(too_old)),
            Doing::Ringing { who, since, .. } => {
                let rings = match (who, &lot.fallback) {
                    (Who::Retriever, _) => STATION_RINGS,
                    (Who::Fallback, Some((_, rings))) => *rings,
                    (Who::Parker | Who::Fallback, _) => lot.ringback.ring_for,
                };
                too_old.min(since + rings)
            }
            Doing::Joining { since, .. } => since + MEDIA_PATIENCE,
            Doing::Sorry { since, .. } => since + APOLOGY_PATIENCE,
        }
    }
}

fn next_try_at(call: &Call, lot: &Lot) -> Option<Duration> {
    if lot.ringback.after == Duration::ZERO {
        return None;
    }
    let by_ladder = match call.last_try_ended {
        None => call.parked_at + lot.ringback.after,
        Some(ended) => ended + lot.ringback.interval,
    };
    Some(call.ladder_ended.unwrap_or(by_ladder))
}

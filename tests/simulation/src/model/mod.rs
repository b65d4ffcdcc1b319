//! What the park server ought to do, said as simply as possible.
//!
//! Flat lists searched from end to end, and facts ("rang since", "last try ended at") instead of deadlines. It shares
//! nothing with the server but the vocabulary. Where the server is free (a leg's or a token's number, a random orbit)
//! the model looks at what it chose, and checks that it was a choice.

mod ladder;
mod place;
mod request;
mod view;

use crate::Input;
use orbitbox_park::{
    Action, Event, HangupCause, LegId, Lot, LotId, Notice, OrbitNumber, Party, Rejection, Resolution, Token,
};
use std::collections::BTreeMap;
use std::time::Duration;

pub(crate) const STATION_RINGS: Duration = Duration::from_secs(20);
pub(crate) const MEDIA_PATIENCE: Duration = Duration::from_secs(40);
pub(crate) const APOLOGY_PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Retriever,
    Parker,
    Fallback,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Waiting,
    /// Somebody's phone rings.
    Ringing {
        who: Who,
        leg: LegId,
        since: Duration,
    },
    /// Somebody is there, the voices are not.
    Joining {
        who: Who,
        leg: LegId,
        since: Duration,
    },
    Sorry {
        since: Duration,
        ends: Resolution,
    },
}

#[derive(Debug, Clone)]
struct Call {
    token: Token,
    lot: LotId,
    orbit: OrbitNumber,
    leg: LegId,
    caller: Party,
    parker: Option<Party>,
    parked_at: Duration,
    doing: Doing,
    ringbacks: u8,
    /// When the parker or the fallback last stopped ringing without taking the call.
    last_try_ended: Option<Duration>,
    fallback_failed: bool,
    /// The ladder's end was reached then.
    ladder_ended: Option<Duration>,
}

#[derive(Debug, Clone)]
struct Kept {
    orbit: OrbitNumber,
    leg: LegId,
    parker: Party,
    since: Duration,
    leg_ended: Option<Duration>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Past {
    /// When it was last left without calls and reservations.
    emptied: Option<Duration>,
    /// When its last call left, while that still matters.
    call_left: Option<Duration>,
}

pub(crate) struct Model {
    lots: Vec<Lot>,
    /// In the order of parking.
    calls: Vec<Call>,
    kept: Vec<Kept>,
    past: BTreeMap<OrbitNumber, Past>,
    last_chosen: BTreeMap<LotId, OrbitNumber>,
    draining: bool,
}

/// What the server did, for the choices that are its own.
struct Seen<'a> {
    actions: &'a [Action],
    dials: usize,
}

impl Seen<'_> {
    /// The leg of the next `Dial`. A leg that is never dialled gets a number that fits nothing.
    fn dialled(&mut self) -> LegId {
        let mut legs = self.actions.iter().filter_map(|action| match action {
            Action::Dial { leg, .. } => Some(*leg),
            _ => None,
        });
        self.dials += 1;
        legs.nth(self.dials - 1).unwrap_or(LegId(u64::MAX))
    }

    fn token(&self) -> Token {
        let mut tokens = self.actions.iter().filter_map(|action| match action {
            Action::Notify(Notice::Parked { token, .. }) => Some(*token),
            _ => None,
        });
        tokens.next().unwrap_or(Token(u64::MAX))
    }

    fn orbit(&self) -> Option<OrbitNumber> {
        self.actions.iter().find_map(|action| match action {
            Action::Hold { orbit, .. } | Action::SpeakReservation { orbit, .. } => Some(*orbit),
            _ => None,
        })
    }
}

impl Model {
    pub(crate) fn new(lots: &[Lot]) -> Self {
        let orbits = lots.iter().flat_map(|lot| lot.orbits.iter());
        Self {
            lots: lots.to_vec(),
            calls: Vec::new(),
            kept: Vec::new(),
            past: orbits.map(|orbit| (*orbit, Past::default())).collect(),
            last_chosen: BTreeMap::new(),
            draining: false,
        }
    }

    /// What the server ought to do now; `actions` is what it did.
    pub(crate) fn expect(&mut self, now: Duration, input: &Input, actions: &[Action]) -> Vec<Action> {
        let mut seen = Seen { actions, dials: 0 };
        let mut out = Vec::new();
        match input {
            Input::Timeout => self.time_passed(now, &mut seen, &mut out),
            Input::Event(event) => self.happened(now, event.clone(), &mut seen, &mut out),
        }
        out
    }

    fn happened(&mut self, now: Duration, event: Event, seen: &mut Seen<'_>, out: &mut Vec<Action>) {
        match event {
            Event::ParkRequested { leg, caller, parker, place } => {
                self.park(now, (leg, caller, parker), place, seen, out);
            }
            Event::ParkeeReplaced { leg, .. } if self.in_use(leg) => {
                out.push(Action::Reject { leg, why: Rejection::AlreadyParked });
            }
            Event::ParkeeReplaced { old, leg, caller, parker } => {
                let Some(call) = self.calls.iter_mut().find(|call| call.leg == old) else {
                    return out.push(Action::Reject { leg, why: Rejection::StaleToken });
                };
                (call.leg, call.caller) = (leg, caller.clone());
                call.parker = parker.or(call.parker.take());
                out.push(Action::Hold { parkee: leg, orbit: call.orbit, lot: call.lot });
                out.push(Action::Hangup { leg: old, cause: HangupCause::TransferCompleted });
                out.push(Action::Notify(Notice::Replaced { token: call.token, orbit: call.orbit, caller }));
            }
            Event::ReserveRequested { leg, parker, place } => self.reserve(now, (leg, parker), place, seen, out),
            Event::RetrieveRequested { which, by } => self.retrieve(now, which, by, seen, out),
            Event::Answered { leg } => {
                for call in &mut self.calls {
                    if let Doing::Ringing { who, leg: ringing, .. } = call.doing
                        && ringing == leg
                    {
                        call.doing = Doing::Joining { who, leg, since: now };
                        if who != Who::Retriever {
                            out.push(Action::Notify(Notice::Claimed { token: call.token }));
                        }
                    }
                }
            }
            Event::Connected { leg } => {
                if let Some((index, who)) = self.taken_by(leg) {
                    out.push(Action::Connect { parkee: self.calls[index].leg, with: leg });
                    let how = match who {
                        Who::Retriever => Resolution::Retrieved,
                        Who::Parker => Resolution::RungBack,
                        Who::Fallback => Resolution::FellBack,
                    };
                    self.leave(now, index, how, out);
                }
            }
            Event::LegEnded { leg } => self.leg_ended(now, leg, out),
            Event::Apologised { leg } => {
                let sorry = |call: &Call| call.leg == leg && matches!(call.doing, Doing::Sorry { .. });
                if let Some(index) = self.calls.iter().position(sorry) {
                    self.end_sorry(now, index, out);
                }
            }
            Event::DrainingSet(on) => self.draining = on,
        }
    }

    /// The call that is being moved to this leg.
    fn taken_by(&self, wanted: LegId) -> Option<(usize, Who)> {
        self.calls.iter().enumerate().find_map(|(index, call)| match call.doing {
            Doing::Ringing { who, leg, .. } | Doing::Joining { who, leg, .. } if leg == wanted => Some((index, who)),
            _ => None,
        })
    }

    fn in_use(&self, leg: LegId) -> bool {
        self.calls.iter().any(|call| call.leg == leg)
            || self.taken_by(leg).is_some()
            || self.kept.iter().any(|kept| kept.leg == leg)
    }

    fn lot(&self, lot: LotId) -> Option<&Lot> {
        self.lots.get(usize::from(lot.0))
    }

    fn lot_of(&self, orbit: OrbitNumber) -> Option<(LotId, &Lot)> {
        (0..).map(LotId).zip(&self.lots).find(|(_, lot)| lot.orbits.contains(&orbit))
    }

    /// The episode is over.
    fn leave(&mut self, now: Duration, index: usize, resolution: Resolution, out: &mut Vec<Action>) {
        let call = self.calls.remove(index);
        let waited = now - call.parked_at;
        out.push(Action::Notify(Notice::Resolved { token: call.token, orbit: call.orbit, resolution, waited }));
        if !self.calls.iter().any(|other| other.orbit == call.orbit)
            && let Some(past) = self.past.get_mut(&call.orbit)
        {
            past.call_left = Some(now);
        }
        self.note_if_empty(now, call.orbit);
    }

    fn note_if_empty(&mut self, now: Duration, orbit: OrbitNumber) {
        if self.load(orbit) == 0
            && let Some(past) = self.past.get_mut(&orbit)
        {
            past.emptied = Some(now);
        }
    }

    /// Calls and reservations in the orbit.
    fn load(&self, orbit: OrbitNumber) -> usize {
        self.calls.iter().filter(|call| call.orbit == orbit).count()
            + self.kept.iter().filter(|kept| kept.orbit == orbit).count()
    }
}

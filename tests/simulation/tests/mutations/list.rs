//! The bugs that are planted. The first few are planted in the fast suite too.

/// One bug: a text in the park server's sources, which must stand there exactly once, and what replaces it.
pub struct Mutation {
    /// What the bug does to people.
    pub name: &'static str,
    pub breaks: Breaks,
    /// Below `firmware/park/src`.
    pub file: &'static str,
    pub find: &'static str,
    pub replace: &'static str,
}

/// Who has to see the bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breaks {
    /// What must never happen: the witness sees it without the model.
    Invariant,
    /// What was agreed: only the model knows better.
    Policy,
}
use Breaks::{Invariant, Policy};

/// How many of the list the fast suite plants.
pub const QUICK: usize = 2;

pub const MUTATIONS: &[Mutation] = &[
    Mutation {
        name: "a second retriever takes the call from the first",
        breaks: Invariant,
        file: "parked_call.rs",
        find: "State::Transferring(transfer) => !transfer.is_claim(),",
        replace: "State::Transferring(_) => true,",
    },
    Mutation {
        name: "a failed retrieval loses the caller",
        breaks: Invariant,
        file: "transitions/end.rs",
        find: "self.transfer_failed(now, token, transfer);",
        replace: "let _ = transfer; self.resolve(now, token, Resolution::Abandoned);",
    },
    Mutation {
        name: "a caller is put on top of another on a named orbit",
        breaks: Invariant,
        file: "transitions/park.rs",
        find: "if occupancy.load() < capacity {",
        replace: "if occupancy.load() <= capacity {",
    },
    Mutation {
        name: "a parker who answers too late still gets the call that a retriever has",
        breaks: Invariant,
        file: "transitions/retrieve.rs",
        find: "        self.roles.remove(&leg);\n        self.act(Action::Hangup",
        replace: "        self.act(Action::Hangup",
    },
    Mutation {
        name: "a retriever takes the call from a parker who has answered",
        breaks: Invariant,
        file: "parked_call.rs",
        find: "self.answered || self.to == Target::Retriever",
        replace: "self.to == Target::Retriever",
    },
    Mutation {
        name: "the parker's phone rings on after a retriever has come",
        breaks: Invariant,
        file: "transitions/retrieve.rs",
        find: "        self.act(Action::Hangup { leg, cause: HangupCause::CompletedElsewhere });\n",
        replace: "        let _ = HangupCause::CompletedElsewhere;\n",
    },
    Mutation {
        name: "the parker's phone rings on after the caller has hung up",
        breaks: Invariant,
        file: "transitions/end.rs",
        find: "self.act(Action::Hangup { leg: transfer.leg, cause: HangupCause::CallerGone });",
        replace: "let _ = (transfer, HangupCause::CallerGone);",
    },
    Mutation {
        name: "the end of life cuts people who are being connected",
        breaks: Policy,
        file: "parked_call.rs",
        find: "State::Transferring(transfer) if transfer.answered => transfer.until,",
        replace: "State::Transferring(transfer) if transfer.answered => transfer.until.min(self.end_of_life),",
    },
    Mutation {
        name: "a failed retrieval puts off the ringback",
        breaks: Policy,
        file: "transitions/end.rs",
        find: "Target::Retriever => {}",
        replace: "Target::Retriever => call.next_rung = Some(now.saturating_add(interval)),",
    },
    Mutation {
        name: "ringbacks are not counted",
        breaks: Policy,
        file: "transitions/expire.rs",
        find: "call.ringbacks += 1;",
        replace: "",
    },
    Mutation {
        name: "one ringback too many",
        breaks: Policy,
        file: "parked_call.rs",
        find: "self.ringbacks < policy.ringback.attempts",
        replace: "self.ringbacks <= policy.ringback.attempts",
    },
    Mutation {
        name: "the parker is rung back again at once",
        breaks: Policy,
        file: "transitions/end.rs",
        find: "Target::Parker => call.next_rung = Some(now.saturating_add(interval)),",
        replace: "Target::Parker => { let _ = interval; }",
    },
    Mutation {
        name: "a lot that never rings back does",
        breaks: Policy,
        file: "transitions/park.rs",
        find: "(!after.is_zero()).then(|| now.saturating_add(after))",
        replace: "Some(now.saturating_add(after))",
    },
    Mutation {
        name: "the fallback is left out when nobody knows the parker",
        breaks: Policy,
        file: "parked_call.rs",
        find: "policy.fallback.is_some() && !self.fallback_failed",
        replace: "policy.fallback.is_some() && !self.fallback_failed && self.parker.is_some()",
    },
    Mutation {
        name: "the fallback is tried for ever",
        breaks: Policy,
        file: "transitions/end.rs",
        find: "Target::Fallback => call.fallback_failed = true,",
        replace: "Target::Fallback => {}",
    },
    Mutation {
        name: "a reserved orbit is given to somebody else",
        breaks: Invariant,
        file: "occupancy.rs",
        find: "self.calls.len() + self.reservations.len()",
        replace: "self.calls.len()",
    },
    Mutation {
        name: "a reservation lives on when its leg is reported twice",
        breaks: Policy,
        file: "transitions/reserve.rs",
        find: "reservation.filter(|reservation| reservation.leg_is_up)",
        replace: "reservation",
    },
    Mutation {
        name: "a reservation is used twice",
        breaks: Invariant,
        file: "transitions/reserve.rs",
        find: "let reservation = occupancy.reservations.remove(place);",
        replace: "let reservation = occupancy.reservations.get(place).cloned()?; self.roles.insert(leg, Role::Reserver(orbit)); \
                  let occupancy = self.orbits.get_mut(&orbit)?;",
    },
    Mutation {
        name: "draining breaks an attended transfer half way",
        breaks: Policy,
        file: "transitions/park.rs",
        find: "Place::ReservedBy(reserver) => self.redeem",
        replace: "Place::ReservedBy(_) if self.draining => Err(Rejection::Draining),\n Place::ReservedBy(reserver) => self.redeem",
    },
    Mutation {
        name: "a draining unit takes calls for a named orbit",
        breaks: Invariant,
        file: "transitions/park.rs",
        find: "Place::Lot(_) | Place::Orbit(_) if self.draining",
        replace: "Place::Lot(_) if self.draining",
    },
    Mutation {
        name: "a call is parked twice",
        breaks: Invariant,
        file: "transitions/park.rs",
        find: "            None => {}",
        replace: "            None | Some(Role::Parkee(_)) => {}",
    },
    Mutation {
        name: "an orbit is given again without a cool-down",
        breaks: Policy,
        file: "choose.rs",
        find: "occupancy.is_empty() && !occupancy.is_cooling(now)",
        replace: "{ let _ = now; occupancy.is_empty() }",
    },
    Mutation {
        name: "the wrong orbit's cool-down is cut short",
        breaks: Policy,
        file: "choose.rs",
        find: "self.coolest(lot).or_else(|| self.least_loaded(lot))?",
        replace: "{ let _ = self.coolest(lot); self.least_loaded(lot)? }",
    },
    Mutation {
        name: "the orbit used last is given first",
        breaks: Policy,
        file: "choose.rs",
        find: "free.iter().copied().min_by_key(",
        replace: "free.iter().copied().max_by_key(",
    },
    Mutation {
        name: "the last orbit given is given again",
        breaks: Policy,
        file: "choose.rs",
        find: "last.is_none_or(|last| orbit > last)",
        replace: "last.is_none_or(|last| orbit >= last)",
    },
    Mutation {
        name: "a stale token gets a stranger",
        breaks: Invariant,
        file: "transitions/retrieve.rs",
        find: "self.calls.get(&token).ok_or(Rejection::StaleToken)?",
        replace: "self.calls.get(&token).or(self.calls.values().next()).ok_or(Rejection::StaleToken)?",
    },
    Mutation {
        name: "the newest call of an orbit is retrieved first",
        breaks: Policy,
        file: "transitions/retrieve.rs",
        find: "occupancy.calls.iter().filter_map(",
        replace: "occupancy.calls.iter().rev().filter_map(",
    },
    Mutation {
        name: "pages go on while the parker is being connected",
        breaks: Invariant,
        file: "transitions/connect.rs",
        find: "        if !transfer.is_claim() {\n            self.notify(Notice::Claimed { token });\n        }",
        replace: "        let _ = Notice::Claimed { token };",
    },
    Mutation {
        name: "pages do not begin again after a failed retrieval",
        breaks: Invariant,
        file: "transitions/end.rs",
        find: "            self.notify(Notice::Returned { token });\n",
        replace: "            let _ = Notice::Returned { token };\n",
    },
    Mutation {
        name: "a caller who has apologies spoken to cannot be retrieved",
        breaks: Policy,
        file: "parked_call.rs",
        find: "State::Holding | State::Apologising { .. } => true,",
        replace: "State::Holding => true,\n State::Apologising { .. } => false,",
    },
    Mutation {
        name: "the end of the apology cuts a caller whom a retriever has claimed",
        breaks: Invariant,
        file: "transitions/end.rs",
        find: "let State::Apologising { then, .. } = call.state else { return };",
        replace: "let then = match call.state { State::Apologising { then, .. } => then, _ => Resolution::Dropped };",
    },
    Mutation {
        name: "a reservation is never given up",
        breaks: Invariant,
        file: "server.rs",
        find: "calls.chain(self.orbits.values().filter_map(Occupancy::deadline)).min()",
        replace: "calls.min()",
    },
    Mutation {
        name: "a leg's number is used again",
        breaks: Invariant,
        file: "server.rs",
        find: "self.legs_issued += 1;",
        replace: "self.legs_issued = self.legs_issued % 20 + 1;",
    },
    Mutation {
        name: "a leg is remembered for ever",
        breaks: Invariant,
        file: "server.rs",
        find: "            self.roles.remove(&transfer.leg);\n",
        replace: "            let _ = transfer;\n",
    },
    Mutation {
        name: "who comes in the place of a caller is not known to the orbit",
        breaks: Invariant,
        file: "transitions/replace.rs",
        find: "call.leg = leg;",
        replace: "",
    },
    Mutation {
        name: "who comes in the place of a caller brings no parker",
        breaks: Policy,
        file: "transitions/replace.rs",
        find: "call.parker = parker;",
        replace: "",
    },
];

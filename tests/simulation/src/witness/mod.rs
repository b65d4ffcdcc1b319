//! A witness who knows no policy, only what must never happen.
//!
//! It follows the stream of events and actions, keeps its own picture of legs and episodes, and compares it with the
//! server's view after every step:
//!
//! 1. a parkee is in exactly one place: an orbit, a bridge, or gone;
//! 2. every live leg has an owner: a parked call, a reservation or a bridge; a request is answered in the same step;
//! 3. an orbit holds at most its capacity, and an occupied one has a deadline;
//! 4. the view equals what the notices said;
//! 5. nothing is told of a token after its resolution; of two who want a call, one gets it;
//! 6. a refusal is honest; an episode ends for the reason that is given; a draining unit takes nobody new;
//! 7. at quiet nothing is left over.

mod refusal;
mod stream;
mod view;

use crate::Input;
use orbitbox_park::{Action, Event, LegId, Lot, OrbitNumber, OrbitView, RetrieveBy, Token};
use std::collections::BTreeMap;
use std::time::Duration;

/// Whose a leg is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// It waits.
    Parked(Token),
    /// It is to take the call.
    Taking(Token),
    /// It holds a reservation.
    Reserver(OrbitNumber),
    /// It talks.
    Bridge,
    /// It has been ended, or has ended, or was refused.
    Gone,
}

#[derive(Debug, Clone)]
struct Episode {
    orbit: OrbitNumber,
    leg: LegId,
    since: Duration,
    claimed: bool,
    /// Who rings or is being connected.
    target: Option<LegId>,
    over: bool,
}

pub(crate) struct Witness {
    lots: Vec<Lot>,
    draining: bool,
    owners: BTreeMap<LegId, Owner>,
    episodes: BTreeMap<Token, Episode>,
    /// By the parker's leg: the orbit kept, until it is used or given up. Outlives the leg.
    reservations: BTreeMap<LegId, OrbitNumber>,
    /// Legs that belonged to an episode, for those who ask afterwards.
    belonged: BTreeMap<LegId, OrbitNumber>,
}

/// A step as the witness sees it.
pub(crate) struct Step<'a> {
    pub(crate) now: Duration,
    pub(crate) input: &'a Input,
    pub(crate) actions: &'a [Action],
    /// The orbits as they were before.
    pub(crate) before: &'a [OrbitView],
    /// The orbits as they are now.
    pub(crate) after: &'a [OrbitView],
    pub(crate) wakeup: Option<Duration>,
}

impl Witness {
    pub(crate) fn new(lots: &[Lot]) -> Self {
        Self {
            lots: lots.to_vec(),
            draining: false,
            owners: BTreeMap::new(),
            episodes: BTreeMap::new(),
            reservations: BTreeMap::new(),
            belonged: BTreeMap::new(),
        }
    }

    /// Looks at one step.
    ///
    /// # Errors
    ///
    /// What must not have happened.
    pub(crate) fn watch(&mut self, step: &Step<'_>) -> Result<(), String> {
        if let Input::Event(Event::DrainingSet(draining)) = step.input {
            self.draining = *draining;
        }
        self.check_refusals(step)?;
        self.check_request_answered(step)?;
        let ended = self.ended_by(step.input);
        self.follow(step)?;
        self.settle(step, ended)?;
        self.check_view(step)
    }

    /// Nothing may be left once everybody has gone.
    pub(crate) fn check_quiet(&self, after: &[OrbitView]) -> Result<(), String> {
        let holds = |owner: &Owner| matches!(owner, Owner::Parked(_) | Owner::Taking(_) | Owner::Reserver(_));
        if let Some((leg, owner)) = self.owners.iter().find(|(_, owner)| holds(owner)) {
            return Err(format!("at quiet {leg} is left over: {owner:?}"));
        }
        if let Some((token, _)) = self.episodes.iter().find(|(_, episode)| !episode.over) {
            return Err(format!("at quiet {token} is not resolved"));
        }
        match after.iter().find(|view| view.state != orbitbox_park::OrbitState::Free) {
            Some(view) => Err(format!("at quiet orbit {} is {:?}", view.orbit, view.state)),
            None => Ok(()),
        }
    }

    /// The orbit that an event about this leg is about.
    pub(crate) fn orbit_of(&self, leg: LegId) -> Option<OrbitNumber> {
        self.belonged.get(&leg).copied()
    }

    /// The orbit of an episode, also of one that is over.
    pub(crate) fn orbit_of_token(&self, token: Token) -> Option<OrbitNumber> {
        self.episodes.get(&token).map(|episode| episode.orbit)
    }

    /// Whether the leg has been ended, or was refused.
    pub(crate) fn is_gone(&self, leg: LegId) -> bool {
        self.owners.get(&leg) == Some(&Owner::Gone)
    }

    /// Who rings or is being connected for this episode.
    pub(crate) fn target_of(&self, token: Token) -> Option<LegId> {
        self.episodes.get(&token)?.target
    }

    /// How many calls were parked.
    pub(crate) fn episodes(&self) -> u64 {
        self.episodes.len() as u64
    }

    fn lot_of(&self, orbit: OrbitNumber) -> Option<&Lot> {
        self.lots.iter().find(|lot| lot.orbits.contains(&orbit))
    }

    fn ended_by(&self, input: &Input) -> Option<(LegId, Owner)> {
        match input {
            Input::Event(Event::LegEnded { leg }) => Some((*leg, *self.owners.get(leg)?)),
            Input::Event(_) | Input::Timeout => None,
        }
    }

    /// Every request is answered at once, by one action.
    fn check_request_answered(&self, step: &Step<'_>) -> Result<(), String> {
        let Input::Event(event) = step.input else { return Ok(()) };
        let answers = |leg: LegId, action: &Action| match action {
            Action::Hold { parkee: answered, .. }
            | Action::SpeakReservation { leg: answered, .. }
            | Action::Reject { leg: answered, .. }
            | Action::Answer { leg: answered, .. } => *answered == leg,
            _ => false,
        };
        let count = match event {
            Event::ParkRequested { leg, .. }
            | Event::ParkeeReplaced { leg, .. }
            | Event::ReserveRequested { leg, .. }
            | Event::RetrieveRequested { by: RetrieveBy::Leg(leg), .. } => {
                step.actions.iter().filter(|action| answers(*leg, action)).count()
            }
            Event::RetrieveRequested { by: RetrieveBy::Calling(_), .. } => {
                let answers = |action: &&Action| matches!(action, Action::Dial { .. } | Action::Decline { .. });
                step.actions.iter().filter(answers).count()
            }
            _ => return Ok(()),
        };
        if count == 1 { Ok(()) } else { Err(format!("{count} answers to one request")) }
    }
}

//! The park server: events and the time in, actions and the next deadline out.

use crate::fault::faults;
use crate::occupancy::Occupancy;
use crate::parked_call::{ParkedCall, State};
use crate::random::Random;
use crate::{
    Action, Event, LegId, Lot, LotFault, LotId, Notice, OrbitNumber, OrbitState, OrbitView, Rejection, Resolution,
    Token,
};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// What a leg is to the server. A leg has one role at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It waits in an orbit.
    Parkee(Token),
    /// A parked call is being moved to it.
    Target(Token),
    /// It holds a reservation, even a while after it has ended.
    Reserver(OrbitNumber),
}

/// Who waits on which orbit, who may take them, and what happens when nobody does.
///
/// After every `handle` or `handle_timeout`, drain [`poll_action`](Self::poll_action) and ask
/// [`poll_timeout`](Self::poll_timeout) again. Actions come in the order in which they are to be carried out: for a
/// request, first what makes room for it (a loser's `Hangup`), then what answers it, then the notice that it is true.
/// Only [`Notice::Claimed`] comes before the answer, because pages stop first. A broken-off claim is told
/// ([`Notice::Returned`]) before anything else is tried for the call.
///
/// Events about legs the server does not know (any more) are ignored: whoever reports them was overtaken.
#[derive(Debug, Clone)]
pub struct ParkServer {
    pub(crate) lots: Vec<Lot>,
    pub(crate) orbits: BTreeMap<OrbitNumber, Occupancy>,
    pub(crate) calls: BTreeMap<Token, ParkedCall>,
    pub(crate) roles: BTreeMap<LegId, Role>,
    /// By lot: the orbit the choice rule gave last.
    pub(crate) last_chosen: Vec<Option<OrbitNumber>>,
    pub(crate) random: Random,
    pub(crate) draining: bool,
    pub(crate) legs_issued: u64,
    pub(crate) tokens_issued: u64,
    actions: VecDeque<Action>,
}

impl ParkServer {
    /// A server with these lots, all orbits free. `seed` is for [`crate::Choice::Random`] alone. A lot's orbits are put
    /// into ascending order.
    ///
    /// # Errors
    ///
    /// Every fault of the lots at once.
    pub fn new(mut lots: Vec<Lot>, seed: u64) -> Result<Self, Vec<LotFault>> {
        let faults = faults(&lots);
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut orbits = BTreeMap::new();
        for (lot, policy) in (0..).map(LotId).zip(&mut lots) {
            policy.orbits.sort_unstable();
            orbits.extend(policy.orbits.iter().map(|&orbit| (orbit, Occupancy::new(lot))));
        }
        Ok(Self {
            last_chosen: vec![None; lots.len()],
            lots,
            orbits,
            calls: BTreeMap::new(),
            roles: BTreeMap::new(),
            random: Random::new(seed),
            draining: false,
            legs_issued: 0,
            tokens_issued: 0,
            actions: VecDeque::new(),
        })
    }

    /// A new leg's identity. Every leg of the unit gets its own here, and none twice.
    pub fn next_leg(&mut self) -> LegId {
        self.legs_issued += 1;
        LegId(self.legs_issued)
    }

    /// Takes in what has happened. Does not run deadlines, not even overdue ones: the order of an event and a deadline
    /// at one instant is the caller's to decide.
    pub fn handle(&mut self, now: Duration, event: Event) {
        match event {
            Event::ParkRequested { leg, caller, parker, place } => self.park(now, leg, caller, parker, place),
            Event::ReserveRequested { leg, parker, place } => self.reserve(now, leg, parker, place),
            Event::ParkeeReplaced { old, leg, caller, parker } => self.replace(old, leg, caller, parker),
            Event::RetrieveRequested { which, by } => self.retrieve(now, which, by),
            Event::Answered { leg } => self.answered(now, leg),
            Event::Connected { leg } => self.connected(now, leg),
            Event::LegEnded { leg } => self.leg_ended(now, leg),
            Event::Apologised { leg } => self.apologised(now, leg),
            Event::DrainingSet(draining) => self.draining = draining,
        }
    }

    /// Runs every deadline that is due: calls first, the oldest episode first; then reservations and cool-downs.
    pub fn handle_timeout(&mut self, now: Duration) {
        self.expire(now);
    }

    /// The next order to carry out.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is wanted next; a time in the past means at once. The end of a
    /// cool-down is such a time too: it brings no action, but the orbit looks different.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let calls = self.calls.values().map(ParkedCall::deadline);
        calls.chain(self.orbits.values().filter_map(Occupancy::deadline)).min()
    }

    /// All orbits, by lot and number; of those that no lot has any more, the ones that still hold something.
    pub fn orbits(&self, now: Duration) -> Vec<OrbitView> {
        let mut views: Vec<OrbitView> = self.orbits.keys().filter_map(|orbit| self.orbit(*orbit, now)).collect();
        views.sort_by_key(|view| (view.lot, view.orbit));
        views
    }

    /// The orbits that hold calls, by number.
    pub fn taken(&self, now: Duration) -> Vec<OrbitView> {
        let mut numbers: Vec<OrbitNumber> = self.calls.values().map(|call| call.orbit).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().filter_map(|orbit| self.orbit(orbit, now)).collect()
    }

    /// One orbit, or `None` where no lot has that number.
    pub fn orbit(&self, orbit: OrbitNumber, now: Duration) -> Option<OrbitView> {
        let occupancy = self.orbits.get(&orbit)?;
        let state = if !occupancy.calls.is_empty() {
            let calls = occupancy.calls.iter().filter_map(|token| self.calls.get(token));
            OrbitState::Taken(calls.map(ParkedCall::view).collect())
        } else if !occupancy.reservations.is_empty() {
            OrbitState::Reserved
        } else if occupancy.is_cooling(now) {
            OrbitState::CoolingDown
        } else {
            OrbitState::Free
        };
        Some(OrbitView { orbit, lot: occupancy.lot, state })
    }

    /// The lots; a [`LotId`] is a place in this list.
    pub fn lots(&self) -> &[Lot] {
        &self.lots
    }

    /// The lot that has this orbit.
    pub fn lot_of(&self, orbit: OrbitNumber) -> Option<LotId> {
        self.orbits.get(&orbit).map(|occupancy| occupancy.lot)
    }

    /// Whether new parks are being refused.
    pub fn is_draining(&self) -> bool {
        self.draining
    }

    /// Whether nothing at all is going on: no call, no reservation, no leg remembered, no action left to fetch.
    pub fn is_quiet(&self) -> bool {
        let empty = self.orbits.values().all(Occupancy::is_empty);
        empty && self.calls.is_empty() && self.roles.is_empty() && self.actions.is_empty()
    }

    pub(crate) fn policy(&self, lot: LotId) -> Option<&Lot> {
        self.lots.get(usize::from(lot.0))
    }

    pub(crate) fn act(&mut self, action: Action) {
        self.actions.push_back(action);
    }

    pub(crate) fn notify(&mut self, notice: Notice) {
        self.act(Action::Notify(notice));
    }

    pub(crate) fn reject(&mut self, leg: LegId, why: Rejection) {
        self.act(Action::Reject { leg, why });
    }

    pub(crate) fn issue_token(&mut self) -> Token {
        self.tokens_issued += 1;
        Token(self.tokens_issued)
    }

    /// An orbit that no lot has any more is forgotten with its last call.
    pub(crate) fn drop_orphaned(&mut self, orbit: OrbitNumber) {
        let Some(occupancy) = self.orbits.get(&orbit).filter(|occupancy| occupancy.is_empty()) else { return };
        if !self.is_offered(orbit, occupancy.lot) {
            self.orbits.remove(&orbit);
        }
    }

    /// Whether the lot has the orbit; one that was taken from it has not, and keeps its calls.
    pub(crate) fn is_offered(&self, orbit: OrbitNumber, lot: LotId) -> bool {
        self.policy(lot).is_some_and(|policy| policy.orbits.binary_search(&orbit).is_ok())
    }

    /// Ends an episode: its legs are forgotten, its orbit is freed and cools down, everybody is told.
    pub(crate) fn resolve(&mut self, now: Duration, token: Token, resolution: Resolution) {
        let Some(call) = self.calls.remove(&token) else { return };
        self.roles.remove(&call.leg);
        if let State::Transferring(transfer) = call.state {
            self.roles.remove(&transfer.leg);
        }
        let cool_down = self.policy(call.lot).map_or(Duration::ZERO, |policy| policy.cool_down);
        if let Some(occupancy) = self.orbits.get_mut(&call.orbit) {
            occupancy.calls.retain(|parked| *parked != token);
            occupancy.note_departure(now);
            if occupancy.calls.is_empty() && !cool_down.is_zero() {
                occupancy.cooling_until = Some(now.saturating_add(cool_down));
            }
        }
        self.drop_orphaned(call.orbit);
        self.notify(Notice::Resolved { token, orbit: call.orbit, resolution, waited: call.waited(now) });
    }
}

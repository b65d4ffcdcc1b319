//! What everybody ought to see.

use super::{Call, Doing, Model, Who};
use orbitbox_park::{CallState, CallView, OrbitState, OrbitView};
use std::time::Duration;

impl Model {
    /// What `orbits` ought to give.
    pub(crate) fn orbits(&self, now: Duration) -> Vec<OrbitView> {
        let mut views = Vec::new();
        for lot in &self.lots {
            for &orbit in &lot.orbits {
                let Some((id, _)) = self.lot_of(orbit) else { continue };
                let calls: Vec<CallView> =
                    self.calls.iter().filter(|call| call.orbit == orbit).map(|call| self.call_view(call)).collect();
                let state = if !calls.is_empty() {
                    OrbitState::Taken(calls)
                } else if self.load(orbit) > 0 {
                    OrbitState::Reserved
                } else if self.cooling(orbit, now) {
                    OrbitState::CoolingDown
                } else {
                    OrbitState::Free
                };
                views.push(OrbitView { orbit, lot: id, state });
            }
        }
        views
    }

    /// When `handle_timeout` ought to be wanted.
    pub(crate) fn due(&self) -> Option<Duration> {
        let calls = self.calls.iter().map(|call| self.call_due(call));
        let kept = self.kept.iter().map(|kept| self.kept_until(kept));
        let cooling = self.past.keys().filter_map(|orbit| self.cools_until(*orbit));
        calls.chain(kept).chain(cooling).min()
    }

    fn call_view(&self, call: &Call) -> CallView {
        CallView {
            token: call.token,
            leg: call.leg,
            caller: call.caller.clone(),
            parker: call.parker.clone(),
            since: call.parked_at,
            state: match call.doing {
                Doing::Waiting => CallState::Holding,
                Doing::Joining { .. } | Doing::Ringing { who: Who::Retriever, .. } => CallState::BeingRetrieved,
                Doing::Ringing { who: Who::Parker, .. } => CallState::RingingBack,
                Doing::Ringing { who: Who::Fallback, .. } => CallState::FallingBack,
                Doing::Sorry { .. } => CallState::Apologising,
            },
            ringbacks: call.ringbacks,
            deadline: self.call_due(call),
        }
    }
}

//! The relays: the thread between the control loop and their lines.

use crate::clock::Clock;
use crate::keys::Lost;
use orbitbox_board::relay::{Relay, RelayNews, Relays, wired};
use orbitbox_board::revision::Revision;
use orbitbox_config::Unit;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;
use tokio::sync::watch;

/// No relay is waited for longer than until this; where all are held, nothing is to be done meanwhile.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);

/// The control loop's end; every relay is off when it is dropped.
#[derive(Debug)]
pub struct RelayOrders {
    wanted: watch::Sender<Vec<bool>>,
    wake: SyncSender<()>,
}

impl RelayOrders {
    /// How they are to be from now on, in the order of the configuration. Never waits; of changes that come faster than the
    /// lines are, only the last is seen.
    pub fn show(&self, on: Vec<bool>) {
        self.wanted.send_replace(on);
        // Where the place is taken, it looks anyway.
        self.wake.try_send(()).ok();
    }
}

/// Everything the thread owns.
pub struct RelayThread {
    clock: Clock,
    relays: Relays,
    /// For each relay of the revision, its place in the configuration; one that follows nothing stays off.
    places: Vec<Option<usize>>,
    wanted: watch::Receiver<Vec<bool>>,
    wake: Receiver<()>,
    lost: watch::Sender<Lost>,
}

/// Makes the thread's parts; `RelayThread::run` is to be called on a thread of its own.
pub fn relay_thread(
    clock: Clock,
    revision: &Revision,
    unit: &Unit,
) -> (RelayOrders, watch::Receiver<Lost>, RelayThread) {
    let (wanted, seen) = watch::channel(Vec::new());
    let (wake, woken) = sync_channel(1);
    let (lost, told) = watch::channel(Lost::new());
    let place = |name: &String| unit.relays.iter().position(|relay| relay.name == *name);
    let places = revision.relays.iter().map(|relay| place(&relay.name)).collect();
    let relays = Relays::new(revision.relays.iter().map(wired).collect());
    let thread = RelayThread { clock, relays, places, wanted: seen, wake: woken, lost };
    (RelayOrders { wanted, wake }, told, thread)
}

impl RelayThread {
    /// Runs until the other end is dropped.
    pub fn run(mut self) {
        loop {
            let wanted = self.wanted.borrow_and_update().clone();
            let is_on = |place: Option<usize>| place.and_then(|place| wanted.get(place)).is_some_and(|on| *on);
            let places = &self.places;
            for news in self.relays.step(self.clock.now(), |nth| is_on(places.get(nth).copied().flatten())) {
                match news {
                    RelayNews::Lost { what, fault } => {
                        tracing::warn!(relay = %what, %fault, "a relay cannot be switched");
                        self.lost.send_modify(|lost| drop(lost.insert(what, fault)));
                    }
                    RelayNews::Back { what } => {
                        tracing::info!(relay = %what, "a relay can be switched again");
                        self.lost.send_modify(|lost| drop(lost.remove(&what)));
                    }
                }
            }
            let deadline = self.relays.deadline().map(|deadline| deadline.saturating_sub(self.clock.now()));
            if self.wake.recv_timeout(deadline.unwrap_or(LONGEST_WAIT)) == Err(RecvTimeoutError::Disconnected) {
                return;
            }
        }
    }
}

/// Each relay, and whether it can be switched; it is off then.
pub fn describe(revision: &Revision) -> Vec<String> {
    let line = |mut relay: Relay| {
        let found =
            relay.switch(false).map_or_else(|fault| format!("FAULT: {fault}"), |()| "can be switched".to_owned());
        format!("relay: {}: {found}", relay.describe())
    };
    revision.relays.iter().map(wired).map(line).collect()
}

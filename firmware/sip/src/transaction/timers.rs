//! Timer values of RFC 3261 table 4, and one ordered list of everything that is due.

use super::{ClientKey, ServerKey};
use crate::{Flow, InviteId, LookupId, SubscriptionId};
use std::collections::BTreeSet;
use std::time::Duration;

/// Round-trip estimate.
pub const T1: Duration = Duration::from_millis(500);
/// The longest interval between retransmissions.
pub const T2: Duration = Duration::from_secs(4);
/// The longest time a message stays in the network.
pub const T4: Duration = Duration::from_secs(5);
/// How long a transaction tries: timers B, F, H, J, L and M.
pub const PATIENCE: Duration = Duration::from_secs(32);

/// What is due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// A client transaction's timer.
    Client(ClientKey),
    /// A server transaction's timer.
    Server(ServerKey),
    /// A 2xx that is not acknowledged yet.
    Usage(InviteId),
    /// A subscription expires, or may be told what has changed.
    Subscription(SubscriptionId),
    /// A registration of ours is to be made, or made again.
    Registration(usize),
    /// A message on a stream has to be whole.
    Stream(Flow),
    /// A name has to be resolved.
    Lookup(LookupId),
    /// Phones behind routers are to be kept in reach.
    KeepAlive,
    /// A registered contact expires.
    Registrar,
}

/// Deadlines in order. An entry may be stale: its owner knows its own deadline and ignores what comes early.
#[derive(Debug, Default)]
pub struct Agenda(BTreeSet<(Duration, Due)>);

impl Agenda {
    /// Notes a deadline.
    pub fn add(&mut self, at: Option<Duration>, due: Due) {
        if let Some(at) = at {
            self.0.insert((at, due));
        }
    }

    /// The earliest.
    pub fn next(&self) -> Option<Duration> {
        self.0.first().map(|(at, _)| *at)
    }

    /// Takes what is due.
    pub fn pop(&mut self, now: Duration) -> Option<Due> {
        if self.next()? > now {
            return None;
        }
        self.0.pop_first().map(|(_, due)| due)
    }

    /// Forgets a deadline of something that has ended.
    pub fn remove(&mut self, at: Option<Duration>, due: Due) {
        if let Some(at) = at {
            self.0.remove(&(at, due));
        }
    }
}

/// The earlier of two deadlines that may not be.
pub fn earlier(a: Option<Duration>, b: Option<Duration>) -> Option<Duration> {
    [a, b].into_iter().flatten().min()
}

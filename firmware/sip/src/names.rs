//! Hosts by name: what is looked up, what is known, and what is still used while nobody answers (RFC 3263, RFC 8767).

use crate::endpoint::{Endpoint, OWN_HOST};
use crate::message::Uri;
use crate::transaction::timers::Due;
use crate::{Flow, Transport};
use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// Names that are remembered; past it the one that was longest fresh ago is forgotten.
const MAX_NAMES: usize = 256;
/// Questions that may be open; past it a name counts as unknown.
const MAX_OPEN: usize = 64;
/// Addresses of one name that are tried.
const MAX_WAYS: usize = 8;
/// A question that is not answered within this time has failed.
const PATIENCE: Duration = Duration::from_secs(6);
/// What was known before a question failed is used for so long without asking again.
const STALE_FOR: Duration = Duration::from_secs(30);
/// The least and the longest time that an answer is used.
const FRESH_FOR: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(86_400));
/// An address that gave no answer is tried last for so long.
const SHUNNED_FOR: Duration = Duration::from_secs(60);
/// Such addresses that are remembered.
const MAX_SHUNNED: usize = 64;

/// One question. Never re-used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LookupId(pub u64);

/// What is asked for (RFC 3263 section 4).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// In lower case.
    pub host: String,
    /// When it is given there is no choice of services, only of addresses.
    pub port: Option<u16>,
    /// When it is given no other will do.
    pub transport: Option<Transport>,
}

/// A question to the shell, which answers with `handle_resolved` in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// To be given with the answer.
    pub id: LookupId,
    /// What is asked for.
    pub name: Name,
}

/// Where a call of ours can go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ways {
    /// To this Request-URI, by the first of these that takes it; never empty.
    Known(Uri, Vec<Flow>),
    /// That is being asked.
    Awaited(Name),
    /// Nowhere.
    None,
}

#[derive(Debug)]
struct Known {
    ways: Vec<(Transport, SocketAddr)>,
    fresh_until: Duration,
}

/// Names that are known or asked for.
#[derive(Debug, Default)]
pub(crate) struct Names {
    known: BTreeMap<Name, Known>,
    open: BTreeMap<LookupId, Name>,
    lookups: VecDeque<Lookup>,
    shunned: BTreeMap<(Transport, SocketAddr), Duration>,
    last_id: u64,
}

impl Name {
    /// The name in a URI; `None` when the host is an address.
    pub(crate) fn of(uri: &Uri) -> Option<Self> {
        let named = !uri.host().is_empty() && uri.socket_addr(1).is_none();
        let asked = uri.param("transport").is_some() || uri.scheme() == "sips";
        named.then(|| Self {
            host: uri.host().trim_end_matches('.').to_ascii_lowercase(),
            port: uri.port(),
            transport: asked.then(|| Transport::of(uri)),
        })
    }
}

impl Names {
    /// The addresses, best first; `Err` when they have to be waited for.
    fn ways(&mut self, now: Duration, name: &Name) -> Result<Vec<(Transport, SocketAddr)>, Option<LookupId>> {
        if let Some(known) = self.known.get(name).filter(|known| known.fresh_until > now) {
            let (last, first): (Vec<_>, Vec<_>) = known.ways.iter().partition(|way| self.is_shunned(now, way));
            return Ok([first, last].concat());
        }
        if self.open.values().any(|open| open == name) {
            return Err(None);
        }
        if self.open.len() >= MAX_OPEN {
            return Ok(self.known.get(name).map(|known| known.ways.clone()).unwrap_or_default());
        }
        self.last_id += 1;
        let id = LookupId(self.last_id);
        self.open.insert(id, name.clone());
        self.lookups.push_back(Lookup { id, name: name.clone() });
        Err(Some(id))
    }

    /// Notes an answer; none at all leaves what was known in use for a while.
    fn answered(&mut self, now: Duration, name: &Name, mut ways: Vec<(Transport, SocketAddr)>, fresh_for: Duration) {
        ways.truncate(MAX_WAYS);
        if ways.is_empty() {
            if let Some(known) = self.known.get_mut(name) {
                known.fresh_until = now + STALE_FOR;
            }
            return;
        }
        if self.known.len() >= MAX_NAMES && !self.known.contains_key(name) {
            let oldest = self.known.iter().min_by_key(|(_, known)| known.fresh_until).map(|(name, _)| name.clone());
            oldest.and_then(|oldest| self.known.remove(&oldest));
        }
        let fresh_until = now + fresh_for.clamp(FRESH_FOR.0, FRESH_FOR.1);
        self.known.insert(name.clone(), Known { ways, fresh_until });
    }

    /// Whether the name is known to have that address.
    pub(crate) fn leads_to(&self, name: &Name, address: IpAddr) -> bool {
        self.known.get(name).is_some_and(|known| known.ways.iter().any(|(_, way)| way.ip() == address))
    }

    fn is_shunned(&self, now: Duration, way: &(Transport, SocketAddr)) -> bool {
        self.shunned.get(way).is_some_and(|until| *until > now)
    }

    /// Nobody has answered there.
    pub(crate) fn shun(&mut self, now: Duration, flow: Flow) {
        if self.shunned.len() >= MAX_SHUNNED {
            self.shunned.pop_first();
        }
        self.shunned.retain(|_, until| *until > now);
        self.shunned.insert((flow.transport, flow.remote), now + SHUNNED_FOR);
    }
}

impl Endpoint {
    /// The next name that is asked for.
    pub fn poll_lookup(&mut self) -> Option<Lookup> {
        self.names.lookups.pop_front()
    }

    /// The answer to a [`Lookup`], best first, and for how long it holds; empty when there is none.
    pub fn handle_resolved(
        &mut self,
        now: Duration,
        id: LookupId,
        ways: Vec<(Transport, SocketAddr)>,
        fresh_for: Duration,
    ) {
        let Some(name) = self.names.open.remove(&id) else { return };
        self.names.answered(now, &name, ways, fresh_for);
        self.resolved(now, &name);
    }

    /// The address of a host as far as it is known, fresh or not; nothing is asked.
    pub fn address_of(&self, target: &Uri) -> Option<IpAddr> {
        let known = || self.names.known.get(&Name::of(target)?)?.ways.first().map(|(_, way)| way.ip());
        target.host().parse().ok().or_else(known)
    }

    /// Nobody has said anything about a name.
    pub(crate) fn lookup_due(&mut self, now: Duration, id: LookupId) {
        self.handle_resolved(now, id, Vec::new(), Duration::ZERO);
    }

    /// Request-URI and ways for a request of ours: of a station through the registrar, of a host by its addresses.
    pub(crate) fn ways(&mut self, now: Duration, target: &Uri) -> Ways {
        if let Some((uri, flow)) = self.route(target) {
            return Ways::Known(uri, vec![flow]);
        }
        match Name::of(target).filter(|name| name.host != OWN_HOST) {
            Some(name) => match self.names.ways(now, &name) {
                Ok(ways) if ways.is_empty() => Ways::None,
                Ok(ways) => Ways::Known(target.clone(), self.flows(&ways)),
                Err(asked) => {
                    if let Some(id) = asked {
                        self.agenda.add(Some(now + PATIENCE), Due::Lookup(id));
                    }
                    Ways::Awaited(name)
                }
            },
            None => Ways::None,
        }
    }

    /// Whether the host of a URI has an address that has not failed lately.
    pub(crate) fn has_another_way(&self, now: Duration, target: &Uri) -> bool {
        let known = Name::of(target).and_then(|name| self.names.known.get(&name));
        known.is_some_and(|known| known.ways.iter().any(|way| !self.names.is_shunned(now, way)))
    }

    /// The ways to a name that has been asked for, whatever the answer was.
    pub(crate) fn ways_after_answer(&self, name: &Name) -> Vec<Flow> {
        self.names.known.get(name).map(|known| self.flows(&known.ways)).unwrap_or_default()
    }

    fn flows(&self, ways: &[(Transport, SocketAddr)]) -> Vec<Flow> {
        let flow = |&(transport, remote)| Flow { transport, local: self.settings.facing(remote, transport), remote };
        ways.iter().map(flow).collect()
    }
}

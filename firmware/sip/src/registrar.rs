//! Stations register with us (RFC 3261 section 10.3). Open to configured stations.

use crate::Flow;
use crate::message::{NameAddr, Request, Uri};
use std::collections::BTreeMap;
use std::time::Duration;

/// The shortest registration we take, in seconds; a shorter one is refused with 423.
const MIN_EXPIRES: u32 = 60;
/// Granted when the phone asks for nothing.
const DEFAULT_EXPIRES: u32 = 3_600;
/// The longest we grant.
const MAX_EXPIRES: u32 = 86_400;

#[derive(Debug, Clone)]
struct Binding {
    contact: Uri,
    flow: Flow,
    call_id: String,
    cseq: u32,
    expires: Duration,
    /// The phone says that it takes MESSAGE (RFC 3428).
    takes_texts: bool,
}

/// Who is where.
#[derive(Debug, Default)]
pub struct Registrar {
    stations: BTreeMap<String, Vec<Binding>>,
}

/// How a REGISTER is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// 200 with these Contacts. The flags say whether the station has come or gone by it.
    Accepted {
        /// Contact values, with their expires.
        contacts: Vec<String>,
        /// It had none before.
        came: bool,
        /// It has none any more.
        went: bool,
    },
    /// 423 with Min-Expires.
    TooBrief(u32),
    /// Refused with this status and phrase.
    Refused(u16, &'static str),
}

impl Registrar {
    /// Handles a REGISTER for a known station.
    pub fn register(&mut self, now: Duration, station: &str, request: &Request, flow: Flow, most: usize) -> Outcome {
        self.expire(now);
        let bindings = self.stations.entry(station.to_owned()).or_default();
        let before = !bindings.is_empty();
        let (call_id, cseq) = (request.call_id(), request.cseq().number);
        let stale = bindings.iter().any(|known| known.call_id == call_id && known.cseq >= cseq);
        if request.has_contact_star() {
            if request.expires() != Some(0) || !request.contacts().is_empty() {
                return Outcome::Refused(400, "A Contact of * goes with Expires: 0 alone");
            }
            bindings.clear();
        } else if !request.contacts().is_empty() {
            if stale {
                return Outcome::Refused(500, "CSeq out of order");
            }
            let wanted: Vec<(&NameAddr, u32)> =
                request.contacts().iter().map(|contact| (contact, expires(contact, request))).collect();
            if wanted.iter().any(|(_, expires)| (1..MIN_EXPIRES).contains(expires)) {
                return Outcome::TooBrief(MIN_EXPIRES);
            }
            for (contact, seconds) in wanted {
                bindings.retain(|known| !known.contact.is_equivalent(&contact.uri));
                if seconds > 0 {
                    bindings.push(Binding {
                        contact: contact.uri.clone(),
                        flow,
                        call_id: call_id.to_owned(),
                        cseq,
                        expires: now + Duration::from_secs(u64::from(seconds)),
                        takes_texts: request.header_values("Allow").contains(&"MESSAGE"),
                    });
                }
            }
            let surplus = bindings.len().saturating_sub(most);
            bindings.drain(..surplus);
        }
        let left = |binding: &Binding| binding.expires.saturating_sub(now).as_secs();
        let contacts = bindings.iter().map(|known| format!("<{}>;expires={}", known.contact, left(known))).collect();
        let after = !bindings.is_empty();
        Outcome::Accepted { contacts, came: !before && after, went: before && !after }
    }

    /// The newest contact of a station: its URI, and the way that reaches it. That is the stream the REGISTER came on, or the
    /// address it came from where the URI names another host, as behind a NAT.
    pub fn contact(&self, station: &str) -> Option<(&Uri, Flow)> {
        let newest = self.stations.get(station)?.last()?;
        let flow = newest.flow;
        let named = newest.contact.socket_addr(5060).filter(|named| named.ip() == flow.remote.ip());
        let remote = if flow.transport.is_stream() { flow.remote } else { named.unwrap_or(flow.remote) };
        Some((&newest.contact, Flow { remote, ..flow }))
    }

    /// How many contacts the station has that has most of them.
    pub fn most_contacts(&self) -> usize {
        self.stations.values().map(Vec::len).max().unwrap_or_default()
    }

    /// The contacts of a station, oldest first: where, by which way, and whether it takes MESSAGE.
    pub fn bindings(&self, station: &str) -> impl Iterator<Item = (&Uri, Flow, bool)> {
        let bindings = self.stations.get(station).into_iter().flatten();
        bindings.map(|binding| (&binding.contact, binding.flow, binding.takes_texts))
    }

    /// A contact that was registered before a restart.
    pub fn restore(&mut self, station: &str, contact: Uri, flow: Flow, takes_texts: bool, expires: Duration) {
        // Whatever REGISTER comes next is newer.
        let binding = Binding { contact, flow, call_id: String::new(), cseq: 0, expires, takes_texts };
        self.stations.entry(station.to_owned()).or_default().push(binding);
    }

    /// Contacts that are reached by UDP at another address than they name: a router stands between.
    pub fn behind_routers(&self) -> impl Iterator<Item = (&Uri, Flow)> {
        self.stations
            .values()
            .flatten()
            .filter(|binding| {
                let named = binding.contact.socket_addr(5060);
                !binding.flow.transport.is_stream() && named.map(|named| named.ip()) != Some(binding.flow.remote.ip())
            })
            .map(|binding| (&binding.contact, binding.flow))
    }

    /// The station is none any more.
    pub fn forget(&mut self, station: &str) {
        self.stations.remove(station);
    }

    /// A stream is gone, and whoever registered on it; returns the stations that have no contact left by that.
    pub fn drop_flow(&mut self, flow: Flow) -> Vec<String> {
        let mut gone = Vec::new();
        for (station, bindings) in &mut self.stations {
            let before = bindings.len();
            bindings.retain(|binding| binding.flow != flow);
            if before > 0 && bindings.is_empty() {
                gone.push(station.clone());
            }
        }
        gone
    }

    /// The newest contact of the station takes MESSAGE.
    pub fn takes_texts(&self, station: &str) -> bool {
        self.stations.get(station).and_then(|bindings| bindings.last()).is_some_and(|newest| newest.takes_texts)
    }

    /// A station has registered from that address.
    pub fn knows(&self, address: std::net::IpAddr) -> bool {
        self.stations.values().flatten().any(|binding| binding.flow.remote.ip() == address)
    }

    /// Stations with a contact.
    pub fn registered(&self) -> impl Iterator<Item = &str> {
        self.stations.iter().filter(|(_, bindings)| !bindings.is_empty()).map(|(station, _)| station.as_str())
    }

    /// Drops what has expired; returns the stations that have no contact left by that.
    pub fn expire(&mut self, now: Duration) -> Vec<String> {
        let mut gone = Vec::new();
        for (station, bindings) in &mut self.stations {
            let before = bindings.len();
            bindings.retain(|binding| binding.expires > now);
            if before > 0 && bindings.is_empty() {
                gone.push(station.clone());
            }
        }
        gone
    }

    /// When the next contact expires.
    pub fn deadline(&self) -> Option<Duration> {
        self.stations.values().flatten().map(|binding| binding.expires).min()
    }
}

fn expires(contact: &NameAddr, request: &Request) -> u32 {
    let own = contact.params.value("expires").and_then(|text| text.parse().ok());
    own.or(request.expires()).unwrap_or(DEFAULT_EXPIRES).min(MAX_EXPIRES)
}

//! We register with a PBX (RFC 3261 section 10.2).

use crate::endpoint::Endpoint;
use crate::message::{Method, NameAddr, Request, Response, Uri, Via};
use crate::names::Ways;
use crate::transaction::ClientKey;
use crate::transaction::client::Owner;
use crate::transaction::timers::Due;
use crate::{Account, Event, Flow, Name};
use std::net::IpAddr;
use std::time::Duration;

/// The first pause after every registrar has failed, and the longest (RFC 5626 section 4.5).
const FIRST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(1_800);
/// An address that says nothing for so long is left for another one of the same host.
const PATIENCE: Duration = Duration::from_secs(6);
/// A registrar that asks again and again is not answered again and again.
const MAX_ANSWERS: u8 = 2;

/// One extension that we are to a PBX.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Who we are there.
    pub account: Account,
    /// Where, in the order in which they are tried. At least one.
    pub registrars: Vec<Uri>,
    /// What we ask for, in seconds.
    pub expires: u32,
}

/// A registration as it goes.
#[derive(Debug)]
pub(crate) struct Registering {
    settings: Registration,
    /// Which of the registrars is tried.
    registrar: usize,
    call_id: String,
    tag: String,
    cseq: u32,
    expires: u32,
    up: bool,
    /// Registrars that have failed in a row.
    failures: u32,
    /// Challenges answered since the last success.
    answers: u8,
    /// Where its host is has been asked.
    awaits: Option<Name>,
    /// Where the last REGISTER went.
    flow: Option<Flow>,
    /// The unit stops: what is sent takes the registration back.
    leaving: bool,
}

impl Registering {
    pub(crate) fn new(settings: Registration) -> Self {
        let expires = settings.expires;
        Self {
            settings,
            registrar: 0,
            call_id: String::new(),
            tag: String::new(),
            cseq: 0,
            expires,
            up: false,
            failures: 0,
            answers: 0,
            awaits: None,
            flow: None,
            leaving: false,
        }
    }
}

impl Endpoint {
    /// Whether a registration stands, by its place in the settings.
    pub fn is_registered(&self, index: usize) -> bool {
        self.registrations.get(index).is_some_and(|registering| registering.up)
    }

    /// Takes every registration back; the unit stops.
    pub fn unregister(&mut self, now: Duration) {
        for index in 0..self.registrations.len() {
            if let Some(registering) = self.registrations.get_mut(index).filter(|registering| registering.up) {
                registering.leaving = true;
                self.send_register(now, index);
            }
        }
    }

    /// Whether the address is that of a host that we register with, by its name.
    pub(crate) fn is_registrar(&self, address: IpAddr) -> bool {
        let mut registrars = self.registrations.iter().flat_map(|registering| &registering.settings.registrars);
        registrars.any(|registrar| Name::of(registrar).is_some_and(|name| self.names.leads_to(&name, address)))
    }

    pub(crate) fn registration_due(&mut self, now: Duration, index: usize) {
        self.send_register(now, index);
    }

    fn send_register(&mut self, now: Duration, index: usize) {
        let (call_id, tag, branch) = (self.token(), self.token(), self.branch());
        let Some(registering) = self.registrations.get_mut(index) else { return };
        if registering.call_id.is_empty() {
            (registering.call_id, registering.tag) = (call_id, tag);
        }
        registering.cseq += 1;
        let expires = if registering.leaving { 0 } else { registering.expires };
        let Some(registrar) = registering.settings.registrars.get(registering.registrar).cloned() else { return };
        let (user, cseq) = (registering.settings.account.user.clone(), registering.cseq);
        let (call_id, tag) = (registering.call_id.clone(), registering.tag.clone());
        let mut others = false;
        let flow = match self.ways(now, &registrar) {
            Ways::Known(_, flows) => {
                others = flows.len() > 1;
                flows.first().copied()
            }
            Ways::Awaited(name) => {
                return self.registrations[index].awaits = Some(name);
            }
            Ways::None => None,
        };
        // A registrar that cannot be reached is no worse than one that does not answer.
        let Some(flow) = flow else { return self.registration_failed(now, index) };
        self.registrations[index].flow = Some(flow);
        let record = NameAddr::new(registrar.with_user(&user));
        let request = Request::builder(Method::Register, registrar)
            .via(Via::new(flow.transport.name(), flow.local, &branch))
            .from(&record.with_tag(&tag))
            .to(&record)
            .call_id(&call_id)
            .cseq(cseq, Method::Register)
            .contact(&flow.contact(Some(&user)))
            .header("Expires", &expires.to_string())
            .header("User-Agent", &self.settings.server_name)
            .build();
        let key = self.send(now, request, flow, Owner::Registration(index));
        if others {
            self.hurry(now, &key, PATIENCE);
        }
    }

    /// The host of a registrar is known now, or cannot be found.
    pub(crate) fn registrar_resolved(&mut self, now: Duration, name: &Name, flow: Option<Flow>) {
        for index in 0..self.registrations.len() {
            if self.registrations[index].awaits.take_if(|awaited| awaited == name).is_none() {
                continue;
            }
            match flow {
                Some(_) => self.send_register(now, index),
                None => self.registration_failed(now, index),
            }
        }
    }

    pub(crate) fn registration_answered(&mut self, now: Duration, index: usize, key: &ClientKey, response: &Response) {
        let Some(registering) = self.registrations.get_mut(index) else { return };
        match response.status() {
            100..200 => {}
            200..300 if registering.leaving => self.tell_registration(index, false),
            200..300 => {
                registering.flow = None;
                (registering.failures, registering.answers) = (0, 0);
                let granted = granted(response).unwrap_or(registering.expires).max(1);
                let again = Duration::from_secs(u64::from(granted)).mul_f64(0.85);
                self.agenda.add(Some(now + again), Due::Registration(index));
                self.tell_registration(index, true);
            }
            401 | 407 if registering.answers < MAX_ANSWERS => {
                registering.answers += 1;
                registering.cseq += 1;
                let account = registering.settings.account.clone();
                let known = self.clients.get(key).map(|client| (client.request.clone(), client.flow));
                let again = known
                    .and_then(|(request, flow)| Some((self.with_credentials(&request, response, &account)?, flow)));
                match again {
                    Some((request, flow)) => {
                        self.send(now, request, flow, Owner::Registration(index));
                    }
                    None => self.registration_failed(now, index),
                }
            }
            423 => {
                let least = response.header("Min-Expires").and_then(|text| text.trim().parse().ok());
                registering.expires = least.unwrap_or(registering.expires * 2).clamp(60, 86_400);
                self.send_register(now, index);
            }
            _ => self.registration_failed(now, index),
        }
    }

    /// The next registrar, or after the last one a pause that grows and is never the same twice.
    pub(crate) fn registration_failed(&mut self, now: Duration, index: usize) {
        let chance = (self.token().bytes().last().unwrap_or_default() & 0x0f) as f64 / 15.0;
        let Some(registering) = self.registrations.get_mut(index).filter(|registering| !registering.leaving) else {
            return;
        };
        registering.answers = 0;
        let (failed, registrar) = (registering.flow.take(), registering.settings.registrars.get(registering.registrar));
        if let Some((failed, registrar)) = failed.zip(registrar.cloned()) {
            self.names.shun(now, failed);
            if self.has_another_way(now, &registrar) {
                self.agenda.add(Some(now), Due::Registration(index));
                return self.tell_registration(index, false);
            }
        }
        let Some(registering) = self.registrations.get_mut(index) else { return };
        registering.failures += 1;
        let registrars = registering.settings.registrars.len().max(1);
        registering.registrar = (registering.registrar + 1) % registrars;
        let rounds = registering.failures / u32::try_from(registrars).unwrap_or(1);
        let pause = if registering.registrar != 0 {
            Duration::ZERO
        } else {
            let longest = FIRST_PAUSE * 2u32.pow(rounds.saturating_sub(1).min(6));
            longest.min(LONGEST_PAUSE).mul_f64(0.5 + chance / 2.0)
        };
        self.agenda.add(Some(now + pause), Due::Registration(index));
        self.tell_registration(index, false);
    }

    fn tell_registration(&mut self, index: usize, up: bool) {
        let Some(registering) = self.registrations.get_mut(index) else { return };
        if std::mem::replace(&mut registering.up, up) != up {
            self.events.push_back(Event::RegistrationChanged { index, up });
        }
    }
}

/// For how many seconds, by our Contact in the answer or by Expires.
fn granted(response: &Response) -> Option<u32> {
    let by_contact = response.contact().and_then(NameAddr::expires);
    by_contact.or_else(|| response.header("Expires")?.trim().parse().ok())
}

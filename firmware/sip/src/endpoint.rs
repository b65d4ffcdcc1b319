//! The endpoint: everything that knows a datagram, a deadline or an event passes through here and goes elsewhere.

use crate::dialog::DialogId;
use crate::digest::Guard;
use crate::message::{Message, Method, Request, Response, Uri, read_datagram};
use crate::names::Names;
use crate::registrar::Registrar;
use crate::registration::Registering;
use crate::restart::InviteRecord;
use crate::subscription::Subscriptions;
use crate::transaction::client::{Client, Owner, Timeout, Verdict};
use crate::transaction::server::Server;
use crate::transaction::timers::{Agenda, Due, PATIENCE};
use crate::transaction::{ClientKey, Origin, ServerKey};
use crate::transport::streams::Stream;
use crate::usage::{self, Usage};
use crate::{Event, Flow, InviteId, Random, Settings, Transmit, Transport};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

/// The only body we read and write.
pub(crate) const SDP: &str = "application/sdp";
/// Methods we serve.
pub(crate) const ALLOW: &str = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, REGISTER, REFER, SUBSCRIBE, INFO";
/// Option tags we know (RFC 3891, RFC 4488).
pub(crate) const SUPPORTED: &str = "replaces, norefersub, timer";
/// Stands for this unit in the URI of one of its stations, whatever its address is.
pub const OWN_HOST: &str = "unit.invalid";

/// A SIP endpoint without I/O.
#[derive(Debug)]
pub struct Endpoint {
    pub(crate) settings: Settings,
    pub(crate) random: Box<dyn Random>,
    pub(crate) servers: BTreeMap<ServerKey, Server>,
    /// Requests outside dialogs, by where they come from.
    pub(crate) origins: BTreeMap<Origin, ServerKey>,
    pub(crate) clients: BTreeMap<ClientKey, Client>,
    pub(crate) agenda: Agenda,
    pub(crate) usages: BTreeMap<InviteId, Usage>,
    pub(crate) dialogs: BTreeMap<DialogId, InviteId>,
    pub(crate) registrar: Registrar,
    pub(crate) guard: Guard,
    pub(crate) registrations: Vec<Registering>,
    pub(crate) subscriptions: Subscriptions,
    pub(crate) events: VecDeque<Event>,
    transmits: VecDeque<Transmit>,
    pub(crate) streams: BTreeMap<Flow, Stream>,
    pub(crate) names: Names,
    /// `Due::KeepAlive` is on the agenda.
    pub(crate) keeping_alive: bool,
    pub(crate) closes: VecDeque<Flow>,
    /// Stations whose contacts may have changed.
    pub(crate) touched_stations: BTreeSet<String>,
    /// Calls whose record may have changed.
    pub(crate) touched: BTreeSet<InviteId>,
    /// INVITEs of before a restart, by Call-ID, that somebody may still answer.
    pub(crate) orphans: BTreeMap<String, InviteRecord>,
    last_id: u64,
}

impl Endpoint {
    /// An endpoint at rest.
    pub fn new(settings: Settings, mut random: Box<dyn Random>) -> Self {
        let guard = Guard::new(settings.realm.clone(), [random.secret(), random.secret()]);
        let mut agenda = Agenda::default();
        let registrations: Vec<_> = settings.registrations.iter().cloned().map(Registering::new).collect();
        (0..registrations.len()).for_each(|index| agenda.add(Some(Duration::ZERO), Due::Registration(index)));
        Self {
            guard,
            registrations,
            settings,
            random,
            servers: BTreeMap::new(),
            origins: BTreeMap::new(),
            clients: BTreeMap::new(),
            agenda,
            usages: BTreeMap::new(),
            dialogs: BTreeMap::new(),
            registrar: Registrar::default(),
            subscriptions: Subscriptions::default(),
            events: VecDeque::new(),
            transmits: VecDeque::new(),
            streams: BTreeMap::new(),
            names: Names::default(),
            keeping_alive: false,
            closes: VecDeque::new(),
            touched_stations: BTreeSet::new(),
            touched: BTreeSet::new(),
            orphans: BTreeMap::new(),
            last_id: 0,
        }
    }

    /// A datagram has come. `flow.local` is our address as that peer sees it.
    pub fn handle_datagram(&mut self, now: Duration, flow: Flow, bytes: &[u8]) {
        match read_datagram(bytes) {
            Ok(Message::Request(mut request)) => {
                request.set_top_via_received(flow.remote);
                self.request(now, flow, request);
            }
            Ok(Message::Response(response)) => self.response(now, &response),
            Err(fault) => {
                if let Some(answer) = fault.answer {
                    self.transmit(flow, answer.response.to_bytes());
                }
            }
        }
    }

    /// The deadline of `poll_timeout` has come.
    pub fn handle_timeout(&mut self, now: Duration) {
        while let Some(due) = self.agenda.pop(now) {
            match due {
                Due::Server(key) => self.server_due(now, key),
                Due::Client(key) => self.client_due(now, key),
                Due::Usage(id) => self.usage_due(now, id),
                Due::Subscription(id) => self.subscription_due(now, id),
                Due::Registration(index) => self.registration_due(now, index),
                Due::Stream(flow) => self.stream_due(now, flow),
                Due::KeepAlive => self.keep_alive_due(now),
                Due::Lookup(id) => self.lookup_due(now, id),
                Due::Registrar => {
                    for station in self.registrar.expire(now) {
                        self.touched_stations.insert(station.clone());
                        self.events.push_back(Event::Unregistered { station });
                    }
                    self.agenda.add(self.registrar.deadline(), Due::Registrar);
                }
            }
        }
    }

    /// The next datagram to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// The next thing that has happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When `handle_timeout` is to be called.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.agenda.next()
    }

    /// The newest contact of a station.
    pub fn contact_of(&self, station: &str) -> Option<Uri> {
        self.registrar.contact(station).map(|(uri, _)| uri.clone())
    }

    /// The station's phone has said that it takes texts.
    pub fn takes_texts(&self, station: &str) -> bool {
        self.registrar.takes_texts(station)
    }

    /// Call-ID, our tag and theirs of a usage's dialog.
    pub fn dialog_names(&self, id: InviteId) -> Option<(String, String, String)> {
        let DialogId { call_id, local_tag, remote_tag } = self.usages.get(&id)?.dialog.as_ref()?.id.clone();
        Some((call_id, local_tag, remote_tag))
    }

    /// Stations that can be called.
    pub fn stations_registered(&self) -> impl Iterator<Item = &str> {
        self.registrar.registered()
    }

    /// Transactions, usages and dialogs in being, for leak checks.
    pub fn load(&self) -> (usize, usize, usize) {
        let usages = self.usages.len() + self.subscriptions.len();
        (self.servers.len() + self.clients.len(), usages, self.dialogs.len())
    }

    fn response(&mut self, now: Duration, response: &Response) {
        let key = ClientKey::of_response(response);
        let Some(client) = self.clients.get_mut(&key) else { return self.answered_too_late(now, response) };
        let before = client.deadline();
        let verdict = client.response(now, response.status());
        if matches!(client.owner, Owner::Refresh(_)) {
            // Nobody has to pick up a telephone to answer within a call.
            client.give_up_at(now + PATIENCE);
        }
        let (after, flow, owner) = (client.deadline(), client.flow, client.owner);
        self.agenda.remove(before, Due::Client(key.clone()));
        self.agenda.add(after, Due::Client(key.clone()));
        if matches!(verdict, Verdict::AcknowledgeAndPass | Verdict::AcknowledgeOnly) {
            self.acknowledge_refusal(&key, response);
        }
        if !matches!(verdict, Verdict::Pass | Verdict::AcknowledgeAndPass) {
            return;
        }
        match owner {
            Owner::Call(_) => self.invite_response(now, &key, response, flow),
            Owner::Notice(id) => self.notice_answered(now, id, response.status()),
            Owner::Refresh(id) => self.refreshed(now, id, &key, response),
            Owner::Registration(index) => self.registration_answered(now, index, &key, response),
            Owner::Nobody => {}
        }
    }

    /// The ACK of a non-2xx final response: part of the INVITE's transaction (RFC 3261 section 17.1.1.3).
    fn acknowledge_refusal(&mut self, key: &ClientKey, response: &Response) {
        let Some(client) = self.clients.get(key) else { return };
        let invite = &client.request;
        let mut ack = Request::builder(Method::Ack, invite.uri().clone())
            .via(invite.top_via().clone())
            .from(invite.from())
            .to(response.to())
            .call_id(invite.call_id())
            .cseq(invite.cseq().number, Method::Ack);
        for route in invite.routes() {
            ack = ack.route(route);
        }
        let (flow, bytes) = (client.flow, ack.build().to_bytes());
        self.transmit(flow, bytes);
    }

    fn server_due(&mut self, now: Duration, key: ServerKey) {
        let Some(server) = self.servers.get_mut(&key) else { return };
        let flow = server.flow;
        match server.handle_timeout(now).map(|bytes| bytes.map(<[u8]>::to_vec)) {
            None => {
                let origin = self.servers.remove(&key).and_then(|server| server.origin);
                if let Some(origin) = origin.filter(|origin| self.origins.get(origin) == Some(&key)) {
                    self.origins.remove(&origin);
                }
            }
            Some(repeat) => {
                let deadline = server.deadline();
                self.agenda.add(deadline, Due::Server(key));
                if let Some(bytes) = repeat {
                    self.transmit(flow, bytes);
                }
            }
        }
    }

    fn client_due(&mut self, now: Duration, key: ClientKey) {
        let Some(client) = self.clients.get_mut(&key) else { return };
        let (flow, owner) = (client.flow, client.owner);
        match client.handle_timeout(now) {
            Timeout::Resend(bytes) => {
                let bytes = bytes.to_vec();
                let deadline = client.deadline();
                self.agenda.add(deadline, Due::Client(key));
                self.transmit(flow, bytes);
            }
            Timeout::NotYet => {
                let deadline = client.deadline();
                self.agenda.add(deadline, Due::Client(key));
            }
            Timeout::GaveUp => {
                self.clients.remove(&key);
                self.unanswered(now, owner, 408);
            }
            Timeout::Over => {
                self.clients.remove(&key);
            }
        }
    }

    /// Nobody will answer the request any more.
    fn unanswered(&mut self, now: Duration, owner: Owner, status: u16) {
        match owner {
            Owner::Call(id) => self.invite_gave_up(now, id, status),
            Owner::Notice(id) => self.notice_answered(now, id, status),
            Owner::Refresh(id) => self.lost(now, id),
            Owner::Registration(index) => self.registration_failed(now, index),
            Owner::Nobody => {}
        }
    }

    /// The way to the peer is gone (RFC 3261 section 17.1.4).
    pub(crate) fn client_failed(&mut self, now: Duration, key: &ClientKey) {
        let Some(client) = self.clients.remove(key) else { return };
        self.agenda.remove(client.deadline(), Due::Client(key.clone()));
        if client.is_open() {
            self.unanswered(now, client.owner, 503);
        }
    }

    fn usage_due(&mut self, now: Duration, id: InviteId) {
        let Some(usage) = self.usages.get_mut(&id) else { return };
        match usage.handle_timeout(now) {
            usage::Due::Resend(bytes, flow) => {
                self.transmit(flow, bytes);
                self.schedule_usage(id);
            }
            usage::Due::Refresh => self.refresh_due(now, id),
            usage::Due::Offer => self.send_offer(now, id),
            usage::Due::NoAck => self.not_acknowledged(now, id),
            usage::Due::NotYet => self.schedule_usage(id),
        }
    }

    pub(crate) fn schedule_usage(&mut self, id: InviteId) {
        let deadline = self.usages.get(&id).and_then(Usage::deadline);
        self.agenda.add(deadline, Due::Usage(id));
    }

    /// Sends a request in a client transaction of its own.
    pub(crate) fn send(&mut self, now: Duration, request: Request, flow: Flow, owner: Owner) -> ClientKey {
        let key = ClientKey::of_request(&request);
        let invite = *request.method() == Method::Invite;
        let bytes = request.to_bytes();
        let mut client = Client::new(now, request, bytes.clone(), flow, invite);
        client.owner = owner;
        if let Owner::Refresh(id) | Owner::Call(id) = owner {
            self.touched.insert(id);
        }
        self.agenda.add(client.deadline(), Due::Client(key.clone()));
        self.clients.insert(key.clone(), client);
        self.transmit(flow, bytes);
        key
    }

    /// Sends a response in its transaction; the bytes and the way they went.
    pub(crate) fn respond(&mut self, now: Duration, key: &ServerKey, response: &Response) -> Option<(Vec<u8>, Flow)> {
        let server = self.servers.get_mut(key)?;
        let bytes = response.to_bytes();
        let before = server.deadline();
        server.responded(now, response.status(), &bytes);
        let (after, flow) = (server.deadline(), server.flow);
        self.agenda.remove(before, Due::Server(key.clone()));
        self.agenda.add(after, Due::Server(key.clone()));
        self.transmit(flow, bytes.clone());
        Some((bytes, flow))
    }

    /// A plain response.
    pub(crate) fn reply(&mut self, now: Duration, key: &ServerKey, status: u16) {
        self.reply_with(now, key, status, None, &[]);
    }

    /// A plain response with a phrase and header fields.
    pub(crate) fn reply_with(
        &mut self,
        now: Duration,
        key: &ServerKey,
        status: u16,
        reason: Option<&str>,
        headers: &[(&str, &str)],
    ) {
        let tag = if status > 100 { self.token() } else { String::new() };
        self.reply_tagged(now, key, status, reason, headers, &tag);
    }

    /// A plain response with our tag of the dialog it belongs to.
    pub(crate) fn reply_tagged(
        &mut self,
        now: Duration,
        key: &ServerKey,
        status: u16,
        reason: Option<&str>,
        headers: &[(&str, &str)],
        tag: &str,
    ) {
        let Some(request) = self.servers.get(key).and_then(|server| server.request.as_ref()) else { return };
        let mut response = Response::builder_for(request, status, reason).header("Server", &self.settings.server_name);
        if !tag.is_empty() {
            response = response.to_tag(tag);
        }
        for (name, value) in headers {
            response = response.header(name, value);
        }
        let response = response.build();
        self.respond(now, key, &response);
    }

    pub(crate) fn transmit(&mut self, flow: Flow, bytes: Vec<u8>) {
        self.transmits.push_back(Transmit { flow, bytes });
    }

    pub(crate) fn next_id(&mut self) -> InviteId {
        self.last_id += 1;
        InviteId(self.last_id)
    }

    /// 64 bits of the injected random source, for what belongs to calls and must not be guessed either.
    pub fn draw(&mut self) -> u64 {
        self.random.next()
    }

    /// 64 bits of a key; see [`Random::secret`].
    pub fn draw_secret(&mut self) -> u64 {
        self.random.secret()
    }

    /// A tag or Call-ID: 64 random bits.
    pub(crate) fn token(&mut self) -> String {
        format!("{:016x}", self.random.next())
    }

    pub(crate) fn branch(&mut self) -> String {
        format!("z9hG4bK{:016x}", self.random.next())
    }

    /// RFC 3261 section 8.1.1.5 allows any number below 2^31; small ones leave room and are easy to read.
    pub(crate) fn first_cseq(&mut self) -> u32 {
        1 + (self.random.next() % 10_000) as u32
    }

    /// Request-URI and way for a call of ours: through the registrar for a station of ours, else as written. `None` for a
    /// host by name; see [`Endpoint::ways`].
    pub(crate) fn route(&self, target: &Uri) -> Option<(Uri, Flow)> {
        let host = target.host();
        let own_port = target.port().is_none_or(|port| port == self.settings.listen_port);
        let own_ip = |ip: IpAddr| self.settings.is_own(ip);
        let ours = host == OWN_HOST || (own_port && host.parse().is_ok_and(own_ip));
        let station = target.user_decoded().filter(|user| ours && self.settings.stations.contains(user));
        match station {
            Some(station) => self.registrar.contact(&station).map(|(uri, flow)| (uri.clone(), flow)),
            None => {
                let transport = Transport::of(target);
                let remote = target.socket_addr(transport.default_port())?;
                let local = self.settings.facing(remote, transport);
                Some((target.clone(), Flow { transport, local, remote }))
            }
        }
    }
}

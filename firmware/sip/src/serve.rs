//! Requests to us: which part of the endpoint they are for, and what is refused before that.

use crate::dialog::DialogId;
use crate::digest::Judgement;
use crate::endpoint::{ALLOW, Endpoint, SDP, SUPPORTED};
use crate::message::{Method, Request, Response};
use crate::registrar::Outcome;
use crate::transaction::server::Server;
use crate::transaction::timers::Due;
use crate::transaction::{Origin, ServerKey};
use crate::{Event, Flow, InviteId, Transport};
use std::time::Duration;

/// How long a request of a phone that uses the unit as its proxy may still travel: not at all.
const NO_HOPS: u8 = 0;

impl Endpoint {
    /// A well-formed request.
    pub(crate) fn request(&mut self, now: Duration, flow: Flow, request: Request) {
        let key = ServerKey::of(&request, false);
        if let Some(server) = self.servers.get(&key) {
            let (flow, again) = (server.flow, server.repeated().map(<[u8]>::to_vec));
            if let Some(bytes) = again {
                self.transmit(flow, bytes);
            }
            return;
        }
        if *request.method() == Method::Ack {
            return self.ack(now, &request);
        }
        if *request.method() == Method::Cancel {
            return self.cancel(now, flow, request);
        }
        if self.servers.len() + self.clients.len() >= self.settings.limits.transactions {
            let tag = self.token();
            let busy = Response::builder_for(&request, 503, None).to_tag(&tag).header("Retry-After", "10").build();
            return self.transmit(flow, busy.to_bytes());
        }
        if request.to().tag().is_none()
            && let Some(refusal) = self.turned_away(now, &request, flow)
        {
            return self.transmit(flow, refusal.to_bytes());
        }
        let invite = *request.method() == Method::Invite;
        self.serve(key.clone(), Server::new(request.clone(), flow, invite));
        match self.fault(&request, &key) {
            Some((status, headers)) => {
                let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
                self.reply_with(now, &key, status, None, &headers);
            }
            None if request.to().tag().is_some() => self.within_dialog(now, key, &request, flow),
            None => self.outside_dialog(now, key, &request, flow),
        }
    }

    /// The answer to whom we do not listen to, and to a station that has not shown that it knows its password. No state is
    /// made for either.
    fn turned_away(&mut self, now: Duration, request: &Request, flow: Flow) -> Option<Response> {
        let from = flow.remote.ip();
        let served = self.settings.sources.admit(from) || self.registrar.knows(from) || self.is_registrar(from);
        let registers = *request.method() == Method::Register;
        let user = if registers { request.to().uri.user_decoded() } else { self.claims_to_be(request, flow) };
        let password = user.as_ref().and_then(|user| self.settings.passwords.get(user)).cloned();
        let Some((user, password)) = user.zip(password) else {
            let refused = !served && *request.method() != Method::Options;
            return refused.then(|| {
                let tag = self.token();
                Response::builder_for(request, 403, Some("Not for this address")).to_tag(&tag).build()
            });
        };
        let lines: Vec<&str> =
            ["Authorization", "Proxy-Authorization"].into_iter().flat_map(|name| request.header_values(name)).collect();
        let judgement = self.guard.judge(now, &lines, request.method().as_str(), &user, &password);
        let judgement = Judgement::of_number(self.random.found_out(judgement as u8));
        if judgement == Judgement::Right || *request.method() == Method::Options {
            return None;
        }
        let tag = self.token();
        let mut refusal = Response::builder_for(request, 401, None).to_tag(&tag);
        let maker = request.header("User-Agent").unwrap_or_default();
        let old = self.settings.md5_only.iter().any(|part| maker.contains(part.as_str()));
        let skipped = usize::from(old);
        for challenge in self.guard.challenges(now, judgement == Judgement::Stale).iter().skip(skipped) {
            refusal = refusal.header("WWW-Authenticate", challenge);
        }
        Some(refusal.header("Server", &self.settings.server_name).build())
    }

    /// The station of ours that the sender says it is.
    fn claims_to_be(&self, request: &Request, flow: Flow) -> Option<String> {
        let uri = &request.from().uri;
        let user = uri.user_decoded().filter(|user| self.settings.stations.contains(user))?;
        let host = uri.host();
        let own = |ip: std::net::IpAddr| self.settings.is_own(ip) || ip == flow.local.ip();
        let contact = self.registrar.contact(&user).is_some_and(|(contact, _)| contact.host() == host);
        (contact || host.parse().is_ok_and(own)).then_some(user)
    }

    /// What is refused whatever the method does (RFC 3261 section 8.2).
    fn fault(&self, request: &Request, key: &ServerKey) -> Option<(u16, Vec<(&'static str, String)>)> {
        if let Method::Other(_) = request.method() {
            return Some((501, vec![("Allow", ALLOW.to_owned())]));
        }
        let private = || self.servers.get(key).is_some_and(|server| server.flow.transport == Transport::Tls);
        match request.uri().scheme() {
            "sip" | "tel" => {}
            // Whoever asks for a secure way must have come by one (RFC 5630 section 3.1.3).
            "sips" if private() => {}
            _ => return Some((416, Vec::new())),
        }
        if request.max_forwards() == Some(NO_HOPS) && *request.method() != Method::Options {
            return Some((483, Vec::new()));
        }
        let known = |option: &&str| {
            SUPPORTED.split(", ").any(|known| known.eq_ignore_ascii_case(option)) || *option == "norefersub"
        };
        let unknown: Vec<&str> = request.header_values("Require").into_iter().filter(|option| !known(option)).collect();
        if !unknown.is_empty() {
            return Some((420, vec![("Unsupported", unknown.join(", "))]));
        }
        let merged = request.to().tag().is_none() && self.is_merged(request, key);
        merged.then(|| (482, Vec::new()))
    }

    /// The same request has come by another path (RFC 3261 section 8.2.2.2).
    fn is_merged(&self, request: &Request, key: &ServerKey) -> bool {
        self.origins.get(&Origin::of(request)).is_some_and(|first| first != key)
    }

    /// Remembers a request in a transaction of its own.
    fn serve(&mut self, key: ServerKey, server: Server) {
        if let Some(origin) = server.origin.clone() {
            self.origins.entry(origin).or_insert_with(|| key.clone());
        }
        self.servers.insert(key, server);
    }

    fn outside_dialog(&mut self, now: Duration, key: ServerKey, request: &Request, flow: Flow) {
        match request.method() {
            Method::Invite => self.invited(now, key, request, flow),
            Method::Register => self.register(now, &key, request, flow),
            Method::Options => {
                let headers = [("Allow", ALLOW), ("Accept", SDP), ("Supported", SUPPORTED)];
                self.reply_with(now, &key, 200, None, &headers);
            }
            Method::Bye | Method::Update => self.reply(now, &key, 481),
            Method::Subscribe => self.subscribed(now, key, request, flow),
            Method::Refer => self.referred(now, key, request, flow, None),
            Method::Ack
            | Method::Cancel
            | Method::Notify
            | Method::Message
            | Method::Info
            | Method::Prack
            | Method::Publish
            | Method::Other(_) => self.reply_with(now, &key, 405, None, &[("Allow", ALLOW)]),
        }
    }

    fn within_dialog(&mut self, now: Duration, key: ServerKey, request: &Request, flow: Flow) {
        if *request.method() == Method::Subscribe
            && let Some(id) = dialog_of(request).and_then(|dialog| self.subscriptions.by_dialog(&dialog))
        {
            return self.resubscribed(now, key, request, id);
        }
        let found = self.find(request);
        let Some((id, usage)) = found.and_then(|id| Some((id, self.usages.get_mut(&id)?))) else {
            return self.reply(now, &key, 481);
        };
        if let Some(dialog) = &mut usage.dialog {
            let number = request.cseq().number;
            if dialog.remote_cseq.is_some_and(|last| number <= last) {
                return self.reply(now, &key, 500);
            }
            dialog.remote_cseq = Some(number);
            dialog.heard(flow);
        }
        self.touched.insert(id);
        let over = usage.reported;
        match request.method() {
            Method::Bye => {
                self.reply(now, &key, 200);
                self.hung_up(now, id);
            }
            _ if over => self.reply(now, &key, 481),
            Method::Invite | Method::Update => self.change(now, id, key, request),
            Method::Options => self.reply_with(now, &key, 200, None, &[("Allow", ALLOW), ("Accept", SDP)]),
            Method::Info => self.informed(now, &key, request, id),
            Method::Refer => self.referred(now, key, request, flow, Some(id)),
            Method::Ack
            | Method::Cancel
            | Method::Register
            | Method::Subscribe
            | Method::Notify
            | Method::Message
            | Method::Prack
            | Method::Publish
            | Method::Other(_) => self.reply_with(now, &key, 405, None, &[("Allow", ALLOW)]),
        }
    }

    /// INFO within a call: a key, or something that means nothing to us (RFC 6086 asks for 200 on an empty one).
    fn informed(&mut self, now: Duration, key: &ServerKey, request: &Request, id: InviteId) {
        if request.body().is_empty() {
            return self.reply(now, key, 200);
        }
        let text = |media| request.body_part(media).map(|body| String::from_utf8_lossy(body).into_owned());
        let signal = text("application/dtmf-relay").map(|relay| {
            let signal = relay.lines().find_map(|line| line.trim().strip_prefix("Signal").map(str::to_owned));
            signal.unwrap_or_default().trim_start().trim_start_matches('=').to_owned()
        });
        let Some(digit) = signal.or_else(|| text("application/dtmf")) else { return self.reply(now, key, 415) };
        let digit = digit.trim().chars().next().map(|digit| digit.to_ascii_uppercase());
        self.reply(now, key, 200);
        if let Some(digit) = digit.filter(|digit| "0123456789*#ABCD".contains(*digit)) {
            self.events.push_back(Event::Digit { id, digit });
        }
    }

    fn ack(&mut self, now: Duration, request: &Request) {
        let key = ServerKey::of(request, true);
        if let Some(server) = self.servers.get_mut(&key) {
            let before = server.deadline();
            server.acknowledged(now);
            let after = server.deadline();
            self.agenda.remove(before, Due::Server(key.clone()));
            self.agenda.add(after, Due::Server(key));
        }
        if let Some(id) = self.find(request) {
            self.acknowledged(now, id, request);
        }
    }

    fn cancel(&mut self, now: Duration, flow: Flow, request: Request) {
        let invite = self.servers.get(&ServerKey::of(&request, true));
        let (known, usage) =
            (invite.is_some(), invite.filter(|invite| invite.is_proceeding()).and_then(|invite| invite.usage));
        let key = ServerKey::of(&request, false);
        self.serve(key.clone(), Server::new(request, flow, false));
        self.reply(now, &key, if known { 200 } else { 481 });
        if let Some(id) = usage {
            self.cancelled(now, id);
        }
    }

    fn register(&mut self, now: Duration, key: &ServerKey, request: &Request, flow: Flow) {
        let Some(station) = request.to().uri.user_decoded().filter(|user| self.settings.stations.contains(user)) else {
            return self.reply_with(now, key, 404, Some("No such station"), &[]);
        };
        match self.registrar.register(now, &station, request, flow, self.settings.limits.contacts) {
            Outcome::Accepted { contacts, came, went } => {
                let headers: Vec<(&str, &str)> = contacts.iter().map(|contact| ("Contact", contact.as_str())).collect();
                self.reply_with(now, key, 200, None, &headers);
                self.agenda.add(self.registrar.deadline(), Due::Registrar);
                self.keep_in_reach(now);
                self.touched_stations.insert(station.clone());
                if came {
                    self.events.push_back(Event::Registered { station });
                } else if went {
                    self.events.push_back(Event::Unregistered { station });
                }
            }
            Outcome::TooBrief(least) => self.reply_with(now, key, 423, None, &[("Min-Expires", &least.to_string())]),
            Outcome::Refused(status, why) => self.reply_with(now, key, status, Some(why), &[]),
        }
    }

    /// The usage whose dialog a request names.
    fn find(&self, request: &Request) -> Option<InviteId> {
        self.dialogs.get(&dialog_of(request)?).copied()
    }
}

/// The dialog that a request of the other side names, from our side.
fn dialog_of(request: &Request) -> Option<DialogId> {
    Some(DialogId {
        call_id: request.call_id().to_owned(),
        local_tag: request.to().tag()?.to_owned(),
        remote_tag: request.from().tag().unwrap_or_default().to_owned(),
    })
}

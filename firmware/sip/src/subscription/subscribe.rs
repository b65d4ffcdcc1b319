//! Watchers come, stay and go.

use super::{Path, Stage, Subscription};
use crate::dialog::Dialog;
use crate::endpoint::Endpoint;
use crate::message::{Request, Response};
use crate::transaction::ServerKey;
use crate::transaction::timers::Due;
use crate::{Event, Flow, Subscribed, SubscriptionId};
use std::time::Duration;

/// The shortest subscription we take, in seconds; a shorter one is refused with 423. Zero asks once.
const MIN_EXPIRES: u32 = 60;
/// Granted when the watcher asks for nothing, and the longest we grant.
const MAX_EXPIRES: u32 = 3_600;

impl Endpoint {
    /// A SUBSCRIBE outside a dialog.
    pub(crate) fn subscribed(&mut self, now: Duration, key: ServerKey, request: &Request, flow: Flow) {
        let Some(event) = request.header("Event").map(str::to_owned).filter(|event| !event.trim().is_empty()) else {
            return self.reply_with(now, &key, 489, Some("No Event"), &[]);
        };
        let Some(expires) = self.granted(now, &key, request) else { return };
        let limits = self.settings.limits;
        let source = flow.remote.ip();
        let full = self.subscriptions.len() >= limits.subscriptions
            || self.subscriptions.count_from(source) >= limits.subscriptions_of_one;
        if full {
            return self.reply_with(now, &key, 503, Some("Too many subscriptions"), &[("Retry-After", "60")]);
        }
        let tag = self.token();
        let contact = flow.contact(request.uri().user());
        let dialog = Dialog::of_request(request, &tag, contact, self.first_cseq(), flow);
        let package = event.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let expires_at = now + Duration::from_secs(u64::from(expires));
        let subscription = Subscription::new(Path::Own(Box::new(dialog)), Stage::Asked(key), event, expires_at, source);
        let id = self.subscriptions.insert(subscription);
        let subscribed = Subscribed {
            id,
            resource: request.uri().clone(),
            package,
            accept: request.header_values("Accept").into_iter().map(str::to_ascii_lowercase).collect(),
            from: request.from().clone(),
            user_agent: request.header("User-Agent").map(str::to_owned),
            flow,
        };
        self.events.push_back(Event::Subscribed(Box::new(subscribed)));
    }

    /// The watcher may watch: 200, and [`Event::StateWanted`] follows.
    pub fn accept_subscription(&mut self, now: Duration, id: SubscriptionId) {
        let Some(subscription) = self.subscriptions.of_mut(id) else { return };
        let Stage::Asked(key) = subscription.stage.clone() else { return };
        let fetch = subscription.expires_at <= now;
        subscription.stage = if fetch { Stage::Ending("timeout") } else { Stage::Active };
        let (expires_at, tag) = (subscription.expires_at, own_tag(&subscription.path));
        self.grant(now, &key, expires_at, &tag);
        self.agenda.add(Some(expires_at), Due::Subscription(id));
        self.events.push_back(Event::StateWanted { id });
    }

    /// The watcher may not. The subscription is forgotten without a further event.
    pub fn refuse_subscription(
        &mut self,
        now: Duration,
        id: SubscriptionId,
        status: u16,
        reason: &str,
        headers: &[(&str, &str)],
    ) {
        let Some(gone) = self.subscriptions.remove(id) else { return };
        if let Stage::Asked(key) = gone.stage {
            self.reply_with(now, &key, status.clamp(300, 699), Some(reason), headers);
        }
    }

    /// A SUBSCRIBE within a subscription's dialog: refreshed, or ended.
    pub(crate) fn resubscribed(&mut self, now: Duration, key: ServerKey, request: &Request, id: SubscriptionId) {
        let Some(expires) = self.granted(now, &key, request) else { return };
        let Some(subscription) = self.subscriptions.of_mut(id) else { return };
        let Path::Own(dialog) = &mut subscription.path else { return };
        if dialog.remote_cseq.is_some_and(|last| request.cseq().number <= last) {
            return self.reply(now, &key, 500);
        }
        dialog.remote_cseq = Some(request.cseq().number);
        if let Some(server) = self.servers.get(&key) {
            dialog.heard(server.flow);
        }
        if let Some(contact) = request.contact() {
            dialog.target = contact.uri.clone();
        }
        let before = subscription.expires_at;
        subscription.expires_at = now + Duration::from_secs(u64::from(expires));
        if expires == 0 {
            subscription.stage = Stage::Ending("timeout");
        }
        let (expires_at, tag) = (subscription.expires_at, own_tag(&subscription.path));
        self.agenda.remove(Some(before), Due::Subscription(id));
        self.agenda.add(Some(expires_at), Due::Subscription(id));
        self.grant(now, &key, expires_at, &tag);
        self.events.push_back(Event::StateWanted { id });
    }

    /// For how many seconds, or `None` after a refusal.
    fn granted(&mut self, now: Duration, key: &ServerKey, request: &Request) -> Option<u32> {
        let wanted = request.expires().unwrap_or(MAX_EXPIRES);
        if (1..MIN_EXPIRES).contains(&wanted) {
            self.reply_with(now, key, 423, None, &[("Min-Expires", &MIN_EXPIRES.to_string())]);
            return None;
        }
        Some(wanted.min(MAX_EXPIRES))
    }

    fn grant(&mut self, now: Duration, key: &ServerKey, expires_at: Duration, tag: &str) {
        let Some((request, flow)) =
            self.servers.get(key).and_then(|server| Some((server.request.clone()?, server.flow)))
        else {
            return;
        };
        let response = Response::builder_for(&request, 200, None)
            .to_tag(tag)
            .record_routes_of(&request)
            .contact(&flow.contact(request.uri().user()))
            .header("Expires", &expires_at.saturating_sub(now).as_secs().to_string())
            .header("Server", &self.settings.server_name)
            .build();
        self.respond(now, key, &response);
    }
}

pub(super) fn own_tag(path: &Path) -> String {
    match path {
        Path::Own(dialog) => dialog.id.local_tag.clone(),
        Path::Call(_) => String::new(),
    }
}

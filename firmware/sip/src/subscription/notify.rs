//! Watchers are told.

use super::{Path, Stage};
use crate::endpoint::Endpoint;
use crate::message::Method;
use crate::transaction::client::Owner;
use crate::transaction::timers::Due;
use crate::{Body, Event, SubscriptionId};
use std::time::Duration;

/// The least time between two NOTIFYs of a change to one watcher: five a second.
const INTERVAL: Duration = Duration::from_millis(200);

impl Endpoint {
    /// What the subscription watches has changed. [`Event::StateWanted`] follows as soon as the watcher can take it: at most
    /// one NOTIFY is on its way, and five a second go out.
    pub fn touch_subscription(&mut self, now: Duration, id: SubscriptionId) {
        let Some(subscription) = self.subscriptions.of_mut(id) else { return };
        if subscription.stage != Stage::Active || subscription.stale {
            return;
        }
        if subscription.in_flight {
            subscription.stale = true;
        } else if now < subscription.not_before {
            subscription.stale = true;
            let at = subscription.not_before;
            self.agenda.add(Some(at), Due::Subscription(id));
        } else {
            self.events.push_back(Event::StateWanted { id });
        }
    }

    /// Tells the watcher the whole state. The last NOTIFY of a subscription that ends is followed by
    /// [`Event::SubscriptionEnded`].
    pub fn notify(&mut self, now: Duration, id: SubscriptionId, body: Body) {
        self.send_notify(now, id, Some(body));
    }

    pub(crate) fn send_notify(&mut self, now: Duration, id: SubscriptionId, body: Option<Body>) {
        let branch = self.branch();
        let Some(subscription) = self.subscriptions.of_mut(id) else { return };
        let built = match &mut subscription.path {
            Path::Own(dialog) => Some(&mut **dialog),
            Path::Call(call) => {
                self.touched.insert(*call);
                self.usages.get_mut(call).and_then(|usage| usage.dialog.as_mut())
            }
        };
        // The call is over, and its dialog with it.
        let Some(dialog) = built else {
            self.subscriptions.remove(id);
            return;
        };
        let cseq = dialog.next_cseq();
        let (mut request, flow) = dialog.request(Method::Notify, cseq, &branch);
        let last = match subscription.stage {
            Stage::Ending(reason) => Some(reason),
            Stage::Asked(_) | Stage::Active => None,
        };
        let state = match last {
            Some(reason) => format!("terminated;reason={reason}"),
            None => format!("active;expires={}", subscription.expires_at.saturating_sub(now).as_secs()),
        };
        subscription.in_flight = true;
        subscription.stale = false;
        subscription.not_before = now + INTERVAL;
        request = request
            .header("Event", &subscription.event)
            .header("Subscription-State", &state)
            .header("User-Agent", &self.settings.server_name);
        if let Some(body) = body {
            request = request.body(&body.content_type, &body.bytes);
        }
        let owner = if last.is_some() { Owner::Nobody } else { Owner::Notice(id) };
        self.send(now, request.build(), flow, owner);
        if last.is_some() {
            self.drop_subscription(id);
        }
    }

    /// A NOTIFY has its final answer; 408 when nobody answered. A watcher that knows nothing of the subscription any more
    /// is dropped (RFC 6665 section 4.2.2), one that is only in trouble is not.
    pub(crate) fn notice_answered(&mut self, now: Duration, id: SubscriptionId, status: u16) {
        if status < 200 {
            return;
        }
        if matches!(status, 404 | 405 | 408 | 410 | 416 | 480..=485 | 489 | 501 | 604) {
            return self.drop_subscription(id);
        }
        let Some(subscription) = self.subscriptions.of_mut(id) else { return };
        subscription.in_flight = false;
        if let Some(body) = subscription.queued.take() {
            return self.send_notify(now, id, Some(body));
        }
        if std::mem::take(&mut subscription.stale) {
            self.touch_subscription(now, id);
        }
    }

    pub(crate) fn subscription_due(&mut self, now: Duration, id: SubscriptionId) {
        let Some(subscription) = self.subscriptions.of_mut(id) else { return };
        if subscription.stage != Stage::Active {
            return;
        }
        if subscription.expires_at <= now {
            subscription.stage = Stage::Ending("timeout");
            return self.send_notify(now, id, None);
        }
        if subscription.stale && !subscription.in_flight && subscription.not_before <= now {
            subscription.stale = false;
            self.events.push_back(Event::StateWanted { id });
        }
    }

    fn drop_subscription(&mut self, id: SubscriptionId) {
        let Some(gone) = self.subscriptions.remove(id) else { return };
        self.agenda.remove(Some(gone.expires_at), Due::Subscription(id));
        if !gone.is_of_refer() {
            self.events.push_back(Event::SubscriptionEnded { id });
        }
    }
}

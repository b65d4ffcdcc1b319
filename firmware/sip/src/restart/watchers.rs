//! Lamps go on after a restart.

use super::SubscriptionRecord;
use crate::endpoint::Endpoint;
use crate::subscription::{Path, Stage, Subscription};
use crate::transaction::timers::Due;
use crate::{Event, SubscriptionId};
use std::time::Duration;

impl Endpoint {
    /// What a restart needs of an accepted subscription in a dialog of its own; `None` for any other.
    pub fn subscription_record(&self, id: SubscriptionId) -> Option<SubscriptionRecord> {
        let subscription = self.subscriptions.of(id).filter(|known| known.stage == Stage::Active)?;
        let Path::Own(dialog) = &subscription.path else { return None };
        let expires_at = u64::try_from(subscription.expires_at.as_millis()).unwrap_or(u64::MAX);
        Some(SubscriptionRecord { dialog: (&**dialog).into(), event: subscription.event.clone(), expires_at })
    }

    /// Goes on with a subscription of before the restart: [`Event::StateWanted`] follows at once. `None` where it has expired,
    /// or the record cannot be read.
    pub fn restore_subscription(&mut self, now: Duration, record: &SubscriptionRecord) -> Option<SubscriptionId> {
        let expires_at = Duration::from_millis(record.expires_at);
        let dialog = record.dialog.dialog().filter(|_| now < expires_at)?;
        let source = dialog.flow.remote.ip();
        let path = Path::Own(Box::new(dialog));
        let subscription = Subscription::new(path, Stage::Active, record.event.clone(), expires_at, source);
        let id = self.subscriptions.insert(subscription);
        self.agenda.add(Some(expires_at), Due::Subscription(id));
        self.events.push_back(Event::StateWanted { id });
        Some(id)
    }
}

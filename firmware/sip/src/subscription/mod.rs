//! Subscriptions to what the unit knows (RFC 6665), and the implicit ones of REFER (RFC 3515). Bodies are opaque.

mod notify;
mod refer;
mod subscribe;

use crate::dialog::{Dialog, DialogId};
use crate::transaction::ServerKey;
use crate::{Body, InviteId, SubscriptionId};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

/// Where the NOTIFYs of a subscription go.
#[derive(Debug)]
pub(crate) enum Path {
    /// A dialog of its own.
    Own(Box<Dialog>),
    /// The dialog of a call (an in-dialog REFER).
    Call(InviteId),
}

/// How far a subscription has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Not answered yet.
    Asked(ServerKey),
    Active,
    /// The next NOTIFY is the last; with the reason it gives (RFC 6665 section 4.1.3).
    Ending(&'static str),
}

#[derive(Debug)]
pub(crate) struct Subscription {
    pub path: Path,
    pub stage: Stage,
    /// The Event field as the watcher wrote it.
    pub event: String,
    pub expires_at: Duration,
    /// A NOTIFY is not answered yet.
    pub in_flight: bool,
    /// Something has changed since the last NOTIFY.
    pub stale: bool,
    /// No NOTIFY of a change goes out before.
    pub not_before: Duration,
    /// What a REFER has come to meanwhile.
    pub queued: Option<Body>,
    /// A REFER that wants no NOTIFY (RFC 4488).
    pub silent: bool,
    source: IpAddr,
}

impl Subscription {
    pub(crate) fn new(path: Path, stage: Stage, event: String, expires_at: Duration, source: IpAddr) -> Self {
        Self {
            path,
            stage,
            event,
            expires_at,
            in_flight: false,
            stale: false,
            not_before: Duration::ZERO,
            queued: None,
            silent: false,
            source,
        }
    }

    pub(crate) fn is_of_refer(&self) -> bool {
        self.event.split(';').next().is_some_and(|package| package.trim() == refer::PACKAGE)
    }
}

/// All subscriptions, by their identity, their dialog and their source.
#[derive(Debug, Default)]
pub(crate) struct Subscriptions {
    all: BTreeMap<SubscriptionId, Subscription>,
    by_dialog: BTreeMap<DialogId, SubscriptionId>,
    by_source: BTreeMap<IpAddr, usize>,
    last_id: u64,
}

impl Subscriptions {
    pub(crate) fn insert(&mut self, subscription: Subscription) -> SubscriptionId {
        self.last_id += 1;
        let id = SubscriptionId(self.last_id);
        if let Path::Own(dialog) = &subscription.path {
            self.by_dialog.insert(dialog.id.clone(), id);
        }
        *self.by_source.entry(subscription.source).or_default() += 1;
        self.all.insert(id, subscription);
        id
    }

    pub(crate) fn remove(&mut self, id: SubscriptionId) -> Option<Subscription> {
        let gone = self.all.remove(&id)?;
        if let Path::Own(dialog) = &gone.path {
            self.by_dialog.remove(&dialog.id);
        }
        if let Some(count) = self.by_source.get_mut(&gone.source) {
            *count -= 1;
            if *count == 0 {
                self.by_source.remove(&gone.source);
            }
        }
        Some(gone)
    }

    pub(crate) fn of(&self, id: SubscriptionId) -> Option<&Subscription> {
        self.all.get(&id)
    }

    pub(crate) fn of_mut(&mut self, id: SubscriptionId) -> Option<&mut Subscription> {
        self.all.get_mut(&id)
    }

    /// Dialogs of their own.
    pub(crate) fn dialogs_mut(&mut self) -> impl Iterator<Item = &mut Dialog> {
        self.all.values_mut().filter_map(|subscription| match &mut subscription.path {
            Path::Own(dialog) => Some(&mut **dialog),
            Path::Call(_) => None,
        })
    }

    pub(crate) fn by_dialog(&self, dialog: &DialogId) -> Option<SubscriptionId> {
        self.by_dialog.get(dialog).copied()
    }

    pub(crate) fn count_from(&self, source: IpAddr) -> usize {
        self.by_source.get(&source).copied().unwrap_or_default()
    }

    /// Of the address that has most of them.
    pub(crate) fn most_from_one(&self) -> usize {
        self.by_source.values().copied().max().unwrap_or_default()
    }

    /// Whether a REFER within the call's dialog is being followed already.
    pub(crate) fn follows(&self, call: InviteId) -> bool {
        self.all.values().any(|known| matches!(known.path, Path::Call(of) if of == call))
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }
}

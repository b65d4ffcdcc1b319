//! What outlives a restart: calls, lamps and registered phones as records, and back.

mod bindings;
mod calls;
mod invites;
mod record;
mod watchers;

pub use record::{BindingRecord, DialogRecord, FlowRecord, InviteRecord, SubscriptionRecord, TimerRecord, UsageRecord};

//! SIP endpoint (RFC 3261): bytes and deadlines in, bytes and events out. Bodies are opaque to it.
//!
//! Pure: no clock, thread or socket. `now` is the monotonic time since the unit started.
#![deny(clippy::wildcard_enum_match_arm)]

mod command;
mod dialog;
mod digest;
mod endpoint;
mod event;
mod keep_alive;
mod limits;
pub mod message;
mod names;
mod random;
mod registrar;
mod registration;
mod restart;
mod serve;
mod settings;
mod settings_changed;
mod subscription;
mod text;
mod transaction;
mod transport;
mod usage;

pub use command::{Body, Close, Identity, Outgoing};
pub use digest::{Account, Secret};
pub use endpoint::{Endpoint, OWN_HOST};
pub use event::{Cause, Event, Invited, Referred, Replaced, Subscribed};
pub use names::{Lookup, LookupId, Name};
pub use random::Random;
pub use registration::Registration;
pub use restart::{
    BindingRecord, DialogRecord, FlowRecord, InviteRecord, SubscriptionRecord, TimerRecord, UsageRecord,
};
pub use settings::{Limits, Network, Settings, Sources};
pub use transport::{Flow, Transmit, Transport, framing};

/// One INVITE usage: from the INVITE to the end of its dialog (RFC 5057). Never re-used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InviteId(pub u64);

/// One subscription to something of ours, or the implicit one of a REFER (RFC 6665, RFC 3515). Never re-used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriptionId(pub u64);

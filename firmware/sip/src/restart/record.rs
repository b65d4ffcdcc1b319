//! Records as they are written: plain data, every address verbatim.

use crate::dialog::{Dialog, DialogId};
use crate::message::{NameAddr, Uri};
use crate::{Flow, Transport};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// Numbers of our requests that one record covers: it is written anew only when they are used up.
const CSEQ_BLOCK: u32 = 64;

/// A [`Flow`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowRecord {
    /// `UDP`, `TCP` or `TLS`.
    pub transport: String,
    /// The address we listen on, as the peer sees it.
    pub local: SocketAddr,
    /// The peer's address.
    pub remote: SocketAddr,
}

/// One dialog (RFC 3261 section 12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialogRecord {
    /// Call-ID.
    pub call_id: String,
    /// Our tag.
    pub local_tag: String,
    /// Theirs; empty for peers of RFC 2543.
    pub remote_tag: String,
    /// Us, with our tag.
    pub local: String,
    /// Them, with their tag.
    pub remote: String,
    /// None of our requests has had a greater number, nor will before a new record is written.
    pub cseq_reserved: u32,
    /// Where requests go.
    pub target: String,
    /// Routes to set, nearest first.
    pub routes: Vec<String>,
    /// Our Contact.
    pub contact: String,
    /// The way to them.
    pub flow: FlowRecord,
    /// Requests go the way they were heard.
    pub behind_router: bool,
}

/// Who keeps a call alive (RFC 4028).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimerRecord {
    /// Nobody.
    Off,
    /// We ask, every so many seconds.
    Ours(u64),
    /// They do, within so many seconds.
    Theirs(u64),
}

/// A confirmed call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageRecord {
    /// Its dialog.
    pub dialog: DialogRecord,
    /// We called.
    pub outgoing: bool,
    /// The other side takes UPDATE (RFC 3311).
    pub takes_update: bool,
    /// See [`TimerRecord`].
    pub timer: TimerRecord,
}

/// A call of ours that nobody has answered: enough of its INVITE to take it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteRecord {
    /// Request-URI.
    pub uri: String,
    /// Of its Via.
    pub branch: String,
    /// From, with our tag.
    pub from: String,
    /// To.
    pub to: String,
    /// Call-ID.
    pub call_id: String,
    /// CSeq.
    pub cseq: u32,
    /// The way it went.
    pub flow: FlowRecord,
}

/// A watcher's subscription (RFC 6665).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionRecord {
    /// Its dialog.
    pub dialog: DialogRecord,
    /// The Event field as the watcher wrote it.
    pub event: String,
    /// Time since the unit's start, in milliseconds.
    pub expires_at: u64,
}

/// One contact of a station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BindingRecord {
    /// Where it can be called.
    pub contact: String,
    /// The way its REGISTER took.
    pub flow: FlowRecord,
    /// The phone takes MESSAGE.
    pub takes_texts: bool,
}

impl From<Flow> for FlowRecord {
    fn from(flow: Flow) -> Self {
        Self { transport: flow.transport.name().to_owned(), local: flow.local, remote: flow.remote }
    }
}

impl FlowRecord {
    pub(crate) fn flow(&self) -> Option<Flow> {
        let transport = [Transport::Udp, Transport::Tcp, Transport::Tls]
            .into_iter()
            .find(|transport| transport.name() == self.transport)?;
        Some(Flow { transport, local: self.local, remote: self.remote })
    }
}

impl From<&Dialog> for DialogRecord {
    fn from(dialog: &Dialog) -> Self {
        Self {
            call_id: dialog.id.call_id.clone(),
            local_tag: dialog.id.local_tag.clone(),
            remote_tag: dialog.id.remote_tag.clone(),
            local: dialog.local.to_string(),
            remote: dialog.remote.to_string(),
            cseq_reserved: dialog.local_cseq.div_ceil(CSEQ_BLOCK).max(1).saturating_mul(CSEQ_BLOCK),
            target: dialog.target.as_str().to_owned(),
            routes: dialog.routes.iter().map(ToString::to_string).collect(),
            contact: dialog.contact.to_string(),
            flow: dialog.flow.into(),
            behind_router: dialog.behind_router,
        }
    }
}

impl DialogRecord {
    /// The dialog goes on; a stream it used is gone. `None` where a field cannot be read.
    pub(crate) fn dialog(&self) -> Option<Dialog> {
        let address = |text: &String| NameAddr::parse(text).ok();
        let mut dialog = Dialog {
            id: DialogId {
                call_id: self.call_id.clone(),
                local_tag: self.local_tag.clone(),
                remote_tag: self.remote_tag.clone(),
            },
            local: address(&self.local)?,
            remote: address(&self.remote)?,
            local_cseq: self.cseq_reserved,
            // Theirs is not kept: the next one counts, whatever it is.
            remote_cseq: None,
            target: Uri::parse(&self.target).ok()?,
            routes: self.routes.iter().map(address).collect::<Option<_>>()?,
            contact: address(&self.contact)?,
            flow: self.flow.flow()?,
            behind_router: self.behind_router,
        };
        if dialog.flow.transport.is_stream() {
            dialog.flow_is_gone();
        }
        Some(dialog)
    }
}

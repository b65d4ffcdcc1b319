//! INVITE usages (RFC 5057), one verb a file.

mod accept;
mod change;
mod close;
mod connect;
mod elsewhere;
mod offer;
pub(crate) mod refresh;
mod replaces;

use crate::dialog::Dialog;
use crate::message::{Method, NameAddr};
use crate::transaction::timers::{PATIENCE, T1, T2, earlier};
use crate::transaction::{ClientKey, ServerKey};
use crate::{Account, Body, Flow, Name, Outgoing};
use elsewhere::Elsewhere;
use offer::Offer;
use refresh::Timer;
use std::time::Duration;

/// How far an INVITE usage has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stage {
    /// They called; we have given no final answer.
    Incoming(ServerKey),
    /// We called; there is no final answer.
    Outgoing {
        /// Our INVITE.
        invite: ClientKey,
        /// A CANCEL has gone out.
        cancelled: bool,
    },
    /// We are to call, as soon as it is known where that is.
    Looking(Name, Box<Outgoing>),
    /// The dialog is confirmed.
    Up,
}

/// A 2xx that waits for its ACK (RFC 3261 section 13.3.1.4).
#[derive(Debug, Clone)]
pub(crate) struct Unacknowledged {
    pub bytes: Vec<u8>,
    pub flow: Flow,
    pub cseq: u32,
    /// It carries our offer, so the ACK carries the answer.
    pub offered: bool,
    /// It answers a re-INVITE.
    pub change: bool,
    interval: Duration,
    resend: Duration,
    end: Duration,
}

impl Unacknowledged {
    pub(crate) fn new(now: Duration, bytes: Vec<u8>, flow: Flow, cseq: u32, offered: bool, change: bool) -> Self {
        Self { bytes, flow, cseq, offered, change, interval: T1, resend: now + T1, end: now + PATIENCE }
    }

    fn deadline(&self) -> Duration {
        self.resend.min(self.end)
    }
}

/// A re-INVITE or UPDATE that waits for our answer.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub transaction: ServerKey,
    pub method: Method,
    pub offerless: bool,
}

/// One INVITE usage.
#[derive(Debug)]
pub(crate) struct Usage {
    pub stage: Stage,
    /// Early for an unanswered call to us, none for an unanswered call of ours.
    pub dialog: Option<Dialog>,
    pub offerless: bool,
    /// Who the other side has said it is, where that is not the remote address of the dialog.
    pub who: Option<NameAddr>,
    /// Who we are to the other side, until it has asked.
    pub account: Option<Account>,
    /// We called.
    pub outgoing: bool,
    /// The other side takes UPDATE (RFC 3311).
    pub takes_update: bool,
    /// The last description of media that we have sent.
    pub described: Option<Body>,
    pub timer: Timer,
    /// A refresh of ours that is not answered yet.
    pub refreshing: Option<ClientKey>,
    /// An offer of ours in mid-call that has no answer yet.
    pub offer: Option<Offer>,
    /// Where else our INVITE can go.
    pub elsewhere: Option<Box<Elsewhere>>,
    pub unacknowledged: Option<Unacknowledged>,
    pub change: Option<Change>,
    /// The caller has been told that it is over; what is left is finished on the wire alone.
    pub reported: bool,
    /// Goes into the BYE or CANCEL that is still to be sent.
    pub reason: Option<String>,
}

impl Usage {
    pub(crate) fn new(stage: Stage) -> Self {
        Self {
            stage,
            dialog: None,
            offerless: false,
            who: None,
            outgoing: false,
            takes_update: false,
            described: None,
            timer: Timer::Off,
            refreshing: None,
            offer: None,
            account: None,
            elsewhere: None,
            unacknowledged: None,
            change: None,
            reported: false,
            reason: None,
        }
    }

    pub(crate) fn deadline(&self) -> Option<Duration> {
        // Everything else waits for the ACK.
        if let Some(waiting) = &self.unacknowledged {
            return Some(waiting.deadline());
        }
        let up = self.stage == Stage::Up && !self.reported;
        earlier(self.timer.deadline(), self.offer.and_then(Offer::deadline)).filter(|_| up)
    }
}

/// What a usage's deadline brings.
pub(crate) enum Due {
    Resend(Vec<u8>, Flow),
    NoAck,
    Refresh,
    Offer,
    NotYet,
}

impl Usage {
    pub(crate) fn handle_timeout(&mut self, now: Duration) -> Due {
        let up = self.stage == Stage::Up && !self.reported;
        let due = |deadline: Option<Duration>| up && deadline.is_some_and(|at| at <= now);
        let Some(waiting) = &mut self.unacknowledged else {
            return match () {
                () if due(self.offer.and_then(Offer::deadline)) => Due::Offer,
                () if due(self.timer.deadline()) => Due::Refresh,
                () => Due::NotYet,
            };
        };
        if waiting.end <= now {
            self.unacknowledged = None;
            return Due::NoAck;
        }
        if waiting.resend <= now {
            waiting.interval = (waiting.interval * 2).min(T2);
            waiting.resend = now + waiting.interval;
            return Due::Resend(waiting.bytes.clone(), waiting.flow);
        }
        Due::NotYet
    }
}

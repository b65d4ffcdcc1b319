//! INVITE and non-INVITE server transactions (RFC 3261 section 17.2, RFC 6026 section 7.1).

use super::Origin;
use super::timers::{PATIENCE, T1, T2, T4, earlier};
use crate::message::Request;
use crate::{Flow, InviteId};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No final response yet.
    Proceeding,
    /// A 2xx to an INVITE has been sent; its retransmission is the usage's (timer L runs).
    Accepted,
    /// Any other final response has been sent.
    Completed,
    /// Its ACK has come (timer I runs).
    Confirmed,
}

/// One server transaction.
#[derive(Debug)]
pub struct Server {
    /// The request, until its final response has been given: a transaction lives on for half a minute after that, and a busy
    /// unit has tens of thousands of those.
    pub request: Option<Box<Request>>,
    /// What it would be found by, had it come by another path.
    pub origin: Option<Origin>,
    /// The way back.
    pub flow: Flow,
    /// The usage an INVITE belongs to.
    pub usage: Option<InviteId>,
    invite: bool,
    state: State,
    last: Option<Vec<u8>>,
    interval: Duration,
    resend: Option<Duration>,
    end: Option<Duration>,
}

impl Server {
    /// A transaction for a request that has just come.
    pub fn new(request: Request, flow: Flow, invite: bool) -> Self {
        let state = State::Proceeding;
        let origin = request.to().tag().is_none().then(|| Origin::of(&request));
        Self {
            request: Some(Box::new(request)),
            origin,
            flow,
            usage: None,
            invite,
            state,
            last: None,
            interval: T1,
            resend: None,
            end: None,
        }
    }

    /// No final response has been given.
    pub fn is_proceeding(&self) -> bool {
        self.state == State::Proceeding
    }

    /// Takes note of a response that is being sent.
    pub fn responded(&mut self, now: Duration, status: u16, bytes: &[u8]) {
        if status >= 200 {
            self.request = None;
        }
        match (self.invite, status) {
            (_, 100..200) => self.last = Some(bytes.to_vec()),
            (true, 200..300) => {
                // RFC 6026: retransmitted INVITEs are absorbed; the 2xx is repeated by the usage.
                self.last = None;
                self.state = State::Accepted;
                self.end = Some(now + PATIENCE);
            }
            (invite, _) => {
                self.last = Some(bytes.to_vec());
                self.state = State::Completed;
                // Over a stream timer G does not run, and J is zero; H waits for the ACK all the same.
                let stream = self.flow.transport.is_stream();
                self.resend = (invite && !stream).then(|| now + T1);
                self.end = Some(if stream && !invite { now } else { now + PATIENCE });
            }
        }
    }

    /// The request has come again: the last response, if it is to be repeated.
    pub fn repeated(&self) -> Option<&[u8]> {
        match self.state {
            State::Proceeding | State::Completed => self.last.as_deref(),
            State::Accepted | State::Confirmed => None,
        }
    }

    /// An ACK with the INVITE's own branch.
    pub fn acknowledged(&mut self, now: Duration) {
        if self.state == State::Completed {
            self.state = State::Confirmed;
            self.resend = None;
            self.end = Some(if self.flow.transport.is_stream() { now } else { now + T4 });
        }
    }

    /// When `handle_timeout` is to be called.
    pub fn deadline(&self) -> Option<Duration> {
        earlier(self.resend, self.end)
    }

    /// What is due: `None` when the transaction is over, else the bytes to repeat, if any.
    pub fn handle_timeout(&mut self, now: Duration) -> Option<Option<&[u8]>> {
        if self.end.is_some_and(|end| end <= now) {
            return None;
        }
        if self.resend.is_some_and(|at| at <= now) {
            self.interval = (self.interval * 2).min(T2);
            self.resend = Some(now + self.interval);
            return Some(self.last.as_deref());
        }
        Some(None)
    }
}

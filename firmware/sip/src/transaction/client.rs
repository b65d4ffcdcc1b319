//! INVITE and non-INVITE client transactions (RFC 3261 section 17.1, RFC 6026 section 7.2).

use super::timers::{PATIENCE, T1, T2, T4, earlier};
use crate::message::Request;
use crate::{Flow, InviteId, SubscriptionId};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No response yet (Calling, Trying).
    Trying,
    /// A provisional response has come.
    Proceeding,
    /// A 2xx to an INVITE has come; further ones are passed on (timer M runs).
    Accepted,
    /// Any other final response has come.
    Completed,
}

/// What a response means to the transaction's user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Hand it on.
    Pass,
    /// Hand it on, after acknowledging it (non-2xx final to an INVITE).
    AcknowledgeAndPass,
    /// Seen before: acknowledge again.
    AcknowledgeOnly,
    /// Seen before.
    Ignore,
}

/// What a deadline brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeout<'a> {
    /// Send the request again.
    Resend(&'a [u8]),
    /// Nobody has answered: the user is to be told, and the transaction is over.
    GaveUp,
    /// The transaction is over.
    Over,
    /// Nothing yet.
    NotYet,
}

/// Who is told what comes of a request of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// Its outcome changes nothing.
    Nobody,
    /// The call that the INVITE sets up.
    Call(InviteId),
    /// Our registration of that place in the settings.
    Registration(usize),
    /// The call that a request of ours keeps alive.
    Refresh(InviteId),
    /// The subscription that a NOTIFY belongs to.
    Notice(SubscriptionId),
}

/// One client transaction.
#[derive(Debug)]
pub struct Client {
    /// Our request.
    pub request: Request,
    /// Where it went.
    pub flow: Flow,
    /// See [`Owner`].
    pub owner: Owner,
    invite: bool,
    state: State,
    bytes: Vec<u8>,
    interval: Duration,
    resend: Option<Duration>,
    end: Option<Duration>,
}

impl Client {
    /// A transaction for a request that is being sent now.
    pub fn new(now: Duration, request: Request, bytes: Vec<u8>, flow: Flow, invite: bool) -> Self {
        // Timers A and E do not run over a stream (RFC 3261 table 4).
        let resend = (!flow.transport.is_stream()).then(|| now + T1);
        let end = Some(now + PATIENCE);
        Self { request, flow, owner: Owner::Nobody, invite, state: State::Trying, bytes, interval: T1, resend, end }
    }

    /// A response with this status has come.
    pub fn response(&mut self, now: Duration, status: u16) -> Verdict {
        match (self.state, status) {
            (State::Trying | State::Proceeding, 100..200) => {
                self.state = State::Proceeding;
                if self.invite {
                    // An INVITE that rings is not repeated, and may ring for as long as its user lets it.
                    (self.resend, self.end) = (None, None);
                } else {
                    self.interval = T2;
                }
                Verdict::Pass
            }
            (State::Trying | State::Proceeding, 200..300) if self.invite => {
                self.settle(State::Accepted, now + PATIENCE);
                Verdict::Pass
            }
            (State::Trying | State::Proceeding, _) => {
                // Timers D and K; nothing comes twice over a stream.
                let linger = match (self.flow.transport.is_stream(), self.invite) {
                    (true, _) => Duration::ZERO,
                    (false, true) => PATIENCE,
                    (false, false) => T4,
                };
                self.settle(State::Completed, now + linger);
                if self.invite { Verdict::AcknowledgeAndPass } else { Verdict::Pass }
            }
            (State::Accepted, 200..300) => Verdict::Pass,
            (State::Completed, 300..) if self.invite => Verdict::AcknowledgeOnly,
            (State::Accepted | State::Completed, _) => Verdict::Ignore,
        }
    }

    /// A provisional response has come, and no final one (RFC 3261 section 9.1: a CANCEL may go out).
    pub fn is_proceeding(&self) -> bool {
        self.state == State::Proceeding
    }

    /// No final response has come.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Trying | State::Proceeding)
    }

    /// An INVITE that rings on is given up after this: a cancelled one (RFC 3261 section 9.1), or one within a call.
    pub fn give_up_at(&mut self, at: Duration) {
        if self.state == State::Proceeding {
            self.end = Some(at);
        }
    }

    /// Without any response by then it is given up; there are other ways.
    pub fn hurry(&mut self, at: Duration) {
        if self.state == State::Trying {
            self.end = Some(at);
        }
    }

    /// When `handle_timeout` is to be called.
    pub fn deadline(&self) -> Option<Duration> {
        earlier(self.resend, self.end)
    }

    /// What is due.
    pub fn handle_timeout(&mut self, now: Duration) -> Timeout<'_> {
        if self.end.is_some_and(|end| end <= now) {
            return match self.state {
                State::Trying | State::Proceeding => Timeout::GaveUp,
                State::Accepted | State::Completed => Timeout::Over,
            };
        }
        if self.resend.is_some_and(|at| at <= now) {
            self.interval = if self.invite { self.interval * 2 } else { (self.interval * 2).min(T2) };
            self.resend = Some(now + self.interval);
            return Timeout::Resend(&self.bytes);
        }
        Timeout::NotYet
    }

    fn settle(&mut self, state: State, end: Duration) {
        self.state = state;
        self.resend = None;
        self.end = Some(end);
    }
}

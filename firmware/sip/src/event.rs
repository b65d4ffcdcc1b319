//! What the endpoint reports.

use crate::command::Body;
use crate::message::{NameAddr, Replaces, Request, Uri};
use crate::{Flow, InviteId, SubscriptionId};

/// An INVITE outside a dialog has arrived. Nothing but `100 Trying` has been sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// The new usage.
    pub id: InviteId,
    /// Whom they called.
    pub request_uri: Uri,
    /// Who they say they are.
    pub from: NameAddr,
    /// Whom they think they called.
    pub to: NameAddr,
    /// P-Asserted-Identity or Remote-Party-ID, when present.
    pub asserted: Option<NameAddr>,
    /// Who transferred the call here (RFC 3892).
    pub referred_by: Option<NameAddr>,
    /// Who diverted the call here (RFC 5806), topmost.
    pub diversion: Option<NameAddr>,
    /// The usage that this call is to replace (RFC 3891).
    pub replaces: Option<Replaced>,
    /// The offer; `None` when we are to make it in our 2xx.
    pub offer: Option<Body>,
    /// From where.
    pub flow: Flow,
    /// As it came, for what is not typed above.
    pub request: Request,
}

/// What a Replaces header named. When it names no dialog of ours the endpoint has answered 481 itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replaced {
    /// The usage that is to be replaced; it is still up.
    pub id: InviteId,
    /// `early-only` was given.
    pub early_only: bool,
}

/// A REFER has arrived (RFC 3515). Nothing has been answered; reply with `accept_refer` or `refuse_refer`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referred {
    /// The new implicit subscription.
    pub id: SubscriptionId,
    /// The usage in whose dialog it came; `None` for one of its own.
    pub within: Option<InviteId>,
    /// Whom they sent it to.
    pub request_uri: Uri,
    /// Whom they want called, with URI headers.
    pub refer_to: NameAddr,
    /// The dialog that the call is to replace, from Refer-To's headers (RFC 3891).
    pub replaces: Option<Replaces>,
    /// The same, when that dialog is one of ours.
    pub replaced: Option<InviteId>,
    /// Who says so (RFC 3892).
    pub referred_by: Option<NameAddr>,
    /// Who they say they are.
    pub from: NameAddr,
    /// From where.
    pub flow: Flow,
}

/// A SUBSCRIBE has arrived (RFC 6665). Nothing has been answered; reply with `accept_subscription` or
/// `refuse_subscription`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscribed {
    /// The new subscription.
    pub id: SubscriptionId,
    /// What they want to watch.
    pub resource: Uri,
    /// The event package, in lower case.
    pub package: String,
    /// Media types they take; empty when they do not say.
    pub accept: Vec<String>,
    /// Who they say they are.
    pub from: NameAddr,
    /// User-Agent.
    pub user_agent: Option<String>,
    /// From where.
    pub flow: Flow,
}

/// Why a usage ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The other side sent BYE.
    HungUp,
    /// The other side cancelled its INVITE before we answered.
    Cancelled,
    /// Our INVITE got this final status (3xx-6xx); 408 when nobody answered at all.
    Refused(u16),
    /// Our 2xx was never acknowledged (RFC 3261 section 13.3.1.4).
    NoAck,
    /// The dialog turned out to be gone (408 or 481 to a request of ours).
    Lost,
    /// We closed it, and that is complete.
    Closed,
}

/// Something happened on the wire. Past tense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// See [`Invited`].
    Invited(Box<Invited>),
    /// The ACK to our 2xx came; with the answer when we had made the offer.
    Acknowledged {
        /// Which usage.
        id: InviteId,
        /// The answer.
        answer: Option<Body>,
    },
    /// Our INVITE is ringing at the other side (180, 183); the body, if any, is early media.
    Ringing {
        /// Which usage.
        id: InviteId,
        /// Early answer.
        answer: Option<Body>,
    },
    /// Our INVITE was answered, and we have sent the ACK.
    Answered {
        /// Which usage.
        id: InviteId,
        /// The answer.
        answer: Option<Body>,
        /// P-Asserted-Identity of the 2xx, else its To.
        remote: NameAddr,
    },
    /// A key was pressed on a phone that tells it by INFO (`application/dtmf-relay`, `application/dtmf`).
    Digit {
        /// Which usage.
        id: InviteId,
        /// The key: `0` to `9`, `*`, `#`, `A` to `D`.
        digit: char,
    },
    /// A re-INVITE or UPDATE names who is on the other side now (RFC 4916, P-Asserted-Identity, Remote-Party-ID). Comes
    /// before what else the request asks for, and only when it is somebody else than before.
    Identified {
        /// Which usage.
        id: InviteId,
        /// Who it is now.
        who: NameAddr,
    },
    /// A re-INVITE or UPDATE asks for new media. Reply with `accept_change` or `refuse_change`.
    /// One without a body that needs no answer (a target refresh by UPDATE) is answered by the endpoint.
    ChangeRequested {
        /// Which usage.
        id: InviteId,
        /// The offer; `None` when our 2xx is to make it (offerless re-INVITE).
        offer: Option<Body>,
    },
    /// The answer in the ACK of a re-INVITE that had no offer.
    ChangeAcknowledged {
        /// Which usage.
        id: InviteId,
        /// The answer.
        answer: Option<Body>,
    },
    /// What came of an offer of ours in mid-call (`offer_change`).
    ChangeAnswered {
        /// Which usage.
        id: InviteId,
        /// The answer; `None` where it was refused, and the call stands as it was (RFC 3261 section 14.1).
        answer: Option<Body>,
    },
    /// The usage is over. Its id is never used again. Reported exactly once for every usage.
    Ended {
        /// Which usage.
        id: InviteId,
        /// Why.
        cause: Cause,
    },
    /// See [`Referred`].
    Referred(Box<Referred>),
    /// See [`Subscribed`].
    Subscribed(Box<Subscribed>),
    /// A watcher is to be told the whole state now: reply with `notify`. Comes after `accept_subscription`, after every
    /// refresh, at the end, and after `touch_subscription` as soon as the watcher can take it.
    StateWanted {
        /// Which subscription.
        id: SubscriptionId,
    },
    /// The subscription is over. Reported exactly once for every accepted one of `Subscribed`.
    SubscriptionEnded {
        /// Which subscription.
        id: SubscriptionId,
    },
    /// A registrar has taken, or will not take, what we register there. Reported when that changes.
    RegistrationChanged {
        /// The registration's place in the settings.
        index: usize,
        /// We are registered.
        up: bool,
    },
    /// A station has registered or refreshed a contact.
    Registered {
        /// Its user part.
        station: String,
    },
    /// A station's last contact is gone.
    Unregistered {
        /// Its user part.
        station: String,
    },
}

//! Whether the other side is still there: session timers (RFC 4028), and probes where it has none. Silence on the media path
//! is no proof: parked callers are often muted.

use super::{Stage, Usage};
use crate::endpoint::{ALLOW, Endpoint, SUPPORTED};
use crate::message::{Method, NameAddr, Request, Response};
use crate::transaction::ClientKey;
use crate::transaction::client::Owner;
use crate::{Body, Cause, Identity, InviteId};
use std::time::Duration;

/// The shortest interval we take (RFC 4028 section 4), seconds.
pub(crate) const MIN_SE: u32 = 90;
/// Before a call whose refreshes have not come is ended: this, or a third of its interval if that is less.
const MARGIN: Duration = Duration::from_secs(32);
/// Somebody else was changing the call: tried again after this (RFC 3261 section 14.1 gives 2.1 to 4 s to whoever owns the
/// Call-ID, and 0 to 2 s to the other).
pub(super) const AFTER_GLARE: [Duration; 2] = [Duration::from_millis(900), Duration::from_millis(3_100)];

/// Who keeps a call alive, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timer {
    /// Nobody.
    Off,
    /// We ask, every so often.
    Ours { every: Duration, next: Duration },
    /// They do, or the call is over at `end`.
    Theirs { lasts: Duration, end: Duration },
}

impl Timer {
    pub(crate) fn deadline(self) -> Option<Duration> {
        match self {
            Self::Off => None,
            Self::Ours { next, .. } => Some(next),
            Self::Theirs { end, .. } => Some(end),
        }
    }

    fn ours(now: Duration, every: Duration) -> Self {
        if every.is_zero() { Self::Off } else { Self::Ours { every, next: now + every } }
    }

    fn theirs(now: Duration, interval: Duration) -> Self {
        let lasts = interval - MARGIN.min(interval / 3);
        Self::Theirs { lasts, end: now + lasts }
    }

    /// The other side has just shown that it is there.
    pub(crate) fn renewed(self, now: Duration) -> Self {
        match self {
            Self::Off => Self::Off,
            Self::Ours { every, .. } => Self::ours(now, every),
            Self::Theirs { lasts, .. } => Self::Theirs { lasts, end: now + lasts },
        }
    }
}

/// Session-Expires: seconds, and who refreshes.
fn read(text: &str) -> Option<(u32, Option<bool>)> {
    let mut parts = text.split(';').map(str::trim);
    let seconds = parts.next()?.parse().ok()?;
    let by_uac = parts.find_map(|part| part.strip_prefix("refresher=")).map(|who| who.eq_ignore_ascii_case("uac"));
    Some((seconds, by_uac))
}

pub(crate) fn supports(values: &[&str], option: &str) -> bool {
    values.iter().any(|value| value.eq_ignore_ascii_case(option))
}

impl Endpoint {
    /// What is wrong with the timer that a request asks for: it is too brief.
    pub(crate) fn too_brief(request: &Request) -> bool {
        let wanted = request.header("Session-Expires").and_then(read);
        supports(&request.header_values("Supported"), "timer") && wanted.is_some_and(|(seconds, _)| seconds < MIN_SE)
    }

    /// The timer of a request that we accept, and the field that says so. Where we may choose, we refresh.
    pub(crate) fn timer_of(&self, now: Duration, request: &Request) -> (Timer, Vec<(&'static str, String)>) {
        if !supports(&request.header_values("Supported"), "timer") {
            return (Timer::ours(now, self.settings.probe_every), Vec::new());
        }
        let ours = u32::try_from(self.settings.session_expires.as_secs()).unwrap_or(u32::MAX).max(MIN_SE);
        let (seconds, by_uac) = request.header("Session-Expires").and_then(read).unwrap_or((ours, None));
        let seconds = seconds.clamp(MIN_SE, ours);
        let interval = Duration::from_secs(u64::from(seconds));
        let told = |who: &str| ("Session-Expires", format!("{seconds};refresher={who}"));
        match by_uac {
            Some(true) => (Timer::theirs(now, interval), vec![("Require", "timer".to_owned()), told("uac")]),
            Some(false) | None => (Timer::ours(now, interval / 2), vec![told("uas")]),
        }
    }

    /// The timer that the answer to a request of ours sets.
    pub(crate) fn timer_by(&self, now: Duration, response: &Response) -> Timer {
        match response.header("Session-Expires").and_then(read) {
            Some((seconds, Some(false))) => Timer::theirs(now, Duration::from_secs(u64::from(seconds.max(MIN_SE)))),
            Some((seconds, Some(true) | None)) => {
                Timer::ours(now, Duration::from_secs(u64::from(seconds.max(MIN_SE))) / 2)
            }
            None => Timer::ours(now, self.settings.probe_every),
        }
    }

    /// A request of ours that the timer field of the settings goes into.
    pub(crate) fn wanted_timer(&self) -> [(&'static str, String); 2] {
        let seconds = self.settings.session_expires.as_secs().max(u64::from(MIN_SE));
        [("Session-Expires", format!("{seconds};refresher=uac")), ("Min-SE", MIN_SE.to_string())]
    }

    /// The timer of a call has run out.
    pub(crate) fn refresh_due(&mut self, now: Duration, id: InviteId) {
        match self.usages.get(&id).map(|usage| usage.timer) {
            Some(Timer::Ours { .. }) => self.refresh(now, id, None),
            Some(Timer::Theirs { .. }) => self.lost(now, id),
            Some(Timer::Off) | None => {}
        }
    }

    /// Tells the other side who they talk to now (RFC 4916, P-Asserted-Identity), where their phone takes it without a new
    /// offer; or where it does not, with the media as it is.
    pub fn tell_identity(&mut self, now: Duration, id: InviteId, identity: &Identity) {
        if self.usages.get(&id).is_some_and(|usage| usage.stage == Stage::Up && !usage.reported) {
            self.refresh(now, id, Some(identity));
        }
    }

    /// Asks whether they are there: by UPDATE without a body if they take it, else by a re-INVITE with what stands.
    fn refresh(&mut self, now: Duration, id: InviteId, identity: Option<&Identity>) {
        let branch = self.branch();
        let asserted = identity
            .map(|identity| NameAddr::new(self.presentable(&identity.uri)).with_display(&identity.display).to_string());
        let timer = self.wanted_timer();
        let Some(usage) = self.usages.get_mut(&id) else { return };
        usage.timer = usage.timer.renewed(now);
        let busy = usage.refreshing.is_some() || usage.change.is_some() || usage.unacknowledged.is_some();
        let standing = usage.described.clone();
        let by_update = usage.takes_update;
        let Some(dialog) = usage.dialog.as_mut().filter(|_| !busy && (by_update || standing.is_some())) else {
            return self.schedule_usage(id);
        };
        let method = if by_update { Method::Update } else { Method::Invite };
        let cseq = dialog.next_cseq();
        let (mut request, flow) = dialog.request(method, cseq, &branch);
        request = request.header("Allow", ALLOW).header("Supported", SUPPORTED);
        if identity.is_none() {
            request = timer.iter().fold(request, |request, (name, value)| request.header(name, value));
        }
        if let Some(asserted) = &asserted {
            request = request.header("P-Asserted-Identity", asserted);
        }
        if let Some(Body { content_type, bytes }) = standing.filter(|_| !by_update) {
            request = request.body(&content_type, &bytes);
        }
        let key = self.send(now, request.build(), flow, Owner::Refresh(id));
        if let Some(usage) = self.usages.get_mut(&id) {
            usage.refreshing = Some(key);
        }
        self.schedule_usage(id);
    }

    /// They have answered the question.
    pub(crate) fn refreshed(&mut self, now: Duration, id: InviteId, key: &ClientKey, response: &Response) {
        let status = response.status();
        if status < 200 {
            return;
        }
        let request = self.clients.get(key).map(|client| client.request.clone());
        let method = request.as_ref().map(|request| request.method().clone());
        if let (200..300, Some(Method::Invite), Some(request)) = (status, &method, &request) {
            self.acknowledge_again(id, request);
        }
        let Some(usage) = self.usages.get_mut(&id).filter(|usage| usage.refreshing.as_ref() == Some(key)) else {
            return;
        };
        usage.refreshing = None;
        if method == Some(Method::Invite) && self.offer_answered(now, id, response) {
            return;
        }
        let Some(usage) = self.usages.get_mut(&id) else { return };
        match (status, method) {
            (408 | 481, _) => self.lost(now, id),
            (491, _) => {
                let own = usage.outgoing;
                let retry = now + AFTER_GLARE[usize::from(own)];
                if let Timer::Ours { every, .. } = usage.timer {
                    usage.timer = Timer::Ours { every, next: retry };
                }
                self.schedule_usage(id);
            }
            // It said that it takes UPDATE, and does not.
            (405 | 501, Some(Method::Update)) => {
                usage.takes_update = false;
                self.refresh(now, id, None);
            }
            // Any other answer comes from somebody who is there.
            _ => {}
        }
    }

    pub(crate) fn lost(&mut self, now: Duration, id: InviteId) {
        let Some(usage) = self.usages.get_mut(&id) else { return };
        let reported = std::mem::replace(&mut usage.reported, true);
        usage.reason = Some("SIP;cause=408;text=\"Nobody answers any more\"".to_owned());
        if !reported {
            self.events.push_back(crate::Event::Ended { id, cause: Cause::Lost });
        }
        self.hang_up(now, id);
    }
}

impl Usage {
    /// The other side is there: it has sent a request within the call.
    pub(crate) fn heard_from(&mut self, now: Duration) {
        self.timer = self.timer.renewed(now);
    }
}
